"""Criterion by criterion, by forms alone: what answers suggest at both stages, why an include is asked for, examples."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.models import Item, Vote
from screening.fulltexts.actions import mark_retrieved
from screening.protocol.actions import edit_criterion, freeze_protocol
from screening.protocol.versions import draft_of
from screening.reviews.models import Review
from tests.factories import alice, included_record, lead, make_import, make_review, open_screening

pytestmark = [pytest.mark.django_db, pytest.mark.once]
STAGES = ("ta", "ft")


def _offered(review: Review, stage: str) -> Item:
    """An item of the stage that waits for Alice."""
    if stage == "ta":
        make_import(review)
        return open_screening(review)[0]
    record = included_record(review)
    mark_retrieved(member=alice(review), record=record)
    return Item.objects.get(record=record, stage="ft")


def _client(review: Review) -> Client:
    client = Client()
    client.force_login(alice(review).user)
    return client


@pytest.mark.parametrize("stage", STAGES)
def test_answers_suggest_a_decision_and_its_first_reason_and_force_none(stage: str) -> None:
    review = make_review()
    item = _offered(review, stage)
    client, number = _client(review), item.record.number
    sent = {"decision": "maybe", "answer_scope": "not_met", "answer_focus": "not_met", "answer_language": "met"}
    assert client.post(reverse(f"vote_{stage}", args=[review.slug, number]), sent).status_code == 302
    assert Vote.objects.get(item=item).decision == "maybe", "what was pressed is what is stored"
    page = client.get(reverse(f"screening_{stage}_record", args=[review.slug, number])).content.decode()
    assert "Your answers suggest Exclude: Focus is not met." in page
    assert "Nothing is chosen for you." in page
    [exclude] = re.findall(r'<button class="vote exclude[^>]*>', page)
    assert "suggested" in exclude
    assert "aria-pressed" not in exclude


@pytest.mark.parametrize("stage", STAGES)
def test_an_include_with_a_criterion_not_met_asks_why_and_keeps_the_vote_in_the_form(stage: str) -> None:
    review = make_review()
    item = _offered(review, stage)
    client, address = _client(review), reverse(f"vote_{stage}", args=[review.slug, item.record.number])
    sent = {
        "decision": "include",
        "answer_focus": "not_met",
        "answer_scope": "met",
        "note": 'It "might" & may',
        "known": "",
    }
    asked = client.post(address, sent)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "say why it is included all the same" in page
    assert not Vote.objects.filter(item=item).exists()
    form = page[page.index(f'action="{address}"') :]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[: form.index("</form>")])
    kept = {name: html.unescape(value) for name, value in hidden if name != "csrfmiddlewaretoken"}
    assert kept == sent
    assert client.post(address, {**kept, "override": "Part two asks it."}).status_code == 302
    stored = Vote.objects.get(item=item)
    assert (stored.decision, stored.override, stored.note) == ("include", "Part two asks it.", sent["note"])
    assert stored.answers == {"focus": "not_met", "scope": "met"}


@pytest.mark.parametrize("stage", STAGES)
def test_examples_stand_folded_beside_their_criterion(stage: str) -> None:
    review = make_review(frozen=False)
    draft = draft_of(review)
    assert draft is not None
    examples = {"examples_met": "A survey of nurses\nA focus group", "examples_not_met": "A course <b>for</b> students"}
    edit_criterion(criterion=draft.criteria.get(key="population"), actor=lead(review).user, **examples)
    freeze_protocol(version=draft, actor=lead(review).user)
    item = _offered(review, stage)
    client = _client(review)
    page = client.get(reverse(f"screening_{stage}_record", args=[review.slug, item.record.number])).content.decode()
    assert page.count('<details class="examples">') == 1
    fold = page[page.index('<details class="examples">') :]
    assert "Meets it: <bdi>A focus group</bdi>" in fold[: fold.index("</details>")]
    assert "Does not: <bdi>A course &lt;b&gt;for&lt;/b&gt; students</bdi>" in fold[: fold.index("</details>")]
    assert page.index('id="c-population"') < page.index('<details class="examples">') < page.index('id="c-focus"')
    assert (
        "Meets it: <bdi>A survey of nurses</bdi>"
        in client.get(reverse("protocol", args=[review.slug])).content.decode()
    )


def test_examples_are_written_one_a_line_and_come_along_into_an_amendment() -> None:
    review = make_review(frozen=False)
    draft = draft_of(review)
    assert draft is not None
    criterion = draft.criteria.get(key="focus")
    client, page = Client(), reverse("protocol_criterion", args=[review.slug, criterion.pk])
    client.force_login(lead(review).user)
    sent = {
        "label": "Focus",
        "facet": "focus",
        "direction": "include",
        "met_when": "Asks what helps",
        "at_ta": "on",
        "at_ft": "on",
    }
    assert client.post(page, {**sent, "examples_met": " Mentors \r\n\r\nTime\r\n"}).status_code == 302
    criterion.refresh_from_db()
    assert criterion.examples_met == "Mentors\nTime"
    freeze_protocol(version=draft, actor=lead(review).user)
    client.post(reverse("protocol_amend", args=[review.slug]), {"reason": "Clearer"})
    amended = draft_of(review)
    assert amended is not None
    assert amended.criteria.get(key="focus").examples_met == "Mentors\nTime"
