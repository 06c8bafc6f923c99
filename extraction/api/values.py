"""Values of fields as scripts send and get them: JSON of the shape that the kind of the field has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninja import Schema
from pydantic import Field

from extraction.entries.actions import LONGEST_NOTE
from extraction.entries.filling import WITH_VALUE, Said
from extraction.entries.models import ValueStatus
from extraction.tables.fields import Field as FormField
from extraction.tables.fields import FormSpec
from extraction.tables.values import ValueRefused, clean, typed_of
from screening.api.problems import BadInput, Sent


class ValueSent(Sent):
    """What is said of a field: its value in the shape of its kind, or that there is none."""

    status: ValueStatus = ValueStatus.REPORTED
    value: Any = Field(
        None, description="As it is given back: text, a number, a key, a list of keys, or an object of parts."
    )
    note: str = Field("", max_length=LONGEST_NOTE)


class ValueShown(Schema):
    """What is said of a field."""

    status: ValueStatus
    value: Any
    note: str

    @classmethod
    def of(cls, said: Said) -> ValueShown:
        """What an entry says, as it is told."""
        return cls(status=ValueStatus(said.status), value=said.value, note=said.note)


def said_in(spec: FormSpec, sent: Mapping[str, ValueSent]) -> dict[str, Said]:
    """What was sent, each value read as the page reads it. Raises BadInput for a field that is not asked and a value that is none."""
    return {key: said_of(spec, key, one) for key, one in sent.items()}


def said_of(spec: FormSpec, key: str, sent: ValueSent) -> Said:
    """One of them."""
    field = spec.field(key)
    if field is None or field.is_automatic:
        raise BadInput(f"{key}: the form has no such field to fill in.")
    value = _value(field, sent.value) if sent.status in WITH_VALUE else None
    return Said(sent.status.value, value, sent.note.strip())


def _value(field: FormField, value: Any) -> Any:
    try:
        return clean(field, typed_of(field, value))
    except ValueRefused as refusal:
        raise BadInput(str(refusal)) from refusal
