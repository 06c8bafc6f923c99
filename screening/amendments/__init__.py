"""A criterion changes: who proposed it, which decided records it touches, and which of them are screened again."""
