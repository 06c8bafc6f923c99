"""Which sought report a PDF is, judged by its file name: the DOI, the record's number, else words of the title. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from rapidfuzz import fuzz

SURE = 100  # the file name is the DOI
LIKELY = 75  # preselected on the page where a person confirms
POSSIBLE = 45
OFFERED = 3
KEPT = 500  # letters; the key of a longer text is not remembered
_ENDING = re.compile(r"\.pdf$", re.IGNORECASE)
_COPY = re.compile(r"\s*(?:\(\d+\)|- ?copy)$", re.IGNORECASE)
_APART = re.compile(r"[^0-9a-z\u0370-\u03ff\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = re.compile(r"(?:record|rec|ref|no|nr)-?0*([1-9]\d{0,6})(?!\d)(?:-|$)")
_HASH = re.compile(r"#\s*0*([1-9]\d{0,6})(?!\d)")
_GLUED_YEAR = re.compile(r"(?<=[a-z])(?=(?:19|20)\d\d(?!\d))|(?<=\d{4})(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Sought:
    """A report as file names may tell of it; ``number`` is its record's."""

    number: int
    title: str = ""
    doi: str = ""
    family: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A report that the file may be: ``score`` 0 to 100, 100 only where the name is the DOI itself."""

    number: int
    score: int

    @property
    def is_sure(self) -> bool:
        """True where nobody needs to confirm."""
        return self.score >= SURE

    @property
    def is_likely(self) -> bool:
        """True where the page may offer it first."""
        return self.score >= LIKELY


def key(text: str) -> str:
    """Letters and digits in lower case, everything else as one hyphen: what a file system leaves of a DOI or a title."""
    return _kept_key(text) if len(text) <= KEPT else _key(text)


@lru_cache(maxsize=50_000)
def _kept_key(text: str) -> str:
    """The same titles are compared with file after file."""
    return _key(text)


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _APART.sub("-", plain).strip("-")


def matches(name: str, reports: Iterable[Sought]) -> list[Match]:
    """The reports that a file of this name may be, the best first, at most three; one sure match stands alone."""
    stem = _COPY.sub("", _ENDING.sub("", unquote(name).strip()))
    stem_key = key(stem)
    found = [Match(report.number, _score(stem_key, report)) for report in reports]
    found = sorted((one for one in found if one.score >= POSSIBLE), key=lambda one: (-one.score, one.number))
    sure = [one for one in found if one.is_sure]
    if len(sure) == 1:
        return sure
    return [Match(one.number, min(one.score, SURE - 1)) for one in found[:OFFERED]]


def number_in(name: str) -> int:
    """The number of the record that a file name gives in so many words ("record 12", "#12"), or 0."""
    stem = _ENDING.sub("", unquote(name).strip())
    found = _HASH.search(stem) or _NUMBERED.match(key(stem))
    return int(found.group(1)) if found else 0


def _score(stem: str, report: Sought) -> int:
    return max(_by_doi(stem, key(report.doi)), _by_title(stem, report))


def _by_doi(stem: str, doi: str) -> int:
    if len(doi) < 8 or not stem:
        return 0
    if stem in (doi, f"doi-{doi}", f"doi-org-{doi}", f"https-doi-org-{doi}"):
        return SURE
    if re.search(rf"(?<![a-z0-9]){re.escape(doi)}(?![a-z0-9])", stem):
        return SURE - 4
    suffix = doi.split("-", 2)[-1]  # publishers name files by what stands behind the slash
    return SURE - 8 if len(suffix) >= 7 and stem == suffix and any(letter.isdigit() for letter in suffix) else 0


def _by_title(stem: str, report: Sought) -> int:
    """How much of the title the name holds, in any order; the first author and the year help where they agree."""
    title = key(report.title).replace("-", " ")
    words = _GLUED_YEAR.sub(" ", stem).replace("-", " ")
    if not title or not words:
        return 0
    without = " ".join(word for word in words.split() if not _YEAR.fullmatch(word) and word != key(report.family))
    score = fuzz.token_set_ratio(without, title) * _weight(without, title) if without else 0.0
    bonus = _named(words.split(), report)
    return min(round(score) + bonus, SURE - 1)


def _weight(words: str, title: str) -> float:
    """A name with one word of a long title proves little: full weight from a third of its letters, or 20, on."""
    needed = min(20, max(len(title) // 3, 1))
    return min(len(words) / needed, 1.0)


def _named(words: Sequence[str], report: Sought) -> int:
    has_family = bool(report.family) and key(report.family).split("-")[-1] in words
    has_year = report.year is not None and str(report.year) in words
    return 30 * has_family + 20 * has_year
