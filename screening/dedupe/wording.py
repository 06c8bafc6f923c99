"""Two titles side by side: how alike they are, and whether a word of one stands against a word of the other."""

from __future__ import annotations

import enum
import re
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from . import normalise
from .titles import CJK_PARTICLES, Title

# Words of one line exclude each other; a title that alone has one of them is about other people or conditions (DD2).
_EXCLUSIVE = (
    "vivo vitro silico", "adult adults adolescent adolescents child children pediatric paediatric infant infants newborn "
    "newborns neonate neonates neonatal elderly preschool", "men women male males female females boys girls man woman",
    "sensitive resistant", "acute chronic", "mice mouse rats rat rabbits rabbit human humans pigs pig dogs dog", "low high",
    "before after", "short long", "positive negative", "northern southern eastern western", "inpatient inpatients "
    "outpatient outpatients", "without", "preterm term", "qualitative quantitative", "undergraduate postgraduate",
    "primary secondary tertiary", "morning evening", "left right", "unilateral bilateral",
)  # fmt: skip
_EXCLUDING = frozenset(word for line in _EXCLUSIVE for word in line.split())
_STOP = frozenset(
    (  # noqa: SIM905
        "a an and are as at by der des die das de del di du e el en et for from fur in is its la las le les los of on or "
        "s t the to und und v versus vs y und with using use via its this that into"
    ).split()
)
_ENGLISH = frozenset("the of and with for from by among between during".split())  # noqa: SIM905
# A single character that turns a title into another when one side alone has it: not, without, men, women, before, after.
_CJK_TURNS = frozenset("非不无未男女新再前后续初高低老幼青少内外复反双单")
_SPELLING = (("ae", "e"), ("oe", "e"), ("our", "or"), ("ph", "f"), ("z", "s"), ("y", "i"))
_GREEK_NAMES = frozenset(normalise.GREEK.values())
_NUMBER = r"(\d|ii|iv|vi|i$|v$|(one|two|three|four|five)|[一二三四五六七八九十上中下])|第|제\d"
_PART = r"(part|teil|partie|parte|phase|study|volume)"
_GOES_ON = re.compile(f"{_PART}?{_NUMBER}")
_PART_AND_NUMBER = re.compile(f"{_PART}{_NUMBER}")
_ENDS_IN_A_PART = re.compile(rf"{_PART}(\d+|[ivx]+|one|two|three|four|five)$")
LONGEST_ENDING = 3
SAME_RUN = 90


def same_language(a: Title, b: Title) -> bool:
    """True where two titles are in one script and, in Latin letters, both or neither are English by their small words."""
    return a.cjk == b.cjk and (a.cjk or _ENGLISH.isdisjoint(a.words) == _ENGLISH.isdisjoint(b.words))


def similarity(a: Title, b: Title, cutoff: float = 0.0) -> float:
    """0 to 100: the better of the ratios of sorted words and of all letters run together; 0 below ``cutoff``."""
    if a.compact == b.compact:
        return 100.0
    by_words = float(fuzz.ratio(a.ordered, b.ordered, score_cutoff=cutoff))
    if not by_words:
        return 0.0
    return max(by_words, float(fuzz.ratio(a.compact, b.compact, score_cutoff=by_words)))


def common_beginning(a: Title, b: Title) -> int:
    """Letters of the shorter title where it begins the longer (cut, or without its subtitle), else 0; a Han letter is 2."""
    shorter, longer = sorted((a.compact, b.compact), key=len)
    if not longer.startswith(shorter):
        return 0
    return len(shorter) * (2 if a.cjk else 1)


def numbers_beyond(a: Title, b: Title) -> bool:
    """For a title that begins another: True where the longer goes on to a part or number, or the shorter has its own."""
    shorter, longer = sorted((a, b), key=lambda title: len(title.compact))
    if not shorter.numbers <= longer.numbers:
        return True
    return bool(_GOES_ON.match(longer.compact[len(shorter.compact) :]))


def has_a_part_more(a: Title, b: Title) -> bool:
    """True where one title alone names a part at its end, "Part 2"; the mark of a footnote is none."""
    shorter, longer = sorted((a, b), key=lambda title: len(title.compact))
    if longer.compact.startswith(shorter.compact):
        return bool(_PART_AND_NUMBER.match(longer.compact[len(shorter.compact) :]))
    return a.numbers != b.numbers and bool(_ENDS_IN_A_PART.search(a.compact)) != bool(_ENDS_IN_A_PART.search(b.compact))


class Difference(enum.IntEnum):
    """How far the words of two titles part: not at all, a word more, one for another, or words that exclude each other."""

    NONE = 0
    EXTRA_WORD = 1
    OTHER_WORD = 2
    OPPOSITE = 3


def difference(a: Title, b: Title) -> Difference:
    """What the words say that only one of the titles has (DD2).

    OPPOSITE: one title alone names a group or condition that excludes others, or, in Chinese, Japanese and Korean, has
    other characters. OTHER_WORD: each title has a word in place of the other's. EXTRA_WORD: one has a word more.
    """
    if a.compact == b.compact:
        return Difference.NONE
    if a.cjk or b.cjk:
        return _character_difference(set(a.compact) - CJK_PARTICLES, set(b.compact) - CJK_PARTICLES)
    only_a, only_b = set(a.words) - set(b.words), set(b.words) - set(a.words)
    left, right = _unmatched(only_a, only_b), _unmatched(only_b, only_a)
    run_a = "".join(word for word in a.words if word in left - _STOP)
    run_b = "".join(word for word in b.words if word in right - _STOP)
    if run_a and run_b and fuzz.ratio(run_a, run_b) >= SAME_RUN:
        return Difference.NONE
    if not _EXCLUDING.isdisjoint(left | right):
        return Difference.OPPOSITE
    if run_a and run_b:
        return Difference.OTHER_WORD
    return Difference.EXTRA_WORD if run_a or run_b else Difference.NONE


def _character_difference(a: set[str], b: set[str]) -> Difference:
    if a == b:
        return Difference.NONE
    if (a - b and b - a) or not _CJK_TURNS.isdisjoint(a ^ b):
        return Difference.OPPOSITE
    return Difference.EXTRA_WORD


def _unmatched(these: set[str], others: set[str]) -> set[str]:
    return {word for word in these if not any(is_same_word(word, other) for other in others)}


@lru_cache(maxsize=200_000)
def _respelled(word: str) -> str:
    for old, new in _SPELLING:
        word = word.replace(old, new)
    return word


def is_same_word(a: str, b: str) -> bool:
    """True for two spellings of one word: British and American, another ending, one slip of the pen, a Greek letter."""
    shorter, longer = (a, b) if len(a) <= len(b) else (b, a)
    if len(shorter) == 1:
        return longer in _GREEK_NAMES and longer.startswith(shorter)
    if len(longer) - len(shorter) > LONGEST_ENDING:
        return False
    shorter, longer = _respelled(shorter), _respelled(longer)
    if shorter == longer:
        return True
    if shorter[0] != longer[0] and shorter[-1] != longer[-1]:
        return False  # two slips; most pairs of words end here
    if not a.isalpha() or not b.isalpha():
        return False
    common = next((n for n, pair in enumerate(zip(shorter, longer, strict=False)) if pair[0] != pair[1]), len(shorter))
    if common >= 5 and len(longer) - common <= LONGEST_ENDING:
        return True
    if common == len(shorter) >= 3 and len(longer) - common <= 2:
        return True
    return len(shorter) >= 5 and OSA.distance(shorter, longer, score_cutoff=1) <= 1
