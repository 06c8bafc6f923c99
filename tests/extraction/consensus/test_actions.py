"""Dual extraction from the first entry to the lock: sealed until both submit, what differs settled, what is locked complete."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from extraction.consensus.actions import lock, reopen, settle, submit
from extraction.consensus.models import Chosen, Settlement
from extraction.consensus.queue import locked_with_a_gap, settled_values
from extraction.entries.actions import Incomplete, StaleEntry, assign, assign_evenly, save_entry, take_back, take_place
from extraction.entries.filling import Said
from extraction.entries.models import Entry, EntryValue, Extraction, ExtractionState
from extraction.entries.overview import rows_of
from extraction.tables.models import EntryMode, Form, FormVersion
from screening.audit.guards import lifted
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.history.reading import visible_events
from screening.reviews.models import Membership, Review
from screening.studies.actions import delete_study, merge_studies
from screening.studies.models import Study, StudyReport
from tests.factories import alice, bob, carol, included_study, lead, make_member, make_review

pytestmark = pytest.mark.django_db

CONTENT: dict[str, Any] = {
    "sections": [
        {
            "title": "Study",
            "fields": [
                {"key": "people", "kind": "text", "label": "Participants", "required": True},
                {"key": "many", "kind": "integer", "label": "How many"},
            ],
        }
    ]
}


def make_form(review: Review, mode: str = EntryMode.DUAL, content: dict[str, Any] = CONTENT) -> Form:
    """A published form of two fields."""
    form = Form.objects.create(review=review, name=f"Facts {review.extraction_forms.count()}", mode=mode)
    FormVersion.objects.create(review=review, form=form, number=1, content=content, published_at=timezone.now())
    return form


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def study(review: Review) -> Study:
    return included_study(review)


def enter(member: Membership, study: Study, form: Form, people: str, many: int | None = None) -> Entry:
    """A saved draft."""
    entry = take_place(member=member, study=study, form=form)
    said = {"people": Said(value=people), "many": Said(value=many)}
    return save_entry(member=member, entry_id=entry.pk, said=said, saves=entry.saves)


def both(review: Review, study: Study, form: Form, first: str, second: str) -> Extraction:
    """Alice and Bob have submitted."""
    submit(member=alice(review), entry_id=enter(alice(review), study, form, first, 6).pk)
    return submit(member=bob(review), entry_id=enter(bob(review), study, form, second, 6).pk)


def test_i26_an_entry_is_its_authors_alone_until_both_have_submitted(review: Review, study: Study) -> None:
    form = make_form(review)
    entry = enter(alice(review), study, form, "Physicians")
    extraction = submit(member=alice(review), entry_id=entry.pk)
    others = (bob(review), carol(review), lead(review))
    assert extraction.state == ExtractionState.OPEN
    assert [Entry.objects.visible_to(one).count() for one in others] == [0, 0, 0]
    assert list(Entry.objects.visible_to(alice(review))) == [entry]
    assert [rows_of(one, form)[0].places[0].has_submitted for one in others] == [None, None, True]
    assert not AuditEvent.objects.filter(verb__in=("submit entry", "open entries")).exists()
    assert settled_values(review, form) == {}
    with pytest.raises(NotAllowedNow):
        settle(member=bob(review), extraction_id=extraction.pk, field="people", chosen=Chosen.FIRST)
    submit(member=bob(review), entry_id=enter(bob(review), study, form, "Nurses").pk)
    assert [Entry.objects.visible_to(one).count() for one in others] == [2, 2, 2]


def test_equal_entries_agree_at_once_and_are_locked(review: Review, study: Study) -> None:
    form = make_form(review)
    extraction = both(review, study, form, "Physicians ", "physicians")
    assert extraction.state == ExtractionState.AGREED
    assert {key: one.value for key, one in settled_values(review, form)[study.pk].items()} == {
        "people": "Physicians ",
        "many": 6,
    }
    assert lock(member=bob(review), extraction_id=extraction.pk).state == ExtractionState.LOCKED
    assert locked_with_a_gap(review) == []
    with lifted():
        Settlement.objects.filter(field="many").delete()
    assert locked_with_a_gap(review) == [f"I41: {study.label} is locked without a value for How many"]


def test_i41_a_study_is_locked_once_a_third_person_settled_what_differs(review: Review, study: Study) -> None:
    form = make_form(review)
    extraction = both(review, study, form, "Physicians", "Nurses")
    third = carol(review)
    assert extraction.state == ExtractionState.DIFFER
    with pytest.raises(NotAllowedNow, match="1 field is still"):
        lock(member=third, extraction_id=extraction.pk)
    with pytest.raises(NotAllowedNow, match="why"):
        settle(member=third, extraction_id=extraction.pk, field="people", chosen=Chosen.NEW, new=Said(value="Both"))
    with pytest.raises(NotAllowedNow, match="agree"):
        settle(member=third, extraction_id=extraction.pk, field="many", chosen=Chosen.FIRST)
    stranger = make_member(review, "Dan Dover")
    with pytest.raises(NotAllowedNow, match="settle"):
        settle(member=stranger, extraction_id=extraction.pk, field="people", chosen=Chosen.FIRST)
    settle(
        member=third, extraction_id=extraction.pk, field="people", chosen=Chosen.NEW, new=Said(value="Both"), reason="Table 1"
    )  # fmt: skip
    lock(member=third, extraction_id=extraction.pk)
    assert settled_values(review, form)[study.pk]["people"].value == "Both"
    for change in (
        lambda: Settlement.objects.filter(field="people").update(value="Other"),
        lambda: EntryValue.objects.filter(field="people").update(value="Other"),
        lambda: EntryValue.objects.filter(field="people").delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_lead_reopens_with_a_reason_and_each_begins_with_what_was_settled(review: Review, study: Study) -> None:
    form = make_form(review)
    extraction = both(review, study, form, "Physicians", "Nurses")
    settle(member=carol(review), extraction_id=extraction.pk, field="people", chosen=Chosen.SECOND)
    with pytest.raises(NotAllowedNow, match="reason"):
        reopen(member=lead(review), extraction_id=extraction.pk, reason=" ")
    again = reopen(member=lead(review), extraction_id=extraction.pk, reason="A second report")
    new = Entry.objects.filter(extraction=again, round=2)
    assert (again.state, settled_values(review, form)) == (ExtractionState.OPEN, {})
    assert set(EntryValue.objects.filter(entry__in=new, field="people").values_list("value", flat=True)) == {"Nurses"}
    assert Entry.objects.filter(extraction=again, round=1).count() == 2
    assert Entry.objects.visible_to(bob(review)).filter(round=2).count() == 1


def test_a_stale_page_is_told_and_the_same_again_is_no_change(review: Review, study: Study) -> None:
    form = make_form(review)
    entry = enter(alice(review), study, form, "Physicians")
    same = save_entry(member=alice(review), entry_id=entry.pk, said={"people": Said(value="Physicians")}, saves=0)
    assert same.saves == entry.saves == 1
    with pytest.raises(StaleEntry):
        save_entry(member=alice(review), entry_id=entry.pk, said={"people": Said(value="Nurses")}, saves=0)
    assert EntryValue.objects.get(field="people").value == "Physicians"


def test_an_entry_lacking_a_required_field_is_saved_and_not_submitted(review: Review, study: Study) -> None:
    entry = enter(alice(review), study, make_form(review), "")
    with pytest.raises(Incomplete) as refusal:
        submit(member=alice(review), entry_id=entry.pk)
    assert [lack.key for lack in refusal.value.lacks] == ["people"]


def test_an_entry_is_taken_back_until_the_other_has_submitted(review: Review, study: Study) -> None:
    form = make_form(review)
    entry = enter(alice(review), study, form, "Physicians")
    submit(member=alice(review), entry_id=entry.pk)
    assert take_back(member=alice(review), entry_id=entry.pk).state == "draft"
    both(review, study, form, "Physicians", "Nurses")
    with pytest.raises(NotAllowedNow, match="complete"):
        take_back(member=alice(review), entry_id=entry.pk)


def test_whoever_is_replaced_keeps_what_they_entered(review: Review, study: Study) -> None:
    form, dan = make_form(review), make_member(review, "Dan Dover")
    entry = enter(alice(review), study, form, "Physicians")
    assign(member=lead(review), study=study, form=form, people=[bob(review), dan], is_pilot=True)
    entry.refresh_from_db()
    assert entry.left_at is not None
    assert EntryValue.objects.filter(entry=entry, field="people").exists()
    with pytest.raises(NotAllowedNow, match="taken"):
        save_entry(member=alice(review), entry_id=entry.pk, said={"people": Said(value="Other")}, saves=entry.saves)
    assign(member=lead(review), study=study, form=form, people=[alice(review), dan])
    entry.refresh_from_db()
    assert entry.left_at is None


def test_promise_1_another_goes_on_from_an_unfinished_entry_and_nobody_else_reads_it(
    review: Review, study: Study
) -> None:
    """Dan goes on from Alice's draft; Alice keeps hers and cannot take Bob's place; Bob, who left the review, keeps what he submitted."""
    form, dan = make_form(review), make_member(review, "Dan Dover")
    entry = enter(alice(review), study, form, "Physicians")
    done = enter(bob(review), study, form, "Physicians")
    submit(member=bob(review), entry_id=done.pk)
    Membership.objects.filter(pk=bob(review).pk).update(active_to=timezone.now())
    assign(member=lead(review), study=study, form=form, people=[dan, bob(review)], goes_on=True)
    own = Entry.objects.get(extractor=dan)
    assert (own.state, own.slot, own.values.get(field="people").value) == ("draft", 1, "Physicians")
    assert set(Entry.objects.visible_to(dan)) == {own}
    assert not Entry.objects.visible_to(lead(review)).exists()
    assert entry.values.get(field="people").value == "Physicians"
    with pytest.raises(NotAllowedNow, match="knows what stands"):
        assign(member=lead(review), study=study, form=form, people=[dan, alice(review)])
    assert submit(member=dan, entry_id=own.pk).state == ExtractionState.AGREED


def test_free_places_are_filled_evenly(review: Review, study: Study) -> None:
    form, people = make_form(review), [alice(review), bob(review), make_member(review, "Dan Dover")]
    other = included_study(review, "Tavakol 2008")
    third = included_study(review, "Varpio 2014")
    assert assign_evenly(member=lead(review), form=form, people=people) == 6
    assert [Entry.objects.filter(extractor=one).count() for one in people] == [2, 2, 2]
    assert Entry.objects.filter(extraction__study__in=[study, other, third]).count() == 6
    with pytest.raises(NotAllowedNow, match="No place"):
        assign_evenly(member=lead(review), form=form, people=people)


def test_a_single_entry_stands_and_a_verifier_sees_the_entry_to_be_checked(review: Review, study: Study) -> None:
    single, verified = make_form(review, EntryMode.SINGLE), make_form(review, EntryMode.VERIFY)
    done = submit(member=alice(review), entry_id=enter(alice(review), study, single, "Physicians").pk)
    assert (done.state, set(Settlement.objects.filter(extraction=done).values_list("chosen", flat=True))) == (
        ExtractionState.AGREED,
        {"only"},
    )
    entry = enter(alice(review), study, verified, "Physicians")
    take_place(member=bob(review), study=study, form=verified)
    assert entry not in Entry.objects.visible_to(bob(review))
    submit(member=alice(review), entry_id=entry.pk)
    assert entry in Entry.objects.visible_to(bob(review))
    assert entry not in Entry.objects.visible_to(carol(review))


def test_i47_an_excluded_study_leaves_the_tables_and_keeps_its_data(review: Review, study: Study) -> None:
    form = make_form(review)
    both(review, study, form, "Physicians", "physicians")
    StudyReport.objects.filter(study=study).delete()
    assert (settled_values(review, form), rows_of(lead(review), form)) == ({}, [])
    assert EntryValue.objects.count() == 4


def test_i30_the_log_names_no_extractors_to_whoever_may_rule(review: Review, study: Study) -> None:
    form = make_form(review)
    assign(member=lead(review), study=study, form=form, people=[alice(review), bob(review)])
    extraction = both(review, study, form, "Physicians", "Nurses")
    settle(member=alice(review), extraction_id=extraction.pk, field="people", chosen=Chosen.FIRST)
    lock(member=alice(review), extraction_id=extraction.pk)
    naming = {"assign extraction", "submit entry", "settle value"}
    told = visible_events(carol(review)).values_list("verb", flat=True)
    assert not naming & set(told)
    assert {"open entries", "lock extraction"} <= set(told)
    assert naming <= set(visible_events(bob(review)).values_list("verb", flat=True))


def test_a_study_that_is_extracted_is_neither_merged_away_nor_deleted(review: Review, study: Study) -> None:
    entry = enter(alice(review), study, make_form(review), "Physicians")
    other = included_study(review, "Tavakol 2008")
    with pytest.raises(NotAllowedNow, match="Merge the other study into it"):
        merge_studies(member=lead(review), kept=other, other=study)
    assert (study.study_reports.count(), other.study_reports.count()) == (1, 1)
    study.study_reports.all().delete()
    with pytest.raises(NotAllowedNow, match="cannot be deleted"):
        delete_study(member=lead(review), study=study)
    assert Entry.objects.filter(pk=entry.pk).exists()
    merge_studies(member=lead(review), kept=study, other=other)
    assert list(Study.objects.filter(review=review)) == [study]
    assert not AuditEvent.objects.filter(verb="delete study").exists()
