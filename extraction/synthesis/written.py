"""The findings as files: tables for Word, Excel, CSV and Markdown, the figure as SVG and PNG. The same data give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString

from extraction.synthesis import figure, queue
from extraction.synthesis.characteristics import tables_of
from extraction.synthesis.matrix import HEADINGS, Group, Matrix, Row, Theme, together
from screening.manuscript.tables import Table
from screening.manuscript.written import FORMATS
from screening.prisma.png import png
from screening.reviews.models import Review

TABLE_FILES = {one.ending: one.label for one in FORMATS.values()}
FIGURE_FILES = {"svg": "SVG", "png": "PNG"}
_FIGURE_TYPES = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class File:
    """What is downloaded."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the matrix with its cells as markup: of 20,000 cells a template would make half a second."""

    row: Row
    cells: SafeString


def file_of(review: Review, name: str, ending: str) -> File | None:
    """A table or the figure in one format; None where there is no such thing."""
    if name == "factor-map":
        return _figure(review, ending)
    kind = FORMATS.get(ending)
    tables = _tables(review, name)
    if kind is None or not tables:
        return None
    return File(kind.write(review.title, [], tables), kind.content_type)


def with_cells(matrix: Matrix, quotes: str, *, as_shares: bool) -> list[tuple[str, list[tuple[Group, list[Line]]]]]:
    """The matrix as a page walks it: headings, groups, rows with their cells. ``quotes``: address of the page of quotes."""
    studies = [(one.id, escape(one.label)) for one in matrix.studies]
    return [
        (
            heading,
            [
                (group, [Line(row, _cells(row, studies, quotes, as_shares=as_shares)) for row in group.rows])
                for group in groups
            ],
        )
        for heading, groups in matrix.directions
    ]


def _cells(row: Row, studies: Sequence[tuple[int, str]], quotes: str, *, as_shares: bool) -> SafeString:
    """A cell for each study, which opens its quotes; names come escaped."""
    theme, number = escape(row.theme.name), row.theme.id
    return SafeString(
        "".join(
            f'<td><a href="{quotes}?study={study}&amp;theme={number}" aria-label="{theme}, {label}: '
            f'{n} quote{"" if n == 1 else "s"}">{"yes" if as_shares else n}</a></td>'
            if n
            else "<td></td>"
            for (study, label), n in zip(studies, row.quotes, strict=True)
        )
    )


def body_of(table: Table) -> SafeString:
    """The rows of a table as markup, for the reason that the cells of the matrix are; the first cell names its row."""
    return SafeString(
        "".join(
            f'<tr><th scope="row"><bdi>{escape(row[0])}</bdi></th>{"".join(f"<td><bdi>{escape(cell)}</bdi></td>" for cell in row[1:])}</tr>'
            for row in table.rows
        )
    )


def _figure(review: Review, ending: str) -> File | None:
    if ending not in _FIGURE_TYPES:
        return None
    matrix, _ = queue.matrix_of(review)
    svg = figure.draw(matrix, title=f"Factors: {review.title}")
    return File(png(svg) if ending == "png" else svg.encode(), _FIGURE_TYPES[ending])


def _tables(review: Review, name: str) -> list[Table]:
    if name in {"matrix", "themes-that-meet"}:
        matrix, links = queue.matrix_of(review)
        return matrix_tables(matrix) if name == "matrix" else [meeting_table(together(matrix, links))]
    return [table for table in tables_of(review) if table.name == name]


def matrix_tables(matrix: Matrix) -> list[Table]:
    """Two tables of the same shape: how many quotes, and which studies; their totals stand apart."""
    head = ("Direction", "Level", "Theme", *(study.label for study in matrix.studies))
    quotes = [
        *(
            _line(group, row, tuple(str(n or "") for n in row.quotes), row.total.quotes)
            for group in matrix.groups
            for row in group.rows
        ),
        ("", "", "Quotes per study", *map(str, matrix.quotes_of), str(matrix.total.quotes)),
    ]
    shares = [
        *(
            _line(group, row, tuple("1" if n else "" for n in row.quotes), row.total.studies)
            for group in matrix.groups
            for row in group.rows
        ),
        ("", "", "Themes per study", *map(str, matrix.themes_of), str(matrix.links)),
    ]
    return [
        Table("matrix-quotes", "Quotes", (*head, "Quotes"), tuple(quotes)),
        Table("matrix-studies", "Studies", (*head, "Studies"), tuple(shares)),
    ]


def _line(group: Group, row: Row, cells: tuple[str, ...], total: int) -> tuple[str, ...]:
    return (HEADINGS.get(group.direction, group.direction), group.level, row.theme.name, *cells, str(total))


def meeting_table(pairs: Sequence[tuple[Theme, Theme, int, int]]) -> Table:
    """Pairs of themes with the studies and passages in which both are found."""
    rows = tuple((_named(one), _named(other), str(studies), str(passages)) for one, other, studies, passages in pairs)
    headings = ("One theme", "The other", "Studies with both", "Passages with both")
    return Table("themes-that-meet", "Themes that meet", headings, rows)


def _named(theme: Theme) -> str:
    side = HEADINGS.get(theme.direction, theme.direction)
    return f"{theme.name} ({side.lower()}, {theme.level})" if theme.direction and theme.level else theme.name
