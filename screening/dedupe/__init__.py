"""Deduplication: records of the same report are grouped under one of them, with the reason, and can be parted again."""
