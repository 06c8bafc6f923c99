"""Every decision that may be shown, in the order in which it was made: votes, talk, rulings; never a sealed vote (I52)."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from screening.conflicts.models import Comment, Escalation, Position, Ruling
from screening.decisions.models import Item, Tagging, Vote
from screening.decisions.verdict import ItemState, Stage
from screening.prisma.counts import reason_labels
from screening.reviews.models import Membership, Review
from screening.roles import Permission

HEAD = (
    "time (UTC)", "actor", "stage", "round", "counts now", "record", "title", "what", "value", "reason", "answers", "text",
    "protocol version", "in a pilot round",
)  # fmt: skip
_UNUSED = tuple(f"item__record__{name}" for name in ("abstract", "authors", "keywords", "ids"))


@dataclass(frozen=True, slots=True)
class _Said:
    """One act on an item."""

    at: datetime
    kind: str
    pk: int
    member_id: int | None
    item: Item
    round: int
    value: str = ""
    reason: str = ""
    answers: Mapping[str, Any] | None = None
    text: str = ""
    version: int | None = None
    in_pilot: bool = False

    @property
    def order(self) -> tuple[datetime, str, int]:
        return self.at, self.kind, self.pk


def decision_rows(member: Membership, *, coded: bool, now: datetime | None = None) -> Iterator[tuple[str, ...]]:
    """Below `HEAD`, a row for each vote, tag, comment, position, escalation and ruling, oldest first.

    Only what is revealed, one's own sealed vote left out too, since the file is handed on. For those who may rule, items that are
    not final are left out (S4). ``coded`` writes R1, R2, ... for those who voted, A1, ... for those who only ruled and M1, ... for
    others, instead of names.
    """
    names = _codes(member.review) if coded else _names(member.review)
    labels = reason_labels(member.review)
    shown = _shown(member, now or timezone.now())
    parts = [
        part(member.review, shown)
        for part in (_votes, _tags, _comments, _positions, _escalations, _taken_back, _rulings)
    ]
    for said in heapq.merge(*parts, key=lambda one: one.order):
        yield _row(said, names, labels)


def _shown(member: Membership, now: datetime) -> Q:
    """Rows whose round is revealed; to those who may rule, only those of items that are final: the voters of an earlier round may
    be those of the present one (I30)."""
    revealed = Q(item__reveal_at__lte=now)
    if member.may(Permission.ADJUDICATE):
        return revealed & Q(item__state=ItemState.FINAL)
    return revealed | Q(round__lt=F("item__round"))


def _of(rows: QuerySet[Any], review: Review, shown: Q, at: str) -> Iterator[Any]:
    found = rows.filter(shown, review=review).select_related("item__record", "item__protocol").defer(*_UNUSED)
    return found.order_by(at, "pk").iterator(chunk_size=500)


def _votes(review: Review, shown: Q) -> Iterator[_Said]:
    standing = Vote.objects.filter(withdrawn_at__isnull=True).select_related("protocol")
    for one in _of(standing, review, shown, "cast_at"):
        override = f"Included although a criterion is not met: {one.override}" if one.override else ""
        kind = "vote, brought in" if one.brought_in else "vote"
        yield _Said(
            one.cast_at, kind, one.pk, one.reviewer_id, one.item, one.round, one.decision, one.reason, one.answers,
            " ".join(text for text in (one.note, override) if text), one.protocol.number, one.in_pilot,
        )  # fmt: skip


def _tags(review: Review, shown: Q) -> Iterator[_Said]:
    tags = Tagging.objects.filter(shown, item__review=review).select_related("item__record").defer(*_UNUSED)
    for one in tags.order_by("at", "name").iterator(chunk_size=500):
        yield _Said(one.at, "tag", 0, one.reviewer_id, one.item, one.round, one.name)


def _comments(review: Review, shown: Q) -> Iterator[_Said]:
    for one in _of(Comment.objects.all(), review, shown, "at"):
        yield _Said(one.at, "comment", one.pk, one.author_id, one.item, one.round, text=one.text)


def _positions(review: Review, shown: Q) -> Iterator[_Said]:
    for one in _of(Position.objects.all(), review, shown, "at"):
        yield _Said(one.at, "position", one.pk, one.member_id, one.item, one.round, one.decision, one.reason)


def _escalations(review: Review, shown: Q) -> Iterator[_Said]:
    for one in _of(Escalation.objects.all(), review, shown, "at"):
        text = one.note if one.after_days is None else f"By rule, after {one.after_days} days"
        yield _Said(one.at, "no consensus", one.pk, one.member_id, one.item, one.round, text=text)


def _taken_back(review: Review, shown: Q) -> Iterator[_Said]:
    for one in _of(Escalation.objects.filter(taken_back_at__isnull=False), review, shown, "taken_back_at"):
        yield _Said(one.taken_back_at, "hand-over taken back", one.pk, one.taken_back_by_id, one.item, one.round)


def _rulings(review: Review, shown: Q) -> Iterator[_Said]:
    for one in _of(Ruling.objects.all(), review, shown, "at"):
        version = one.item.protocol.number if one.item.protocol and one.round == one.item.round else None
        yield _Said(
            one.at, "ruling", one.pk, one.adjudicator_id, one.item, one.round, one.decision, one.reason, one.answers,
            one.rationale, version,
        )  # fmt: skip


def _row(said: _Said, names: Mapping[int, str], labels: Mapping[str, str]) -> tuple[str, ...]:
    given = said.answers or {}
    answers = [f"{label}: {given[key].replace('_', ' ')}" for key, label in labels.items() if given.get(key)]
    return (
        said.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "The rule of this review" if said.member_id is None else names[said.member_id],
        Stage(said.item.stage).label,
        str(said.round),
        "yes" if said.round == said.item.round else "no",
        str(said.item.record.number),
        said.item.record.title or said.item.record.title_translated,
        said.kind,
        said.value,
        labels.get(said.reason, said.reason),
        "; ".join(answers),
        said.text,
        "" if said.version is None else str(said.version),
        "" if said.version is None else "yes" if said.in_pilot else "no",
    )


def _names(review: Review) -> dict[int, str]:
    """Membership id -> name; people of one name are told apart by their address."""
    people = {one.pk: one.user for one in review.memberships.select_related("user")}
    names = [str(user) for user in people.values()]
    return {pk: str(user) if names.count(str(user)) == 1 else f"{user} ({user.email})" for pk, user in people.items()}


def _codes(review: Review) -> dict[int, str]:
    """Membership id -> code, in the order of joining."""
    voted = set(Vote.objects.filter(review=review).order_by().values_list("reviewer_id", flat=True).distinct())
    ruled = set(Ruling.objects.filter(review=review).order_by().values_list("adjudicator_id", flat=True).distinct())
    counted: dict[str, int] = {}
    found = {}
    for pk in review.memberships.order_by("pk").values_list("pk", flat=True):
        letter = "R" if pk in voted else "A" if pk in ruled else "M"
        counted[letter] = counted.get(letter, 0) + 1
        found[pk] = f"{letter}{counted[letter]}"
    return found
