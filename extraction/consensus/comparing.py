"""Whether two entries say the same, field by field (domain.md 7). Pure; equality of values by their type is `tables.fields.equal`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extraction.entries.filling import WITH_VALUE, Said, asked, figures, is_empty
from extraction.tables.fields import Field, FormSpec
from extraction.tables.meaning import equal

BLANK = Said()


@dataclass(frozen=True, slots=True)
class Pair:
    """What both entries say of a field."""

    field: Field
    first: Said
    second: Said
    is_equal: bool


def same(field: Field, first: Said, second: Said) -> bool:
    """True where status and value agree; notes are remarks and are not compared."""
    if first.status != second.status:
        return False
    if first.status not in WITH_VALUE:
        return True
    if is_empty(first.value) or is_empty(second.value):
        return is_empty(first.value) and is_empty(second.value)
    return equal(field, first.value, second.value)


def compare(spec: FormSpec, first: Mapping[str, Said], second: Mapping[str, Said]) -> list[Pair]:
    """Every field that either entry was asked, in the order of the form. A field hidden from one counts as not said there."""
    of_first, of_second = ({one.key for one in asked(spec, said)} for said in (first, second))
    found = []
    for field in spec.fields:
        if field.key not in of_first | of_second:
            continue
        one = first.get(field.key, BLANK) if field.key in of_first else BLANK
        other = second.get(field.key, BLANK) if field.key in of_second else BLANK
        found.append(Pair(field, one, other, same(field, one, other)))
    return found


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed field: what follows from each entry and from what stands; "" where a part is not known. Nobody settles it (I43)."""

    field: Field
    first: str
    second: str
    stands: str


def follows(spec: FormSpec, *told: Mapping[str, Said]) -> list[Computed]:
    """The computed fields of a form. ``told`` is what the first and the second entry say, and what stands."""
    first, second, stands = (figures(spec, said) for said in told)
    return [
        Computed(one, first.get(one.key, ""), second.get(one.key, ""), stands.get(one.key, ""))
        for one in spec.fields
        if one.kind == "computed"
    ]


def agree(pairs: Sequence[Pair]) -> bool:
    """True where nothing is left to settle."""
    return all(pair.is_equal for pair in pairs)
