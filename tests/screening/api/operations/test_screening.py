"""Voting by a script: once for each key, blind as on the page, refused with the rule."""

from __future__ import annotations

from uuid import uuid4

import pytest

from screening.decisions.models import Vote
from tests.factories import alice, bob, lead, make_import, make_review, open_screening, reveal
from tests.screening.api.clients import Script

pytestmark = pytest.mark.django_db
FIRST = "/screening/title-abstract/records/1/vote"


@pytest.fixture
def scripts() -> tuple[Script, Script, Script]:
    """Alice's, Bob's and the lead's, in a review of three records."""
    review = make_review()
    make_import(review, records=3)
    open_screening(review)
    return Script(alice(review).user, review), Script(bob(review).user, review), Script(lead(review).user, review)


def test_p31_the_same_key_twice_is_one_vote_and_says_what_stands(scripts: tuple[Script, Script, Script]) -> None:
    first, _, _ = scripts
    key = str(uuid4())
    sent = {"decision": "include", "answers": {"focus": "met"}, "note": "Fits", "seconds": 12}
    once = first.post(FIRST, sent, key=key)
    again = first.post(FIRST, {**sent, "decision": "exclude"}, key=key)
    assert once == again
    assert (once["decision"], once["answers"], once["note"], once["round"]) == ("include", {"focus": "met"}, "Fits", 1)
    assert Vote.objects.count() == 1
    changed = first.post(FIRST, {"decision": "maybe", "known": once["known"]})
    assert changed["decision"] == "maybe"
    assert first.post(FIRST, {"decision": "exclude", "known": once["known"]}, 409)["rule"] == "P31"
    first.send("DELETE", FIRST, status=204)
    first.get(FIRST, 404)


def test_a_queue_runs_out_as_its_records_are_voted_on(scripts: tuple[Script, Script, Script]) -> None:
    first, _, _ = scripts
    seen = []
    while waiting := first.get("/screening/title-abstract/next")["items"]:
        [one] = waiting
        assert [question["key"] for question in one["questions"]][:2] == ["population", "focus"]
        seen.append(one["record"]["number"])
        first.post(f"/screening/title-abstract/records/{seen[-1]}/vote", {"decision": "exclude"})
    assert sorted(seen) == [1, 2, 3]
    told = first.get("/screening/title-abstract/progress")
    assert (told["voted"], told["left"], told["excluded"]) == (3, 0, 0)
    rows = [first.get("/screening/title-abstract/lists/my-votes", limit=2)]
    rows.append(first.get("/screening/title-abstract/lists/my-votes", limit=2, cursor=rows[0]["next"]))
    assert [len(page["items"]) for page in rows] == [2, 1]
    assert rows[1]["next"] is None
    assert {row["own"] for page in rows for row in page["items"]} == {"exclude"}


def test_b2_a_conflict_opens_with_its_reveal_and_is_settled_by_talk(scripts: tuple[Script, Script, Script]) -> None:
    first, second, leader = scripts
    first.post(FIRST, {"decision": "include"})
    second.post(FIRST, {"decision": "exclude"})
    assert leader.get("/conflicts") == {"items": [], "next": None}
    assert leader.get("/records/1")["outcomes"] == []
    reveal(Vote.objects.first().review)  # type: ignore[union-attr]
    [row] = first.get("/conflicts")["items"]
    assert (row["record"], row["waits_for_me"]) == (1, True)
    assert first.get(f"/conflicts/{row['id']}")["sides"][1]["decision"] == "exclude"
    first.post(f"/conflicts/{row['id']}/comments", {"text": "Why?"})
    first.post(f"/conflicts/{row['id']}/position", {"decision": "exclude"})
    settled = second.post(f"/conflicts/{row['id']}/position", {"decision": "exclude"})
    assert (settled["state"], settled["decision"], len(settled["thread"])) == ("final", "exclude", 1)
    assert leader.get("/records", list="excluded-title-abstract")["items"][0]["number"] == 1
    assert leader.get("/prisma")["records_excluded"] == 1
