"""The page of searches and imports, and the form of a search."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.reviews.models import Review
from tests.factories import alice, lead, make_import, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def visitor(review: Review, client: Client) -> Client:
    client.force_login(lead(review).user)
    return client


def test_the_empty_page_names_the_next_step_and_holds_its_button(review: Review, visitor: Client) -> None:
    text = visitor.get(reverse("searches", args=[review.slug])).content.decode()
    assert "Add a search: database, date, exact query." in text
    assert reverse("search_new", args=[review.slug]) in text


def test_a_search_is_added_and_leads_to_its_upload(review: Review, visitor: Client) -> None:
    answer = visitor.post(reverse("search_new", args=[review.slug]), {"label": "Search 1", "kind": "search"})
    assert answer["Location"] == reverse("imports_upload", args=[review.slug, 1])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"label": "", "kind": "search"}, "required"),
        ({"label": "S", "kind": "search", "date_from": "2022-01-01", "date_to": "2000-01-01"}, "swap the two"),
    ],
)
def test_a_form_that_does_not_hold_is_shown_again(
    review: Review, visitor: Client, fields: dict[str, str], sentence: str
) -> None:
    answer = visitor.post(reverse("search_new", args=[review.slug]), fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not review.search_runs.exists()


def test_a_taken_label_is_refused_with_its_sentence(review: Review, visitor: Client) -> None:
    make_import(review, search="Search 1")
    answer = visitor.post(reverse("search_new", args=[review.slug]), {"label": "search 1", "kind": "search"})
    assert answer.status_code == 409


def test_u1_every_number_of_the_grid_opens_as_many_records(review: Review, visitor: Client) -> None:
    make_import(review, database="Scopus", search="Search 1", records=3)
    make_import(review, database="ERIC", search="Update", records=2)
    records = reverse("records", args=[review.slug])
    text = visitor.get(reverse("searches", args=[review.slug])).content.decode()
    sources = {source.name: source.pk for source in review.sources.all()}
    expected = {
        "": 5, "?run=1": 3, "?run=2": 2, f"?run=1&source={sources['Scopus']}": 3, f"?source={sources['ERIC']}": 2,
    }  # fmt: skip
    for query, n in expected.items():
        assert f'href="{records}{query.replace("&", "&amp;")}"' in text
        assert visitor.get(records + query).context["page"].total == n


def test_a_search_is_renamed_and_an_empty_one_removed(review: Review, visitor: Client) -> None:
    visitor.post(reverse("search_new", args=[review.slug]), {"label": "Serch", "kind": "search"})
    visitor.post(reverse("search_edit", args=[review.slug, 1]), {"label": "Search", "kind": "update"})
    assert review.search_runs.get().label == "Search"
    visitor.post(reverse("search_remove", args=[review.slug, 1]))
    assert not review.search_runs.exists()


def test_a_reviewer_sees_the_page_without_its_buttons(review: Review, client: Client) -> None:
    make_import(review)
    client.force_login(alice(review).user)
    text = client.get(reverse("searches", args=[review.slug])).content.decode()
    assert "Upload files" not in text
    assert client.get(reverse("search_new", args=[review.slug])).status_code == 403
