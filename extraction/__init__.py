"""Extraction and synthesis of the included studies; it stands on screening and never the other way round."""
