"""A computed field stands in the table of characteristics, from the values that stand (I43)."""

from __future__ import annotations

import pytest

from extraction.consensus.actions import submit
from extraction.entries.actions import assign, save_entry
from extraction.entries.filling import Said
from extraction.synthesis.characteristics import tables_of
from extraction.tables.actions import make_form, publish
from tests.factories import alice, included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_i43_a_computed_field_is_told_from_what_was_settled() -> None:
    review = make_review()
    mei, person, study = lead(review), alice(review), included_study(review)
    fields = [
        {"key": "asked", "kind": "integer", "label": "Asked"},
        {"key": "twice", "kind": "computed", "label": "Twice", "formula": "asked * 2"},
    ]
    content = {"sections": [{"title": "S", "fields": fields}]}
    form = make_form(member=mei, name="Facts", content=content, mode="single")
    publish(member=mei, form=form)
    entry = assign(member=mei, study=study, form=form, people=[person]).entries.get()
    save_entry(member=person, entry_id=entry.pk, said={"asked": Said(value=21)}, saves=0)
    submit(member=person, entry_id=entry.pk)
    (table,) = tables_of(review)
    assert (table.headings, table.rows) == (("Study", "Asked", "Twice"), ((study.label, "21", "42"),))
