"""Coding: the texts of a study, my codings, and what two coders marked unlike. Nothing of another's before both have submitted."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import F
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from extraction.api.codebook import Memos, MemoSent, memos_shown
from extraction.coding import marking
from extraction.coding.forms import PagesForm
from extraction.coding.models import (
    Code,
    Coding,
    CodingMemo,
    SourceText,
    TextKind,
)
from extraction.coding.naming import Named, names_for
from extraction.coding.overview import StudyLine, study_lines
from extraction.coding.queue import codebook_of
from extraction.entries.queue import files_of
from screening.api.access import opens
from screening.api.operations.numbers import LARGEST, Id, Number
from screening.api.paging import Asked, Page, cut
from screening.api.problems import Sent
from screening.api.reading import checked
from screening.api.scopes import Scope
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study

router = Router()
STUDIES = "/reviews/{slug}/coding/studies"
STUDY = f"{STUDIES}/{{study_id}}"
TEXT = "/reviews/{slug}/coding/texts/{source_id}"
CODES: dict[str, Any] = {"permission": Permission.CODE, "scope": Scope.SCREEN}
Place = Annotated[int, Field(ge=0, le=marking.LONGEST_TEXT)]
State = Literal["new", "begun", "submitted", "done", "compare", "settled", "left"]


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


class PagesSent(Sent):
    """Pages of a PDF of the study; without a label they are called by their numbers."""

    file: Number
    first: Annotated[int, Field(ge=1, le=99_999)]
    last: Annotated[int, Field(ge=1, le=99_999)]
    kind: TextKind
    label: str = Field("", max_length=120)


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
    return _whole(marking.add_source(member=member, study=study_in(member, study_id), **sent.model_dump()))


@opens(router, "POST", f"{STUDY}/pages", Permission.EDIT_CODEBOOK, gives=TextShown, scope=Scope.MANAGE, status=201)
def add_text_from_pages(request: HttpRequest, member: Membership, study_id: Id, sent: PagesSent) -> TextShown:
    """Take pages of one of the study's PDFs as a text of the study."""
    study = study_in(member, study_id)
    asked = checked(PagesForm(sent.model_dump(mode="json"), files=files_of(study)))
    return _whole(marking.take_pages(member=member, study=study, **asked))


@opens(router, "POST", f"{STUDY}/submit", gives=StudyToCode, **CODES)
def submit_my_coding(request: HttpRequest, member: Membership, study_id: Id) -> StudyToCode:
    """Hand my coding of the study in; the second of two opens both."""
    marking.submit(member=member, study=study_in(member, study_id))
    return _line_of(member, study_id)


@opens(router, "POST", f"{STUDY}/take-back", gives=StudyToCode, **CODES)
def take_coding_back(request: HttpRequest, member: Membership, study_id: Id) -> StudyToCode:
    """Go on coding, while the other has not submitted."""
    marking.take_back(member=member, study=study_in(member, study_id))
    return _line_of(member, study_id)


@opens(router, "POST", f"{STUDY}/memos", gives=Memos, status=201, **CODES)
def add_study_memo(request: HttpRequest, member: Membership, study_id: Id, sent: MemoSent) -> Memos:
    """Write a memo on the study."""
    study = study_in(member, study_id)
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
        member=member, source=source, start=sent.start, end=sent.end, code=code_in(member, sent.code)
    )
    if sent.memo.strip():
        marking.add_memo(member=member, segment=made.segment, text=sent.memo)
    return _coding(member, made, names_for(member, source.study))


@opens(router, "POST", f"{TEXT}/codings/remove", gives=None, status=204, **CODES)
def take_code_off(request: HttpRequest, member: Membership, source_id: Id, sent: PassageSent) -> None:
    """Take my own code off a passage."""
    source, code = _source(member, source_id), code_in(member, sent.code)
    marking.remove_coding(member=member, source=source, start=sent.start, end=sent.end, code=code)


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


def study_in(member: Membership, study_id: int) -> Study:
    """A study of the review."""
    return get_object_or_404(Study, pk=study_id, review=member.review)


def _source(member: Membership, source_id: int) -> SourceText:
    return get_object_or_404(SourceText.objects.select_related("study__review"), pk=source_id, review=member.review)


def code_in(member: Membership, code_id: int) -> Code:
    """A code of the review."""
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
