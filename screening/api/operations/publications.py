"""Published flows: frozen under a link that opens them to everybody, until it is taken back."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import Id
from screening.api.scopes import Scope
from screening.publishing.actions import publish, revoke
from screening.publishing.models import Publication
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/publications"


class PublicationShown(Schema):
    """A flow as it was published."""

    id: int
    address: str | None = Field(description="What everybody may open; null once the link is taken back.")
    log_head: str = Field(description="The last hash of the log when the flow was frozen.")
    published_at: datetime
    by: str
    revoked_at: datetime | None


class Publications(Schema):
    """Every publication, the newest first."""

    items: list[PublicationShown]


@opens(router, "GET", AT, Permission.EDIT_REVIEW, gives=Publications)
def list_publications(request: HttpRequest, member: Membership) -> Publications:
    """What was published, each with its link while that opens."""
    found = Publication.objects.light().filter(review=member.review)
    return Publications(items=[_shown(request, one) for one in found])


@opens(router, "POST", AT, Permission.EDIT_REVIEW, gives=PublicationShown, scope=Scope.MANAGE, status=201)
def publish_flow(request: HttpRequest, member: Membership) -> PublicationShown:
    """Publish the flow as it stands. Refused while anything is pending or unfinished: only final numbers are published."""
    return _shown(request, publish(member=member))


@opens(
    router,
    "POST",
    f"{AT}/{{publication_id}}/revoke",
    Permission.EDIT_REVIEW,
    gives=PublicationShown,
    scope=Scope.MANAGE,
)
def revoke_publication(request: HttpRequest, member: Membership, publication_id: Id) -> PublicationShown:
    """Take the link back: it opens nothing any more."""
    found = Publication.objects.light().filter(review=member.review)
    get_object_or_404(found, pk=publication_id)
    revoke(member=member, publication_id=publication_id)
    return _shown(request, found.get(pk=publication_id))


def _shown(request: HttpRequest, one: Publication) -> PublicationShown:
    address = request.build_absolute_uri(reverse("published", args=[one.token]))
    return PublicationShown(
        id=one.pk, address=None if one.revoked_at else address, log_head=one.log_head, published_at=one.published_at, by=str(one.by),
        revoked_at=one.revoked_at,
    )  # fmt: skip
