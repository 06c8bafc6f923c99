"""Whether a decoded text reads like a language that its encoding is for: the same bytes fit many encodings.

Nothing here knows bytes. A text that reads like none of its languages, or like those of two encodings, is a question for
a person (IM2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

CANDIDATES = ("gb18030", "big5", "cp1252")
MOST_PREVIEWS = 8

_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9f]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_PUNCTUATION = re.compile(r"[\u2010-\u203f\u3000-\u3020\u00a0-\u00bf\u2116\uff01-\uff5e\u00d7\u30fb]")
_COMMON_HAN = frozenset(
    "的一是了我不人在他有这這个個上们們来來到时時大地为為子中你说說生国國年着著就那和要她出也得里裡后後自以会會家可下而过過天去能对對小多然于於"
    "心学學么麼之都好看起发發当當没沒成只如事把还還用第样樣道想作种種开開美总總从從无無情己面最女但现現前些所同日手又行意动動方期它头頭经經长長"
    "回位分给給名法间間知世什两兩次使身者被高已其进進此话話常与與正感见見明问問力理点點文几幾定本公特做外果将將月十实實向全信重三机機工物气氣每"
    "并並别別真新比体體加电電主界门門利受表少克代员員许許先由死性或住难難教命结結更处處让讓母父应應直场場平报報关關放至认認接告内內候民何度路"
    "带帶万萬边邊解任变變通师師立数數四失战戰远遠士目条條研究论論医醫患治疗療临臨床护護病组組查析探讨討标標据據调調影响響因素护護析效观觀察"
)
_COMMON_HANGUL = frozenset(
    "이다의는에을가로하고기지한시자사대정인도해상서수를은으과연구및적성관간결보여어제전부나일방용학조료효환병원리주회"
)
_COMMON_CYRILLIC = frozenset("оеаинтсрвлкмдпу")
_CASE_BROKEN = re.compile(r"[a-z\xdf-\xf6\xf8-\xff\u0430-\u045f][\xc0-\xd6\xd8-\xde\u0160\u017d\u0410-\u042f]")
# Signs that stand beside words, not inside them, and those that only begin a sentence.
_SIGNS_IN_WORDS = re.compile(
    r"(?<=[^\W\d_])[\xa1-\xa9\xac-\xaf\xb1\xb4\xb6\xb8\xb9\xbb-\xbf\u2020\u2021\u2030\u2039\u203a\u201a\u201e\u2022\u02c6\u02dc](?=[^\W\d_])"
    r"|[\xa3\xa5\xaf\xb3\xb9\xbc\xbe\u2020\u2021\u2030](?=[a-z\xdf-\xff])"
)
# Latin letters that touch those of another script: an accent that was read as a letter of that script.
_TWO_SCRIPTS = re.compile(r"[A-Za-z](?=[\u0384-\u074f\u0e01-\u0e5b])|[\u0384-\u074f\u0e01-\u0e5b](?=[A-Za-z])")
_FOREIGN_LETTERS = re.compile(r"[\xc0-\xff]{4,}")
_GREEK_CASE_BROKEN = re.compile(r"(?<=[\u03ac-\u03ce])[\u0386-\u03ab]")
_WORD = re.compile(r"[^\W\d_]+")
# The letters beyond ASCII of the languages that Windows-1252 is for. A word with letters of two of them is of neither.
_WESTERN = tuple(
    frozenset(letters)
    for letters in ("àâæçéèêëîïôœùûüÿ", "äöüß", "áéíóúüñ", "ãáàâçéêíõóôúü", "àèéìòùî", "åäöøæéü", "ëïéüöáóèê", "áðéíóúýþæö",
                    "àçèéíïòóúü", "äöõüšž", "êéèôûâîïüëáóíúò")
)  # fmt: skip
_CENTRAL = frozenset("ąćęłńóśźżáčďéěíňřšťúůýžőűäöüßâăîșțđşţĺľŕôçë")
_TURKISH = frozenset("çğıöşüâîû")


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a text reads: ``share`` of its characters beyond ASCII that speak for the encoding, of ``size`` of them."""

    share: float
    size: int
    enough: float
    fewest: int

    @property
    def is_certain(self) -> bool:
        """Whether a file may be read so without asking."""
        return self.share >= self.enough and self.size >= self.fewest


