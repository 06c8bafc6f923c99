"""The numbers of the flow diagram as a table: the same boxes, readable without the drawing. Pure."""

from dataclasses import dataclass, replace

from screening.prisma.flow import Flow
from screening.prisma.numbers import grouped


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the key of the set it counts; `text` is the number as written."""

    key: str
    n: int

    @property
    def text(self) -> str:
        """The number as written."""
        return grouped(self.n)


@dataclass(frozen=True, slots=True)
class Row:
    """One line: databases and registers beside other methods. `part`: it splits the line above it."""

    label: str
    unit: str
    dbr: Cell | None
    other: Cell | None = None
    part: bool = False
    pending: bool = False


def table_of(flow: Flow) -> tuple[Row, ...]:
    """Return the rows from identification to inclusion; a column that has no such box has None there."""
    rows = [
        *_previous(flow),
        _row(flow, "Records identified", "records", "dbr_identified", "other_identified"),
        *_sources(flow),
        _row(flow, "Duplicate records", "records", "duplicates", "other_duplicates"),
        _row(
            flow,
            "Marked as ineligible by automation tools",
            "records",
            "excluded_automatic",
            "other_excluded_automatic",
        ),
        _row(flow, "Removed for other reasons", "records", "excluded_other", "other_removed"),
        _row(flow, "Records screened", "records", "records_screened", ""),
        _row(flow, "Records excluded", "records", "records_excluded", "other_records_excluded"),
        *_pending(flow, "Pending: title and abstract", "records", "title_abstract"),
        _row(flow, "Reports sought for retrieval", "reports", "dbr_sought_reports", "other_sought_reports"),
        _row(flow, "Reports not retrieved", "reports", "dbr_notretrieved_reports", "other_notretrieved_reports"),
        *_pending(flow, "Pending: retrieval", "reports", "retrieval"),
        _row(flow, "Reports assessed for eligibility", "reports", "dbr_assessed", "other_assessed"),
        _row(flow, "Reports excluded", "reports", "dbr_excluded", "other_excluded"),
        *_reasons(flow),
        *_pending(flow, "Pending: full text review", "reports", "full_text"),
        _row(flow, "Reports included", "reports", "dbr_included", "other_included"),
        Row("Studies included", "studies", Cell("new_studies", flow.numbers["new_studies"])),
        *_totals(flow),
    ]
    return tuple(_worded(flow, row) for row in rows)


def _worded(flow: Flow, row: Row) -> Row:
    """The row in the words of this kind of review; a name that people gave stays as it is."""
    words = flow.wording
    label = row.label if row.part else words.of(row.label)
    return replace(row, label=label, unit=words.report if row.unit == "reports" else row.unit)


def _row(flow: Flow, label: str, unit: str, dbr: str, other: str, *, part: bool = False) -> Row:
    beside = Cell(other, flow.number(other)) if other and flow.other else None
    return Row(label, unit, Cell(dbr, flow.number(dbr)) if dbr else None, beside, part=part)


def _previous(flow: Flow) -> list[Row]:
    if not flow.update:
        return []
    return [
        _row(flow, "Studies in the previous version", "studies", "previous_studies", ""),
        *_with_new_reports(flow),
        _row(flow, "Reports in the previous version", "reports", "previous_reports", ""),
    ]


def _with_new_reports(flow: Flow) -> list[Row]:
    key = "previous_studies_with_new_reports"
    return [_row(flow, "Of these with new reports", "studies", key, "", part=True)] if flow.numbers[key] else []


def _sources(flow: Flow) -> list[Row]:
    databases, registers = flow.parts["database_specific_results"], flow.parts["register_specific_results"]
    dbr = [
        *(_row(flow, name, "records", f"database_specific_results:{name}", "", part=True) for name in databases),
        *(_row(flow, name, "records", f"register_specific_results:{name}", "", part=True) for name in registers),
    ]
    kinds = (
        ("Websites", "website_results"),
        ("Organisations", "organisation_results"),
        ("Citation searching", "citations_results"),
    )
    return dbr + [_row(flow, label, "records", "", key, part=True) for label, key in kinds if flow.other]


def _reasons(flow: Flow) -> list[Row]:
    """Each reason once, with the number of either column; the order is that of the boxes."""
    columns = ("dbr_excluded", "other_excluded")
    reasons = dict.fromkeys(reason for key in columns for reason in flow.parts[key])
    return [
        _row(flow, reason or "No reason recorded", "reports", *(f"{key}:{reason}" for key in columns), part=True)
        for reason in reasons
    ]


def _pending(flow: Flow, label: str, unit: str, name: str) -> list[Row]:
    row = _row(flow, label, unit, f"dbr_pending_{name}", f"other_pending_{name}")
    waiting = [cell for cell in (row.dbr, row.other) if cell and cell.n]
    return [Row(row.label, row.unit, row.dbr, row.other, pending=True)] if waiting else []


def _totals(flow: Flow) -> list[Row]:
    rows = []
    if flow.update:
        rows += [
            _row(flow, "Total studies included", "studies", "total_studies", ""),
            _row(flow, "Reports of total included studies", "reports", "total_reports", ""),
        ]
    if flow.meta_analysis:
        rows += [
            _row(flow, "Total studies included in meta-analysis", "studies", "total_studies_ma", ""),
            _row(flow, "Reports of studies in meta-analysis", "reports", "total_reports_ma", ""),
        ]
    return rows
