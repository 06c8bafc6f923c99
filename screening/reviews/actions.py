"""What may happen to a review and its team: described, people invited, roles changed, people leaving and returning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from reviewapp.accounts.models import User
from screening.audit.actions import record
from screening.audit.refusal import NotAllowedNow
from screening.jobs.actions import enqueue
from screening.reviews.models import Invitation, Membership, Review, ReviewKind
from screening.roles import Role

INVITATION_LASTS = timedelta(days=14)
OF_AN_UPDATE = ("previous_studies", "previous_removed_studies", "previous_reports", "previous_removed_reports")
FIGURES = (*OF_AN_UPDATE, "studies_in_meta_analysis", "reports_in_meta_analysis")
EDITABLE = ("title", "question", "registration_id", "kind", "hand_over_after_days", *FIGURES)
EDITED = "edited the review"  # the verb by which the flow finds what these figures were on a day


@transaction.atomic
def create_review(
    *,
    title: str,
    lead: User,
    question: str = "",
    registration_id: str = "",
    kind: str = ReviewKind.SYSTEMATIC,
    slug: str = "",
    also_reviewer: bool = False,
) -> Review:
    """A review with ``lead`` as its first member, who also screens where ``also_reviewer``.

    The address is ``slug``, or made from the title; a number is added where it is taken. The criteria are the
    protocol's part: `screening.protocol.actions.set_up_review` does both.
    """
    review = _with_free_slug(
        slug or slugify(title)[:60].strip("-") or "review",
        title=title.strip(),
        question=question.strip(),
        registration_id=registration_id.strip(),
        kind=kind,
    )
    record(verb="created the review", review_id=review.pk, actor=lead, subject=_subject(review), after=_facts(review))
    roles = (Role.LEAD, Role.REVIEWER) if also_reviewer else (Role.LEAD,)
    add_member(review=review, user=lead, roles=roles, actor=lead)
    return review


def _with_free_slug(wanted: str, **fields: Any) -> Review:
    """Create under the first free address of ``wanted``, ``wanted-2``, ``wanted-3`` ..."""
    taken = set(Review.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    for n in range(1, len(taken) + 10):
        slug = wanted if n == 1 else f"{wanted}-{n}"
        if slug in taken:
            continue
        try:
            with transaction.atomic():
                return Review.objects.create(slug=slug, **fields)
        except IntegrityError:  # somebody took it at the same instant
            continue
    raise NotAllowedNow("Many reviews with this title are being created right now. Nothing was saved; try again.")


@transaction.atomic
def edit_review(*, review: Review, actor: User, **changes: Any) -> Review:
    """Change any of `EDITABLE`. Only an update of a published review has figures of a previous version."""
    review = _locked(review)
    before = _facts(review)
    for name, value in changes.items():
        if name not in EDITABLE:
            raise TypeError(f"edit_review() does not change {name}")
        setattr(review, name, value)
    if review.kind != ReviewKind.UPDATE:
        for name in OF_AN_UPDATE:
            setattr(review, name, None)
    after = _facts(review)
    if after != before:
        review.save(update_fields=EDITABLE)
        record(
            verb=EDITED,
            review_id=review.pk,
            actor=actor,
            subject=_subject(review),
            before=before,
            after=after,
        )
    return review


@transaction.atomic
def add_member(
    *, review: Review, user: User, roles: Sequence[Role], actor: User | None, languages: Sequence[str] = ()
) -> Membership:
    """Make ``user`` a member. Raises NotAllowedNow where the user has been one: no existing role changes (P7)."""
    _refuse_no_roles(roles)
    _locked(review)
    if Membership.objects.filter(review=review, user=user).exists():
        raise NotAllowedNow(f"{user} is a member of this review already. Change the roles on the team page.", rule="P7")
    member = Membership.objects.create(review=review, user=user, languages=list(languages), **_flags(roles))
    _log(member, "joined the team", actor, after=_standing(member))
    return member


@transaction.atomic
def invite(
    *, review: Review, email: str, roles: Sequence[Role], actor: User, languages: Sequence[str] = ()
) -> Invitation:
    """Invite an address for 14 days. An earlier open invitation of it ends: only the latest link works (P7)."""
    _refuse_no_roles(roles)
    _locked(review)
    address = email.strip().lower()
    _refuse_present(review, address)
    now = timezone.now()
    open_ones = Invitation.objects.filter(
        review=review, email=address, accepted_at__isnull=True, revoked_at__isnull=True
    )
    open_ones.update(revoked_at=now)
    invitation = Invitation.objects.create(
        review=review,
        email=address,
        languages=list(languages),
        invited_by=actor,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
        **_flags(roles),
    )
    record(
        verb="invited a person",
        review_id=review.pk,
        actor=actor,
        subject=("invitation", invitation.pk, address),
        after={"roles": [role.value for role in roles], "languages": list(languages)},
    )
    return invitation


def _refuse_present(review: Review, address: str) -> None:
    member = Membership.objects.filter(review=review, user__email__iexact=address).first()
    if member is None:
        return
    if member.is_active:
        raise NotAllowedNow(f"{address} is a member already. Change the roles on the team page.", rule="P7")
    raise NotAllowedNow(f"{address} was a member before. Let them back in on the team page.", rule="P7")


def mail_invitation(*, invitation: Invitation, link: str) -> bool:
    """Send the link to the invited address. False where the mail server refused: the link can still be copied."""
    letter = EmailMessage(
        subject="Invitation to a systematic review",
        body=(
            f"{invitation.invited_by} invites you to the review\n\n    {invitation.review.title}\n\n"
            f"as {invitation.role_words.lower()}. Open this link, then sign in with this address or make an"
            " account for it:\n\n"
            f"    {link}\n\nThe link works once, until {invitation.expires_at:%Y-%m-%d}.\n"
        ),
        to=[invitation.email],
    )
    try:
        return bool(letter.send())
    except OSError:  # smtplib's errors are OSErrors: the invitation stands, the page shows the link
        return False


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User) -> Invitation:
    """End an open invitation. Raises NotAllowedNow where it has been accepted or revoked."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    _refuse_used(invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    subject = ("invitation", invitation.pk, invitation.email)
    record(verb="revoked an invitation", review_id=invitation.review_id, actor=actor, subject=subject)
    return invitation


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """Join: once, within 14 days, with the invited address only; never changes an existing role (P7)."""
    _locked(invitation.review)
    invitation = Invitation.objects.select_for_update().select_related("review").get(pk=invitation.pk)
    _refuse_used(invitation)
    if not invitation.is_open:
        raise NotAllowedNow("This invitation has expired. Ask the lead of the review for a new one.", rule="P7")
    if user.email.lower() != invitation.email.lower():
        raise NotAllowedNow(
            "This invitation is for another e-mail address. Sign in with the address it was sent to.", rule="P7"
        )
    member = add_member(
        review=invitation.review, user=user, roles=invitation.roles, languages=invitation.languages, actor=user
    )
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return member


