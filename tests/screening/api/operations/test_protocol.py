"""The protocol, the team and the rounds of a stage by token."""

from __future__ import annotations

import pytest
from django.core import mail

from tests.factories import alice, bob, lead, make_import, make_review, open_screening, settled
from tests.screening.api.clients import Script

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_the_protocol_is_amended_and_what_it_touches_is_screened_again() -> None:
    review = make_review()
    make_import(review, records=3)
    items = open_screening(review)
    settled(review, items[0], "exclude", "exclude")
    boss = Script(lead(review).user, review)
    draft = boss.post("/protocol/draft", {"reason": "Setting matters"}, 201)
    added = boss.post("/protocol/draft/criteria", {"label": "Setting", "met_when": "A hospital"}, 201)
    refusal = boss.post("/protocol/draft/criteria", {"label": "setting", "met_when": "A school"}, 422)
    assert refusal["detail"] == "label: Another criterion is called setting. Choose another short name."
    boss.post(f"/protocol/draft/criteria/{added['key']}/move", {"up": True})
    assert boss.send("PUT", "/protocol/draft/rules", {"gate_items": 40})["rules"]["gate_items"] == 40
    assert boss.post("/protocol/draft/freeze")["is_in_force"]
    at = f"/protocol/versions/{draft['number']}/touched"
    (touched,) = boss.get(at)["items"]
    assert (touched["key"], touched["stage"], touched["outcome"], touched["n"]) == (
        added["key"], "title-abstract", "exclude", 1,
    )  # fmt: skip
    records = f"{at}/{added['key']}/title-abstract/exclude"
    (row,) = boss.get(records)["items"]
    again = {"records": [row["number"]], "reason": "Setting was not asked"}
    assert boss.post(f"{records}/again", again) == {"reopened": 1}
    assert boss.get(at)["items"] == []


def test_people_are_invited_change_roles_and_leave() -> None:
    review = make_review()
    boss = Script(lead(review).user, review)
    made = boss.post("/invitations", {"email": "new@example.org", "roles": ["reviewer"], "languages": ["zh"]}, 201)
    assert made["mailed"]
    assert made["link"] in mail.outbox[0].body
    boss.send("DELETE", f"/invitations/{made['id']}", status=204)
    assert boss.get("/invitations")["items"] == []
    changed = boss.send("PUT", f"/team/{bob(review).pk}", {"roles": ["librarian"], "languages": ["en"]})
    assert (changed["roles"], changed["languages"]) == (["librarian"], ["en"])
    assert boss.post(f"/team/{bob(review).pk}/end")["left_at"] is not None
    Script(alice(review).user, review).get("/invitations", 403)


def test_a_stage_is_piloted_and_shared_out() -> None:
    review = make_review()
    make_import(review, records=12)
    open_screening(review)
    boss, readers = Script(lead(review).user, review), [alice(review).pk, bob(review).pk]
    at = "/screening/title-abstract"
    pilot = boss.post(f"{at}/pilots", {"size": 10, "readers": readers}, 201)
    assert (pilot["size"], pilot["done"], pilot["agreement"]) == (10, 0, None)
    refusal = boss.post(f"{at}/pilots/end", {}, 409)
    assert refusal["rule"] == "S5"
    assert boss.post(f"{at}/pilots/end", {"reason": "Enough seen"})["outcome"] == "overridden"
    shares = [{"member": pk, "share": 50} for pk in readers]
    plan = boss.send("PUT", f"{at}/plan", {"shared_by": "parts", "order": "random", "seed": 7, "shares": shares})
    assert [one["share"] for one in plan["shares"]] == [50, 50]
    assert plan["votes"] == 24
    refusal = boss.send("PUT", f"{at}/plan", {"shared_by": "parts", "shares": [{"member": lead(review).pk}]}, 422)
    assert "does not screen in this review" in refusal["detail"]
