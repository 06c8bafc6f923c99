"""What may happen to a re-screen: drawn, read blind, ended. What its readers say is sealed until it ends; then it opens rounds anew."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import locked_item, reopen_item
from screening.decisions.models import Item, ItemQuerySet, Vote
from screening.decisions.queue import decided
from screening.decisions.rescreening.bound import LARGEST, Bound, Excluded, bound, deal
from screening.decisions.rescreening.models import Reading, Rescreen
from screening.decisions.sharing.plan import hands_in
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.dedupe.spotcheck import sample
from screening.reviews.models import Membership, Review
from screening.roles import Permission


def agreed_exclusions(review_id: int, stage: Stage) -> ItemQuerySet:
    """Records that were excluded without a conflict, and not read again in this round: what a re-screen is drawn from."""
    read = Reading.objects.filter(item=OuterRef("pk"), round=OuterRef("round"), read_at__isnull=False)
    return decided(review_id, stage, Decision.EXCLUDE).filter(via="agreement").exclude(Exists(read))


def rescreens_of(review_id: int, stage: Stage) -> QuerySet[Rescreen]:
    """Every re-screen of the stage, the last one first."""
    return Rescreen.objects.filter(review=review_id, stage=stage).order_by("-number")


def readings_of(member: Membership, stage: Stage) -> QuerySet[Reading]:
    """What waits for this member in the re-screen that is under way, in a random order; nobody else's."""
    mine = Reading.objects.filter(reader=member, rescreen__review=member.review_id, rescreen__stage=stage)
    return mine.filter(rescreen__ended_at__isnull=True).select_related("item__record").order_by("pk")


def missed_in(rescreen: Rescreen) -> QuerySet[Reading]:
    """Exclusions that their readers would not have made. Ask only of an ended re-screen."""
    return rescreen.readings.filter(decision__in=[Decision.INCLUDE, Decision.MAYBE]).select_related("item__record")


def bound_of(rescreen: Rescreen) -> Bound | None:
    """What an ended re-screen proves; None while it is under way (B2) and where nothing was read."""
    read = rescreen.readings.filter(read_at__isnull=False).count()
    if rescreen.ended_at is None or not read:
        return None
    return bound(missed_in(rescreen).count(), read, rescreen.population)


@dataclass(frozen=True, slots=True)
class Progress:
    """A re-screen under way: of ``n`` records ``read`` were read; by person (name, read, n). Says nothing of what was read out of them."""

    rescreen: Rescreen
    n: int
    read: int
    readers: list[tuple[str, int, int]]


