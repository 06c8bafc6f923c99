"""The pages of bringing votes in, from upload to what came of it."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from screening.decisions.models import Vote
from screening.reviews.models import Membership, Review
from screening.roles import Role
from screening.takeovers.models import Takeover
from tests.factories import (
    alice,
    bob,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    open_screening,
    run_jobs,
    vote,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
RAYYAN = (
    'key,title,year,notes\nrayyan-7,A title,2019,"RAYYAN-INCLUSION: {""Ann""=>""Excluded"", ""Bob Baker""=>""Included""} | '
    'RAYYAN-EXCLUSION-REASONS: wrong focus"\nrayyan-8,Unknown,2020,"RAYYAN-INCLUSION: {""Ann""=>""Maybe""}"\n'
)


@pytest.fixture
def review() -> Review:
    review = make_review()
    alice(review)
    bob(review)
    make_record(make_import(review, records=0), title="A title", year=2019)
    return review


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def upload(client: Client, review: Review, text: str = RAYYAN, name: str = "articles.csv") -> str:
    sent = {"stage": "title-abstract", "file": SimpleUploadedFile(name, text.encode())}
    answer = client.post(reverse("takeovers", args=[review.slug]), sent)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def text_of(client: Client, address: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", client.get(address).content.decode()).split())


def test_from_upload_to_what_came_of_it(review: Review) -> None:
    client = client_of(lead(review))
    page = upload(client, review)
    shown = text_of(client, page)
    assert "3 rows of votes = 1 to be brought in" in shown
    assert "Ann to be chosen" in shown
    assert "Ann is no member of this review." in shown
    mapping = {"person_0": str(alice(review).pk), "person_1": str(bob(review).pk), "reason_0": "focus"}
    assert client.post(page, mapping).status_code == 302
    assert "3 rows of votes = 2 to be brought in" in text_of(client, page)
    misfits = client.get(f"{page}not-brought-in.csv").content.decode()
    assert "rayyan-8,Unknown,Ann,No record of this review is named so." in misfits
    client.post(f"{page}bring-in/")
    assert "Waiting" in text_of(client, page)
    run_jobs(review)
    assert client.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "Votes brought in 2" in text_of(client, page)
    assert "rayyan-8,Unknown,Ann" in client.get(f"{page}not-brought-in.csv").content.decode()
    assert Vote.objects.get(reviewer=alice(review)).answers == {"focus": "not_met"}


def test_another_lead_sees_that_a_file_is_on_its_way_and_nothing_of_it(review: Review) -> None:
    page = upload(client_of(lead(review)), review)
    other = client_of(make_member(review, "Vera Lead", Role.LEAD, Role.REVIEWER))
    shown = text_of(other, page)
    assert "alone may see what is in it" in shown
    assert not any(word in shown for word in ("Ann", "wrong focus", "rows of votes"))
    assert other.get(f"{page}not-brought-in.csv").status_code == 404
    assert other.post(f"{page}bring-in/").status_code == 409
    assert not Vote.objects.exists()


def test_i26_the_trial_is_the_same_whatever_is_sealed_here(review: Review) -> None:
    voting_lead = make_member(review, "Vera Lead", Role.LEAD, Role.REVIEWER)
    client = client_of(voting_lead)
    (item,) = open_screening(review)
    page = upload(client, review)
    client.post(page, {"person_0": str(alice(review).pk), "person_1": str(bob(review).pk)}, follow=True)
    told = []
    for decision in ("include", "exclude"):
        vote(alice(review), item, decision, answers={"focus": "met"})
        told.append(text_of(client, page))
    assert told[0] == told[1]
    assert "1 whose reviewer has voted here" in told[0]


@pytest.mark.parametrize(("name", "text"), [("votes.csv", "a,b\n1,2\n"), ("x.zip", "PK\x03\x04"), ("empty.csv", "")])
def test_any_file_without_votes_gives_a_sentence(review: Review, name: str, text: str) -> None:
    sent = {"stage": "title-abstract", "file": SimpleUploadedFile(name, text.encode())}
    answer = client_of(lead(review)).post(reverse("takeovers", args=[review.slug]), sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Takeover.objects.exists()


def test_without_a_file_or_a_frozen_protocol_the_page_says_what_to_do(review: Review) -> None:
    client = client_of(lead(review))
    assert "Choose a stage and a file" in client.post(reverse("takeovers", args=[review.slug]), {}).content.decode()
    draft = make_review("Another", frozen=False)
    assert "Freeze the protocol" in text_of(client_of(lead(draft)), reverse("takeovers", args=[draft.slug]))


def test_a_covidence_list_asks_whose_votes_it_holds(review: Review) -> None:
    client = client_of(lead(review))
    text = "Title,Published Year,Covidence #,Notes\nA title,2019,#4,\n"
    page = upload(client, review, text, "list.csv")
    assert "say it for the whole list" in text_of(client, page)
    client.post(page, {"whole": "exclude", "person_0": str(bob(review).pk)})
    assert "1 row of votes = 1 to be brought in" in text_of(client, page)


def test_a_file_set_aside_is_gone(review: Review) -> None:
    client = client_of(lead(review))
    page = upload(client, review)
    assert client.post(f"{page}set-aside/").status_code == 302
    assert client.get(page).status_code == 404


def test_a_file_in_an_unclear_encoding_is_shown_in_each_it_may_be_in(review: Review) -> None:
    client = client_of(lead(review))
    sent = "title,year,reviewer,decision\nA title,2019,王小明,include\n".encode("gb18030")
    file = SimpleUploadedFile("votes.csv", sent)
    answer = client.post(reverse("takeovers", args=[review.slug]), {"stage": "title-abstract", "file": file})
    page = str(answer.headers["Location"])
    assert "王小明" in text_of(client, page)
    assert "encoding that looks right" in text_of(client, page)
    client.post(page, {"encoding": "gb18030"})
    assert "王小明 to be chosen" in text_of(client, page)
