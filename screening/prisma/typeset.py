"""How wide a text runs and where it breaks: enough typography to keep every label inside its box. Pure.

Widths are those of DejaVu Sans, the widest face that a browser or a printer is likely to take, so that narrower ones fit as well.
"""

import re
import unicodedata
from functools import lru_cache

_WIDTHS = {
    0.29: "ijl'’‘",
    0.32: " .,·",
    0.34: ":;!|",
    0.40: "tfJI()[]/\\-",
    0.45: "r*`",
    0.52: '"“”°_',
    0.55: "scz",
    0.60: "kvxyLF?",
    0.64: "0123456789enuobdpqghaPYTES$",
    0.70: "RBCVXZKA",
    0.79: "DGHNOQU&",
    0.84: "w+=<>~≠^#",
    1.00: "mMW%@",
}
_WIDTH_OF = {char: width for width, chars in _WIDTHS.items() for char in chars}
_BOLD = 1.15
_OTHER = 0.65

#: Characters that no XML document can hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return the text on one line, without characters that XML forbids."""
    return " ".join(_FORBIDDEN.sub(" ", text).split())


def width(text: str, size: float = 14, *, bold: bool = False) -> float:
    """Return an upper estimate of a text's width in pixels at a font size in pixels."""
    return sum(_advance(char) for char in text) * size * (_BOLD if bold else 1)


def widest(text: str, size: float = 14, *, bold: bool = False) -> float:
    """Return the width of the widest piece that `wrap` keeps whole where it can."""
    return max((width(piece.rstrip(), size, bold=bold) for piece in pieces(clean(text))), default=0.0)


def wrap(text: str, limit: float, size: float = 14, *, bold: bool = False) -> list[str]:
    """Return the text in lines no wider than `limit` pixels; breaks at spaces, between Chinese characters, or anywhere.

    A limit too narrow for one character still takes one character a line.
    """
    lines = [""]
    for piece in pieces(clean(text)):
        if width((lines[-1] + piece).rstrip(), size, bold=bold) <= limit:
            lines[-1] += piece
            continue
        lines += _broken(piece, limit, size, bold)
    return [line.strip() for line in lines if line.strip()] or [""]


def is_wide(char: str) -> bool:
    """Return whether a character fills a square, as Chinese, Japanese and Korean ones do."""
    return unicodedata.east_asian_width(char) in "WF"


@lru_cache(maxsize=4096)
def _advance(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if is_wide(char):
        return 1.0
    return _WIDTH_OF.get(char, _OTHER)


#: No line of Chinese begins with one of these (GB/T 15834-2011, 5.1.2).
_CLOSING = frozenset("，。、；：！？）〕】》〉」』％")


def pieces(text: str) -> list[str]:
    """Where a line may break: words with the space or hyphen after them; each wide character alone, with the closing marks after it."""
    found: list[str] = []
    for word in re.findall(r"[^\s/-]*[\s/-]*", text):
        start = 0
        for place, char in enumerate(word):
            if is_wide(char):
                found += [word[start:place], char]
                start = place + 1
        found.append(word[start:])
    return _with_closing([piece for piece in found if piece])


def _with_closing(pieces: list[str]) -> list[str]:
    kept: list[str] = []
    for piece in pieces:
        if kept and piece[0] in _CLOSING and not kept[-1][-1].isspace():
            kept[-1] += piece
        else:
            kept.append(piece)
    return kept


def _broken(piece: str, limit: float, size: float, bold: bool) -> list[str]:
    """A piece that begins a line, cut where it is too long for one."""
    lines = [""]
    for char in piece:
        if lines[-1] and width((lines[-1] + char).rstrip(), size, bold=bold) > limit:
            lines.append("")
        lines[-1] += char
    return lines
