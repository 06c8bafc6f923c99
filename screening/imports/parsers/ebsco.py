"""EBSCO's records flattened into columns by their path: ``artinfo/aug/au/0``, ``pubinfo/dt/_year``, ``artinfo/ui/1/__text``."""

from __future__ import annotations

from collections.abc import Container, Sequence

# The end of a path, without numbers and marks, and the field it holds; `_parts` are columns that belong together.
_FIELDS = {
    "artinfo tig atl": "title",
    "dissinfo disstl": "title",
    "bkinfo btl": "book",
    "artinfo aug au": "authors_parts",
    "bkinfo aug au": "authors_parts",
    "dissinfo aug au": "authors_parts",
    "jinfo jtl": "journal",
    "pubinfo dt year": "year",
    "pubinfo dt": "date",
    "pubinfo vid": "volume",
    "pubinfo iid": "issue",
    "artinfo ppf": "start_page",
    "artinfo ui": "numbers",
    "artinfo ui type": "number_kinds",
    "artinfo ab": "abstract_parts",
    "artinfo sug subj": "keywords_parts",
    "artinfo kwg kw": "keywords_parts",
    "artinfo doctype": "type",
    "artinfo pubtype": "type",
    "language": "language",
    "displayinfo plink url": "url",
    "header longdbname": "database",
    "header uiterm": "accession",
}
_FAMILY = frozenset({"artinfo", "jinfo", "pubinfo", "bkinfo", "dissinfo"})
_FEWEST = 3  # groups of the family, so that one odd column of another table makes no EBSCO export


def ebsco_columns(keys: Sequence[str], told: Container[str] = ()) -> dict[str, list[int]]:
    """For each field the columns that hold it, in their order; ``{}`` for a table of another make.

    ``keys`` are headings as `heading_key` writes them. Those of ``told`` are left to whoever told.
    """
    if len({word for key in keys for word in key.split()} & _FAMILY) < _FEWEST:
        return {}
    columns: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        if key not in told and (field := _field(key)):
            columns.setdefault(field, []).append(index)
    if "title" not in columns and "book" in columns:
        columns["title"] = columns.pop("book")
    return columns


def _field(key: str) -> str:
    words = [word for word in key.split() if not word.isdigit()]
    if words[-1:] == ["text"]:
        words.pop()
    path = " " + " ".join(words)
    return next((field for end, field in _FIELDS.items() if path.endswith(" " + end)), "")
