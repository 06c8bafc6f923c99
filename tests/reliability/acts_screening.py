"""Acts of screening: votes, their change and their undo, talk, handing over, rulings, reopening."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from screening.conflicts import actions as conflicts
from screening.conflicts.models import OwnReading
from screening.decisions.actions import Choice, cast_vote, postpone, reopen_item, withdraw_vote
from screening.decisions.models import Item, Vote
from screening.decisions.queue import next_item
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.reviews.models import Membership
from tests.reliability.acts_before import NUMBERS
from tests.reliability.process import Process, pick, votes_of

VOTERS = ("alice", "bob", "dan", "cora", "vera")
ADJUDICATORS = ("carol", "cora")
REASONS = ("focus", "language", "study_design")
WHO = st.sampled_from(VOTERS)
DECISIONS = st.sampled_from(Decision)
FINAL = st.sampled_from([Decision.INCLUDE, Decision.EXCLUDE])
REASON = st.sampled_from(REASONS)


class ActsScreening(Process):
    """Votes are expected to be taken exactly where the domain says so; see `Process.may_vote`."""

    def vote(self, name: str, item: Item, decision: Decision, reason: str, *, whole: bool = True) -> bool:
        """A vote with what its stage asks for, or without it where ``whole`` is False (I17, I18)."""
        member, full_text = self.team.member(name), item.stage == Stage.FULL_TEXT
        answers = {reason: "not_met"} if not whole or (full_text and decision is Decision.EXCLUDE) else {reason: "met"}
        if not whole and decision is Decision.EXCLUDE:
            answers = {reason: "unclear"}
        choice = Choice(decision, answers, reason=reason if decision is Decision.EXCLUDE else "", note=f"by {name}")
        good = whole or decision is Decision.MAYBE or (decision is Decision.EXCLUDE and not full_text)
        allowed = good and self.may_vote(member, item)
        revealed = timezone.now() + timedelta(seconds=member.user.undo_seconds)
        if not self.attempt("vote", lambda: cast_vote(member=member, item_id=item.pk, choice=choice), allowed=allowed):
            return False
        after = Item.objects.get(pk=item.pk)
        assert after.reveal_at in (None, revealed)
        assert (after.reveal_at is None) == (after.state == ItemState.PARTIAL)
        return True

    @rule(who=WHO, stage=st.sampled_from(Stage), decision=DECISIONS, reason=REASON)
    def vote_on_the_next(self, who: str, stage: Stage, decision: Decision, reason: str) -> None:
        """As the screening page does: whatever it offers takes the vote."""
        member = self.team.member(who)
        item = next_item(member, stage) if member.is_active else None
        if item is not None:
            assert self.vote(who, item, decision, reason)

    @rule(
        first=WHO,
        second=WHO,
        stage=st.sampled_from(Stage),
        decisions=st.tuples(DECISIONS, DECISIONS),
        reason=REASON,
        other=REASON,
    )
    def two_vote_and_the_window_passes(
        self, first: str, second: str, stage: Stage, decisions: tuple[Decision, Decision], reason: str, other: str
    ) -> None:
        """The quick way into the later stages."""
        item = next_item(self.team.member(first), stage)
        if item is None or not self.team.member(first).is_active:
            return
        self.vote(first, item, decisions[0], reason)
        self.vote(second, Item.objects.get(pk=item.pk), decisions[1], other)
        self.pass_time(60)

    @precondition(lambda self: self.view.items)
    @rule(who=WHO, number=NUMBERS, decision=DECISIONS, reason=REASON, whole=st.booleans())
    def vote_on_any(self, who: str, number: int, decision: Decision, reason: str, whole: bool) -> None:
        item = pick(self.view.items, number)
        if item is not None:
            self.vote(who, item, decision, reason, whole=whole)

    @rule(who=WHO, number=NUMBERS, decision=DECISIONS, reason=REASON)
    def vote_second(self, who: str, number: int, decision: Decision, reason: str) -> None:
        """Complete a pair, or change one's own half."""
        item = pick([item for item in self.view.items if item.state == ItemState.PARTIAL], number)
        if item is not None:
            self.vote(who, item, decision, reason)

    @rule(number=NUMBERS, last=st.booleans())
    def take_back(self, number: int, last: bool) -> None:
        """The last voter, or the first one."""
        item = pick([item for item in self.view.items if item.votes_in], number)
        if item is None:
            return
        votes = [vote for vote in votes_of(item) if vote.withdrawn_at is None]
        member = votes[-1 if last else 0].reviewer
        allowed = self.may_take_back(member, item)
        self.attempt("take back", lambda: withdraw_vote(member=member, item_id=item.pk), allowed=allowed)

    @rule(who=WHO, number=NUMBERS)
    def take_back_any(self, who: str, number: int) -> None:
        item = pick(self.view.items, number)
        if item is not None:
            member = self.team.member(who)
            allowed = self.may_take_back(member, item)
            self.attempt("take back", lambda: withdraw_vote(member=member, item_id=item.pk), allowed=allowed)

    @rule(who=WHO, stage=st.sampled_from(Stage))
    def postpone_the_next(self, who: str, stage: Stage) -> None:
        member = self.team.member(who)
        item = next_item(member, stage) if member.is_active else None
        if item is not None:
            postpone(member=member, item_id=item.pk)

    @rule(seconds=st.sampled_from([3, 10, 60]))
    def time_passes(self, seconds: int) -> None:
        self.pass_time(seconds)

    def voters(self, item: Item) -> list[Membership]:
        """Who has an active vote on it in this round, in order."""
        return [vote.reviewer for vote in votes_of(item) if vote.withdrawn_at is None]

    @rule(number=NUMBERS, who=NUMBERS)
    def comment(self, number: int, who: int) -> None:
        item = pick(self.view.unsettled, number)
        if item is not None:
            member = pick(self.voters(item), who)
            assert member is not None
            self.attempt(
                "comment", lambda: conflicts.add_comment(member=member, item_id=item.pk, text="Why?"), allowed=True
            )

    @rule(number=NUMBERS, both=st.booleans(), who=NUMBERS, decision=FINAL, reason=REASON)
    def take_positions(self, number: int, both: bool, who: int, decision: Decision, reason: str) -> None:
        """I22: final by discussion takes both confirmations."""
        item = pick(self.view.unsettled, number)
        if item is None:
            return
        voters = self.voters(item)
        chosen = voters if both else [voters[who % len(voters)]]
        given = reason if decision is Decision.EXCLUDE else ""
        for member in chosen:
            self._position(member, Item.objects.get(pk=item.pk), decision, given)
        after = Item.objects.get(pk=item.pk)
        if both and len(voters) == 2 and item.state != ItemState.ARBITRATION:
            assert (after.state, after.decision) == (ItemState.FINAL, decision)

    def _position(self, member: Membership, item: Item, decision: Decision, reason: str) -> None:
        talks = item.state in (ItemState.CONFLICT, ItemState.REASON_CONFLICT, ItemState.DISCUSSION)
        act = lambda: conflicts.take_position(member=member, item_id=item.pk, decision=decision, reason=reason)  # noqa: E731
        self.attempt("position", act, allowed=talks)

    @rule(number=NUMBERS, who=NUMBERS, by_lead=st.booleans())
    def escalate(self, number: int, who: int, by_lead: bool) -> None:
        item = pick(self.view.unsettled, number)
        if item is not None:
            member = self.team.member("lena") if by_lead else pick(self.voters(item), who)
            assert member is not None
            allowed = item.state != ItemState.ARBITRATION
            self.attempt("escalate", lambda: conflicts.escalate(member=member, item_id=item.pk), allowed=allowed)

    @rule(number=NUMBERS, who=NUMBERS, by_lead=st.booleans())
    def take_a_hand_over_back(self, number: int, who: int, by_lead: bool) -> None:
        """Until an adjudicator of this round has opened it; the talk goes on where it was."""
        item = pick([item for item in self.view.unsettled if item.state == ItemState.ARBITRATION], number)
        if item is not None:
            member = self.team.member("lena") if by_lead else pick(self.voters(item), who)
            assert member is not None
            allowed = not OwnReading.objects.filter(item=item, round=item.round).exists()
            act = lambda: conflicts.take_back_hand_over(member=member, item_id=item.pk)  # noqa: E731
            if self.attempt("take hand-over back", act, allowed=allowed):
                assert Item.objects.get(pk=item.pk).state in conflicts.TALKABLE

    @rule(number=NUMBERS, who=NUMBERS)
    def pick_a_reason(self, number: int, who: int) -> None:
        item = pick([item for item in self.view.unsettled if item.state == ItemState.REASON_CONFLICT], number)
        if item is not None:
            member = pick(self.voters(item), who)
            assert member is not None
            reason = votes_of(item)[-1].reason
            self.attempt(
                "pick reason",
                lambda: conflicts.pick_reason(member=member, item_id=item.pk, reason=reason),
                allowed=True,
            )

    @rule(who=st.sampled_from(ADJUDICATORS), number=NUMBERS)
    def read_alone(self, who: str, number: int) -> None:
        """I15: never somebody who voted on the item, in any round."""
        item = pick([item for item in self.view.unsettled if item.state == ItemState.ARBITRATION], number)
        if (
            item is None
            or OwnReading.objects.filter(item=item, round=item.round, adjudicator=self.team.members[who]).exists()
        ):
            return
        member = self.team.member(who)
        act = lambda: conflicts.record_own_reading(member=member, item_id=item.pk, answers={"focus": "met"})  # noqa: E731
        self.attempt("read alone", act, allowed=not _ever_voted(member, item))

    @rule(who=st.sampled_from(ADJUDICATORS), number=NUMBERS, decision=FINAL, reason=REASON)
    def rule_on_a_conflict(self, who: str, number: int, decision: Decision, reason: str) -> None:
        """S4: own reading first. P33: one ruling a round."""
        item = pick(self.view.unsettled, number)
        if item is None:
            return
        member = self.team.member(who)
        read = OwnReading.objects.filter(item=item, round=item.round, adjudicator=member).exists()
        allowed = item.state == ItemState.ARBITRATION and read and not _ever_voted(member, item)
        given: dict[str, Any] = {
            "decision": decision,
            "reason": reason if decision is Decision.EXCLUDE else "",
            "rationale": "Table 1",
        }
        self.attempt("rule", lambda: conflicts.rule(member=member, item_id=item.pk, **given), allowed=allowed)

    @rule(number=NUMBERS, reason=st.sampled_from(["A new abstract came in", " "]))
    def reopen(self, number: int, reason: str) -> None:
        """I23: with a reason, a settled item, and the round rises by one."""
        item = pick([item for item in self.view.items if item.state == ItemState.FINAL], number)
        if item is None:
            return
        member = self.team.member("lena")
        allowed = bool(reason.strip()) and item.is_revealed()
        if self.attempt("reopen", lambda: reopen_item(item_id=item.pk, lead=member, reason=reason), allowed=allowed):
            assert Item.objects.get(pk=item.pk).round == item.round + 1


def _ever_voted(member: Membership, item: Item) -> bool:
    return Vote.objects.filter(item=item, reviewer=member).exists()
