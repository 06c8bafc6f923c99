"""A whole review as one file that proves itself, and its way back into a site (P48)."""
