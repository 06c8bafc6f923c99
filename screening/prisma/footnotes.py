"""What the boxes of the template have no room for: cross-column duplicates, tools, declared removals. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from screening.prisma.buckets import Bucket, SourceKind, Tally, matches
from screening.prisma.numbers import counted, grouped, listed

MARKS = "abcdefghijklmnopqrstuvwxyz"

_REMOVALS = {
    Bucket.DUPLICATE: "duplicate records",
    Bucket.REMOVED_AUTOMATION: "marked as ineligible by automation tools",
    Bucket.REMOVED_OTHER: "for other reasons",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """Records removed before import, known by declaration only (R10): `n` by which tool, said by whom, when.

    Raises ValueError where `bucket` is no removal before screening.
    """

    source_name: str
    source_kind: SourceKind
    bucket: Bucket
    n: int
    tool: str = ""
    who: str = ""
    when: str = ""

    def __post_init__(self) -> None:
        if self.bucket not in _REMOVALS:
            raise ValueError("Only removals before screening can be declared.")

    def tally(self) -> Tally:
        """Return the numbers this adds to the boxes of identified and of removed records."""
        return Tally(self.source_name, self.source_kind, self.bucket, n=self.n, declared=True)


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note to the number under `key`, marked by a letter."""

    mark: str
    key: str
    text: str


def footnotes_of(
    tallies: Sequence[Tally], declared: Sequence[Declared], numbers: Mapping[str, int]
) -> tuple[Footnote, ...]:
    """Return the footnotes in the order of the boxes, lettered from a; several notes on one number share a letter."""
    notes = [
        ("duplicates", _split_of_duplicates(tallies)),
        ("duplicates", _kinds_of_duplicates(tallies, "duplicates")),
        *((_box_of(item), _declaration(item)) for item in declared),
        ("records_excluded", _split_by_tool(tallies, "records_excluded")),
        ("other_not_sought", _not_sought(tallies, numbers)),
        ("other_not_sought", _kinds_of_duplicates(tallies, "other_duplicates")),
        ("new_reports", _of_known_studies(numbers["previous_studies_with_new_reports"])),
        ("included_unlinked", _unlinked(numbers["included_unlinked"])),
        ("total_studies", _no_longer_fits(numbers)),
    ]
    joined: dict[str, str] = {}
    for key, text in notes:
        if text:
            joined[key] = f"{joined[key]} {text}" if key in joined else text
    order = sorted(joined, key=_ORDER.index)
    return tuple(Footnote(MARKS[place], key, joined[key]) for place, key in enumerate(order))


_ORDER = (
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "records_excluded",
    "other_not_sought",
    "new_reports",
    "included_unlinked",
    "total_studies",
)


def _box_of(item: Declared) -> str:
    keys = ("duplicates", "excluded_automatic", "excluded_other", "other_not_sought")
    return next(key for key in keys if matches(key, item.source_kind, item.source_name, item.bucket))


def _declaration(item: Declared) -> str:
    said = ", ".join(part for part in (item.who, item.when) if part)
    by = f" by {item.tool}" if item.tool else ""
    source = f"Declared, not derived ({said})" if said else "Declared, not derived"
    records = counted(item.n, "record", "records")
    return f"{source}: {records} of {item.source_name}, {_REMOVALS[item.bucket]}, removed{by} before import."


def unnamed(notes: Iterable[Footnote], declared: Iterable[Declared]) -> tuple[Footnote, ...]:
    """The footnotes without the names of those who declared removals, for readers outside the team."""
    told = list(notes)
    for item in declared:
        named, without = _declaration(item), _declaration(replace(item, who=""))
        told = [replace(note, text=note.text.replace(named, without)) for note in told]
    return tuple(told)


