"""Records: one row for each hit of a search, kept as it came, never overwritten, never deleted."""
