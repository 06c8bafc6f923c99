"""Reads of reviews and teams: mine, the team of one, its invitations, each reached through the member's own review."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.reviews.models import Invitation, Membership


def my_memberships(user: User) -> QuerySet[Membership]:
    """The reviews of a person, the newest first, each as the membership that opens it."""
    mine = Membership.objects.filter(user=user, active_to__isnull=True, user__is_active=True)
    return mine.select_related("review", "user").order_by("-review__created_at", "-review_id")


def team_of(member: Membership) -> QuerySet[Membership]:
    """Everybody who is or was in the review, those who left last; ``votes_cast`` tells how many votes each one has given."""
    cast = Count("votes", filter=Q(votes__withdrawn_at__isnull=True))
    team = Membership.objects.filter(review_id=member.review_id).select_related("user")
    return team.annotate(votes_cast=cast).order_by("active_to", "user__name", "pk")


def teammate(member: Membership, pk: int) -> Membership:
    """A member of the same review. Raises Http404 for any other."""
    found = team_of(member).select_related("review", "user").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def waiting_invitations(member: Membership) -> QuerySet[Invitation]:
    """Invitations of the member's review that can still be accepted, and those whose 14 days are over."""
    return Invitation.objects.filter(
        review_id=member.review_id, accepted_at__isnull=True, revoked_at__isnull=True
    ).order_by("-created_at", "-pk")


def invitation_in(member: Membership, pk: int) -> Invitation:
    """An invitation to the same review. Raises Http404 for any other."""
    found = Invitation.objects.filter(review_id=member.review_id, pk=pk).first()
    if found is None:
        raise Http404
    return found


def has_expired(invitation: Invitation) -> bool:
    """True where only the 14 days ended it."""
    return invitation.expires_at <= timezone.now()
