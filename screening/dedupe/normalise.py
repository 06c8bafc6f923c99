"""Text made comparable for keys: case, width, accents, entities, scripts. The record itself keeps its text."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from sys import intern
from typing import Any

WORD = re.compile(r"[^\W_]+")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
CJK = re.compile(
    r"[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u1100-\u11ff\uf900-\ufaff\U00020000-\U0003134f]"
)
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>")
ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,10});")

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ß": "ss", "’": "'"}
)
_GREEK_LETTER = re.compile("[" + "".join(GREEK) + "]")
_GREEK_WORD = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]{2,}")
_LAST_ALPHABET = 0x0530  # Latin, Greek and Cyrillic bases end here once text is decomposed


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    from opencc import OpenCC  # loads its dictionaries: only where there is Chinese text

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """``text`` with Traditional characters as their Simplified form (DD6)."""
    return str(_simplifier().convert(text)) if HAN.search(text) else text


def without_accents(text: str) -> str:
    """``text`` without combining marks on Latin, Greek and Cyrillic letters; marks on kana change words and stay."""
    kept: list[str] = []
    base = 0
    for character in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(character):
            base = ord(character)
            kept.append(character)
        elif base >= _LAST_ALPHABET:
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept)).translate(LETTERS)


def spelled_out(text: str) -> str:
    """Single Greek letters by name (``α`` = ``alpha``); words written in Greek stay."""
    if not _GREEK_LETTER.search(text) or _GREEK_WORD.search(text):
        return text
    return _GREEK_LETTER.sub(lambda found: f" {GREEK[found.group()]} ", text)


def fold(text: str) -> str:
    """``text`` as keys compare it: no tags or entities, compatible width, folded case, accents and Chinese variants."""
    if "&" in text:
        text = ENTITY.sub(lambda found: html.unescape(found.group()), text)
    if "<" in text:
        text = TAG.sub("", text)
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return simplified(spelled_out(without_accents(folded)))


def words(text: str) -> list[str]:
    """Words of folded text in any script; one object for each word, since 100,000 titles share most of them."""
    return [intern(word) for word in WORD.findall(text)]


def compact(text: str) -> str:
    """Letters and digits of folded text without anything between; the bare text where that leaves nothing (DD1)."""
    return "".join(WORD.findall(text)) or "".join(text.split())


def is_cjk(text: str) -> bool:
    """True where at least a third of the letters are Chinese, Japanese or Korean."""
    if text.isascii():
        return False
    letters = compact(text)
    return 3 * len(CJK.findall(letters)) >= len(letters) > 0
