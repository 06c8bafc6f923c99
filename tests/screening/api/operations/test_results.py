"""A lead's script: votes made elsewhere, removals that are declared, the flow that is published, the archive."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from screening.decisions.models import Vote
from screening.reviews.models import Review
from screening.roles import Role
from tests.factories import alice, bob, lead, make_import, make_member, make_review, open_screening, reveal, run_jobs
from tests.screening.api.clients import Script

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HERE = "/votes-made-elsewhere"
VOTES = "record,reviewer,decision\n" + "".join(
    f"{n},{who},exclude\n" for n in (1, 2, 3) for who in ("Alice Archer", "B. Baker")
)


@pytest.fixture
def review(settings: Settings, tmp_path: Any) -> Review:
    """Three records that nobody has screened here."""
    settings.MEDIA_ROOT = tmp_path
    review = make_review()
    make_import(review, records=3)
    open_screening(review)
    alice(review), bob(review)
    return review


def _upload(one: Script, path: str, content: bytes, **fields: str) -> Any:
    response = one.client.post(one.base + path, {**fields, "file": SimpleUploadedFile("votes.csv", content)})
    assert response.status_code == 201, response.content
    return response.json()


def _all_excluded(boss: Script, review: Review) -> Any:
    one = _upload(boss, HERE, VOTES.encode(), stage="title-abstract")
    boss.send("PUT", f"{HERE}/{one['id']}/mapping", {"people": {"B. Baker": bob(review).pk}})
    boss.post(f"{HERE}/{one['id']}/bring-in", status=202)
    run_jobs(review)
    reveal(review)
    return one


def test_votes_made_elsewhere_are_tried_mapped_and_brought_in_and_only_their_uploader_reads_the_file(
    review: Review,
) -> None:
    boss = Script(lead(review).user, review)
    one = _upload(boss, HERE, VOTES.encode(), stage="title-abstract")
    assert [(person["name"], person["rows"], person["member"]) for person in one["people"]] == [
        ("Alice Archer", 3, alice(review).pk), ("B. Baker", 3, None),
    ]  # fmt: skip
    assert (one["tried"]["votes"], one["tried"]["not_fitting"], one["tried"]["lines"][0]["reviewer"]) == (
        3,
        3,
        "B. Baker",
    )
    other = Script(make_member(review, "Lara Lead", Role.LEAD).user, review)
    seen = other.get(f"{HERE}/{one['id']}")
    assert (seen["people"], seen["tried"], other.get(HERE)["items"][0]["file"]) == (None, None, "votes.csv")
    path = f"{HERE}/{one['id']}/mapping"
    assert "no “C. Carol”" in boss.send("PUT", path, {"people": {"C. Carol": None}}, 422)["detail"]
    assert "nobody whose votes" in boss.send("PUT", path, {"people": {"B. Baker": lead(review).pk}}, 422)["detail"]
    assert boss.send("PUT", path, {"people": {"B. Baker": None}})["people"][1]["left_out"] is True
    tried = boss.send("PUT", path, {"people": {"B. Baker": bob(review).pk}})["tried"]
    assert (tried["votes"], tried["not_fitting"], Vote.objects.count()) == (6, 0, 0)
    assert boss.post(f"{HERE}/{one['id']}/bring-in", status=202)["job"]["work"] == "votes"
    run_jobs(review)
    done = boss.get(f"{HERE}/{one['id']}")
    assert (done["state"], done["tried"]["votes"], Vote.objects.count()) == ("done", 6, 6)
    boss.post(f"{HERE}/{one['id']}/set-aside", status=409)


def test_declared_removals_are_in_the_flow_which_is_published_without_a_name_and_archived(
    review: Review, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    boss = Script(lead(review).user, review)
    _all_excluded(boss, review)
    source = boss.get("/sources")["items"][0]["id"]
    told = {"search": 1, "source": source, "removed_as": "duplicate", "n": 5, "tool": "A reference manager"}
    assert boss.post("/removals/declared", {**told, "source": source + 999}, 422)["detail"].startswith("source:")
    gone = boss.post("/removals/declared", told, 201)["id"]
    boss.post(f"/removals/declared/{gone}/withdraw", status=204)
    boss.post(f"/removals/declared/{gone}/withdraw", status=409)
    stands = boss.post("/removals/declared", told, 201)
    assert boss.get("/removals/declared") == {"items": [stands]}
    flow = boss.get("/prisma")
    assert (flow["database_results"], flow["duplicates"], flow["records_excluded"]) == (8, 5, 3)
    assert lead(review).user.name in " ".join(flow["footnotes"])
    one = boss.post("/publications", status=201)
    shown = Client().get(one["address"]).content.decode()
    assert "Declared, not derived" in shown
    assert lead(review).user.name not in shown
    listed = Client().get(one["address"] + "?box=duplicates").content.decode()
    assert "5 more were removed before import, as the team declared" in listed
    assert boss.get("/publications") == {"items": [one]}
    assert boss.post(f"/publications/{one['id']}/revoke")["address"] is None
    boss.post(f"/publications/{one['id']}/revoke", status=409)
    assert Client().get(one["address"]).status_code == 404
    asked = boss.post("/archive", status=202)
    assert (asked["is_here"], asked["in_the_way"], asked["job"]["work"]) == (False, [], "archive")
    run_jobs(review)
    made = boss.get("/archive")
    file = b"".join(boss.client.get(f"{boss.base}/archive/file").streaming_content)  # type: ignore[attr-defined]
    assert (made["is_here"], made["size"], made["sha256"]) == (True, len(file), hashlib.sha256(file).hexdigest())
    with django_capture_on_commit_callbacks(execute=True):
        boss.send("DELETE", "/archive", status=204)
    assert boss.get("/archive")["is_here"] is False


def test_i51_a_script_publishes_and_archives_nothing_while_anything_is_pending(review: Review) -> None:
    boss = Script(lead(review).user, review)
    assert boss.post("/publications", status=409)["rule"] == "I51"
    assert boss.post("/archive", status=409)["rule"] == "I52"
    assert boss.get("/archive")["in_the_way"] != []
