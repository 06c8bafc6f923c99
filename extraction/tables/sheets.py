"""A form as a workbook, and from one; what comes back is the same form. Pure but for the bytes of the workbook.

It has three sheets: Form (name, what it is for, scoring), Fields (one row each, a section without fields has a row too) and Answers (one
row each). A section begins where the title changes; where it has the title of the one before, "new section" says yes.
"""

from __future__ import annotations

import io
import json
import math
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl

from extraction.tables.fields import FormError, FormSpec, written

LARGEST_UNPACKED = 20_000_000  # bytes: a workbook is a packed file
MOST_ROWS = 5_000
FIELDS = (
    "section", "section help", "new section", "key", "kind", "label", "help", "required", "evidence", "unit", "tolerance", "columns",
    "formula", "asked if", "has answer",
)  # fmt: skip
ANSWERS = ("field", "key", "label", "points", "does not apply")
UNREADABLE = "This is no form that can be read. Save it here as JSON or Excel first, then change that file."
TOO_LARGE = "This file is larger than 2 MB, which no form is."
_YES = "yes"


def sheets_of(name: str, kind: str, spec: FormSpec) -> list[tuple[str, list[list[str]]]]:
    """The sheets of the workbook of a form: (name, rows of cells)."""
    told = written(spec)
    about = [
        ["name", name],
        ["for", kind],
        ["scoring", json.dumps(told.get("scoring", {}), ensure_ascii=False)],
    ]
    fields, answers = [list(FIELDS)], [list(ANSWERS)]
    before = None
    for section in told["sections"]:
        head = [section["title"], section["help"]]
        begins = _YES if section["title"] == before else ""
        rows = [_field_row(one) for one in section["fields"]] or [[""] * (len(FIELDS) - 3)]
        fields += [[*head, begins if at == 0 else "", *row] for at, row in enumerate(rows)]
        before = section["title"]
        answers += [
            [one["key"], each["key"], each["label"], _points(each), _YES if each.get("not_applicable") else ""]
            for one in section["fields"]
            for each in one.get("options", ())
        ]
    safe = [("Form", about), ("Fields", fields), ("Answers", answers)]
    return [(sheet, [[_guarded(cell) for cell in row] for row in rows]) for sheet, rows in safe]


def _field_row(one: dict[str, Any]) -> list[str]:
    show = one.get("show_if", {})
    return [
        one["key"], one["kind"], one["label"], one.get("help", ""), _YES if one.get("required") else "",
        _YES if one.get("evidence") else "", one.get("unit", ""), f"{one['tolerance']:g}" if one.get("tolerance") else "",
        "\n".join(one.get("columns", ())), one.get("formula", ""), show.get("field", ""), "\n".join(show.get("values", ())),
    ]  # fmt: skip


def _points(option: dict[str, Any]) -> str:
    return repr(option["score"]) if option.get("score") is not None else ""


def _guarded(cell: str) -> str:
    """No cell that Excel would run (P29); `_open` takes the sign off again."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "'", "\t", "\r") else cell


def _open(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return text[1:] if text.startswith("'") else text


def told_in(data: bytes) -> dict[str, Any]:
    """What a workbook says of a form, as `fields.read_form` reads it. Raises FormError with one sentence for any other."""
    try:
        if sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist()) > LARGEST_UNPACKED:
            raise FormError(TOO_LARGE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of parts it leaves out: none of them is a cell
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = {
                name: list(_rows(book[name].iter_rows(values_only=True))) for name in ("Form", "Fields", "Answers")
            }
    except FormError:
        raise
    except Exception as wrong:  # openpyxl lets zip, XML and key errors through, depending on what is broken
        raise FormError(UNREADABLE) from wrong
    about = {row[0]: row[1] for row in sheets["Form"] if len(row) > 1}
    return {
        "name": about.get("name", ""),
        "kind": about.get("for", ""),
        "scoring": _scoring(about.get("scoring", "")),
        "sections": _sections(
            _table(sheets["Fields"], "fields", ("key", "kind", "label")),
            _table(sheets["Answers"], "answers", ("field", "label")),
        ),
    }


def _rows(rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number > MOST_ROWS:
            raise FormError(TOO_LARGE)
        if any(cell is not None for cell in row):
            yield [_open(cell) for cell in row]


def _table(rows: list[list[str]], of: str, needed: Sequence[str]) -> list[dict[str, str]]:
    if not rows:
        return []
    headings = [heading.strip().lower() for heading in rows[0]]
    if lacks := [name for name in needed if name not in headings]:
        raise FormError(
            f"The sheet of the {of} lacks the column “{lacks[0]}”. Save a form here as Excel to see all of them."
        )
    return [dict(zip(headings, row, strict=False)) for row in rows[1:]]


def no_number(said: str) -> float:
    """For `json.loads`, which takes NaN and Infinity for numbers. Raises ValueError."""
    raise ValueError(said)


def _scoring(text: str) -> Any:
    try:
        told = json.loads(text or "{}", parse_constant=no_number)
    except (ValueError, RecursionError) as wrong:
        raise FormError(UNREADABLE) from wrong
    return told if isinstance(told, dict) else {}


def _sections(rows: list[dict[str, str]], answers: list[dict[str, str]]) -> list[dict[str, Any]]:
    options: dict[str, list[dict[str, Any]]] = {}
    for row in answers:
        options.setdefault(row.get("field", ""), []).append(_answer(row))
    found: list[dict[str, Any]] = []
    for row in rows:
        title = row.get("section", "").strip()
        begins = row.get("new section", "").strip().lower() == _YES
        if not found or begins or (title and title != found[-1]["title"]):
            found.append({"title": title, "help": row.get("section help", ""), "fields": []})
        if row.get("key") or row.get("label"):
            found[-1]["fields"].append(_field(row, options.get(row.get("key", ""), [])))
    return found


def _answer(row: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"key": row.get("key", ""), "label": row.get("label", "")}
    if row.get("points", "").strip():
        made["score"] = _figure(row["points"], row.get("label", ""))
    return made | ({"not_applicable": True} if row.get("does not apply", "").strip().lower() == _YES else {})


def _field(row: dict[str, str], options: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {name: row.get(name, "") for name in ("key", "kind", "label", "help", "unit", "formula")}
    made |= {name: row.get(name, "").strip().lower() == _YES for name in ("required", "evidence")}
    made |= {"columns": row.get("columns", "").splitlines(), "options": options}
    if row.get("tolerance", "").strip():
        made["tolerance"] = _figure(row["tolerance"], made["label"])
    if row.get("asked if"):
        made["show_if"] = {"field": row["asked if"], "values": row.get("has answer", "").splitlines()}
    return made


def _figure(text: str, label: str) -> float:
    try:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
    except ValueError as wrong:
        raise FormError(f"“{text}” of “{label}” is no number.") from wrong
    return int(number) if number.is_integer() and "." not in text else number