def _refuse_used(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise NotAllowedNow("This invitation has been accepted already; it works once.", rule="P7")
    if invitation.revoked_at is not None:
        raise NotAllowedNow("This invitation was withdrawn. Ask the lead of the review for a new one.", rule="P7")


def invitation_token(invitation: Invitation) -> str:
    """The part of the link that proves it: the same for one invitation at all times."""
    return Signer(salt="invitation").sign(str(invitation.pk))


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link names; None for a forged or mistyped one."""
    try:
        pk = int(Signer(salt="invitation").unsign(token))
    except (BadSignature, ValueError):
        return None
    return Invitation.objects.select_related("review", "invited_by").filter(pk=pk).first()


@transaction.atomic
def change_roles(
    *, member: Membership, roles: Sequence[Role], actor: User, languages: Sequence[str] | None = None
) -> Membership:
    """Give a member these roles instead of the former ones, and these languages where given.

    Raises NotAllowedNow where the review would be left without a lead, and for a member who has left.
    """
    _refuse_no_roles(roles)
    _locked(member.review)
    member = _fresh(member)
    if not member.is_active:
        raise NotAllowedNow(f"{member.user} has left the team. Let them back in first.")
    if Role.LEAD not in roles:
        _refuse_last_lead(member)
    before = _standing(member)
    for name, value in _flags(roles).items():
        setattr(member, name, value)
    if languages is not None:
        member.languages = list(languages)
    if _standing(member) != before:
        member.save()
        _log(member, "changed roles", actor, before=before, after=_standing(member))
        _share_out(member)
    return member


@transaction.atomic
def end_membership(*, member: Membership, actor: User) -> Membership:
    """The member leaves from now on; the votes stay (S6). Raises NotAllowedNow for the last lead."""
    _locked(member.review)
    member = _fresh(member)
    if not member.is_active:
        raise NotAllowedNow(f"{member.user} has left the team already.", rule="S6")
    _refuse_last_lead(member)
    member.active_to = timezone.now()
    member.save(update_fields=["active_to"])
    _log(member, "left the team", actor, before=_standing(member))
    _share_out(member)
    return member


@transaction.atomic
def resume_membership(*, member: Membership, actor: User) -> Membership:
    """A member who left comes back with the former roles."""
    _locked(member.review)
    member = _fresh(member)
    if member.is_active:
        raise NotAllowedNow(f"{member.user} is on the team already.")
    member.active_to = None
    member.save(update_fields=["active_to"])
    _log(member, "came back to the team", actor, after=_standing(member))
    _share_out(member)
    return member


def _share_out(member: Membership) -> None:
    """What is kept for members who left or read other languages now is for others (S6, S7): ask for it, where work is shared."""
    plans = member.review.stage_plans.values_list("stage", flat=True)
    rounds = member.review.pilots.filter(ended_at__isnull=True).values_list("stage", flat=True)
    again = member.review.rescreens.filter(ended_at__isnull=True).values_list("stage", flat=True)
    for stage in sorted({*plans, *rounds, *again}):
        enqueue(name="decisions.share_out", review_id=member.review_id, subject=stage)


def _locked(review: Review) -> Review:
    """Two leads who remove each other at one instant act one after the other."""
    return Review.objects.select_for_update().get(pk=review.pk)


def _fresh(member: Membership) -> Membership:
    return Membership.objects.select_for_update(of=("self",)).select_related("review", "user").get(pk=member.pk)


def _refuse_no_roles(roles: Sequence[Role]) -> None:
    if not roles:
        raise NotAllowedNow("Choose at least one role; nothing was changed.")


def _refuse_last_lead(member: Membership) -> None:
    if not member.is_lead:
        return
    others = Membership.objects.filter(review=member.review, is_lead=True, active_to__isnull=True, user__is_active=True)
    if not others.exclude(pk=member.pk).exists():
        raise NotAllowedNow(f"{member.user} is the only lead. Make another member lead first; nothing was changed.")


def _flags(roles: Iterable[Role]) -> dict[str, bool]:
    held = set(roles)
    return {f"is_{role.value}": role in held for role in Role}


def _standing(member: Membership) -> dict[str, Any]:
    return {"roles": [role.value for role in member.roles], "languages": member.languages}


def _log(member: Membership, verb: str, actor: User | None, *, before: Any = None, after: Any = None) -> None:
    subject = ("member", member.pk, str(member.user))
    record(verb=verb, review_id=member.review_id, actor=actor, subject=subject, before=before, after=after)


def _subject(review: Review) -> tuple[str, int, str]:
    return ("review", review.pk, review.title)


def _facts(review: Review) -> dict[str, Any]:
    return {name: getattr(review, name) for name in EDITABLE}
