"""Bringing a running review along: a file of votes made elsewhere is read, mapped, tried dry, and taken over."""
