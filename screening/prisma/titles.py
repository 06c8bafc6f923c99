"""What each number of the flow counts, in words: the heading of the list that it opens. Pure."""

from __future__ import annotations

from screening.prisma.wording import wording_of

_TITLES = {
    "identified": "Records identified",
    "removed": "Records removed before screening",
    "database_results": "Records identified from databases",
    "database_specific_results": "Records identified",
    "register_results": "Records identified from registers",
    "register_specific_results": "Records identified",
    "website_results": "Records identified from websites",
    "organisation_results": "Records identified from organisations",
    "citations_results": "Records identified by citation searching",
    "duplicates": "Duplicate records removed before screening",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded at title and abstract",
    "sought_reports": "Reports sought for retrieval",
    "notretrieved_reports": "Reports not retrieved",
    "assessed": "Reports assessed for eligibility",
    "excluded": "Reports excluded",
    "included": "Reports of included studies",
    "all_identified": "Records identified, databases, registers and other methods",
    "all_removed": "Records removed before screening, databases, registers and other methods",
    "all_excluded": "Excluded or not retrieved, at any stage",
    "new_reports": "Reports of included studies",
    "included_unlinked": "Included reports that belong to no study yet",
    "not_sought": "Records from other methods that were not sought",
    "pending": "Pending records and reports",
    "pending_title_abstract": "Pending at title and abstract",
    "pending_retrieval": "Pending: sought, with no outcome of retrieval yet",
    "pending_full_text": "Pending at full text",
}


def title_of_box(key: str, kind: str = "systematic") -> str:
    """The heading for the records under ``key`` in the words of that kind of review; a source or a reason follows after a colon."""
    stem, _, part = key.partition(":")
    whole = wording_of(kind).of(_TITLES[stem]) if stem in _TITLES else _of_column(stem, kind)
    return f"{whole}: {part}" if part else whole


def _of_column(stem: str, kind: str) -> str:
    column, _, rest = stem.partition("_")
    where = {"dbr": " (databases and registers)", "other": " (other methods)"}.get(column, "")
    return f"{wording_of(kind).of(_TITLES.get(rest, rest.replace('_', ' ').capitalize()))}{where}"
