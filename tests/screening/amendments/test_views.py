"""Pages of amendments."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.amendments.models import Proposal
from screening.decisions.models import Item
from screening.protocol.actions import edit_criterion, start_amendment
from screening.protocol.versions import draft_of
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, reveal, settled, vote

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def review() -> Review:
    return make_review()


def _signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_a_discussion_becomes_an_amendment_with_a_link_back(review: Review) -> None:
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    theirs, card = _signed_in(alice(review)), reverse("conflict", args=[review.slug, item.pk])
    assert "Propose a change of a criterion" in theirs.get(card).content.decode()
    sent = {"key": "population", "text": "Name residents."}
    theirs.post(reverse("proposal_new", args=[review.slug, item.pk]), sent)
    client, listed = _signed_in(lead(review)), reverse("proposals", args=[review.slug])
    page = client.get(listed).content.decode()
    assert "Waits for a lead." in page
    assert card in page
    assert "Take it into" not in theirs.get(listed).content.decode()
    proposal = Proposal.objects.get()
    taken = client.post(
        reverse("proposal_take_up", args=[review.slug, proposal.pk]),
        {"reason": "Population: made clearer."},
        follow=True,
    )
    draft = draft_of(review)
    assert draft is not None
    criterion = draft.criteria.get(key="population")
    assert taken.redirect_chain[-1][0] == reverse("protocol_criterion", args=[review.slug, criterion.pk])
    assert "Proposed: Name residents." in taken.content.decode()
    assert (
        "1 proposed change of criteria"
        in client.get(reverse("protocol_version", args=[review.slug, 2])).content.decode()
    )
    assert "version 2</a>, a draft." in theirs.get(listed).content.decode()


def test_a_declined_proposal_shows_the_answer(review: Review) -> None:
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    client = _signed_in(lead(review))
    client.post(reverse("proposal_new", args=[review.slug, item.pk]), {"key": "focus", "text": "Wider."})
    client.post(reverse("proposal_decline", args=[review.slug, Proposal.objects.get().pk]), {"answer": "Wide enough."})
    page = client.get(reverse("proposals", args=[review.slug])).content.decode()
    assert "Declined: <bdi>Wide enough.</bdi>" in page


def test_an_amendment_tells_what_it_touches_and_a_lead_has_chosen_records_screened_again(review: Review) -> None:
    make_import(review, records=3)
    items = open_screening(review)
    for member in (alice(review), bob(review)):
        vote(member, items[0], "exclude", answers={"focus": "not_met"})
        vote(member, items[1], "exclude", answers={"focus": "unclear"})
    vote(alice(review), items[2], "exclude", answers={"focus": "not_met"})
    reveal(review)
    actor = lead(review).user
    draft = start_amendment(review=review, reason="Clearer", actor=actor)
    edit_criterion(criterion=draft.criteria.get(key="focus"), actor=actor, not_met_when="Names nothing at all")
    client = _signed_in(lead(review))
    address = reverse("amendment", args=[review.slug, 2])
    records = reverse("amendment_records", args=[review.slug, 2, "focus", "ta", "exclude"])
    assert address in client.get(reverse("protocol_freeze", args=[review.slug])).content.decode()
    page = client.get(address).content.decode()
    assert f'<a href="{records}">2 records excluded</a>' in page
    assert "1 record holds votes that are not revealed yet" in page
    assert 'name="item"' not in client.get(records).content.decode(), "a draft changes nothing"
    assert client.post(reverse("protocol_freeze", args=[review.slug])).headers["Location"] == address
    page = client.get(records).content.decode()
    assert page.count('name="item"') == 2
    assert "Votes on it: not met, not met." in page
    assert "Each chosen record is excluded now." in page
    assert 'name="item"' not in _signed_in(alice(review)).get(records).content.decode()
    again = reverse("amendment_again", args=[review.slug, 2, "focus", "ta", "exclude"])
    sent = client.post(again, {"item": [str(items[0].pk)], "reason": "Focus reads otherwise"}, follow=True)
    assert "1 record is screened again" in sent.content.decode()
    assert f'<a href="{records}">1 record excluded</a>' in sent.content.decode()
    assert Item.objects.get(pk=items[0].pk).round == 2
    assert Item.objects.get(pk=items[1].pk).decision == "exclude"


@pytest.mark.parametrize("rest", ["focus/ta/maybe", "focus/xx/exclude"])
def test_an_address_that_names_no_list_leads_nowhere(review: Review, rest: str) -> None:
    client = _signed_in(lead(review))
    assert client.get(f"/r/{review.slug}/amendments/1/{rest}/").status_code == 404
    assert client.get(reverse("amendment", args=[review.slug, 7])).status_code == 404
