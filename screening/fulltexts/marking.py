"""The words that a member has marked in a PDF: the review's lists and the own ones, as lines for the reader's script."""

from __future__ import annotations

from screening.protocol.models import Desk, ReviewWords
from screening.protocol.words import read_words
from screening.reviews.models import Membership


def words_to_mark(member: Membership) -> dict[str, str]:
    """``speaks_for`` and ``speaks_against``, one word or phrase a line; empty where the member has marking switched off."""
    desk = Desk.objects.filter(member=member).first()
    if desk is not None and not desk.highlights_on:
        return {}
    lists = [one for one in (desk, ReviewWords.objects.filter(review_id=member.review_id).first()) if one is not None]
    return {
        name: "\n".join(dict.fromkeys(word for one in lists for word in _lines(getattr(one, name))))
        for name in ("speaks_for", "speaks_against")
    }


def _lines(text: str) -> list[str]:
    return read_words(text) if text else []
