"""Values of fields: how what a person typed becomes a value, and back. Pure. What values say is in `tables.meaning`.

Shapes in JSON: text, long, url a string; integer, year a whole number; number ``{"n": "12.5", "unit": "mg"}``; choice a key; choices a
sorted list of keys; boolean true or false; country ISO 3166 alpha-2; countries a sorted list of them; date ISO 8601; table a list of rows
of cells; sample ``{"invited", "enrolled", "responded", "analysed"}`` with ``unit`` and ``note``; proportion ``{"n", "N", "percent"}``.
None where nothing is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise, zip_longest
from typing import Any

from extraction.tables.countries import country_code
from extraction.tables.fields import Field

SAMPLE_PARTS = ("invited", "enrolled", "responded", "analysed")
LONGEST = 20_000
LONGEST_NUMBER = 40  # figures
MOST_ROWS = 200
#: Names of inputs of a kind that has several; any other kind has one input, named as the field.
PARTS: dict[str, tuple[str, ...]] = {
    "number": ("n", "unit"),
    "sample": (*SAMPLE_PARTS, "unit", "note"),
    "proportion": ("n", "N", "percent"),
}
Typed = Mapping[str, Sequence[str]]


class ValueRefused(ValueError):
    """What was typed is no value of the field, with one sentence that says what to do."""


def clean(one: Field, typed: Typed, prefix: str = "") -> Any:
    """The value of a field from the inputs of a form. Raises ValueRefused.

    ``typed`` maps names of inputs to what was sent; the inputs of a field are ``prefix + key`` and, where the kind has parts,
    ``prefix + key + "-" + part``; the cells of a table ``prefix + key + "-" + column number``, one for each row.
    """
    name = prefix + one.key
    if one.kind in PARTS:
        return _PARTED[one.kind](one, {part: _one(typed, f"{name}-{part}") for part in PARTS[one.kind]})
    if one.kind == "table":
        return _table(one, [list(typed.get(f"{name}-{place}", ())) for place in range(len(one.columns))])
    if one.kind in ("choices", "countries"):
        return _several(one, [said.strip() for said in typed.get(name, ()) if said.strip()])
    said = _one(typed, name)
    return _SINGLE[one.kind](one, said) if said and one.kind in _SINGLE else None


def typed_of(one: Field, value: Any, prefix: str = "") -> dict[str, list[str]]:
    """What inputs would send for a value: `clean` turned round. Raises ValueRefused for a value of another shape than the kind's."""
    name = prefix + one.key
    if value is None:
        return {}
    if one.kind in PARTS and isinstance(value, Mapping) and value.keys() <= set(PARTS[one.kind]):
        return {f"{name}-{part}": _texts(one, [value.get(part)]) for part in PARTS[one.kind]}
    if one.kind == "table" and isinstance(value, list) and all(_is_row(one, row) for row in value):
        return {f"{name}-{place}": _texts(one, [row[place] for row in value]) for place in range(len(one.columns))}
    if one.kind in ("choices", "countries") and isinstance(value, list):
        return {name: _texts(one, value)}
    if one.kind not in (*PARTS, "table", "choices", "countries"):
        return {name: _texts(one, [value])}
    raise _other_shape(one)


def _is_row(one: Field, row: Any) -> bool:
    return isinstance(row, list) and len(row) == len(one.columns)


def _texts(one: Field, values: Sequence[Any]) -> list[str]:
    found = []
    for value in values:
        if not (value is None or isinstance(value, str | int | float)):
            raise _other_shape(one)
        found.append("" if value is None else str(value).lower() if isinstance(value, bool) else str(value))
    return found


def _other_shape(one: Field) -> ValueRefused:
    return ValueRefused(f"{one.label}: this has another shape than a value of the kind “{one.kind}”.")


def _one(typed: Typed, name: str) -> str:
    sent = typed.get(name, ())
    return sent[-1].strip() if sent else ""


def _string(one: Field, said: str) -> str:
    if len(said) > LONGEST:
        raise ValueRefused(f"{one.label}: at most {LONGEST:,} letters; this has {len(said):,}.")
    return unicodedata.normalize("NFC", said)


def _integer(one: Field, said: str) -> int:
    plain = unicodedata.normalize("NFKC", said).replace("−", "-").strip()
    if not re.fullmatch(r"-?([0-9]{1,15}|[0-9]{1,3}([,\s][0-9]{3}){1,4})", plain):  # 3,5 is no 35
        raise ValueRefused(f"{one.label}: write a whole number, such as 60.")
    return int(re.sub(r"[\s,]", "", plain))


def _year(one: Field, said: str) -> int:
    year = _integer(one, said)
    if not 1500 <= year <= 2200:
        raise ValueRefused(f"{one.label}: write a year of four digits, such as 2021.")
    return year


def _decimal(one: Field, said: str) -> Decimal:
    plain = re.sub(r"[\s\u202f]", "", unicodedata.normalize("NFKC", said)).replace("−", "-")
    refused = ValueRefused(f"{one.label}: write a number with a point, such as 12.5.")
    if len(plain) > LONGEST_NUMBER or "_" in plain:
        raise refused
    try:
        number = Decimal(plain.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain) else plain)
    except InvalidOperation as wrong:
        raise refused from wrong
    # Asked of the exponent, because arithmetic on 1e9999999 overflows.
    if not number.is_finite() or number.adjusted() >= 15 or abs(int(number.as_tuple().exponent)) > LONGEST_NUMBER:
        raise refused
    return number


def _boolean(one: Field, said: str) -> bool:
    if said not in ("true", "false"):
        raise ValueRefused(f"{one.label}: choose yes or no.")
    return said == "true"


