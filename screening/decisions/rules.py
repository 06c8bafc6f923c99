"""The rules that hold for one item: its protocol version's, as the pure verdict wants them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from reviewapp.compiled import compiled
from screening.audit.actions import record as audit
from screening.decisions import verdict
from screening.decisions.models import Item, Vote
from screening.decisions.piloting.models import GatePassed
from screening.decisions.sharing.models import Assignment
from screening.decisions.verdict import Ballot, MaybeRule, Mode, ReasonClash, Stage, StageRules
from screening.protocol.models import ProtocolVersion, StageMode
from screening.protocol.versions import reason_order


def stage_rules(*, version: ProtocolVersion, stage: Stage, mode: Mode, voters: int = 2) -> StageRules:
    """The rules of ``stage`` under ``version``, with the mode that the item's first vote stamped and the votes that it takes."""
    return StageRules(
        stage=stage,
        mode=mode,
        maybe_rule=MaybeRule(version.ta_maybe),
        reason_clash=ReasonClash(version.reason_clash),
        reason_order=reason_order(version) if stage is Stage.FULL_TEXT else (),
        voters=voters,
    )


def mode_of(item: Item, version: ProtocolVersion) -> Mode:
    """The mode that the item's first vote stamped, or would stamp now. A pilot round's votes are independent in any mode (S5)."""
    if item.pilot:
        return Mode.DUAL
    return Mode(item.mode) if item.mode else current_mode(version=version, stage=Stage(item.stage))


def current_mode(*, version: ProtocolVersion, stage: Stage) -> Mode:
    """The mode in which a first vote would be cast now; resolves "two reviewers until they agree well, then one"."""
    chosen = chosen_mode(version, stage)
    if chosen != StageMode.DUAL_THEN_SINGLE:
        return Mode(chosen)
    if GatePassed.objects.filter(protocol=version, stage=stage).exists():
        return Mode.SINGLE
    both, agreed = gate_figures(version, stage)
    passed = both >= version.gate_items and agreed * 100 >= version.gate_agreement * both
    return Mode.SINGLE if passed else Mode.DUAL


def chosen_mode(version: ProtocolVersion, stage: Stage) -> str:
    """The mode as the protocol has it."""
    return version.ta_mode if stage is Stage.TITLE_ABSTRACT else version.ft_mode


def gate_figures(version: ProtocolVersion, stage: Stage) -> tuple[int, int]:
    """Records of the stage that two people or more voted on independently, and those on which they agreed; open votes only."""
    pairs = Item.objects.filter(review_id=version.review_id, stage=stage, mode=Mode.DUAL).revealed().standing()
    found = pairs.aggregate(both=Count("pk"), agreed=Count("pk", filter=Q(via="agreement")))
    return found["both"], found["agreed"]


def keep_gate(*, version: ProtocolVersion, stage: Stage) -> None:
    """A first vote is being cast in single mode: the gate of dual-then-single, once passed, stays passed under this version.

    Otherwise conflicts that come later could open and shut it from record to record.
    """
    if chosen_mode(version, stage) != StageMode.DUAL_THEN_SINGLE:
        return
    if GatePassed.objects.filter(protocol=version, stage=stage).exists():
        return
    both, agreed = gate_figures(version, stage)
    figures = {"review_id": version.review_id, "both": both, "agreed": agreed}
    _, made = GatePassed.objects.get_or_create(protocol=version, stage=stage, defaults=figures)
    if made:
        audit(
            verb="pass gate", review_id=version.review_id, actor=None, subject=("protocol", version.pk, stage.label),
            after={"both_voted": both, "agreed": agreed, "mode": Mode.SINGLE.value},
        )  # fmt: skip


def votes_of(item: Item) -> list[Vote]:
    """The active votes of the item's round, in order of casting."""
    if not item.votes_in:
        return []
    return [vote for vote in _not_withdrawn(item.pk) if vote.round == item.round]


@compiled
def _not_withdrawn(item_id: int) -> QuerySet[Vote]:
    return Vote.objects.filter(item=item_id, withdrawn_at__isnull=True).order_by("pk")


def free_slot(item: Item, votes: Iterable[Vote]) -> int | None:
    """The slot of the next vote on the item; None where every slot is taken."""
    taken = {vote.slot for vote in votes}
    return next((slot for slot in range(1, item.voters + 1) if slot not in taken), None)


def takes_vote_of(item: Item, member_id: int, votes: Iterable[Vote]) -> bool:
    """True where a vote on the item is kept for the member, or one that anybody may give is still free (I14).

    Asks the database only of items on which votes are kept. Says nothing of what the ``votes`` say.
    """
    if item.pool >= 2:
        return True
    kept = set(_kept_for(item.pk))
    return member_id in kept or sum(vote.reviewer_id not in kept for vote in votes) < item.pool


@compiled
def _kept_for(item_id: int) -> QuerySet[Assignment, int]:
    return Assignment.objects.filter(item=item_id).values_list("reviewer_id", flat=True)


def ballots(votes: Iterable[Vote]) -> list[Ballot]:
    """Votes as the pure verdict wants them, in order of their slots."""
    return [Ballot(verdict.Decision(vote.decision), vote.reason) for vote in sorted(votes, key=lambda one: one.slot)]


def votes_wanted_in_all(item: Item) -> int:
    """How many votes the item takes: the N of "1 of N votes"."""
    return 1 if item.mode == Mode.SINGLE else item.voters
