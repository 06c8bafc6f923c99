"""Coding: the texts of a study, my codings, and what two coders marked unlike. Nothing of another's before both have submitted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import F
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from extraction.api.codebook import Memos, MemoSent, memos_shown
from extraction.coding import marking
from extraction.coding.models import (
    Code,
    CodedStudy,
    Coding,
    CodingMemo,
    CodingSettlement,
    SourceText,
    TextKind,
)
from extraction.coding.naming import Named, coders_of, names_for
from extraction.coding.overview import StudyLine, agreed, study_lines
from extraction.coding.queue import codebook_of
from extraction.coding.reconciling import Edited, open_differences, reconcile
from screening.api.access import opens
from screening.api.operations.numbers import LARGEST, Id, Number
from screening.api.paging import Asked, Page, cut
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study

router = Router()
STUDIES = "/reviews/{slug}/coding/studies"
STUDY = f"{STUDIES}/{{study_id}}"
TEXT = "/reviews/{slug}/coding/texts/{source_id}"
CODES: dict[str, Any] = {"permission": Permission.CODE, "scope": Scope.SCREEN}
Place = Annotated[int, Field(ge=0, le=marking.LONGEST_TEXT)]
State = Literal["new", "begun", "submitted", "done", "compare", "settled", "sealed"]


class StudyToCode(Schema):
    """An included study; ``state`` is that of my own coding until both have submitted."""

    study: int
    label: str
    texts: int
    state: State


class StudiesToCode(Schema):
    """Every included study, by label."""

    items: list[StudyToCode]


class TextRow(Schema):
    """A text of a study; one that is set aside leaves the counts."""

    id: int
    label: str
    kind: TextKind
    page: int | None
    characters: int
    is_aside: bool


class CodedStudyShown(Schema):
    """A study with its texts, and the memos on it that I may read."""

    study: int
    label: str
    state: State
    texts: list[TextRow]
    memos: Memos


class TextShown(TextRow):
    """A text, whole. Offsets of codings count its code points."""

    study: int
    text: str


class TextSent(Sent):
    """A text of a study."""

    kind: TextKind
    label: str = Field(min_length=1, max_length=120)
    text: str = Field(min_length=1, max_length=marking.LONGEST_TEXT)
    page: Annotated[int | None, Field(ge=1, le=LARGEST)] = None


class AsideSent(Sent):
    """Whether the text is set aside."""

    aside: bool


class PassageSent(Sent):
    """A code on code points ``start`` to ``end`` of a text, ``end`` not included; ``memo`` is a thought on the passage."""

    start: Place
    end: Place
    code: Number
    memo: str = Field("", max_length=20_000)


class CodingShown(Schema):
    """A code on a passage that I may see. It has no number of its own, since gaps between numbers would tell of sealed ones."""

    code: int
    start: int
    end: int
    quote: str
    by: str
    is_own: bool


class Span(Schema):
    """A passage by its code points."""

    start: int
    end: int


class DifferenceShown(Schema):
    """What two coders marked unlike with one code. Settle it by ``source``, ``code`` and ``start``."""

    source: int
    code: int
    start: int
    first: list[Span]
    second: list[Span]


class SettledPassage(Schema):
    """A code that stands on a passage."""

    source: int
    code: int
    start: int
    end: int
    quote: str
    how: Literal["equal", "first", "second", "both", "edit"]
    reason: str
    at: datetime


class Comparison(Schema):
    """What is still to be settled, and what stands."""

    coders: list[str]
    differences: list[DifferenceShown]
    settled: list[SettledPassage]


class SettlementSent(Sent):
    """What stands instead of a difference; an edit names its passage and code, with a reason."""

    source: Number
    code: Number
    start: Place
    how: Literal["first", "second", "both", "edit"]
    edited: PassageSent | None = None
    reason: str = Field("", max_length=2000)


class CodeAgreementShown(Schema):
    """Agreement on one code: the table, the observed share, kappa and AC1; null where they are undefined."""

    name: str
    studies: list[list[int]]
    passages: list[list[int]]
    kappa: float | None
    ac1: float | None


class CodingAgreement(Schema):
    """Of studies that both have submitted: all codes together, then one by one; null before there is one."""

    studies: int
    overall: CodeAgreementShown
    codes: list[CodeAgreementShown]


@opens(router, "GET", STUDIES, Permission.SEE_RESULTS, gives=StudiesToCode)
def list_coded_studies(request: HttpRequest, member: Membership) -> StudiesToCode:
    """Included studies with my own state."""
    return StudiesToCode(items=[_line(one) for one in _lines(member)])


@opens(router, "GET", STUDY, Permission.SEE_RESULTS, gives=CodedStudyShown)
def read_coded_study(request: HttpRequest, member: Membership, study_id: Id) -> CodedStudyShown:
    """One study with its texts."""
    line = next((one for one in _lines(member) if one.study.pk == study_id), None)
    if line is None:
        raise Http404
    texts = [TextRow(**_text(one)) for one in line.study.source_texts.all()]
    memos = memos_shown(CodingMemo.objects.visible_to(member).filter(study=line.study), names_for(member, line.study))
    return CodedStudyShown(**_line(line).model_dump() | {"texts": texts, "memos": memos})


@opens(router, "POST", f"{STUDY}/texts", Permission.EDIT_CODEBOOK, gives=TextShown, scope=Scope.MANAGE, status=201)
def add_text(request: HttpRequest, member: Membership, study_id: Id, sent: TextSent) -> TextShown:
    """Add a text to a study; it never changes, so that offsets hold."""
    return _whole(marking.add_source(member=member, study=_study(member, study_id), **sent.model_dump()))


@opens(router, "POST", f"{STUDY}/submit", gives=StudyToCode, **CODES)
def submit_my_coding(request: HttpRequest, member: Membership, study_id: Id) -> StudyToCode:
    """Hand my coding of the study in; the second of two opens both."""
    marking.submit(member=member, study=_study(member, study_id))
    return _line_of(member, study_id)


@opens(router, "POST", f"{STUDY}/take-back", gives=StudyToCode, **CODES)
def take_coding_back(request: HttpRequest, member: Membership, study_id: Id) -> StudyToCode:
    """Go on coding, while the other has not submitted."""
    marking.take_back(member=member, study=_study(member, study_id))
    return _line_of(member, study_id)


@opens(router, "POST", f"{STUDY}/memos", gives=Memos, status=201, **CODES)
def add_study_memo(request: HttpRequest, member: Membership, study_id: Id, sent: MemoSent) -> Memos:
    """Write a memo on the study."""
    study = _study(member, study_id)
    marking.add_memo(member=member, study=study, text=sent.text)
    return memos_shown(CodingMemo.objects.visible_to(member).filter(study=study), names_for(member, study))


@opens(router, "GET", TEXT, Permission.SEE_RESULTS, gives=TextShown)
def read_text(request: HttpRequest, member: Membership, source_id: Id) -> TextShown:
    """One text."""
    return _whole(_source(member, source_id))


@opens(router, "PUT", f"{TEXT}/aside", Permission.EDIT_CODEBOOK, gives=TextShown, scope=Scope.MANAGE)
def put_text_aside(request: HttpRequest, member: Membership, source_id: Id, sent: AsideSent) -> TextShown:
    """Set a text aside with its codings, or bring it back; nothing is deleted."""
    source = _source(member, source_id)
    if (source.set_aside_at is not None) != sent.aside:
        marking.set_text_aside(member=member, source=source, aside=sent.aside)
    return _whole(_source(member, source_id))


@opens(router, "GET", f"{TEXT}/codings", Permission.SEE_RESULTS, gives=Page[CodingShown])
def list_codings(request: HttpRequest, member: Membership, source_id: Id, asked: Query[Asked]) -> Page[CodingShown]:
    """Codings of a text that I may see: my own, and others' once both have submitted, or where coding is not blind."""
    source = _source(member, source_id)
    rows, named = (
        Coding.objects.visible_to(member).standing().filter(segment__source=source),
        names_for(member, source.study),
    )
    placed = rows.annotate(start=F("segment__start"), end=F("segment__end")).select_related("segment", "coder__user")
    found, following = cut(placed, asked, ("start", "end", "code_id", "id"))
    return Page(items=[_coding(member, one, named) for one in found], next=following)


