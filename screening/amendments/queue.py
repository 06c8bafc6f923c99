"""Which decided records a change of the criteria touches, and the changes that were proposed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from screening.amendments.models import Proposal
from screening.decisions.models import Item, ItemQuerySet, Vote
from screening.decisions.queue import in_play
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.protocol.diff import differences
from screening.protocol.models import ProtocolVersion
from screening.protocol.queue import previous_of
from screening.protocol.versions import snapshot
from screening.reviews.models import Membership
from screening.roles import Permission


@dataclass(frozen=True)
class Number:
    """How many decided records of one stage and outcome are touched."""

    stage: Stage
    decision: Decision
    n: int


@dataclass(frozen=True)
class Touch:
    """A criterion that a version changes, adds or takes away: ``what`` says how, ``numbers`` what it touches."""

    key: str
    label: str
    what: str
    numbers: list[Number]

    @property
    def n(self) -> int:
        """Decided records in all."""
        return sum(number.n for number in self.numbers)


WORDS = {
    "label": "short name", "facet": "kind", "question": "question", "met_when": "met when", "not_met_when": "not met when",
    "direction": "direction", "at_ta": "asked at title and abstract", "at_ft": "asked at full text", "rule": "hint",
    "examples_met": "examples", "examples_not_met": "examples",
}  # fmt: skip


def touches(version: ProtocolVersion) -> list[Touch]:
    """Every criterion that differs from the version before, in protocol order, with the decided records that it touches."""
    before = previous_of(version)
    if before is None:
        return []
    what: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    for one in differences(snapshot(before), snapshot(version)):
        if one.kind != "rule":
            labels[one.key] = one.label
            words = f"{WORDS[one.field]} changed" if one.kind == "changed" else one.kind
            what.setdefault(one.key, []).append(words)
    return [
        Touch(key, labels[key], ", ".join(dict.fromkeys(words)), _numbers(version, key)) for key, words in what.items()
    ]


def _numbers(version: ProtocolVersion, key: str) -> list[Number]:
    found = []
    for stage in Stage:
        counted = touched(version, key, stage).order_by().values_list("decision").annotate(n=Count("pk"))
        by_decision = dict(counted)
        for decision in (Decision.INCLUDE, Decision.EXCLUDE):
            if by_decision.get(decision.value):
                found.append(Number(stage, decision, by_decision[decision.value]))
    return found


def touched(version: ProtocolVersion, key: str, stage: Stage) -> ItemQuerySet:
    """Settled, revealed records of the stage with votes of an earlier version that answered the criterion or gave it as reason.

    Where the criterion is new they are those whose votes could not answer it. Sealed votes are never looked into (B2).
    """
    decided = in_play(version.review_id, stage).revealed().filter(state=ItemState.FINAL)
    votes = Vote.objects.filter(
        item=OuterRef("pk"), round=OuterRef("round"), withdrawn_at__isnull=True, protocol__number__lt=version.number
    )
    if _is_new(version, key):
        asked = version.criteria.filter(key=key).filter(
            Q(at_ta=True) if stage is Stage.TITLE_ABSTRACT else Q(at_ft=True)
        )
        return decided.filter(Exists(votes)) if asked.exists() else decided.none()
    return decided.filter(Exists(votes.filter(Q(answers__has_key=key) | Q(reason=key))))


def _is_new(version: ProtocolVersion, key: str) -> bool:
    before = previous_of(version)
    return before is not None and not before.criteria.filter(key=key).exists()


def count_sealed(version: ProtocolVersion) -> int:
    """Records that hold a vote which is not revealed: whether it used a criterion is not told, so all of them are counted (B3)."""
    sealed = Q(reveal_at__isnull=True) | Q(reveal_at__gt=timezone.now())
    return Item.objects.filter(sealed, review=version.review_id, votes_in__gt=0).standing().count()


def proposals_for(member: Membership) -> QuerySet[Proposal]:
    """Proposed changes, the latest first. Whoever may rule on a conflict reads nothing that was said of it before it is final (S4)."""
    rows = Proposal.objects.filter(review=member.review_id).select_related("member__user", "item__record", "version")
    if member.may(Permission.ADJUDICATE):
        voted = Exists(Vote.objects.filter(item=OuterRef("item"), reviewer=member))
        settled = Exists(Item.objects.revealed().filter(pk=OuterRef("item"), state=ItemState.FINAL))
        rows = rows.filter(Q(voted) | Q(settled))
    return rows.order_by("-pk")
