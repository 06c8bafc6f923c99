"""A decision is taken back, a revealed study is opened again, and agreement goes on to be told of the first, independent round."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from extraction.coding.actions import add_code, make_codebook
from extraction.coding.compare_views import decisions
from extraction.coding.marking import add_memo, add_source, code_segment, remove_coding, segment_of, submit
from extraction.coding.models import Code, CodedStudy, Coding, CodingSettlement, SourceText
from extraction.coding.overview import agreed
from extraction.coding.queue import settled_codings
from extraction.coding.reconciling import Edited, open_differences, reconcile, reopen, undo_decision
from screening.audit.refusal import NotAllowedNow
from screening.history.reading import visible_events
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, carol, included_study, lead, make_review
from tests.screening.api.clients import Script

pytestmark = pytest.mark.django_db


def _coded() -> tuple[Review, SourceText, Code, Code]:
    """Alice has mentors and time, Bob has mentors and money; both have submitted."""
    review = make_review()
    make_codebook(member=lead(review), name="Themes", preset="ecological")
    mentors, time = (add_code(member=alice(review), name=name, level="Individual") for name in ("Mentors", "Time"))
    text = "Mentors were few. Time was short. Money was short."
    source = add_source(member=alice(review), study=included_study(review), kind="results", label="Results", text=text)
    for coder, start, end in ((alice(review), 18, 33), (bob(review), 34, 50)):
        code_segment(member=coder, source=source, start=0, end=17, code=mentors)
        code_segment(member=coder, source=source, start=start, end=end, code=time)
        submit(member=coder, study=source.study)
    return review, source, mentors, time


def _decide(member: Membership, source: SourceText, code: Code, start: int, how: str, **said: Any) -> None:
    reconcile(member=member, study=source.study, source=source, code_id=code.pk, start=start, how=how, **said)


def _standing(review: Review) -> list[tuple[int, int]]:
    return sorted((one.code_id, one.segment_id) for one in settled_codings(review))


def test_a_decision_is_taken_back_as_a_whole_and_settled_again() -> None:
    review, source, mentors, time = _coded()
    before = _standing(review)
    _decide(carol(review), source, time, 18, "edit", reason="Money", edited=Edited(segment_of(source, 34, 39), mentors))
    _decide(carol(review), source, time, 34, "first")
    assert CodedStudy.objects.get().settled_at is not None
    rows = CodingSettlement.objects.select_related("code", "segment")
    of_edit = next(one for one in decisions(rows, str) if one.row.how == "edit")
    assert (len(of_edit.stand), len(of_edit.fall)) == (1, 1)
    undo_decision(member=carol(review), study=source.study, settlement_id=of_edit.row.pk)
    assert _standing(review) == before
    assert [one.start for one in open_differences(source.study)] == [18]
    assert CodedStudy.objects.get().settled_at is None
    with pytest.raises(NotAllowedNow, match="undone already"):
        undo_decision(member=carol(review), study=source.study, settlement_id=of_edit.row.pk)
    equal = CodingSettlement.objects.filter(how="equal")[0]
    with pytest.raises(NotAllowedNow):
        undo_decision(member=carol(review), study=source.study, settlement_id=equal.pk)
    _decide(bob(review), source, time, 18, "second")
    assert CodedStudy.objects.get().settled_at is not None


def test_promise_1_a_study_opened_again_is_sealed_until_both_submit_anew_and_keeps_what_nobody_changed() -> None:
    review, source, mentors, time = _coded()
    study = source.study
    _decide(carol(review), source, time, 18, "first")
    _decide(carol(review), source, time, 34, "second")
    settled, told = _standing(review), agreed(review, review.codebook)
    with pytest.raises(NotAllowedNow, match="reason"):
        reopen(member=lead(review), study=study, reason=" ")
    reopen(member=lead(review), study=study, reason="A text was missing")
    with pytest.raises(NotAllowedNow, match="open already"):
        reopen(member=lead(review), study=study, reason="Again")
    assert settled_codings(review) == []
    assert {one.coder_id for one in Coding.objects.visible_to(alice(review))} == {alice(review).pk}
    assert not Coding.objects.visible_to(lead(review)).exists()
    remove_coding(member=alice(review), source=source, start=18, end=33, code=time)
    remove_coding(member=bob(review), source=source, start=0, end=17, code=mentors)
    code_segment(member=bob(review), source=source, start=0, end=17, code=mentors)
    code_segment(member=bob(review), source=source, start=8, end=17, code=time)
    submit(member=alice(review), study=study)
    assert settled_codings(review) == []
    submit(member=bob(review), study=study)
    kept = {segment for _, segment in settled} - {segment_of(source, 18, 33).pk}
    assert {segment for _, segment in _standing(review)} == kept, "what Alice took off stands no longer"
    assert [one.start for one in open_differences(study)] == [8]
    assert agreed(review, review.codebook) == told, "agreement is that of the first round"


def test_s4_who_may_rule_reads_no_coder_by_name_on_any_page_of_coding() -> None:
    review, source, _, time = _coded()
    _decide(alice(review), source, time, 18, "first", reason="Quokka")
    add_memo(member=alice(review), study=source.study, text="Ocelot")
    pages = [("coding_compare", source.study_id), ("coding_text", source.pk), ("coding_study", source.study_id)]
    for member, masked in ((carol(review), True), (lead(review), False), (bob(review), False)):
        client = Client()
        client.force_login(member.user)
        found = [
            client.get(reverse(name, args=[review.slug, number])).content.decode().partition("<main")[2]
            for name, number in pages
        ]
        assert ["Reviewer 1" in page for page in found] == [masked] * 3
        assert any("Alice Archer" in page for page in found) is not masked
        assert visible_events(member).filter(verb__in=["submit coding", "settle coding"]).exists() is not masked
        assert "Quokka" in found[0]
        script = Script(member.user, review)
        names = script.get(f"/coding/studies/{source.study_id}/comparison")["coders"]
        names += [one["by"] for one in script.get(f"/coding/texts/{source.pk}/codings")["items"]]
        names += [one["by"] for one in script.get(f"/coding/studies/{source.study_id}")["memos"]["items"]]
        assert {name.startswith("Reviewer ") for name in names} == {masked}, "the same by token"
    told = agreed(review, review.codebook)
    assert told is not None
    assert (told.passages, told.overall.by_passage.both, told.overall.by_passage.one_only) == (3, 1, 2)
