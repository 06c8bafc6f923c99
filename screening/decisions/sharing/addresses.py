"""The stage that an address of the team's work names."""

from __future__ import annotations

from django.http import Http404

from screening.decisions.verdict import Stage


def stage_named(value: str) -> Stage:
    """The stage that an address names. Raises Http404 for another word."""
    found = next((stage for stage in Stage if stage.slug == value), None)
    if found is None:
        raise Http404
    return found
