"""The table says what the drawing says."""

from hypothesis import given

from screening.prisma.contents import contents
from screening.prisma.flow import Flow, build_flow
from screening.prisma.table import table_of
from tests.screening.prisma.flows import crowded, databases_only, flows, worked


def cells(flow: Flow) -> dict[str, int]:
    return {cell.key: cell.n for row in table_of(flow) for cell in (row.dbr, row.other) if cell}


def test_the_rows_follow_the_flow_from_identification_to_inclusion() -> None:
    rows = [
        (row.label, row.dbr.text if row.dbr else "", row.other.text if row.other else "") for row in table_of(worked())
    ]
    assert rows[:3] == [("Records identified", "814", "14"), ("MEDLINE", "331", ""), ("Scopus", "285", "")]
    assert ("Focus", "12", "2") in rows
    assert ("Population", "9", "0") in rows
    assert ("Pending: retrieval", "1", "0") in rows
    assert rows[-2:] == [("Reports included", "7", "1"), ("Studies included", "8", "")]


def test_a_review_without_other_methods_or_pending_has_one_column_and_no_such_row() -> None:
    rows = table_of(databases_only())
    assert all(row.other is None for row in rows)
    assert not any(row.pending for row in rows)


def test_an_update_has_its_previous_and_total_rows() -> None:
    labels = [row.label for row in table_of(crowded())]
    assert labels[:2] == ["Studies in the previous version", "Reports in the previous version"]
    assert labels[-2:] == ["Total studies included in meta-analysis", "Reports of studies in meta-analysis"]
    assert "ClinicalTrials.gov" in labels


def test_each_row_names_its_unit() -> None:
    assert {row.unit for row in table_of(crowded())} == {"records", "reports", "studies"}


@given(flows())
def test_every_number_of_the_drawing_stands_in_the_table(flow: Flow) -> None:
    drawn = {line.key: line.n for lines in contents(flow).values() for line in lines}
    tabled = cells(flow)
    sums = {
        "dbr_removed",
        "other_not_sought",
        "new_reports",
        "included_unlinked",
        "database_results",
        "register_results",
    }
    assert {key: n for key, n in drawn.items() if key not in sums}.items() <= tabled.items()


def test_an_empty_review_has_a_table_of_noughts() -> None:
    assert set(cells(build_flow([])).values()) == {0}
