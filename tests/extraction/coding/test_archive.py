"""An archive takes the codebook, texts and codings along, and brings them back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.coding.actions import add_code, facts_of, make_codebook, merge_codes, move_code
from extraction.coding.marking import add_memo, add_source, code_segment, submit
from extraction.coding.models import Coding
from extraction.coding.queue import codes, settled_codings
from screening.archive.restoring import restore_archive
from screening.archive.writing import write_archive
from screening.audit.refusal import NotAllowedNow
from tests.factories import alice, bob, included_study, lead, make_review

pytestmark = pytest.mark.django_db


def test_an_archive_brings_the_coding_back_and_none_is_made_for_members_while_it_is_sealed(tmp_path: Path) -> None:
    review = make_review()
    member, study = alice(review), included_study(review)
    make_codebook(member=lead(review), name="Themes", preset="ecological")
    one, two, three = (add_code(member=member, name=name, colour="#1A6840") for name in ("Time", "Hours", "Mentors"))
    move_code(member=member, code=one, parent=three)
    source = add_source(
        member=member, study=study, kind="results", label="Results", text="時間不足。 Mentors were few."
    )
    code_segment(member=member, source=source, start=0, end=5, code=two)
    add_memo(member=member, study=study, text="Quokka")
    submit(member=member, study=study)
    with pytest.raises(NotAllowedNow):
        write_archive(review=review, into=tmp_path / "members.zip", for_members=True)
    code_segment(member=bob(review), source=source, start=0, end=5, code=two)
    submit(member=bob(review), study=study)
    merge_codes(member=member, code=two, into=one, reason="The same")
    write_archive(review=review, into=tmp_path / "whole.zip")
    copy = restore_archive(tmp_path / "whole.zip")
    assert facts_of(codes(copy)) == facts_of(codes(review))
    assert len(settled_codings(copy)) == len(settled_codings(review)) == 1
    assert Coding.objects.filter(review=copy).count() == 2
    assert copy.source_texts.get().text == source.text