def _beyond(text: str) -> str:
    return "".join(one for one in text if one > "\x7f")


def _chinese(text: str) -> Fit:
    """Of real Chinese, common characters make up a good part, and kana or Hangul none."""
    han = _HAN.findall(text)
    strange = sum(1 for one in _beyond(text) if not _HAN.match(one) and not _PUNCTUATION.match(one) and one > "\u00ff")
    if not han or len(_KANA.findall(text)) > 0.05 * len(han) or strange > 0.2 * len(han):
        return Fit(0.0, len(han), 1.0, 1)
    share = sum(one in _COMMON_HAN for one in han) / len(han)
    return Fit(share, len(han), 0.15 if len(han) >= 40 else 0.3, 8)


def _japanese(text: str) -> Fit:
    beyond = _beyond(text)
    known = sum(1 for one in beyond if _KANA.match(one) or _HAN.match(one) or _PUNCTUATION.match(one))
    full = [one for one in _KANA.findall(text) if one < "\uff00"]
    share = min(1.0, 3 * len(full) / max(1, len(beyond))) * (known >= 0.95 * len(beyond))
    if not full and known == len(beyond):
        share = 0.49  # a title without kana may be Japanese
    return Fit(share, len(beyond), 0.5, 20)


def _korean(text: str) -> Fit:
    hangul = _HANGUL.findall(text)
    beyond = _beyond(_PUNCTUATION.sub("", text))
    common = sum(one in _COMMON_HANGUL for one in hangul)
    if len(hangul) < 0.8 * len(beyond):
        return Fit(0.0, len(beyond), 1.0, 1)
    return Fit(common / max(1, len(hangul)), len(hangul), 0.3, 15)


def _broken(text: str) -> int:
    return len(_CASE_BROKEN.findall(text)) + len(_TWO_SCRIPTS.findall(text))


def _cyrillic(text: str) -> Fit:
    letters = [one for one in text if "\u0400" <= one <= "\u045f"]
    beyond = _beyond(_PUNCTUATION.sub("", text))
    if len(letters) < 0.95 * len(beyond) or _broken(text) > 0.02 * len(letters):
        return Fit(0.0, len(letters), 1.0, 1)
    return Fit(sum(one in _COMMON_CYRILLIC for one in letters) / max(1, len(letters)), len(letters), 0.55, 60)


def _western(text: str) -> Fit:
    """Words with an accent here and there: no sign inside a word, no capital behind a small letter, no foreign mix."""
    beyond = len(_beyond(text))
    foreign = sum(map(len, _FOREIGN_LETTERS.findall(text)))
    signs = len(_SIGNS_IN_WORDS.findall(text)) + len(_CASE_BROKEN.findall(text))
    words = [word.casefold() for word in _WORD.findall(text) if not word.isascii()]
    mixed = sum(1 for word in words if not _is_western(word))
    if foreign >= 0.5 * beyond or signs >= 0.1 * beyond or mixed > 0.05 * len(words):
        return Fit(0.0, beyond, 1.0, 1)
    return Fit(1.0, beyond, 0.5, 1)


def _is_western(word: str) -> bool:
    letters = {one for one in word if one > "\x7f"}
    return len(letters) < 2 or any(letters <= alphabet for alphabet in _WESTERN)


def _letters_of(alphabet: frozenset[str]) -> Callable[[str], Fit]:
    """A text whose letters beyond ASCII are those of ``alphabet``; never certain, since its neighbours share them."""

    def fit(text: str) -> Fit:
        letters = [one.casefold() for one in _beyond(text) if one.isalpha()]
        broken = len(_CASE_BROKEN.findall(text)) + len(_SIGNS_IN_WORDS.findall(text))
        share = (sum(one in alphabet for one in letters) - broken) / max(1, len(letters))
        return Fit(max(0.0, 0.9 * share), len(letters), 1.0, 1)

    return fit


