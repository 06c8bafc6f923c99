"""What a page that keeps its votes is told: its own queue, the records it lacks, and what waits no longer."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from reviewapp.accounts.models import User
from screening.decisions.actions import postpone, withdraw_vote
from screening.decisions.models import Item, Vote
from screening.decisions.queue import before, waiting_after
from screening.decisions.verdict import Stage
from screening.protocol.actions import edit_criterion, freeze_protocol, start_amendment
from screening.records.models import Standing
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, vote

pytestmark = pytest.mark.django_db
TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def review() -> Review:
    """Nine records wait."""
    made = make_review()
    make_import(made, records=9)
    open_screening(made)
    return made


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def item(number: int) -> Item:
    return Item.objects.get(record__number=number)


def told(page: str, name: str) -> str:
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found
    return found.group(1)


def ready(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<template data-ready="(\d+)"', page)]


def after(member: Membership, number: int, n: int = 20) -> list[int]:
    return [found for _, found in waiting_after(member, TA, number, n)]


def test_the_queue_runs_on_from_a_record_then_from_its_beginning_and_what_was_put_off_comes_last(
    review: Review,
) -> None:
    reader = alice(review)
    postpone(member=reader, item_id=item(5).pk)
    postpone(member=reader, item_id=item(2).pk)
    vote(reader, item(1), "include")
    assert after(reader, 0) == [3, 4, 6, 7, 8, 9, 5, 2]
    assert after(reader, 7) == [8, 9, 3, 4, 6, 7, 5, 2]
    assert after(reader, 7, n=3) == [8, 9, 3]
    assert after(bob(review), 0) == list(range(1, 10))
    assert [before(reader, TA, number) for number in (4, 2, 1, 99)] == [3, 1, None, None]
    withdraw_vote(member=reader, item_id=item(1).pk)
    assert after(reader, 0)[:2] == [1, 3]


def test_b6_an_answer_holds_what_the_page_lacks_of_the_own_queue_and_nothing_of_another(review: Review) -> None:
    vote(bob(review), item(3), "include", note="a secret")
    address = reverse("screening_ta_ahead", args=[review.slug])
    page = client_of(alice(review)).get(address, {"shown": "1", "ready": "2,4", "voted": "5"}).content.decode()
    assert ready(page) == [3, 6, 7]
    assert told(page, "waiting") == "1,2,3,4,5,6,7,8,9"
    assert told(page, "gone") == ""
    assert "secret" not in page
    assert 'value="include" checked' not in page
    assert "1 of 2 votes" in page, "that somebody voted is no secret (B3)"


def test_a_page_is_told_what_waits_no_longer_and_why_nothing_does(review: Review) -> None:
    Standing.objects.filter(record__number=2).update(removed="other", removed_reason="a protocol")
    vote(alice(review), item(3), "exclude")
    address = reverse("screening_ta_ahead", args=[review.slug])
    page = client_of(alice(review)).get(address, {"shown": "2", "ready": "3,4", "voted": ""}).content.decode()
    assert told(page, "gone") == "2,3"
    Standing.objects.filter(review=review).update(removed="other", removed_reason="a protocol")
    page = client_of(alice(review)).get(address, {"shown": "x", "ready": "1,²,٣,-1"}).content.decode()
    assert ready(page) == [0]
    assert "Nothing to screen yet" in page


def test_p31_a_kept_vote_and_its_undo_sent_twice_are_done_once_and_never_for_somebody_else(review: Review) -> None:
    reader = alice(review)
    client, fields = (
        client_of(reader),
        {"decision": "include", "voter": str(reader.pk), "shown": "2", "key": str(uuid.uuid4())},
    )
    votes, undo = (reverse(name, args=[review.slug, 1]) for name in ("vote_ta", "vote_ta_take_back"))
    assert client_of(bob(review)).post(votes, fields).status_code == 409
    pages = [client.post(votes, fields).content.decode() for _ in range(2)]
    assert [told(page, "said") for page in pages] == ["Included. Record 1."] * 2
    assert ready(pages[0]) == [3, 4, 5, 6, 7]
    back = {"voter": str(reader.pk), "key": str(uuid.uuid4())}
    assert [client.post(undo, back).status_code for _ in range(2)] == [200, 200]
    assert Vote.objects.filter(withdrawn_at=None).count() == 0
    assert Vote.objects.count() == 1


def test_p31_a_record_put_off_by_such_a_page_comes_at_the_end_once_and_by_nobody_else(review: Review) -> None:
    reader = alice(review)
    client, fields = client_of(reader), {"note": "Ask the library", "voter": str(reader.pk), "shown": "2"}
    address = reverse("vote_ta_postpone", args=[review.slug, 1])
    assert client_of(bob(review)).post(address, fields).status_code == 409
    first = {**fields, "key": str(uuid.uuid4())}
    assert told(client.post(address, first).content.decode(), "said") == "Record 1 comes at the end."
    client.post(reverse("vote_ta_postpone", args=[review.slug, 3]), {**fields, "key": str(uuid.uuid4())})
    assert told(client.post(address, first).content.decode(), "waiting").split(",")[-2:] == ["1", "3"], (
        "sent twice, done once"
    )
    assert reader.postponed.get(item__record__number=1).why == "Ask the library"


def test_the_shown_record_leads_its_queue_so_that_what_was_put_off_does_not_follow_it(review: Review) -> None:
    reader = alice(review)
    postpone(member=reader, item_id=item(2).pk)
    page = client_of(reader).get(reverse("screening_ta_ahead", args=[review.slug]), {"shown": "4"}).content.decode()
    assert told(page, "waiting") == "4,5,6,7,8,9,1,3,2"


def test_p36_a_vote_under_criteria_that_were_amended_since_is_refused_with_the_way_on(review: Review) -> None:
    actor = lead(review).user
    draft = start_amendment(review=review, actor=actor, reason="a clearer population")
    edit_criterion(criterion=draft.criteria.get(key="focus"), actor=actor, met_when="Names a barrier or a help")
    freeze_protocol(version=draft, actor=actor)
    sent = {"decision": "include", "read": "1"}
    client, address = client_of(alice(review)), reverse("vote_ta", args=[review.slug, 1])
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "The criteria were amended while this page was open: version 2 holds now." in answer.content.decode()
    assert client.post(address, {**sent, "read": "2"}).status_code == 302


def test_a_list_of_cards_is_remembered_votes_by_plain_forms_and_leads_back(review: Review) -> None:
    reader, here = alice(review), reverse("screening_ta", args=[review.slug])
    client = client_of(reader)
    client.post(reverse("screening_ta_view", args=[review.slug]), {"view": "list"})
    page = client.get(here).content.decode()
    assert page.count("data-card=") == 9
    page = client.post(reverse("vote_ta", args=[review.slug, 4]), {"decision": "exclude"}, follow=True).content.decode()
    assert page.count("data-card=") == 8
    assert "Record 4: you voted Exclude." in page
    client.post(reverse("screening_ta_view", args=[review.slug]), {"view": "one"})
    assert User.objects.get(pk=reader.user.pk).screens_by_list is False
    assert "data-card=" not in client.get(here).content.decode()


def test_without_scripts_next_and_previous_are_links(review: Review) -> None:
    client, here = client_of(alice(review)), reverse("screening_ta", args=[review.slug])
    for step, number in (("after=3", 4), ("before=3", 2), ("after=9", 1)):
        assert client.get(f"{here}?{step}")["Location"] == reverse("screening_ta_record", args=[review.slug, number])
    assert client.get(f"{here}?before=1").status_code == 200
