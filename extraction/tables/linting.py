"""What a form would do better, before it is published: remarks, which keep nobody from publishing. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from extraction.tables.checking import wording
from extraction.tables.computing import check_formula
from extraction.tables.fields import CHOOSING, Field, FormError, FormSpec


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence; ``key`` is the field of which it is said, "" where it is said of the form."""

    key: str
    sentence: str


#: Words of a label, and the kind of field that such answers are best kept in.
_BETTER: tuple[tuple[re.Pattern[str], frozenset[str], str], ...] = (
    (re.compile(r"\b(country|countries|nation)\b"), frozenset({"text", "long"}),
     "a field of the kind “Country” compares countries however they are spelt"),
    (re.compile(r"\bsample( size)?\b|\bn\b|\bnumber of (participants|respondents|people)\b"), frozenset({"text", "integer", "number"}),
     "a field of the kind “Sample” tells those invited from those who responded"),
    (re.compile(r"%|\b(percentage|per cent|percent|proportion|response rate)\b"), frozenset({"text", "integer", "number"}),
     "a field of the kind “n of N, with its share” checks the share against its counts"),
    (re.compile(r"\b(doi|url|web address)\b"), frozenset({"text", "long"}),
     "a field of the kind “Web address or DOI” checks what is typed"),
)  # fmt: skip
_STATUSES = frozenset({"not reported", "unclear", "not applicable", "n/a", "unknown"})


def remarks(spec: FormSpec) -> list[Remark]:
    """Remarks on the form, then on its fields in order."""
    return [*_of_form(spec), *(remark for one in spec.fields for find in _OF_FIELD for remark in find(spec, one))]


def _of_form(spec: FormSpec) -> Iterator[Remark]:
    asked = [one for one in spec.fields if not one.is_automatic]
    for section in spec.sections:
        if not section.fields:
            yield Remark("", f"The section “{section.title}” has no field.")
    if asked and not any(one.required for one in asked):
        yield Remark("", "No field must be answered, so that an empty entry can be submitted.")
    kinds = {one.kind for one in spec.fields}
    if asked and not spec.scoring and "reference" not in kinds:
        yield Remark("", "No field is a reference from the record, so that the table does not name the reports.")
    if asked and not spec.scoring and not kinds & {"record_year", "year"}:
        yield Remark("", "No field holds the year, so that the table does not say when a study was published.")


def _kind(_: FormSpec, one: Field) -> Iterator[Remark]:
    for words, kinds, better in _BETTER:
        if one.kind in kinds and words.search(one.label.casefold()):
            yield Remark(one.key, f"“{one.label}”: {better}.")


def _answers(_: FormSpec, one: Field) -> Iterator[Remark]:
    if one.kind in CHOOSING and len(one.options) == 1:
        yield Remark(one.key, f"“{one.label}” has one answer only, so that there is nothing to choose.")
    said = next((each.label for each in one.options if each.label.casefold() in _STATUSES and each.score is None), "")
    if said and not any(each.score is not None or each.not_applicable for each in one.options):
        yield Remark(one.key, f"“{one.label}” has the answer “{said}”, which every field offers beside its value.")


def _condition(spec: FormSpec, one: Field) -> Iterator[Remark]:
    if one.show_if is None or (other := spec.field(one.show_if.field)) is None:
        return
    order = [each.key for each in spec.fields]
    if order.index(other.key) > order.index(one.key):
        yield Remark(one.key, f"“{one.label}” waits for “{other.label}”, which is asked after it. Move it below.")
    known = {each.key for each in other.options}
    if other.kind in CHOOSING and not known.issuperset(one.show_if.values):
        yield Remark(one.key, f"“{one.label}” waits for an answer that “{other.label}” no longer has.")


def _unit(_: FormSpec, one: Field) -> Iterator[Remark]:
    if one.kind == "number" and not one.unit:
        yield Remark(one.key, f"“{one.label}” has no unit, so that each extractor types their own.")


def _formula(spec: FormSpec, one: Field) -> Iterator[Remark]:
    try:
        check_formula(spec, one)
    except FormError as wrong:
        yield Remark(one.key, f"{wrong} It cannot be published so.")


def _twice(spec: FormSpec, one: Field) -> Iterator[Remark]:
    before = spec.fields[: spec.fields.index(one)]
    if any(wording(each.label) == wording(one.label) for each in before):
        yield Remark(one.key, f"Two sections ask for “{one.label}”. In a table both columns have one heading.")


_OF_FIELD: tuple[Callable[[FormSpec, Field], Iterator[Remark]], ...] = (
    _kind,
    _answers,
    _condition,
    _unit,
    _formula,
    _twice,
)
