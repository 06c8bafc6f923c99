"""Nothing in the diagram overlaps, whatever the numbers and the labels are."""

from collections.abc import Callable
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings

from screening.prisma.contents import Line
from screening.prisma.flow import Flow, build_flow
from screening.prisma.layout import LEFT, Box, Layout, Point, boxed, lay_out
from screening.prisma.typeset import width
from tests.screening.prisma.flows import crowded, databases_only, flows, worked

Area = tuple[float, float, float, float]
MADE: dict[str, Callable[[], Flow]] = {
    "worked": worked,
    "databases only": databases_only,
    "crowded": crowded,
    "empty": lambda: build_flow([]),
}


def area(box: Box) -> Area:
    return box.x, box.y, box.x + box.w, box.bottom


def overlap(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def span(start: Point, end: Point) -> Area:
    """A straight piece of an arrow, taken half a pixel wide and clear of its two ends."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = (1.0 if x1 != x0 else 0.0), (1.0 if y1 != y0 else 0.0)
    return min(x0, x1) + dx, min(y0, y1) + dy, max(x0, x1) - dx + 0.5, max(y0, y1) - dy + 0.5


def text_areas(box: Box) -> list[Area]:
    """Where each label and each number is drawn, by the same widths the labels were broken with."""
    areas = []
    for line in box.lines:
        head, bold = line.line.role == "head", line.line.role in {"head", "pend"}
        step = 20 if head else 18
        for place, text in enumerate(line.text):
            top = line.y + (12 if head else 2) + step * place
            areas.append((line.x, top, line.x + width(text, bold=bold), top + 17))
        size = 18 if head else 14
        number = width(line.value, size, bold=bold) + (width("n = ") if head else 0)
        y = line.y + line.drop
        areas.append((line.right - number, y + (11 if head else 2), line.right, y + (30 if head else 20)))
    return areas


def assert_clear(layout: Layout) -> None:
    for one, other in combinations(layout.boxes, 2):
        assert not overlap(area(one), area(other)), (one.name, other.name)
    for box in layout.boxes:
        inside = text_areas(box)
        for left, top, right, bottom in inside:
            assert left >= box.x, box.name
            assert top >= box.y, box.name
            assert right <= box.x + box.w, box.name
            assert bottom <= box.bottom + 1, box.name
        assert not any(overlap(one, other) for one, other in combinations(inside, 2)), box.name
    for points in layout.arrows:
        for piece in pairwise(points):
            crossed = [box.name for box in layout.boxes if overlap(span(*piece), area(box))]
            assert crossed == [], piece
    lowest = max(box.bottom for box in layout.boxes)
    for text in layout.texts:
        assert text.y < layout.height
        assert text.y < layout.boxes[0].y - 30 or (text.x == LEFT and text.y - 14 > lowest)
        assert all(text.x + width(line, bold=text.role != "m") <= layout.width for line in text.lines)


@pytest.mark.parametrize("name", MADE)
def test_nothing_overlaps(name: str) -> None:
    assert_clear(lay_out(MADE[name]()))


@settings(max_examples=60, deadline=None)
@given(flows())
def test_nothing_overlaps_for_any_flow(flow: Flow) -> None:
    assert_clear(lay_out(flow))


HEADINGS = (
    "Records screened",
    "Records excluded",
    "Reports not retrieved",
    "Studies included in previous version of review",
)


@pytest.mark.parametrize("digits", range(1, 12))
@pytest.mark.parametrize("label", HEADINGS)
def test_no_number_breaks_a_word_of_its_heading(label: str, digits: int) -> None:
    box = boxed("5", 0.0, 236.0, [Line("head", "k", label, int("9" * digits))])
    (line,) = box.lines
    assert " ".join(line.text) == label
    assert len(line.text) <= 4
    inside = text_areas(box)
    assert not any(overlap(one, other) for one, other in combinations(inside, 2))
    assert all(bottom <= box.bottom + 1 for *_, bottom in inside)


def test_a_short_number_stands_beside_the_first_line_of_its_heading() -> None:
    (line,) = boxed("5", 0.0, 236.0, [Line("head", "k", "Reports not retrieved", 321)]).lines
    assert line.drop == 0


@pytest.mark.parametrize(
    ("name", "boxes"),
    [
        ("worked", "2 3 11 not-sought 4 5 6 7 12 13 8 9 14 15 10 from"),
        ("databases only", "2 3 4 5 6 7 8 9 10"),
        ("crowded", "1 2 3 11 not-sought 4 5 6 7 12 13 8 9 14 15 10 from 16 17"),
        ("empty", "2 3 4 5 6 7 8 9 10"),
    ],
)
def test_the_grid_holds_the_boxes_of_the_template(name: str, boxes: str) -> None:
    drawn = [box.name.replace(" ", "-") for box in lay_out(MADE[name]()).boxes]
    assert drawn == boxes.split()


def test_arrows_join_the_boxes_that_the_template_joins() -> None:
    layout = lay_out(crowded())
    by_name = {box.name: box for box in layout.boxes}

    def touches(point: Point) -> str:
        x, y = point
        return next(name for name, box in by_name.items() if box.x <= x <= box.x + box.w and box.y <= y <= box.bottom)

    joined = {(touches(points[0]), touches(points[-1])) for points in layout.arrows}
    dbr = {("2", "3"), ("2", "4"), ("4", "5"), ("4", "6"), ("6", "7"), ("6", "8"), ("8", "9"), ("8", "10")}
    other = {("11", "12"), ("12", "13"), ("12", "14"), ("14", "15"), ("14", "10")}
    assert joined == dbr | other | {("1", "16"), ("10", "16"), ("16", "17")}


def test_the_bands_are_named_beside_their_boxes() -> None:
    layout = lay_out(worked())
    assert [rail.text for rail in layout.rails] == ["Identification", "Screening", "Included"]
    boxes = {box.name: box for box in layout.boxes}
    screening = layout.rails[1]
    assert screening.y == boxes["4"].y
    assert screening.y + screening.h == max(boxes[name].bottom for name in ("8", "9", "14", "15"))


def test_the_lines_above_say_what_is_covered_and_what_is_wrong() -> None:
    said = {text.role: " ".join(text.lines) for text in lay_out(worked(counted={"new_reports": 9})).texts[:3]}
    assert said == {
        "broken": "These numbers break L7.",
        "pend": "Provisional: 4 pending.",
        "m": "Phases 1 and 2 combined, as on 2026-03-20.",
    }
    assert lay_out(crowded()).texts[1].lines == ("All searches, as on 2026-03-20 10:15 UTC.",)
    assert lay_out(databases_only()).texts[0].x == LEFT
