"""The whole process at random, with everything that must hold checked after each step (domain.md 5.3 and 10).

The laws and invariants that `check_review` knows are asked of it; beside them stand the queues, the seals, the past, and the
lists behind the numbers.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from screening.decisions.blinding import vote_is_visible
from screening.decisions.models import Item, Vote
from screening.decisions.queue import next_item, waiting_for
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.models import Answer
from screening.prisma.buckets import RECORD_KEYS
from screening.prisma.check import check
from screening.prisma.counts import Fate, flow_of, record_ids
from screening.prisma.history import fates_at
from tests.reliability.acts_after import ActsAfter
from tests.reliability.acts_before import ActsBefore
from tests.reliability.acts_screening import ADJUDICATORS, VOTERS, ActsScreening
from tests.reliability.team import BEGINNING, Team, make_team
from tests.reliability.works import SEARCHES, SOURCES

pytestmark = pytest.mark.django_db


class ReviewMachine(ActsBefore, ActsScreening, ActsAfter):
    """Everything at once. What is dear to ask is asked after every ``every``-th step and in the end."""

    def __init__(self, team: Team, *, every: int) -> None:
        super().__init__(team)
        self.opened: dict[int, tuple[object, ...]] = {}
        self.every, self.turn = every, 0

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.turn += 1
        self.open_votes_never_change()
        self.whoever_has_something_to_vote_on_is_offered_it(VOTERS[self.turn % len(VOTERS)])
        self.snapshots.append((timezone.now(), self.fates()))
        self.clock.shift(1)  # whatever comes, comes after this moment
        if self.turn % self.every == 0:
            self.the_review_checks_out()

    def the_review_checks_out(self) -> None:
        """L1 to L9, I1 to I5, I7, I8, I11 to I13, I15 to I18, I20 to I24, I31 to I33 as `check_review` tells them."""
        assert check(self.review).violations == []
        self.sealed_votes_are_sealed()
        self.a_number_opens_its_records()

    def whoever_has_something_to_vote_on_is_offered_it(self, name: str) -> None:
        """Cursors and postponed items lose nothing."""
        member = self.team.member(name)
        for stage in Stage:
            waiting, offered = waiting_for(member, stage), next_item(member, stage)
            kept = waiting.filter(pk=offered.pk).exists() if offered else not waiting.exists()
            assert kept, (name, stage, offered)

    def sealed_votes_are_sealed(self) -> None:
        """B2: the queryset says of every vote what the pure rule says."""
        votes = list(Vote.objects.filter(review_id=self.team.review_id).select_related("item"))
        for member in self.team.all(("alice", "cora", "vera", "lena", "oscar")):
            visible = set(Vote.objects.visible_to(member).values_list("pk", flat=True))
            assert visible == {vote.pk for vote in votes if _is_visible(vote, member.pk)}

    def open_votes_never_change(self) -> None:
        """I20, I21: what was once revealed stays, whatever is ruled, reopened, merged."""
        votes = {vote.pk: vote for vote in Vote.objects.filter(review_id=self.team.review_id).select_related("item")}
        for pk, told in self.opened.items():
            assert _told(votes[pk]) == told
        self.opened |= {pk: _told(vote) for pk, vote in votes.items() if _is_visible(vote, None)}

    def a_number_opens_its_records(self) -> None:
        """I12 with the lists that the page itself opens: some numbers each time."""
        flow = flow_of(self.review)
        for place in range(5):
            key = RECORD_KEYS[(self.turn * 5 + place) % len(RECORD_KEYS)]
            assert len(set(record_ids(self.review, key))) == flow.number(key), key

    def teardown(self) -> None:
        """I9: what stood at each moment is told the same ever after."""
        try:
            self.the_review_checks_out()
            for moment, fates in self.snapshots:
                told = {fate.record_id: fate for fate in fates_at(self.team.review_id, moment, Fate)}
                wrong = {pk: (fates.get(pk), told.get(pk)) for pk in fates.keys() | told.keys() if fates.get(pk) != told.get(pk)}
                assert not wrong, (moment, wrong)
        finally:
            super().teardown()


def _is_visible(vote: Vote, member_id: int | None) -> bool:
    item = vote.item
    own = vote.reviewer_id == member_id
    return vote_is_visible(own=own, vote_round=vote.round, item_round=item.round, reveal_at=item.reveal_at, now=timezone.now())


def _told(vote: Vote) -> tuple[object, ...]:
    return vote.decision, str(vote.answers), vote.reason, vote.override, vote.note, vote.cast_at, vote.changed_at, vote.withdrawn_at


@pytest.fixture
def team() -> Team:
    """Set up a day before anything happens."""
    with time_machine.travel(BEGINNING, tick=False):
        return make_team()


def _play(team: Team, *, examples: int, steps: int, every: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(max_examples=examples, stateful_step_count=steps, suppress_health_check=checks, phases=phases)
    run_state_machine_as_test(lambda: ReviewMachine(team, every=every), settings=chosen)  # type: ignore[no-untyped-call]


def test_i6_whatever_happens_in_a_review_every_law_and_invariant_holds(team: Team) -> None:
    """A failure is told as it came: the long form looks for the shortest way to it."""
    _play(team, examples=8, steps=20, every=5, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@pytest.mark.slow
def test_i6_whatever_happens_for_long_in_a_review_every_law_and_invariant_holds(team: Team) -> None:
    _play(team, examples=200, steps=60, every=1)
