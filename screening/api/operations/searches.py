"""Searches and sources, the files that were imported, and how far each has come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.files import CSV, as_page
from screening.api.operations.jobs import JobShown, job_shown
from screening.api.operations.numbers import Id, Number
from screening.api.paging import Asked, Page, cut
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.imports.actions import (
    accept_damage,
    answer_columns,
    answer_encoding,
    cancel_import,
    read_again,
    restore_import,
    settle_rejected,
    start_import,
    undo_import,
)
from screening.imports.forms import DescriptionForm
from screening.imports.models import Import, ImportState
from screening.imports.queue import flagged_records, job_of, rejected_rows
from screening.imports.receiving import receive
from screening.imports.views import rejected_csv
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.searches.actions import add_search, edit_search, remove_search
from screening.searches.models import RunKind, SearchRun, Source, SourceKind
from screening.searches.queue import runs_of
from screening.searches.views import run_or_404

router = Router()
LISTED = 100


class SearchSent(Sent):
    """A phase of searching, such as “Search 1, August 2022”."""

    label: str = Field(min_length=1, max_length=100, pattern=r"\S")
    kind: RunKind = RunKind.SEARCH
    date_from: date | None = Field(None, description="The first publication date that was searched for.")
    date_to: date | None = None


class SearchShown(SearchSent):
    """A search with its number."""

    number: int


class Searches(Schema):
    """Every search, the first one first."""

    items: list[SearchShown]


class SourceShown(Schema):
    """Where hits come from; its kind decides the column of the flow."""

    id: int
    name: str
    kind: SourceKind
    platform: str


class Sources(Schema):
    """Every source that was asked."""

    items: list[SourceShown]


class FileSent(Sent):
    """What PRISMA-S asks of each file: who was asked, when, and with which query."""

    database: str = Field(min_length=1, max_length=100)
    kind: SourceKind = SourceKind.DATABASE
    searched_on: date
    query: str = Field(min_length=1, max_length=100_000)
    platform: str = Field("", max_length=100)
    limits: str = Field("", max_length=2000)
    stated_hits: int | None = Field(None, ge=0, le=2_000_000_000)


class Line(Schema):
    """A line of the file and what is the matter with it."""

    line: int
    reason: str


class ImportShown(Schema):
    """A file and what became of it: `markers` = `parsed` + `rejected` once it is stored."""

    id: int
    file: str
    search: int
    source: SourceShown
    query: str
    searched_on: date
    limits: str
    stated_hits: int | None
    state: ImportState
    format: str
    encoding: str
    markers: int
    parsed: int
    rejected: int
    rejected_settled_at: datetime | None = Field(description="When somebody said what became of the rejected rows.")
    flagged: int
    error: str
    question: str = Field(description="What somebody has to answer before it is read on; empty where nothing is asked.")
    warnings: list[str]
    created_at: datetime
    stored_at: datetime | None
    job: JobShown | None


class RowsSent(Sent):
    """What became of the rejected rows, in words: mended and imported, declared as removed, or no records."""

    how: str = Field(min_length=1, max_length=1000)


class ImportReport(ImportShown):
    """The same with its first hundred flagged and rejected lines; rejected.csv has all of the latter."""

    flagged_lines: list[Line]
    rejected_lines: list[Line]


class QuestionAnswered(Sent):
    """An answer to a file's question: an encoding, what each column holds, or that damage is accepted."""

    encoding: str = Field("", max_length=40)
    columns: dict[Annotated[str, Field(max_length=300)], Annotated[str, Field(max_length=40)]] = Field(
        {}, max_length=500
    )
    accept_damage: bool = False


class UndoSent(Sent):
    """A reason, in words."""

    reason: str = Field("", max_length=500)


@opens(router, "GET", "/reviews/{slug}/searches", Permission.SEE_REVIEW, gives=Searches)
def list_searches(request: HttpRequest, member: Membership) -> Searches:
    """Every search, the first one first."""
    return Searches(items=[_search(run) for run in runs_of(member.review)])


@opens(router, "POST", "/reviews/{slug}/searches", Permission.IMPORT, gives=SearchShown, scope=Scope.MANAGE, status=201)
def create_search(request: HttpRequest, member: Membership, sent: SearchSent) -> SearchShown:
    """Add a search, to import files into it."""
    return _search(add_search(review=member.review, actor=member.user, **_of_search(sent)))


