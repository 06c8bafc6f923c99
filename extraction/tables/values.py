"""Values of fields: how what a person typed becomes a value, how it is shown, and when two are the same. Pure.

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

from extraction.tables.countries import COUNTRIES, country_code
from extraction.tables.fields import Field, FormSpec

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


def shown(one: Field, value: Any) -> str:
    """The value in words for a table; "" where there is none."""
    if value is None or value in ("", [], {}):
        return ""
    show = _SHOWN.get(one.kind)
    return show(one, value) if show else str(value)


def equal(one: Field, first: Any, second: Any) -> bool:
    """True where two values say the same: text trimmed, NFKC and without case; numbers within the tolerance; choices as sets."""
    a, b = _comparable(one, first), _comparable(one, second)
    if one.kind in ("integer", "year", "computed") and a is not None and b is not None:
        return bool(abs(Decimal(str(a)) - Decimal(str(b))) <= Decimal(str(one.tolerance)))
    if one.kind == "number" and a is not None and b is not None:
        return bool(a[1] == b[1] and abs(a[0] - b[0]) <= Decimal(str(one.tolerance)))
    return bool(a == b)


def is_visible(spec: FormSpec, values: Mapping[str, Any], key: str) -> bool:
    """True where the field is asked: its condition holds, and the field on which that rests is asked as well."""
    seen: set[str] = set()
    one = spec.field(key)
    while one is not None and one.show_if is not None and one.key not in seen:
        seen.add(one.key)
        value = values.get(one.show_if.field)
        said = {
            str(each).lower() if isinstance(each, bool) else str(each)
            for each in (value if isinstance(value, list) else [value])
        }
        if value is None or (one.show_if.values and not said & set(one.show_if.values)):
            return False
        one = spec.field(one.show_if.field)
    return one is not None


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


def _sample_shown(value: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{value[part]:,} {part}" for part in SAMPLE_PARTS if value.get(part) is not None)
    unit = f" {value['unit']}" if value.get("unit") and counts else ""
    return "; ".join(part for part in (counts + unit, str(value.get("note") or "")) if part)


def _proportion_shown(value: Mapping[str, Any]) -> str:
    counts = " ".join(
        part.format(value[name]) for name, part in (("n", "{:,}"), ("N", "of {:,}")) if value.get(name) is not None
    )
    share = f"{value['percent']} %" if value.get("percent") is not None else ""
    return f"{counts} ({share})" if counts and share else counts or share


_SHOWN: dict[str, Callable[[Field, Any], str]] = {
    "choice": lambda one, value: one.label_of(str(value)),
    "choices": lambda one, value: "; ".join(one.label_of(key) for key in value),
    "country": lambda _, value: COUNTRIES.get(value, str(value)),
    "countries": lambda _, value: "; ".join(COUNTRIES.get(code, str(code)) for code in value),
    "boolean": lambda _, value: "Yes" if value else "No",
    "number": lambda _, value: f"{value['n']} {value.get('unit', '')}".strip(),
    "table": lambda _, value: "; ".join(", ".join(str(cell) for cell in row) for row in value),
    "sample": lambda _, value: _sample_shown(value),
    "proportion": lambda _, value: _proportion_shown(value),
}


def _comparable(one: Field, value: Any) -> Any:
    if value is None or value in ("", [], {}):
        return None
    if one.kind in ("choices", "countries"):
        return frozenset(value)
    if one.kind == "number":
        return (Decimal(value["n"]).normalize(), _folded(value.get("unit", "")))
    if isinstance(value, str):
        return _folded(value)
    if one.kind == "table":
        return [[_folded(str(cell)) for cell in row] for row in value]
    if isinstance(value, Mapping):
        return {
            key: _folded(each) if isinstance(each, str) else each
            for key, each in value.items()
            if each not in (None, "")
        }
    return value


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
