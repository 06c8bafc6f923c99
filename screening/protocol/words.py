"""Words to mark in titles and abstracts: how a list of them is written, and where its words stand in a text.

A line holds a word, a phrase, or either with ``*`` for any further letters (educat*). No line is ever a regular expression:
words are compared as words, so the work is bounded by the length of text and list, whatever they hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

MOST_WORDS = 100  # lines of one list
LONGEST = 80  # characters of one line
LONGEST_TEXT = 10_000  # characters of a text that are looked at; an abstract has about 1,800
LONGEST_WORD = 60  # letters; what is longer is no word of a language, and matches no wildcard
GAP = 10  # characters that a wildcard may stand for in a script without spaces
MOST_KEPT = 20_000  # words whose matches a marker remembers

Speaks = Literal["for", "against"]

# Scripts that write no space between words (Thai to Khmer, kana, Han), and Hangul, whose words carry their particles.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[^\W_{_UNSPACED}]+")
_PATTERN = re.compile(r"(?:[^\W_]|\*)+")
_BETWEEN_LINES = re.compile(r"[\n\r,;、，；]+")
_SOFT = re.compile(r"[\s\-/]{1,3}")
_ACCENTS = re.compile("[\u0300-\u036f]")
_PLAIN = {ord(dash): "-" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"}
_PLAIN |= {ord(quote): "'" for quote in "\u2018\u2019\u02bc"} | dict.fromkeys(
    (0xAD, 0x200B, 0x200C, 0x200D, 0x2060), ""
)


class UnreadableWordError(ValueError):
    """A line of a list that cannot be looked for; its text says what to do."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` up to ``end`` of a text hold a word of a list."""

    start: int
    end: int
    speaks: Speaks


def read_words(text: str) -> list[str]:
    """The words of a list as typed: one a line, or parted by commas or semicolons; each once.

    Raises UnreadableWordError for more than 100 lines, a line of more than 80 characters, or one that would mark nearly everything.
    """
    found: dict[str, str] = {}
    for line in _BETWEEN_LINES.split(text.translate({ord(quote): "" for quote in '"“”「」'})):
        word = " ".join(line.split())
        if word:
            _check(word)
            found.setdefault(fold(word)[0], word)
    if len(found) > MOST_WORDS:
        raise UnreadableWordError(f"These are {len(found)} words. Keep at most {MOST_WORDS} in one list.")
    return list(found.values())


def _check(word: str) -> None:
    if len(word) > LONGEST:
        raise UnreadableWordError(f"“{word[:30]}…” is too long. Keep each line below {LONGEST} characters.")
    letters = "".join(_PATTERN.findall(fold(word)[0])).replace("*", "")
    if len(letters) < 2 and not _IS_UNSPACED.search(letters):
        raise UnreadableWordError(f"“{word}” would mark nearly everything. Write at least two letters.")


def fold(text: str) -> tuple[str, Sequence[int] | None]:
    """Lower case, no accents, plain hyphens, full-width forms plain, Chinese simplified; and the place in ``text`` of each character.

    The places end with the length of the text; they are None where every character kept its own.
    """
    if text.isascii():
        return text.lower(), None
    table = {ord(one): _fold_one(one) for one in set(text)}
    if all(len(plain) == 1 for plain in table.values()):
        return text.translate(table), None
    pieces = [table[ord(one)] for one in text]
    places = [place for place, plain in enumerate(pieces) for _ in plain]
    return "".join(pieces), [*places, len(text)]


@lru_cache(maxsize=20_000)
def _fold_one(one: str) -> str:
    apart = unicodedata.normalize("NFKD", one.translate(_PLAIN)).casefold()
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).translate(_PLAIN)
    return str(_simplifier().convert(plain)) if "\u3400" <= plain[:1] <= "\u9fff" else plain


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    from opencc import OpenCC  # loads its dictionaries: only where there is Chinese text

    return OpenCC("t2s")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words one after the other, ``between`` what parts them; a word may hold wildcards."""

    words: tuple[str, ...]
    between: tuple[str, ...]
    speaks: Speaks


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of a script without spaces; a wildcard stood between its ``parts``."""

    parts: tuple[str, ...]
    speaks: Speaks

    def found_in(self, text: str) -> Iterator[Span]:
        start = text.find(self.parts[0])
        while start >= 0:
            end = self._end(text, start + len(self.parts[0]))
            if end:
                yield Span(start, end, self.speaks)
            start = text.find(self.parts[0], max(end, start + 1))

    def _end(self, text: str, end: int) -> int:
        for part in self.parts[1:]:
            here = text.find(part, end, end + GAP + len(part))
            if here < 0:
                return 0
            end = here + len(part)
        return end


