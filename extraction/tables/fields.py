"""What a form asks, read from its one JSON document: sections of fields of a kind each. Pure; the only reader of that document.

The kinds are those of domain.md 7. A field's key stays the same from version to version, so that values are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KINDS = {
    "text": "Text, one line",
    "long": "Text, several lines",
    "integer": "Whole number",
    "number": "Number with a unit",
    "year": "Year",
    "choice": "One answer of a list",
    "choices": "Several answers of a list",
    "boolean": "Yes or no",
    "country": "Country",
    "countries": "Countries",
    "date": "Date",
    "table": "Table",
    "sample": "Sample: invited, enrolled, responded, analysed",
    "proportion": "n of N, with its share",
    "url": "Web address or DOI",
    "computed": "Computed from other fields",
    "reference": "Reference, from the record",
    "record_year": "Year, from the record",
}
#: Never typed by a person (I43).
AUTOMATIC = frozenset({"computed", "reference", "record_year"})
CHOOSING = frozenset({"choice", "choices"})
MOST_FIELDS = 300
LONGEST_LABEL = 200
LARGEST = 10**12
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_UNSOUND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class FormError(ValueError):
    """A form that cannot be used, with one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice; ``score`` are its points in an appraisal, None where it bears none (not applicable)."""

    key: str
    label: str
    score: float | None = None
    not_applicable: bool = False


@dataclass(frozen=True, slots=True)
class ShowIf:
    """A field is asked only where another one has one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``evidence``: the value must be pinned to words of a report. ``columns`` are the headings of a table."""

    key: str
    kind: str
    label: str
    help: str = ""
    required: bool = False
    evidence: bool = False
    options: tuple[Option, ...] = ()
    unit: str = ""
    tolerance: float = 0.0
    columns: tuple[str, ...] = ()
    formula: str = ""
    show_if: ShowIf | None = None

    @property
    def is_automatic(self) -> bool:
        """True where nobody types the value."""
        return self.kind in AUTOMATIC

    def label_of(self, key: str) -> str:
        """The words of an answer, or its key where the form no longer has it."""
        if self.kind == "boolean":
            return {"true": "Yes", "false": "No"}.get(key, key)
        return next((one.label for one in self.options if one.key == key), key)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under one heading."""

    title: str
    help: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class FormSpec:
    """A form as read. ``scoring`` is that of an appraisal, empty for a table of facts."""

    sections: tuple[Section, ...]
    scoring: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in order."""
        return tuple(one for section in self.sections for one in section.fields)

    @property
    def outline(self) -> list[tuple[Section, list[tuple[Field, str]]]]:
        """Sections with their fields, each with its condition in words, "" where it is always asked."""
        return [(section, [(one, self._condition(one)) for one in section.fields]) for section in self.sections]

    def _condition(self, one: Field) -> str:
        other = self.field(one.show_if.field) if one.show_if else None
        if one.show_if is None or other is None:
            return ""
        answers = " or ".join(f"“{other.label_of(value)}”" for value in one.show_if.values)
        return f"“{other.label}” is {answers or 'answered'}"

    def field(self, key: str) -> Field | None:
        """The field of this key."""
        return next((one for one in self.fields if one.key == key), None)


def read_form(content: Mapping[str, Any]) -> FormSpec:
    """A form from its document. Raises FormError with one sentence."""
    sections = content.get("sections")
    if not isinstance(sections, list):
        raise FormError("A form is a list of sections, each with its fields.")
    scoring = content.get("scoring") or {}
    if not isinstance(scoring, Mapping):
        raise FormError("The scoring of a form says how points are counted, as names with values.")
    _refuse_unsound(content)
    spec = FormSpec(tuple(_section(one) for one in sections), dict(scoring))
    _refuse_doubles([one.key for one in spec.fields])
    if len(spec.fields) > MOST_FIELDS:
        raise FormError(f"A form has at most {MOST_FIELDS} fields; this has {len(spec.fields)}.")
    for one in spec.fields:
        if one.show_if and (spec.field(one.show_if.field) is None or one.show_if.field == one.key):
            raise FormError(f"“{one.label}” depends on a field that the form does not have.")
    return spec


def written(spec: FormSpec) -> dict[str, Any]:
    """The document of a form; reading it again gives the same form."""
    made: dict[str, Any] = {"sections": [_section_json(one) for one in spec.sections]}
    return made | ({"scoring": dict(spec.scoring)} if spec.scoring else {})


def _section(said: Any) -> Section:
    if not isinstance(said, Mapping) or not isinstance(said.get("fields", []), list):
        raise FormError("A section has a title and a list of fields.")
    return Section(_text(said, "title"), _text(said, "help"), tuple(_field(one) for one in said.get("fields", [])))


def _field(said: Any) -> Field:
    if not isinstance(said, Mapping):
        raise FormError("A field has a key, a kind and a label.")
    key, kind, label = _text(said, "key"), _text(said, "kind"), _text(said, "label")
    if not _KEY.fullmatch(key):
        raise FormError(f"“{label or key}” needs a key of small letters, digits and underscores.")
    if kind not in KINDS:
        raise FormError(f"“{label or key}” is of the unknown kind “{kind}”.")
    if not label or len(label) > LONGEST_LABEL:
        raise FormError(f"The field “{key}” needs a label of at most {LONGEST_LABEL} letters.")
    options = tuple(_option(one, label) for one in _list(said, "options", label))
    columns = tuple(str(one).strip() for one in _list(said, "columns", label) if str(one).strip())
    if kind in CHOOSING and not options:
        raise FormError(f"“{label}” needs answers to choose from.")
    if kind == "table" and not columns:
        raise FormError(f"“{label}” needs the headings of its columns.")
    _refuse_doubles([one.key for one in options])
    return Field(
        key, kind, label, _text(said, "help"), bool(said.get("required")), bool(said.get("evidence")), options, _text(said, "unit"),
        _tolerance(said, label), columns, _text(said, "formula"), _show_if(said.get("show_if")),
    )  # fmt: skip


def _option(said: Any, label: str) -> Option:
    if isinstance(said, str):
        said = {"key": _key_from(said), "label": said}
    if not isinstance(said, Mapping) or not _text(said, "label"):
        raise FormError(f"An answer of “{label}” has no words.")
    score = said.get("score")
    if score is not None and not _is_number(score):
        raise FormError(f"The points of an answer of “{label}” are no number.")
    return Option(
        _text(said, "key") or _key_from(_text(said, "label")),
        _text(said, "label"),
        score,
        bool(said.get("not_applicable")),
    )


def _show_if(said: Any) -> ShowIf | None:
    if not isinstance(said, Mapping) or not said.get("field"):
        return None
    values = said.get("values")
    return ShowIf(str(said["field"]), tuple(str(one) for one in values) if isinstance(values, list) else ())


def _tolerance(said: Mapping[str, Any], label: str) -> float:
    given = said.get("tolerance") or 0
    if not _is_number(given) or given < 0:
        raise FormError(f"The tolerance of “{label}” is no number from 0 on.")
    return float(given)


def _is_number(said: Any) -> bool:
    """True for a number that every database can hold."""
    return (
        isinstance(said, int | float) and not isinstance(said, bool) and -LARGEST < said < LARGEST
    )  # NaN is in no range


def _list(said: Mapping[str, Any], name: str, label: str) -> list[Any]:
    found = said.get(name) or []
    if not isinstance(found, list):
        raise FormError(f"“{label}”: write its {name} as a list.")
    return found


def _refuse_unsound(said: Any) -> None:
    """No control characters and no halves of characters, which one database or the other cannot keep."""
    if isinstance(said, str) and _UNSOUND.search(said):
        raise FormError("A text of the form holds signs that cannot be kept. Write it anew without them.")
    for one in (
        said.items() if isinstance(said, Mapping) else [("", each) for each in said] if isinstance(said, list) else []
    ):
        _refuse_unsound(one[0])
        _refuse_unsound(one[1])


def _key_from(label: str) -> str:
    """A key for an answer that was written without one; where its words hold no letter, their signs in figures."""
    plain = re.sub(r"\W+", "_", label.strip().lower()).strip("_")[:60]
    return plain or "sign_" + "_".join(str(ord(sign)) for sign in label.strip()[:8])


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _refuse_doubles(keys: Sequence[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise FormError(f"Two have the key “{key}”. Give one of them another.")
        seen.add(key)


def _section_json(section: Section) -> dict[str, Any]:
    return {"title": section.title, "help": section.help, "fields": [dict(_field_json(one)) for one in section.fields]}


def _field_json(one: Field) -> Iterator[tuple[str, Any]]:
    """What is said of a field; what is as it would be unsaid is left out."""
    yield from (("key", one.key), ("kind", one.kind), ("label", one.label))
    said: dict[str, Any] = {
        "help": one.help, "required": one.required, "evidence": one.evidence, "unit": one.unit, "tolerance": one.tolerance,
        "columns": list(one.columns), "formula": one.formula, "options": [dict(_option_json(each)) for each in one.options],
    }  # fmt: skip
    if one.show_if:
        said["show_if"] = {"field": one.show_if.field, "values": list(one.show_if.values)}
    yield from ((name, value) for name, value in said.items() if value)


def _option_json(one: Option) -> Iterator[tuple[str, Any]]:
    yield from (("key", one.key), ("label", one.label))
    if one.score is not None:
        yield "score", one.score
    if one.not_applicable:
        yield "not_applicable", True
