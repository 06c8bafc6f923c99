"""Which encoding a file is in, found in a fixed order, and the text it gives: nothing is replaced without a word (IM2)."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from screening.imports.parsed import Refusal
from screening.imports.parsers.source import Source

CANDIDATES = ("gb18030", "big5", "cp1252")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
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

# Encodings of other scripts fit the bytes of CANDIDATES: text that reads like none of their languages is asked about.
_OTHERS = ("cp1250", "cp1251", "shift_jis", "euc_kr")
_FOREIGN_LETTERS = re.compile(r"[\xc0-\xff]{4,}")
_SIGNS_IN_WORDS = re.compile(
    r"[\xa3\xa5\xaf\xb3\xb9\xbc\xbe](?=[a-z\xdf-\xff])|(?<=[A-Za-z\xc0-\xff])[\xa1\xbf](?=[a-z\xdf-\xff])"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENOUGH_HAN = 40
_FEWEST_COMMON = 0.15
_COMMON_HAN = frozenset(
    "的一是了我不人在他有这這个個上们們来來到时時大地为為子中你说說生国國年着著就那和要她出也得里裡后後自以会會家可下而过過天去能对對小多然于於"
    "心学學么麼之都好看起发發当當没沒成只如事把还還用第样樣道想作种種开開美总總从從无無情己面最女但现現前些所同日手又行意动動方期它头頭经經长長"
    "回位分给給名法间間知世什两兩次使身者被高已其进進此话話常与與正感见見明问問力理点點文几幾定本公特做外果将將月十实實向全信重三机機工物气氣每"
    "并並别別真新比体體加电電主界门門利受表少克代员員许許先由死性或住难難教命结結更处處让讓母父应應直场場平报報关關放至认認接告内內候民何度路"
    "带帶万萬边邊解任变變通师師立数數四失战戰远遠士目条條研究论論医醫患治疗療临臨床护護病组組查析探讨討标標据據调調影响響因素护護析效观觀察"
)

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
        raise Refusal("encoding", sentence, previews=_previews(source))
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
    """GB18030, Big5 or Windows-1252, where the bytes leave no doubt; else the person chooses."""
    sample = _lines_beyond_ascii(source)
    fitting = [name for name in CANDIDATES if _decodes(source, name)]
    if not fitting or b"\0" in sample:
        raise _not_text(source)
    matches = from_bytes(sample, cp_isolation=fitting) if len(fitting) > 1 else ()
    names = list({match.encoding for match in matches} & set(fitting)) or fitting
    if len(names) == 1 and _reads_well(sample.decode(names[0], "replace"), names[0]):
        return _checked(source, names[0])
    sentence = "The encoding of the file is not clear: choose the preview in which the text looks right."
    others = [name for name in _OTHERS if len(names) == 1 and _decodes(source, name)]
    raise Refusal("encoding", sentence, previews=_previews(source, (*CANDIDATES, *others)))


def _reads_well(text: str, name: str) -> bool:
    """Whether it is text of a language that the encoding is for: Western words with an accent here and there, or Chinese
    of which common characters make up a good part. Cyrillic, Polish, Japanese or Korean text read so is neither."""
    if name == "cp1252":
        beyond = len(text) - len(text.encode("ascii", "ignore"))
        foreign = sum(map(len, _FOREIGN_LETTERS.findall(text)))
        return foreign < 0.5 * beyond and len(_SIGNS_IN_WORDS.findall(text)) < 0.1 * beyond
    han = _HAN.findall(text)
    return len(han) < _ENOUGH_HAN or sum(one in _COMMON_HAN for one in han) >= _FEWEST_COMMON * len(han)


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
