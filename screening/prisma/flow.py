"""The PRISMA 2020 flow of one review as a value: boxes, pending, footnotes and laws, from tallies of buckets.

Pure. Rules L, R and T are those of the domain specification; box keys are those of the PRISMA2020 template.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from screening.prisma.buckets import RECORD_KEYS, Column, SourceKind, Tally, members
from screening.prisma.footnotes import Declared, Footnote, footnotes_of
from screening.prisma.laws import Law, Sums, laws_of
from screening.prisma.numbers import counted as in_words
from screening.prisma.numbers import grouped
from screening.prisma.wording import Wording, wording_of

#: Keys whose parts are named sources.
SPECIFIC = {
    "database_specific_results": SourceKind.DATABASE,
    "register_specific_results": SourceKind.REGISTER,
    "website_results": SourceKind.WEBSITE,
    "organisation_results": SourceKind.ORGANISATION,
    "citations_results": SourceKind.CITATION,
}
#: Keys whose parts are reasons.
REASONED = ("dbr_excluded", "other_excluded")

Parts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Work whose outcome the numbers do not hold: a file (`import_id`, or the number of its `search` while it waits for its
    description), or else a search for duplicates.

    `name` and `words` are one sentence. `under_way` is False where nothing moves until a person acts.
    """

    name: str
    words: str
    under_way: bool
    import_id: int | None = None
    search: int | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is a file."""
        return self.import_id is not None or self.search is not None


@dataclass(frozen=True)
class Flow:
    """The flow of one review, or of one search of it.

    `numbers`: records, reports or studies by key. `parts`: by key, the numbers of its named sources or reasons.
    `declared`: removals before import, already part of the numbers. `unfinished`: work that they do not hold yet.
    `as_of`, `scope`: what the numbers cover, in words. `kind`: that of the review, for the wording. `seal`: the last hash of the log's
    chain, told with final numbers only. Compare with `counts` for the published form.
    """

    numbers: Mapping[str, int]
    parts: Parts
    laws: tuple[Law, ...]
    footnotes: tuple[Footnote, ...]
    declared: tuple[Declared, ...]
    other: bool
    update: bool
    meta_analysis: bool
    as_of: str
    scope: str
    unfinished: tuple[Unfinished, ...] = ()
    kind: str = "systematic"
    seal: str = ""

    @property
    def wording(self) -> Wording:
        """The words of this kind of review."""
        return wording_of(self.kind)

    def number(self, key: str) -> int:
        """Return the number under a key, also that of a part (`dbr_excluded:Focus`); 0 for a part nobody counted."""
        stem, colon, part = key.partition(":")
        return self.parts[stem].get(part, 0) if colon else self.numbers[key]

    @property
    def pending(self) -> dict[str, int]:
        """Records and reports of both columns that wait for an outcome."""
        return {name: self.numbers[f"pending_{name}"] for name in ("title_abstract", "retrieval", "full_text")}

    def pending_in(self, column: Column) -> dict[str, int]:
        """Return what waits in one column."""
        return {name: self.numbers[f"{column}_pending_{name}"] for name in self.pending}

    @property
    def provisional(self) -> bool:
        """Whether anything is pending (I51): a record, a report, or what is still on its way."""
        return any(self.pending.values()) or any(work.under_way for work in self.unfinished)

    @property
    def provisional_words(self) -> str:
        """Return why the numbers are provisional, "3 pending, 1 import under way"; empty where they are not."""
        pending = sum(self.pending.values())
        moving = [work for work in self.unfinished if work.under_way]
        files = sum(work.is_file for work in moving)
        said = [
            f"{grouped(pending)} pending" if pending else "",
            f"{in_words(files, 'import', 'imports')} under way" if files else "",
            "duplicates being looked for" if len(moving) > files else "",
        ]
        return ", ".join(part for part in said if part)

    @property
    def violations(self) -> tuple[Law, ...]:
        """The laws that do not hold."""
        return tuple(law for law in self.laws if law.holds is False)

    @property
    def is_final(self) -> bool:
        """Whether the numbers may be exported as final: nothing pending or unfinished, every report linked, every law kept."""
        return not (self.provisional or self.unfinished or self.numbers["included_unlinked"] or self.violations)

    @property
    def blocks(self) -> tuple[tuple[str, int, str], ...]:
        """What stands in the way of a final export, as (key, number, words that follow the number)."""
        return tuple(
            (key, self.numbers[key], one if self.numbers[key] == 1 else many)
            for key, one, many in _BLOCKS
            if self.numbers[key]
        )

    @property
    def sum_of_all(self) -> tuple[tuple[str, int, str], ...]:
        """In = out + included + removed + pending, as (key, number, words), over both columns; what came in is the first."""
        return tuple((key, self.numbers[key], words) for key, words in _SUM)

    @property
    def sum_holds(self) -> bool:
        """Whether everything that came in is somewhere."""
        came_in, *rest = (n for _, n, _ in self.sum_of_all)
        return came_in == sum(rest)

    def declared_in(self, key: str) -> int:
        """Return how many of the records under a key are declared, so that no record of ours stands behind them."""
        return _declared_in(key, self.declared)

    def counts(self) -> dict[str, Any]:
        """Return the published form: template keys, pending, laws; what the review makes no use of is None."""
        return {
            **{key: self.numbers[key] for key in _ALWAYS},
            **{key: self._if(self.update, key) for key in _UPDATES},
            **{key: self._if(self.meta_analysis, key) for key in _META},
            **{key: dict(self.parts[key]) for key in (*REASONED, "database_specific_results")},
            "register_specific_results": dict(self.parts["register_specific_results"]),
            "pending": self.pending,
            "pending_by_column": {column.value: self.pending_in(column) for column in Column},
            "laws": {law.name: law.holds is not False for law in self.laws},
            "provisional": self.provisional,
            "final": self.is_final,
            "log_head": self.seal or None,
            "as_of": self.as_of or None,
            "scope": self.scope,
            "included_unlinked": self.numbers["included_unlinked"],
            "unfinished": [f"{work.name} {work.words}" for work in self.unfinished],
            "declared": sum(item.n for item in self.declared),
            "footnotes": [note.text for note in self.footnotes],
        }

    def _if(self, used: bool, key: str) -> int | None:
        return self.numbers[key] if used else None


_BLOCKS = (
    (
        "pending_title_abstract",
        "record awaits its decision at title and abstract",
        "records await their decision at title and abstract",
    ),
    ("pending_retrieval", "report has no retrieval outcome", "reports have no retrieval outcome"),
    ("pending_full_text", "report awaits full text review", "reports await full text review"),
    (
        "included_unlinked",
        "included report is not linked to a study",
        "included reports are not linked to a study",
    ),
)
_SUM = (
    ("all_identified", "identified"),
    ("all_removed", "removed before screening"),
    ("all_excluded", "excluded or not retrieved"),
    ("new_reports", "included"),
    ("pending", "pending"),
)
_ALWAYS = (
    "database_results",
    "register_results",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "records_screened",
    "records_excluded",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "dbr_assessed",
    "dbr_included",
    "website_results",
    "organisation_results",
    "citations_results",
    "other_not_sought",
    "other_sought_reports",
    "other_notretrieved_reports",
    "other_assessed",
    "other_included",
    "new_studies",
    "new_reports",
)
_UPDATES = (
    "previous_studies",
    "previous_reports",
    "previous_studies_with_new_reports",
    "total_studies",
    "total_reports",
)
_META = ("total_studies_ma", "total_reports_ma")


def build_flow(
    tallies: Iterable[Tally],
    *,
    studies: int = 0,
    known_studies: int = 0,
    kind: str = "systematic",
    previous_studies: int | None = None,
    previous_reports: int | None = None,
    removed_studies: int | None = None,
    removed_reports: int | None = None,
    studies_in_meta_analysis: int | None = None,
    reports_in_meta_analysis: int | None = None,
    declared: Iterable[Declared] = (),
    reason_order: Sequence[str] = (),
    counted: Mapping[str, int] | None = None,
    as_of: str = "",
    scope: str = "",
    unfinished: Iterable[Unfinished] = (),
) -> Flow:
    """Return the flow for the tallies of a review's records.

    `studies`: studies that the included reports describe; of these `known_studies` more are of the previous version of an
    update, so that they are counted there and not among the new ones. `previous_*`, `removed_*`: carried over from the previous
    version and no longer fitting (updates; R9). `reason_order`: reasons in protocol order. `counted`: numbers by key,
    counted apart from the buckets (rows imported, items of a stage), declared removals aside, against which the laws
    check the boxes. `unfinished`: what is still on its way into the review, or stopped on it.
    A broken law is told by `violations`; it never hides the numbers.
    """
    removals = tuple(declared)
    every = [*tallies, *(item.tally() for item in removals)]
    update = kind == "update" or previous_studies is not None or previous_reports is not None
    numbers = {key: _sum(every, key) for key in RECORD_KEYS}
    new, known = (studies, known_studies) if update else (studies + known_studies, 0)
    numbers |= _carried(new, numbers["new_reports"], previous_studies, previous_reports)
    numbers["previous_studies_with_new_reports"] = known
    numbers |= _removed(numbers, removed_studies or 0, removed_reports or 0)
    numbers |= {"total_studies_ma": studies_in_meta_analysis or 0, "total_reports_ma": reports_in_meta_analysis or 0}
    parts = _parts(every, reason_order)
    apart = {key: n + _declared_in(key, removals) for key, n in (counted or {}).items()}
    other = any(tally.source_kind.column is Column.OTHER for tally in every)
    return Flow(
        numbers=MappingProxyType(numbers),
        parts=MappingProxyType(parts),
        laws=laws_of(Sums(numbers, parts, apart), other=other, update=update),
        footnotes=footnotes_of(every, removals, numbers),
        declared=removals,
        other=other,
        update=update,
        meta_analysis=studies_in_meta_analysis is not None or reports_in_meta_analysis is not None,
        as_of=as_of,
        scope=scope,
        unfinished=tuple(unfinished),
        kind="update" if update else kind,
    )


def _carried(studies: int, reports: int, old_studies: int | None, old_reports: int | None) -> dict[str, int]:
    return {
        "new_studies": studies,
        "previous_studies": old_studies or 0,
        "previous_reports": old_reports or 0,
        "total_studies": (old_studies or 0) + studies,
        "total_reports": (old_reports or 0) + reports,
    }


def _removed(numbers: Mapping[str, int], studies: int, reports: int) -> dict[str, int]:
    return {
        "previous_removed_studies": studies,
        "previous_removed_reports": reports,
        "total_studies": numbers["total_studies"] - studies,
        "total_reports": numbers["total_reports"] - reports,
    }


def _declared_in(key: str, declared: Iterable[Declared]) -> int:
    return _sum([item.tally() for item in declared], key)


def _counts(key: str, tally: Tally) -> bool:
    found = members(key)
    return found is not None and found.holds(tally.source_kind, tally.source_name, tally.bucket, tally.reason)


def _sum(tallies: Iterable[Tally], key: str) -> int:
    return sum(tally.n for tally in tallies if _counts(key, tally))


def _parts(tallies: Sequence[Tally], reason_order: Sequence[str]) -> dict[str, Mapping[str, int]]:
    """Sources by size, then by name; reasons in protocol order, then by name, without a reason last."""
    place = {reason: index for index, reason in enumerate(reason_order)}
    by_source = {key: _grouped(tallies, key, lambda tally: tally.source_name) for key in SPECIFIC}
    by_reason = {key: _grouped(tallies, key, lambda tally: tally.reason) for key in REASONED}
    return {
        **{key: dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))) for key, found in by_source.items()},
        **{
            key: {
                reason: n
                for reason, n in sorted(
                    found.items(), key=lambda item: (not item[0], place.get(item[0], len(place)), item[0])
                )
                if n
            }
            for key, found in by_reason.items()
        },
    }


def _grouped(tallies: Iterable[Tally], key: str, name: Callable[[Tally], str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for tally in tallies:
        if _counts(key, tally):
            found[name(tally)] += tally.n
    return dict(found)
