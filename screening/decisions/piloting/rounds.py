"""What may happen to a pilot round: started, read by all its reviewers, ended by its gate, overridden, repeated, its votes voided."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import SETTLED, log_fate, settle
from screening.decisions.models import Item, ItemQuerySet, Vote
from screening.decisions.piloting.models import Pilot, PilotOutcome
from screening.decisions.piloting.tally import LARGEST, SMALLEST, Tally, drawn, tally
from screening.decisions.queue import in_play, reopen_queue
from screening.decisions.rules import stage_rules, votes_of
from screening.decisions.sharing.models import Assignment
from screening.decisions.verdict import Decision, ItemState, Mode, Stage
from screening.protocol.versions import Versions, active_protocol
from screening.reviews.models import Membership, Review

NOBODY_ELSE = "A pilot round needs two reviewers or more. Invite one, or choose one more."


def pilot_of(review_id: int, stage: Stage) -> Pilot | None:
    """The round that is under way, or the last one."""
    return Pilot.objects.filter(review=review_id, stage=stage).order_by("-number").first()


def items_of_pilot(pilot: Pilot) -> ItemQuerySet:
    """The records of a round; while their votes stand."""
    return in_play(pilot.review_id, Stage(pilot.stage)).filter(pilot=pilot.number)


def tally_of(pilot: Pilot) -> Tally:
    """How far the round has come and how well it agrees, from votes that are open to all (I27, I35)."""
    items = items_of_pilot(pilot)
    opened = items.revealed()
    said: dict[int, list[Decision]] = {}
    votes = Vote.objects.active().filter(item__in=opened.values("pk"), in_pilot=True).values_list("item_id", "decision")
    for item, decision in votes:
        said.setdefault(item, []).append(Decision(decision))
    return tally(said.values(), records=items.count())


def votes_by_reviewer(pilot: Pilot) -> list[tuple[Membership, int]]:
    """Who reads the round, and on how many of its records each has voted: numbers only."""
    readers = Membership.objects.filter(assignments__item__in=items_of_pilot(pilot)).distinct().select_related("user")
    votes = Vote.objects.active().filter(item__in=items_of_pilot(pilot)).values_list("reviewer_id", flat=True)
    given = list(votes)
    return [(one, given.count(one.pk)) for one in readers.order_by("pk")]


def ended_rounds(review_id: int, stage: Stage) -> list[tuple[Pilot, Tally | None]]:
    """The rounds that are over, the last one first, with their tally; None where the votes were set aside."""
    over = Pilot.objects.filter(review=review_id, stage=stage, ended_at__isnull=False).order_by("-number")
    return [(pilot, None if pilot.voided else tally_of(pilot)) for pilot in over]


def readers_of(review: Review) -> QuerySet[Membership]:
    """Those who may read a pilot round."""
    here = Membership.objects.filter(review=review, is_reviewer=True, active_to__isnull=True, user__is_active=True)
    return here.select_related("user").order_by("user__name", "pk")


@transaction.atomic
def start_pilot(*, lead: Membership, stage: Stage, size: int, gate: int, readers: list[Membership]) -> Pilot:
    """Draw a random sample of records without votes, which all ``readers`` vote on; the stage offers nothing else until it ends.

    Raises NotAllowedNow while another round is under way, before the protocol is frozen, with fewer than two readers, or where
    too few records are left.
    """
    review = Review.objects.select_for_update().get(pk=lead.review_id)
    if active_protocol(review) is None:
        raise NotAllowedNow("The protocol is still a draft. Freeze it, then pilot it.", rule="I24")
    if len(readers) < 2:
        raise NotAllowedNow(NOBODY_ELSE, rule="S5")
    last = pilot_of(review.pk, stage)
    if last and last.ended_at is None:
        raise NotAllowedNow("A pilot round is under way. End it before the next one starts.", rule="S5")
    number = 1 + (Pilot.objects.filter(review=review, stage=stage).aggregate(last=Max("number"))["last"] or 0)
    seed = review.seed + number
    sample = drawn(_without_votes(review, stage, readers), seed=seed, size=max(SMALLEST, min(size, LARGEST)))
    if len(sample) < SMALLEST:
        raise NotAllowedNow(
            f"A pilot round needs {SMALLEST} records without votes that all of them can read; there are only {len(sample)}.",
            rule="S5",
        )
    pilot = Pilot.objects.create(review=review, stage=stage, number=number, size=len(sample), gate=gate, seed=seed)
    _hand_out(pilot, sample, readers)
    names = [str(reader.user) for reader in readers]
    audit(
        verb="start pilot", review_id=review.pk, actor=lead.user, subject=("pilot", pilot.pk, f"{stage.label}: {pilot}"),
        after={"records": pilot.size, "gate": gate, "seed": seed, "reviewers": names},
    )  # fmt: skip
    return pilot


def _without_votes(review: Review, stage: Stage, readers: list[Membership]) -> list[int]:
    """Items on which nobody has voted, in no earlier round either, and that all of the readers read (S7)."""
    items = in_play(review.pk, stage).filter(state=ItemState.OPEN, pilot=0, round=1)
    for codes in (reader.languages for reader in readers if reader.languages):
        items = items.filter(record__standing__language__in=["", *codes])
    return list(items.filter(own_readings__isnull=True).values_list("pk", flat=True))


def _hand_out(pilot: Pilot, sample: list[int], readers: list[Membership]) -> None:
    taken = Item.objects.select_for_update().filter(pk__in=sample, state=ItemState.OPEN).order_by("pk")
    if len(taken) < len(sample):
        raise NotAllowedNow("Somebody voted just now on one of the records that were drawn. Start the round again.")
    Assignment.objects.filter(item__in=sample).delete()
    Assignment.objects.bulk_create([Assignment(item_id=pk, reviewer=reader) for pk in sample for reader in readers])
    Item.objects.filter(pk__in=sample).update(pilot=pilot.number, voters=len(readers), pool=0)
    reopen_queue(review_id=pilot.review_id, stage=Stage(pilot.stage))


@transaction.atomic
def end_pilot(*, lead: Membership, stage: Stage, again: bool = False, reason: str = "", void: bool = False) -> Pilot:
    """End the round that is under way: the stage offers all its records again.

    Passed where its gate is passed; otherwise the lead says why the stage opens all the same, or that it is done ``again``.
    ``void``: its votes are set aside, and its records are screened again as others are, since the criteria changed (S5).
    """
    pilot = Pilot.objects.select_for_update().filter(review=lead.review_id, stage=stage, ended_at__isnull=True).first()
    if pilot is None:
        raise NotAllowedNow("No pilot round is under way.", rule="S5")
    found, reason = tally_of(pilot), reason.strip()
    if void and not found.is_complete:
        raise NotAllowedNow("Votes can be set aside once every record of the round has all of them.", rule="S5")
    passed = found.passes(pilot.gate)
    if not passed and not again and not reason:
        raise NotAllowedNow(
            "The gate is not passed. Say why the stage opens all the same; nothing was changed.", rule="S5"
        )
    pilot.outcome = PilotOutcome.REPEATED if again else PilotOutcome.PASSED if passed else PilotOutcome.OVERRIDDEN
    pilot.ended_at, pilot.reason, pilot.voided = timezone.now(), reason, void
    pilot.save()
    audit(
        verb="end pilot", review_id=pilot.review_id, actor=lead.user, subject=("pilot", pilot.pk, f"{stage.label}: {pilot}"),
        after={"outcome": pilot.outcome, "records": found.records, "done": found.done, "pairs": found.pairs, "agreed": found.agreed,
               "votes": "voided" if void else "kept"}, reason=reason,
    )  # fmt: skip
    for item in _locked(pilot):
        if void and item.is_revealed():
            _void(item, reason or "The criteria changed after the pilot round.", lead)
        else:
            _let_go(item)
    reopen_queue(review_id=pilot.review_id, stage=stage)
    return pilot


def _locked(pilot: Pilot) -> QuerySet[Item]:
    """Every record of the round, also those that have left the stage."""
    items = Item.objects.filter(review=pilot.review_id, stage=pilot.stage, pilot=pilot.number)
    return items.select_for_update(of=("self",)).select_related("record").order_by("pk")


def _let_go(item: Item) -> None:
    """A record without all its votes goes on: with two or more it is settled by them, otherwise it waits as others do."""
    if item.reveal_at is not None:
        return
    item.assignments.all().delete()
    votes = votes_of(item)
    if len(votes) >= 2:
        _settle(item, votes, len(votes))
        return
    item.pilot, item.voters, item.pool = 0, 2, 2
    item.save(update_fields=["pilot", "voters", "pool"])


def _settle(item: Item, votes: list[Vote], voters: int) -> None:
    """Derive the item's state anew with fewer voters."""
    item.voters = voters
    item.save(update_fields=["voters"])
    version = Versions(item.review).of(item.protocol_id)
    assert version is not None  # noqa: S101  it holds votes
    rules = stage_rules(version=version, stage=Stage(item.stage), mode=Mode.DUAL, voters=voters)
    settle(item=item, votes=votes, rules=rules, moment=timezone.now(), window=timedelta())


