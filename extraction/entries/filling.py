"""What an entry is asked, what follows from its answers, and what it still lacks before it may be submitted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from extraction.tables.computing import computed
from extraction.tables.fields import Field, FormSpec
from extraction.tables.meaning import is_visible

REPORTED = "reported"
ASSUMED = "assumed"
#: Statuses that come with a value; the others say that there is none.
WITH_VALUE = frozenset({REPORTED, "unclear", ASSUMED})
#: Statuses that a quote can show; that nothing is said has no place to point to.
WITH_EVIDENCE = frozenset({REPORTED, "unclear"})


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry says of one field."""

    status: str = REPORTED
    value: Any = None
    note: str = ""

    @property
    def is_blank(self) -> bool:
        """True where nothing at all is said."""
        return self.status == REPORTED and is_empty(self.value) and not self.note


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that keeps the entry from being submitted, and why."""

    key: str
    label: str
    sentence: str


def is_empty(value: Any) -> bool:
    """True for the absence of a value; 0 and False are values."""
    return value is None or value == "" or value == [] or value == {}


def asked(spec: FormSpec, said: Mapping[str, Said]) -> list[Field]:
    """The fields that a person fills in, given the rest: neither computed nor hidden by a condition."""
    values = values_of(said)
    return [one for one in spec.fields if not one.is_automatic and is_visible(spec, values, one.key)]


def values_of(said: Mapping[str, Said]) -> dict[str, Any]:
    """Field key -> value, of the fields whose status comes with one."""
    return {key: one.value for key, one in said.items() if one.status in WITH_VALUE}


def figures(spec: FormSpec, said: Mapping[str, Said]) -> dict[str, str]:
    """Key of each computed field -> what follows from the fields that are asked; one whose parts are not all known is left out."""
    held = values_of(said)
    return computed(spec, {one.key: held.get(one.key) for one in asked(spec, said)})


def missing(spec: FormSpec, said: Mapping[str, Said], with_evidence: Collection[str]) -> list[Missing]:
    """Why the entry may not be submitted yet, in the order of the form; empty where it may."""
    found = []
    for one in asked(spec, said):
        sentence = _lack(one, said.get(one.key, Said()), has_evidence=one.key in with_evidence)
        if sentence:
            found.append(Missing(one.key, one.label, sentence))
    return found


def _lack(field: Field, said: Said, *, has_evidence: bool) -> str:
    if said.status == ASSUMED and not said.note.strip():
        return "An assumption needs a note that says on what it rests."
    if said.status in (REPORTED, ASSUMED) and is_empty(said.value):
        if field.required:
            return "Fill it in, or say that it is not reported, unclear or not applicable."
        return "" if said.status == REPORTED else "An assumption needs the value that is assumed."
    if field.evidence and said.status in WITH_EVIDENCE and not is_empty(said.value) and not has_evidence:
        return "Pin it to a quote: select the words in the PDF, or type them with their page."
    return ""