def _split_of_duplicates(tallies: Iterable[Tally]) -> str:
    """R6: matching by rule counts as duplicates, not as automation, and says how much of it people did."""
    by = {"rule": 0, "person": 0}
    for tally in tallies:
        if tally.duplicate_by in by and matches("duplicates", tally.source_kind, tally.source_name, tally.bucket):
            by[tally.duplicate_by] += tally.n
    if not by["rule"] and not by["person"]:
        return ""
    return f"{grouped(by['rule'])} found by rule, {grouped(by['person'])} by people."


def _kinds_of_duplicates(tallies: Iterable[Tally], key: str) -> str:
    """R8 and R2: duplicates of what another search found are charged to the later one; a late one had been screened already."""
    inside = [tally for tally in tallies if matches(key, tally.source_kind, tally.source_name, tally.bucket)]
    between = sum(tally.n for tally in inside if tally.between)
    late = sum(tally.n for tally in inside if tally.late)
    said = [
        f"{counted(between, 'duplicate', 'duplicates')} of records from another search." if between else "",
        f"{counted(late, 'duplicate', 'duplicates')} found after screening, no longer counted there." if late else "",
    ]
    return " ".join(part for part in said if part)


def _split_by_tool(tallies: Iterable[Tally], key: str) -> str:
    """R6: what a tool excluded during screening stays in box 5, told apart here."""
    inside = [tally for tally in tallies if matches(key, tally.source_kind, tally.source_name, tally.bucket)]
    tool = sum(tally.n for tally in inside if tally.by_tool)
    if not tool:
        return ""
    return f"{grouped(sum(tally.n for tally in inside) - tool)} excluded by people, {grouped(tool)} by a tool."


def _not_sought(tallies: Iterable[Tally], numbers: Mapping[str, int]) -> str:
    """L6 and R1: what became of the records by other methods that were never sought as reports."""
    inside = [tally for tally in tallies if tally.source_kind.column == "other"]
    across = sum(tally.n for tally in inside if tally.across and tally.bucket is Bucket.DUPLICATE)
    duplicates = numbers["other_duplicates"]
    tool = sum(tally.n for tally in inside if tally.by_tool and tally.bucket is Bucket.TA_EXCLUDED)
    said = [
        (across, f"{counted(across, 'duplicate', 'duplicates')} of records from databases or registers"),
        (duplicates - across, f"{counted(duplicates - across, 'duplicate', 'duplicates')} within other methods"),
        (numbers["other_excluded_automatic"], f"{grouped(numbers['other_excluded_automatic'])} marked by tools"),
        (numbers["other_removed"], f"{grouped(numbers['other_removed'])} removed for other reasons"),
        (
            numbers["other_records_excluded"],
            f"{grouped(numbers['other_records_excluded'])} excluded at title and abstract",
        ),
        (tool, f"of these {grouped(tool)} by a tool"),
    ]
    parts = [text for n, text in said if n]
    return f"{', '.join(parts)}." if parts else ""


def _of_known_studies(n: int) -> str:
    """A new report of an old study adds one report and no study."""
    studies = counted(n, "study", "studies")
    return f"With reports of {studies} of the previous version, not counted again as new." if n else ""


def _unlinked(n: int) -> str:
    return f"{counted(n, 'report is', 'reports are')} not yet linked to a study." if n else ""


def _no_longer_fits(numbers: Mapping[str, int]) -> str:
    """R9: a previous study that no longer fits is shown as previous, removed, new, total."""
    removed = [
        counted(numbers["previous_removed_studies"], "study", "studies") if numbers["previous_removed_studies"] else "",
        counted(numbers["previous_removed_reports"], "report", "reports")
        if numbers["previous_removed_reports"]
        else "",
    ]
    said = listed([part for part in removed if part])
    if not said:
        return ""
    sum_of_studies = (
        f"{grouped(numbers['previous_studies'])} previous − {grouped(numbers['previous_removed_studies'])} removed"
        f" + {grouped(numbers['new_studies'])} new = {grouped(numbers['total_studies'])} studies"
    )
    one = numbers["previous_removed_studies"] + numbers["previous_removed_reports"] == 1
    return f"{said} of the previous version no longer {'fits' if one else 'fit'}: {sum_of_studies}."