@opens(router, "PUT", "/reviews/{slug}/searches/{number}", Permission.IMPORT, gives=SearchShown, scope=Scope.MANAGE)
def change_search(request: HttpRequest, member: Membership, number: Id, sent: SearchSent) -> SearchShown:
    """Correct a search."""
    return _search(edit_search(run=run_or_404(member, number), actor=member.user, **_of_search(sent)))


@opens(
    router, "DELETE", "/reviews/{slug}/searches/{number}", Permission.IMPORT, gives=None, scope=Scope.MANAGE, status=204
)
def delete_search(request: HttpRequest, member: Membership, number: Id) -> None:
    """Take a search away that has no import."""
    remove_search(run=run_or_404(member, number), actor=member.user)


@opens(router, "GET", "/reviews/{slug}/sources", Permission.SEE_REVIEW, gives=Sources)
def list_sources(request: HttpRequest, member: Membership) -> Sources:
    """Every source that was asked, by name."""
    return Sources(items=[_source(one) for one in member.review.sources.order_by("name", "pk")])


@opens(
    router, "POST", "/reviews/{slug}/searches/{number}/imports", Permission.IMPORT, gives=ImportShown, scope=Scope.MANAGE, status=202
)  # fmt: skip
def import_file(
    request: HttpRequest, member: Membership, number: Id, file: File[UploadedFile], sent: Form[FileSent]
) -> ImportShown:
    """Upload an export file (RIS, NBIB, BibTeX, CSV, xlsx, zip, ...) into a search; a worker reads it.

    Ask for the import until its `state` is `stored`, `question` or `refused`. The same file again is refused: it adds nothing.
    """
    run, description = run_or_404(member, number), _described(sent)
    got = receive(review=member.review, upload=file, name=file.name or "")
    if got.file is None:
        raise BadInput(got.sentence)
    return _import(start_import(run=run, actor=member.user, file=got.file, description=description.description()))


class ImportsWanted(Asked):
    """Which imports."""

    search: Number | None = None


@opens(router, "GET", "/reviews/{slug}/imports", Permission.SEE_REVIEW, gives=Page[ImportShown])
def list_imports(request: HttpRequest, member: Membership, asked: Query[ImportsWanted]) -> Page[ImportShown]:
    """Imported files in the order of their upload."""
    found = _imports(member)
    rows, following = cut(found.filter(run__number=asked.search) if asked.search else found, asked)
    return Page(items=[_import(one) for one in rows], next=following)


@opens(router, "GET", "/reviews/{slug}/imports/{import_id}", Permission.SEE_REVIEW, gives=ImportReport)
def read_import(request: HttpRequest, member: Membership, import_id: Id) -> ImportReport:
    """One import: how far it is, its question, or its report."""
    return _report(member, import_id)


@opens(
    router, "GET", "/reviews/{slug}/imports/{import_id}/rejected.csv", Permission.SEE_REVIEW, gives=None, files=(CSV,)
)
def read_rejected(request: HttpRequest, member: Membership, import_id: Id) -> HttpResponseBase:
    """Every rejected row with its line, its reason and its raw text."""
    return as_page(rejected_csv)(request, member, import_id=import_id)


@opens(
    router,
    "POST",
    "/reviews/{slug}/imports/{import_id}/answer",
    Permission.IMPORT,
    gives=ImportReport,
    scope=Scope.MANAGE,
)
def answer_question(request: HttpRequest, member: Membership, import_id: Id, sent: QuestionAnswered) -> ImportReport:
    """Answer what the file asks: exactly one of `encoding`, `columns` and `accept_damage`."""
    imported = _one(member, import_id)
    if [bool(sent.encoding), bool(sent.columns), sent.accept_damage].count(True) != 1:
        raise BadInput("Send one of encoding, columns and accept_damage, whichever the question asks for.")
    if sent.columns:
        answer_columns(imported=imported, actor=member.user, mapping=sent.columns)
    elif sent.accept_damage:
        accept_damage(imported=imported, actor=member.user)
    elif sent.encoding not in imported.question.get("previews", {}):
        offered = ", ".join(sorted(imported.question.get("previews", {}))) or "none"
        raise BadInput(f"encoding: the encodings that are offered are: {offered}.")
    else:
        answer_encoding(imported=imported, actor=member.user, encoding=sent.encoding)
    return _report(member, import_id)


