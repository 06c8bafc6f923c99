"""Extraction, coding and synthesis for scripts: the same door, actions and blinding as the pages."""
