"""Extraction, coding and synthesis by token: a review is extracted and coded from the first form to the matrix."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from screening.reviews.models import Review
from tests.factories import alice, bob, included_study, lead, make_review
from tests.screening.api.clients import Script

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SECTIONS = [
    {
        "title": "Study",
        "fields": [
            {"key": "region", "kind": "country", "label": "Region"},
            {"key": "sample", "kind": "sample", "label": "Sample"},
            {"key": "outcome", "kind": "text", "label": "Outcome", "required": True},
        ],
    }
]
SAMPLE = {"invited": None, "enrolled": None, "responded": 20, "analysed": None, "unit": "clinicians", "note": ""}


def _scripts(review: Review) -> tuple[Script, Script, Script]:
    return Script(lead(review).user, review), Script(alice(review).user, review), Script(bob(review).user, review)


def _said(outcome: str) -> dict[str, Any]:
    return {"region": {"value": "GB"}, "sample": {"value": SAMPLE}, "outcome": {"value": outcome}}


def test_a_study_is_extracted_by_two_settled_and_locked() -> None:
    review = make_review()
    study = included_study(review).pk
    boss, first, second = _scripts(review)
    form = boss.post("/forms", {"name": "Facts", "content": {"sections": SECTIONS}}, 201)["id"]
    assert boss.post(f"/forms/{form}/publish", {})["version"] == 1
    people = [alice(review).pk, bob(review).pk]
    row = boss.send("PUT", f"/forms/{form}/studies/{study}/people", {"people": people})
    assert (row["state"], row["free"]) == ("open", 0)
    entries = [one.post(f"/forms/{form}/studies/{study}/take")["id"] for one in (first, second)]
    for one, entry, outcome in ((first, entries[0], "Taking part"), (second, entries[1], "Barriers")):
        kept = one.send("PUT", f"/entries/{entry}/values", {"saves": 0, "values": _said(outcome)})
        assert kept["values"]["sample"]["value"] == SAMPLE
        one.get(f"/extractions/{row['extraction']}", 404)
        one.post(f"/entries/{entry}/submit")
    second.get(f"/entries/{entries[0]}", 404)
    compared = boss.get(f"/extractions/{row['extraction']}")
    assert [one["key"] for one in compared["fields"] if not one["is_equal"]] == ["outcome"]
    new = {"field": "outcome", "chosen": "new", "new": {"value": "Both"}, "reason": "Each names one half"}
    assert first.post(f"/extractions/{row['extraction']}/settle", new)["left"] == 0
    assert first.post(f"/extractions/{row['extraction']}/lock")["state"] == "locked"
    (told,) = boss.get(f"/forms/{form}/values")["items"]
    assert {key: one["value"] for key, one in told["fields"].items()} == {
        "region": "GB", "sample": SAMPLE, "outcome": "Both",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"region": {"value": "Nowhere"}}, "Region: “Nowhere” is no country"),
        ({"sample": {"value": [1]}}, "Sample: this has another shape than a value of the kind “sample”."),
        ({"else": {"value": "x"}}, "else: the form has no such field to fill in."),
    ],
)
def test_a_value_that_is_none_is_refused_in_one_sentence(values: dict[str, Any], sentence: str) -> None:
    review = make_review()
    study = included_study(review).pk
    boss, first, _ = _scripts(review)
    form = boss.post("/forms", {"name": "Facts", "content": {"sections": SECTIONS}}, 201)["id"]
    boss.post(f"/forms/{form}/publish", {})
    entry = first.post(f"/forms/{form}/studies/{study}/take")["id"]
    refusal = first.send("PUT", f"/entries/{entry}/values", {"saves": 0, "values": values}, 422)
    assert refusal["detail"].startswith(sentence)
    missing = first.post(f"/entries/{entry}/submit", status=409)
    assert missing["detail"].endswith("Outcome: Fill it in, or say that it is not reported, unclear or not applicable.")


def test_a_study_is_coded_by_two_and_the_matrix_tells_it() -> None:
    review = make_review()
    study = included_study(review).pk
    boss, first, second = _scripts(review)
    boss.post("/codebook", {"name": "Themes"}, 201)
    code = boss.post("/codebook/codes", {"name": "Mentors", "level": "Interpersonal", "direction": "barrier"}, 201)[
        "id"
    ]
    text = {"kind": "results", "label": "Results", "text": "Few mentors. No time."}
    source = boss.post(f"/coding/studies/{study}/texts", text, 201)["id"]
    for one in (first, second):
        one.post(f"/coding/texts/{source}/codings", {"start": 0, "end": 12, "code": code}, 201)
        assert [each["is_own"] for each in one.get(f"/coding/texts/{source}/codings")["items"]] == [True]
        one.get(f"/coding/studies/{study}/comparison", 409)
        one.post(f"/coding/studies/{study}/submit")
    assert boss.get(f"/coding/studies/{study}/comparison")["differences"] == []
    matrix = boss.get("/synthesis/matrix")
    assert [(row["name"], row["cells"], row["studies"]) for row in matrix["rows"]] == [("Mentors", [1], 1)]
    assert [one["text"] for one in boss.get("/synthesis/quotes", study=study)["items"]] == ["Few mentors."]
    renamed = boss.post(f"/codebook/codes/{code}/rename", {"name": "Mentoring", "reason": "Clearer"})
    assert renamed["name"] == "Mentoring"


def _upload(one: Script, path: str, file: str, content: bytes, status: int, **fields: str) -> Any:
    response = one.client.post(one.base + path, {**fields, "file": SimpleUploadedFile(file, content)})
    assert response.status_code == status, response.content
    return response.json()


def test_a_form_and_a_codebook_go_from_one_review_to_another_as_files() -> None:
    review, second = make_review(), make_review("Another review")
    here, there = (Script(lead(one).user, one) for one in (review, second))
    form = here.post("/forms", {"name": "Facts", "content": {"sections": SECTIONS}}, 201)
    for ending in ("json", "xlsx"):
        file = here.client.get(f"{here.base}/forms/{form['id']}/file/{ending}").content
        brought = _upload(there, "/forms/file", f"facts.{ending}", file, 201, name=f"Facts from {ending}")
        assert brought["draft_content"] == form["draft_content"]
        assert _upload(there, f"/forms/{brought['id']}/draft/file", "facts", file, 200) == brought
    assert _upload(there, "/forms/file", "facts.json", b"{}", 422)["detail"].endswith("Nothing was changed.")
    here.post("/codebook", {"name": "Themes"}, 201)
    for name in ("Mentors", "Time"):
        here.post("/codebook/codes", {"name": name, "definition": f"What {name.lower()} do"}, 201)
    there.post("/codebook", {"name": "Themes"}, 201)
    for ending, added in (("qdc", 2), ("csv", 0)):
        file = here.client.get(f"{here.base}/codebook/file/{ending}").content
        brought = _upload(there, "/codebook/file", f"themes.{ending}", file, 200)
        assert (brought["added"], brought["changed"]) == (added, 0)
    said = [(code["name"], code["definition"]) for code in brought["codebook"]["codes"]]
    assert said == [("Mentors", "What mentors do"), ("Time", "What time do")]
    assert "not in UTF-8" in _upload(there, "/codebook/file", "themes.csv", b"tag\n\xff\xfe", 422)["detail"]