@opens(router, "POST", f"{TEXT}/codings", gives=CodingShown, status=201, **CODES)
def code_passage(request: HttpRequest, member: Membership, source_id: Id, sent: PassageSent) -> CodingShown:
    """Put a code on a passage; the same again changes nothing."""
    source = _source(member, source_id)
    made = marking.code_segment(
        member=member, source=source, start=sent.start, end=sent.end, code=_code(member, sent.code)
    )
    if sent.memo.strip():
        marking.add_memo(member=member, segment=made.segment, text=sent.memo)
    return _coding(member, made, names_for(member, source.study))


@opens(router, "POST", f"{TEXT}/codings/remove", gives=None, status=204, **CODES)
def take_code_off(request: HttpRequest, member: Membership, source_id: Id, sent: PassageSent) -> None:
    """Take my own code off a passage."""
    source, code = _source(member, source_id), _code(member, sent.code)
    marking.remove_coding(member=member, source=source, start=sent.start, end=sent.end, code=code)


@opens(router, "GET", f"{STUDY}/comparison", Permission.SEE_RESULTS, gives=Comparison)
def compare_codings(request: HttpRequest, member: Membership, study_id: Id) -> Comparison:
    """What two coders marked unlike; nothing before both have submitted."""
    return _comparison(member, _study(member, study_id))


