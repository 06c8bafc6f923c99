"""The pages of conflicts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.conflicts.actions import escalate
from screening.decisions.models import Item
from screening.fulltexts.actions import mark_retrieved
from screening.reviews.actions import end_membership
from screening.reviews.models import Membership
from tests.factories import (
    alice,
    bob,
    carol,
    included_record,
    lead,
    make_import,
    make_review,
    open_screening,
    reveal,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db


def _list(member: Membership) -> str:
    return _signed_in(member).get(reverse("conflicts", args=[member.review.slug])).content.decode()


def _clash_of_reasons() -> Item:
    """A report that Alice and Bob exclude for different reasons."""
    review = make_review()
    record = included_record(review)
    mark_retrieved(member=alice(review), record=record)
    report = Item.objects.get(record=record, stage="ft")
    vote(alice(review), report, "exclude", answers={"study_design": "not_met"})
    vote(bob(review), report, "exclude", answers={"population": "not_met"})
    reveal(review)
    return report


def _signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_s4_a_clash_of_reasons_does_not_tell_whoever_may_rule_that_both_exclude() -> None:
    review = _clash_of_reasons().review
    assert "Same decision" not in _list(carol(review))
    assert ">Conflict</span>" in _list(carol(review))


def test_reasons_are_told_in_the_words_of_table_1_until_one_is_picked_and_after() -> None:
    report = _clash_of_reasons()
    client, card = _signed_in(alice(report.review)), reverse("conflict", args=[report.review.slug, report.pk])
    page = client.get(card).content.decode()
    assert "Reason: <bdi>Study design</bdi>" in page
    assert 'value="study_design" type="submit"><bdi>Study design</bdi></button>' in page
    client.post(reverse("conflict_reason", args=[report.review.slug, report.pk]), {"reason": "study_design"})
    assert "(<bdi>Study design</bdi>)" in client.get(card).content.decode()


def test_a_comment_brings_its_writer_back_to_the_end_of_the_discussion() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    client, card = _signed_in(alice(review)), reverse("conflict", args=[review.slug, item.pk])
    sent = client.post(reverse("conflict_comment", args=[review.slug, item.pk]), {"text": "It fits."})
    assert sent["Location"] == f"{card}#latest"
    assert '<li id="latest">' in client.get(card).content.decode()


def test_handing_over_takes_a_second_press_that_says_what_follows() -> None:
    review = make_review()
    make_import(review)
    carol(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    card = reverse("conflict", args=[review.slug, item.pk])
    page = _signed_in(alice(review)).get(card).content.decode()
    fold = page[page.index("<details", page.index("Agree on Exclude")) :]
    assert "No consensus: ask the adjudicator" in fold[: fold.index("</summary>")]
    assert fold.index("</summary>") < fold.index("until an adjudicator opens it") < fold.index("Hand it to the adjudicator")
    assert fold.index("Hand it to the adjudicator") < fold.index("</details>")
    escalate_url = reverse("conflict_escalate", args=[review.slug, item.pk])
    assert page.count(escalate_url) == 1
    _signed_in(alice(review)).post(escalate_url, {"note": "It studies residents."})
    assert "It studies residents." in _signed_in(bob(review)).get(card).content.decode()


def test_i15_where_nobody_may_rule_the_card_says_so_before_and_after() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    client, card = _signed_in(alice(review)), reverse("conflict", args=[review.slug, item.pk])
    assert "Nobody in this review may rule on this record yet" in client.get(card).content.decode()
    escalate(member=alice(review), item_id=item.pk)
    assert "Waits for an adjudicator" in client.get(card).content.decode()
    carol(review)
    assert "With the adjudicator" in client.get(card).content.decode()


def test_whoever_waits_for_a_voter_who_left_is_sent_to_the_adjudicator() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    client, card = _signed_in(alice(review)), reverse("conflict", args=[review.slug, item.pk])
    assert "cannot agree any more" not in client.get(card).content.decode()
    end_membership(member=bob(review), actor=lead(review).user)
    page = client.get(card).content.decode()
    assert f"{bob(review).user} left the team or no longer screens, so the two cannot agree any more" in page
    assert "Hand it to the adjudicator" in _signed_in(lead(review)).get(card).content.decode()


def test_a_conflict_that_has_just_opened_says_just_now() -> None:
    review = make_review()
    make_import(review)
    settled(review, open_screening(review)[0], "include", "exclude")
    assert ", just now." in _list(alice(review))
    assert "0\xa0minutes" not in _list(alice(review))


def test_a_ruling_begins_with_the_criteria_in_sight_on_a_phone_as_well_and_the_report_at_hand() -> None:
    report = _clash_of_reasons()
    escalate(member=alice(report.review), item_id=report.pk)
    page = (
        _signed_in(carol(report.review)).get(reverse("ruling", args=[report.review.slug, report.pk])).content.decode()
    )
    assert page.count('class="criterion"') == 7
    assert "data-criteria" not in page, "nothing folds what is asked for"
    assert reverse("report", args=[report.review.slug, report.record.number]) in page
    card = _signed_in(alice(report.review)).get(reverse("conflict", args=[report.review.slug, report.pk]))
    assert reverse("report", args=[report.review.slug, report.record.number]) in card.content.decode()