def _choice(one: Field, said: str) -> str:
    if said not in {option.key for option in one.options}:
        raise ValueRefused(f"{one.label}: choose one of the answers.")
    return said


def _country(one: Field, said: str) -> str:
    code = country_code(said)
    if not code:
        raise ValueRefused(
            f"{one.label}: “{said[:60]}” is no country of the list (ISO 3166). Choose the country in which it lies, and note "
            "the report's own words."
        )
    return code


def _date(one: Field, said: str) -> str:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):  # fromisoformat would read 2021-W05 as well
            return date.fromisoformat(said).isoformat()
    except ValueError:
        pass
    raise ValueRefused(f"{one.label}: write a date as 2021-05-31.")


def _url(one: Field, said: str) -> str:
    doi = re.fullmatch(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", said, re.IGNORECASE)
    if doi:
        return f"https://doi.org/{doi[1]}"
    if not re.fullmatch(r"https?://[^\s/$.?#][^\s]*", said, re.IGNORECASE):
        raise ValueRefused(f"{one.label}: write an address that begins with https://, or a DOI.")
    return said


_SINGLE: dict[str, Callable[[Field, str], Any]] = {
    "text": _string, "long": _string, "integer": _integer, "year": _year, "choice": _choice, "boolean": _boolean,
    "country": _country, "date": _date, "url": _url,
}  # fmt: skip


def _several(one: Field, said: Sequence[str]) -> list[str] | None:
    read = _country if one.kind == "countries" else _choice
    return sorted({read(one, each) for each in said}) or None


def _number(one: Field, parts: Mapping[str, str]) -> dict[str, str] | None:
    if not parts["n"] and parts["unit"] and parts["unit"] != one.unit:
        raise ValueRefused(f"{one.label}: write the number to which {parts['unit'][:40]} belongs.")
    if not parts["n"]:
        return None
    return {"n": str(_decimal(one, parts["n"])), "unit": _string(one, parts["unit"] or one.unit)}


def _sample(one: Field, parts: Mapping[str, str]) -> dict[str, Any] | None:
    counts = {part: _count(one, part, parts[part]) for part in SAMPLE_PARTS if parts[part]}
    if not counts and not parts["note"] and parts["unit"]:
        raise ValueRefused(f"{one.label}: write how many {parts['unit'][:40]} there were, or a note.")
    if not counts and not parts["note"]:
        return None
    given = [(part, counts[part]) for part in SAMPLE_PARTS if part in counts]
    for (earlier, many), (later, more) in pairwise(given):
        if more > many:
            raise ValueRefused(
                f"{one.label}: {more:,} {later} is more than {many:,} {earlier}. Look at the report again."
            )
    return {part: counts.get(part) for part in SAMPLE_PARTS} | {
        "unit": _string(one, parts["unit"]),
        "note": _string(one, parts["note"]),
    }


def _count(one: Field, part: str, said: str) -> int:
    try:
        number = _integer(one, said)
    except ValueRefused as wrong:
        raise ValueRefused(f"{one.label}, {part}: write a whole number, such as 60.") from wrong
    if number < 0:
        raise ValueRefused(f"{one.label}, {part}: a number of people is not below 0.")
    return number


def _proportion(one: Field, parts: Mapping[str, str]) -> dict[str, Any] | None:
    """n, N and their share; what two of them say the third must say as well, to the digits that are given."""
    n, of = (_count(one, name, parts[name]) if parts[name] else None for name in ("n", "N"))
    percent = _share(one, parts["percent"]) if parts["percent"] else None
    if n is None and of is None and percent is None:
        return None
    if n is not None and of is not None and n > of:
        raise ValueRefused(f"{one.label}: {n:,} of {of:,} is more than all. Look at the report again.")
    if of == 0 and percent is not None:
        raise ValueRefused(f"{one.label}: of 0 there is no share. Leave the % out, or correct N.")
    if n is not None and of and percent is not None:
        _refuse_other_share(one, n, of, percent)
    return {"n": n, "N": of, "percent": None if percent is None else str(percent)}


def _share(one: Field, said: str) -> Decimal:
    try:
        percent = _decimal(one, said.removesuffix("%"))
    except ValueRefused as wrong:
        raise ValueRefused(f"{one.label}, %: write a number from 0 to 100 with a point, such as 30.9.") from wrong
    if not 0 <= percent <= 100:
        raise ValueRefused(f"{one.label}, %: a share is between 0 and 100 per cent; this says {percent}.")
    return percent


def _refuse_other_share(one: Field, n: int, of: int, percent: Decimal) -> None:
    digits = max(-int(percent.as_tuple().exponent), 0)
    share = Decimal(100) * n / of
    if abs(share - percent) > Decimal(1).scaleb(-digits):  # rounded either way
        raise ValueRefused(
            f"{one.label}: {n:,} of {of:,} is {share:.{digits}f} %, not {percent} %. Correct it, or leave the share out and note it."
        )


_PARTED: dict[str, Callable[[Field, Mapping[str, str]], Any]] = {
    "number": _number,
    "sample": _sample,
    "proportion": _proportion,
}


def _table(one: Field, cells: Sequence[Sequence[str]]) -> list[list[str]] | None:
    rows = [[_string(one, cell.strip()) for cell in row] for row in zip_longest(*cells, fillvalue="")]
    kept = [row for row in rows if any(row)]
    if len(kept) > MOST_ROWS:
        raise ValueRefused(f"{one.label}: at most {MOST_ROWS} rows; these are {len(kept)}.")
    return kept or None
