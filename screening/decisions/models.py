"""Items, votes and what is kept of a submitted form."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone

from screening.decisions.verdict import Decision, ItemState, Mode, Stage
from screening.protocol.models import ProtocolVersion
from screening.records.models import Record, Standing
from screening.reviews.models import Membership, Review


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(member.value, getattr(member, "label", member.value)) for member in kind]


class ItemQuerySet(models.QuerySet["Item"]):
    """Reads of items. Nobody learns of an outcome before its reveal: use `seen` or `revealed`, never the bare columns."""

    def seen(self, now: datetime | None = None) -> ItemQuerySet:
        """Annotate ``seen_state`` and ``seen_decision``: until the reveal an item looks as if it awaited a vote (P20)."""
        sealed = Q(reveal_at__gt=now or timezone.now())
        return self.annotate(
            seen_state=Case(When(sealed, then=Value(ItemState.PARTIAL.value)), default=F("state")),
            seen_decision=Case(When(sealed, then=Value("")), default=F("decision")),
        )

    def revealed(self, now: datetime | None = None) -> ItemQuerySet:
        """Items whose votes are open to others: the quorum is reached and the undo window has passed (S1)."""
        return self.filter(reveal_at__lte=now or timezone.now())

    def standing(self) -> ItemQuerySet:
        """Items of records that are neither duplicates nor removed."""
        kept = Standing.objects.filter(
            record=OuterRef("record"), review=OuterRef("review"), lead__isnull=True, removed=""
        )
        return self.filter(Exists(kept))


class Item(models.Model):
    """What is voted on: a record at title and abstract, or its report at full text. Narrow: no text.

    ``mode`` and ``protocol`` are stamped by the first vote of the round, so that an amendment settles nothing that holds a vote
    (P36). ``reveal_at`` is set with the quorum; until then and until it has passed the votes are sealed. ``order_key`` is the
    place in the queue. ``mask_flip`` says which voter is Reviewer A (S4). ``voters`` is how many independent votes a dual item
    takes: two, in a pilot round as many as it has reviewers. ``pool`` is how many of the votes anybody may give; the others are
    kept for those to whom the item is assigned. ``pilot`` is the number of the pilot round, 0 for none.
    """

    # Here and below, db_index=False where a constraint or an index of the table begins with the column: each is written with each vote.
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="items", db_index=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="items", db_index=False)
    stage = models.CharField(max_length=2, choices=_choices(Stage))
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=15, choices=_choices(ItemState), default=ItemState.OPEN.value)
    decision = models.CharField(max_length=7, blank=True, choices=_choices(Decision))
    via = models.CharField(
        max_length=11,
        blank=True,
        choices=[("agreement", "agreement"), ("discussion", "discussion"), ("adjudicator", "adjudicator")],
    )
    reason = models.CharField(max_length=40, blank=True)
    votes_in = models.PositiveSmallIntegerField(default=0)
    mode = models.CharField(max_length=7, blank=True, choices=_choices(Mode))
    protocol = models.ForeignKey(ProtocolVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reveal_at = models.DateTimeField(null=True, blank=True)
    order_key = models.BigIntegerField(default=0)
    mask_flip = models.BooleanField(default=False)
    voters = models.PositiveSmallIntegerField(default=2)
    pool = models.PositiveSmallIntegerField(default=2)
    pilot = models.PositiveSmallIntegerField(default=0)

    # Only where `queue` reads them with the item: a duplicate that is merged into its record, and its reader's cursor.
    duplicate: int | None
    cursor_key: int

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("record", "stage"), name="item_once"),
            models.CheckConstraint(
                condition=Q(state="final", decision__in=["include", "exclude"], via__gt="")
                | (~Q(state="final") & Q(decision="", via="", reason="")),
                name="item_final_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state="final", decision="exclude", stage="ft") | Q(reason__gt=""),
                name="item_ft_exclude_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(decision="exclude", stage="ft") | Q(reason=""), name="item_only_ft_exclude_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "partial"], reveal_at__isnull=True)
                | (~Q(state__in=["open", "partial"]) & Q(reveal_at__isnull=False)),
                name="item_reveal_with_quorum",
            ),
            models.CheckConstraint(condition=Q(voters__gte=2, pool__lte=2), name="item_voters_and_pool"),
            models.CheckConstraint(condition=Q(voters=2) | Q(pilot__gt=0), name="item_more_voters_in_pilot_only"),
        )
        indexes = (
            models.Index(fields=("review", "stage", "state", "decision"), name="item_counts"),
            models.Index(
                fields=("review", "stage", "order_key", "id"),
                name="item_queue",
                condition=Q(reveal_at__isnull=True),  # open or half voted; SQLite sees through no list of parameters
            ),
            models.Index(fields=("review", "stage", "pilot"), name="item_pilot", condition=Q(pilot__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.stage} item of record {self.record_id}"

    def is_revealed(self, now: datetime | None = None) -> bool:
        """True once the votes are open to others (S1)."""
        return self.reveal_at is not None and self.reveal_at <= (now or timezone.now())


class VoteQuerySet(models.QuerySet["Vote"]):
    """Reads of votes. Every page, list, export and count goes through `visible_to`."""

    def active(self) -> VoteQuerySet:
        """Votes that were not taken back, of the item's present round."""
        return self.filter(withdrawn_at__isnull=True, round=F("item__round"))

    def visible_to(self, member: Membership, now: datetime | None = None) -> VoteQuerySet:
        """B2: one's own votes, and those of items whose reveal has passed; never another's sealed vote, whatever one's role."""
        moment = now or timezone.now()
        return self.filter(item__review_id=member.review_id).filter(
            Q(reviewer_id=member.pk) | Q(item__reveal_at__lte=moment) | Q(round__lt=F("item__round"))
        )


