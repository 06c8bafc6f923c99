"""Which encoding a file is in, found in a fixed order, and the text it gives: nothing is replaced without a word (IM2)."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from screening.imports.parsed import Refusal
from screening.imports.parsers.source import Source
from screening.imports.scripts import CANDIDATES, KNOWN, best_reading, likely_readings

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ESCAPES = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp"))
_XML_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,80}encoding\s*=\s*[\"']([A-Za-z0-9._-]{2,40})[\"']")
_BLOCK = 1 << 20
_HEAD = 4000
_NO_TEXT_ENCODINGS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
_SAMPLE = 1 << 16
_PREVIEW_LINES = 12
_TRUNCATED = frozenset({"unexpected end of data", "incomplete multibyte sequence", "truncated data"})
# A damaged file is still in an encoding if this many of its non-ASCII characters are whole for each one that is not.
_WHOLE_FOR_ONE_BROKEN = 10
_CHARACTERS_FOR_ONE_BROKEN = 500

REPLACEMENT = "\ufffd"
_OTHER_END = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_DAMAGED = "The text of the file is damaged in {}: they show as \ufffd, and their records are flagged."


@dataclass(frozen=True, slots=True)
class Decoding:
    """The encoding as Python spells it, how errors are met (``strict`` but for a damaged UTF-8 file), and what to say."""

    encoding: str
    errors: str = "cut-off-tail"
    warnings: tuple[str, ...] = ()


def _cut_off_tail(error: UnicodeError) -> tuple[str, int]:
    """Let a file end in the middle of a character (it shows as U+FFFD and is warned of); refuse every other damage."""
    if isinstance(error, UnicodeDecodeError) and error.reason in _TRUNCATED and error.end == len(error.object):
        return REPLACEMENT, error.end
    raise error


codecs.register_error("cut-off-tail", _cut_off_tail)


def find_decoding(source: Source, encoding: str | None = None) -> Decoding:
    """How to decode ``source``: as the person said, by BOM, by NUL bytes, as UTF-8, or by the shape of its bytes.

    Raises Refusal ``encoding`` with one preview for each candidate where only a person can tell.
    """
    if encoding:
        return _as_told(source, encoding)
    head = source.head(_HEAD)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return _checked(source, name)
    declared = _XML_ENCODING.match(head)
    if declared and (name := _python_name(declared[1].decode("ascii"))) and _decodes(source, name):
        return _checked(source, name)
    escaped = next((name for escape, name in _ESCAPES if escape in head and _decodes(source, name)), "")
    if escaped:
        return _checked(source, escaped)
    utf16 = utf16_without_bom(head)
    if utf16 and _decodes(source, utf16):
        return _checked(source, utf16)
    return _utf8(source) or _guessed(source)


def tells_its_encoding(source: Source) -> bool:
    """Whether the bytes leave no choice: a BOM, a declaration of XML, or whole UTF-8."""
    head = source.head(_HEAD)
    return bool(head.startswith(tuple(bom for bom, _ in _BOMS)) or _XML_ENCODING.match(head)) or _decodes(
        source, "utf-8"
    )


def open_text(source: Source, decoding: Decoding, *, newline: str | None = None) -> io.TextIOWrapper:
    """The decoded text. ``newline=None`` makes CRLF, LF and a lone CR line ends alike, and nothing else one."""
    return io.TextIOWrapper(source.open(), encoding=decoding.encoding, errors=decoding.errors, newline=newline)


def lines_of(source: Source, decoding: Decoding) -> Generator[str]:
    """The decoded lines, their ends as LF."""
    with open_text(source, decoding) as text:
        yield from text


def tagged_lines_of(source: Source, decoding: Decoding) -> Generator[str]:
    """The decoded lines of a tagged text: Unicode's other ends of a line, and form feeds, end one too.

    Between two fields such a sign parts them; inside a field the rest of it is its continuation.
    """
    for line in lines_of(source, decoding):
        if _OTHER_END.search(line) is None:
            yield line
        else:
            yield from _OTHER_END.sub("\n", line).splitlines(keepends=True)


def blocks(source: Source, decoding: Decoding) -> Iterator[str]:
    """The decoded text in pieces of about a million characters, line ends as LF."""
    with open_text(source, decoding) as text:
        while piece := text.read(_BLOCK):
            yield piece


def _python_name(encoding: str) -> str:
    """The encoding as Python spells it, GB2312 as GB18030 which holds it; ``""`` for none that Python knows."""
    try:
        name = codecs.lookup(encoding).name
        b"plain text".decode(name, "replace")
    except (LookupError, UnicodeError):
        return ""
    return "gb18030" if name in ("gb2312", "gbk") else name


def _as_told(source: Source, encoding: str) -> Decoding:
    name = _python_name(encoding)
    if not name or name in _NO_TEXT_ENCODINGS:
        sentence = f"Nobody here knows an encoding called “{encoding[:40]}”: try utf-8, gb18030, big5 or cp1252."
        raise Refusal("encoding", sentence)
    if name == "utf-8" and source.head(3) == codecs.BOM_UTF8:
        name = "utf-8-sig"
    if _decodes(source, name):
        return _checked(source, name)
    damaged = _damaged(source, name, told=True)
    if damaged is None:
        sentence = f"The file is not written in {name}: choose the encoding in which its text looks right."
        others = tuple(one for one in _likely(source) if _python_name(one) != name)
        raise Refusal("encoding", sentence, previews=_previews(source, others))
    return damaged


def _checked(source: Source, name: str) -> Decoding:
    """The decoding, with a warning where the last character is cut; Refusal where the text breaks its own encoding."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        with source.open() as stream:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        if error.reason in _TRUNCATED:
            return Decoding(name, warnings=("The file ends in the middle of a character: it is cut off.",))
        damaged = _damaged(source, name)
        if damaged is None:
            raise _not_text(source) from None
        return damaged
    return Decoding(name)


