"""The whole process at random, with everything that must hold checked after each step (domain.md 5.3 and 10).

The laws and invariants that `check_review` knows are asked of it; beside them stand the queues, the seals, the past, and the
lists behind the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from screening.decisions.blinding import vote_is_visible
from screening.decisions.models import Vote
from screening.decisions.queue import next_item, waiting_for
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.models import Answer, Kept
from screening.fulltexts.models import Cause
from screening.prisma.buckets import RECORD_KEYS
from screening.prisma.check import check
from screening.prisma.counts import Fate, columns_of, flow_of, record_ids, recounted, tallied_now
from screening.prisma.history import fates_at
from screening.prisma.listing import records_behind
from screening.prisma.placing import place_some
from tests.reliability.acts_after import ActsAfter
from tests.reliability.acts_before import ActsBefore
from tests.reliability.acts_screening import VOTERS, ActsScreening
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
        self.tallies_that_are_kept_are_exact()
        self.whoever_has_something_to_vote_on_is_offered_it(VOTERS[self.turn % len(VOTERS)])
        self.snapshots.append((timezone.now(), self.fates()))
        self.clock.shift(1)  # whatever comes, comes after this moment
        if self.turn % self.every == 0:
            self.the_review_checks_out()

    def tallies_that_are_kept_are_exact(self) -> None:
        """I12: they say what a count of every record says, placed or not; every other time the worker places what it may."""
        now = timezone.now()
        wanted = recounted(self.team.review_id, now)
        assert tallied_now(self.team.review_id, now) == wanted
        if self.turn % 2 and place_some(self.team.review_id):
            assert tallied_now(self.team.review_id, now) == wanted
            key = RECORD_KEYS[self.turn % len(RECORD_KEYS)]
            listed = records_behind(self.review, key).stretch(("number",), None, 1000)
            assert sorted(listed) == record_ids(self.review, key), key

    def the_review_checks_out(self) -> None:
        """L1 to L9, I1 to I5, I7, I8, I11 to I13, I15 to I18, I20 to I24, I31 to I33 as `check_review` tells them."""
        assert check(self.review).violations == []
        self.sealed_votes_are_sealed()
        self.a_number_opens_its_records()
        self.searches_add_up()

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

    def searches_add_up(self) -> None:
        """R8: every record and report is counted in one search, so that the flows of the searches add up to the whole."""
        columns = columns_of(self.review)
        for key in RECORD_KEYS:
            assert sum(flow.numbers[key] for _, flow in columns.each) == columns.whole.numbers[key], key

    def teardown(self) -> None:
        """I9: what stood at each moment is told the same ever after."""
        try:
            self.the_review_checks_out()
            for moment, fates in self.snapshots:
                told = {fate.record_id: fate for fate in fates_at(self.team.review_id, moment, Fate)}
                wrong = {
                    pk: (fates.get(pk), told.get(pk))
                    for pk in fates.keys() | told.keys()
                    if fates.get(pk) != told.get(pk)
                }
                assert not wrong, (moment, wrong)
        finally:
            super().teardown()


def _is_visible(vote: Vote, member_id: int | None) -> bool:
    item = vote.item
    own = vote.reviewer_id == member_id
    return vote_is_visible(
        own=own, vote_round=vote.round, item_round=item.round, reveal_at=item.reveal_at, now=timezone.now()
    )


def _told(vote: Vote) -> tuple[object, ...]:
    return (
        vote.decision,
        str(vote.answers),
        vote.reason,
        vote.override,
        vote.note,
        vote.cast_at,
        vote.changed_at,
        vote.withdrawn_at,
    )


@pytest.fixture
def team() -> Team:
    """Set up a day before anything happens."""
    with time_machine.travel(BEGINNING, tick=False):
        return make_team()


def _play(team: Team, *, examples: int, steps: int, every: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(max_examples=examples, stateful_step_count=steps, suppress_health_check=checks, phases=phases)
    run_state_machine_as_test(lambda: ReviewMachine(team, every=every), settings=chosen)  # type: ignore[arg-type]


def test_i6_whatever_happens_in_a_review_every_law_and_invariant_holds(team: Team) -> None:
    """A failure is told as it came: the long form looks for the shortest way to it."""
    _play(team, examples=6, steps=20, every=5, phases=(Phase.explicit, Phase.reuse, Phase.generate))


@pytest.mark.slow
def test_i6_whatever_happens_for_long_in_a_review_every_law_and_invariant_holds(team: Team) -> None:
    _play(team, examples=200, steps=60, every=1)


@pytest.mark.once
def test_every_act_of_the_process_is_done_and_told_right(team: Team) -> None:
    """One walk through everything the machine may do: what it finds by chance is thereby not left to chance."""
    walk = ReviewMachine(team, every=4)
    try:
        for step in _a_whole_review(walk):
            assert step is None
            walk.what_must_hold_holds()
        missing = EVERY_ACT - set(walk.accepted)
        assert not missing
    finally:
        walk.teardown()


EVERY_ACT = {
    "import", "undo import", "restore import", "judge same", "judge related", "undo judgement", "part duplicate", "remove record",
    "choose lead", "undo choice",
    "put back", "amend protocol", "change languages", "leave or return", "vote", "take back", "comment", "position", "escalate",
    "pick reason", "read alone", "rule", "reopen", "retrieved", "attempt", "not retrieved", "seek again", "create study",
    "link report", "unlink", "merge studies", "delete study",
}  # fmt: skip


def _a_whole_review(walk: ReviewMachine) -> Iterator[None]:
    yield from _identification(walk)
    yield from _title_and_abstract(walk)
    yield from _full_text(walk)
    yield from _studies(walk)


def _identification(walk: ReviewMachine) -> Iterator[None]:
    yield walk.load([0, 1, 2, 3, 6], SOURCES[0], SEARCHES[0])
    yield walk.load([7, 9, 10], SOURCES[3], SEARCHES[1])
    yield walk.load([11], SOURCES[2], SEARCHES[1])
    yield walk.undo_a_file(2, True)
    yield walk.undo_a_file(2, False)
    yield walk.restore_a_file(0)
    yield walk.judge_a_card(0, Answer.SAME, True, True)
    yield walk.judge_a_card(0, Answer.SAME, False, False)
    yield walk.the_worker_works()
    yield walk.choose_what_is_kept(0, 0, Kept.LEAD, True)
    yield walk.choose_what_is_kept(0, 1, Kept.LEAD, True)
    yield walk.part_a_duplicate(0)
    yield walk.undo_a_judgement(99)
    yield walk.judge_a_card(0, Answer.RELATED, False, True)
    yield walk.remove_a_record(4, True)
    yield walk.remove_a_record(4, False)
    yield walk.put_a_record_back(0)
    yield walk.dan_reads_other_languages(["de"])
    yield walk.dan_leaves_or_returns()
    yield walk.dan_leaves_or_returns()


def _title_and_abstract(walk: ReviewMachine) -> Iterator[None]:
    stage, include, exclude = Stage.TITLE_ABSTRACT, Decision.INCLUDE, Decision.EXCLUDE
    yield walk.vote_on_the_next("alice", stage, exclude, "focus")
    yield walk.vote_second("bob", 0, include, "focus")
    yield walk.take_back(0, False)
    yield walk.take_back(0, True)
    yield walk.vote_second("dan", 0, include, "focus")
    yield walk.time_passes(60)
    yield walk.comment(0, 0)
    yield walk.take_positions(0, True, 0, include, "focus")
    for decisions in (
        (include, exclude),
        (include, include),
        (Decision.MAYBE, include),
        (include, include),
        (exclude, exclude),
    ):
        yield walk.two_vote_and_the_window_passes("vera", "bob", stage, decisions, "focus", "focus")
    yield walk.escalate(0, 0, True)
    yield walk.rule_on_a_conflict("carol", 0, include, "focus")
    yield walk.read_alone("carol", 0)
    yield walk.rule_on_a_conflict("carol", 0, include, "focus")
    yield walk.reopen(99, "A new abstract came in")
    yield walk.amend_the_protocol({"ta_maybe": "strict", "reason_clash": "by_order"})
    yield walk.amend_the_protocol({"ta_maybe": "default", "reason_clash": "queue"})


def _full_text(walk: ReviewMachine) -> Iterator[None]:
    stage, include, exclude = Stage.FULL_TEXT, Decision.INCLUDE, Decision.EXCLUDE
    yield walk.report_is_not_had(0, Cause.NO_REPLY)
    yield walk.try_to_get_a_report(0)
    yield walk.report_is_not_had(0, Cause.NO_REPLY)
    yield walk.seek_a_report_again(0)
    for number in range(len(walk.sought())):
        yield walk.report_is_had(number)
    yield walk.two_vote_and_the_window_passes("alice", "bob", stage, (exclude, exclude), "focus", "language")
    yield walk.pick_a_reason(0, 0)
    for _ in range(3):
        yield walk.two_vote_and_the_window_passes("alice", "bob", stage, (include, include), "focus", "focus")


def _studies(walk: ReviewMachine) -> Iterator[None]:
    yield walk.link_a_report(0, 0, True)
    yield walk.link_a_report(1, 0, False)
    yield walk.link_a_report(2, 0, True)
    yield walk.join_two_studies(0, 1)
    yield walk.unlink_a_report(0)
    yield walk.unlink_a_report(0)
    yield walk.unlink_a_report(0)
    yield walk.delete_a_study(0)
