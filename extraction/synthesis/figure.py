"""The factor model as SVG: what helps on the left, what hinders on the right, level by level, a square for each study. Pure.

Presentation attributes only, so that no policy on styles stops it. Filled squares are facilitators, open ones barriers; the letters are
explained below the drawing, so that it can stand alone in a journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from extraction.synthesis.matrix import Group, Matrix, Row
from screening.prisma.svg import FACES, MARGIN, PAGE, PAPER, Colours
from screening.prisma.typeset import clean, width, wrap

WIDTH = 940.0
MIDDLE = 130.0  # the column of levels
SQUARE = 22.0
GAP = 4.0
LINE = 18.0
SIDE = (WIDTH - MIDDLE) / 2
PER_LINE = 6  # squares beside each other


@dataclass(frozen=True, slots=True)
class _Entry:
    """A theme on its side: its label in lines and the signs of its studies."""

    lines: list[str]
    signs: list[str]

    @property
    def height(self) -> float:
        squares = -(-len(self.signs) // PER_LINE) * (SQUARE + GAP)
        return max(LINE * len(self.lines) + 6, squares, SQUARE + GAP)


def draw(matrix: Matrix, *, title: str, inline: bool = False) -> str:
    """The figure as an SVG document; ``inline``: for use inside a page, in the page's colours and faces."""
    colours = PAGE if inline else PAPER
    sides = _sides(matrix)
    parts, y = _heads(sides, colours), 44.0
    for level in _levels(matrix):
        block, y = _level(level, [_entries(matrix, groups, level) for _, groups in sides], y, colours)
        parts += block
    legend, y = _legend(matrix, y + 12, colours)
    parts += legend
    return _document(parts, y, title, described(matrix), colours)


def described(matrix: Matrix) -> str:
    """The figure in words, for those who do not see it."""
    said = []
    for heading, groups in matrix.directions:
        for group in groups:
            themes = "; ".join(f"{row.theme.name} ({_signs(matrix, row)})" for row in _ranked(group.rows))
            said.append(f"{heading}, {group.level}: {themes}." if group.level else f"{heading}: {themes}.")
    return " ".join(said)


def listed(matrix: Matrix) -> list[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]:
    """The figure as a list, for a screen too narrow for it: headings, levels, and each factor with the studies that name it."""
    return [
        (
            heading,
            [(group.level, [(row.theme.name, _signs(matrix, row)) for row in _ranked(group.rows)]) for group in groups],
        )
        for heading, groups in matrix.directions
    ]


def _signs(matrix: Matrix, row: Row) -> str:
    return ", ".join(study.label for study, n in zip(matrix.studies, row.quotes, strict=True) if n) or "no study"


def _sides(matrix: Matrix) -> list[tuple[str, list[Group]]]:
    """At most two: what has a third direction or none stands on the right, below what hinders."""
    found = matrix.directions
    if len(found) <= 2:
        return found
    return [
        found[0],
        (" and ".join(heading for heading, _ in found[1:]), [one for _, groups in found[1:] for one in groups]),
    ]


def _levels(matrix: Matrix) -> list[str]:
    return list(dict.fromkeys(group.level for group in matrix.groups))


def _entries(matrix: Matrix, groups: Sequence[Group], level: str) -> list[_Entry]:
    rows = _ranked(row for group in groups if group.level == level for row in group.rows)
    return [
        _Entry(
            wrap(row.theme.name, SIDE - PER_LINE * (SQUARE + GAP) - 24),
            [study.letter for study, n in zip(matrix.studies, row.quotes, strict=True) if n],
        )
        for row in rows
    ]


def _ranked(rows: Iterable[Row]) -> list[Row]:
    """What most studies name stands first; equals stay in the order of the codebook. What no study names is no factor."""
    return sorted((row for row in rows if row.total.studies), key=lambda row: -row.total.studies)


def _heads(sides: Sequence[tuple[str, Sequence[Group]]], colours: Colours) -> list[str]:
    parts = []
    for place, (heading, groups) in enumerate(sides):
        n = sum(len(_ranked(group.rows)) for group in groups)
        x, anchor = (SIDE, "end") if place == 0 else (SIDE + MIDDLE, "start")
        parts.append(_text(x, 16, heading, colours, anchor=anchor, bold=True, size=16))
        far, other = (0.0, "start") if place == 0 else (WIDTH, "end")
        parts.append(_text(far, 16, f"{n} theme{'' if n == 1 else 's'}", colours, anchor=other, muted=True))
    parts.append(_rule(28, colours, heavy=True))
    return parts


