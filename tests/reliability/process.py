"""A review that is being worked on at random: its clock, its present state, and what each act is expected to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.conflicts.models import OwnReading
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import UNSETTLED, Decision, Stage
from screening.fulltexts.models import Report
from screening.jobs.actions import due
from screening.prisma.counts import Fate, fates_now
from screening.protocol.versions import active_protocol
from screening.records.models import Standing
from screening.reviews.models import Membership, Review
from tests.factories import run_jobs
from tests.reliability.team import BEGINNING, Team

T = TypeVar("T")
Place = tuple[int | None, str, str]  # lead, merged_by, removed


@dataclass(frozen=True)
class View:
    """What the acts choose from, read once after each step."""

    items: list[Item]
    standings: dict[int, Place]
    reports: dict[int, str]
    jobs_wait: bool

    def in_play(self, item: Item) -> bool:
        """As the domain says it: a record in the review, no duplicate, not removed; at full text sought and retrieved."""
        if self.standings.get(item.record_id, (0, "", ""))[0] is not None or self.standings[item.record_id][2]:
            return False
        return item.stage == Stage.TITLE_ABSTRACT or (
            self.reports.get(item.record_id) == "retrieved" and self.is_sought(item.record_id)
        )

    def is_sought(self, record_id: int) -> bool:
        """Included at title and abstract, for everybody to see."""
        return any(
            item.record_id == record_id and item.stage == Stage.TITLE_ABSTRACT and item.decision == Decision.INCLUDE and item.is_revealed()
            for item in self.items
        )  # fmt: skip

    @property
    def unsettled(self) -> list[Item]:
        """Open conflicts."""
        return [item for item in self.items if item.state in UNSETTLED and item.is_revealed() and self.in_play(item)]


class Process(RuleBasedStateMachine):
    """The clock stands still but for what the acts let pass. Nothing outlives an example: the database rolls back."""

    def __init__(self, team: Team) -> None:
        super().__init__()
        self.team = team
        self._travel = time_machine.travel(BEGINNING + timedelta(days=1), tick=False)
        self.clock = self._travel.start()
        self._undone_in_the_end = transaction.atomic()
        self._undone_in_the_end.__enter__()
        self.accepted: list[str] = []
        self.snapshots: list[tuple[datetime, dict[int, Fate]]] = []
        self.look()

    def teardown(self) -> None:
        """Leave no trace."""
        transaction.set_rollback(True)
        self._undone_in_the_end.__exit__(None, None, None)
        self._travel.stop()

    @property
    def review(self) -> Review:
        return self.team.review

    def look(self) -> View:
        """Read the review anew."""
        review_id = self.team.review_id
        self.view = View(
            items=list(Item.objects.filter(review_id=review_id).select_related("record").order_by("pk")),
            standings={
                row.record_id: (row.lead_id, row.merged_by, row.removed)
                for row in Standing.objects.filter(review_id=review_id).order_by("pk")
            },
            reports=dict(Report.objects.filter(review_id=review_id).values_list("record_id", "status")),
            jobs_wait=due().filter(review_id=review_id).exists(),
        )
        return self.view

    def attempt(self, name: str, act: Callable[[], Any], *, allowed: bool | None = None) -> bool:
        """Do ``act``. It is done and in the log, or refused with a sentence, as ``allowed`` says (None: either). Then a second passes."""
        before, sentence = AuditEvent.objects.count(), ""
        try:
            act()
        except NotAllowedNow as refusal:
            sentence = str(refusal)
        logged = AuditEvent.objects.count() - before
        if sentence:
            assert allowed is not True, f"{name} was refused: {sentence}"
            assert (sentence[-1] in ".?", logged) == (True, 0), f"{name} was refused: {sentence}"
        else:
            assert allowed is not False, f"{name} should have been refused"
            assert logged, f"{name} left nothing in the log"
            self.accepted.append(name)
        self.pass_time(1)
        return not sentence

    def pass_time(self, seconds: int) -> None:
        """Let every undo window end, or part of one."""
        self.clock.shift(seconds)
        self.look()

    def work(self) -> None:
        """Let the worker do what waits."""
        run_jobs(self.review)
        self.pass_time(1)

    def settle(self) -> tuple[dict[int, Fate], dict[int, Place]]:
        """Let the worker do what waits and every undo window end; where each record stands then."""
        self.work()
        self.pass_time(60)
        return self.fates(), dict(self.view.standings)

    def is_as_before(self, before: tuple[dict[int, Fate], dict[int, Place]]) -> None:
        """I10: every record stands where it stood."""
        assert _moved(before[0], self.fates()) == {}
        assert _moved(before[1], self.view.standings) == {}

    def fates(self) -> dict[int, Fate]:
        """Where each record stands now."""
        return {fate.record_id: fate for fate in fates_now(self.review)}

    def may_vote(self, member: Membership, item: Item) -> bool:
        """The domain's own words on who may vote (S1, S2, I14, I15, I24, I31)."""
        votes = [vote for vote in votes_of(item) if vote.withdrawn_at is None]
        if active_protocol(self.review) is None or not member.is_active or not self.view.in_play(item):
            return False
        if OwnReading.objects.filter(item=item, adjudicator=member).exists() or item.reveal_at is not None:
            return False
        if any(vote.reviewer_id == member.pk for vote in votes):
            return True
        return len(votes) < (1 if item.mode == "single" else 2)

    def may_take_back(self, member: Membership, item: Item) -> bool:
        """One's own vote while the pair is incomplete; the last one while its window lasts (S1)."""
        votes = [vote for vote in votes_of(item) if vote.withdrawn_at is None]
        own = [vote for vote in votes if vote.reviewer_id == member.pk]
        if not own or item.reveal_at is None:
            return bool(own)
        return item.reveal_at > timezone.now() and own[0] == votes[-1]


def votes_of(item: Item) -> list[Vote]:
    """Every vote of the item's round in the order in which it was cast, those taken back too."""
    return list(Vote.objects.filter(item=item, round=item.round).order_by("pk"))


def pick(things: Sequence[T], number: int) -> T | None:
    """The thing that the number falls on; None where there is none."""
    return things[number % len(things)] if things else None


def _moved(was: dict[int, Any], becomes: dict[int, Any]) -> dict[int, Any]:
    pairs = {pk: (was.get(pk), becomes.get(pk)) for pk in was.keys() | becomes.keys()}
    return {pk: pair for pk, pair in pairs.items() if pair[0] != pair[1]}
