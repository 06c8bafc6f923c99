"""The review, its members and the invitations to it."""

from __future__ import annotations

import random

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from screening.roles import Permission, Role, granted


class ReviewKind(models.TextChoices):
    SYSTEMATIC = "systematic", "Systematic review"
    SCOPING = "scoping", "Scoping review"
    NARRATIVE = "narrative", "Narrative review with PRISMA-style flow"
    UPDATE = "update", "Update of a published review"


def _seed() -> int:
    return random.SystemRandom().randrange(2**31)


class Review(models.Model):
    """One project. ``seed`` fixes every random order in it; ``last_number`` is the highest record number given out.

    Of an update: what its previous version included, and what of that no longer fits (R9). ``*_in_meta_analysis``: box 17 of the flow.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    question = models.TextField(blank=True)
    registration_id = models.CharField("registration", max_length=100, blank=True)
    kind = models.CharField(max_length=12, choices=ReviewKind.choices, default=ReviewKind.SYSTEMATIC)
    previous_studies = models.PositiveIntegerField(null=True, blank=True)
    previous_reports = models.PositiveIntegerField(null=True, blank=True)
    previous_removed_studies = models.PositiveIntegerField(null=True, blank=True)
    previous_removed_reports = models.PositiveIntegerField(null=True, blank=True)
    studies_in_meta_analysis = models.PositiveIntegerField(null=True, blank=True)
    reports_in_meta_analysis = models.PositiveIntegerField(null=True, blank=True)
    seed = models.PositiveIntegerField(default=_seed)
    last_number = models.PositiveIntegerField(default=0)
    hand_over_after_days = models.PositiveSmallIntegerField(
        "days until an open conflict goes to the adjudicator", null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="update") | Q(previous_studies__isnull=True, previous_reports__isnull=True),
                name="review_previous_only_in_update",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"previous_removed_{unit}__isnull": True})
                    | Q(
                        **{f"previous_removed_{unit}__lte": F(f"previous_{unit}")},
                        **{f"previous_{unit}__isnull": False},
                    ),
                    name=f"review_removes_previous_{unit}_that_there_are",
                )
                for unit in ("studies", "reports")
            ),
            models.CheckConstraint(
                condition=Q(hand_over_after_days__isnull=True) | Q(hand_over_after_days__gte=1),
                name="review_hands_over_after_a_day_or_more",
            ),
        )

    def __str__(self) -> str:
        return self.title


class RoleFlags(models.Model):
    """One boolean a role: several may hold, the database can check them."""

    is_lead = models.BooleanField("lead", default=False)
    is_reviewer = models.BooleanField("reviewer", default=False)
    is_adjudicator = models.BooleanField("adjudicator", default=False)
    is_librarian = models.BooleanField("librarian", default=False)
    is_observer = models.BooleanField("observer", default=False)

    class Meta:
        abstract = True

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that are held, in the order of `Role`."""
        return tuple(role for role in Role if getattr(self, f"is_{role.value}"))

    @property
    def role_words(self) -> str:
        return ", ".join(role.label for role in self.roles)


def _some_role(name: str) -> models.CheckConstraint:
    some = Q(is_lead=True) | Q(is_reviewer=True) | Q(is_adjudicator=True) | Q(is_librarian=True) | Q(is_observer=True)
    return models.CheckConstraint(condition=some, name=name)


class Letters(models.TextChoices):
    OFF = "off", "Never"
    DAILY = "daily", "Once a day, if something waits for me"
    AT_ONCE = "at_once", "Once a day, and at once when somebody mentions me"


class Membership(RoleFlags):
    """A user in a review. Leaving sets ``active_to``; the votes stay (S6). ``languages`` are the codes the member reads, empty = all.

    ``letters`` says when the site may write an e-mail about what waits here.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    languages = models.JSONField(default=list, blank=True)
    active_from = models.DateTimeField(default=timezone.now)
    active_to = models.DateTimeField(null=True, blank=True)
    letters = models.CharField("e-mails", max_length=7, choices=Letters.choices, default=Letters.DAILY)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("review", "user"), name="membership_once"),
            _some_role("membership_has_role"),
        )

    def __str__(self) -> str:
        return f"{self.user} ({self.role_words})"

    @property
    def is_active(self) -> bool:
        return self.active_to is None

    def may(self, permission: Permission) -> bool:
        """True where one of the member's roles grants the permission."""
        return permission in granted(self.roles)


class Invitation(RoleFlags):
    """Bound to one review and one address, works once, for 14 days (P7)."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    languages = models.JSONField(default=list, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("review", "email"),
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_pair",
            ),
            _some_role("invitation_has_role"),
        )

    def __str__(self) -> str:
        return f"{self.email} to {self.review}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()
