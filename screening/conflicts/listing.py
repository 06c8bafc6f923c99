"""The conflict queue: every open conflict as its reader may know it, and the filters over them with their counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from screening.conflicts.differing import differing
from screening.conflicts.models import OwnReading
from screening.conflicts.queue import mine_to_settle, open_conflicts, unread_mentions
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import ItemState, Stage
from screening.protocol.models import Criterion
from screening.reviews.models import Membership
from screening.roles import Permission

DAYS = (1, 7, 14, 30)
NONE_NAMED = "-"  # no criterion was answered differently


@dataclass(frozen=True)
class Clash:
    """One open conflict. ``pair`` and ``differing`` are empty where this reader may not know them (S4)."""

    item_id: int
    stage: Stage
    state: ItemState
    opened_at: datetime
    pair: tuple[int, ...]
    differing: tuple[str, ...]
    is_told: bool
    is_mine: bool
    is_called: bool

    def criteria(self) -> tuple[str, ...]:
        """What the filter by criterion finds it under."""
        return (self.differing or (NONE_NAMED,)) if self.is_told else ()

    def pair_key(self) -> str:
        """What the filter by reviewers finds it under."""
        return "-".join(map(str, self.pair))

    def waits(self) -> tuple[str, ...]:
        """Whom it waits for, as this reader sees it."""
        judged = "adjudicator" if self.state == ItemState.ARBITRATION else "reviewers"
        return (judged, *(["me"] if self.is_mine else []), *(["mentions"] if self.is_called else []))


@dataclass(frozen=True)
class Asked:
    """The filters in an address; "" for all."""

    stage: str = ""
    criterion: str = ""
    pair: str = ""
    age: str = ""
    waits: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """From the query of an address."""
        return cls(**{name: query.get(name, "")[:60] for name in cls.__dataclass_fields__})

    def query(self) -> str:
        """The same as a query, without what is not asked for."""
        return urlencode({name: value for name, value in vars(self).items() if value})

    def takes(self, clash: Clash, now: datetime) -> bool:
        """True where every filter lets the conflict through."""
        return (
            self.stage in ("", clash.stage)
            and self.criterion in ("", *clash.criteria())
            and self.pair in ("", clash.pair_key())
            and self.waits in ("", *clash.waits())
            and (not self.age or self.age in _ages(clash, now))
        )


@dataclass(frozen=True)
class Choice:
    """One option of a filter, with how many conflicts it would show beside the other filters."""

    value: str
    label: str
    n: int
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """A select: its options begin with "all"."""

    name: str
    label: str
    choices: list[Choice]


def _ages(clash: Clash, now: datetime) -> tuple[str, ...]:
    return tuple(str(days) for days in DAYS if now - clash.opened_at >= timedelta(days=days))


def clashes(member: Membership, now: datetime | None = None) -> list[Clash]:
    """Every open conflict of both stages, oldest first."""
    items = [item for stage in Stage for item in open_conflicts(member, stage)]
    ids = [item.pk for item in items]
    votes: dict[int, list[Vote]] = {}
    for vote in Vote.objects.visible_to(member, now).active().filter(item__in=ids).order_by("slot"):
        votes.setdefault(vote.item_id, []).append(vote)
    asked = _asked({item.protocol_id for item in items if item.protocol_id})
    named = _named_to(member, ids)
    read = set(OwnReading.objects.filter(adjudicator=member, item__in=ids).values_list("item_id", "round"))
    mine = {pk for stage in Stage for pk in mine_to_settle(member, stage).values_list("pk", flat=True)}
    calls = set(unread_mentions(member).values_list("comment__item_id", flat=True))
    found = []
    for item in items:
        cast, is_named = votes.get(item.pk, []), item.pk in named
        is_told = is_named or (item.pk, item.round) in read
        keys = asked.get((item.protocol_id, item.stage), [])
        found.append(
            Clash(
                item_id=item.pk,
                stage=Stage(item.stage),
                state=_state(item, is_told=is_told),
                opened_at=item.reveal_at or timezone.now(),
                pair=tuple(sorted(vote.reviewer_id for vote in cast)) if is_named else (),
                differing=differing([vote.answers for vote in cast], keys) if is_told else (),
                is_told=is_told,
                is_mine=item.pk in mine,
                is_called=item.pk in calls,
            )
        )
    return sorted(found, key=lambda clash: (clash.opened_at, clash.item_id))


def _state(item: Item, *, is_told: bool) -> ItemState:
    """ "Same decision" would say that both exclude: whoever may not know of the votes reads of a conflict."""
    state = ItemState(item.state)
    return ItemState.CONFLICT if state is ItemState.REASON_CONFLICT and not is_told else state


def _asked(versions: set[int]) -> dict[tuple[int | None, str], list[str]]:
    """(protocol version, stage) -> keys of the criteria that are asked there, in order."""
    found: dict[tuple[int | None, str], list[str]] = {}
    for criterion in Criterion.objects.filter(version__in=versions):
        for stage, is_asked in ((Stage.TITLE_ABSTRACT, criterion.at_ta), (Stage.FULL_TEXT, criterion.at_ft)):
            if is_asked:
                found.setdefault((criterion.version_id, stage.value), []).append(criterion.key)
    return found


def _named_to(member: Membership, ids: list[int]) -> set[int]:
    """Items whose voters this member may know by name: all, or to an adjudicator those they ever voted on themselves."""
    if not member.may(Permission.ADJUDICATE):
        return set(ids)
    return set(Vote.objects.filter(reviewer=member, item__in=ids).values_list("item_id", flat=True))


def filters(member: Membership, found: list[Clash], asked: Asked) -> list[Filter]:
    """The selects of the queue; one that could only say "all" is left out."""
    now = timezone.now()
    labels = dict(
        Criterion.objects.filter(version__review=member.review_id).order_by("version_id").values_list("key", "label")
    )
    labels[NONE_NAMED] = "No criterion answered differently"
    people = {
        one.pk: str(one.user) for one in Membership.objects.filter(review=member.review_id).select_related("user")
    }
    made = [
        _filter(
            "stage", "Stage", found, asked, {stage.value: stage.label for stage in Stage}, lambda one: (one.stage,)
        ),
        _filter("criterion", "Differs on", found, asked, labels, Clash.criteria),
        _filter("pair", "Reviewers", found, asked, _pairs(found, people), lambda one: (one.pair_key(),)),
        _filter("age", "Open for", found, asked, AGES, lambda one: _ages(one, now)),
        _filter("waits", "Waits for", found, asked, WAITS, Clash.waits),
    ]
    return [one for one in made if len(one.choices) > 1]


AGES = {str(days): f"{days} day{'s' if days > 1 else ''} or more" for days in DAYS}
WAITS = {
    "me": "me",
    "mentions": "me, who am mentioned",
    "reviewers": "the reviewers",
    "adjudicator": "the adjudicator",
}


def _pairs(found: Iterable[Clash], people: Mapping[int, str]) -> dict[str, str]:
    named = {one.pair_key(): " and ".join(sorted(people[pk] for pk in one.pair)) for one in found if one.pair}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


def _filter(
    name: str,
    label: str,
    found: list[Clash],
    asked: Asked,
    labels: Mapping[str, str],
    values: Callable[[Clash], Iterable[str]],
) -> Filter:
    now, chosen = timezone.now(), str(getattr(asked, name))
    others = replace(asked, **{name: ""})
    left = [clash for clash in found if others.takes(clash, now)]
    counts: dict[str, int] = {}
    for clash in left:
        for value in values(clash):
            counts[value] = counts.get(value, 0) + 1
    options = [
        Choice(value, words, counts.get(value, 0), value == chosen)
        for value, words in labels.items()
        if counts.get(value) or value == chosen
    ]
    return Filter(name, label, [Choice("", "All", len(left), not chosen), *options])
