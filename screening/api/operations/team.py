"""The team of a review: who is in it as what, who is invited, and who leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import Id
from screening.api.problems import Sent
from screening.api.reading import checked
from screening.api.scopes import Scope
from screening.reviews import actions
from screening.reviews.forms import InvitationForm, RolesForm
from screening.reviews.models import Invitation, Membership
from screening.reviews.queue import invitation_in, team_of, teammate, waiting_invitations
from screening.reviews.views import invitation_link
from screening.roles import Permission, Role

router = Router()
TEAM = "/reviews/{slug}/team"
INVITATIONS = "/reviews/{slug}/invitations"
Languages = Annotated[list[Annotated[str, Field(max_length=8)]], Field(max_length=50)]


class Member(Schema):
    """Somebody of the team; ``languages`` are those that they read, none means all. ``left_at`` is null for those who are in it."""

    id: int
    name: str
    roles: list[Role]
    languages: list[str]
    joined_at: datetime
    left_at: datetime | None


class Team(Schema):
    """Everybody who is or was in the review."""

    items: list[Member]


class RolesSent(Sent):
    """What a person is in the review, and which languages they read; none means all."""

    roles: list[Role] = Field(min_length=1, max_length=len(Role))
    languages: Languages = []


class InvitationSent(RolesSent):
    """Whom to invite, as what."""

    email: str = Field(min_length=3, max_length=254)


class InvitationShown(Schema):
    """An invitation that nobody has accepted; ``link`` opens it for the invited address."""

    id: int
    email: str
    roles: list[Role]
    languages: list[str]
    expires_at: datetime
    link: str


class Invitations(Schema):
    """Those that wait, the newest first."""

    items: list[InvitationShown]


class InvitationMade(InvitationShown):
    """A new invitation; ``mailed`` is false where no e-mail could be sent, so that the link is to be passed on by hand."""

    mailed: bool


@opens(router, "GET", TEAM, Permission.SEE_REVIEW, gives=Team)
def list_team(request: HttpRequest, member: Membership) -> Team:
    """Everybody who is or was in the review."""
    return Team(items=[_member(one) for one in team_of(member)])


@opens(router, "PUT", f"{TEAM}/{{member_id}}", Permission.MANAGE_TEAM, gives=Member, scope=Scope.MANAGE)
def change_member(request: HttpRequest, member: Membership, member_id: Id, sent: RolesSent) -> Member:
    """Other roles and languages of a member."""
    mate = teammate(member, member_id)
    form = RolesForm(sent.model_dump(mode="json"))
    form.keep(mate.languages)
    return _member(actions.change_roles(member=mate, actor=member.user, **checked(form)))


@opens(router, "POST", f"{TEAM}/{{member_id}}/end", Permission.MANAGE_TEAM, gives=Member, scope=Scope.MANAGE)
def let_member_go(request: HttpRequest, member: Membership, member_id: Id) -> Member:
    """A member leaves from now on; votes and comments are kept."""
    return _member(actions.end_membership(member=teammate(member, member_id), actor=member.user))


@opens(router, "POST", f"{TEAM}/{{member_id}}/resume", Permission.MANAGE_TEAM, gives=Member, scope=Scope.MANAGE)
def let_member_back_in(request: HttpRequest, member: Membership, member_id: Id) -> Member:
    """A member who left comes back with the former roles."""
    return _member(actions.resume_membership(member=teammate(member, member_id), actor=member.user))


@opens(router, "GET", INVITATIONS, Permission.MANAGE_TEAM, gives=Invitations)
def list_invitations(request: HttpRequest, member: Membership) -> Invitations:
    """Invitations that nobody has accepted, those included whose 14 days are over."""
    return Invitations(items=[_invitation(request, one) for one in waiting_invitations(member)])


@opens(router, "POST", INVITATIONS, Permission.MANAGE_TEAM, gives=InvitationMade, scope=Scope.MANAGE, status=201)
def invite_person(request: HttpRequest, member: Membership, sent: InvitationSent) -> InvitationMade:
    """Invite an address for 14 days; an earlier invitation of it ends."""
    asked = checked(InvitationForm(sent.model_dump(mode="json")))
    made = actions.invite(review=member.review, actor=member.user, **asked)
    mailed = actions.mail_invitation(invitation=made, link=invitation_link(request, made))
    return InvitationMade(**_invitation(request, made).model_dump(), mailed=mailed)


@opens(
    router, "DELETE", f"{INVITATIONS}/{{invitation_id}}", Permission.MANAGE_TEAM, gives=None, scope=Scope.MANAGE, status=204
)  # fmt: skip
def withdraw_invitation(request: HttpRequest, member: Membership, invitation_id: Id) -> None:
    """Make the link of an invitation useless."""
    actions.revoke_invitation(invitation=invitation_in(member, invitation_id), actor=member.user)


def _member(one: Membership) -> Member:
    return Member(
        id=one.pk, name=str(one.user), roles=list(one.roles), languages=one.languages, joined_at=one.active_from,
        left_at=one.active_to,
    )  # fmt: skip


def _invitation(request: HttpRequest, one: Invitation) -> InvitationShown:
    return InvitationShown(
        id=one.pk, email=one.email, roles=list(one.roles), languages=one.languages, expires_at=one.expires_at,
        link=invitation_link(request, one),
    )  # fmt: skip
