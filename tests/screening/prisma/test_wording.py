"""Each kind of review has its own words in the flow, and the same numbers."""

from __future__ import annotations

import pytest

from screening.prisma.contents import contents
from screening.prisma.flow import Flow, build_flow
from screening.prisma.layout import lay_out
from screening.prisma.svg import draw
from screening.prisma.table import table_of
from screening.prisma.titles import title_of_box
from screening.prisma.wording import title_of_figure
from tests.screening.prisma.flows import WORKED_TALLIES

pytestmark = pytest.mark.once


def flow(kind: str) -> Flow:
    return build_flow(WORKED_TALLIES, studies=8, kind=kind)


@pytest.mark.parametrize(
    ("kind", "figure", "sought", "head", "unit"),
    [
        ("systematic", "PRISMA 2020 flow", "Reports sought for retrieval", "Identification of studies via", "reports"),
        ("update", "PRISMA 2020 flow", "Reports sought for retrieval", "Identification of new studies via", "reports"),
        (
            "scoping",
            "PRISMA-ScR flow",
            "Sources of evidence sought for retrieval",
            "Identification of sources via",
            "sources",
        ),
        ("narrative", "PRISMA-style flow", "Reports sought for retrieval", "Identification of studies via", "reports"),
    ],
)
def test_the_preset_of_a_review_words_boxes_heads_table_and_titles(
    kind: str, figure: str, sought: str, head: str, unit: str
) -> None:
    made = flow(kind)
    assert contents(made)["6"][0].label == sought
    assert contents(made)["12"][0].label == sought
    assert all(text.lines[0].startswith(head) for text, _ in lay_out(made).heads if text.lines[0] != "Previous studies")
    assert {row.unit for row in table_of(made)} == {"records", unit, "studies"}
    assert sought in [row.label for row in table_of(made)]
    assert title_of_box("dbr_sought_reports", kind) == f"{sought} (databases and registers)"
    assert title_of_figure(kind, "Mentoring") == f"{figure}: Mentoring"


def test_a_name_that_people_gave_is_never_reworded() -> None:
    from screening.prisma.buckets import Bucket, SourceKind, Tally

    made = build_flow(
        [Tally("Reports excluded", SourceKind.DATABASE, Bucket.FT_EXCLUDED, "Reports not retrieved", 2)], kind="scoping"
    )
    assert [line.label for line in contents(made)["9"]] == ["Sources of evidence excluded", "Reports not retrieved"]
    assert "Reports excluded" in [line.label for line in contents(made)["2"]]


@pytest.mark.parametrize("kind", ["scoping", "narrative"])
def test_another_wording_changes_no_number_and_no_law(kind: str) -> None:
    one, other = flow("systematic"), flow(kind)
    assert one.numbers == other.numbers
    assert one.laws == other.laws
    assert one.counts() == other.counts()
    assert draw(one, title="Flow") != draw(other, title="Flow")
