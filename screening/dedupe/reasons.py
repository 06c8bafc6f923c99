"""Why two records are thought to be one, in a sentence for a person, and what kind of pair they are."""

from __future__ import annotations

import re

from . import normalise
from .comparing import PREFIX, Comparison
from .keys import Keys

# One of two titles names an edition: an update, a revision, the guideline of another year.
_EDITION = re.compile(
    r"\b(update[ds]?|updating|revis(ed|ion)|editions?|version|amend\w+)\b|更新|修订|改訂|改版|年版|개정"
)
_BY_VETO = (
    ("version", "updated version"), ("flag:erratum", "erratum or reply"), ("flag:reply", "erratum or reply"),
    ("thesis", "thesis and article"), ("preprint", "preprint and article"), ("flag:protocol", "protocol and results"),
)  # fmt: skip


def kind(a: Keys, b: Keys, c: Comparison) -> str:
    """What the two records are to each other, as far as their fields tell."""
    found = next((kind for veto, kind in _BY_VETO if veto in c.vetoes), None)
    if found:
        return found
    if not a.titles or not b.titles:
        return "same"
    if not c.comparable or (c.title < 60 and not c.prefix):
        return "translation" if not c.same_language and c.start > 0 and c.volume > 0 else "same"
    return _kind_by_place(a, b, c)


def _kind_by_place(a: Keys, b: Keys, c: Comparison) -> str:
    elsewhere = min(c.start, c.volume, c.issue) < 0
    other_journal = c.journal is not None and c.journal < 0.65
    if a.congress != b.congress and c.doi <= 0 and (elsewhere or other_journal):
        return "conference abstract and article"
    edition = _names_an_edition(a), _names_an_edition(b)
    if c.start <= 0 and c.title < 100 and edition[0] != edition[1]:
        return "updated version"
    if (c.generic or c.numbers_differ) and (elsewhere or (c.years or 0) > 0):
        return "updated version" if any(edition) else "same series"
    return "same"


def _names_an_edition(one: Keys) -> bool:
    return bool(_EDITION.search(normalise.fold(one.record.title)))


def sentence(a: Keys, b: Keys, c: Comparison) -> str:
    """One sentence: what agrees, then what differs, then what is missing on one side."""
    same, other = _title_words(c) if a.titles and b.titles else ([], [])
    for name, sign in _signs(c):
        (same if sign > 0 else other).append(name)
    one_has_none = [name for name, left, right in _presence(a, b) if bool(left) != bool(right)]
    parts = []
    if same:
        parts.append("same " + _listed(same))
    if other:
        parts.append(f"{_listed(other)} {'differ' if len(other) > 1 or other[0] in _PLURALS else 'differs'}")
    if one_has_none:
        parts.append("one has no " + _listed(one_has_none, "or"))
    whole = "; ".join(parts) or "little in common"
    return whole[0].upper() + whole[1:] + "."


_PLURALS = ("authors", "numbers in the title")


def _title_words(c: Comparison) -> tuple[list[str], list[str]]:
    same: list[str] = []
    other: list[str] = []
    if not c.comparable:
        return same, ["language of the title"]
    if c.title >= 97:
        same.append("title")
    elif c.prefix:
        same.append("beginning of the title")
    elif c.ending >= PREFIX:
        same.append("end of the title")
    elif c.title >= 80:
        same.append("title but for details")
    else:
        other.append("title")
    if c.numbers_differ:
        other.append("numbers in the title")
    return same, other


def _signs(c: Comparison) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    if c.authors is not None:
        found.append(("authors", 1 if c.authors >= 0.6 else -1))
    if c.journal is not None:
        found.append(("journal", 1 if c.journal >= 0.65 else -1))
    if c.years is not None:
        found.append(("year", 1 if c.years == 0 else -1))
    for name, sign in (
        ("volume", c.volume),
        ("issue", c.issue),
        ("start page", c.start),
        ("DOI", c.doi),
        ("PMID", c.pmid),
    ):
        if sign:
            found.append((name, sign))
    return found


def _presence(a: Keys, b: Keys) -> list[tuple[str, object, object]]:
    return [
        ("title", a.titles, b.titles),
        ("authors", a.authors.families, b.authors.families),
        ("volume", a.volume, b.volume),
        ("pages", a.pages.start, b.pages.start),
        ("DOI", a.doi, b.doi),
    ]


def _listed(names: list[str], word: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
