"""Where each box, arrow and number of the flow diagram stands: geometry in pixels, no markup. Pure.

The grid is that of PRISMA 2020 (doi 10.1136/bmj.n71): previous studies, databases and registers, other methods as
columns; identification, screening and included as bands. Boxes grow with their labels, bands with their boxes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from screening.prisma.contents import Line, contents
from screening.prisma.flow import Flow
from screening.prisma.numbers import grouped
from screening.prisma.typeset import widest, width, wrap

PAD = 14.0
RAIL = 28.0
LEFT = 48.0
BAND_GAP = 44.0
TOP = 46.0
MAIN, SIDE, PREVIOUS = 320.0, 247.0, 236.0
GAP = 36.0
COLUMN_GAP = 64.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A line set in a box: label in `text` lines from (x, y) down to y + height.

    The number ends at `right`, `drop` below the first line.
    """

    line: Line
    text: tuple[str, ...]
    x: float
    y: float
    right: float
    height: float
    ruled: bool
    drop: float = 0.0

    @property
    def value(self) -> str:
        """The number as written."""
        return grouped(self.line.n)


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the grid; a frameless one is a note."""

    name: str
    x: float
    y: float
    w: float
    h: float
    lines: tuple[Placed, ...]
    framed: bool = True

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.h

    @property
    def centre(self) -> float:
        """The middle of the width."""
        return self.x + self.w / 2


@dataclass(frozen=True, slots=True)
class Rail:
    """The name of a band, written upwards."""

    text: str
    y: float
    h: float


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of running text from a first baseline at (x, y); `role` is colhead, pend, broken or m."""

    role: str
    x: float
    y: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """The whole drawing; arrows are polylines that end in a head."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[Point, ...], ...]
    rails: tuple[Rail, ...]
    heads: tuple[tuple[Text, float], ...]
    texts: tuple[Text, ...] = field(default=())


def lay_out(flow: Flow) -> Layout:
    """Return the geometry of the flow's diagram, with its origin at the top left corner."""
    xs = _Columns.of(flow)
    said = above(flow, xs.right)
    top = TOP + sum(22.0 * len(text.lines) for text in said) + (14 if said else 0)
    bands, y = [], top
    for boxes in _bands(flow, xs):
        placed = [moved(box, y) for box in boxes]
        bands.append(placed)
        y = max(box.bottom for box in placed) + BAND_GAP
    by_name = {box.name: box for band in bands for box in band}
    rails = rails_of(bands)
    notes = below([(note.mark, note.text) for note in flow.footnotes], flow.seal, xs.right, y - BAND_GAP + 34)
    bottom = max([y - BAND_GAP, *(text.y + 20.0 * (len(text.lines) - 1) for text in notes)])
    heads = tuple((Text("colhead", x, top - 32, (title,)), x + w) for title, x, w in xs.titles)
    return Layout(
        width=xs.right,
        height=bottom + 8,
        boxes=tuple(by_name.values()),
        arrows=tuple(_arrows(by_name)),
        rails=tuple(rails),
        heads=heads,
        texts=(*said, *notes),
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    """Left edge and width of each column, the right edge of all, and the titles above them."""

    places: dict[str, tuple[float, float]]
    right: float
    titles: tuple[tuple[str, float, float], ...]

    @classmethod
    def of(cls, flow: Flow) -> "_Columns":
        main = LEFT + (PREVIOUS + COLUMN_GAP if flow.update else 0)
        side = main + MAIN + GAP
        other = side + SIDE + COLUMN_GAP
        other_side = other + SIDE + GAP
        words = flow.wording
        databases = words.of("Identification of new studies via databases and registers")
        titles = [(databases, main, MAIN + GAP + SIDE)]
        if flow.update:
            titles.insert(0, ("Previous studies", LEFT, PREVIOUS))
        if flow.other:
            titles.append((words.of("Identification of new studies via other methods"), other, SIDE + GAP + SIDE))
        places = {
            "previous": (LEFT, PREVIOUS),
            "main": (main, MAIN),
            "side": (side, SIDE),
            "other": (other, SIDE),
            "other side": (other_side, SIDE),
        }
        return cls(places, (other_side if flow.other else side) + SIDE, tuple(titles))


#: The boxes of each band, by column; numbers are those of the template.
_GRID = (
    {"previous": "1", "main": "2", "side": "3", "other": "11", "other side": "not sought"},
    {"main": "4", "side": "5"},
    {"main": "6", "side": "7", "other": "12", "other side": "13"},
    {"main": "8", "side": "9", "other": "14", "other side": "15"},
    {"main": "10", "side": "from"},
    {"main": "16"},
    {"main": "17"},
)


def _bands(flow: Flow, xs: _Columns) -> list[list[Box]]:
    lines = contents(flow)
    marks = {note.key: note.mark for note in flow.footnotes}
    bands = []
    for grid in _GRID:
        drawn = [(column, name) for column, name in grid.items() if name in lines]
        bands.append([boxed(name, *xs.places[column], marked(lines[name], marks)) for column, name in drawn])
    return [band for band in bands if band]


def marked(lines: Sequence[Line], marks: Mapping[str, str]) -> list[Line]:
    """The lines with their footnotes' marks, by key."""
    return [replace(line, mark=marks.get(line.key, "")) for line in lines]


def boxed(name: str, x: float, w: float, lines: Sequence[Line]) -> Box:
    """A box at the top: the lines are set below each other from y = 0."""
    placed: list[Placed] = []
    y, before = 0.0, ""
    for line in lines:
        ruled = bool(before) and (line.role != before or line.role == "head")
        y += _space(line.role, before, ruled)
        item = _set(line, x, y, w, ruled)
        placed.append(item)
        y, before = y + item.height, line.role
    return Box(name, x, 0.0, w, y + _space("", before, False), tuple(placed), framed=lines[0].role != "note")


def _space(role: str, before: str, ruled: bool) -> float:
    """Room above a line, by what stands before it; room below the last one."""
    if not role:
        return {"head": 0.0, "note": 0.0}.get(before, 5.0)
    if role == "note" and not before:
        return 9.0
    if role in {"row", "pend"} and ruled:
        return (0.0 if before == "head" else 5.0) + 6.0
    return 0.0


def _set(line: Line, x: float, y: float, w: float, ruled: bool) -> Placed:
    head, bold = line.role == "head", line.role in {"head", "pend"}
    inset = PAD + line.indent
    value = width(grouped(line.n), 18 if head else 14, bold=bold) + (width("n = ") if head else 0) + 12
    whole, label = w - inset - PAD, line.label + line.mark
    text, drop = _headed(label, whole, value) if head else (wrap(label, whole - value, bold=bold), 0)
    height = 22.0 + 20 * max(len(text), drop + 1) if head else 4.0 + 18 * len(text)
    return Placed(line, tuple(text), x + inset, y, x + w - PAD, height, ruled, 20.0 * drop)


def _headed(label: str, whole: float, value: float) -> tuple[list[str], int]:
    """A heading's lines, and which of them its number stands on: the first, unless that cuts a word or wastes two lines."""
    beside, over = wrap(label, whole - value, bold=True), wrap(label, whole, bold=True)
    drop = len(over) - (width(over[-1], bold=True) + value <= whole)
    cut = widest(label, bold=True) > whole - value
    return (over, drop) if cut or len(beside) > drop + 2 else (beside, 0)


def moved(box: Box, y: float) -> Box:
    """The box with its upper edge at ``y``."""
    return replace(box, y=y, lines=tuple(replace(line, y=line.y + y) for line in box.lines))


def rails_of(bands: Sequence[Sequence[Box]]) -> Iterable[Rail]:
    """The names of the bands beside their boxes: one band of identification, three of screening, the rest."""
    spans = (("Identification", bands[:1]), ("Screening", bands[1:4]), ("Included", bands[4:]))
    for text, bands_of_it in spans:
        held = [band for band in bands_of_it if band]
        top = held[0][0].y
        yield Rail(text, top, max(box.bottom for box in held[-1]) - top)


_ACROSS = (("2", "3"), ("4", "5"), ("6", "7"), ("8", "9"), ("12", "13"), ("14", "15"))
_DOWN = ("2", "4", "6", "8", "10", "16", "17")


def _arrows(boxes: dict[str, Box]) -> Iterable[tuple[Point, ...]]:
    for first, second in _ACROSS:
        if first in boxes:
            y = boxes[first].y + 21
            yield ((boxes[first].x + boxes[first].w, y), (boxes[second].x, y))
    for chain in (_DOWN, ("11", "12", "14")):
        drawn = [boxes[name] for name in chain if name in boxes]
        for upper, lower in pairwise(drawn):
            yield ((upper.centre, upper.bottom), (upper.centre, lower.y))
    included = boxes["10"]
    if "14" in boxes:
        start, y = boxes["14"], included.bottom - 11
        yield ((start.centre, start.bottom), (start.centre, y), (included.x + included.w, y))
    if "1" in boxes and "16" in boxes:
        start, end = boxes["1"], boxes["16"]
        y = end.y + 21
        yield ((start.centre, start.bottom), (start.centre, y), (end.x, y))


def covered(flow: Flow) -> str:
    """What the numbers cover, as a sentence; empty where they say nothing of it."""
    told = ", ".join(part for part in (flow.scope, f"as on {_when(flow.as_of)}" if flow.as_of else "") if part)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def above(flow: Flow, right: float) -> tuple[Text, ...]:
    """What the numbers cover, and a warning where they are not the last word."""
    said = [
        ("broken", f"These numbers break {', '.join(law.name for law in flow.violations)}." if flow.violations else ""),
        ("pend", f"Provisional: {flow.provisional_words}." if flow.provisional else ""),
        ("m", covered(flow)),
    ]
    texts, y = [], 14.0
    for role, sentence in said:
        if sentence:
            lines = tuple(wrap(sentence, right, bold=role != "m"))
            texts.append(Text(role, 0.0, y, lines))
            y += 22.0 * len(lines)
    return tuple(texts)


def below(notes: Sequence[tuple[str, str]], seal: str, right: float, y: float) -> tuple[Text, ...]:
    """Footnotes as (mark, text), then the seal of final numbers, from a first baseline at ``y``."""
    texts = []
    for mark, text in notes:
        lines = tuple(wrap(f"{mark}  {text}", right - LEFT))
        texts.append(Text("m", LEFT, y, lines))
        y += 20.0 * len(lines)
    if seal:
        lines = tuple(wrap(f"Final. SHA-256 of the log: {seal}", right - LEFT))
        texts.append(Text("seal", LEFT, y, lines))
    return tuple(texts)


def _when(as_of: str) -> str:
    """A time to the minute, in place of its ISO form."""
    day, _, time = as_of.partition("T")
    if not time:
        return day
    return f"{day} {time[:5]}{' UTC' if time.endswith(('+00:00', 'Z')) else ''}"
