"""What stands in each box of the flow diagram: labels with their numbers, in order. Pure.

The words are those of the PRISMA 2020 template (doi 10.1136/bmj.n71, CC BY 4.0).
"""

from dataclasses import dataclass, replace

from screening.prisma.flow import Flow

INDENT = 12.0


@dataclass(frozen=True, slots=True)
class Line:
    """One number with its label: `role` is head, row, pend or note; `mark` a footnote's letter."""

    role: str
    key: str
    label: str
    n: int
    mark: str = ""
    indent: float = 0.0


def contents(flow: Flow) -> dict[str, list[Line]]:
    """Return the lines of each box that the flow draws, by the box's number in the template or a note's name."""
    boxes = {
        "2": _identified(flow),
        "3": _removed(flow),
        "4": _screened(flow),
        "5": [_head(flow, "records_excluded", "Records excluded")],
        "6": _sought(flow, "dbr"),
        "7": [_head(flow, "dbr_notretrieved_reports", "Reports not retrieved")],
        "8": _assessed(flow, "dbr"),
        "9": _excluded(flow, "dbr"),
        "10": _included(flow),
    }
    if flow.update:
        boxes |= {"1": _previous(flow), "16": _totals(flow)}
    if flow.meta_analysis:
        boxes["17"] = _meta_analysis(flow)
    boxes |= _other_methods(flow) if flow.other else {}
    return {name: [_worded(flow, line) for line in lines] for name, lines in boxes.items()}


def _worded(flow: Flow, line: Line) -> Line:
    """The line in the words of this kind of review; a name that people gave stays as it is."""
    return line if ":" in line.key else replace(line, label=flow.wording.of(line.label))


def _other_methods(flow: Flow) -> dict[str, list[Line]]:
    return {
        "11": _other_identified(flow),
        "12": _sought(flow, "other"),
        "13": [_head(flow, "other_notretrieved_reports", "Reports not retrieved")],
        "14": _assessed(flow, "other"),
        "15": _excluded(flow, "other"),
        "from": _from(flow),
        **({"not sought": _not_sought(flow)} if flow.numbers["other_not_sought"] else {}),
    }


def _head(flow: Flow, key: str, label: str) -> Line:
    return Line("head", key, label, flow.numbers[key])


def _row(flow: Flow, key: str, label: str, indent: float = 0.0) -> Line:
    return Line("row", key, label, flow.number(key), indent=indent)


def _pending(flow: Flow, key: str, label: str) -> list[Line]:
    return [Line("pend", key, f"Pending: {label}", flow.numbers[key])] if flow.numbers[key] else []


def _previous(flow: Flow) -> list[Line]:
    return [
        _head(flow, "previous_studies", "Studies included in previous version of review"),
        _head(flow, "previous_reports", "Reports of studies included in previous version of review"),
    ]


def _identified(flow: Flow) -> list[Line]:
    databases, registers = flow.parts["database_specific_results"], flow.parts["register_specific_results"]
    both = bool(registers) or not databases
    indent = INDENT if both else 0.0
    return [
        _head(flow, "dbr_identified", "Records identified from"),
        *([_row(flow, "database_results", "Databases")] if both else []),
        *(_row(flow, f"database_specific_results:{name}", name, indent) for name in databases),
        _row(flow, "register_results", "Registers"),
        *(_row(flow, f"register_specific_results:{name}", name, indent) for name in registers),
    ]


def _removed(flow: Flow) -> list[Line]:
    return [
        _head(flow, "dbr_removed", "Records removed before screening"),
        _row(flow, "duplicates", "Duplicate records"),
        _row(flow, "excluded_automatic", "Marked as ineligible by automation tools"),
        _row(flow, "excluded_other", "Removed for other reasons"),
    ]


def _other_identified(flow: Flow) -> list[Line]:
    return [
        _head(flow, "other_identified", "Records identified from"),
        _row(flow, "website_results", "Websites"),
        _row(flow, "organisation_results", "Organisations"),
        _row(flow, "citations_results", "Citation searching"),
        *_pending(flow, "other_pending_title_abstract", "title and abstract"),
    ]


def _not_sought(flow: Flow) -> list[Line]:
    return [Line("note", "other_not_sought", "Not sought for retrieval", flow.numbers["other_not_sought"])]


def _screened(flow: Flow) -> list[Line]:
    pending = _pending(flow, "dbr_pending_title_abstract", "title and abstract")
    return [_head(flow, "records_screened", "Records screened"), *pending]


def _sought(flow: Flow, column: str) -> list[Line]:
    pending = _pending(flow, f"{column}_pending_retrieval", "retrieval")
    return [_head(flow, f"{column}_sought_reports", "Reports sought for retrieval"), *pending]


def _assessed(flow: Flow, column: str) -> list[Line]:
    pending = _pending(flow, f"{column}_pending_full_text", "full text review")
    return [_head(flow, f"{column}_assessed", "Reports assessed for eligibility"), *pending]


def _excluded(flow: Flow, column: str) -> list[Line]:
    key = f"{column}_excluded"
    reasons = [_row(flow, f"{key}:{reason}", reason or "No reason recorded") for reason in flow.parts[key]]
    return [_head(flow, key, "Reports excluded"), *reasons]


def _included(flow: Flow) -> list[Line]:
    new = "New studies" if flow.update else "Studies"
    of_new = "Reports of new included studies" if flow.update else "Reports of included studies"
    unlinked = flow.numbers["included_unlinked"]
    return [
        _head(flow, "new_studies", f"{new} included in review"),
        _head(flow, "new_reports", of_new),
        *([Line("pend", "included_unlinked", "Not yet linked to a study", unlinked)] if unlinked else []),
    ]


def _from(flow: Flow) -> list[Line]:
    return [
        Line("note", "dbr_included", "Databases and registers", flow.numbers["dbr_included"]),
        Line("note", "other_included", "Other methods", flow.numbers["other_included"]),
    ]


def _totals(flow: Flow) -> list[Line]:
    return [
        _head(flow, "total_studies", "Total studies included in review"),
        _head(flow, "total_reports", "Reports of total included studies"),
    ]


def _meta_analysis(flow: Flow) -> list[Line]:
    return [
        _head(flow, "total_studies_ma", "Total studies included in meta-analysis"),
        _head(flow, "total_reports_ma", "Reports of total included studies in meta-analysis"),
    ]
