"""Titles as matching reads them: notes dropped, both languages of a bilingual title, flags, numbers, differing words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from . import normalise
from .locators import roman_value

_NO_TITLE = re.compile(r"^\W*(unknown|untitled|no title( available)?|not available|title not available|n/?a|无标题)?\W*$")
_LANGUAGES = (
    "arabic|bulgarian|chinese|croatian|czech|danish|dutch|english|finnish|french|german|greek|hebrew|hungarian|italian|"
    "japanese|korean|lithuanian|norwegian|persian|polish|portuguese|romanian|russian|serbian|slovak|slovene|slovenian|"
    "spanish|swedish|thai|turkish|ukrainian"
)
_NOTE = re.compile(
    rf"""[\[(<](?:
        (?:review|\d+\s+refs?|article\s+in\s+)[^\])>]*
        |(?:in\s+)?(?:{_LANGUAGES})(?:\s*(?:,|and|&|/|-|;)\s*(?:{_LANGUAGES}))*
        |(?:conference\s+|meeting\s+)?abstract(?:\s+(?:(?:no|number|nr)\b[.:]*\s*)?[a-z]?-?\d+)?
        |(?:published\s+)?(?:erratum|errata|correction|corrigendum|comment|retraction)\s+(?:appears?|in|published)\b[^\])>]*
        |see\s+comments?[^\])>]*|letter|editorial|corrected|summary\s+in[^\])>]*|electronic\s+resource|proceeding
        |retracted(?:\s+article)?|careers|in\s+process\s+citation
    )[\])>]\.?""",
    re.VERBOSE,
)
_RETRACTED = re.compile(r"^\W*retracted(?:\s+article)?\s*[:.\]-]\s*")
_ORIGINAL = re.compile(r"<?\boriginal>\s*| = | / (?=\D)| ; |;\s+(?=[^\W\d_])|\s*\|\s*|\s*[＝=]\s*(?=[^\s\d])")
_BRACKETED = re.compile(r"^(.{20,}?)\s*\[(.{20,})\]\W*$")

FLAGS: dict[str, re.Pattern[str]] = {
    "erratum": re.compile(
        r"^\W*(errat(um|a)\b|corrigend(um|a)\b|(author |publisher |editorial )?corrections?\W*(:|to\b|$)|addend(um|a)\b"
        r"|retraction\b|notice of|withdrawn?\b|withdrawal\b|expression of concern|勘误|更正|訂正|정정)"
        r"|\b(erratum|corrigendum|addendum)\W*$"
    ),
    "reply": re.compile(
        r"^\W*(re\b\W|(in )?(reply|response)( (to|from|by)\b|\W*:|\W*$)|(the )?authors?'?s?'? (reply|replies|response|comment)"
        r"|comments?( on\b|\W*:|\W*$)|commentary( on\b|\W*:|\W*$)|invited commentary|discussion( of\b|\W*:|\W*$)|rejoinder"
        r"|letters?( to the editor|\W*:|\W*$)|correspondence\b|答复|回复|评论|评)"
        r"|[:.\-/(\[\u2013\u2014]\s*(the )?(author'?s?'? )?(reply|response|comment|commentary|rejoinder|discussion|author'?s'? reply)\W*$"
    ),
    "editorial": re.compile(r"^\W*((guest )?editors?'?s?\b|editorial\b|preface\b|foreword\b|社论|卷首语|编者按|巻頭言)"),
    "protocol": re.compile(
        r"\b(study|trial|review|research|meta-analysis) protocols?\b|\bprotocols? (for|of) (an?|the) |[:.-] (an? )?protocols?\W*$"
        r"|\brationale,? (and|&) (study )?design\b|\bdesign,? (and|&) rationale\b|研究方案|试验方案"
    ),
}
_HEADING = re.compile(
    r"^(the |an? )?(annual |special issue |guest )?("
    r"editorials?|editorial (introduction|notes?|comments?|board)|editors?( s)? (comments?|notes?|choice|introduction|corner|page)"
    r"|guest editors?.*|from the editors?.*|letters?( to the editors?)?|correspondence|book reviews?|reviews?|((meeting|poster|oral|selected|conference|congress) )*abstracts?"
    r"|commentary|comments?|news.*|in brief|introduction( to (the|this) .*)?|preface.*|foreword.*|in this issue.*"
    r"|about (the|our) .*|acknowledge?ments?.*|index.*|contents?|table of contents|errat(um|a)|corrigend(um|a)|corrections?"
    r"|repl(y|ies)|response|authors? (s )?(reply|response)|obituary.*|re|case reports?|conference report|announcements?"
    r"|reviewers?.*|discussion|summary|conclusions?|poster( session)?s?|oral presentations?|proceedings.*|message from.*"
    r"|welcome.*|panel.*|keynote.*|thanks? .*|call for papers.*"
    r"|编者按|社论|前言|卷首语|编辑部.*|目录|勘误|更正|はじめに|巻頭言|序文|編集後記|编集后记|卷头言|序言|머리말|编后记|征稿.*|书评|简讯"
    r")( \d+)?$"
)
_SERIES = re.compile(r"\b(mini ?tracks?|special issue|special section|call for papers|guest editors?|editors? s? ?(comments|notes))\b")
_NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5",
    "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10", "上": "1",
    "下": "2",
}  # fmt: skip
_PARTS = frozenset("part parts type types phase phases stage stages grade class level factor volume vol section study".split())
_DIGITS = re.compile(r"\d+")
_EXCLUSIVE = (
    "vivo vitro silico", "adult adults adolescent adolescents child children pediatric paediatric infant infants newborn "
    "newborns neonate neonates neonatal elderly preschool", "men women male males female females boys girls man woman",
    "sensitive resistant", "acute chronic", "mice mouse rats rat rabbits rabbit human humans pigs pig dogs dog", "low high",
    "before after", "short long", "positive negative", "northern southern eastern western", "inpatient inpatients "
    "outpatient outpatients", "with without", "preterm term", "qualitative quantitative", "undergraduate postgraduate",
    "primary secondary tertiary", "morning evening", "left right", "unilateral bilateral",
)  # fmt: skip
POPULATIONS = {word: number for number, line in enumerate(_EXCLUSIVE) for word in line.split()}
_STOP = frozenset(
    "a an and are as at by der des die das de del di du e el en et for from fur in is its la las le les los of on or s t "
    "the to und und v versus vs y und with using use via its this that into".split()
)
_ENGLISH = frozenset("the of and with for from by among between during".split())
_ROMAN_IN_CJK = re.compile(r"(?<![a-z])[ivx]+(?![a-z])")
_ROC_YEAR = re.compile(r"(?:民国|民國)\s*(\d{2,3})\s*(?=年)")
# A single character that turns a title into another when one side alone has it: not, without, men, women, before, after.
_CJK_TURNS = frozenset("非不无未男女新再前后续初高低老幼青少内外复反双单")
_CJK_STOP = frozenset("的之与和及及其于在对の・と")
_SPELLING = (("ae", "e"), ("oe", "e"), ("our", "or"), ("ph", "f"), ("z", "s"), ("y", "i"))
_GREEK_NAMES = frozenset(normalise.GREEK.values())
LONGEST_ENDING = 3
SHORT = 22
SHORT_CJK = 6
LONGEST_HEADING = 45


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
    found: dict[str, Title] = {}
    for text in texts:
        for part in _parts(cleaned(text)):
            title = _title(part)
            if title.compact:
                found.setdefault(title.compact, title)
    return tuple(found.values())


def cleaned(text: str) -> str:
    """Folded title without notes about the article (language, references, where its erratum is); "" for no title."""
    if "original>" in text.lower():
        text = re.sub(r"<\s*original\s*>", " = ", text, flags=re.IGNORECASE)
    folded = normalise.fold(text)
    if _NO_TITLE.match(folded):
        return ""
    folded = _ROC_YEAR.sub(lambda found: str(int(found[1]) + 1911), folded)
    bare = _RETRACTED.sub("", _NOTE.sub(" ", folded)).strip(" .\"'")
    return bare if normalise.compact(bare) else folded


def _parts(text: str) -> list[str]:
    if not text:
        return []
    parts = [text]
    bracketed = _BRACKETED.match(text)
    pieces = [bracketed[1], bracketed[2]] if bracketed else _ORIGINAL.split(text)
    if len(pieces) > 1:
        parts += [piece for piece in pieces if _is_long_enough(piece)]
    if normalise.CJK.search(text) and re.search(r"[a-z]{4,}.*[a-z]{4,}", text):
        parts += [piece for piece in _by_script(text) if _is_long_enough(piece)]
    return parts


def _by_script(text: str) -> list[str]:
    first, last = normalise.CJK.search(text), None
    for last in normalise.CJK.finditer(text):
        pass
    if first is None or last is None:
        return []
    return [text[first.start() : last.end()], text[: first.start()], text[last.end() :]]


def _is_long_enough(piece: str) -> bool:
    bare = normalise.compact(piece)
    return len(bare) >= (SHORT_CJK if normalise.is_cjk(bare) else SHORT)


def _title(folded: str) -> Title:
    found = normalise.words(folded)
    compact = "".join(found) or "".join(folded.split())
    cjk = normalise.is_cjk(compact)
    ordered = "".join(c for c in compact if c not in _CJK_STOP) if cjk else " ".join(sorted(found))
    return Title(compact, ordered or compact, tuple(found), cjk, _numbers(compact, found, cjk))


def flags(folded: str) -> frozenset[str]:
    """What the title says the record is besides an article: erratum, reply, editorial, protocol."""
    return frozenset(name for name, pattern in FLAGS.items() if pattern.search(folded))


def same_language(a: Title, b: Title) -> bool:
    """True where two titles are in one script and, in Latin letters, both or neither are English by their small words."""
    return a.cjk == b.cjk and (a.cjk or _ENGLISH.isdisjoint(a.words) == _ENGLISH.isdisjoint(b.words))


def is_generic(title: Title) -> bool:
    """True for a title too short to tell works apart; headings that many works share count too."""
    return len(title.compact) < (SHORT_CJK if title.cjk else SHORT) or is_heading(title)


def is_heading(title: Title) -> bool:
    """True for what stands above a regular column or opens a section each year: Editorial, Introduction to the minitrack."""
    text = " ".join(title.words)
    return bool(_SERIES.search(text)) or (len(text) <= LONGEST_HEADING and bool(_HEADING.match(text)))


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


def similarity(a: Title, b: Title, cutoff: float = 0.0) -> float:
    """0 to 100: the better of the ratios of sorted words and of all letters run together; 0 below ``cutoff``."""
    if a.compact == b.compact:
        return 100.0
    return float(max(fuzz.ratio(a.ordered, b.ordered, score_cutoff=cutoff), fuzz.ratio(a.compact, b.compact, score_cutoff=cutoff)))


def common_beginning(a: Title, b: Title) -> int:
    """Letters of the shorter title where it begins the longer (cut, or without its subtitle), else 0; a Han letter is 2."""
    shorter, longer = sorted((a.compact, b.compact), key=len)
    if not longer.startswith(shorter):
        return 0
    return len(shorter) * (2 if a.cjk else 1)


def words_contradict(a: Title, b: Title) -> bool:
    """True where each title has a word that the other replaces by another, or one alone names a population."""
    if a.compact == b.compact:
        return False
    if a.cjk or b.cjk:
        return _characters_contradict(a.compact, b.compact)
    only_a, only_b = set(a.words) - set(b.words), set(b.words) - set(a.words)
    left, right = _unmatched(only_a, only_b), _unmatched(only_b, only_a)
    if _populations_differ(left, right):
        return True
    left, right = left - _STOP, right - _STOP
    if not left or not right:
        return False
    run_a = "".join(word for word in a.words if word in left)
    run_b = "".join(word for word in b.words if word in right)
    return fuzz.ratio(run_a, run_b) < 90


def _characters_contradict(a: str, b: str) -> bool:
    only_a, only_b = set(a) - set(b) - _CJK_STOP, set(b) - set(a) - _CJK_STOP
    return bool(only_a and only_b) or not _CJK_TURNS.isdisjoint(only_a | only_b)


def _populations_differ(only_a: set[str], only_b: set[str]) -> bool:
    sides = [{POPULATIONS[word] for word in side if word in POPULATIONS} for side in (only_a, only_b)]
    return bool(sides[0] or sides[1])


def _unmatched(these: set[str], others: set[str]) -> set[str]:
    return {word for word in these if not any(is_same_word(word, other) for other in others)}


def is_same_word(a: str, b: str) -> bool:
    """True for two spellings of one word: British and American, another ending, one slip of the pen, a Greek letter."""
    shorter, longer = (a, b) if len(a) <= len(b) else (b, a)
    if len(shorter) == 1:
        return longer in _GREEK_NAMES and longer.startswith(shorter)
    if len(longer) - len(shorter) > LONGEST_ENDING:
        return False
    for old, new in _SPELLING:
        shorter, longer = shorter.replace(old, new), longer.replace(old, new)
    if shorter == longer:
        return True
    if not a.isalpha() or not b.isalpha():
        return False
    common = next((n for n, pair in enumerate(zip(shorter, longer, strict=False)) if pair[0] != pair[1]), len(shorter))
    if common >= 5 and len(longer) - common <= LONGEST_ENDING:
        return True
    if common == len(shorter) >= 3 and len(longer) - common <= 2:
        return True
    return len(shorter) >= 5 and OSA.distance(shorter, longer, score_cutoff=1) <= 1
