"""What both sides said of an item, as its reader may see it: names, or masks for those who may rule (S4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from screening.conflicts.models import Comment, Escalation, Position, Ruling
from screening.decisions.blinding import masks, names_are_masked
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import ItemState
from screening.protocol.models import Criterion, ProtocolVersion
from screening.reviews.models import Membership
from screening.roles import Permission


@dataclass(frozen=True)
class Side:
    """One voter: ``name`` may be a mask, and then ``at`` is None. ``position`` is "", include or exclude; ``reason`` is in words."""

    member_id: int
    name: str
    vote: Vote
    at: datetime | None
    position: str
    reason: str


@dataclass(frozen=True)
class Row:
    """A criterion and the answer of each side, in the order of the sides; "" where it was not answered."""

    criterion: Criterion
    answers: list[str]
    differs: bool


@dataclass(frozen=True)
class Message:
    """A comment in the thread, or the word that handed the item over."""

    name: str
    text: str
    at: datetime | None
    kind: str


def is_masked(member: Membership, item: Item) -> bool:
    """True where this reader sees Reviewer A and B instead of names: who may rule and is no voter, until the item is final."""
    voted = Vote.objects.filter(item=item, reviewer=member).exists()
    may_rule = member.may(Permission.ADJUDICATE) and not voted
    return names_are_masked(may_adjudicate=may_rule, is_final=item.state == ItemState.FINAL)


def sides(member: Membership, item: Item) -> list[Side]:
    """The voters of the item's round with their votes, masked where they must be; none before the reveal."""
    votes = list(
        Vote.objects.visible_to(member).active().filter(item=item).select_related("reviewer__user").order_by("slot")
    )
    if not item.is_revealed():
        return []
    masked = is_masked(member, item)
    names = masks([vote.reviewer_id for vote in votes], flip=item.mask_flip)
    positions = {position.member_id: position for position in Position.objects.filter(item=item, round=item.round)}
    found = [
        Side(
            member_id=vote.reviewer_id,
            name=names[vote.reviewer_id] if masked else str(vote.reviewer.user),
            vote=vote,
            at=None if masked else vote.cast_at,
            position=positions[vote.reviewer_id].decision if vote.reviewer_id in positions else "",
            reason=reason_label(item, vote.reason),
        )
        for vote in votes
    ]
    return sorted(found, key=lambda side: side.name) if masked else found


def reason_label(item: Item, key: str) -> str:
    """The words of a reason for exclusion, which is stored as the key of its criterion; empty where there is none."""
    if not key:
        return ""
    labels = Criterion.objects.filter(version_id=item.protocol_id, key=key).values_list("label", flat=True)
    return labels.first() or key


def rows(version: ProtocolVersion | None, item: Item, answer_sets: list[dict[str, Any]]) -> list[Row]:
    """The criteria with everybody's answers; rows that differ come first."""
    if version is None:
        return []
    asked = version.criteria.filter(at_ft=True) if item.stage == "ft" else version.criteria.filter(at_ta=True)
    found = []
    for criterion in asked:
        answers = [str(given.get(criterion.key, "")) for given in answer_sets]
        found.append(Row(criterion, answers, len(set(answers)) > 1))
    return sorted(found, key=lambda row: not row.differs)


def thread(member: Membership, item: Item) -> list[Message]:
    """Comments and the handing over, in order, under the same names or masks as the sides."""
    names = {side.member_id: side.name for side in sides(member, item)}
    masked = is_masked(member, item)
    said = [
        (comment.at, comment.author_id, str(comment.author.user), comment.text, "comment")
        for comment in Comment.objects.filter(item=item, round=item.round).select_related("author__user")
    ]
    said += [
        (step.at, step.member_id, str(step.member.user), step.note, "no consensus")
        for step in Escalation.objects.filter(item=item, round=item.round).select_related("member__user")
    ]
    return [
        Message(names.get(who, "The lead" if masked else name), text, None if masked else at, kind)
        for at, who, name, text, kind in sorted(said, key=lambda one: one[0])
    ]


def ruling_of(member: Membership, item: Item) -> Ruling | None:
    """The ruling of the item's round, if any."""
    return Ruling.objects.filter(item=item, round=item.round).select_related("adjudicator__user").first()
