"""What both sides said of an item, as its reader may see it: names, or masks for those who may rule (S4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from screening.conflicts.differing import differs
from screening.conflicts.mentions import masked as masked_names
from screening.conflicts.models import Comment, Escalation, Mention, Position, Ruling
from screening.decisions.blinding import masks, names_are_masked
from screening.decisions.models import Item, Quote, Vote
from screening.decisions.own.queue import tags_open_to
from screening.decisions.quotes import quotes_by_voter
from screening.decisions.verdict import ItemState
from screening.protocol.models import Criterion, ProtocolVersion
from screening.reviews.models import Membership
from screening.roles import Permission

THE_RULE = "The rule of this review"


@dataclass(frozen=True)
class Side:
    """One voter: ``name`` may be a mask, and then ``at`` is None. ``position`` is "", include or exclude; reasons are in words."""

    member_id: int
    name: str
    vote: Vote
    at: datetime | None
    position: str
    reason: str
    position_reason: str = ""
    note: str = ""
    override: str = ""
    tags: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Row:
    """A criterion and the answer of each side, in the order of the sides; "" where it was not answered."""

    criterion: Criterion
    answers: list[str]
    differs: bool


@dataclass(frozen=True)
class Message:
    """A comment in the thread, with the names that it calls, or a step of handing over: ``kind`` says which, in words."""

    name: str
    text: str
    at: datetime | None
    kind: str = ""
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Round:
    """An earlier round of an item that was opened again: its votes, its talk, and its ruling."""

    number: int
    sides: list[Side]
    thread: list[Message]
    ruling: Ruling | None


def is_masked(member: Membership, item: Item) -> bool:
    """True where this reader sees Reviewer A and B instead of names: who may rule and is no voter, until the item is final."""
    voted = Vote.objects.filter(item=item, reviewer=member).exists()
    may_rule = member.may(Permission.ADJUDICATE) and not voted
    is_final = (
        item.state == ItemState.FINAL and item.is_revealed()
    )  # what a sealed pair amounts to shows in nothing (P20)
    return names_are_masked(may_adjudicate=may_rule, is_final=is_final)


def sides(member: Membership, item: Item) -> list[Side]:
    """The voters of the item's round with their votes, masked where they must be; none before the reveal."""
    votes = list(
        Vote.objects.visible_to(member).active().filter(item=item).select_related("reviewer__user").order_by("slot")
    )
    if not item.is_revealed():
        return []
    masked = is_masked(member, item)
    names = masks([vote.reviewer_id for vote in votes], flip=item.mask_flip)
    people = _people(item) if masked else {}
    positions = {position.member_id: position for position in Position.objects.filter(item=item, round=item.round)}
    tags, quotes = tags_open_to(member, item), quotes_by_voter(member, item)
    found = [
        replace(
            _side(vote, positions.get(vote.reviewer_id), names if masked else {}, people),
            tags=tuple(masked_names(tag, people, names) if masked else tag for tag in tags.get(vote.reviewer_id, ())),
            quotes=tuple(quotes.get(vote.reviewer_id, ())),
        )
        for vote in votes
    ]
    return sorted(found, key=lambda side: side.name) if masked else found


def _side(vote: Vote, position: Position | None, names: dict[int, str], people: dict[int, str]) -> Side:
    """A voter under the mask of ``names``, or by name where there are none; a masked one calls nobody by name either (I30)."""
    return Side(
        member_id=vote.reviewer_id,
        name=names.get(vote.reviewer_id, str(vote.reviewer.user)),
        vote=vote,
        at=None if names else vote.cast_at,
        position=position.decision if position else "",
        reason=reason_label(vote.protocol_id, vote.reason),
        position_reason=reason_label(vote.protocol_id, position.reason if position else ""),
        note=masked_names(vote.note, people, names) if names else vote.note,
        override=masked_names(vote.override, people, names) if names else vote.override,
    )


def reason_label(version_id: int | None, key: str) -> str:
    """The words of a reason for exclusion, which is stored as the key of its criterion; empty where there is none."""
    if not key:
        return ""
    labels = Criterion.objects.filter(version_id=version_id, key=key).values_list("label", flat=True)
    return labels.first() or key