@opens(
    router,
    "POST",
    "/reviews/{slug}/imports/{import_id}/again",
    Permission.IMPORT,
    gives=ImportReport,
    scope=Scope.MANAGE,
)
def read_import_again(request: HttpRequest, member: Membership, import_id: Id) -> ImportReport:
    """Read a refused or interrupted file once more."""
    read_again(imported=_one(member, import_id), actor=member.user)
    return _report(member, import_id)


@opens(
    router,
    "POST",
    "/reviews/{slug}/imports/{import_id}/cancel",
    Permission.IMPORT,
    gives=ImportReport,
    scope=Scope.MANAGE,
)
def cancel_one_import(request: HttpRequest, member: Membership, import_id: Id) -> ImportReport:
    """Stop an import under way, or remove one that cannot be read."""
    cancel_import(imported=_one(member, import_id), actor=member.user)
    return _report(member, import_id)


@opens(
    router,
    "POST",
    "/reviews/{slug}/imports/{import_id}/rejected",
    Permission.IMPORT,
    gives=ImportReport,
    scope=Scope.MANAGE,
)
def settle_rejected_rows(request: HttpRequest, member: Membership, import_id: Id, sent: RowsSent) -> ImportReport:
    """Say what became of the rejected rows: until then no numbers are final."""
    settle_rejected(imported=_one(member, import_id), actor=member.user, how=sent.how)
    return _report(member, import_id)


@opens(
    router,
    "POST",
    "/reviews/{slug}/imports/{import_id}/undo",
    Permission.IMPORT,
    gives=ImportReport,
    scope=Scope.MANAGE,
)
def undo_one_import(request: HttpRequest, member: Membership, import_id: Id, sent: UndoSent) -> ImportReport:
    """Take the records of an import out of the review until it is restored; refused once one has a vote."""
    undo_import(imported=_one(member, import_id), actor=member.user, reason=sent.reason.strip())
    return _report(member, import_id)


@opens(
    router,
    "POST",
    "/reviews/{slug}/imports/{import_id}/restore",
    Permission.IMPORT,
    gives=ImportReport,
    scope=Scope.MANAGE,
)
def restore_one_import(request: HttpRequest, member: Membership, import_id: Id) -> ImportReport:
    """Bring an undone import back, with what stood of it."""
    restore_import(imported=_one(member, import_id), actor=member.user)
    return _report(member, import_id)


def _of_search(sent: SearchSent) -> dict[str, Any]:
    return {**sent.model_dump(), "kind": sent.kind.value, "label": sent.label.strip()}


def _described(sent: FileSent) -> DescriptionForm:
    form = DescriptionForm({name: value for name, value in sent.model_dump(mode="json").items() if value is not None})
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise BadInput(f"{name}: {errors[0]}")
    return form


def _imports(member: Membership) -> QuerySet[Import]:
    return Import.objects.filter(review=member.review).select_related("run", "source")


def _one(member: Membership, import_id: int) -> Import:
    return get_object_or_404(_imports(member).select_related("review"), pk=import_id)


def _search(run: SearchRun) -> SearchShown:
    return SearchShown(
        number=run.number, label=run.label, kind=RunKind(run.kind), date_from=run.date_from, date_to=run.date_to
    )


def _source(source: Source) -> SourceShown:
    return SourceShown(id=source.pk, name=source.name, kind=SourceKind(source.kind), platform=source.platform)


def _import(one: Import) -> ImportShown:
    return ImportShown(**_fields(one))


def _report(member: Membership, import_id: int) -> ImportReport:
    one = _one(member, import_id)
    flagged = [Line(line=record.line, reason=" ".join(record.flags)) for record in flagged_records(one)[:LISTED]]
    rejected = [Line(line=row.line, reason=row.reason) for row in rejected_rows(one)[:LISTED]]
    return ImportReport(**_fields(one), flagged_lines=flagged, rejected_lines=rejected)


def _fields(one: Import) -> dict[str, Any]:
    job = job_of(one)
    return {
        "id": one.pk, "file": one.file_name, "search": one.run.number, "source": _source(one.source), "query": one.query,
        "searched_on": one.searched_on, "limits": one.limits, "stated_hits": one.stated_hits, "state": ImportState(one.state),
        "format": one.format, "encoding": one.encoding, "markers": one.markers, "parsed": one.parsed, "rejected": one.rejected,
        "rejected_settled_at": one.rejected_settled_at,
        "flagged": one.flagged, "error": one.error, "question": str(one.question.get("sentence", "")), "warnings": one.warnings,
        "created_at": one.created_at, "stored_at": one.stored_at, "job": job_shown(job) if job else None,
    }  # fmt: skip
