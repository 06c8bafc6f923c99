"""Journal names as matching reads them: abbreviations, subtitles, brackets and initials of one name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from . import normalise

_STOP = frozenset(
    "the of and in for on de la le les el los las et und der die das des fur y e del di da a an u to & with o".split()  # noqa: SIM905
)
_MEETINGS = frozenset(("conference", "workshop", "symposium", "congress", "conf", "symp"))
LONG_NAME = 4
LONGEST = 400
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|[(\[].*$")
_SPLIT = re.compile(
    r"\s*=\s*|\s*:\s+|\s+/\s+|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})|\.\s+(?=[^\W\d_]{4,})|\.(?=conference\b)|\s*;\s+|\s+[|]\s+| - "
)
_EDITION = re.compile(r"^(\d+(st|nd|rd|th)?|proc|proceedings?|annual)$")
_NOT_A_JOURNAL = re.compile(r"^\W*(unknown|n/?a|none|not available)\W*$")
_TRANSCRIBED = re.compile(
    r"\b(zhonghua|zhongguo|chung ?hua|za ?zhi|tsa chih|xue ?bao|hsueh pao|nippon|nihon|zasshi|gakkai|igaku|taehan|ch[ou]ngguk)"
)


@dataclass(frozen=True, slots=True)
class Journal:
    """``names`` are the words of each alternative name without articles and prepositions; ``letters`` run together."""

    names: tuple[tuple[str, ...], ...] = ()
    cjk: bool = False
    transcribed: bool = False


NO_JOURNAL = Journal()


@lru_cache(maxsize=50_000)
def journal(text: str) -> Journal:
    """Read a journal's, book's or proceedings' name."""
    folded = normalise.fold(text[:LONGEST]).replace("&", " and ").replace("'", "")
    if not folded.strip() or _NOT_A_JOURNAL.match(folded):
        return NO_JOURNAL
    bare = _BRACKETS.sub(" ", folded)
    bare = bare if normalise.compact(bare) else folded
    names = {_name(bare): None}
    for part in _SPLIT.split(bare):
        names.setdefault(_name(part))
    named = tuple(name for name in names if _is_name(name)) or (tuple(normalise.words(folded)) or (folded,),)
    return Journal(named, normalise.is_cjk(bare), bool(_TRANSCRIBED.search(folded)))


def _is_name(name: tuple[str, ...]) -> bool:
    """False for what names nothing alone: a single letter, or the word that introduces the name of a meeting."""
    return len("".join(name)) > 1 and not _MEETINGS.issuperset(name)


def _name(text: str) -> tuple[str, ...]:
    found = normalise.words(text)
    return tuple(word for word in found if word not in _STOP and not _EDITION.match(word)) or tuple(found)


@lru_cache(maxsize=200_000)
def similarity(a: Journal, b: Journal) -> float | None:
    """0 to 1 for the best pair of names; None where one is missing or they are in different scripts or transcriptions."""
    if not a.names or not b.names or a.cjk != b.cjk:
        return None
    best = max(_alike(one, other) for one in a.names for other in b.names)
    if best < 0.65 and a.transcribed != b.transcribed:
        return None
    return best


def _alike(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    run_a, run_b = "".join(a), "".join(b)
    if run_a == run_b:
        return 1.0
    if normalise.is_cjk(run_a):
        return 0.7 if min(len(run_a), len(run_b)) >= LONG_NAME and (run_a in run_b or run_b in run_a) else 0.3
    if _initials(a, b) or _initials(b, a):
        return 1.0
    shared = _shared_in_order(a, b)
    if _is_meeting(a) != _is_meeting(b):
        return min(0.5, 2 * shared / (len(a) + len(b)))
    if shared == min(len(a), len(b)) >= LONG_NAME:
        return 0.85
    return 2 * shared / (len(a) + len(b))


def _is_meeting(name: tuple[str, ...]) -> bool:
    return not _MEETINGS.isdisjoint(name)


def _initials(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return (
        len(long) > 1 and len(short) == 1 and 2 < len(short[0]) == len(long) and short[0] == "".join(w[0] for w in long)
    )


def _shared_in_order(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    shared = start = 0
    for word in a:
        for n in range(start, len(b)):
            if _abbreviates(word, b[n]):
                shared += 1
                start = n + 1
                break
    return shared


def _abbreviates(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return True
    if short[0] != long[0] or len(short) < 2:
        return False
    # Contractions keep the first letters and the end: "Intl", "Natl", "Dtsch".
    letters = iter(long)
    return len(short) >= 4 and all(letter in letters for letter in short) and long[-1] == short[-1]
