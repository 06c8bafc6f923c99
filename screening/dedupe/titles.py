"""Titles as matching reads them: notes dropped, both languages of a bilingual title, the numbers in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import normalise
from .locators import roman_value

_NO_TITLE = re.compile(
    r"^\W*(unknown|untitled|no title( available)?|not available|title not available|n/?a|无标题)?\W*$"
)
_LANGUAGES = (
    "arabic|bulgarian|chinese|croatian|czech|danish|dutch|english|finnish|french|german|greek|hebrew|hungarian|italian|"
    "japanese|korean|lithuanian|norwegian|persian|polish|portuguese|romanian|russian|serbian|slovak|slovene|slovenian|"
    "spanish|swedish|thai|turkish|ukrainian"
)
_IN_LANGUAGE = rf"(?:in\s+)?(?:{_LANGUAGES})(?:\s*(?:,|and|&|/|-|;)\s*(?:{_LANGUAGES}))*"
_NOTE = re.compile(
    rf"""\[(?:
        (?:review|\d+\s+refs?|article\s+in|see\s+comment|summary\s+in|in\s+process|electronic\s+resource)\b[^\]]*\]
        |(?:published\s+)?(?:errat(?:um|a)|correct(?:ion|ed)|corrigendum|comment|retraction)\s+(?:appears?|in|and|published)\b
            [^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*(?:\]|$)
        |(?:published\s+)?errat(?:um|a)\s*$
        |(?:{_IN_LANGUAGE}|letter|editorial|corrected|careers|proceeding|retracted(?:\s+article)?)\s*\]
    )
    |[\[(<](?:conference\s+|meeting\s+)?abstract(?:\s+(?:(?:no|number|nr)\b[.:]*\s*)?[a-z]?-?\d+)?[\])>]
    |\((?:{_IN_LANGUAGE}|review|letter|author'?s\s+transl|retracted(?:\s+article\b[^)]*)?)\)""",
    re.VERBOSE,
)
# Web of Science and Scopus name the article that a notice is about: (vol 12, pg 345, 2009), (Journal (2009) 12 (345-350)).
OF_ANOTHER = re.compile(
    r"\s*\((?:(?:[a-z]{2,20} ){0,4}vol\.? ?[\w./]{1,30}, (?:[a-z]+\.? ?)?[\w.-]{1,20},? (?:19|20)\d\d"
    r"|[^()]{3,150}\((?:19|20)\d\d\)[^()]{1,40}(?:\([^()]{1,40}\))?)\)\W*$"
)
_RETRACTED = re.compile(r"^\W*retracted(?:\s+article)?\s*[:.\]-]\s*")
_ORIGINAL = re.compile(r"<?\boriginal>\s*| = | / (?=\D)| ; |;\s+(?=[^\W\d_])|\s*\|\s*|\s*[＝=]\s*(?=[^\s\d])")
_LANGUAGE_SIGNS = re.compile(r"\boriginal>| = |[＝=]")
# Small words of other languages that no English title has: they tell a translation from a subtitle.
_FOREIGN = frozenset(
    "de la le du di da y sobre del los las una por para con en el der und von bei mit zur zum im ein eine einer fur dans chez sous "  # noqa: SIM905
    "sur les des une pour par aux au della delle nella nel sul dei gli dos das nos uma em och vid av hos til ved bij van het een".split()
)
_BRACKETED = re.compile(r"^(.{20,}?)\s*\[(.{20,})\]\W*$")

_NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5",
    "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10", "上": "1",
    "下": "2",
}  # fmt: skip
_PARTS = frozenset(
    "part parts type types phase phases stage stages grade class level factor volume vol section study".split()  # noqa: SIM905
)
_DIGITS = re.compile(r"\d+")
_ROMAN_IN_CJK = re.compile(r"(?<![a-z])[ivx]+(?![a-z])")
_TWO_NUMBERS = re.compile(r"\d[ ,]\d")
_GROUPED = re.compile(r"(?<![\d.,])(?:(\d{1,3}),(?=\d{3}(?!\d))|(\d{2,3}) (?=\d{3}(?!\d))|(\d) (?=000(?!\d)))")
_ROC_YEAR = re.compile(r"(?:民国|民國)\s*(\d{2,3})\s*(?=年)")
CJK_PARTICLES = frozenset("的之与和及其于在对の・と")
LONG_ENOUGH = 22
LONGEST = 1_000
LONG_ENOUGH_CJK = 6


