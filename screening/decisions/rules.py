"""The rules that hold for one item: its protocol version's, as the pure verdict wants them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from reviewapp.compiled import compiled
from screening.decisions import verdict
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import Ballot, MaybeRule, Mode, ReasonClash, Stage, StageRules
from screening.protocol.models import ProtocolVersion, StageMode
from screening.protocol.versions import reason_order


def stage_rules(*, version: ProtocolVersion, stage: Stage, mode: Mode) -> StageRules:
    """The rules of ``stage`` under ``version``, with the mode that the item's first vote stamped."""
    return StageRules(
        stage=stage,
        mode=mode,
        maybe_rule=MaybeRule(version.ta_maybe),
        reason_clash=ReasonClash(version.reason_clash),
        reason_order=reason_order(version) if stage is Stage.FULL_TEXT else (),
    )


def current_mode(*, version: ProtocolVersion, stage: Stage) -> Mode:
    """The mode in which a first vote would be cast now; resolves "two reviewers until they agree well, then one"."""
    chosen = version.ta_mode if stage is Stage.TITLE_ABSTRACT else version.ft_mode
    if chosen != StageMode.DUAL_THEN_SINGLE:
        return Mode(chosen)
    pairs = Item.objects.filter(review_id=version.review_id, stage=stage, mode=Mode.DUAL).revealed().standing()
    both = pairs.count()
    agreed = pairs.filter(via="agreement").count()
    passed = both >= version.gate_items and agreed * 100 >= version.gate_agreement * both
    return Mode.SINGLE if passed else Mode.DUAL


def votes_of(item: Item) -> list[Vote]:
    """The active votes of the item's round, in order of casting."""
    if not item.votes_in:
        return []
    return [vote for vote in _not_withdrawn(item.pk) if vote.round == item.round]


@compiled
def _not_withdrawn(item_id: int) -> QuerySet[Vote]:
    return Vote.objects.filter(item=item_id, withdrawn_at__isnull=True).order_by("pk")


def ballots(votes: Iterable[Vote]) -> list[Ballot]:
    """Votes as the pure verdict wants them, in order of their slots."""
    return [Ballot(verdict.Decision(vote.decision), vote.reason) for vote in sorted(votes, key=lambda one: one.slot)]


def votes_wanted_in_all(item: Item) -> int:
    """How many votes the item takes: the N of "1 of N votes"."""
    return 1 if item.mode == Mode.SINGLE else 2
