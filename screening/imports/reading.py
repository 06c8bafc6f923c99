"""Read one file of references, whatever it is: the one entrance to the readers.

A file is recognised by its content, decoded, counted and read, in that order. What the reader makes of it is held
against the count while it streams by, so that no record is lost without a word (IM1).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from screening.imports.archive import members
from screening.imports.decode import Decoding, find_decoding, open_text, tells_its_encoding
from screening.imports.parsed import ParsedRecord, ParseProblem, Reading, Refusal
from screening.imports.parsers import formats, tables
from screening.imports.parsers.entry import Entry, Opened
from screening.imports.parsers.source import Source
from screening.imports.sniff import HEAD, TEXT_TABLE, XLS, XLSX, ZIP, sniff_bytes, sniff_text

MAX_BYTES = 100 * 1024 * 1024
MAX_RECORDS = 50_000
MAX_UNPACKED = 500 * 1024 * 1024
# What a member of a zip may be without holding the others up: a licence, a picture, a page. All else needs a person.
_NO_REFERENCES = frozenset(
    {"empty", "binary", "html", "unknown", "unknown_xml", "pmid_list", "text_report", "no_records"}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is taken: bytes and records of one file, bytes of everything that a zip unpacks to."""

    max_bytes: int = MAX_BYTES
    max_records: int = MAX_RECORDS
    max_unpacked: int = MAX_UNPACKED


DEFAULT_LIMITS = Limits()


def read(
    path: Path,
    *,
    name: str,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Reading]:
    """The readings of one upload: one for a file, one for each member of a zip.

    ``encoding`` and ``mapping`` (heading: our field name, see `headings.MAPPABLE`) are a person's answers. Raises
    Refusal, and nothing else, for what cannot be read at all; Refusal may also come while ``entries`` are read.
    """
    source = Source(path, name)
    try:
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise Refusal(
                "too_large", f"The file is larger than {_megabytes(limits.max_bytes)}: split it and import each part."
            )
        if sniff_bytes(source) == ZIP:
            return _read_zip(source, encoding, mapping, limits)
        reading, reason = _looked_into(_read_one(source, encoding, mapping, limits))
    except Refusal:
        raise
    except Exception as error:
        raise _unforeseen(error) from error
    if reason:
        raise _no_record(reason)
    return [reading]


def _read_zip(source: Source, encoding: str | None, mapping: Mapping[str, str] | None, limits: Limits) -> list[Reading]:
    """The readings of a zip's members; a member that is no list of references is named and left out.

    Raises Refusal where no member holds a record, and for what a person has to answer or see to first.
    """
    found, system_files = members(source, limits.max_bytes, limits.max_unpacked)
    readings: list[Reading] = []
    left_out = [f"Files in the zip that a computer's system put there were left out: {', '.join(system_files)}."]
    left_out = left_out if system_files else []
    reasons: list[Refusal] = []
    has_record = False
    for member in found:
        try:
            reading, reason = _read_member(member, encoding, mapping, limits)
        except Refusal as refusal:
            if refusal.code not in _NO_REFERENCES:
                raise _in_member(member, refusal) from refusal
            left_out.append(f"“{member.member}” in the zip was left out. {refusal.sentence}")
            reasons.append(_in_member(member, refusal))
            continue
        readings.append(reading)
        has_record = has_record or not reason
        if reason:
            reasons.append(_in_member(member, _no_record(reason)))
    if not has_record:
        raise reasons[0]
    return [replace(readings[0], left_out=tuple(left_out)), *readings[1:]]


def _read_member(
    member: Source, encoding: str | None, mapping: Mapping[str, str] | None, limits: Limits
) -> tuple[Reading, str]:
    """The reading of one member. ``encoding`` was chosen for those that do not tell theirs: what is UTF-8 stays so."""
    if sniff_bytes(member) == ZIP:
        raise Refusal("zip", "It is a zip inside the zip: unpack it and import its files.")
    if encoding and tells_its_encoding(member):
        encoding = None
    return _looked_into(_read_one(member, encoding, mapping, limits))


def _in_member(member: Source, refusal: Refusal) -> Refusal:
    refusal.sentence = f"In “{member.name}”: {refusal.sentence}"
    refusal.args = (refusal.sentence,)
    return refusal


def _read_one(source: Source, encoding: str | None, mapping: Mapping[str, str] | None, limits: Limits) -> Reading:
    decoding, opened = _open(source, encoding, mapping)
    lines = _count(opened, limits)
    return Reading(
        name=source.name,
        format=opened.format,
        encoding=decoding.encoding,
        markers=len(lines),
        entries=_held_to_the_count(opened, lines),
        warnings=(*decoding.warnings, *opened.warnings),
        columns=opened.columns,
    )


def _open(source: Source, encoding: str | None, mapping: Mapping[str, str] | None) -> tuple[Decoding, Opened]:
    kind = sniff_bytes(source)
    if kind == XLSX:
        return Decoding("binary"), tables.excel(source, mapping)
    if kind == XLS:
        return Decoding("binary"), tables.old_excel(source, mapping)
    decoding = find_decoding(source, encoding)
    with open_text(source, decoding, newline="") as text:
        head = text.read(HEAD)
    kind = sniff_text(head)
    if kind == TEXT_TABLE:
        return decoding, tables.text_table(source, decoding, head, mapping)
    return decoding, formats.opened(kind, source, decoding, head)


def _count(opened: Opened, limits: Limits) -> array[int]:
    lines = array("L", islice(opened.marker_lines, limits.max_records + 1))
    if len(lines) > limits.max_records:
        sentence = f"The file holds more than {limits.max_records:,} records: split it and import each part."
        raise Refusal("too_many", sentence)
    if not lines:
        raise Refusal("no_records", f"This looks like {opened.format}, but no record begins in it: export it again.")
    return lines


def _held_to_the_count(opened: Opened, lines: array[int]) -> Iterator[Entry]:
    """The entries, then one problem for each marker that the reader passed over; Refusal where it found too many."""
    found = array("L")
    try:
        for entry in opened.entries:
            found.append(entry.line)
            if len(found) > len(lines):
                raise Refusal("sum", _wrong_sum(len(lines), "more"))
            yield entry
    except Refusal:
        raise
    except Exception as error:
        raise _unforeseen(error) from error
    missed = sorted(set(lines) - set(found)) or list(lines)
    for line in missed[: len(lines) - len(found)]:
        yield ParseProblem(line, "A record begins here but could not be told from its neighbours.", opened.raw_at(line))


def _looked_into(reading: Reading) -> tuple[Reading, str]:
    """The same reading, looked into as far as its first record, and why it holds none (``""`` where it does)."""
    held: list[Entry] = []
    for entry in reading.entries:
        held.append(entry)
        if isinstance(entry, ParsedRecord):
            return replace(reading, entries=chain(held, reading.entries)), ""
    reason = held[0].reason if held and isinstance(held[0], ParseProblem) else "It holds none."
    return replace(reading, entries=iter(held)), reason


def _no_record(reason: str) -> Refusal:
    """A file of problems only is refused."""
    sentence = (
        f"No record of the file can be read. {reason[:1].upper()}{reason[1:]} Export it again, as RIS if you can."
    )
    return Refusal("no_records", sentence)


def _wrong_sum(markers: int, which: str) -> str:
    return (
        f"The file begins {markers} records but reading it gives {which}: it was not imported, so that nothing is lost."
    )


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):.0f} MB"


def _unforeseen(error: Exception) -> Refusal:
    sentence = f"The file could not be read to its end ({type(error).__name__}): export it again, as RIS if you can."
    return Refusal("unreadable", sentence)