@dataclass(frozen=True, slots=True)
class Title:
    """One wording of a title: ``compact`` without spaces, ``ordered`` with its words sorted (in Chinese
    without particles), the words and the numbers in it."""

    compact: str
    ordered: str
    words: tuple[str, ...]
    cjk: bool
    numbers: frozenset[str]


def wordings(*texts: str) -> tuple[Title, ...]:
    """Every wording of a record's title that another record may carry: whole, each language of it, translated."""
    return wordings_of(*map(cleaned, texts))


def wordings_of(*texts: str) -> tuple[Title, ...]:
    """The same for texts that are ``cleaned`` already."""
    found: dict[str, Title] = {}
    for text in texts:
        for part in _parts(OF_ANOTHER.sub("", text) if text.endswith(")") else text):
            title = _title(part)
            if title.compact:
                found.setdefault(title.compact, title)
    return tuple(found.values())


def cleaned(text: str) -> str:
    """Folded title without notes about the article (language, references, where its erratum is); "" for no title."""
    text = text[:LONGEST]  # an abstract in the title's field
    if "original>" in text.lower():
        text = re.sub(r"<\s*original\s*>", " = ", text, flags=re.IGNORECASE)
    folded = normalise.fold(text)
    if _NO_TITLE.match(folded):
        return ""
    folded = _ROC_YEAR.sub(lambda found: str(int(found[1]) + 1911), folded)
    if _TWO_NUMBERS.search(folded):
        folded = _GROUPED.sub(lambda found: found[1] or found[2] or found[3], folded)
    bare = _RETRACTED.sub("", _NOTE.sub(" ", folded)).strip(" .\"'")
    return bare if normalise.compact(bare) else folded


def _parts(text: str) -> list[str]:
    if not text:
        return []
    parts = [text]
    bracketed = _BRACKETED.match(text)
    pieces = [bracketed[1], bracketed[2]] if bracketed else _ORIGINAL.split(text)
    if len(pieces) > 1 and (_LANGUAGE_SIGNS.search(text) or _are_languages(pieces)):
        parts += [piece for piece in pieces if _is_long_enough(piece)]
    if normalise.CJK.search(text) and re.search(r"[a-z]{4,}.*[a-z]{4,}", text):
        parts += [piece for piece in _by_script(text) if _is_long_enough(piece)]
    return parts


def _are_languages(pieces: list[str]) -> bool:
    """True where the pieces are in two languages; a title and its subtitle are in one."""
    scripts = {normalise.compact(piece).isascii() for piece in pieces}
    return len(scripts) > 1 or len({_FOREIGN.isdisjoint(normalise.words(piece)) for piece in pieces}) > 1


def _by_script(text: str) -> list[str]:
    found = [match.start() for match in normalise.CJK.finditer(text)]
    return [text[found[0] : found[-1] + 1], text[: found[0]], text[found[-1] + 1 :]]


def _is_long_enough(piece: str) -> bool:
    bare = normalise.compact(piece)
    return len(bare) >= (LONG_ENOUGH_CJK if normalise.is_cjk(bare) else LONG_ENOUGH)


def _title(folded: str) -> Title:
    found = normalise.words(folded)
    compact = "".join(found) or "".join(folded.split())
    cjk = normalise.is_cjk(compact)
    ordered = "".join(c for c in compact if c not in CJK_PARTICLES) if cjk else " ".join(sorted(found))
    return Title(compact, ordered or compact, tuple(found), cjk, _numbers(compact, found, cjk))


def _numbers(compact: str, words: list[str], cjk: bool) -> frozenset[str]:
    """Numbers of a title as digits, roman numerals and number words included."""
    found = {number.lstrip("0") or "0" for number in _DIGITS.findall(" ".join(words))}
    if cjk:
        roman = {str(value) for value in map(roman_value, _ROMAN_IN_CJK.findall(compact)) if value}
        return frozenset(found | roman | {_NUMBER_WORDS[c] for c in compact if c in _NUMBER_WORDS})
    previous = ""
    for word in words:
        if word in _NUMBER_WORDS:
            found.add(_NUMBER_WORDS[word])
        elif (len(word) > 1 or previous in _PARTS) and word[0] in "ivx":
            value = roman_value(word)
            if value and value < 40:
                found.add(str(value))
        previous = word
    return frozenset(found)
