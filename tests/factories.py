"""Parts that many tests share: people, reviews, members. Made through the same actions as the pages use."""

from __future__ import annotations

from typing import Any

from reviewapp.accounts.models import User
from screening.protocol.actions import freeze_protocol, set_up_review
from screening.protocol.versions import draft_of
from screening.reviews.actions import add_member
from screening.reviews.models import Membership, Review
from screening.roles import Role

PRESET = "medical-education"


def make_user(name: str = "Dana Stranger", **fields: Any) -> User:
    """The person of this name, made on first use: "Alice Archer" has alice@example.org, no password unless given."""
    email = fields.pop("email", f"{name.split()[0].lower()}@example.org")
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, fields.pop("password", None), name=name, **fields)


def make_review(
    title: str = "Taking part in research", *, preset: str | None = PRESET, frozen: bool = True, **fields: Any
) -> Review:
    """A review led by Lena Lead; its protocol is the preset, frozen as version 1 unless ``frozen`` is False."""
    leader = fields.pop("lead", None) or make_user("Lena Lead")
    review = set_up_review(title=title, lead=leader, preset=preset, **fields)
    draft = draft_of(review)
    if frozen and preset and draft:
        freeze_protocol(version=draft, actor=leader)
    return review


def make_member(review: Review, name: str, *roles: Role, languages: tuple[str, ...] = (), **fields: Any) -> Membership:
    """The member of this name; joins on first use with ``roles`` (a reviewer where none are given)."""
    user = make_user(name, **fields)
    found = Membership.objects.filter(review=review, user=user).first()
    return found or add_member(
        review=review, user=user, roles=roles or (Role.REVIEWER,), languages=languages, actor=user
    )


def lead(review: Review) -> Membership:
    """The member who leads ``review`` since its beginning."""
    return review.memberships.select_related("user", "review").filter(is_lead=True).order_by("pk")[0]


def alice(review: Review) -> Membership:
    """Alice Archer, who reviews."""
    return make_member(review, "Alice Archer")


def bob(review: Review) -> Membership:
    """Bob Baker, who reviews."""
    return make_member(review, "Bob Baker")


def carol(review: Review) -> Membership:
    """Carol Chen, who adjudicates."""
    return make_member(review, "Carol Chen", Role.ADJUDICATOR)
