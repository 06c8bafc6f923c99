"""What a BibTeX entry takes from another one that it names: ``crossref`` (a paper and its volume) and biblatex's ``xdata``.

Only what tells where and when a paper was published is taken over. A parent's title becomes the title of the book, never
that of the paper; its DOI, abstract and keywords describe the parent alone (biblatex manual, appendix B; BibTeX's
``crossref`` takes over whatever is missing, which would give every paper of a volume one DOI).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Values = dict[str, list[str]]
Parents = Mapping[str, Values]

_REFERENCE = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]([^{}\"]{1,1000})", re.IGNORECASE)
_TAKEN = (
    "year", "date", "month", "journal", "journaltitle", "booktitle", "series", "volume", "number", "issue", "publisher",
    "school", "institution", "language", "langid",
)  # fmt: skip
_SAME = ({"year", "date"}, {"journal", "journaltitle"}, {"number", "issue"})
_CONTAINS_BOOKS = frozenset({"inproceedings", "conference", "incollection", "inbook", "suppbook", "inreference"})
_OF_ITS_OWN = frozenset({"crossref", "xref", "xdata", "ids", "entryset", "key", "label", "sortkey", "shorthand"})
_DEEPEST = 3


def named(lines: Iterable[str]) -> frozenset[str]:
    """The keys, folded, of the entries that others take fields from."""
    found = (match[1] for line in lines if "=" in line for match in _REFERENCE.finditer(line))
    return frozenset(key.strip().casefold() for keys in found for key in keys.split(","))


def inherit(kind: str, values: Values, parents: Parents, depth: int = 0) -> None:
    """Fill into ``values`` (fields by lower-case name) what an entry of type ``kind`` lacks and the entries it names have."""
    for name in ("xdata", "crossref"):
        for key in [key for text in values.get(name, ()) for key in text.split(",")]:
            parent = {field: list(texts) for field, texts in parents.get(key.strip().casefold(), {}).items()}
            if not parent or depth >= _DEEPEST:
                continue
            inherit("", parent, parents, depth + 1)
            _take(kind, values, parent, everything=name == "xdata")


def _take(kind: str, values: Values, parent: Values, *, everything: bool) -> None:
    own = {name for names in _SAME if values.keys() & names for name in names}
    for field in sorted(set(parent) - _OF_ITS_OWN) if everything else _TAKEN:
        if field in parent and field not in own:
            values.setdefault(field, parent[field])
    if everything or not kind:
        return
    title = parent.get("booktitle") or parent.get("title", [])
    if kind == "article":
        _default(values, "journal", [] if "journaltitle" in values else title)
    else:
        _default(values, "booktitle", title)
    if kind == "inbook":
        _default(values, "author", parent.get("author", []))
    if kind in _CONTAINS_BOOKS:
        _default(values, "editor", parent.get("editor", []) if "author" in values else [])


def _default(values: Values, field: str, texts: list[str]) -> None:
    if texts:
        values.setdefault(field, texts)
