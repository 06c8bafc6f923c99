"""The pages of title and abstract screening, by forms."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.models import Item, Vote
from screening.records.models import Standing
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    carol,
    lead,
    make_import,
    make_member,
    make_review,
    open_screening,
    reveal,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _send(client: Client, review: Review, item: Item, decision: str, **fields: str) -> int:
    address = reverse("vote_ta", args=[review.slug, item.record.number])
    return client.post(address, {"decision": decision, **fields}).status_code


def test_a_vote_by_form_leads_to_the_next_record_with_undo(review: Review) -> None:
    make_import(review, records=2)
    first, _ = open_screening(review)
    client = client_of(alice(review))
    answer = client.post(
        reverse("vote_ta", args=[review.slug, 1]),
        {"decision": "exclude", "answer_focus": "not_met", "note": "curriculum"},
        follow=True,
    )
    assert "part 2" in answer.content.decode()
    assert "Record 1: you voted Exclude." in answer.content.decode()
    stored = Vote.objects.get(item=first)
    assert (stored.decision, stored.answers, stored.note) == ("exclude", {"focus": "not_met"}, "curriculum")
    client.post(reverse("vote_ta_take_back", args=[review.slug, 1]))
    assert not Vote.objects.active().exists()


def test_a_vote_by_htmx_answers_with_the_next_citation_alone(review: Review) -> None:
    make_import(review, records=2)
    open_screening(review)
    answer = client_of(alice(review)).post(
        reverse("vote_ta", args=[review.slug, 1]), {"decision": "include"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert "part 2" in page
    assert "<html" not in page
    assert 'data-announce="Included. Record 1. Next: record 2."' in page
    assert f"<title>Record 2, title and abstract screening - {review.title}</title>" in page, (
        "the tab says what is open"
    )


def test_p31_the_same_form_twice_is_one_vote(review: Review) -> None:
    make_import(review, records=2)
    item = open_screening(review)[0]
    client, key = client_of(alice(review)), str(uuid.uuid4())
    assert [_send(client, review, item, "include", key=key) for _ in range(2)] == [302, 302]
    assert Vote.objects.count() == 1


def test_p31_a_stale_tab_with_another_verdict_is_told_and_changes_nothing(review: Review) -> None:
    make_import(review)
    item = open_screening(review)[0]
    client = client_of(alice(review))
    assert _send(client, review, item, "include", key=str(uuid.uuid4()), known="") == 302
    assert _send(client, review, item, "exclude", key=str(uuid.uuid4()), known="") == 409
    assert Vote.objects.get().decision == "include"


def test_no_decision_is_refused_with_a_sentence(review: Review) -> None:
    make_import(review)
    open_screening(review)
    answer = client_of(alice(review)).post(reverse("vote_ta", args=[review.slug, 1]), {})
    assert answer.status_code == 409
    assert "Choose Include, Maybe or Exclude" in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["by form", "by htmx"])
def test_s2_a_third_voter_is_told_in_one_sentence_and_reads_the_next_record_at_once(
    review: Review, headers: dict[str, str]
) -> None:
    make_import(review, records=2)
    item = open_screening(review)[0]
    dan = client_of(make_member(review, "Dan Third", Role.REVIEWER))
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude")
    address = reverse("vote_ta", args=[review.slug, 1])
    answer = dan.post(address, {"decision": "include"}, headers=headers, follow=not headers)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("Record 1: Two votes are already in on this record.") == (2 if headers else 1), "seen, and spoken"
    assert "part 2" in page
    assert "you voted" not in page
    assert Vote.objects.count() == 2


def test_i20_a_record_whose_votes_are_open_offers_no_vote_and_says_where_it_stands(review: Review) -> None:
    make_import(review)
    item = open_screening(review)[0]
    page = reverse("screening_ta_record", args=[review.slug, 1])
    vote(alice(review), item, "include")
    assert 'name="decision"' in client_of(alice(review)).get(page).content.decode()
    settled(review, item, "include", "exclude")
    told = client_of(alice(review)).get(page).content.decode()
    assert 'name="decision"' not in told
    assert "Take my vote back" not in told
    assert "You voted Include. Every vote is in and open" in told
    assert f'href="{reverse("record", args=[review.slug, 1])}">See where the record stands' in told


def test_r2_a_vote_on_a_record_that_has_left_screening_goes_on_to_the_next(review: Review) -> None:
    make_import(review, records=2)
    item = open_screening(review)[0]
    Standing.objects.filter(record=item.record).update(removed="other", removed_reason="a protocol")
    answer = client_of(alice(review)).post(
        reverse("vote_ta", args=[review.slug, 1]), {"decision": "include"}, follow=True
    )
    assert "This record has left screening" in answer.content.decode()
    assert "part 2" in answer.content.decode()
    assert not Vote.objects.exists()


@pytest.mark.parametrize("as_list", [False, True])
def test_r2_a_vote_on_a_merged_duplicate_is_offered_to_its_voter_alone(review: Review, as_list: bool) -> None:
    make_import(review, records=2)
    kept, merged = open_screening(review)
    vote(bob(review), kept, "include")
    vote(alice(review), merged, "exclude", answers={"focus": "not_met"}, note="a syllabus")
    Standing.objects.filter(record=merged.record).update(lead=kept.record, merged_by="person")
    shown = []
    for member in (alice(review), make_member(review, "Erin Eve", Role.REVIEWER)):
        member.user.screens_by_list = as_list
        member.user.save()
        shown.append(client_of(member).get(reverse("screening_ta", args=[review.slug])).content.decode())
    mine, theirs = shown
    assert "You voted Exclude on record 2, which was merged into this one." in mine
    assert "a syllabus</textarea>" in mine
    assert re.search(r'value="not_met"[^>]* checked', mine)
    assert "syllabus" not in theirs
    assert "You voted" not in theirs


@pytest.mark.parametrize("name", ["to-screen", "my-votes", "awaiting", "conflicts", "excluded", "included"])
def test_each_list_of_the_stage_opens(review: Review, name: str) -> None:
    make_import(review, records=3)
    items = open_screening(review)
    settled(review, items[0], "exclude", "exclude")
    settled(review, items[1], "include", "exclude")
    answer = client_of(alice(review)).get(reverse("screening_ta_list", args=[review.slug, name]))
    assert answer.status_code == 200
    assert client_of(alice(review)).get(reverse("screening_ta_list", args=[review.slug, "nonsense"])).status_code == 404


def test_b2_the_lists_say_nothing_of_a_sealed_pair(review: Review) -> None:
    make_import(review)
    item = open_screening(review)[0]
    vote(alice(review), item, "exclude")
    vote(bob(review), item, "exclude")
    excluded = reverse("screening_ta_list", args=[review.slug, "excluded"])
    assert "No records in this list" in client_of(lead(review)).get(excluded).content.decode()
    reveal(review)
    assert "part 1" in client_of(lead(review)).get(excluded).content.decode()


def test_i23_a_lead_reopens_from_the_list_with_a_reason(review: Review) -> None:
    make_import(review)
    item = settled(review, open_screening(review)[0], "exclude", "exclude")
    page = client_of(lead(review)).get(reverse("screening_ta_list", args=[review.slug, "excluded"])).content.decode()
    assert "Reopen record 1" in page
    client_of(lead(review)).post(
        reverse("screening_reopen", args=[review.slug, item.pk]), {"reason": "criterion 2 was misread"}
    )
    item.refresh_from_db()
    assert (item.state, item.round) == ("open", 2)


def test_a_large_review_asks_for_its_progress_separately(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.decisions.screen.COUNT_AT_ONCE", 0)
    make_import(review)
    open_screening(review)
    client = client_of(alice(review))
    assert 'hx-trigger="load"' in client.get(reverse("screening_ta", args=[review.slug])).content.decode()
    assert "0 of 1 voted, 1 left" in client.get(reverse("screening_ta_progress", args=[review.slug])).content.decode()


def test_the_agreement_page_hides_names_from_whoever_may_rule(review: Review) -> None:
    make_import(review)
    settled(review, open_screening(review)[0], "include", "exclude")
    address = reverse("agreement", args=[review.slug])
    assert "Alice Archer" in client_of(lead(review)).get(address).content.decode()
    assert "Alice Archer" not in client_of(carol(review)).get(address).content.decode()


@pytest.mark.once
@pytest.mark.parametrize("name", ["screening_ta", "screening_ft"])
def test_i24_on_a_draft_the_lead_is_told_to_freeze_it_and_a_reviewer_who_does(name: str) -> None:
    review = make_review(preset=None, frozen=False)
    both = make_member(review, "Nora Both", Role.LEAD, Role.REVIEWER)
    for member, way in ((both, "Freeze it, then everybody can vote."), (alice(review), "The lead freezes it")):
        page = client_of(member).get(reverse(name, args=[review.slug])).content.decode()
        assert f"The protocol is still a draft. {way}" in page
