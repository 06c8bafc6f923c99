"""Pages about a review itself: its description, its team, its invitations."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.reviews import actions
from screening.reviews.access import person, requires
from screening.reviews.forms import InvitationForm, ReviewForm, RolesForm, language_words
from screening.reviews.models import Invitation, Membership
from screening.reviews.queue import has_expired, invitation_in, team_of, teammate, waiting_invitations
from screening.roles import Permission, Role

UNPROCESSABLE = 422


@requires(Permission.EDIT_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def review_settings(request: HttpRequest, member: Membership) -> HttpResponse:
    """Title, question, registration, kind."""
    form = ReviewForm(request.POST or None, instance=member.review)
    if request.method == "POST" and form.is_valid():
        actions.edit_review(review=member.review, actor=person(request), **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("review_home", slug=member.review.slug)
    status = 200
    if form.errors:
        status = UNPROCESSABLE
        member.review.refresh_from_db()  # a refused form must not lend its values to the masthead
    return render(request, "screening/reviews/settings.html", {"form": form}, status=status)


@requires(Permission.SEE_REVIEW)
@require_safe
def team(request: HttpRequest, member: Membership) -> HttpResponse:
    """Who is in the review, as what; for the lead also invitations and changes."""
    wanted = [role.value for role in Role if role.value in request.GET.getlist("roles")]
    form = InvitationForm(initial={"roles": wanted, "languages": request.GET.getlist("languages")})
    return _team_page(request, member, form)


def _team_page(request: HttpRequest, member: Membership, form: InvitationForm, status: int = 200) -> HttpResponse:
    manages = member.may(Permission.MANAGE_TEAM)
    people = [{"member": one, "languages": language_words(one.languages)} for one in team_of(member)]
    context: dict[str, Any] = {"people": people, "manages": manages}
    if manages:
        context["form"] = form
        context["invitations"] = [
            {"invitation": one, "link": invitation_link(request, one), "expired": has_expired(one)}
            for one in waiting_invitations(member)
        ]
    return render(request, "screening/reviews/team.html", context, status=status)


def invitation_link(request: HttpRequest, invitation: Invitation) -> str:
    """The address to open, to be mailed or copied."""
    path = reverse("invitation", args=[actions.invitation_token(invitation)])
    return settings.BASE_URL.rstrip("/") + path if settings.BASE_URL else request.build_absolute_uri(path)


@requires(Permission.MANAGE_TEAM)
@require_POST
def team_invite(request: HttpRequest, member: Membership) -> HttpResponse:
    """Invite by e-mail; the page shows the link as well."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _team_page(request, member, form, UNPROCESSABLE)
    asked = form.cleaned_data
    invitation = actions.invite(
        review=member.review,
        email=asked["email"],
        roles=asked["roles"],
        languages=asked["languages"],
        actor=person(request),
    )
    if actions.mail_invitation(invitation=invitation, link=invitation_link(request, invitation)):
        messages.success(request, f"Invited {invitation.email}. The link is below as well, to copy.")
    else:
        messages.warning(
            request, f"Invited {invitation.email}, but no e-mail could be sent. Copy the link below instead."
        )
    return redirect("team", slug=member.review.slug)


@requires(Permission.MANAGE_TEAM)
@require_POST
def invitation_revoke(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """Make an invitation's link useless."""
    invitation = actions.revoke_invitation(invitation=invitation_in(member, pk), actor=person(request))
    messages.success(request, f"The invitation of {invitation.email} no longer works.")
    return redirect("team", slug=member.review.slug)


@requires(Permission.MANAGE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def team_member(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """One member: roles, languages, leaving and coming back."""
    mate = teammate(member, pk)
    form = RolesForm.of(mate)
    status = 200
    if request.method == "POST":
        form = RolesForm(request.POST)
        form.keep(mate.languages)
        status = UNPROCESSABLE
        if form.is_valid():
            actions.change_roles(member=mate, actor=person(request), **form.cleaned_data)
            messages.success(request, f"Saved. {mate.user} works with the new roles from the next page on.")
            return redirect("team", slug=member.review.slug)
    return render(request, "screening/reviews/member.html", {"mate": mate, "form": form}, status=status)


@requires(Permission.MANAGE_TEAM)
@require_POST
def team_member_end(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """Let a member go; the votes stay, and the invitation form is ready for whoever comes instead."""
    mate = teammate(member, pk)
    actions.end_membership(member=mate, actor=person(request))
    messages.success(request, f"{mate.user} has left the team. Votes and comments are kept.")
    if mate.user_id == member.user_id:
        return redirect("front")
    asked = "&".join([f"roles={role.value}" for role in mate.roles] + [f"languages={code}" for code in mate.languages])
    return redirect(f"{reverse('team', args=[member.review.slug])}?{asked}")


@requires(Permission.MANAGE_TEAM)
@require_POST
def team_member_resume(request: HttpRequest, member: Membership, pk: int) -> HttpResponse:
    """Let a former member back in, with the former roles."""
    mate = actions.resume_membership(member=teammate(member, pk), actor=person(request))
    messages.success(request, f"{mate.user} is back on the team.")
    return redirect("team", slug=member.review.slug)
