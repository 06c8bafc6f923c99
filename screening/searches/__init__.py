"""Searches: which source was asked what, when, and in which phase of the review."""
