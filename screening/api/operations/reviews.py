"""My account and my reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from reviewapp.accounts.models import User
from screening.api.access import opens
from screening.api.operations.numbers import LARGEST
from screening.api.problems import Sent
from screening.api.reading import checked
from screening.api.scopes import Scope
from screening.protocol.actions import set_up_review
from screening.protocol.forms import BLANK, NewReviewForm
from screening.reviews.access import membership
from screening.reviews.actions import edit_review
from screening.reviews.forms import ReviewForm
from screening.reviews.models import Membership, Review, ReviewKind
from screening.reviews.queue import my_memberships
from screening.roles import Permission, Role

router = Router()


class Me(Schema):
    """Whose token it is."""

    name: str
    email: str


class ReviewRow(Schema):
    """A review of mine, with my roles in it."""

    slug: str
    title: str
    kind: ReviewKind
    roles: list[Role]


class ReviewShown(ReviewRow):
    """One review. Figures of a previous version are those of an update; those of a meta-analysis are box 17 of the flow."""

    question: str
    registration_id: str
    previous_studies: int | None
    previous_reports: int | None
    previous_removed_studies: int | None
    previous_removed_reports: int | None
    studies_in_meta_analysis: int | None
    reports_in_meta_analysis: int | None
    hand_over_after_days: int | None = Field(
        description="Days until an open conflict goes to the adjudicator; null: never."
    )
    created_at: datetime


class Reviews(Schema):
    """All my reviews."""

    items: list[ReviewRow]


class NewReview(Sent):
    """What a review begins with. ``preset`` names criteria to begin with, ``blank`` for none."""

    title: str = Field(min_length=1, max_length=300)
    question: str = Field("", max_length=10_000)
    kind: ReviewKind = ReviewKind.SYSTEMATIC
    registration_id: str = Field("", max_length=100)
    preset: str = Field(BLANK, max_length=100)
    also_reviewer: bool = True


class ReviewSent(Sent):
    """What may change of a review."""

    title: str = Field("", max_length=300)
    question: str = Field("", max_length=10_000)
    registration_id: str = Field("", max_length=100)
    kind: ReviewKind = ReviewKind.SYSTEMATIC
    previous_studies: int | None = Field(None, ge=0, le=LARGEST)
    previous_reports: int | None = Field(None, ge=0, le=LARGEST)
    previous_removed_studies: int | None = Field(None, ge=0, le=LARGEST, description="Of these, no longer fitting.")
    previous_removed_reports: int | None = Field(None, ge=0, le=LARGEST)
    studies_in_meta_analysis: int | None = Field(None, ge=0, le=LARGEST)
    reports_in_meta_analysis: int | None = Field(None, ge=0, le=LARGEST)
    hand_over_after_days: int | None = Field(None, ge=1, le=365)


@opens(router, "GET", "/me", Permission.ACCOUNT, gives=Me)
def read_me(request: HttpRequest, user: User) -> Me:
    """Whose token this is, to try it out."""
    return Me(name=user.name, email=user.email)


@opens(router, "GET", "/reviews", Permission.ACCOUNT, gives=Reviews)
def list_reviews(request: HttpRequest, user: User) -> Reviews:
    """My reviews, the newest first."""
    return Reviews(items=[ReviewRow(**_row(member)) for member in my_memberships(user)])


@opens(router, "POST", "/reviews", Permission.ACCOUNT, gives=ReviewShown, scope=Scope.MANAGE, status=201)
def create_review(request: HttpRequest, user: User, sent: NewReview) -> ReviewShown:
    """Set up a review, which you lead."""
    asked = checked(NewReviewForm(sent.model_dump()))
    made = set_up_review(lead=user, **{**asked, "preset": None if asked["preset"] == BLANK else asked["preset"]})
    return _shown(membership(user=user, slug=made.slug))


@opens(router, "GET", "/reviews/{slug}", Permission.SEE_REVIEW, gives=ReviewShown)
def read_review(request: HttpRequest, member: Membership) -> ReviewShown:
    """One review, with my roles in it."""
    return _shown(member)


@opens(router, "PUT", "/reviews/{slug}", Permission.EDIT_REVIEW, gives=ReviewShown, scope=Scope.MANAGE)
def change_review(request: HttpRequest, member: Membership, sent: ReviewSent) -> ReviewShown:
    """Another title, question, registration or kind; what is left out stays."""
    said = {name: getattr(member.review, name) for name in ReviewSent.model_fields}
    form = ReviewForm(said | sent.model_dump(exclude_unset=True), instance=Review.objects.get(pk=member.review_id))
    edit_review(review=member.review, actor=member.user, **checked(form))
    return _shown(membership(user=member.user, slug=member.review.slug))


def _row(member: Membership) -> dict[str, Any]:
    review = member.review
    return {"slug": review.slug, "title": review.title, "kind": ReviewKind(review.kind), "roles": list(member.roles)}


def _shown(member: Membership) -> ReviewShown:
    review = member.review
    said = {name: getattr(review, name) for name in ("created_at", *ReviewSent.model_fields)}
    return ReviewShown(**{**said, **_row(member)})
