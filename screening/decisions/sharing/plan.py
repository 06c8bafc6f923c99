"""The plan of a stage: how its votes are shared out and in which order its records come up. The lead changes it; a job does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import share_out_where_planned
from screening.decisions.models import Item, Vote
from screening.decisions.piloting.models import Pilot
from screening.decisions.queue import in_play
from screening.decisions.rules import current_mode
from screening.decisions.sharing.models import SHARE_OUT, Assignment, Order, SharedBy, StagePlan, WorkShare
from screening.decisions.sharing.spread import Hand, apportion_with_keys, unreadable
from screening.decisions.verdict import Mode, Stage
from screening.jobs.models import Job
from screening.protocol.versions import active_protocol
from screening.reviews.models import Membership, Review


@dataclass(frozen=True, slots=True)
class Share:
    """What one reviewer is to take: a part or a number of records; ``is_key``: one of those who must vote on every record."""

    share: int = 0
    is_key: bool = False


def plan_of(review: Review, stage: Stage) -> StagePlan:
    """The plan of the stage; where none was saved, the one that holds then: anyone takes the next, as imported."""
    saved = StagePlan.objects.filter(review=review, stage=stage).first()
    return saved or StagePlan(review=review, stage=stage, seed=review.seed)


def order_told(review_id: int, stage: Stage) -> str:
    """In which order the stage's records come, in words, as its page says it."""
    if Pilot.objects.filter(review=review_id, stage=stage, ended_at__isnull=True).exists():
        return "in a pilot round, at random"
    chosen = StagePlan.objects.filter(review=review_id, stage=stage).values_list("order", flat=True).first()
    label = Order(chosen or Order.IMPORT).label
    return label[0].lower() + label[1:]


def shares_of(plan: StagePlan) -> dict[int, Share]:
    """Membership id -> share, as saved."""
    rows = plan.shares.all() if plan.pk else WorkShare.objects.none()
    return {row.member_id: Share(row.share, row.is_key) for row in rows}


@transaction.atomic
def save_plan(
    *, lead: Membership, stage: Stage, shared_by: SharedBy, shares: Mapping[int, Share], order: str, seed: int
) -> StagePlan:
    """Change the plan of a stage, and ask for the job that does it. Votes that were given stay.

    ``shares`` are by membership id. Raises NotAllowedNow where parts or numbers are asked for and fewer people have one than a
    record takes votes.
    """
    review = Review.objects.select_for_update().get(pk=lead.review_id)
    _refuse_too_few(review, stage, shared_by, shares)
    plan = plan_of(review, stage)
    before = _facts(plan)
    plan.shared_by, plan.order, plan.seed = shared_by, order, seed
    plan.save()
    here = Membership.objects.filter(review=review, pk__in=shares)
    plan.shares.all().delete()
    WorkShare.objects.bulk_create(
        WorkShare(plan=plan, member=member, share=shares[member.pk].share, is_key=shares[member.pk].is_key)
        for member in here
        if shares[member.pk] != Share()
    )
    after = _facts(plan)
    if before != after:
        audit(
            verb="plan stage", review_id=review.pk, actor=lead.user, subject=("plan", plan.pk, stage.label), before=before, after=after
        )  # fmt: skip
        share_out_where_planned(review_id=review.pk, stage=stage, anew=True)
    return plan


def _refuse_too_few(review: Review, stage: Stage, shared_by: SharedBy, shares: Mapping[int, Share]) -> None:
    sharing = [one for one in shares.values() if one.share]
    needed = voters_of(review, stage)
    if shared_by == SharedBy.PARTS and len(sharing) < needed:
        raise NotAllowedNow(f"Each record takes {needed} votes: give a part to {needed} reviewers or more.", rule="I16")
    if shared_by == SharedBy.RECORDS and not sharing:
        raise NotAllowedNow("Give at least one reviewer a number of records.", rule="I16")


