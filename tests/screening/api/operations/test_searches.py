"""A librarian's script: a search, a file, its report, duplicates, full texts, studies, the flow."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from screening.decisions.models import Item
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import make_member, make_review, open_screening, run_jobs, settled
from tests.screening.api.clients import Script
from tests.screening.fulltexts.pdfs import make_pdf

pytestmark = pytest.mark.django_db
RIS = "".join(
    f"TY  - JOUR\nTI  - {title}\nAU  - Archibald, A\nPY  - {2010 + n}\nJO  - Journal\nER  - \n\n"
    for n, title in enumerate(
        ("Burnout of residents in research", "Mentors and how they help", "Burnout of residents in research")
    )
)


def _upload(one: Script, path: str, status: int, name: str, content: bytes, **fields: str) -> Any:
    response = one.client.post(one.base + path, {**fields, "file": SimpleUploadedFile(name, content)})
    assert response.status_code == status, response.content
    return response.json()


def test_a_review_is_filled_screened_and_counted_by_scripts_alone() -> None:
    review = make_review()
    everything = make_member(review, "Eve Everything", *(role for role in Role if role is not Role.REVIEWER))
    one = Script(everything.user, review)
    search = one.post("/searches", {"label": "Search 1, May 2024"}, 201)
    described = {"database": "Scopus", "searched_on": "2024-05-01", "query": "burnout AND research"}
    started = _upload(one, f"/searches/{search['number']}/imports", 202, "hits.ris", RIS.encode(), **described)
    assert (started["state"], started["job"]["state"]) == ("queued", "queued")
    run_jobs(review)
    report = one.get(f"/imports/{started['id']}")
    assert (report["state"], report["markers"], report["parsed"], report["rejected"]) == ("stored", 3, 3, 0)
    assert [job["work"] for job in one.get("/jobs")["items"]] == ["duplicates", "import"]
    again = _upload(one, f"/searches/{search['number']}/imports", 409, "hits.ris", RIS.encode(), **described)
    assert again["rule"] == "I2"
    wrong = _upload(one, f"/searches/{search['number']}/imports", 422, "notes.txt", b"Dear all", **described)
    assert wrong["detail"]
    _judge_duplicates(one)
    _screen(review)
    _retrieve(one)
    study = one.post("/studies", {"label": "Archibald 2011", "records": [2]}, 201)
    assert one.post("/studies", {"label": "Another", "records": [1]}, 422)["detail"].startswith("records: record 1")
    assert one.get("/studies") == {"items": [study], "without_study": []}
    flow = one.get("/prisma")
    assert (flow["database_results"], flow["records_screened"], flow["new_reports"]) == (3, flow["records_screened"], 1)
    included = one.get("/records", box="new_reports")["items"]
    assert [record["title"] for record in included] == ["Mentors and how they help"]
    pages = [one.get("/history", limit=7)]
    while pages[-1]["next"]:
        pages.append(one.get("/history", limit=7, cursor=pages[-1]["next"]))
    told = [event for page in pages for event in page["items"]]
    assert len(told) == len(one.get("/history", limit=500)["items"]) == len({str(event) for event in told})


def _judge_duplicates(one: Script) -> None:
    for card in one.get("/duplicates/cards")["items"]:
        act = one.post(f"/duplicates/cards/{card['id']}/answer", {"answer": "different"})["act"]
        assert one.post(f"/duplicates/cards/{card['id']}/answer", {"answer": "different"})["act"] == act
        one.post("/duplicates/undo", {"act": act}, 204)
    assert one.get("/duplicates")["kept_apart"] == 0


def _screen(review: Any) -> None:
    open_screening(review)
    for item in Item.objects.filter(review=review).order_by("record__number"):
        decision = "include" if item.record.number == 2 else "exclude"
        settled(review, item, decision, decision)


def _retrieve(one: Script) -> None:
    assert one.post("/full-texts/2/not-retrieved", {"cause": "no_reply"}, 409)["rule"] == "I32"
    one.post("/full-texts/2/attempts", {"way": "Library", "outcome": "Ordered"})
    pdf = make_pdf(["Mentors helped."])
    report = _upload(one, "/full-texts/2/files", 200, "report.pdf", pdf)
    assert report["status"] == "retrieved"
    response = one.client.get(f"{one.base}/full-texts/2/files/{report['files'][0]['id']}")
    assert b"".join(response.streaming_content) == pdf  # type: ignore[attr-defined]
    review = Review.objects.get()
    settled(review, Item.objects.get(stage="ft"), "include", "include")