def _void(item: Item, reason: str, lead: Membership) -> None:
    """A new round of an ordinary record; the pilot's votes are kept and no longer count (I23)."""
    item.round += 1
    item.pilot, item.voters, item.pool = 0, 2, 2
    item.state, item.decision, item.via, item.reason = ItemState.OPEN, "", "", ""
    item.votes_in, item.reveal_at, item.protocol, item.mode = 0, None, None, ""
    item.save(update_fields=[*SETTLED, "round", "pilot", "voters", "pool"])
    item.assignments.all().delete()
    item.postponed.all().delete()
    log_fate(item=item, at=None)
    audit(
        verb="reopen", review_id=item.review_id, actor=lead.user, subject=("record", item.record_id, item.record.title),
        after={"round": item.round}, reason=reason, item=(item.pk, item.round),
    )  # fmt: skip


def let_go_of_leavers(*, review_id: int, stage: Stage) -> int:
    """A round no longer waits for who left it without a vote (S6); what all others have voted on is settled. Returns how many items."""
    pilot = Pilot.objects.filter(review=review_id, stage=stage, ended_at__isnull=True).first()
    if pilot is None:
        return 0
    gone = Q(reviewer__active_to__isnull=False) | Q(reviewer__is_reviewer=False) | Q(reviewer__user__is_active=False)
    moved = 0
    for item in _locked(pilot):
        voted = {vote.reviewer_id for vote in votes_of(item)}
        left = Assignment.objects.filter(gone, item=item).exclude(reviewer__in=voted)
        if item.reveal_at is None and left.delete()[0]:
            wanted = len(voted | set(item.assignments.values_list("reviewer_id", flat=True)))
            moved += 1
            _expect(item, max(2, wanted))
    return moved


def _expect(item: Item, voters: int) -> None:
    votes = votes_of(item)
    if len(votes) >= voters:
        _settle(item, votes, voters)
        return
    item.voters = voters
    item.save(update_fields=["voters"])
