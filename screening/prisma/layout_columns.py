"""Where everything stands in the drawing of several searches side by side: a lane for each, one box that all of them lead to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from screening.prisma.buckets import Column
from screening.prisma.columns import Columns, within
from screening.prisma.contents import Line, contents
from screening.prisma.flow import Flow
from screening.prisma.footnotes import MARKS
from screening.prisma.layout import (
    BAND_GAP,
    COLUMN_GAP,
    GAP,
    LEFT,
    PREVIOUS,
    SIDE,
    TOP,
    Box,
    Layout,
    Point,
    Text,
    above,
    below,
    boxed,
    marked,
    moved,
    rails_of,
)  # fmt: skip
from screening.prisma.typeset import wrap

LANE = SIDE + GAP + SIDE
#: Boxes of a lane by band: main column, side column; those of databases, then those of other methods.
_DBR = (("2", "3"), ("4", "5"), ("6", "7"), ("8", "9"), ("reached", ""))
_OTHER = (("11", "not sought"), ("", ""), ("12", "13"), ("14", "15"), ("reached", ""))
_WHOLE = ("10", "16", "17")
_OF_WHOLE = ("new_reports", "included_unlinked", "total_studies")


@dataclass(frozen=True, slots=True)
class _Lane:
    """One column of a search: ``lines`` by box, their keys within that search."""

    head: str
    x: float
    grid: tuple[tuple[str, str], ...]
    lines: dict[str, list[Line]]


def lay_out_columns(columns: Columns) -> Layout:
    """Return the geometry of all searches side by side, with its origin at the top left corner."""
    marks, notes = notes_of(columns)
    lanes = list(_lanes(columns))
    right = lanes[-1].x + LANE
    whole = as_told(columns)
    said = above(whole, right)
    heads = [tuple(wrap(lane.head, LANE, 16, bold=True)) for lane in lanes]
    top = TOP + sum(22.0 * len(text.lines) for text in said) + (14 if said else 0) + 20.0 * (max(map(len, heads)) - 1)
    bands, y = [], top
    for boxes in _bands(columns, lanes, marks):
        placed = [moved(box, y) for box in boxes]
        bands.append(placed)
        y = (
            max([y - BAND_GAP, *(box.bottom for box in placed)]) + BAND_GAP
        )  # no search of databases: none is screened there
    told = below(notes, whole.seal, right, y - BAND_GAP + 34)
    bottom = max([y - BAND_GAP, *(text.y + 20.0 * (len(text.lines) - 1) for text in told)])
    return Layout(
        width=right,
        height=bottom + 8,
        boxes=tuple(box for band in bands for box in band),
        arrows=tuple(_arrows(bands, len(lanes), update=whole.update)),
        rails=tuple(rails_of(bands)),
        heads=tuple(
            (Text("colhead", lane.x, top - 32 - 20.0 * (len(head) - 1), head), lane.x + LANE)
            for lane, head in zip(lanes, heads, strict=True)
        ),
        texts=(*said, *told),
    )


def as_told(columns: Columns) -> Flow:
    """The whole, with words on what the drawing of all searches covers."""
    return replace(columns.whole, scope="each search in columns of its own")


def notes_of(columns: Columns) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return marks by key, and the footnotes in order as (mark, text): those of each search by its name, then those of the whole."""
    found = [
        (within(number, note.key), f"{flow.scope}: {note.text}")
        for number, flow in columns.each
        for note in flow.footnotes
        if note.key not in _OF_WHOLE
    ]
    found += [(note.key, note.text) for note in columns.whole.footnotes if note.key in _OF_WHOLE]
    lettered = {key: _letters(place) for place, (key, _) in enumerate(found)}
    return lettered, [(lettered[key], text) for key, text in found]


def _letters(place: int) -> str:
    """a, b, ... z, aa, ab, ..."""
    more, last = divmod(place, len(MARKS))
    return (_letters(more - 1) if more else "") + MARKS[last]


def _lanes(columns: Columns) -> Iterator[_Lane]:
    x = LEFT + (PREVIOUS + COLUMN_GAP if columns.whole.update else 0)
    for lane in (one for found in columns.lanes()[:-1] for one in found):
        flow, key = lane.flow, f"{lane.column}_included"
        reached = Line("head", key, flow.wording.of("Reports included"), flow.numbers[key])
        held = {**contents(flow), "reached": [reached]}
        lines = {name: [replace(line, key=lane.key(line.key)) for line in found] for name, found in held.items()}
        yield _Lane(f"{flow.scope}: {lane.words}", x, _DBR if lane.column is Column.DBR else _OTHER, lines)
        x += LANE + COLUMN_GAP


def _bands(columns: Columns, lanes: Sequence[_Lane], marks: dict[str, str]) -> Iterator[list[Box]]:
    whole = contents(columns.whole)
    for band in range(len(_DBR)):
        boxes = [box for place, lane in enumerate(lanes) for box in _of_lane(place, lane, band, marks)]
        if band == 0 and "1" in whole:
            boxes.insert(0, boxed("1", LEFT, PREVIOUS, marked(whole["1"], marks)))
        yield boxes
    for name in _WHOLE:
        if name in whole:
            yield [boxed(name, lanes[0].x, SIDE, marked(whole[name], marks))]


def _of_lane(place: int, lane: _Lane, band: int, marks: dict[str, str]) -> Iterator[Box]:
    for name, x in zip(lane.grid[band], (lane.x, lane.x + SIDE + GAP), strict=True):
        if name in lane.lines:
            yield boxed(f"{place}:{name}", x, SIDE, marked(lane.lines[name], marks))


def _arrows(bands: Sequence[Sequence[Box]], lanes: int, *, update: bool) -> Iterable[tuple[Point, ...]]:
    boxes = {box.name: box for band in bands for box in band}
    for place in range(lanes):
        for across in (("2", "3"), ("4", "5"), ("6", "7"), ("8", "9"), ("12", "13"), ("14", "15")):
            first, second = (boxes.get(f"{place}:{name}") for name in across)
            if first and second:
                yield ((first.x + first.w, first.y + 21), (second.x, second.y + 21))
        for chain in (("2", "4", "6", "8", "reached"), ("11", "12", "14", "reached")):
            drawn = [boxes[f"{place}:{name}"] for name in chain if f"{place}:{name}" in boxes]
            yield from (((one.centre, one.bottom), (one.centre, two.y)) for one, two in pairwise(drawn))
    yield from _to_whole(boxes, lanes, update=update)


def _to_whole(boxes: dict[str, Box], lanes: int, *, update: bool) -> Iterable[tuple[Point, ...]]:
    included = boxes["10"]
    first = boxes["0:reached"]
    yield ((first.centre, first.bottom), (first.centre, included.y))
    y = included.y + 21
    for place in range(1, lanes):
        start = boxes[f"{place}:reached"]
        yield ((start.centre, start.bottom), (start.centre, y), (included.x + included.w, y))
    drawn = [boxes[name] for name in _WHOLE if name in boxes]
    yield from (((one.centre, one.bottom), (one.centre, two.y)) for one, two in pairwise(drawn))
    if update:
        start, end = boxes["1"], boxes["16"]
        yield ((start.centre, start.bottom), (start.centre, end.y + 21), (end.x, end.y + 21))
