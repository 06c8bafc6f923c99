"""What was settled: the values of a form, appraisals, the matrix with its quotes, sentences held against the studies, and files."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema
from pydantic import Field

from extraction.api.values import ValueShown
from extraction.appraisal.queue import appraisals_of
from extraction.appraisal.scoring import Total as Points
from extraction.appraisal.views import appraisal_file
from extraction.consensus.queue import SettledValue, settled_values
from extraction.entries.filling import Said
from extraction.exports.views import extraction_file
from extraction.synthesis import actions, queue
from extraction.synthesis.characteristics import told_of
from extraction.synthesis.claims import LONGEST, Checked, check
from extraction.synthesis.matrix import Matrix
from extraction.synthesis.models import Claim
from extraction.synthesis.summary import facts
from extraction.synthesis.views import chosen_links, synthesis_file
from extraction.tables.access import form_in
from screening.api.access import opens
from screening.api.operations.files import as_page
from screening.api.operations.numbers import LARGEST, Id, Number
from screening.api.problems import Sent
from screening.api.scopes import Scope
from screening.manuscript.written import FORMATS
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/synthesis"
TABLE_TYPES = tuple(one.content_type for one in FORMATS.values())
Ending = Literal["csv", "xlsx", "docx", "md", "svg", "png"]


class QuoteShown(Schema):
    """Words of a report that a value rests on."""

    page: int
    quote: str


class SettledField(ValueShown):
    """A value that stands, with the quotes of the entries from which it was taken."""

    quotes: list[QuoteShown]


class SettledStudy(Schema):
    """A study of which values stand."""

    study: int
    fields: dict[str, SettledField]


class SettledStudies(Schema):
    """Included studies that are agreed or locked."""

    items: list[SettledStudy]


class StudyAppraised(Schema):
    """An appraisal that stands; points are what the site computes. ``total`` is null where the instrument has none."""

    study: int
    label: str
    total: float | None
    least: float | None
    most: float | None
    domains: dict[str, float]


class AppraisalShown(Schema):
    """An instrument in use."""

    form: int
    name: str
    studies: list[StudyAppraised]


class Appraisals(Schema):
    """Every instrument in use with the studies that are settled."""

    items: list[AppraisalShown]


class MatrixStudy(Schema):
    """A column: a study with its sign, and how many themes and quotes it has."""

    study: int
    label: str
    sign: str
    themes: int
    quotes: int


class MatrixRow(Schema):
    """A theme: its quotes in each study, in the order of ``studies``; in how many studies it is, with how many quotes."""

    code: int
    name: str
    level: str
    direction: str
    depth: int
    cells: list[int]
    studies: int
    quotes: int


class MatrixShown(Schema):
    """Studies by themes. Studies and quotes are counted apart and never added."""

    studies: list[MatrixStudy]
    rows: list[MatrixRow]
    links: int


class Passage(Schema):
    """A quote, and the themes for which it stands."""

    text: str
    study: str
    kind: str
    label: str
    page: int | None
    themes: list[str]


class Passages(Schema):
    """Quotes behind a number of the matrix; send ``next`` as ``start`` for those that follow, null on the last page."""

    items: list[Passage]
    studies: int
    quotes: int
    next: int | None


class PassagesAsked(Schema):
    """Which quotes: of a study, of a theme and those below it, of both, or all."""

    study: Number | None = None
    code: Number | None = None
    start: int = Field(0, ge=0, le=LARGEST)


class ClaimSent(Sent):
    """A sentence of the manuscript."""

    text: str = Field(min_length=1, max_length=LONGEST)


class Finding(Schema):
    """A number of a sentence, and what the studies say; ``agrees`` is null where they say nothing of the kind."""

    what: str
    written: str
    derived: str
    agrees: bool | None


class ClaimShown(Schema):
    """A sentence, and what the studies say of each of its numbers."""

    id: int
    text: str
    findings: list[Finding]


class Claims(Schema):
    """Every sentence that is kept."""

    items: list[ClaimShown]


@opens(router, "GET", "/reviews/{slug}/forms/{form_id}/values", Permission.SEE_RESULTS, gives=SettledStudies)
def list_settled_values(request: HttpRequest, member: Membership, form_id: Id) -> SettledStudies:
    """What stands of each included study, field by field."""
    told = settled_values(member.review, form_in(member, form_id))
    return SettledStudies(
        items=[
            SettledStudy(study=study, fields={key: _settled(one) for key, one in fields.items()})
            for study, fields in sorted(told.items())
        ]
    )


@opens(router, "GET", "/reviews/{slug}/appraisal", Permission.SEE_RESULTS, gives=Appraisals)
def list_appraisals(request: HttpRequest, member: Membership) -> Appraisals:
    """Appraisals that stand, with the totals that the site computes."""
    return Appraisals(
        items=[
            AppraisalShown(
                form=one.form.pk, name=one.form.name,
                studies=[
                    StudyAppraised(
                        study=each.study_id, label=each.label, **_points(each.total),
                        domains={title: points.points for title, points in each.domains},
                    )
                    for each in one.settled
                ],
            )
            for one in appraisals_of(member.review)
        ]
    )  # fmt: skip


@opens(router, "GET", f"{AT}/matrix", Permission.SEE_RESULTS, gives=MatrixShown)
def read_matrix(request: HttpRequest, member: Membership) -> MatrixShown:
    """Studies by themes, from what was settled."""
    matrix, _ = queue.matrix_of(member.review)
    return MatrixShown(studies=_columns(matrix), rows=_rows(matrix), links=matrix.links)


@opens(router, "GET", f"{AT}/quotes", Permission.SEE_RESULTS, gives=Passages)
def list_quotes(request: HttpRequest, member: Membership, asked: Query[PassagesAsked]) -> Passages:
    """The quotes behind a cell, a row or a column of the matrix."""
    matrix, links = queue.matrix_of(member.review)
    _refuse_unknown(matrix, asked)
    chosen = chosen_links(matrix, links, asked.study, asked.code)
    found, more = queue.passages(chosen, {row.theme.id: row.theme.name for row in matrix.rows}, asked.start)
    return Passages(
        items=[
            Passage(text=one.text, study=one.study, kind=one.kind, label=one.label, page=one.page, themes=list(one.themes))
            for one in found
        ],
        studies=len({one.study for one in chosen}), quotes=len({one.segment for one in chosen}),
        next=asked.start + queue.PAGE if more else None,
    )  # fmt: skip


@opens(router, "GET", f"{AT}/claims", Permission.SEE_RESULTS, gives=Claims)
def list_claims(request: HttpRequest, member: Membership) -> Claims:
    """Sentences of the manuscript, held against the studies."""
    return _claims(member)


@opens(router, "POST", f"{AT}/claims", Permission.EDIT_CODEBOOK, gives=Claims, scope=Scope.MANAGE, status=201)
def keep_one_claim(request: HttpRequest, member: Membership, sent: ClaimSent) -> Claims:
    """Keep a sentence to be held against the studies."""
    actions.keep_claim(member=member, text=sent.text)
    return _claims(member)


@opens(
    router, "DELETE", f"{AT}/claims/{{claim_id}}", Permission.EDIT_CODEBOOK, gives=None, scope=Scope.MANAGE, status=204
)  # fmt: skip
def remove_one_claim(request: HttpRequest, member: Membership, claim_id: Id) -> None:
    """Let a sentence go; a second time changes nothing."""
    actions.remove_claim(member=member, claim_id=get_object_or_404(Claim, pk=claim_id, review=member.review).pk)


@opens(
    router, "GET", f"{AT}/files/{{name}}/{{ending}}", Permission.EXPORT, gives=None,
    files=(*TABLE_TYPES, "image/svg+xml; charset=utf-8", "image/png"),
)  # fmt: skip
def export_synthesis(
    request: HttpRequest,
    member: Membership,
    name: Annotated[str, Path(max_length=60)],
    ending: Ending,
) -> HttpResponseBase:
    """A table of the synthesis as a file: `matrix`, `themes-that-meet`, or a table of the studies; `factor-map` is the figure."""
    return as_page(synthesis_file)(request, member, name=name, ending=ending)


@opens(router, "GET", "/reviews/{slug}/appraisal/{form_id}/{ending}", Permission.EXPORT, gives=None,
       files=(*TABLE_TYPES, "image/svg+xml"))  # fmt: skip
def export_appraisal(
    request: HttpRequest, member: Membership, form_id: Id, ending: Literal["csv", "xlsx", "docx", "svg"]
) -> HttpResponseBase:
    """The appraisals of an instrument as a table, or its plot as svg."""
    return as_page(appraisal_file)(request, member, form_id=form_id, ending=ending)


@opens(router, "GET", "/reviews/{slug}/values/{ending}", Permission.EXPORT, gives=None, files=TABLE_TYPES)
def export_values(
    request: HttpRequest, member: Membership, ending: Literal["csv", "xlsx", "docx", "md"]
) -> HttpResponseBase:
    """Every value that I may see, one row each: who entered it, what stands, page and quote."""
    return as_page(extraction_file)(request, member, ending=ending)


def _settled(one: SettledValue) -> SettledField:
    said = ValueShown.of(Said(one.status, one.value, one.note))
    return SettledField(**said.model_dump(), quotes=[QuoteShown(page=pin.page, quote=pin.quote) for pin in one.anchors])


def _points(total: Points | None) -> dict[str, float | None]:
    if total is None:
        return dict.fromkeys(("total", "least", "most"))
    return {"total": total.points, "least": total.least, "most": total.most}


def _columns(matrix: Matrix) -> list[MatrixStudy]:
    return [
        MatrixStudy(study=one.id, label=one.label, sign=one.letter, themes=themes, quotes=quotes)
        for one, themes, quotes in zip(matrix.studies, matrix.themes_of, matrix.quotes_of, strict=True)
    ]


def _rows(matrix: Matrix) -> list[MatrixRow]:
    return [
        MatrixRow(
            code=row.theme.id, name=row.theme.name, level=row.theme.level, direction=row.theme.direction, depth=row.depth,
            cells=list(row.quotes), studies=row.total.studies, quotes=row.total.quotes,
        )
        for row in matrix.rows
    ]  # fmt: skip


def _refuse_unknown(matrix: Matrix, asked: PassagesAsked) -> None:
    studies, codes = {one.id for one in matrix.studies}, {row.theme.id for row in matrix.rows}
    if asked.study not in studies | {None} or asked.code not in codes | {None}:
        raise Http404


def _claims(member: Membership) -> Claims:
    _, derived = told_of(member.review)
    found = facts(derived.columns, derived.studies)
    return Claims(
        items=[
            ClaimShown(id=one.pk, text=one.text, findings=[_finding(each) for each in check(one.text, found)])
            for one in queue.claims_of(member.review)
        ]
    )


def _finding(one: Checked) -> Finding:
    return Finding(what=one.what, written=one.written, derived=one.derived, agrees=one.agrees)
