"""An archive takes extraction and coding along: brought in and archived again, it says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extraction.coding.actions import add_code, make_codebook
from extraction.coding.marking import add_source, code_segment
from extraction.coding.marking import submit as submit_coding
from extraction.consensus.actions import lock, settle
from extraction.consensus.models import Chosen, Settlement
from extraction.entries.models import Anchor, Entry, EntryValue
from screening.archive.contents import kept_models, plain_rows
from screening.archive.restoring import restore_archive
from screening.archive.writing import write_archive
from screening.reviews.models import Review
from tests.extraction.consensus.test_actions import both, make_form
from tests.factories import alice, bob, included_study, lead, make_review

pytestmark = pytest.mark.django_db


def _extracted_and_coded() -> Review:
    """A locked study with a settled field and a pin, coded by two."""
    review = make_review()
    study = included_study(review)
    extraction = both(review, study, make_form(review), "Physicians", "Nurses")
    entry = Entry.objects.get(extractor=alice(review))
    Anchor.objects.create(review=review, entry=entry, field="people", sha256="0" * 64, page=2, quote="Ibex")
    settle(member=alice(review), extraction_id=extraction.pk, field="people", chosen=Chosen.FIRST)
    lock(member=alice(review), extraction_id=extraction.pk)
    make_codebook(member=lead(review), name="Themes")
    code = add_code(member=lead(review), name="Mentors")
    source = add_source(member=lead(review), study=study, kind="results", label="Results", text="Few mentors. No time.")
    for member in (alice(review), bob(review)):
        code_segment(member=member, source=source, start=0, end=12, code=code)
        submit_coding(member=member, study=study)
    return review


def _told(review: Review) -> dict[str, list[tuple[Any, ...]]]:
    """How many rows each table has, and every value, pin and settlement by what it says."""
    here = {"review": review}
    values = EntryValue.objects.filter(**here).order_by("entry__slot", "field")
    pins = Anchor.objects.filter(**here).order_by("field")
    stands = Settlement.objects.filter(**here).order_by("field")
    return {
        "rows": [(model.__name__, len(list(plain_rows(model, review)))) for model in kept_models()],
        "values": list(values.values_list("entry__slot", "field", "status", "value", "note")),
        "pins": list(pins.values_list("entry__slot", "field", "sha256", "page", "quote")),
        "stands": list(
            stands.values_list("field", "status", "value", "chosen", "decided_by__user__email", "decided_at")
        ),
    }


def test_p48_extraction_and_coding_come_back_as_they_were_and_once_more(tmp_path: Path) -> None:
    review = _extracted_and_coded()
    write_archive(review=review, into=tmp_path / "one.zip")
    again = restore_archive(tmp_path / "one.zip")
    write_archive(review=again, into=tmp_path / "two.zip")
    once_more = restore_archive(tmp_path / "two.zip")
    assert _told(review) == _told(again) == _told(once_more)
    assert dict(_told(review)["rows"])["Coding"] == 2
    assert len(_told(again)["stands"]) == 2
