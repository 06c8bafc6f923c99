"""One text of a file made fit to store and show: NFC, no markup, single spaces, and nothing where it says "nothing"."""

from __future__ import annotations

import html
import re
import unicodedata

# A comparison is no tag: of "a<b then c>d" nothing goes.
_ATTRIBUTES = r"(?:\s+[a-z][\w:.-]{0,40}\s*=\s*[\"'\w#][^<>]{0,2000})?\s*/?>"
_MARKUP = re.compile(
    r"</?(?:(?:jats|mml|xhtml):[a-z][a-z-]{0,30}|i|b|u|em|strong|sup|sub|p|br|bold|italic|it|sc|scp|span|div|h[1-6]|ul|ol|li|sec"
    r"|title|inf|abstract|abstracttext|named-content|math|mi|mo|mn|mrow|msup|msub|font|style|a|tt|small|section|label|list"
    r"|list-item|inline-formula|disp-formula|alternatives|tex-math|inline-graphic|monospace|underline|ext-link|xref)"
    + _ATTRIBUTES,
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_BLOCK_TAG = re.compile(
    r"</?(?:jats:)?(?:p|br|div|h[1-6]|li|list|list-item|sec|title|abstracttext)" + _ATTRIBUTES, re.IGNORECASE
)
_CODE_POINT = re.compile(r"<U\+([0-9A-Fa-f]{4,5})>")  # as R writes what the encoding of its system lacks
_UNSTORABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MISSING = frozenset(
    {"na", "n/a", "n.a.", "nan", "null", "none", "<na>", "-", "--", "[no abstract available]", "no abstract available",
     "no abstract available.", "[no abstract]", "no abstract", "no abstract.", "without abstract", "not available",
     "abstract not available", "abstract not available.", "no abstract provided", "#n/a", "[not available]", "unknown"}
)  # fmt: skip
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf©¨¤¶¼±³¡\u201a-\u203a]|â€[\u0080-\u2122]|Â[\xa0-\xbf]|ã[€\x80-\x82][\x80-\xbf]")


def clean(text: str) -> str:
    """``text`` in NFC, entities and inline markup resolved, white space single; ``""`` for NA and its kind (IM6).

    Chinese text and full-width forms stay as they are written. Clean text is clean for good: what was escaped twice is
    resolved twice, so that what we export comes back as it was.
    """
    if not text:
        return ""
    cleaner = _cleaned(text)
    while cleaner != text:
        text, cleaner = cleaner, _cleaned(cleaner)
    return text


def _cleaned(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group(0)), text)
    if "\\" in text:
        text = text.replace("\\&", "&")
    if "<" in text:
        if "<![CDATA[" in text and "]]>" in text:
            text = text.replace("<![CDATA[", "").replace("]]>", "")
        text = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.replace("<middle dot>", "\u00b7").replace("<正>", "")  # Web of Science; where CNKI's text begins
        text = _MARKUP.sub("", _BLOCK_TAG.sub(" ", text))
    if not text.isascii():
        text = unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text))
    if not text.isprintable():
        text = _UNSTORABLE.sub("", text)
    text = " ".join(text.split())
    return "" if len(text) < 30 and text.casefold() in _MISSING else text


def storable(text: str) -> str:
    """Raw text that a database takes: a NUL is shown as U+2400 and a lone surrogate as U+FFFD, all else is kept."""
    text = text.replace("\0", "\u2400")
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def looks_decoded_twice(text: str) -> bool:
    """Whether UTF-8 was once read as Windows-1252 and saved again (``Ã©`` for ``é``)."""
    return not text.isascii() and _MOJIBAKE.search(text) is not None
