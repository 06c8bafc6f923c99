"""Forms are made, edited as drafts and published for good; a later version marks what it touches and loses no value."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from extraction.consensus.actions import submit
from extraction.entries.actions import assign, save_entry
from extraction.entries.filling import Said
from extraction.entries.models import Entry, Extraction
from extraction.entries.overview import rows_of
from extraction.tables.actions import (
    bring_back,
    change_form,
    discard_draft,
    edit_draft,
    make_form,
    publish,
    retire,
)
from extraction.tables.changes import added, meaning_changed
from extraction.tables.fields import read_form
from extraction.tables.models import EntryMode, Form, FormKind
from extraction.tables.queue import draft_version, forms_of, keys_ever, published_version
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership
from tests.factories import alice, bob, included_study, lead, make_review

pytestmark = pytest.mark.django_db


def content(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"sections": [{"title": "Study", "fields": list(fields)}]}


AIM = {"key": "aim", "kind": "text", "label": "Aim"}
SIZE = {"key": "size", "kind": "integer", "label": "Size"}


def test_a_form_begins_from_a_preset_and_its_name_is_taken_once() -> None:
    review = make_review()
    member = lead(review)
    form = make_form(member=member, name=" Table  2 ", preset="study-characteristics")
    draft = draft_version(form)
    assert form.name == "Table 2"
    assert draft is not None
    assert read_form(draft.content).field("sample") is not None
    wrongs: tuple[dict[str, Any], ...] = (
        {"name": "Table 2"},
        {"name": " "},
        {"name": "B", "preset": "nothing"},
        {"name": "B", "mode": "three"},
    )
    for wrong in wrongs:
        with pytest.raises(NotAllowedNow):
            make_form(member=member, **wrong)
    with pytest.raises(NotAllowedNow, match="unknown kind"):
        make_form(member=member, name="C", content=content({"key": "a", "kind": "magic", "label": "A"}))
    with pytest.raises(NotAllowedNow, match="asks nothing"):
        publish(member=member, form=make_form(member=member, name="Empty", kind=FormKind.APPRAISAL))
    assert [one.name for one in forms_of(review, FormKind.TABLE)] == ["Table 2"]
    assert AuditEvent.objects.filter(review_id=review.pk, verb="make form").count() == 2


def test_a_published_version_never_changes_and_a_later_one_has_its_reason() -> None:
    member = lead(make_review())
    form = make_form(member=member, name="A", content=content(AIM))
    first = publish(member=member, form=form)
    with pytest.raises(NotAllowedNow, match="no draft"):
        publish(member=member, form=form)
    draft = edit_draft(member=member, form=form, content=content(AIM, SIZE))
    assert (draft.number, published_version(form)) == (2, first)
    with pytest.raises(NotAllowedNow, match="Say why"):
        publish(member=member, form=form)
    discard_draft(member=member, form=form)
    edit_draft(member=member, form=form, content=content(SIZE))
    assert publish(member=member, form=form, reason="The aim is elsewhere").number == 2
    assert keys_ever(form) == {"aim", "size"}
    with pytest.raises(NotAllowedNow, match="another kind"):
        edit_draft(member=member, form=form, content=content(SIZE | {"kind": "text"}))
    edit_draft(member=member, form=form, content=content(SIZE))
    with pytest.raises(NotAllowedNow, match="equals version 2"):
        publish(member=member, form=form, reason="None")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE extraction_formversion SET content = '{}' WHERE id = %s", [first.pk])


def test_a_form_is_named_anew_and_retired_and_comes_back() -> None:
    review = make_review()
    member = lead(review)
    form = make_form(member=member, name="A", content=content(AIM))
    make_form(member=member, name="B")
    with pytest.raises(NotAllowedNow, match="Another form"):
        change_form(member=member, form=form, name="B", mode="dual")
    assert change_form(member=member, form=form, name="C", mode="single").mode == EntryMode.SINGLE
    with pytest.raises(NotAllowedNow):
        retire(member=member, form=form, reason=" ")
    retire(member=member, form=form, reason="Twice")
    assert [one.name for one in forms_of(review)] == ["B"]
    bring_back(member=member, form=form)
    assert Form.objects.get(pk=form.pk).retired_at is None
    with pytest.raises(NotAllowedNow, match="not of this review"):
        retire(member=lead(make_review()), form=form, reason="Elsewhere")


def entered(member: Membership, extraction: Extraction, **values: Any) -> Entry:
    entry = Entry.objects.get(extraction=extraction, extractor=member, round=extraction.round)
    said = {key: Said(value=value) for key, value in values.items()}
    return save_entry(member=member, entry_id=entry.pk, said=said, saves=entry.saves)


@pytest.mark.parametrize(
    ("fields", "is_touched"),
    [
        ([AIM | {"label": "Main aim"}, SIZE], True),
        ([AIM, SIZE | {"label": "Number"}], False),
        ([AIM | {"help": "In one line"}, SIZE], False),
        ([AIM, SIZE, {"key": "new", "kind": "text", "label": "New"}], True),
        ([SIZE], False),
    ],
)
def test_a_later_version_marks_the_complete_study_that_holds_what_changed(
    fields: list[dict[str, Any]], is_touched: bool
) -> None:
    review = make_review()
    member, study = lead(review), included_study(review)
    form = make_form(member=member, name="A", content=content(AIM, SIZE), mode="single")
    first = publish(member=member, form=form)
    extraction = assign(member=member, study=study, form=form, people=[alice(review)])
    submit(member=alice(review), entry_id=entered(alice(review), extraction, aim="To see").pk)
    edit_draft(member=member, form=form, content=content(*fields))
    publish(member=member, form=form, reason="Pilot")
    extraction.refresh_from_db()
    assert (extraction.revisit, extraction.version_id) == (is_touched, first.pk)
    assert extraction.entries.get().values.get(field="aim").value == "To see"


def test_what_is_still_blind_goes_on_with_the_new_version_and_shows_nothing_of_who_began() -> None:
    review = make_review()
    member, study = lead(review), included_study(review)
    form = make_form(member=member, name="A", content=content(AIM, SIZE))
    publish(member=member, form=form)
    extraction = assign(member=member, study=study, form=form, people=[alice(review), bob(review)])
    submit(member=alice(review), entry_id=entered(alice(review), extraction, aim="To see").pk)
    edit_draft(member=member, form=form, content=content(AIM | {"label": "Main aim"}, SIZE))
    second = publish(member=member, form=form, reason="Pilot")
    extraction.refresh_from_db()
    assert (extraction.version_id, extraction.revisit, extraction.state) == (second.pk, False, "open")
    own = extraction.entries.get(extractor=alice(review))
    assert (own.state, own.submitted_at, own.values.get(field="aim").value) == ("draft", None, "To see")
    marks = {one.user.name: rows_of(one, form)[0].changed for one in (alice(review), bob(review), member)}
    assert list(marks.values()) == [1, 0, 0]
    submit(member=alice(review), entry_id=own.pk)
    assert rows_of(alice(review), form)[0].changed == 0


def test_a_form_in_a_circle_with_doubles_or_names_too_long_is_refused_with_one_sentence() -> None:
    member = lead(make_review())
    circle = [AIM | {"show_if": {"field": "size"}}, SIZE | {"show_if": {"field": "aim"}}]
    form = make_form(member=member, name="A", content=content(AIM, SIZE))
    for fields, sentence in ((circle, "nobody would ever be asked"), ([AIM, SIZE | {"label": "ＡＩＭ "}], "called")):
        with pytest.raises(NotAllowedNow, match=sentence):
            edit_draft(member=member, form=form, content=content(*fields))
        with pytest.raises(NotAllowedNow, match=sentence):
            make_form(member=member, name="B", content=content(*fields))
    with pytest.raises(NotAllowedNow, match="at most 120 letters; this has 121"):
        make_form(member=member, name="x" * 121)
    with pytest.raises(NotAllowedNow, match="at most 120 letters; this has 215"):
        change_form(member=member, form=form, name="x" * 215, mode="dual")
    with pytest.raises(NotAllowedNow, match="title of a section has 215 letters"):
        edit_draft(member=member, form=form, content={"sections": [{"title": "x" * 215, "fields": [AIM]}]})


def test_a_draft_that_was_unsound_before_is_mended_step_by_step_and_published_only_when_it_is_sound() -> None:
    member = lead(make_review())
    form = make_form(member=member, name="A", content=content(AIM))
    twice = [AIM, SIZE | {"label": "Aim"}, {"key": "c", "kind": "text", "label": "Aim"}]
    form.versions.update(content=content(*twice))
    edit_draft(member=member, form=form, content=content(AIM, SIZE, twice[2]))
    with pytest.raises(NotAllowedNow, match="called"):
        publish(member=member, form=form)
    edit_draft(member=member, form=form, content=content(AIM, SIZE))
    assert publish(member=member, form=form).number == 1


def test_meaning_is_words_answers_unit_and_condition() -> None:
    old = read_form(content(AIM, SIZE, {"key": "c", "kind": "choice", "label": "C", "options": ["A", "B"]}))
    new = read_form(
        content(
            AIM | {"label": "aim ", "required": True},
            SIZE | {"show_if": {"field": "c", "values": ["a"]}},
            {"key": "c", "kind": "choice", "label": "C", "options": ["B", "A", "D"]},
            {"key": "r", "kind": "reference", "label": "R"},
        )
    )
    assert meaning_changed(old, new) == {"size", "c"}
    assert added(old, new) == set()
