"""Reads of the lead's page. Numbers of votes, and outcomes that are revealed; never what a sealed vote says (B2, I27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from screening.conflicts.queue import nobody_rules_on, open_conflicts
from screening.decisions.agreement_shown import ShownPair, agreement_for
from screening.decisions.disagreements import Disagreement, disagreements
from screening.decisions.numbers import Numbers, numbers_of
from screening.decisions.pairs import Subject
from screening.decisions.progress import last_votes, votes_by_day, votes_needed
from screening.decisions.verdict import ItemState, Stage
from screening.progress.pace import WINDOW, Finish, Pace, finish, last_days, pace
from screening.progress.plots import Share, Spread, day_bars, interval_plot, share_bars
from screening.progress.reminding import Waiting, conflicts_on, reminders
from screening.reviews.models import Letters, Membership
from screening.roles import Permission

#: Ages of conflicts in days, from and to, both included; None is open.
AGES: tuple[tuple[int, int | None], ...] = ((0, 2), (3, 7), (8, 14), (15, None))
STALE = timedelta(days=7)


@dataclass(frozen=True)
class Person:
    """One reviewer in one stage."""

    name: str
    is_me: bool
    voted: int
    left: int
    pace: Pace
    finish: Finish

    @property
    def all(self) -> int:
        """What there is for this person."""
        return self.voted + self.left


@dataclass(frozen=True)
class StageProgress:
    """How a stage moves: its records, the votes that are still needed, its people, and the votes of the last days as a drawing."""

    stage: Stage
    records: int
    needed: int
    people: list[Person]
    finish: Finish
    plot: str

    @property
    def is_shared_out(self) -> bool:
        """True where everybody has to give all that is left for them, so that each has an end of their own."""
        return 0 < sum(one.left for one in self.people) <= self.needed


@dataclass(frozen=True)
class ConflictAges:
    """The open conflicts of a stage: how many of each age (`AGES`), the oldest in days, and what they wait for."""

    stage: Stage
    n: int
    by_age: list[int]
    oldest: int
    to_talk: int
    to_rule: int
    unruled: int


@dataclass(frozen=True)
class Colleague:
    """Somebody for whom records may wait, since when nothing came, and whether a reminder may go out."""

    member: Membership
    waiting: Waiting
    last_vote: date | None
    reminded: datetime | None
    may_remind: bool

    @property
    def is_stale(self) -> bool:
        """True of a reviewer for whom records wait and who has not voted for a week, or since joining a week ago."""
        to_vote_on = self.waiting.title_abstract + self.waiting.full_text
        since = self.last_vote or timezone.localdate(self.member.active_from)
        return bool(to_vote_on) and timezone.localdate() - since >= STALE


@dataclass(frozen=True)
class StageAgreement:
    """Agreement of a stage: its pairs on the decision, the criteria by how often they part people, and both as drawings."""

    stage: Stage
    pairs: list[ShownPair]
    criteria: list[Disagreement]
    pairs_plot: str
    criteria_plot: str


def reviewers_of(member: Membership) -> list[Membership]:
    """Those who screen in the review now."""
    here = member.review.memberships.filter(is_reviewer=True, active_to__isnull=True)
    return list(here.select_related("user", "review").order_by("user__name", "pk"))


Counted = Mapping[Stage, Mapping[int, Numbers]]  # by membership id


def counted(member: Membership, people: Sequence[Membership]) -> Counted:
    """The numbers of both stages, of the member and of each of the others."""
    return {stage: numbers_of([member, *people], stage) for stage in Stage}


def stage_progress(
    member: Membership, stage: Stage, people: Sequence[Membership], numbers: Counted, today: date
) -> StageProgress:
    """How the stage stands on ``today``."""
    days = last_days(today, WINDOW)
    since = timezone.make_aware(datetime.combine(days[0], time.min))
    by_day = votes_by_day(member.review_id, stage, since)
    began = min((min(found) for found in by_day.values()), default=None)
    seen = [day for day in days if began is not None and day >= began]
    daily = {one.pk: [by_day.get(one.pk, {}).get(day, 0) for day in seen] for one in people}
    shown = [
        _person(member, one, numbers[stage][one.pk], by_day.get(one.pk, {}), daily[one.pk], today) for one in people
    ]
    needed = votes_needed(member.review, stage)
    whole = finish([daily[one.pk] for one in people], [one.left for one in shown], needed, today)
    totals = [(day, sum(found.get(day, 0) for found in by_day.values())) for day in days]
    plot = day_bars(totals, name=f"days-{stage.value}", title=f"Votes a day, {stage.label.lower()}") if began else ""
    return StageProgress(stage, numbers[stage][member.pk].total, needed, shown, whole, plot)


def _person(
    reader: Membership, one: Membership, numbers: Numbers, votes: dict[date, int], daily: list[int], today: date
) -> Person:
    voted, left = numbers.voted, numbers.left
    own = pace(votes, today, min(votes, default=None))
    return Person(str(one.user), one.pk == reader.pk, voted, left, own, finish([daily], [left], left, today))


def conflict_ages(member: Membership, stage: Stage) -> ConflictAges:
    """The open conflicts of a stage, in whole days as their list tells them. They are revealed, all of them."""
    found = list(open_conflicts(member, stage).values_list("reveal_at", "state"))
    ages = [(timezone.now() - at).days for at, _ in found if at]
    by_age = [sum(1 for age in ages if low <= age and (high is None or age <= high)) for low, high in AGES]
    to_rule = sum(1 for _, state in found if state == ItemState.ARBITRATION)
    unruled = (
        nobody_rules_on(open_conflicts(member, stage).filter(state=ItemState.ARBITRATION)).count() if to_rule else 0
    )
    return ConflictAges(stage, len(found), by_age, max(ages, default=0), len(found) - to_rule, to_rule, unruled)


def colleagues(member: Membership, numbers: Counted) -> list[Colleague]:
    """Everybody for whom records may wait, those with most first; conflicts by person are kept from whoever may rule (S4)."""
    team = member.review.memberships.filter(active_to__isnull=True, user__is_active=True).select_related(
        "user", "review"
    )
    last, told = last_votes(member.review_id), reminders(member.review)
    found = [
        Colleague(one, _waiting(member, one, numbers), last.get(one.pk), told.get(one.pk), _may_remind(member, one))
        for one in team.order_by("user__name", "pk")
        if one.is_reviewer or one.is_adjudicator
    ]
    return sorted(found, key=lambda one: -one.waiting.n)


def _waiting(reader: Membership, one: Membership, numbers: Counted) -> Waiting:
    """As `waiting_on`, of numbers that are counted already."""
    left = {stage: numbers[stage][one.pk].left if one.is_reviewer else 0 for stage in Stage}
    return Waiting(left[Stage.TITLE_ABSTRACT], left[Stage.FULL_TEXT], conflicts_on(one, reader=reader))


def _may_remind(member: Membership, one: Membership) -> bool:
    return member.may(Permission.MANAGE_TEAM) and one.pk != member.pk and one.letters != Letters.OFF


def stage_agreement(member: Membership, stage: Stage) -> StageAgreement:
    """Agreement on revealed records as this reader may see it."""
    shown = agreement_for(member, stage)
    pairs = [one for one in shown if one.pair.subject is Subject.DECISION]
    labels = {one.pair.key: one.pair.label for one in shown if one.pair.subject is Subject.CRITERION}
    tables = [(one.pair.key, one.pair.found.table) for one in shown if one.pair.key in labels and one.pair.found]
    criteria = disagreements(labels, tables)
    return StageAgreement(stage, pairs, criteria, _pairs_plot(stage, pairs), _criteria_plot(stage, criteria))


def _pairs_plot(stage: Stage, pairs: Sequence[ShownPair]) -> str:
    spreads = [
        Spread(f"{' and '.join(one.names)}, {one.pair.when}"[:46], found.kappa, found.kappa_low, found.kappa_high)
        for one in pairs
        if (found := one.pair.found) and found.kappa is not None and found.kappa_low is not None and found.kappa_high is not None
    ]  # fmt: skip
    return interval_plot(spreads, name=f"kappa-{stage.value}", title="Kappa with its 95 % interval") if spreads else ""


def _criteria_plot(stage: Stage, criteria: Sequence[Disagreement]) -> str:
    shares = [Share(one.label, one.differ, one.n) for one in criteria]
    return share_bars(shares, name=f"criteria-{stage.value}", title="Answers that differ") if shares else ""
