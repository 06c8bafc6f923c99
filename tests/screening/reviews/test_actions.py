"""What may happen to a review and its team, and what is refused."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.reviews import actions
from screening.reviews.models import Invitation, Membership, Review
from screening.roles import Role
from tests.factories import alice, bob, lead, make_member, make_review, make_user

pytestmark = pytest.mark.django_db


def verbs(review: Review) -> list[str]:
    return list(AuditEvent.objects.filter(review_id=review.pk).order_by("pk").values_list("verb", flat=True))


def invited(review: Review, email: str = "dana@example.org", *roles: Role) -> Invitation:
    return actions.invite(review=review, email=email, roles=roles or [Role.REVIEWER], actor=lead(review).user)


def test_whoever_creates_a_review_leads_it_and_the_log_says_so() -> None:
    person = make_user("Lena Lead")
    review = actions.create_review(title=" Taking part ", lead=person, question="What helps?")
    assert (review.title, review.slug, review.question) == ("Taking part", "taking-part", "What helps?")
    assert lead(review).roles == (Role.LEAD,)
    assert verbs(review) == ["created the review", "joined the team"]


def test_a_lead_may_screen_as_well() -> None:
    review = actions.create_review(title="A", lead=make_user(), also_reviewer=True)
    assert lead(review).roles == (Role.LEAD, Role.REVIEWER)


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("Taking part", ["taking-part", "taking-part-2", "taking-part-3"]),
        ("參與醫學教育研究", ["review", "review-2", "review-3"]),
    ],
)
def test_reviews_of_one_title_get_different_addresses(title: str, slugs: list[str]) -> None:
    assert [actions.create_review(title=title, lead=make_user()).slug for _ in range(3)] == slugs


def test_editing_a_review_logs_the_old_and_the_new_values() -> None:
    review = make_review()
    actions.edit_review(review=review, actor=lead(review).user, title="New title", kind="scoping")
    review.refresh_from_db()
    event = AuditEvent.objects.get(verb="edited the review")
    assert (review.title, review.kind) == ("New title", "scoping")
    assert (event.before or {})["title"] == "Taking part in research"
    assert (event.after or {})["title"] == "New title"


def test_saving_a_review_unchanged_logs_nothing() -> None:
    review = make_review()
    actions.edit_review(review=review, actor=lead(review).user, title=review.title)
    assert "edited the review" not in verbs(review)


def test_only_an_update_keeps_the_figures_of_a_previous_version() -> None:
    review = make_review()
    person = lead(review).user
    review = actions.edit_review(review=review, actor=person, kind="update", previous_studies=8, previous_reports=9)
    assert (review.previous_studies, review.previous_reports) == (8, 9)
    review = actions.edit_review(review=review, actor=person, kind="systematic")
    assert (review.previous_studies, review.previous_reports) == (None, None)


def test_p12_edit_review_takes_no_field_beyond_the_declared_ones() -> None:
    review = make_review()
    with pytest.raises(TypeError):
        actions.edit_review(review=review, actor=lead(review).user, slug="other")


def test_p7_an_invitation_makes_a_member_once() -> None:
    review = make_review()
    invitation = invited(review, "Dana@Example.org", Role.ADJUDICATOR)
    member = actions.accept_invitation(invitation=invitation, user=make_user("Dana Stranger"))
    assert (member.review, member.roles) == (review, (Role.ADJUDICATOR,))
    with pytest.raises(NotAllowedNow, match="works once"):
        actions.accept_invitation(invitation=invitation, user=make_user("Dana Stranger"))


def test_p7_an_invitation_is_for_the_invited_address_only() -> None:
    review = make_review()
    with pytest.raises(NotAllowedNow, match="another e-mail address"):
        actions.accept_invitation(invitation=invited(review), user=make_user("Eve Other"))
    assert not Membership.objects.filter(user__name="Eve Other").exists()


def test_p7_the_case_of_an_address_does_not_matter() -> None:
    review = make_review()
    person = make_user("Dana Stranger", email="dana@example.org")
    assert actions.accept_invitation(invitation=invited(review, "DANA@example.ORG"), user=person).user == person


def test_p7_an_invitation_expires_after_14_days() -> None:
    review = make_review()
    invitation = invited(review)
    person = make_user("Dana Stranger")
    with (
        time_machine.travel(timezone.now() + timedelta(days=14, seconds=1)),
        pytest.raises(NotAllowedNow, match="expired"),
    ):
        actions.accept_invitation(invitation=invitation, user=person)
    with time_machine.travel(timezone.now() + timedelta(days=13)):
        assert actions.accept_invitation(invitation=invitation, user=person).is_active


def test_p7_an_invitation_never_changes_an_existing_role() -> None:
    review = make_review()
    invitation = invited(review, "alice@example.org", Role.LEAD)
    member = alice(review)
    with pytest.raises(NotAllowedNow, match="member of this review already"):
        actions.accept_invitation(invitation=invitation, user=member.user)
    member.refresh_from_db()
    assert member.roles == (Role.REVIEWER,)


def test_p7_an_invitation_does_not_let_back_in_who_was_sent_away() -> None:
    review = make_review()
    invitation = invited(review, "alice@example.org")
    member = alice(review)
    actions.end_membership(member=member, actor=lead(review).user)
    with pytest.raises(NotAllowedNow):
        actions.accept_invitation(invitation=invitation, user=member.user)
    member.refresh_from_db()
    assert not member.is_active


def test_a_revoked_invitation_no_longer_works() -> None:
    review = make_review()
    invitation = actions.revoke_invitation(invitation=invited(review), actor=lead(review).user)
    with pytest.raises(NotAllowedNow, match="withdrawn"):
        actions.accept_invitation(invitation=invitation, user=make_user())
    with pytest.raises(NotAllowedNow, match="withdrawn"):
        actions.revoke_invitation(invitation=invitation, actor=lead(review).user)


def test_a_second_invitation_of_an_address_replaces_the_first() -> None:
    review = make_review()
    first, second = invited(review), invited(review, "dana@example.org", Role.LIBRARIAN)
    with pytest.raises(NotAllowedNow):
        actions.accept_invitation(invitation=first, user=make_user())
    assert actions.accept_invitation(invitation=second, user=make_user()).roles == (Role.LIBRARIAN,)


@pytest.mark.parametrize(("left", "sentence"), [(False, "is a member already"), (True, "was a member before")])
def test_members_past_and_present_are_not_invited(left: bool, sentence: str) -> None:
    review = make_review()
    member = alice(review)
    if left:
        actions.end_membership(member=member, actor=lead(review).user)
    with pytest.raises(NotAllowedNow, match=sentence):
        invited(review, "Alice@example.org")


def test_the_token_of_an_invitation_is_always_the_same_and_cannot_be_made_up() -> None:
    review = make_review()
    one, other = invited(review), invited(review, "eve@example.org")
    token = actions.invitation_token(one)
    assert token == actions.invitation_token(one)
    assert actions.invitation_of(token) == one
    forged = f"{other.pk}:{token.partition(':')[2]}"
    assert [actions.invitation_of(wrong) for wrong in (forged, str(one.pk), "", token + "x")] == [None] * 4


def test_the_letter_names_the_review_the_roles_and_the_link() -> None:
    review = make_review()
    assert actions.mail_invitation(invitation=invited(review), link="https://example.org/invitations/1:x/")
    letter = mail.outbox[0]
    assert letter.to == ["dana@example.org"]
    for words in (review.title, "reviewer", "https://example.org/invitations/1:x/", "Lena Lead"):
        assert words in letter.body


def test_a_mail_server_that_refuses_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert not actions.mail_invitation(invitation=invited(make_review()), link="x")


def test_a_title_with_a_line_break_cannot_inject_a_header() -> None:
    review = make_review("Title\nBcc: eve@example.org")
    actions.mail_invitation(invitation=invited(review), link="x")
    assert mail.outbox[0].recipients() == ["dana@example.org"]


def test_roles_change_and_are_logged() -> None:
    review = make_review()
    member = actions.change_roles(
        member=alice(review), roles=[Role.REVIEWER, Role.ADJUDICATOR], languages=["zh"], actor=lead(review).user
    )
    assert (member.roles, member.languages) == ((Role.REVIEWER, Role.ADJUDICATOR), ["zh"])
    event = AuditEvent.objects.get(verb="changed roles")
    assert event.before == {"roles": ["reviewer"], "languages": []}
    assert event.after == {"roles": ["reviewer", "adjudicator"], "languages": ["zh"]}


def test_the_last_lead_keeps_the_role_and_stays() -> None:
    review = make_review()
    only = lead(review)
    with pytest.raises(NotAllowedNow, match="only lead"):
        actions.change_roles(member=only, roles=[Role.REVIEWER], actor=only.user)
    with pytest.raises(NotAllowedNow, match="only lead"):
        actions.end_membership(member=only, actor=only.user)


def test_a_lead_whose_account_is_closed_or_who_left_does_not_count_as_a_lead() -> None:
    review = make_review()
    for name in ("Closed Account", "Gone Away"):
        make_member(review, name, Role.LEAD)
    User.objects.filter(name="Closed Account").update(is_active=False)
    actions.end_membership(member=make_member(review, "Gone Away"), actor=lead(review).user)
    with pytest.raises(NotAllowedNow, match="only lead"):
        actions.end_membership(member=lead(review), actor=lead(review).user)


def test_one_of_two_leads_may_go() -> None:
    review = make_review()
    first = lead(review)
    make_member(review, "Second Lead", Role.LEAD)
    assert not actions.end_membership(member=first, actor=first.user).is_active


def test_s6_a_member_who_leaves_and_returns_is_the_same_member_with_the_same_roles() -> None:
    review = make_review()
    member, actor = bob(review), lead(review).user
    assert not actions.end_membership(member=member, actor=actor).is_active
    back = actions.resume_membership(member=member, actor=actor)
    assert (back.pk, back.is_active, back.roles) == (member.pk, True, (Role.REVIEWER,))
    assert verbs(review)[-2:] == ["left the team", "came back to the team"]


def test_leaving_and_returning_twice_is_refused() -> None:
    review = make_review()
    member, actor = bob(review), lead(review).user
    with pytest.raises(NotAllowedNow, match="on the team already"):
        actions.resume_membership(member=member, actor=actor)
    actions.end_membership(member=member, actor=actor)
    with pytest.raises(NotAllowedNow, match="left the team already"):
        actions.end_membership(member=member, actor=actor)
    with pytest.raises(NotAllowedNow, match="has left"):
        actions.change_roles(member=member, roles=[Role.LEAD], actor=actor)


def test_nobody_is_without_a_role() -> None:
    review = make_review()
    actor = lead(review).user
    with pytest.raises(NotAllowedNow, match="at least one role"):
        actions.change_roles(member=alice(review), roles=[], actor=actor)
    with pytest.raises(NotAllowedNow, match="at least one role"):
        actions.invite(review=review, email="x@example.org", roles=[], actor=actor)
