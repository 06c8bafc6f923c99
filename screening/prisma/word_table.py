"""Tables of a Word document: columns as wide as their text asks, numbers to the right, the headings on every page. Pure."""

import re
from collections.abc import Collection, Sequence
from math import sqrt
from typing import Any

from screening.prisma.typeset import clean, widest, width

PADDING = 4.4  # millimetres of a cell beside its text, on both sides together
WHOLE = 600  # letters; the row of a longer cell may go on over the page
_POINT = 25.4 / 72  # in millimetres
_NUMBER = re.compile(r"[-−]?[\d.,\s]*\d(\s?%)?")
_NO_NUMBER = frozenset(("", "undefined"))  # stands where a number would
_INDENT = 12  # points
_SMALLEST = 7  # points
_TOGETHER = 2  # rows that hold on to the next, so that no heading ends a page
_WORD_MOST = 0.4  # of the room, for the sake of one long word such as an address
_AIR = 1.5  # points above and below the text of a cell

Line = Sequence[str]


def add_table(made: Any, lines: Sequence[Line], *, size: float, parts: Collection[int] = ()) -> None:
    """Add a table of ``lines``, of which the first are the headings; ``parts`` are the lines that split the one above them.

    Its letters have ``size`` points, or fewer where a word would not fit into its column.
    """
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    told = [[clean(cell) for cell in line] for line in lines]
    table = made.add_table(rows=0, cols=len(told[0]), style="Light Shading")
    table.autofit = False
    _plain(table)
    size = _fitting(told, _room(made), size)
    widths = column_widths(told, _room(made), size)
    to_the_right = [place for place, cells in enumerate(zip(*told[1:], strict=True)) if _are_numbers(cells)]
    for column, millimetres in zip(table.columns, widths, strict=True):
        column.width = _mm(millimetres)
    for number, line in enumerate(told):
        row = table.add_row()
        _keep(row, head=number == 0, whole=max(map(len, line)) <= WHOLE)
        for place, (cell, text) in enumerate(zip(row.cells, line, strict=True)):
            paragraph = _write(cell, text, size)
            paragraph.keep_with_next = number < _TOGETHER
            if place in to_the_right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            elif number in parts and place == 0:
                paragraph.left_indent = Pt(_INDENT)


def column_widths(lines: Sequence[Line], room: float, size: float) -> list[float]:
    """Millimetres of each column: what its text asks on one line, where all have that; else its longest word and a share of the rest."""
    columns = list(zip(*lines, strict=True))
    wanted = [max(_long(cell, size) for cell in cells) + PADDING for cells in columns]
    if sum(wanted) <= room:
        return wanted
    least = _least(columns, room, size)
    spare = room - sum(least)
    if spare <= 0:
        return [room * one / sum(least) for one in least]
    lacking = [max(0.0, want - one) for want, one in zip(wanted, least, strict=True)]
    return [one + more for one, more in zip(least, _shared(spare, lacking), strict=True)]


def _least(columns: Sequence[Line], room: float, size: float) -> list[float]:
    """Millimetres that the longest word of each column asks."""
    words = [max(widest(cell, size, bold=True) for cell in cells) * _POINT for cells in columns]
    most = room * min(_WORD_MOST, 2 / len(columns))
    return [min(long + PADDING, most) for long in words]


def _fitting(lines: Sequence[Line], room: float, size: float) -> float:
    """The largest letters, down to `_SMALLEST`, at which no column cuts its words."""
    columns = list(zip(*lines, strict=True))
    while size > _SMALLEST and sum(_least(columns, room, size)) > room:
        size -= 1
    return size


def _shared(spare: float, lacking: Sequence[float]) -> list[float]:
    """Shares of ``spare``, none above what its column lacks.

    A share goes by the square root of the lack, for twice the text on twice the lines asks no twofold width; in rising order, so that
    what the small ones do not need is left to the large ones.
    """
    shares, left = [0.0] * len(lacking), sum(map(sqrt, lacking))
    for place in sorted(range(len(lacking)), key=lacking.__getitem__):
        weight = sqrt(lacking[place])
        shares[place] = min(lacking[place], spare * weight / left) if weight else 0.0
        spare, left = spare - shares[place], left - weight
    return shares


def _long(text: str, size: float) -> float:
    return width(text, size, bold=True) * _POINT


def _are_numbers(cells: Sequence[str]) -> bool:
    held = [cell for cell in cells if cell not in _NO_NUMBER]
    return bool(held) and all(map(_NUMBER.fullmatch, held))


def _room(made: Any) -> float:
    section = made.sections[0]
    return float(section.page_width.mm - section.left_margin.mm - section.right_margin.mm)


def _mm(n: float) -> Any:
    from docx.shared import Mm

    return Mm(n)


def _plain(table: Any) -> None:
    """Rules above, below and under the headings, as journals print tables; the style would add a bold first column and grey bands."""
    from docx.oxml.ns import qn

    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.set(qn("w:firstColumn"), "0")
    look.set(qn("w:noHBand"), "1")
    look.set(qn("w:val"), "0620")


def _keep(row: Any, *, head: bool, whole: bool) -> None:
    """The headings stand on top of every page that the table reaches; a row breaks over the page only where it is long."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    if whole:
        properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _write(cell: Any, text: str, size: float) -> Any:
    """Put the text into the cell; the format of its paragraph."""
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.add_run(text).font.size = Pt(size)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(_AIR)
    return paragraph.paragraph_format