def _level(level: str, sides: Sequence[Sequence[_Entry]], y: float, colours: Colours) -> tuple[list[str], float]:
    """One level with its entries on both sides, and where it ends."""
    parts = []
    lines = wrap(level.capitalize(), MIDDLE - 16, bold=True)
    for place, line in enumerate(lines):
        parts.append(_text(SIDE + MIDDLE / 2, y + 15 + LINE * place, line, colours, anchor="middle", bold=True))
    ends = [y + LINE * len(lines)]
    for left, entries in zip((True, False), sides, strict=False):
        at = y
        for entry in entries:
            parts += _entry(entry, at, left, colours)
            at += entry.height
        ends.append(at)
    end = max(ends) + 8
    parts.append(_rule(end, colours))
    return parts, end + 12


def _entry(entry: _Entry, y: float, left: bool, colours: Colours) -> list[str]:
    inner = SIDE if left else SIDE + MIDDLE
    out = -1 if left else 1
    parts = []
    for place, sign in enumerate(entry.signs):
        column, line = place % PER_LINE, place // PER_LINE
        x = inner + out * column * (SQUARE + GAP) - (SQUARE if left else 0)
        parts.append(_square(x, y + line * (SQUARE + GAP), sign, colours, filled=left))
    squares = min(len(entry.signs), PER_LINE) * (SQUARE + GAP)
    x, anchor = inner + out * (squares + 8), "end" if left else "start"
    parts += [_text(x, y + 15 + LINE * place, line, colours, anchor=anchor) for place, line in enumerate(entry.lines)]
    return parts


def _square(x: float, y: float, sign: str, colours: Colours, *, filled: bool) -> str:
    """A filled square is light text on dark; inside a page, where colours are the page's, a thick frame says the same."""
    paper = colours is PAPER
    fill = colours["text"] if filled and paper else "none"
    ink = "#ffffff" if filled and paper else colours["text"]
    stroke = 2.5 if filled and not paper else 1
    size = 13 if len(sign) == 1 else 10
    return (
        f'<rect x="{_px(x)}" y="{_px(y)}" width="{_px(SQUARE)}" height="{_px(SQUARE)}" rx="2" fill="{fill}" '
        f'stroke="{colours["text"]}" stroke-width="{stroke}"/>'
        f'<text x="{_px(x + SQUARE / 2)}" y="{_px(y + 15.5)}" text-anchor="middle" font-size="{size}" font-weight="600" '
        f'fill="{ink}">{escape(clean(sign))}</text>'
    )


def _legend(matrix: Matrix, y: float, colours: Colours) -> tuple[list[str], float]:
    """Which letter is which study, in as many lines as they need."""
    parts, x = [], 0.0
    for study, themes in zip(matrix.studies, matrix.themes_of, strict=True):
        said = f"{study.letter}  {clean(study.label)} ({themes})"
        wide = width(said) + 24
        if x and x + wide > WIDTH:
            x, y = 0.0, y + 20
        parts.append(_text(x, y + 14, said, colours, muted=True))
        x += wide
    return parts, y + 28


def _document(parts: Iterable[str], height: float, title: str, said: str, colours: Colours) -> str:
    paper = colours is PAPER
    box = f"{_px(-MARGIN)} {_px(-MARGIN)} {_px(WIDTH + 2 * MARGIN)} {_px(height + 2 * MARGIN)}"
    size = f' height="{_px(height + 2 * MARGIN)}" font-family={quoteattr(FACES)}' if paper else ""
    ground = (
        f'<rect x="{_px(-MARGIN)}" y="{_px(-MARGIN)}" width="{_px(WIDTH + 2 * MARGIN)}" '
        f'height="{_px(height + 2 * MARGIN)}" fill="#ffffff"/>'
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" class="fig" role="img" aria-labelledby="factors-title" '
            f'aria-describedby="factors-said" font-size="14" width="{_px(WIDTH + 2 * MARGIN)}"{size}>',
            f'<title id="factors-title">{escape(clean(title))}</title><desc id="factors-said">{escape(clean(said))}</desc>',
            *([ground] if paper else []),
            *parts,
            "</svg>\n",
        ]
    )


def _rule(y: float, colours: Colours, *, heavy: bool = False) -> str:
    stroke = (
        f'stroke="{colours["text"]}" stroke-width="1.5"' if heavy else f'stroke="{colours["frame"]}" stroke-width="0.5"'
    )
    return f'<path d="M0 {_px(y)}H{_px(WIDTH)}" {stroke}/>'


def _text(
    x: float,
    y: float,
    text: str,
    colours: Colours,
    *,
    anchor: str = "start",
    bold: bool = False,
    muted: bool = False,
    size: int = 14,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    colour = colours["muted" if muted else "text"]
    return (
        f'<text x="{_px(x)}" y="{_px(y)}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{weight}>'
        f"{escape(clean(text))}</text>"
    )


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
