"""A form built step by step: sections and fields added, changed, moved and removed; each step gives a new form. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from extraction.tables.fields import Field, FormError, FormSpec, Option, Section

T = TypeVar("T")
_POINTS = re.compile(r"^(?P<label>.*\S)\s*\|\s*(?P<points>-?\d+(?:\.\d+)?|n/?a)$", re.IGNORECASE)


def new_key(label: str, taken: Collection[str]) -> str:
    """A key from the words of a label that no field has or ever had."""
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50]
    base = base if base[:1].isalpha() else f"field_{base}".rstrip("_")
    n, key = 1, base
    while key in taken:
        n += 1
        key = f"{base}_{n}"
    return key


def options_from(lines: str, former: Sequence[Option] = ()) -> tuple[Option, ...]:
    """Answers from one line each: "Label", or "Label | 1.5" with its points, or "Label | n/a".

    An answer keeps the key of the former one with its words, else of the one in its place where the number of answers is as before:
    whoever mends a word keeps the values. Raises FormError for two answers of one wording.
    """
    told = [_option(line) for line in lines.splitlines() if line.strip()]
    labels = [one.label.casefold() for one in told]
    if len(set(labels)) < len(labels):
        raise FormError("Two answers have the same words. Each line is one answer.")
    by_label = {one.label.casefold(): one.key for one in former}
    kept = [by_label.get(label, "") for label in labels]
    if len(told) == len(former):
        kept = [key or (one.key if one.key not in kept else "") for key, one in zip(kept, former, strict=True)]
    taken = {one.key for one in former}
    made = []
    for one, key in zip(told, kept, strict=True):
        key = key or new_key(one.label, taken)
        taken.add(key)
        made.append(replace(one, key=key))
    return tuple(made)


def lines_of(options: Sequence[Option]) -> str:
    """Answers as `options_from` reads them."""
    return "\n".join(one.label + _points(one) for one in options)


def add_section(spec: FormSpec, title: str, help_text: str = "") -> FormSpec:
    """A section at the end."""
    return replace(spec, sections=(*spec.sections, Section(_titled(title), help_text.strip())))


def edit_section(spec: FormSpec, place: int, title: str, help_text: str = "") -> FormSpec:
    """Another title and help."""
    return _with(spec, place, lambda one: replace(one, title=_titled(title), help=help_text.strip()))


def move_section(spec: FormSpec, place: int, *, up: bool) -> FormSpec:
    """Swap a section with its neighbour; at the edge nothing moves."""
    _at(spec, place)
    return replace(spec, sections=_swapped(spec.sections, place, place - 1 if up else place + 1))


def remove_section(spec: FormSpec, place: int) -> FormSpec:
    """Take an empty section out. Raises FormError while it has fields."""
    if _at(spec, place).fields:
        raise FormError("Move or remove the fields of this section first.")
    return replace(spec, sections=(*spec.sections[:place], *spec.sections[place + 1 :]))


def put_field(spec: FormSpec, one: Field, place: int | None = None) -> FormSpec:
    """A changed field in its place, or a new one at the end of the section ``place``."""
    if spec.field(one.key) is None:
        return _with(spec, 0 if place is None else place, lambda part: replace(part, fields=(*part.fields, one)))
    changed = tuple(
        replace(part, fields=tuple(one if each.key == one.key else each for each in part.fields))
        for part in spec.sections
    )
    return replace(spec, sections=changed)


def remove_field(spec: FormSpec, key: str) -> FormSpec:
    """Take a field out. Raises FormError where another field or formula rests on it."""
    resting = next((one.label for one in spec.fields if one.show_if and one.show_if.field == key), "")
    resting = resting or next(
        (one.label for one in spec.fields if re.search(rf"\b{re.escape(key)}\b", one.formula)), ""
    )
    if resting:
        raise FormError(f"“{resting}” depends on this field. Change that one first.")
    parts = (replace(part, fields=tuple(one for one in part.fields if one.key != key)) for part in spec.sections)
    return replace(spec, sections=tuple(parts))


def move_field(spec: FormSpec, key: str, *, up: bool) -> FormSpec:
    """One place up or down; from the edge of a section into the next one."""
    place, at = next(
        (
            (place, at)
            for place, part in enumerate(spec.sections)
            for at, one in enumerate(part.fields)
            if one.key == key
        ),
        (-1, -1),
    )
    if place < 0:
        return spec
    target = at - 1 if up else at + 1
    if 0 <= target < len(spec.sections[place].fields):
        return _with(spec, place, lambda part: replace(part, fields=_swapped(part.fields, at, target)))
    return _across(spec, place, place - 1 if up else place + 1, at)


def _across(spec: FormSpec, place: int, target: int, at: int) -> FormSpec:
    if not 0 <= target < len(spec.sections):
        return spec
    moved = spec.sections[place].fields[at]
    less = _with(spec, place, lambda one: replace(one, fields=(*one.fields[:at], *one.fields[at + 1 :])))
    first = target > place
    return _with(less, target, lambda one: replace(one, fields=(moved, *one.fields) if first else (*one.fields, moved)))


def _with(spec: FormSpec, place: int, change: Callable[[Section], Section]) -> FormSpec:
    changed = change(_at(spec, place))
    return replace(spec, sections=(*spec.sections[:place], changed, *spec.sections[place + 1 :]))


def _at(spec: FormSpec, place: int) -> Section:
    if not 0 <= place < len(spec.sections):
        raise FormError("The form has no such section now. Open the form again.")
    return spec.sections[place]


def _swapped(row: tuple[T, ...], place: int, target: int) -> tuple[T, ...]:
    if not 0 <= target < len(row):
        return row
    made = list(row)
    made[place], made[target] = made[target], made[place]
    return tuple(made)


def _titled(title: str) -> str:
    if not title.strip():
        raise FormError("A section needs a title.")
    return title.strip()


def _option(line: str) -> Option:
    found = _POINTS.match(line.strip())
    if found is None:
        return Option("", line.strip())
    points = found["points"].lower()
    if points.startswith("n"):
        return Option("", found["label"], None, not_applicable=True)
    return Option("", found["label"], float(points))


def _points(one: Option) -> str:
    if one.not_applicable:
        return " | n/a"
    return f" | {one.score:g}" if one.score is not None else ""
