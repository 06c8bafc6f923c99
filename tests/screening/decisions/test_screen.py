"""What the screening page shows beside each criterion: the record's own words, and what they suggest."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.models import Item
from screening.decisions.screen import Question, questions_for
from screening.decisions.verdict import Stage
from screening.imports.models import Import
from screening.protocol.versions import active_protocol
from screening.reviews.models import Review
from tests.factories import alice, make_import, make_review, open_screening

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


def questions(review: Review, **fields: Any) -> dict[str, Question]:
    file_format = fields.pop("file_format", "MEDLINE")
    stored = make_import(review, **fields)
    Import.objects.filter(pk=stored.pk).update(format=file_format)
    open_screening(review)
    item = Item.objects.get(record__imported_from=stored)
    version = active_protocol(review)
    assert version is not None
    return {one.criterion.key: one for one in questions_for(item.record, version, {}, Stage.TITLE_ABSTRACT)}


def test_im7_a_hint_is_a_sentence_beside_the_criterion_and_never_an_answer(review: Review) -> None:
    found = questions(
        review, languages=["de"], raw_languages=["ger"], year=1999, types=["editorial"], raw_types=["Editorial"]
    )
    assert found["language"].hint == "Suggests not met: “ger”."
    assert found["timeframe"].hint == "Suggests not met: 1999."
    assert found["publication_type"].hint == "Suggests not met: “Editorial”."
    assert found["population"].hint == ""
    assert {one.answer for one in found.values()} == {""}


def test_im8_what_a_reference_manager_says_of_its_type_is_not_known(review: Review) -> None:
    found = questions(review, file_format="RIS", types=["journal_article"], raw_types=["JOUR"], year=None)
    assert found["publication_type"].hint == "Not known: publication type “JOUR”."
    assert (found["language"].hint, found["timeframe"].hint) == ("", "")


def test_im7_the_page_shows_the_hint_and_selects_nothing(review: Review, client: Client) -> None:
    questions(review, languages=["en"], raw_languages=["eng"])
    client.force_login(alice(review).user)
    page = client.get(reverse("screening_ta", args=[review.slug])).content.decode()
    assert "Suggests met: “eng”." in page
    assert " checked" not in page.split("data-criteria", 1)[1].split("</details>")[0]
