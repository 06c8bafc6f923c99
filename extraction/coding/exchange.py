"""A codebook as plain facts, and as CSV in the way Taguette reads it: columns ``tag`` and ``description``. Pure (I48).

What other programs have no place for (when to include, when to exclude, an example, level, direction) stands in the description, each
under a heading of its own, and is read back from there. The CSV has further columns, which Taguette passes over.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

MOST_CODES = 2000
MOST_SETS = 200
MOST_BYTES = 5_000_000
LONGEST_NAME, LONGEST_LEVEL, LONGEST_TEXT = 200, 80, 5_000  # letters
DIRECTIONS = {"facilitator", "barrier"}
_COLOUR = re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_PARTS = (
    ("include_when", "Include when"), ("exclude_when", "Exclude when"), ("example", "Example"), ("level", "Level"),
    ("direction", "Direction"),
)  # fmt: skip
_TEXTS = ("definition", "include_when", "exclude_when", "example")
_HEADING = re.compile(rf"^(\\*)({'|'.join(heading for _, heading in _PARTS)}):[ \t]?(.*)$")
_COLUMNS = ("tag", "description", "guid", "parent", "colour", "codable")


class CodebookUnreadable(Exception):
    """A file that is no codebook; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What a code says, in any file. ``parent`` is the guid of the code above it, "" for none."""

    guid: str
    name: str
    definition: str = ""
    include_when: str = ""
    exclude_when: str = ""
    example: str = ""
    level: str = ""
    direction: str = ""
    colour: str = ""
    parent: str = ""
    codable: bool = field(default=True)


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A set of codes beside the hierarchy; ``codes`` are their guids."""

    guid: str
    name: str
    description: str = ""
    codes: tuple[str, ...] = ()


def described(code: CodeFacts) -> str:
    """Definition and the rest of what is said of a code, as one text."""
    pieces = [_guarded(code.definition)] if code.definition else []
    pieces += [f"{heading}: {_guarded(getattr(code, part))}" for part, heading in _PARTS if getattr(code, part)]
    return "\n".join(pieces)


def understood(code: CodeFacts, description: str) -> CodeFacts:
    """The code with what its description says of it; `described` the other way round."""
    found: dict[str, list[str]] = {"definition": []}
    place = "definition"
    names = {heading: part for part, heading in _PARTS}
    for line in description.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        heading = _HEADING.match(line)
        if heading and not heading[1] and names[heading[2]] not in found:
            place = names[heading[2]]
            found[place] = [_unguarded(heading[3])]
        else:
            found[place].append(_unguarded(line))
    said = {name: "\n".join(lines).strip() for name, lines in found.items()}
    direction = said.pop("direction", "").lower()
    told = replace(code, direction=direction if direction in DIRECTIONS else "")
    for name, text in said.items():
        told = replace(told, **{name: text})  # type: ignore[arg-type]  # names of texts alone
    return told


def _unguarded(line: str) -> str:
    heading = _HEADING.match(line)
    return line[1:] if heading and heading[1] else line


def _guarded(text: str) -> str:
    """A line that looks like a heading gets a backslash before it."""
    return "\n".join(f"\\{line}" if _HEADING.match(line) else line for line in text.split("\n"))


def checked(codes: Iterable[CodeFacts]) -> list[CodeFacts]:
    """The codes with parents that exist. Raises CodebookUnreadable where there is none, far too many, or one that cannot be kept."""
    found: dict[str, CodeFacts] = {}
    for code in codes:
        if len(found) == MOST_CODES:
            raise CodebookUnreadable(f"The file has more than {MOST_CODES} codes. Split it, then bring in the parts.")
        code = replace(code, name=" ".join(code.name.split()), colour=_colour(code.colour))
        if not code.name:
            continue
        code = replace(code, guid=given_or_new_guid(code.guid))
        _refuse_what_cannot_be_kept(code, found.get(code.guid))
        found[code.guid] = code
    if not found:
        raise CodebookUnreadable(
            "The file names no codes. Choose a codebook file (.qdc), or a CSV with a column called tag."
        )
    parents = {code.guid: code.parent.strip().lower() for code in found.values()}
    return [replace(code, parent=parents[guid] if _leads_up(guid, parents) else "") for guid, code in found.items()]


