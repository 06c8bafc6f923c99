"""The summary plot as SVG: a row for each study, a column for each item, the points or the answer in words in every cell. Pure.

A stronger tint is better, and the figure in the cell says the same: nothing rests on colour alone. The numbers of the columns are told
below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from extraction.appraisal.scoring import Score, Total
from extraction.tables.fields import Field
from screening.prisma.svg import FACES, MARGIN, PAGE, PAPER, Colours
from screening.prisma.typeset import clean, wrap

NAMES = 240.0
CELL = 52.0
LINE = 32.0
TOTAL = 84.0
LEAST_WIDTH = 640.0
DARKEST = 0.3  # of a cell's ground, so that its figure stays readable


@dataclass(frozen=True, slots=True)
class PlotRow:
    """One study."""

    label: str
    scores: Sequence[Score]
    total: Total | None


def draw(rows: Sequence[PlotRow], fields: Sequence[Field], *, title: str, inline: bool = False) -> str:
    """The plot as an SVG document; ``inline``: for use inside a page, in the page's colours and faces."""
    colours = PAGE if inline else PAPER
    has_total = any(row.total for row in rows)
    width = max(NAMES + CELL * len(fields) + (TOTAL if has_total else 0), LEAST_WIDTH)
    parts = [_text(NAMES + CELL * (n + 0.5), 16, str(n + 1), colours, bold=True) for n in range(len(fields))]
    if has_total:
        parts.append(_text(NAMES + CELL * len(fields) + TOTAL / 2, 16, "Total", colours, bold=True))
    y = 28.0
    for row in rows:
        parts += _row(row, y, colours)
        y += LINE
    y += 16
    for number, one in enumerate(fields, 1):
        for place, line in enumerate(wrap(one.label, width - 40)):
            start = [_text(0, y + 14, f"{number}", colours, anchor="start", bold=True)] if not place else []
            parts += [*start, _text(32, y + 14, line, colours, anchor="start")]
            y += 20
    return _document(parts, width, y, title, described(rows, fields), colours)


def described(rows: Sequence[PlotRow], fields: Sequence[Field]) -> str:
    """The plot in words, for those who do not see it."""
    said = []
    for row in rows:
        asked = ((one, each) for one, each in zip(fields, row.scores, strict=True) if each.is_asked)
        answers = "; ".join(f"{one.label}: {_answer(each)}" for one, each in asked)
        ends = f"; total {row.total.points:g} of {row.total.most:g}" if row.total else ""
        said.append(f"{row.label}: {answers}{ends}.")
    return " ".join(said)


def sign(one: Score) -> str:
    """What stands in a cell: points, n/a, the first word of an answer that bears no points, a dash where nothing stands.

    Nothing is in the cell of an item that is not asked of the study.
    """
    if not one.is_asked:
        return ""
    if one.option is None:
        return "–"
    if one.option.not_applicable:
        return "n/a"
    return f"{one.points:g}" if one.points is not None else one.option.label.split()[0].strip(",.;:")[:7]


def _answer(one: Score) -> str:
    if one.option is None:
        return "no answer"
    return f"{one.option.label} ({one.points:g})" if one.points is not None else one.option.label


def _row(row: PlotRow, y: float, colours: Colours) -> list[str]:
    lines = wrap(row.label, NAMES - 12)
    label = lines[0] + ("…" if len(lines) > 1 else "")
    parts = [_text(0, y + 21, label, colours, anchor="start")]
    for n, one in enumerate(row.scores):
        if not one.is_asked:
            continue
        x = NAMES + CELL * n
        shade = one.points / one.most * DARKEST if one.points is not None and one.most else 0.0
        parts.append(
            f'<rect x="{x + 1:g}" y="{y + 1:g}" width="{CELL - 2:g}" height="{LINE - 2:g}" fill="{colours["text"]}" '
            f'fill-opacity="{shade:.2f}" stroke="{colours["frame"]}" stroke-opacity="0.5"/>'
        )
        parts.append(_text(x + CELL / 2, y + 21, sign(one), colours))
    if row.total:
        words = f"{row.total.points:g} of {row.total.most:g}" if row.total.is_complete else "not complete"
        parts.append(_text(NAMES + CELL * len(row.scores) + TOTAL / 2, y + 21, words, colours, bold=True))
    return parts


def _document(parts: Sequence[str], width: float, height: float, title: str, said: str, colours: Colours) -> str:
    paper = colours is PAPER
    wide, high = width + 2 * MARGIN, height + 2 * MARGIN
    ground = f'<rect x="{-MARGIN:g}" y="{-MARGIN:g}" width="{wide:g}" height="{high:g}" fill="#ffffff"/>'
    own = f' height="{high:g}" font-family={quoteattr(FACES)}' if paper else ""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN:g} {-MARGIN:g} {wide:g} {high:g}" class="fig" role="img" '
            f'aria-label={quoteattr(clean(title))} font-size="14" width="{wide:g}"{own}>',
            f"<title>{escape(clean(title))}</title><desc>{escape(clean(said))}</desc>",
            *([ground] if paper else []),
            *parts,
            "</svg>\n",
        ]
    )


def _text(x: float, y: float, text: str, colours: Colours, *, anchor: str = "middle", bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colours["text"]}"{weight}'
    return f"<text {place}>{escape(clean(text))}</text>"