def rows(version: ProtocolVersion | None, item: Item, answer_sets: list[dict[str, Any]]) -> list[Row]:
    """The criteria with everybody's answers; rows that differ come first."""
    if version is None:
        return []
    asked = version.criteria.filter(at_ft=True) if item.stage == "ft" else version.criteria.filter(at_ta=True)
    found = []
    for criterion in asked:
        answers = [str(given.get(criterion.key, "")) for given in answer_sets]
        found.append(Row(criterion, answers, differs(answers)))
    return sorted(found, key=lambda row: not row.differs)


def thread(member: Membership, item: Item) -> list[Message]:
    """Comments, hand-overs and what was taken back, in order, under the same names or masks as the sides."""
    people = _people(item)
    if not is_masked(member, item):
        return [line.told(people) for line in _lines(item, item.round)]
    masks = {side.member_id: side.name for side in sides(member, item)}
    return [line.masked(people, masks) for line in _lines(item, item.round)]


def _people(item: Item) -> dict[int, str]:
    """Membership id -> name, of all who ever were in the review."""
    return {one.pk: str(one.user) for one in Membership.objects.filter(review=item.review_id).select_related("user")}


@dataclass(frozen=True)
class _Line:
    """A message before anybody has a name: ``member_id`` is None where the review's rule acted."""

    member_id: int | None
    text: str
    at: datetime
    kind: str = ""
    calls: tuple[int, ...] = ()

    def told(self, people: dict[int, str]) -> Message:
        """With names and times."""
        name = THE_RULE if self.member_id is None else people[self.member_id]
        return Message(name, self.text, self.at, self.kind, tuple(people[pk] for pk in self.calls))

    def masked(self, people: dict[int, str], masks: dict[int, str]) -> Message:
        """Without name and time; whoever is called by name in the text stands there as the mask (I30)."""
        name = THE_RULE if self.member_id is None else masks.get(self.member_id, "The lead")
        calls = tuple(masks.get(pk, "a colleague") for pk in self.calls)
        return Message(name, masked_names(self.text, people, masks), None, self.kind, calls)


def _lines(item: Item, number: int) -> list[_Line]:
    """All that was said in a round."""
    calls: dict[int, list[int]] = {}
    mentions = Mention.objects.filter(comment__item=item, comment__round=number).order_by("pk")
    for comment_id, member_id in mentions.values_list("comment_id", "member_id"):
        calls.setdefault(comment_id, []).append(member_id)
    said = [
        _Line(one.author_id, one.text, one.at, calls=tuple(calls.get(one.pk, ())))
        for one in Comment.objects.filter(item=item, round=number)
    ]
    for step in Escalation.objects.filter(item=item, round=number):
        said.append(_Line(step.member_id, step.note, step.at, _asked(step)))
        if step.taken_back_at is not None:
            said.append(_Line(step.taken_back_by_id, "", step.taken_back_at, "Took it back: the talk goes on."))
    return sorted(said, key=lambda line: line.at)


def _asked(step: Escalation) -> str:
    if step.after_days is None:
        return "No consensus: asked the adjudicator."
    return f"Asked the adjudicator after {step.after_days} day{'' if step.after_days == 1 else 's'}."


def earlier_rounds(item: Item) -> list[Round]:
    """What was said of an item before it was opened again, the latest first; for readers who see names (S4)."""
    if item.round == 1:
        return []
    votes: dict[int, list[Vote]] = {}
    kept = Vote.objects.filter(item=item, round__lt=item.round, withdrawn_at__isnull=True).order_by("slot")
    for vote in kept.select_related("reviewer__user"):
        votes.setdefault(vote.round, []).append(vote)
    rulings = {one.round: one for one in Ruling.objects.filter(item=item).select_related("adjudicator__user")}
    return [_round(item, number, votes.get(number, []), rulings.get(number)) for number in range(item.round - 1, 0, -1)]


def _round(item: Item, number: int, votes: list[Vote], ruling: Ruling | None) -> Round:
    told = [
        Side(
            vote.reviewer_id,
            str(vote.reviewer.user),
            vote,
            vote.cast_at,
            "",
            reason_label(vote.protocol_id, vote.reason),
        )
        for vote in votes
    ]
    people = _people(item)
    return Round(number, told, [line.told(people) for line in _lines(item, number)], ruling)


def ruling_of(item: Item) -> Ruling | None:
    """The ruling of the item's round, if any."""
    return Ruling.objects.filter(item=item, round=item.round).select_related("adjudicator__user").first()
