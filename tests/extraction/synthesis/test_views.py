"""The pages of the synthesis and their files."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from extraction.synthesis.models import Claim
from screening.reviews.models import Review
from tests.extraction.synthesis.test_queue import settle
from tests.factories import alice, carol, included_study, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def review() -> Review:
    made = make_review()
    settle(included_study(made, "Archibald 2017"), "Time", "Funding")
    settle(included_study(made, "Tavakol 2008"), "Time")
    return made


def test_the_matrix_opens_its_quotes_and_goes_out_as_files(client: Client, review: Review) -> None:
    client.force_login(alice(review).user)
    base = f"/r/{review.slug}/synthesis/"
    page = client.get(base).content.decode()
    assert "2 included studies, 2 themes, 3 links" in page
    matrix = client.get(base).context["matrix"]
    time, study = matrix.rows[0].theme.id, matrix.studies[1].id
    cell = client.get(f"{base}quotes/?study={study}&theme={time}").content.decode()
    assert cell.count("<blockquote>") == 1
    assert client.get(f"{base}quotes/?theme={time}").content.decode().count("<blockquote>") == 2
    assert client.get(f"{base}quotes/?theme=999999").status_code == 404
    assert client.get(f"{base}quotes/?study=x").status_code == 404
    assert client.get(f"{base}?as=studies").content.decode().count(">yes</a>") == 3
    rows = list(csv.reader(io.StringIO(client.get(f"{base}matrix.csv").content.decode("utf-8-sig"))))
    assert rows[0] == ["Direction", "Level", "Theme", "Archibald 2017", "Tavakol 2008", "Quotes"]
    assert ["Barriers", "environmental", "Time", "1", "1", "2"] in rows
    for name, ending in (("matrix", "docx"), ("matrix", "xlsx"), ("factor-map", "png"), ("themes-that-meet", "md")):
        file = client.get(f"{base}{name}.{ending}")
        assert (file.status_code, file.content) == (200, client.get(f"{base}{name}.{ending}").content)
    assert client.get(f"{base}matrix.svg").status_code == client.get(f"{base}nothing.csv").status_code == 404


def test_figure_and_themes_that_meet_are_shown(client: Client, review: Review) -> None:
    client.force_login(carol(review).user)
    assert (
        "Barriers, environmental: Time (Archibald 2017, Tavakol 2008)"
        in client.get(f"/r/{review.slug}/synthesis/figure/").content.decode()
    )
    assert "Studies with both" in client.get(f"/r/{review.slug}/synthesis/together/").content.decode()
    assert client.get(f"/r/{review.slug}/synthesis/matrix.csv").status_code == 403


def test_a_sentence_is_held_against_the_studies(client: Client, review: Review) -> None:
    client.force_login(alice(review).user)
    page = f"/r/{review.slug}/synthesis/characteristics/"
    said = client.post(
        f"/r/{review.slug}/synthesis/claims/", {"text": "Nine studies, published from 2004 to 2020."}, follow=True
    )
    told = said.content.decode()
    assert "the text says 9, the studies say 2" in told
    assert "the text says 2004 to 2020, the studies say 2020 to 2020" in told
    claim = Claim.objects.get()
    client.post(f"/r/{review.slug}/synthesis/claims/{claim.pk}/remove/")
    assert "Nine studies" not in client.get(page).content.decode()
    assert client.post(f"/r/{review.slug}/synthesis/claims/", {"text": ""}).status_code == 409


def test_before_anything_is_coded_every_page_says_what_to_do(client: Client) -> None:
    empty = make_review("Empty")
    client.force_login(alice(empty).user)
    for part in ("", "figure/", "characteristics/", "together/", "quotes/"):
        assert client.get(f"/r/{empty.slug}/synthesis/{part}").status_code == 200
