"""The pages about a review and its team: who may open and do what."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from screening.reviews.actions import end_membership, invite
from screening.reviews.models import Invitation, Membership, Review
from screening.roles import Role
from tests.factories import alice, bob, lead, make_member, make_review, make_user

pytestmark = pytest.mark.django_db

INVITED = {"email": "dana@example.org", "roles": ["reviewer", "librarian"], "languages": ["en"]}


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(name: str, review: Review, *args: object) -> str:
    return reverse(name, args=[review.slug, *args])


def addresses(review: Review) -> list[str]:
    """Every address of this step, those of one's own members and invitations included."""
    invitation = invite(review=review, email="x@example.org", roles=[Role.OBSERVER], actor=lead(review).user)
    mate = bob(review)
    return [
        url("review_settings", review),
        url("team_invite", review),
        url("team_invitation_revoke", review, invitation.pk),
        url("team_member", review, mate.pk),
        url("team_member_end", review, mate.pk),
        url("team_member_resume", review, mate.pk),
    ]


def test_p9_only_the_lead_changes_the_review_and_its_team() -> None:
    review = make_review()
    client = signed_in(alice(review))
    assert [client.post(address).status_code for address in addresses(review)] == [403] * 6
    assert bob(review).is_active


def test_p9_a_stranger_gets_404_and_a_visitor_is_asked_to_sign_in() -> None:
    review = make_review()
    stranger = signed_in(make_member(make_review("Other"), "Eve Other", Role.LEAD))
    for address in [*addresses(review), url("team", review)]:
        assert stranger.get(address).status_code == 404
        assert stranger.post(address).status_code == 404
        assert Client().get(address).status_code == 302


def test_p10_ids_of_another_review_give_404_and_change_nothing() -> None:
    review, other = make_review(), make_review("Other", lead=make_user("Otto Other"))
    mate = make_member(other, "Mia Mate")
    invitation = invite(review=other, email="x@example.org", roles=[Role.OBSERVER], actor=mate.user)
    client = signed_in(lead(review))
    for name, pk in (
        ("team_member", mate.pk),
        ("team_member_end", mate.pk),
        ("team_member_resume", mate.pk),
        ("team_invitation_revoke", invitation.pk),
    ):
        assert client.post(url(name, review, pk), {"roles": ["lead"]}).status_code == 404
        assert client.post(url(name, review, 10**30)).status_code == 404
    mate.refresh_from_db()
    invitation.refresh_from_db()
    assert (mate.roles, mate.is_active, invitation.is_open) == ((Role.REVIEWER,), True, True)


def test_p11_a_removed_member_is_a_stranger_from_the_next_request_on() -> None:
    review = make_review()
    member = alice(review)
    client = signed_in(member)
    assert client.get(url("team", review)).status_code == 200
    end_membership(member=member, actor=lead(review).user)
    assert client.get(url("team", review)).status_code == 404


def test_the_lead_edits_the_description() -> None:
    review = make_review()
    client = signed_in(lead(review))
    assert review.title in client.get(url("review_settings", review)).content.decode()
    sent = {"title": "A new title", "question": "What helps?", "registration_id": "CRD42", "kind": "scoping"}
    answer = client.post(url("review_settings", review), sent)
    assert answer["Location"] == url("review_home", review)
    review.refresh_from_db()
    assert (review.title, review.question, review.registration_id, review.kind) == tuple(sent.values())


def test_a_title_that_is_missing_is_asked_for_and_nothing_is_saved() -> None:
    review = make_review()
    answer = signed_in(lead(review)).post(url("review_settings", review), {"title": "", "kind": "scoping"})
    assert answer.status_code == 422
    review.refresh_from_db()
    assert (review.title, review.kind) == ("Taking part in research", "systematic")


def test_p12_fields_that_the_form_does_not_show_are_not_taken() -> None:
    review = make_review()
    sent = {"title": "New", "kind": "scoping", "slug": "stolen", "seed": "1", "last_number": "99"}
    signed_in(lead(review)).post(url("review_settings", review), sent)
    changed = Review.objects.get(pk=review.pk)
    assert (changed.title, changed.slug, changed.seed, changed.last_number) == ("New", review.slug, review.seed, 0)