def _block(first: str, last: str) -> Callable[[str], Fit]:
    """A text of one script; never certain."""

    def fit(text: str) -> Fit:
        beyond = _beyond(_PUNCTUATION.sub("", text))
        inside = sum(1 for one in beyond if first <= one <= last)
        broken = len(_TWO_SCRIPTS.findall(text)) + len(_GREEK_CASE_BROKEN.findall(text))
        return Fit(0.95 * max(0, inside - broken) / max(1, len(beyond)), len(beyond), 1.0, 1)

    return fit


KNOWN: Mapping[str, Callable[[str], Fit]] = {
    "gb18030": _chinese, "big5": _chinese, "cp950": _chinese, "big5hkscs": _chinese, "cp1252": _western,
    "shift_jis": _japanese, "cp932": _japanese, "euc_jp": _japanese,
    "euc_kr": _korean, "cp949": _korean, "cp1251": _cyrillic, "koi8_r": _cyrillic, "cp866": _cyrillic,
    "iso8859_5": _cyrillic, "cp1250": _letters_of(_CENTRAL),
    "iso8859_2": _letters_of(_CENTRAL), "cp1254": _letters_of(_TURKISH), "cp1253": _block("\u0384", "\u03ce"),
    "cp1255": _block("\u0590", "\u05f4"), "cp1256": _block("\u0600", "\u06ff"), "cp874": _block("\u0e01", "\u0e5b"),
    "mac_roman": _western, "cp850": _western,
}  # fmt: skip
# Encodings that differ in a few characters: the first is not taken where the second fits, nor shown beside it.
_RATHER = {"shift_jis": "cp932", "euc_kr": "cp949", "cp950": "big5", "big5hkscs": "cp950"}
_SHOWN_AS = {"cp932": "shift_jis", "cp949": "euc_kr", "cp950": "big5", "big5hkscs": "cp950"}
_NEVER_ALONE = frozenset({"koi8_r", "cp866", "iso8859_5", "mac_roman", "cp850"})


def best_reading(texts: Mapping[str, str]) -> str:
    """The one encoding in which a text certainly reads like its language; ``""`` for none, or for two.

    ``texts`` are the text in each encoding that its bytes fit.
    """
    fits = {name: KNOWN[name](text) for name, text in texts.items() if name not in _NEVER_ALONE}
    certain = [name for name, fit in fits.items() if fit.is_certain and _RATHER.get(name) not in texts]
    east = [name for name in certain if name != "cp1252"]
    chosen = sorted(east or certain, key=lambda name: fits[name].share, reverse=True)
    if not chosen or (len(chosen) > 1 and fits[chosen[0]].share < 1.5 * fits[chosen[1]].share):
        return ""
    return "" if _is_rivalled(chosen[0], fits) else chosen[0]


def _is_rivalled(name: str, fits: Mapping[str, Fit]) -> bool:
    """Whether Chinese may as well be Japanese or Korean that is too short to be sure of."""
    if KNOWN[name] is not _chinese:
        return False
    others = [fit for other, fit in fits.items() if KNOWN[other] in (_japanese, _korean)]
    return any(fit.share >= fit.enough for fit in others)


def likely_readings(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The encodings to choose from, the likeliest first, the three most frequent ones always among them."""
    shown = [name for name in texts if name not in CANDIDATES and _SHOWN_AS.get(name) not in texts]
    fits = {name: KNOWN[name](texts[name]) for name in shown}
    scores = {name: fit.share / fit.enough for name, fit in fits.items() if fit.share > 0.2}
    others = sorted(scores, key=lambda name: -scores[name])
    return (*CANDIDATES, *others[: MOST_PREVIEWS - len(CANDIDATES)])
