"""What a person reads when the site says no: what happened, what was kept, what to do; never a blank page."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.factories import alice, lead, make_import, make_review, make_user, open_screening, settled

pytestmark = pytest.mark.once

PAGES = ("400.html", "403.html", "403_csrf.html", "404.html", "405.html", "413.html", "429.html", "500.html")


@pytest.mark.parametrize("name", PAGES)
def test_u6_every_refusal_says_in_a_sentence_what_to_do(name: str) -> None:
    page = render_to_string(name)
    assert page.count("data-sentence") == 1
    assert "<h1>" in page
    assert 'class="btn btn-primary"' in page


def test_the_page_for_a_broken_site_asks_nothing_of_the_site() -> None:
    assert "account" not in render_to_string("500.html")


@pytest.mark.django_db
def test_u6_an_address_that_takes_forms_only_sends_a_visitor_back_to_the_review() -> None:
    review = make_review()
    make_import(review)
    open_screening(review)
    client = Client()
    client.force_login(alice(review).user)
    answer = client.get(f"/r/{review.slug}/screening/1/vote/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "what you sent last was not stored" in answer.content.decode()


@pytest.mark.django_db
def test_u6_a_form_without_its_token_is_told_that_nothing_was_changed() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice(make_review()).user)
    answer = client.post("/account/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()


@pytest.mark.django_db
def test_p25_a_nul_in_an_address_or_a_form_is_refused_and_nothing_is_stored() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    client = Client()
    client.force_login(alice(review).user)
    assert client.get(f"/r/{review.slug}/records/", {"q": "a\0b"}).status_code == 400
    answer = client.post(f"/r/{review.slug}/conflicts/{item.pk}/comment/", {"text": "a\0b"})
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.content.decode()
    assert not item.comments.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["²", "٣", "99999999999999999999", "-1", "one"])
@pytest.mark.parametrize(
    "page", ["screening/?undo=", "prisma/?search=", "prisma/records/?box=duplicates&search=", "records/?run="]
)
def test_p25_what_is_no_number_in_an_address_is_never_an_error_of_the_site(page: str, number: str) -> None:
    review = make_review()
    make_import(review)
    open_screening(review)
    client = Client()
    client.force_login(alice(review).user)
    assert client.get(f"/r/{review.slug}/{page}{number}").status_code in (200, 404)


@pytest.mark.django_db
def test_a_refusal_inside_a_review_keeps_its_menu_and_leads_back_to_it() -> None:
    review = make_review()
    client = Client()
    client.force_login(alice(review).user)
    for path, status in (("settings/", 403), ("records/999/", 404)):
        answer = client.get(f"/r/{review.slug}/{path}")
        page = answer.content.decode()
        assert answer.status_code == status
        assert 'aria-label="Pages of this review"' in page
        assert f'href="/r/{review.slug}/">To the review</a>' in page


@pytest.mark.django_db
def test_a_stranger_who_guesses_a_review_sees_nothing_of_it() -> None:
    review = make_review("A title of ours")
    client = Client()
    client.force_login(make_user("Sam Stranger"))
    answer = client.get(f"/r/{review.slug}/records/")
    assert answer.status_code == 404
    assert "A title of ours" not in answer.content.decode()


@pytest.mark.django_db
def test_a_lead_without_a_role_is_led_to_the_page_that_gives_it() -> None:
    review = make_review()
    client = Client()
    client.force_login(lead(review).user)
    page = client.get(f"/r/{review.slug}/rulings/").content.decode()
    assert f'href="/r/{review.slug}/team/{lead(review).pk}/">Change my roles</a>' in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "protocol/", "searches/new/", "team/", "records/", "prisma/"])
def test_the_tab_of_every_page_of_a_review_names_the_review(path: str) -> None:
    review = make_review("Taking part in research")
    client = Client()
    client.force_login(lead(review).user)
    page = client.get(f"/r/{review.slug}/{path}").content.decode()
    assert re.search(r"<title>\w[^<]+ - Taking part in research</title>", page)