@opens(router, "POST", f"{STUDY}/settle", Permission.SETTLE, gives=Comparison, scope=Scope.SCREEN)
def settle_coding(request: HttpRequest, member: Membership, study_id: Id, sent: SettlementSent) -> Comparison:
    """Settle one difference: as the first, as the second, both, or edited."""
    study = _study(member, study_id)
    source = get_object_or_404(SourceText.objects.select_related("study__review"), pk=sent.source, study=study)
    edited = None
    if sent.how == "edit":
        if sent.edited is None:
            raise BadInput("edited: send the passage and the code that stand.")
        segment = marking.segment_of(source, sent.edited.start, sent.edited.end)
        edited = Edited(segment, _code(member, sent.edited.code))
    reconcile(
        member=member, study=study, source=source, code_id=sent.code, start=sent.start, how=sent.how, reason=sent.reason, edited=edited
    )  # fmt: skip
    return _comparison(member, study)


@opens(router, "GET", "/reviews/{slug}/coding/agreement", Permission.SEE_RESULTS, gives=CodingAgreement | None)
def read_coding_agreement(request: HttpRequest, member: Membership) -> CodingAgreement | None:
    """How well two coders agreed before either saw the other's."""
    codebook = codebook_of(member.review)
    found = agreed(member.review, codebook) if codebook else None
    if found is None:
        return None
    return CodingAgreement(
        studies=found.studies, overall=_agreement(found.overall), codes=[_agreement(one) for one in found.codes]
    )


def _agreement(one: Any) -> CodeAgreementShown:
    return CodeAgreementShown(
        name=one.name, studies=[list(row) for row in one.by_study.table], passages=[list(row) for row in one.by_passage.table],
        kappa=one.by_study.kappa, ac1=one.by_study.ac1,
    )  # fmt: skip


def _lines(member: Membership) -> list[StudyLine]:
    codebook = codebook_of(member.review)
    if codebook is None:
        raise Http404
    return study_lines(member, codebook)


def _line(one: StudyLine) -> StudyToCode:
    state: Any = one.state
    return StudyToCode(study=one.study.pk, label=one.study.label, texts=one.texts, state=state)


def _line_of(member: Membership, study_id: int) -> StudyToCode:
    return next(_line(one) for one in _lines(member) if one.study.pk == study_id)


def _study(member: Membership, study_id: int) -> Study:
    return get_object_or_404(Study, pk=study_id, review=member.review)


def _source(member: Membership, source_id: int) -> SourceText:
    return get_object_or_404(SourceText.objects.select_related("study__review"), pk=source_id, review=member.review)


def _code(member: Membership, code_id: int) -> Code:
    return get_object_or_404(Code, pk=code_id, review=member.review)


def _text(one: SourceText) -> dict[str, Any]:
    return {
        "id": one.pk, "label": one.label, "kind": TextKind(one.kind), "page": one.page, "characters": len(one.text),
        "is_aside": one.set_aside_at is not None,
    }  # fmt: skip


def _whole(one: SourceText) -> TextShown:
    return TextShown(**_text(one), study=one.study_id, text=one.text)


def _coding(member: Membership, one: Coding, named: Named) -> CodingShown:
    passage = one.segment
    return CodingShown(
        code=one.code_id, start=passage.start, end=passage.end, quote=passage.quote, by=named(one.coder),
        is_own=one.coder_id == member.pk,
    )  # fmt: skip


def _comparison(member: Membership, study: Study) -> Comparison:
    if not CodedStudy.objects.filter(study=study, revealed_at__isnull=False).exists():
        raise NotAllowedNow("The comparison opens when two people have submitted this study.")
    settled = CodingSettlement.objects.filter(segment__source__study=study, stands=True).select_related("segment")
    return Comparison(
        coders=coders_of(member, study),
        differences=[
            DifferenceShown(
                source=one.source, code=one.code, start=one.start, first=[Span(start=mark.start, end=mark.end) for mark in one.first],
                second=[Span(start=mark.start, end=mark.end) for mark in one.second],
            )
            for one in open_differences(study)
        ],
        settled=[_settled(one) for one in settled],
    )  # fmt: skip


def _settled(one: CodingSettlement) -> SettledPassage:
    passage, how = one.segment, one.how
    told: Any = {"how": how}
    return SettledPassage(
        source=passage.source_id, code=one.code_id, start=passage.start, end=passage.end, quote=passage.quote, reason=one.reason,
        at=one.decided_at, **told,
    )  # fmt: skip
