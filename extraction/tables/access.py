"""A form of the member's own review, from an address."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from extraction.tables.models import Form
from screening.reviews.models import Membership


def form_in(member: Membership, pk: int) -> Form:
    """The form. Raises Http404 for one of another review."""
    return get_object_or_404(Form, review=member.review, pk=pk)
