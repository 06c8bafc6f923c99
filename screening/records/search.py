"""Finding records by words: one folded text a record, one folded word to look for in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ACCENTS = re.compile("[\u0300-\u036f]")
_SPACES = re.compile(r"\s+")
_HYPHENS = str.maketrans(dict.fromkeys((8208, 8209, 8210, 8211, 8212, 8213, 8722), "-"))


def fold(text: str) -> str:
    """Lower case, without accents on Latin, Greek and Cyrillic letters, full-width forms as plain ones, every dash a hyphen."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.translate(_HYPHENS)).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart))


def folded_text(parts: Iterable[str]) -> str:
    """All texts of a record as one text to search in; a line break keeps a word of one field from joining the next."""
    return fold("\n".join(part for part in parts if part))


def words(query: str) -> list[str]:
    """The folded words of a query, each of which must occur; at most 12."""
    return [word for word in _SPACES.split(fold(query)) if word][:12]