class Vote(models.Model):
    """A reviewer's decision on an item in a round. Never overwritten after reveal (I20), never by a ruling (I21).

    ``answers`` maps criterion keys to met, not_met or unclear; ``reason`` is the primary reason of a full-text exclude (I17);
    ``override`` says why something is included although a criterion is not met (I18). ``slot`` makes a third vote impossible
    outside a pilot round.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="votes")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="votes")
    reviewer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="votes", db_index=False)
    round = models.PositiveSmallIntegerField()
    slot = models.PositiveSmallIntegerField()
    decision = models.CharField(max_length=7, choices=_choices(Decision))
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    override = models.TextField(blank=True)
    note = models.TextField(blank=True)
    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="votes")
    cast_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    brought_in = models.BooleanField("cast elsewhere and imported", default=False)
    in_pilot = models.BooleanField("cast in a pilot round", default=False)
    seconds = models.PositiveSmallIntegerField("seconds from showing to voting", null=True, blank=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("item", "round", "reviewer"), condition=Q(withdrawn_at__isnull=True), name="vote_one_each"
            ),
            models.UniqueConstraint(
                fields=("item", "round", "slot"), condition=Q(withdrawn_at__isnull=True), name="vote_slot_once"
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1) & (Q(slot__lte=2) | Q(in_pilot=True)), name="vote_two_slots"
            ),
            models.CheckConstraint(condition=Q(decision="exclude") | Q(reason=""), name="vote_reason_only_on_exclude"),
            models.CheckConstraint(
                condition=Q(seconds__isnull=True) | Q(seconds__lte=3600), name="vote_time_is_capped"
            ),
        )
        indexes = (models.Index(fields=("reviewer", "item", "round"), name="vote_by_reviewer"),)

    def __str__(self) -> str:
        return f"vote of {self.reviewer_id} on item {self.item_id}"

    def stamp(self) -> str:
        """What a page knows of one's own vote: the time of its last change."""
        return (self.changed_at or self.cast_at).isoformat()


class Postponed(models.Model):
    """A reviewer put an item at the end of the own queue, without a vote, perhaps with a word on why. Nobody else sees it."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="postponed")
    reviewer = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="postponed")
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "reviewer"), name="postponed_once"),)

    def __str__(self) -> str:
        return f"item {self.item_id} postponed"


class TaggingQuerySet(models.QuerySet["Tagging"]):
    """Reads of tags. Whatever shows a tag to others goes through `visible_to`."""

    def visible_to(self, member: Membership, now: datetime | None = None) -> TaggingQuerySet:
        """B4: one's own tags; those of others as their votes: once the reveal has passed, or of an earlier round."""
        moment = now or timezone.now()
        return self.filter(item__review_id=member.review_id).filter(
            Q(reviewer_id=member.pk) | Q(item__reveal_at__lte=moment) | Q(round__lt=F("item__round"))
        )


class Tagging(models.Model):
    """A reviewer's tag on an item. Random ids: those of a row made in sequence would tell of sealed ones (reliability.md 3)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="taggings")
    reviewer = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="taggings")
    name = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    objects = TaggingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("item", "reviewer", "name"), name="tagging_once"),
            models.CheckConstraint(condition=~Q(name=""), name="tagging_has_name"),
        )
        indexes = (models.Index(fields=("reviewer", "name"), name="tagging_by_reviewer"),)

    def __str__(self) -> str:
        return f"{self.name} on item {self.item_id}"


class Quote(models.Model):
    """Words of a report that a reviewer keeps as grounds for the own vote; sealed as that vote is (B4), hence the random key.

    ``sha256`` names the file, ``page`` counts from 1; ``before`` and ``after`` are the words around ``text``, by which the place is
    found again (TextQuoteSelector, W3C Web Annotation Data Model, 2017).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="quotes")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="quotes")
    reviewer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="quotes")
    round = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    page = models.PositiveIntegerField()
    text = models.TextField()
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(page__gte=1) & Q(text__gt=""), name="quote_has_page_and_text"),
        )
        indexes = (models.Index(fields=("item", "reviewer", "round"), name="quote_by_vote"),)

    def __str__(self) -> str:
        return f"page {self.page}"


class Submission(models.Model):
    """The key of a submitted form and what came of it: the same form sent twice is one act with one answer (P31)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.UUIDField()
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="submission_once"),)

    def __str__(self) -> str:
        return str(self.key)


class QueueCursor(models.Model):
    """Up to where a reviewer has been through a stage: no item before (order_key, item_id) waits for that reviewer.

    Only an accelerator: lowering it is always right. Whatever returns to the queue lowers the cursors of all (`queue.reopen_queue`).
    """

    reviewer = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="cursors")
    stage = models.CharField(max_length=2, choices=_choices(Stage))
    order_key = models.BigIntegerField(default=-(2**62))
    item_key = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("reviewer", "stage"), name="cursor_once"),)

    def __str__(self) -> str:
        return f"{self.stage} from {self.order_key}"
