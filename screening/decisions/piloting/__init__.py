"""Pilot rounds: a random sample that the whole team reads first."""