def progress_of(rescreen: Rescreen | None) -> Progress | None:
    """How far a re-screen has come: numbers read only (I27)."""
    if rescreen is None:
        return None
    rows = rescreen.readings.order_by().values_list("reader__user__name", "reader__user__email", "reader")
    counted = rows.annotate(read=Count("read_at"), n=Count("pk")).order_by("reader")
    readers = [(name or email, read, n) for name, email, _, read, n in counted]
    return Progress(rescreen, sum(n for *_, n in readers), sum(read for _, read, _ in readers), readers)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An ended re-screen: what it proves, and the records that should have passed."""

    rescreen: Rescreen
    bound: Bound | None
    missed: list[Reading]


def outcome_of(rescreen: Rescreen) -> Outcome:
    """What came of an ended re-screen."""
    return Outcome(rescreen, bound_of(rescreen), list(missed_in(rescreen)))


@transaction.atomic
def start_rescreen(*, lead: Membership, stage: Stage, size: int, now: datetime | None = None) -> Rescreen:
    """Draw ``size`` agreed exclusions at random, and give each to a reviewer who has not voted on it.

    Where there is none, to one of its voters after the gap. Raises NotAllowedNow while another is under way, or where nobody
    may read any of them yet.
    """
    review = Review.objects.select_for_update().get(pk=lead.review_id)
    if rescreens_of(review.pk, stage).filter(ended_at__isnull=True).exists():
        raise NotAllowedNow("A re-screen is under way. End it before the next one starts.")
    number = 1 + (rescreens_of(review.pk, stage).aggregate(last=Max("number"))["last"] or 0)
    population = list(agreed_exclusions(review.pk, stage).values_list("pk", flat=True))
    seed = review.seed + number
    drawn = sample(population, seed=seed, size=min(size, LARGEST))
    dealt = deal(_excluded(drawn), hands_in(review.pk), now=now or timezone.now())
    if not drawn or len(dealt) < len(drawn):
        raise NotAllowedNow(_why_not(len(drawn), len(dealt)))
    rescreen = Rescreen.objects.create(
        review=review, stage=stage, number=number, population=len(population), seed=seed, started_by=lead.user
    )
    rounds = dict(Item.objects.filter(pk__in=drawn).values_list("pk", "round"))
    readings = [Reading(rescreen=rescreen, item_id=pk, round=rounds[pk], reader_id=dealt[pk]) for pk in drawn]
    Reading.objects.bulk_create(readings)
    _log(rescreen, "start re-screen", lead, {"records": len(drawn), "of": len(population), "seed": seed})
    return rescreen


def _why_not(drawn: int, dealt: int) -> str:
    if not drawn:
        return "No record was excluded in agreement and is not yet read again, so there is nothing to draw from."
    return (
        f"For {drawn - dealt} of {drawn} records nobody reads their language who has not voted on them within the last 14 days."
        " Invite another reviewer, or wait."
    )


def _excluded(items: list[int]) -> list[Excluded]:
    """The drawn records with who voted on them, in any round, when."""
    voted: dict[int, dict[int, datetime]] = defaultdict(dict)
    votes = Vote.objects.filter(item__in=items).order_by("cast_at").values_list("item_id", "reviewer_id", "cast_at")
    for item, reviewer, at in votes:
        voted[item][reviewer] = at
    languages = dict(Item.objects.filter(pk__in=items).values_list("pk", "record__standing__language"))
    return [Excluded(item, languages[item], voted[item]) for item in items]


@transaction.atomic
def read_again(*, member: Membership, stage: Stage, number: int, decision: Decision, note: str = "") -> Reading:
    """A reader's own view of one record; it may be changed until the re-screen ends.

    Raises NotAllowedNow where the record is not theirs to read, or no longer.
    """
    if not member.may(Permission.SCREEN):
        raise NotAllowedNow("Only active reviewers of this review read records again.", rule="I14")
    mine = readings_of(member, stage).select_for_update(of=("self",)).filter(item__record__number=number)
    reading = mine.first()
    if reading is None:
        raise NotAllowedNow("This record no longer waits for you in a re-screen: it has ended, or was passed on.")
    reading.decision, reading.note, reading.read_at = decision.value, note.strip(), timezone.now()
    reading.save(update_fields=["decision", "note", "read_at"])
    return reading


@transaction.atomic
def end_rescreen(*, lead: Membership, stage: Stage) -> tuple[Rescreen, int]:
    """End the re-screen under way; each record that should have passed is opened for a new round, which is told in the log (I23).

    Returns it with the number of records that were opened. Raises NotAllowedNow where none is under way.
    """
    under_way = rescreens_of(lead.review_id, stage).select_for_update().filter(ended_at__isnull=True).first()
    if under_way is None:
        raise NotAllowedNow("No re-screen is under way.")
    under_way.ended_at = timezone.now()
    under_way.save(update_fields=["ended_at"])
    opened = sum(_open_again(reading, under_way, lead) for reading in missed_in(under_way))
    read = under_way.readings.filter(read_at__isnull=False).count()
    _log(under_way, "end re-screen", lead, {"read": read, "missed": missed_in(under_way).count(), "opened": opened})
    return under_way, opened


def _open_again(reading: Reading, rescreen: Rescreen, lead: Membership) -> int:
    """Open the record for a new round, if it still stands excluded in the round that was read; 1 where it was opened."""
    item = locked_item(review_id=rescreen.review_id, item_id=reading.item_id)
    if item.state != ItemState.FINAL or item.decision != Decision.EXCLUDE or item.round != reading.round:
        return 0
    reopen_item(item_id=item.pk, lead=lead, reason=f"Found eligible when read again blind ({rescreen}).")
    return 1


def _log(rescreen: Rescreen, verb: str, lead: Membership, after: dict[str, int]) -> None:
    label = f"{Stage(rescreen.stage).label}: {rescreen}"
    audit(
        verb=verb, review_id=rescreen.review_id, actor=lead.user, subject=("re-screen", rescreen.pk, label), after=after
    )  # fmt: skip


def hand_on_readings(*, review_id: int, stage: Stage) -> int:
    """Unread records of who has left go to others who may read them; returns how many. Where nobody may, they stay unread."""
    unread = Reading.objects.filter(
        rescreen__review=review_id, rescreen__stage=stage, rescreen__ended_at__isnull=True, read_at__isnull=True
    )
    hands = hands_in(review_id)
    left = list(unread.exclude(reader__in=[hand.member for hand in hands]).values_list("item_id", flat=True))
    dealt = deal(_excluded(left), hands, now=timezone.now())
    for item, reader in dealt.items():
        unread.filter(item=item).update(reader=reader)
    return len(dealt)
