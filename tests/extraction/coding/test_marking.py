"""Coding a study: sealed until both submit, what both coded stands, what differs is settled; merging counts nothing twice."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from extraction.coding.actions import (
    add_code,
    bring_in_codes,
    change_mode,
    edit_code,
    facts_of,
    freeze_codebook,
    make_codebook,
    merge_codes,
    move_code,
    rename_code,
    retire_code,
    split_code,
    undo_change,
)
from extraction.coding.exchange import CodeFacts
from extraction.coding.marking import (
    add_memo,
    add_source,
    code_segment,
    remove_coding,
    segment_of,
    set_text_aside,
    submit,
    take_back,
)
from extraction.coding.models import Code, CodedStudy, Coding, CodingMemo, CodingMode, SourceText
from extraction.coding.queue import codes, settled_codings
from extraction.coding.reconciling import Edited, open_differences, reconcile
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import reopen_item
from screening.decisions.models import Item
from screening.reviews.models import Review
from tests.factories import alice, bob, included_study, lead, make_member, make_review

pytestmark = pytest.mark.django_db

TEXT = "Mentors were few. 時間不足。 Money was short."


def _begun(mode: str = CodingMode.CODEBOOK) -> tuple[Review, SourceText, Code, Code]:
    review = make_review()
    study = included_study(review)
    make_codebook(member=lead(review), name="Themes", mode=mode, preset="ecological")
    time = add_code(member=alice(review), name="Time", direction="barrier", level="Environmental")
    mentors = add_code(member=alice(review), name="Mentors", direction="barrier", level="Interpersonal")
    source = add_source(member=alice(review), study=study, kind="results", label="Results", text=TEXT)
    return review, source, time, mentors


def test_promise_1_codings_and_memos_are_sealed_until_both_have_submitted() -> None:
    review, source, time, _ = _begun()
    first, second = alice(review), bob(review)
    code_segment(member=first, source=source, start=18, end=23, code=time)
    add_memo(member=first, study=source.study, text="Quokka")
    add_memo(member=first, code=time, text="Ocelot")
    submit(member=first, study=source.study)
    for other in (second, lead(review)):
        assert not Coding.objects.visible_to(other).exists()
        assert not CodingMemo.objects.visible_to(other).exists()
    assert settled_codings(review) == []
    submit(member=second, study=source.study)
    assert Coding.objects.visible_to(second).count() == 1
    assert CodingMemo.objects.visible_to(second).count() == 2
    with pytest.raises(NotAllowedNow, match="Both have submitted"):
        take_back(member=first, study=source.study)
    with pytest.raises(NotAllowedNow, match="Both have submitted"):
        code_segment(member=first, source=source, start=0, end=7, code=time)


def test_what_both_coded_alike_stands_and_what_differs_is_settled() -> None:
    review, source, time, mentors = _begun()
    first, second = alice(review), bob(review)
    code_segment(member=first, source=source, start=0, end=17, code=mentors)
    code_segment(member=second, source=source, start=0, end=12, code=mentors)
    code_segment(member=first, source=source, start=18, end=23, code=time)
    code_segment(member=second, source=source, start=24, end=40, code=time)
    for coder in (first, second):
        submit(member=coder, study=source.study)
    assert [(one.code_id, one.study_id) for one in settled_codings(review)] == [(mentors.pk, source.study_id)]
    one, two = open_differences(source.study)
    tell: dict[str, Any] = {"member": lead(review), "study": source.study, "source": source, "code_id": time.pk}
    with pytest.raises(NotAllowedNow, match="reason"):
        reconcile(**tell, start=one.start, how="edit")
    reconcile(**tell, start=one.start, how="first")
    edited = Edited(segment_of(source, 24, 35), mentors)
    reconcile(**tell, start=two.start, how="edit", reason="Money is no time", edited=edited)
    assert open_differences(source.study) == []
    assert CodedStudy.objects.get().settled_at is not None
    assert sorted(one.code_id for one in settled_codings(review)) == sorted([time.pk, mentors.pk, mentors.pk])
    with pytest.raises(NotAllowedNow, match="settled already"):
        reconcile(**tell, start=two.start, how="second")


def test_two_code_a_study_and_a_third_is_sent_elsewhere() -> None:
    review, source, time, _ = _begun()
    for name in ("Alice Archer", "Bob Baker"):
        code_segment(member=make_member(review, name), source=source, start=0, end=7, code=time)
    with pytest.raises(NotAllowedNow, match="Two people"):
        code_segment(member=make_member(review, "Dan Dorn"), source=source, start=0, end=7, code=time)


def test_a_coding_is_taken_off_and_put_back_and_blanks_are_no_passage() -> None:
    review, source, time, _ = _begun()
    where: dict[str, Any] = {"member": alice(review), "source": source, "start": 17, "end": 23, "code": time}
    coding = code_segment(**where)
    assert (coding.segment.start, coding.segment.quote) == (18, "時間不足。")
    remove_coding(**where | {"start": 18})
    assert not Coding.objects.standing().exists()
    assert code_segment(**where).pk == coding.pk
    assert Coding.objects.standing().count() == 1
    with pytest.raises(NotAllowedNow, match="Choose some words"):
        code_segment(**where | {"start": 17, "end": 18})


def test_i44_i47_an_excluded_study_leaves_the_counts_and_keeps_its_codings() -> None:
    review, source, time, _ = _begun(CodingMode.REFLEXIVE)
    code_segment(member=alice(review), source=source, start=0, end=7, code=time)
    assert len(settled_codings(review)) == 1
    set_text_aside(member=alice(review), source=source)
    assert settled_codings(review) == []
    set_text_aside(member=alice(review), source=source, aside=False)
    assert len(settled_codings(review)) == 1
    report = Item.objects.filter(review=review, stage="ft").get()
    reopen_item(lead=lead(review), item_id=report.pk, reason="Read again")
    assert settled_codings(review) == []
    assert Coding.objects.standing().count() == 1
    with pytest.raises(NotAllowedNow, match="included"):
        code_segment(member=alice(review), source=source, start=8, end=12, code=time)


def test_i46_merging_and_its_undo_are_identity_and_so_is_retiring() -> None:
    review, source, time, mentors = _begun(CodingMode.REFLEXIVE)
    member = alice(review)
    for code in (time, mentors):
        code_segment(member=member, source=source, start=0, end=7, code=code)
    before = settled_codings(review), codes(review)
    change = merge_codes(member=member, code=time, into=mentors, reason="The same")
    assert [(one.code_id) for one in settled_codings(review)] == [mentors.pk], (
        "one study, one passage: counted once (I45)"
    )
    with pytest.raises(NotAllowedNow, match="no new codings"):
        code_segment(member=member, source=source, start=8, end=12, code=time)
    undo_change(member=member, change=change)
    assert (settled_codings(review), codes(review)) == before
    with pytest.raises(NotAllowedNow, match="undone already"):
        undo_change(member=member, change=change)
    retired = retire_code(member=member, code=time, reason="Not used")
    assert [one.code_id for one in settled_codings(review)] == [mentors.pk]
    undo_change(member=member, change=retired)
    assert (settled_codings(review), codes(review)) == before


def test_a_code_is_split_renamed_moved_and_each_is_undone() -> None:
    review, source, time, mentors = _begun(CodingMode.LINES)
    member = alice(review)
    code_segment(member=member, source=source, start=0, end=7, code=time)
    before = settled_codings(review), codes(review)
    split = split_code(member=member, code=time, names=["Teaching time", "Clinic time"], reason="Two things")
    assert [row.depth for row in codes(review)] == [0, 1, 1, 0]
    undo_change(member=member, change=split)
    renamed = rename_code(member=member, code=mentors, name="Mentorship", reason="Plainer")
    with pytest.raises(NotAllowedNow, match="reason"):
        rename_code(member=member, code=mentors, name="Other", reason=" ")
    undo_change(member=member, change=renamed)
    assert (settled_codings(review), codes(review)) == before
    move_code(member=member, code=mentors, parent=time)
    assert [row.depth for row in codes(review)] == [0, 1]
    time.refresh_from_db()
    mentors.refresh_from_db()
    with pytest.raises(NotAllowedNow, match="below itself"):
        move_code(member=member, code=time, parent=mentors)
    with pytest.raises(NotAllowedNow, match="already"):
        add_code(member=member, name="Time", direction="barrier", level="Environmental")


def test_the_codebook_of_one_review_is_brought_into_another_and_frozen() -> None:
    review, _, time, mentors = _begun()
    member = alice(review)
    edit_code(member=member, code=time, definition="Hours", include_when="Named as lacking", colour="#1A6840")
    move_code(member=member, code=mentors, parent=time)
    facts = facts_of(codes(review))
    other = make_review("Another review")
    make_codebook(member=lead(other), name="Copied")
    assert bring_in_codes(member=lead(other), found=facts) == (2, 0)
    assert facts_of(codes(other)) == facts
    assert bring_in_codes(member=lead(other), found=facts) == (0, 0)
    version = freeze_codebook(member=lead(other), reason="Before coding")
    assert [one["guid"] for one in version.content] == [one.guid for one in facts]


def test_the_way_of_coding_stays_once_coding_has_begun() -> None:
    review, source, time, _ = _begun()
    change_mode(member=lead(review), codebook=review.codebook, mode=CodingMode.REFLEXIVE)
    review.codebook.refresh_from_db()
    code_segment(member=alice(review), source=source, start=0, end=7, code=time)
    with pytest.raises(NotAllowedNow, match="begun"):
        change_mode(member=lead(review), codebook=review.codebook, mode=CodingMode.CODEBOOK)
    with pytest.raises(NotAllowedNow, match="already"):
        make_codebook(member=lead(review), name="Second")


def test_promise_1_the_log_tells_who_submitted_only_when_both_have() -> None:
    review, source, *_ = _begun()
    study = source.study
    submit(member=alice(review), study=study)
    take_back(member=alice(review), study=study)
    submit(member=alice(review), study=study)
    turns = AuditEvent.objects.filter(review_id=review.pk, verb__in=["submit coding", "take back coding"])
    assert not turns.exists()
    submit(member=bob(review), study=study)
    assert sorted(turns.values_list("verb", "actor_name")) == [
        ("submit coding", "Alice Archer"),
        ("submit coding", str(bob(review).user)),
    ]


def test_where_coding_is_open_to_all_the_log_tells_of_each_submission_at_once() -> None:
    review, source, *_ = _begun(CodingMode.REFLEXIVE)
    submit(member=alice(review), study=source.study)
    take_back(member=alice(review), study=source.study)
    take_back(member=alice(review), study=source.study)
    turns = AuditEvent.objects.filter(review_id=review.pk, actor_id=alice(review).user_id).order_by("pk")
    assert list(turns.values_list("verb", flat=True))[-2:] == ["submit coding", "take back coding"]


def test_a_codebook_may_hold_one_name_below_two_codes_in_any_order_of_its_file() -> None:
    review = make_review()
    make_codebook(member=lead(review), name="Codes")
    guids = [str(uuid.uuid4()) for _ in range(4)]
    facts = [
        CodeFacts(guids[0], "Time", parent=guids[2]),
        CodeFacts(guids[1], "Time", parent=guids[3]),
        CodeFacts(guids[2], "Facilitators"),
        CodeFacts(guids[3], "Barriers"),
    ]
    assert bring_in_codes(member=lead(review), found=facts) == (4, 0)
    below = Code.objects.filter(name="Time").order_by("position").values_list("parent__name", flat=True)
    assert set(below) == {"Facilitators", "Barriers"}
    with pytest.raises(NotAllowedNow, match="at this place already"):
        add_code(member=lead(review), name="Barriers")