def _facts(plan: StagePlan) -> dict[str, Any]:
    rows = plan.shares.select_related("member__user").order_by("member") if plan.pk else []
    return {
        "shared_by": str(plan.shared_by),
        "order": str(plan.order),
        "seed": plan.seed,
        "shares": {str(row.member.user): row.share for row in rows if row.share},
        "one_of": [str(row.member.user) for row in rows if row.is_key],
    }


def voters_of(review: Review, stage: Stage) -> int:
    """How many votes a record without any takes now."""
    version = active_protocol(review)
    return 1 if version and current_mode(version=version, stage=stage) is Mode.SINGLE else 2


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is left to share out: votes still to be given on ``records``; by membership id what is kept, and was given."""

    votes: int
    records: int
    kept: dict[int, int]
    given: dict[int, int]

    def parts(self, shares: Mapping[int, Share], *, without_key: int) -> dict[int, int]:
        """How many of the votes each would take by these parts; ``without_key`` records want a vote of a key voter."""
        keys = frozenset(member for member, one in shares.items() if one.is_key)
        parts = {member: one.share for member, one in shares.items()}
        return apportion_with_keys(self.votes, parts, keys, needing=without_key, cap=self.records)


def outlook(review: Review, stage: Stage) -> Outlook:
    """The stage's open records and their votes. Numbers of votes only (I27)."""
    still_open = _to_share_out(review, stage)
    takes = voters_of(review, stage)
    held = Counter(dict(still_open.order_by().values_list("votes_in").annotate(n=Count("pk"))))
    active = Vote.objects.active()
    own_vote = active.filter(item=OuterRef("item"), reviewer=OuterRef("reviewer"))
    kept = Assignment.objects.filter(~Exists(own_vote), item__in=still_open)
    given = active.filter(review=review, item__stage=stage)
    return Outlook(
        votes=sum(max(0, takes - votes_in) * n for votes_in, n in held.items()),
        records=sum(held.values()),
        kept=dict(kept.order_by().values_list("reviewer").annotate(n=Count("pk"))),
        given=dict(given.order_by().values_list("reviewer").annotate(n=Count("pk"))),
    )


def without_key_voter(review: Review, stage: Stage, shares: Mapping[int, Share]) -> int:
    """Open records on which none of those who must vote has voted; 0 where nobody must. A number of records only (I27)."""
    keys = [member for member, one in shares.items() if one.is_key]
    of_a_key = Vote.objects.active().filter(item=OuterRef("pk"), reviewer__in=keys)
    return _to_share_out(review, stage).filter(~Exists(of_a_key)).count() if keys else 0


def _to_share_out(review: Review, stage: Stage) -> QuerySet[Item]:
    return in_play(review.pk, stage).filter(reveal_at__isnull=True, pilot=0)


def hands_in(review_id: int) -> list[Hand]:
    """The reviewers who are here, with what they read."""
    here = Membership.objects.filter(review=review_id, is_reviewer=True, active_to__isnull=True, user__is_active=True)
    return [Hand(one.pk, 1, frozenset(one.languages)) for one in here.order_by("pk")]


def read_by_too_few(review: Review, stage: Stage) -> dict[str, tuple[int, int]]:
    """Language -> (open records, reviewers who read it), where too few read it for the votes they take (S7)."""
    still_open = in_play(review.pk, stage).filter(reveal_at__isnull=True)
    counted = still_open.order_by().values_list("record__standing__language").annotate(n=Count("pk"))
    return unreadable(dict(counted), hands_in(review.pk), voters=voters_of(review, stage))


def job_of(review: Review, stage: Stage) -> Job | None:
    """The job that shares out, while it waits, runs or has failed; None once the plan is done."""
    jobs = Job.objects.filter(review_id=review.pk, name=SHARE_OUT, subject__startswith=stage.value)
    last = jobs.order_by("-pk").first()
    return last if last and last.state != "done" else None
