"""Marking as ineligible by automation: what goes, what stays, how it counts, and the way back (IM7, IM8, R6, U4)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.queue import waiting_for
from screening.decisions.verdict import Stage
from screening.dedupe.actions import put_back, remove_by_automation, remove_record, undo_automation
from screening.dedupe.automation import Preview, acts, criteria_with_rules, previews
from screening.imports.models import Import
from screening.jobs.models import Job
from screening.prisma.check import check
from screening.prisma.counts import flow_of, record_ids
from screening.protocol.models import Criterion
from screening.records.models import Change, ChangeOf, Record, Standing
from screening.reviews.models import Review
from screening.roles import Role
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
    settled,
    vote,
)

pytestmark = pytest.mark.django_db

GERMAN: dict[str, Any] = {"languages": ["de"], "raw_languages": ["ger"]}
ENGLISH: dict[str, Any] = {"languages": ["en"], "raw_languages": ["eng"]}
PLACES = ("german", "german too", "voted on", "merged", "duplicate", "english", "unknown", "guessed")


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def records(review: Review) -> dict[str, Record]:
    """German records that may go or must stay, and others of which the rule knows nothing or that it takes."""
    stored = make_import(review, records=0)
    Import.objects.filter(pk=stored.pk).update(format="MEDLINE", parsed=len(PLACES), markers=len(PLACES))
    fields = {"english": ENGLISH, "unknown": {}, "guessed": {"languages": ["ja"], "language_inferred": True}}
    found = {
        place: make_record(stored, position=position, **fields.get(place, GERMAN))
        for position, place in enumerate(PLACES)
    }
    Standing.objects.filter(record=found["duplicate"]).update(lead=found["merged"], merged_by="rule")
    Change.objects.create(
        review=review, record=found["duplicate"], fact=ChangeOf.LEAD, value=f"{found['merged'].pk} rule"
    )
    items = {item.record_id: item for item in open_screening(review)}
    vote(alice(review), items[found["voted on"].pk], "include")
    return found


def language(review: Review) -> Criterion:
    return next(one for one in criteria_with_rules(review) if one.key == "language")


def preview(review: Review) -> Preview:
    (found,) = previews(review, [language(review)])
    return found


def removed(review: Review) -> set[int]:
    return set(Standing.objects.filter(review=review, removed="automation").values_list("pk", flat=True))


def test_only_criteria_with_a_rule_of_the_frozen_protocol_are_offered(review: Review) -> None:
    assert [one.key for one in criteria_with_rules(review)] == ["publication_type", "language", "timeframe"]
    assert criteria_with_rules(make_review("A draft", frozen=False)) == []


def test_im8_only_what_is_surely_not_met_would_go(review: Review, records: dict[str, Record]) -> None:
    found = preview(review)
    assert set(found.ineligible) == {records["german"].pk, records["german too"].pk}
    assert (found.voted, found.merged, found.met, found.unknown) == (1, 1, 1, 2)
    assert found.stay == 5
    assert len(found.ineligible) + found.stay == Standing.objects.filter(review=review, lead=None).count()


def test_im8_the_type_of_a_reference_manager_takes_nothing_out(review: Review) -> None:
    stored = make_import(review, records=2, types=["journal_article"], raw_types=["JOUR"])
    Import.objects.filter(pk=stored.pk).update(format="RIS")
    (found,) = previews(review, [one for one in criteria_with_rules(review) if one.key == "publication_type"])
    assert (found.ineligible, found.unknown) == ((), 2)


def test_the_act_moves_exactly_the_previewed_records_to_box_3(review: Review, records: dict[str, Record]) -> None:
    wanted = set(preview(review).ineligible)
    before = flow_of(review)
    assert remove_by_automation(member=lead(review), criterion=language(review), expected=2) == 2
    assert removed(review) == wanted == set(record_ids(review, "excluded_automatic"))
    after = flow_of(review)
    assert after.number("excluded_automatic") == 2
    assert after.number("records_screened") == before.number("records_screened") - 2
    assert all(law.holds is not False for law in after.laws)
    reason = Standing.objects.get(record=records["german"]).removed_reason
    assert reason == "Language not met by rule, act 1, protocol version 1: languages en, zh"
    event = AuditEvent.objects.get(review_id=review.pk, verb="remove records by automation")
    assert (event.reason, event.subject_label) == (reason, "Language")
    assert event.after == {"records": 2, "rule": {"languages": ["en", "zh"]}}
    assert Change.objects.filter(review=review, fact=ChangeOf.REMOVED, value="automation").count() == 2
    assert check(review).violations == []


def test_i8_the_past_is_told_as_it_was(review: Review, records: dict[str, Record]) -> None:
    remove_by_automation(member=lead(review), criterion=language(review), expected=2)
    moment = Change.objects.filter(review=review, fact=ChangeOf.REMOVED).latest("at").at
    undo_automation(member=lead(review), act=acts(lead(review))[0].event.pk)
    assert flow_of(review, as_of=moment).number("excluded_automatic") == 2
    assert flow_of(review).number("excluded_automatic") == 0


def test_what_is_removed_is_not_offered_for_screening_and_comes_back_with_the_undo(
    review: Review, records: dict[str, Record]
) -> None:
    waiting = set(waiting_for(bob(review), Stage.TITLE_ABSTRACT).values_list("record_id", flat=True))
    remove_by_automation(member=lead(review), criterion=language(review), expected=2)
    assert Job.objects.filter(review_id=review.pk, name="decisions.open_items", state="queued").exists()
    run_jobs(review)
    left = set(waiting_for(bob(review), Stage.TITLE_ABSTRACT).values_list("record_id", flat=True))
    assert left == waiting - {records["german"].pk, records["german too"].pk}
    (act,) = acts(lead(review))
    assert act.records == 2
    assert undo_automation(member=lead(review), act=act.event.pk) == 2
    run_jobs(review)
    assert set(waiting_for(bob(review), Stage.TITLE_ABSTRACT).values_list("record_id", flat=True)) == waiting
    assert acts(lead(review))[0].records == 0


def test_i10_an_act_and_its_undo_restore_the_counts(review: Review, records: dict[str, Record]) -> None:
    before = flow_of(review).numbers
    remove_by_automation(member=lead(review), criterion=language(review), expected=2)
    undo_automation(member=lead(review), act=acts(lead(review))[0].event.pk)
    assert flow_of(review).numbers == before


def test_u4_numbers_that_changed_since_they_were_looked_at_change_nothing(
    review: Review, records: dict[str, Record]
) -> None:
    with pytest.raises(NotAllowedNow, match="By now the rule calls 2 records not met, not 3"):
        remove_by_automation(member=lead(review), criterion=language(review), expected=3)
    assert removed(review) == set()


def test_an_act_is_undone_once_and_leaves_what_others_did_alone(review: Review, records: dict[str, Record]) -> None:
    remove_by_automation(member=lead(review), criterion=language(review), expected=2)
    (act,) = acts(lead(review))
    put_back(member=lead(review), record=records["german"])
    remove_record(member=lead(review), record=records["german"], reason="Not a paper")
    assert undo_automation(member=lead(review), act=act.event.pk) == 1
    assert Standing.objects.get(record=records["german"]).removed == "other"
    with pytest.raises(NotAllowedNow, match="undone already"):
        undo_automation(member=lead(review), act=act.event.pk)


def test_two_acts_of_one_rule_are_undone_apart(review: Review, records: dict[str, Record]) -> None:
    remove_by_automation(member=lead(review), criterion=language(review), expected=2)
    make_record(records["english"].imported_from, position=99, **GERMAN)
    remove_by_automation(member=lead(review), criterion=language(review), expected=1)
    second, first = acts(lead(review))
    assert (first.records, second.records) == (2, 1)
    undo_automation(member=lead(review), act=second.event.pk)
    assert removed(review) == {records["german"].pk, records["german too"].pk}


def test_another_reviews_act_cannot_be_undone(review: Review, records: dict[str, Record]) -> None:
    remove_by_automation(member=lead(review), criterion=language(review), expected=2)
    (act,) = acts(lead(review))
    other = make_review("Another")
    with pytest.raises(NotAllowedNow, match="nothing to undo"):
        undo_automation(member=lead(other), act=act.event.pk)
    with pytest.raises(NotAllowedNow, match="nothing to undo"):
        undo_automation(member=lead(review), act=act.event.pk + 100)


def test_more_records_than_a_batch_go_and_return_together(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    make_import(review, records=7, **GERMAN)
    monkeypatch.setattr("screening.dedupe.actions.BATCH", 3)
    remove_by_automation(member=lead(review), criterion=language(review), expected=7)
    assert len(removed(review)) == 7
    undo_automation(member=lead(review), act=acts(lead(review))[0].event.pk)
    assert removed(review) == set()


def test_a_long_rule_still_makes_a_reason_that_fits(review: Review) -> None:
    stored = make_import(review, records=1, types=["editorial"], raw_types=["Editorial"])
    Import.objects.filter(pk=stored.pk).update(format="MEDLINE")
    criterion = next(one for one in criteria_with_rules(review) if one.key == "publication_type")
    remove_by_automation(member=lead(review), criterion=criterion, expected=1)
    reason = Standing.objects.get(review=review).removed_reason
    assert reason.startswith(
        "Publication type not met by rule, act 1, protocol version 1: types taken: journal article"
    )
    assert len(reason) <= 200


# --- pages ---


def client_of(review: Review, *roles: Role) -> Client:
    client = Client()
    client.force_login((make_member(review, "Rosa Role", *roles) if roles else lead(review)).user)
    return client


def test_the_page_tells_the_numbers_and_the_list_opens_the_records(review: Review, records: dict[str, Record]) -> None:
    client = client_of(review)
    page = client.get(reverse("record_automation", args=[review.slug])).content.decode()
    assert "languages en, zh" in page
    (link,) = re.findall(r'<a class="n-link" href="([^"]+automation/language/)">2</a>', page)
    listed = client.get(link).content.decode()
    assert "Moves 2 records to box 3" in listed
    assert "5 stay" in listed
    for place in ("german", "german too"):
        assert reverse("record", args=[review.slug, records[place].number]) in listed
    assert reverse("record", args=[review.slug, records["unknown"].number]) not in listed


def test_the_button_removes_and_the_page_offers_the_undo(review: Review, records: dict[str, Record]) -> None:
    client = client_of(review)
    address = reverse("record_automation_remove", args=[review.slug, "language"])
    page = client.post(address, {"records": "2"}, follow=True).content.decode()
    assert "2 records marked as ineligible" in page
    (act,) = re.findall(r'name="act" value="(\d+)"', page)
    page = client.post(
        reverse("record_automation_undo", args=[review.slug]), {"act": act}, follow=True
    ).content.decode()
    assert "2 records back in the review" in page
    assert "Undone: all 2 are back" in page
    assert removed(review) == set()


@pytest.mark.parametrize("sent", [{}, {"records": "x"}, {"records": "7"}, {"records": "0"}])
def test_a_form_without_the_number_that_was_seen_changes_nothing(
    review: Review, records: dict[str, Record], sent: dict[str, str]
) -> None:
    answer = client_of(review).post(reverse("record_automation_remove", args=[review.slug, "language"]), sent)
    assert answer.status_code == 409
    assert removed(review) == set()


def test_a_criterion_without_a_rule_has_no_such_page(review: Review) -> None:
    client = client_of(review)
    for key in ("population", "nothing"):
        assert client.get(reverse("record_automation_list", args=[review.slug, key])).status_code == 404


def test_without_a_rule_the_page_says_what_to_do() -> None:
    review = make_review("A draft", frozen=False)
    page = client_of(review).get(reverse("record_automation", args=[review.slug])).content.decode()
    assert "No criterion of a frozen protocol has a rule yet" in page


def test_whoever_may_not_remove_records_sees_no_way_to_it(review: Review, records: dict[str, Record]) -> None:
    client = client_of(review, Role.LIBRARIAN)
    assert client.get(reverse("record_automation", args=[review.slug])).status_code == 403
    address = reverse("record_automation", args=[review.slug])
    assert address not in client.get(reverse("searches", args=[review.slug])).content.decode()
    assert address in client_of(review).get(reverse("searches", args=[review.slug])).content.decode()


def test_a_settled_record_stays(review: Review, records: dict[str, Record]) -> None:
    item = next(one for one in open_screening(review) if one.record_id == records["german"].pk)
    settled(review, item, "exclude", "exclude")
    assert preview(review).ineligible == (records["german too"].pk,)
