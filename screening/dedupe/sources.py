"""What the records of one source tell of the source: whether its issue numbers are issues, and whether it is one database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .shapes import Link, MatchRecord

ENOUGH_ISSUES = 50
DISTINCT_ISSUES = 0.5
MIXED_PAIRS = 3
MIXED_SHARE = 0.02


def trusted(records: Sequence[MatchRecord]) -> list[MatchRecord]:
    """The records without what their source cannot mean: issues that are a reference manager's row numbers."""
    return list(without_issues(records, numbering_rows(records)))


def numbering_rows(records: Iterable[MatchRecord]) -> frozenset[str]:
    """Sources whose issues count their rows: issues repeat (1 to 12, mostly); there more than half are used once."""
    issues: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        if record.issue:
            issues[record.source].append(record.issue)
    return frozenset(source for source, found in issues.items() if _are_row_numbers(found))


def without_issues(records: Iterable[MatchRecord], numbered: Collection[str]) -> Iterator[MatchRecord]:
    """The records, those of the sources ``numbered`` without an issue."""
    for record in records:
        yield replace(record, issue="") if record.source in numbered and record.issue else record


def _are_row_numbers(issues: Sequence[str]) -> bool:
    return len(issues) >= ENOUGH_ISSUES and len(set(issues)) > DISTINCT_ISSUES * len(issues)


@dataclass(frozen=True, slots=True)
class WithinSource:
    """A link that a rule would merge although both records came in one source.

    ``certain`` says that an identifier or the whole place in print agrees too, ``score`` is its rank as a question.
    """

    link: Link
    source: str
    certain: bool
    score: float


def settle_within_sources(within: Sequence[WithinSource], sizes: Mapping[str, int]) -> list[Link]:
    """Links within sources: automatic where certain, else questions (DD3).

    ``sizes`` are records by source. A database keeps no certain duplicates, so a source that holds many is a collection
    of several databases, and its links count like any other.
    """
    certain = Counter(found.source for found in within if found.certain)
    mixed = {source for source, pairs in certain.items() if pairs >= max(MIXED_PAIRS, MIXED_SHARE * sizes[source])}
    return list(_settled(within, mixed))


def _settled(within: Iterable[WithinSource], mixed: set[str]) -> Iterable[Link]:
    for found in within:
        if found.certain or found.source in mixed:
            yield found.link
        else:
            yield replace(found.link, automatic=False, score=round(found.score, 4), rule="one source")
