"""What values of fields say: in words, whether two say the same, and whether they ask a further field. Pure.

The shapes of values are those of `tables.values`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from extraction.tables.countries import COUNTRIES
from extraction.tables.fields import Field, FormSpec
from extraction.tables.values import SAMPLE_PARTS


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


def _sample_shown(value: Mapping[str, Any]) -> str:
    """Such as "855 people invited, 265 responded"."""
    given = [f"{value[part]:,} {part}" for part in SAMPLE_PARTS if value.get(part) is not None]
    counts = ", ".join(given).replace(" ", f" {value['unit']} " if value.get("unit") else " ", 1)
    return "; ".join(part for part in (counts, str(value.get("note") or "")) if part)


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