def _decodes(source: Source, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        with source.open() as stream:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
    except UnicodeError:
        return False
    return True


def utf16_without_bom(head: bytes) -> str:
    """UTF-16 by its NUL bytes: they sit on one side only, high bytes of ASCII letters; ``""`` for anything else."""
    nuls = head.count(0)
    if not nuls:
        return ""
    even = head[0::2].count(0)
    side, name = (even, "utf-16-be") if even * 2 > nuls else (nuls - even, "utf-16-le")
    return name if nuls > 0.02 * len(head) and side >= 0.95 * nuls else ""


def _utf8(source: Source) -> Decoding | None:
    if _decodes(source, "utf-8"):
        return _checked(source, "utf-8")
    return _damaged(source, "utf-8")


def _damaged(source: Source, name: str, *, told: bool = False) -> Decoding | None:
    """The encoding of a file in which a few characters are broken; None where so many are that it is none of that file.

    Each broken place shows as U+FFFD, its record is flagged and the file is warned of (IM2). What a person ``told`` is
    believed of a text that has hardly any character beyond ASCII to prove it.
    """
    whole = broken = size = 0
    for piece in blocks(source, Decoding(name, errors="replace")):
        marks = piece.count(REPLACEMENT)
        broken += marks
        size += len(piece)
        whole += len(piece) - len(piece.encode("ascii", "ignore")) - marks
    if whole < _WHOLE_FOR_ONE_BROKEN * broken and not (told and broken * _CHARACTERS_FOR_ONE_BROKEN <= size):
        return None
    return Decoding(
        name, errors="replace", warnings=(_DAMAGED.format("one place" if broken == 1 else f"{broken} places"),)
    )


def _guessed(source: Source) -> Decoding:
    """The encoding in which the text reads like its language, where no other does; else the person chooses."""
    sample = _lines_beyond_ascii(source)
    fitting = _fitting(sample)
    name = "" if b"\0" in sample else best_reading(fitting)
    if name and _decodes(source, name):
        return _checked(source, name)
    likely = likely_readings(fitting)
    is_text = likely != CANDIDATES or any(_decodes(source, one) for one in CANDIDATES)
    if b"\0" in sample or not is_text:
        raise _not_text(source)
    sentence = "The encoding of the file is not clear: choose the preview in which the text looks right."
    raise Refusal("encoding", sentence, previews=_previews(source, likely))


def _likely(source: Source) -> tuple[str, ...]:
    """The encodings to choose from, whether or not the text reads well in one."""
    return likely_readings(_fitting(_lines_beyond_ascii(source)))


def _fitting(sample: bytes) -> dict[str, str]:
    """The sample in each encoding that its bytes fit."""
    return {name: text for name in KNOWN if (text := _sample_in(sample, name))}


def _sample_in(sample: bytes, name: str) -> str:
    """The sample decoded, its last character left out where the sample cuts it; ``""`` where it breaks the encoding."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(sample)
    except UnicodeDecodeError:
        return ""


def _lines_beyond_ascii(source: Source) -> bytes:
    """The lines that hold evidence, up to 64 kB: plain ASCII says nothing about an encoding."""
    sample: list[bytes] = []
    size = 0
    with source.open() as stream:
        while size < _SAMPLE and (line := stream.readline(_SAMPLE)):
            if not line.isascii():
                sample.append(line)
                size += len(line)
    return b"".join(sample)


def _previews(source: Source, names: tuple[str, ...] = CANDIDATES) -> dict[str, str]:
    """The first telling lines as each candidate shows them."""
    lines = re.split(rb"\r\n|\n|\r", _lines_beyond_ascii(source).rstrip())[:_PREVIEW_LINES]
    return {name: "\n".join(line.decode(name, "replace")[:200] for line in lines) for name in names}


def _not_text(source: Source) -> Refusal:
    return Refusal(
        "encoding",
        "The text of the file breaks every encoding we know: export it again as UTF-8, or choose the encoding yourself.",
        previews=_previews(source),
    )
