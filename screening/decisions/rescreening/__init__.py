"""Agreed exclusions that are read again, blind."""
