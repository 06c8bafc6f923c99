"""Screening decisions: two reviewers vote independently and blind on each item; the outcome is derived."""
