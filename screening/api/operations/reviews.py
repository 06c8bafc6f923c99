"""My account and my reviews, the team of one, and its protocol."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from reviewapp.accounts.models import User
from screening.api.access import opens
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.protocol.actions import set_up_review
from screening.protocol.forms import BLANK, NewReviewForm
from screening.protocol.models import ProtocolVersion
from screening.protocol.versions import STAGE_RULES, active_protocol, draft_of
from screening.reviews.access import membership
from screening.reviews.models import Membership, ReviewKind
from screening.reviews.queue import my_memberships, team_of
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
    """One review."""

    question: str
    registration_id: str
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


class Member(Schema):
    """Somebody of the team; ``left_at`` is null for those who are in it."""

    id: int
    name: str
    roles: list[Role]
    joined_at: datetime
    left_at: datetime | None


class Team(Schema):
    """Everybody who is or was in the review."""

    items: list[Member]


class CriterionShown(Schema):
    """One criterion; ``key`` stays the same in every version."""

    key: str
    facet: str
    label: str
    question: str
    met_when: str
    not_met_when: str
    direction: Literal["include", "exclude"]
    at_title_abstract: bool
    at_full_text: bool


class Protocol(Schema):
    """One version of the protocol. ``rules`` are those of the stages."""

    number: int
    is_in_force: bool
    frozen_at: datetime | None
    reason: str
    rules: dict[str, str | int]
    criteria: list[CriterionShown]
    versions: list[int]


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
    form = NewReviewForm(sent.model_dump())
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise BadInput(f"{name}: {errors[0]}")
    asked = form.cleaned_data
    made = set_up_review(lead=user, **{**asked, "preset": None if asked["preset"] == BLANK else asked["preset"]})
    return _shown(membership(user=user, slug=made.slug))


@opens(router, "GET", "/reviews/{slug}", Permission.SEE_REVIEW, gives=ReviewShown)
def read_review(request: HttpRequest, member: Membership) -> ReviewShown:
    """One review, with my roles in it."""
    return _shown(member)


@opens(router, "GET", "/reviews/{slug}/team", Permission.SEE_REVIEW, gives=Team)
def list_team(request: HttpRequest, member: Membership) -> Team:
    """Everybody who is or was in the review."""
    return Team(
        items=[
            Member(
                id=one.pk, name=str(one.user), roles=list(one.roles), joined_at=one.active_from, left_at=one.active_to
            )
            for one in team_of(member)
        ]
    )


@opens(router, "GET", "/reviews/{slug}/protocol", Permission.SEE_REVIEW, gives=Protocol)
def read_protocol(request: HttpRequest, member: Membership, version: int | None = None) -> Protocol:
    """The criteria in force, or the first draft; with `version` those of one version."""
    versions = member.review.protocol_versions
    found = (
        active_protocol(member.review) or draft_of(member.review)
        if version is None
        else versions.filter(number=version).first()
        if 0 < version < 2**15
        else None
    )
    if found is None:
        raise Http404
    return _protocol(member, found)


def _row(member: Membership) -> dict[str, Any]:
    review = member.review
    return {"slug": review.slug, "title": review.title, "kind": ReviewKind(review.kind), "roles": list(member.roles)}


def _shown(member: Membership) -> ReviewShown:
    review = member.review
    return ReviewShown(
        **_row(member), question=review.question, registration_id=review.registration_id, created_at=review.created_at
    )


def _protocol(member: Membership, version: ProtocolVersion) -> Protocol:
    in_force = active_protocol(member.review)
    return Protocol(
        number=version.number,
        is_in_force=in_force is not None and in_force.pk == version.pk,
        frozen_at=version.frozen_at,
        reason=version.reason,
        rules={name: getattr(version, name) for name in STAGE_RULES},
        criteria=[
            CriterionShown(
                key=one.key, facet=one.facet, label=one.label, question=one.question, met_when=one.met_when,
                not_met_when=one.not_met_when, direction="exclude" if one.direction == "exclude" else "include",
                at_title_abstract=one.at_ta, at_full_text=one.at_ft,
            )
            for one in version.criteria.all()
        ],
        versions=list(member.review.protocol_versions.order_by("number").values_list("number", flat=True)),
    )  # fmt: skip
