"""What the screening page has ready before it is asked for: the next records of one's own queue, each as the page would show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from screening.decisions.own.queue import reading_of, readings_of
from screening.decisions.queue import shown, still_waits, waiting_after
from screening.decisions.screen import earlier_vote, screen_context
from screening.decisions.verdict import Stage
from screening.protocol.versions import Versions
from screening.reviews.models import Membership

TA = Stage.TITLE_ABSTRACT
PART = "screening/decisions/screen.html#screen"
AHEAD = 5  # records that a page holds beyond the one it shows
CARDS = 25  # of a list
LOOKED = 30  # places of the queue that an answer tells, so that a page passes over what it has sent but nobody has acknowledged


@dataclass(frozen=True)
class Held:
    """What a page says of itself: the record it shows, those it has ready, and those on which it has votes to send."""

    shown: int = 0
    ready: frozenset[int] = frozenset()
    voted: frozenset[int] = frozenset()


def held_from(told: Mapping[str, str]) -> Held:
    """The fields ``shown``, ``ready`` and ``voted``: record numbers with commas between them; what is none is left out."""
    here = numbers_in(told.get("shown", ""))
    ready, voted = (frozenset(numbers_in(told.get(name, ""))) for name in ("ready", "voted"))
    return Held(here[0] if here else 0, ready, voted)


def numbers_in(text: str) -> list[int]:
    """The record numbers of a list, at most as many as an answer tells."""
    return [int(one) for one in text.split(",")[:LOOKED] if one.isascii() and one.isdigit() and len(one) <= 9]


@dataclass(frozen=True)
class Ready:
    """A record as the page will show it, inert until then."""

    number: int
    html: SafeString


def ahead_context(request: HttpRequest, member: Membership, held: Held, versions: Versions) -> dict[str, Any]:
    """The queue from the shown record on, the records that the page lacks, and those of its own that wait no longer.

    One's own queue only (B6).
    """
    found = waiting_after(member, TA, held.shown, LOOKED)
    queue = sorted(
        found, key=lambda one: one[1] != held.shown
    )  # the shown one first: what is put off does not follow it
    coming = [(pk, number) for pk, number in queue if number not in held.voted and number != held.shown][:AHEAD]
    missing = [(pk, number) for pk, number in coming if number not in held.ready]
    return {
        "waiting": [number for _, number in queue],
        "gone": _gone(member, held, queue),
        "ahead": [Ready(number, _rendered(request, member, pk, versions)) for pk, number in missing],
    }


def cards_of(member: Membership, versions: Versions) -> list[dict[str, Any]]:
    """The next cards of one's queue, each with all that its form shows."""
    items = [item for pk, _ in waiting_after(member, TA, 0, CARDS) if (item := shown(pk))]
    numbers = [item.record.number for item in items]
    readings = readings_of(member, [item.pk for item in items])
    beside = zip(items, [0, *numbers], [*numbers[1:], 0], strict=False)
    return [
        screen_context(item, TA, own=None, versions=versions, earlier=earlier_vote(member, item))
        | {"reading": readings[item.pk], "previous": previous, "following": following}
        for item, previous, following in beside
    ]


def _gone(member: Membership, held: Held, queue: list[tuple[int, int]]) -> list[int]:
    unsure = (held.ready | {held.shown}) - {0} - held.voted - {number for _, number in queue}
    return sorted(number for number in unsure if not still_waits(member, TA, number))


def _rendered(request: HttpRequest, member: Membership, item_id: int, versions: Versions) -> SafeString:
    item = shown(item_id)
    if item is None:
        return SafeString()
    earlier = earlier_vote(member, item)
    context = screen_context(item, TA, own=None, versions=versions, earlier=earlier)
    context |= {"reading": reading_of(member, item.pk)}
    return render_to_string(PART, context, request)