def test_the_team_page_lists_members_and_shows_addresses_to_the_lead_only() -> None:
    review = make_review()
    bob(review)
    for member, sees in ((lead(review), True), (alice(review), False)):
        page = signed_in(member).get(url("team", review)).content.decode()
        assert "Bob Baker" in page
        assert ("bob@example.org" in page) is sees


def test_an_invitation_is_mailed_and_its_link_is_on_the_page() -> None:
    review = make_review()
    client = signed_in(lead(review))
    page = client.post(url("team_invite", review), INVITED, follow=True).content.decode()
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.roles) == ("dana@example.org", (Role.REVIEWER, Role.LIBRARIAN))
    link = next(line.strip() for line in mail.outbox[0].body.splitlines() if "/invitations/" in line)
    assert link in page


def test_only_the_lead_sees_the_links_of_invitations() -> None:
    review = make_review()
    invite(review=review, email="dana@example.org", roles=[Role.LEAD], actor=lead(review).user)
    assert "/invitations/" not in signed_in(alice(review)).get(url("team", review)).content.decode()


@pytest.mark.parametrize("wrong", [{"email": "nonsense"}, {"roles": []}, {"roles": ["emperor"]}, {"languages": ["xx"]}])
def test_a_wrong_invitation_is_shown_again_and_nobody_is_invited(wrong: dict[str, object]) -> None:
    review = make_review()
    answer = signed_in(lead(review)).post(url("team_invite", review), {**INVITED, **wrong})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_inviting_a_member_is_refused_with_a_sentence() -> None:
    review = make_review()
    alice(review)
    answer = signed_in(lead(review)).post(url("team_invite", review), {**INVITED, "email": "ALICE@example.org"})
    assert answer.status_code == 409
    assert "is a member already" in answer.content.decode()


def test_an_invitation_is_withdrawn() -> None:
    review = make_review()
    invitation = invite(review=review, email="dana@example.org", roles=[Role.LEAD], actor=lead(review).user)
    signed_in(lead(review)).post(url("team_invitation_revoke", review, invitation.pk))
    invitation.refresh_from_db()
    assert not invitation.is_open


def test_roles_and_languages_are_changed_on_the_members_page() -> None:
    review = make_review()
    member = alice(review)
    client = signed_in(lead(review))
    address = url("team_member", review, member.pk)
    assert "Alice Archer" in client.get(address).content.decode()
    client.post(address, {"roles": ["reviewer", "adjudicator"], "languages": ["zh", "en"]})
    member.refresh_from_db()
    assert member.roles == (Role.REVIEWER, Role.ADJUDICATOR)
    assert sorted(member.languages) == ["en", "zh"]
    assert client.post(address, {"roles": []}).status_code == 422


def test_a_language_outside_the_list_survives_saving() -> None:
    review = make_review()
    member = make_member(review, "Ivo Islander", Role.REVIEWER, languages=("is",))
    client = signed_in(lead(review))
    client.post(url("team_member", review, member.pk), {"roles": ["reviewer"], "languages": ["is", "en"]})
    member.refresh_from_db()
    assert sorted(member.languages) == ["en", "is"]


def test_a_removed_member_is_replaced_with_the_same_roles_at_hand() -> None:
    review = make_review()
    member = make_member(review, "Alice Archer", Role.REVIEWER, Role.LIBRARIAN, languages=("zh",))
    client = signed_in(lead(review))
    answer = client.post(url("team_member_end", review, member.pk), follow=True)
    chosen = answer.context["form"].initial
    assert chosen == {"roles": ["reviewer", "librarian"], "languages": ["zh"]}
    member.refresh_from_db()
    assert not member.is_active
    client.post(url("team_member_resume", review, member.pk))
    member.refresh_from_db()
    assert member.is_active


def test_a_lead_who_removes_herself_lands_on_her_own_list() -> None:
    review = make_review()
    second = make_member(review, "Second Lead", Role.LEAD)
    answer = signed_in(second).post(url("team_member_end", review, second.pk))
    assert answer["Location"] == reverse("front")


def test_a_name_that_is_markup_stays_text() -> None:
    review = make_review()
    make_member(review, "<script>alert(1)</script>", email="m@example.org")
    page = signed_in(lead(review)).get(url("team", review)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