def _refuse_what_cannot_be_kept(code: CodeFacts, same: CodeFacts | None) -> None:
    """Nothing is cut and no code takes the place of another without a word."""
    if same is not None:
        raise CodebookUnreadable(
            f"“{_begun(same.name)}” and “{_begun(code.name)}” have the same guid, so that nobody can tell which is which. "
            "Export the codebook again, or give one of them another guid."
        )
    if len(code.name) > LONGEST_NAME:
        raise CodebookUnreadable(
            f"The name “{_begun(code.name)}” has {len(code.name)} letters; {LONGEST_NAME} are the most. Shorten it in the file."
        )
    for part, most in (*((name, LONGEST_TEXT) for name in _TEXTS), ("level", LONGEST_LEVEL)):
        if len(getattr(code, part)) > most:
            raise CodebookUnreadable(
                f"The {part.replace('_', ' ')} of “{_begun(code.name)}” has more than {most:,} letters. Shorten it in the file."
            )


def _begun(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:59]}…"


def _leads_up(guid: str, parents: dict[str, str]) -> bool:
    """True where the code has a code above it and the way up ends at the top."""
    seen = {guid}
    place = parents[guid]
    if place not in parents:
        return False
    while place in parents and place not in seen:
        seen.add(place)
        place = parents[place]
    return place not in seen


def given_or_new_guid(text: str) -> str:
    """The guid in its usual form, a new one where the text is none."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


def _colour(text: str) -> str:
    """Of three digits, which REFI-QDA allows, each stands twice."""
    found = _COLOUR.fullmatch(text.strip())
    digits = found[1] if found else ""
    return f"#{digits if len(digits) == 6 else ''.join(one * 2 for one in digits)}".upper() if digits else ""


def codebook_csv(codes: Sequence[CodeFacts]) -> str:
    """The codebook as CSV. A name that several codes have is told apart by direction and level, or by a number."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*_COLUMNS, "code"))
    tags: set[str] = set()
    for code in codes:
        tag = _tag(code, tags)
        tags.add(tag)
        codable = "true" if code.codable else "false"
        row = (tag, described(code), code.guid, code.parent, code.colour, codable, code.name)
        writer.writerow([_unarmed(cell) for cell in row])
    return out.getvalue()


def _tag(code: CodeFacts, taken: set[str]) -> str:
    told = ", ".join(part for part in (code.direction, code.level.lower()) if part)
    tries = [code.name, f"{code.name} ({told})" if told else code.name]
    tries += [f"{tries[1]} {number}" for number in range(2, MOST_CODES + 2)]
    return next(one for one in tries if one not in taken)


def _unarmed(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe, which is taken off again when read."""
    return f"'{cell}" if cell[:1] in "=+-@\t'" and cell else cell


def read_csv(text: str) -> list[CodeFacts]:
    """Codes of a CSV with ``tag``, ``name`` or ``path``, perhaps ``description``, and our own further columns where they are there."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        rows = [
            {(key or "").strip().lower(): value for key, value in row.items() if isinstance(value, str)}
            for row in reader
        ]
    except csv.Error as error:
        raise CodebookUnreadable(
            "The CSV is damaged: a quoted cell does not end. Save it anew, then bring it in."
        ) from error
    names = [name for name in ("code", "tag", "name", "path") if any(name in row for row in rows)]
    if not names:
        raise CodebookUnreadable(
            "The file has no column called tag. Its first line must name the columns: tag, description."
        )
    return checked(_code_of_row({key: _disarmed(value) for key, value in row.items()}, names[0]) for row in rows)


def _disarmed(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@\t'") else cell


def _code_of_row(row: dict[str, str], name: str) -> CodeFacts:
    code = CodeFacts(
        guid=row.get("guid", ""), name=row.get(name, ""), colour=row.get("colour", ""), parent=row.get("parent", ""),
        codable=row.get("codable", "true") != "false",
    )  # fmt: skip
    return understood(code, row.get("description", ""))
