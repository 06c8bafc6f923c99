"""The pages of the protocol: a new review, Table 1, the draft, the freeze, amendments."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.protocol.actions import add_criterion, start_amendment
from screening.protocol.models import Criterion, ProtocolVersion
from screening.protocol.versions import active_protocol, draft_of, snapshot
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import alice, lead, make_member, make_review, make_user

pytestmark = pytest.mark.django_db

ROW = {
    "label": "Setting",
    "facet": "other",
    "direction": "include",
    "met_when": "In a hospital",
    "not_met_when": "",
    "at_ta": "on",
    "at_ft": "on",
}
RULES = {
    "ta_mode": "single",
    "ta_maybe": "strict",
    "ft_mode": "dual",
    "reason_clash": "by_order",
    "gate_items": "30",
    "gate_agreement": "80",
}


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(name: str, review: Review, *args: object) -> str:
    return reverse(name, args=[review.slug, *args])


def page(client: Client, name: str, review: Review, *args: object) -> str:
    answer = client.get(url(name, review, *args))
    assert answer.status_code == 200
    return answer.content.decode()


def draft(review: Review) -> ProtocolVersion:
    found = draft_of(review)
    assert found is not None
    return found


def amended(review: Review) -> ProtocolVersion:
    return start_amendment(review=review, reason="Updated to 2025", actor=lead(review).user)


def labels(review: Review) -> list[str]:
    return [criterion.label for criterion in draft(review).criteria.all()]


@pytest.mark.parametrize(("preset", "n"), [("medical-education", 7), ("blank", 0)])
def test_a_new_review_begins_from_the_preset_or_blank(preset: str, n: int) -> None:
    client = Client()
    client.force_login(make_user("Dana Stranger"))
    assert "Medical education (Table 1)" in client.get(reverse("review_new")).content.decode()
    sent = {
        "title": "Taking part",
        "kind": "scoping",
        "registration_id": "CRD42",
        "preset": preset,
        "also_reviewer": "on",
    }
    answer = client.post(reverse("review_new"), sent)
    review = Review.objects.get()
    assert answer["Location"] == url("protocol", review)
    assert (review.title, review.kind, review.registration_id, len(labels(review))) == (
        "Taking part",
        "scoping",
        "CRD42",
        n,
    )
    assert lead(review).roles == (Role.LEAD, Role.REVIEWER)


@pytest.mark.parametrize("wrong", [{"title": " "}, {"kind": "opinion"}, {"preset": "none-such"}])
def test_a_wrong_new_review_is_shown_again_and_nothing_is_made(wrong: dict[str, str]) -> None:
    client = Client()
    client.force_login(make_user())
    assert (
        client.post(reverse("review_new"), {"title": "T", "kind": "scoping", "preset": "blank", **wrong}).status_code
        == 422
    )
    assert not Review.objects.exists()


def test_p9_only_the_lead_edits_the_protocol_everybody_reads_it() -> None:
    review = make_review(frozen=False)
    focus = draft(review).criteria.get(key="focus")
    before = snapshot(draft(review))
    client = signed_in(alice(review))
    assert "Population" in page(client, "protocol", review)
    assert "Freeze version" not in page(client, "protocol", review)
    for address in _writing(review, focus):
        assert client.post(address, {**ROW, **RULES, "direction": "up"}).status_code == 403
    assert snapshot(draft(review)) == before


def test_p9_strangers_get_404_everywhere() -> None:
    review = make_review(frozen=False)
    focus = draft(review).criteria.get(key="focus")
    stranger = signed_in(make_member(make_review("Other"), "Eve Other", Role.LEAD))
    reading = [url("protocol", review), url("protocol_version", review, 1)]
    for address in [*_writing(review, focus), *reading]:
        assert stranger.post(address).status_code == 404
        assert stranger.get(address).status_code == 404


def _writing(review: Review, criterion: Criterion) -> list[str]:
    names = ("preset", "rules", "freeze", "amend", "discard", "criterion_add")
    below = ("criterion", "criterion_move", "criterion_delete")
    return [url(f"protocol_{name}", review) for name in names] + [
        url(f"protocol_{name}", review, criterion.pk) for name in below
    ]


def test_p10_a_criterion_of_another_review_gives_404_and_is_not_touched() -> None:
    review, other = make_review(frozen=False), make_review("Other", frozen=False, lead=make_user("Otto Other"))
    foreign = draft(other).criteria.get(key="focus")
    before = snapshot(draft(other))
    client = signed_in(lead(review))
    for name in ("protocol_criterion", "protocol_criterion_move", "protocol_criterion_delete"):
        assert client.post(url(name, review, foreign.pk), {**ROW, "direction": "up"}).status_code == 404
        assert client.post(url(name, review, 10**30)).status_code == 404
    assert snapshot(draft(other)) == before
    assert client.get(url("protocol_version", review, 9)).status_code == 404


def test_table_1_shows_when_each_criterion_is_met_and_not_met() -> None:
    review = make_review()
    text = page(signed_in(alice(review)), "protocol", review)
    assert "Published 2002 to 2024, both included" in text
    assert "Proceedings, editorial, commentary, opinion, unpublished" in text
    assert "Frozen on" in text


def test_an_empty_draft_offers_the_first_criterion_and_the_preset() -> None:
    review = make_review(preset=None)
    client = signed_in(lead(review))
    text = page(client, "protocol", review)
    assert "Add the first criterion" in text
    client.post(url("protocol_preset", review), {"preset": "medical-education"})
    assert len(labels(review)) == 7


def test_an_unknown_preset_changes_nothing() -> None:
    review = make_review(preset=None)
    signed_in(lead(review)).post(url("protocol_preset", review), {"preset": "none-such"})
    assert labels(review) == []


def test_a_criterion_is_added_edited_moved_and_deleted() -> None:
    review = make_review(preset=None)
    client = signed_in(lead(review))
    client.post(url("protocol_criterion_add", review), ROW)
    client.post(url("protocol_criterion_add", review), {**ROW, "label": "Animals"})
    animals = draft(review).criteria.get(label="Animals")
    client.post(url("protocol_criterion_move", review, animals.pk), {"direction": "up"})
    assert labels(review) == ["Animals", "Setting"]
    assert "Animals" in page(client, "protocol_criterion", review, animals.pk)
    client.post(url("protocol_criterion", review, animals.pk), {**ROW, "label": "Humans"})
    assert labels(review) == ["Humans", "Setting"]
    client.post(url("protocol_criterion_delete", review, animals.pk))
    assert labels(review) == ["Setting"]


def test_an_exclusion_only_criterion_is_accepted() -> None:
    review = make_review(preset=None)
    sent = {**ROW, "direction": "exclude", "met_when": "", "not_met_when": "Animals only"}
    assert signed_in(lead(review)).post(url("protocol_criterion_add", review), sent).status_code == 302
    assert labels(review) == ["Setting"]


def test_hints_are_stored_as_the_rule_of_a_criterion() -> None:
    review = make_review(preset=None)
    sent = {**ROW, "languages": "EN; zh", "year_from": "2002", "types_in": ["journal_article"], "types_out": ["letter"]}
    client = signed_in(lead(review))
    client.post(url("protocol_criterion_add", review), sent)
    criterion = draft(review).criteria.get()
    assert criterion.rule == {
        "languages": ["en", "zh"],
        "years": [2002, None],
        "types_in": ["journal_article"],
        "types_out": ["letter"],
    }
    text = page(client, "protocol", review)
    assert "years 2002 to any" in text


def test_saving_a_presets_criterion_unchanged_keeps_its_hint() -> None:
    review = make_review(frozen=False)
    client = signed_in(lead(review))
    before = snapshot(draft(review))
    for criterion in draft(review).criteria.all():
        form = client.get(url("protocol_criterion", review, criterion.pk)).context["form"]
        sent = {name: form[name].value() for name in form.fields}
        sent = {name: value for name, value in sent.items() if value not in (None, False)}
        assert client.post(url("protocol_criterion", review, criterion.pk), sent).status_code == 302
    assert snapshot(draft(review)) == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"label": ""}, "required"),
        ({"label": "Conference, editorial"}, "no comma"),
        ({"label": "x" * 36}, "at most 35"),
        ({"label": "focus"}, "Another criterion is called focus"),
        ({"met_when": " "}, "Say when the criterion is met"),
        ({"direction": "exclude"}, "Say what excludes a record"),
        ({"at_ta": "", "at_ft": ""}, "one stage at least"),
        ({"languages": "english"}, "no two-letter language code"),
        ({"year_from": "2024", "year_to": "2002"}, "lies before the first"),
        ({"types_in": ["letter"], "types_out": ["letter"]}, "both taken and left out"),
    ],
)
def test_a_wrong_criterion_gets_one_sentence_and_is_not_saved(wrong: dict[str, Any], sentence: str) -> None:
    review = make_review(frozen=False)
    sent = {key: value for key, value in {**ROW, **wrong}.items() if value != ""}
    answer = signed_in(lead(review)).post(url("protocol_criterion_add", review), sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert len(labels(review)) == 7


def test_stage_rules_are_changed_and_single_screening_warns() -> None:
    review = make_review(frozen=False)
    client = signed_in(lead(review))
    assert "median of 5 %" in page(client, "protocol_rules", review)
    assert "median of 5 %" not in page(client, "protocol", review)
    client.post(url("protocol_rules", review), RULES)
    assert snapshot(draft(review))["stage_rules"] == {**RULES, "gate_items": 30, "gate_agreement": 80}
    assert "median of 5 %" in page(client, "protocol", review)


@pytest.mark.parametrize(
    "wrong", [{"ta_mode": "none"}, {"ft_mode": "liberal"}, {"gate_items": "1"}, {"gate_agreement": "101"}]
)
def test_wrong_stage_rules_are_not_saved(wrong: dict[str, str]) -> None:
    review = make_review(frozen=False)
    before = snapshot(draft(review))
    assert signed_in(lead(review)).post(url("protocol_rules", review), {**RULES, **wrong}).status_code == 422
    assert snapshot(draft(review)) == before


def test_i24_an_empty_table_is_not_offered_to_be_frozen() -> None:
    review = make_review(preset=None)
    shown = page(signed_in(lead(review)), "protocol_freeze", review)
    assert "No criteria yet" in shown
    assert 'type="submit">Freeze' not in shown


def test_the_freeze_asks_first_and_then_puts_the_version_in_force() -> None:
    review = make_review(frozen=False)
    client = signed_in(lead(review))
    assert "cannot be changed" in page(client, "protocol_freeze", review)
    assert active_protocol(review) is None
    home = client.post(url("protocol_freeze", review), follow=True).content.decode()
    assert "Version 1 is frozen" in home
    assert "Import the first search" in home, "the page that says what comes next"
    version = active_protocol(review)
    assert version is not None
    assert version.frozen_by == lead(review).user


def test_i24_without_a_draft_the_editing_pages_say_what_to_do() -> None:
    review = make_review()
    client = signed_in(lead(review))
    frozen = Criterion.objects.filter(version__review=review)[0]
    for name, *args in (
        ("protocol_rules",),
        ("protocol_freeze",),
        ("protocol_criterion_add",),
        ("protocol_criterion", frozen.pk),
    ):
        answer = client.get(url(name, review, *args))
        assert answer.status_code == 409
        assert "Start an amendment" in answer.content.decode()


def test_an_amendment_says_how_many_records_hold_votes_and_needs_a_reason() -> None:
    review = make_review()
    client = signed_in(lead(review))
    assert "0 records hold votes" in page(client, "protocol_amend", review)
    assert client.post(url("protocol_amend", review), {"reason": " "}).status_code == 422
    client.post(url("protocol_amend", review), {"reason": "Updated to 2025"})
    assert draft(review).reason == "Updated to 2025"
    assert client.get(url("protocol_amend", review)).status_code == 409


def test_the_page_of_an_amendment_tells_what_changed_and_why() -> None:
    review = make_review()
    version = amended(review)
    person = lead(review).user
    add_criterion(version=version, actor=person, label="Setting", met_when="In a hospital")
    client = signed_in(lead(review))
    timeframe = version.criteria.get(key="timeframe")
    client.post(url("protocol_rules", review), RULES)
    sent = {**ROW, "label": "Timeframe", "facet": "timeframe", "met_when": "Until 2025", "year_to": "2025"}
    client.post(url("protocol_criterion", review, timeframe.pk), sent)
    text = page(client, "protocol_version", review, 2)
    for words in ("Updated to 2025", "Setting", "added", "Until 2025", "years any to 2025", "One reviewer"):
        assert words in text
    assert "Protocol version 1" in page(client, "protocol", review)


def test_a_draft_is_discarded_and_the_version_in_force_stays() -> None:
    review = make_review()
    amended(review)
    signed_in(lead(review)).post(url("protocol_discard", review))
    assert draft_of(review) is None
    assert active_protocol(review) is not None


def test_a_wrong_method_is_refused() -> None:
    review = make_review()
    client = signed_in(lead(review))
    assert client.get(url("protocol_discard", review)).status_code == 405
    assert client.post(url("protocol", review)).status_code == 405