class Marker:
    """Two lists of words, ready to be found in texts. Where words overlap the earlier and longer one is marked."""

    def __init__(self, speaks_for: Iterable[str] = (), speaks_against: Iterable[str] = ()) -> None:
        self._runs: list[_Run] = []
        self._phrases: list[_Phrase] = []
        self._known: dict[str, tuple[_Phrase, ...]] = {}
        for word in speaks_for:
            self._add(word, "for")
        for word in speaks_against:
            self._add(word, "against")

    def _add(self, word: str, speaks: Speaks) -> None:
        plain, _ = fold(word)
        if _IS_UNSPACED.search(plain):
            parts = tuple(part for part in plain.split("*") if part)
            self._runs.append(_Run(parts, speaks))
            return
        found = list(_PATTERN.finditer(plain))
        between = tuple(plain[one.end() : other.start()] for one, other in pairwise(found))
        if found:
            self._phrases.append(_Phrase(tuple(one.group() for one in found), between, speaks))

    def __bool__(self) -> bool:
        return bool(self._runs or self._phrases)

    def spans(self, text: str) -> list[Span]:
        """Where words of the lists stand in ``text``, in order, none over another."""
        plain, places = fold(text[:LONGEST_TEXT])
        found = [span for run in self._runs for span in run.found_in(plain)] + list(self._found_phrases(plain))
        chosen: list[Span] = []
        for span in sorted(found, key=lambda one: (one.start, -one.end)):
            if not chosen or span.start >= chosen[-1].end:
                chosen.append(span)
        return chosen if places is None else [_as_written(span, places) for span in chosen]

    def _found_phrases(self, plain: str) -> Iterator[Span]:
        if not self._phrases:
            return
        words = [(one.group(), one.start(), one.end()) for one in _WORD.finditer(plain)]
        for place, (word, start, _) in enumerate(words):
            for phrase in self._beginning_with(word):
                end = _end_of(phrase, words, place, plain)
                if end:
                    yield Span(start, end, phrase.speaks)

    def _beginning_with(self, word: str) -> tuple[_Phrase, ...]:
        """Phrases whose first word this is; remembered, as abstracts repeat their words."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            known = tuple(phrase for phrase in self._phrases if _fits(phrase.words[0], word))
            self._known[word] = known
        return known


class Marks:
    """A marker at work on one page: it counts what it finds, for the legend."""

    def __init__(self, marker: Marker) -> None:
        self._marker = marker
        self.speaks_for = self.speaks_against = 0
        self._told: set[str] = set()

    def spans(self, text: str) -> list[Span]:
        """As `Marker.spans`, counted."""
        found = self._marker.spans(text)
        self.speaks_for += sum(span.speaks == "for" for span in found)
        self.speaks_against += sum(span.speaks == "against" for span in found)
        return found

    def anew(self) -> Marks:
        """The same words for another text, nothing counted yet."""
        return Marks(self._marker)

    def told_once(self, speaks: str) -> bool:
        """True for the first mark of a kind on the page: that one says in words what it means."""
        is_first = speaks not in self._told
        self._told.add(speaks)
        return is_first


def _fits(pattern: str, word: str) -> bool:
    """Whether a word is ``pattern``, in which each ``*`` stands for any letters or none. Linear: each part is sought once."""
    first, *parts = pattern.split("*")
    if not parts:
        return word == pattern
    *middle, last = parts
    if len(word) > LONGEST_WORD or len(word) < len(first) + len(last):
        return False
    if not (word.startswith(first) and word.endswith(last)):
        return False
    at, until = len(first), len(word) - len(last)
    for part in middle:
        here = word.find(part, at, until)
        if here < 0:
            return False
        at = here + len(part)
    return True


def _end_of(phrase: _Phrase, words: Sequence[tuple[str, int, int]], place: int, plain: str) -> int:
    """Where the phrase that begins with the word at ``place`` ends; 0 where it does not go on."""
    end = words[place][2]
    for pattern, between in zip(phrase.words[1:], phrase.between, strict=True):
        place += 1
        if place >= len(words) or not _fits(pattern, words[place][0]):
            return 0
        if not _part_alike(between, plain[end : words[place][1]]):
            return 0
        end = words[place][2]
    return end


def _part_alike(asked: str, found: str) -> bool:
    """Blanks, line ends, hyphens and strokes are one and the same between words; any other sign must be the one asked for."""
    return asked == found or bool(_SOFT.fullmatch(asked) and _SOFT.fullmatch(found))


def _as_written(span: Span, places: Sequence[int]) -> Span:
    end = max(places[span.end], places[span.end - 1] + 1)
    return Span(places[span.start], end, span.speaks)
