"""What the page of an entry sends, read field by field: what can be kept, and a sentence where it cannot."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import QueryDict

from extraction.entries.actions import LONGEST_NOTE
from extraction.entries.filling import WITH_VALUE, Said
from extraction.entries.models import ValueStatus
from extraction.tables.fields import FormSpec
from extraction.tables.values import Typed, ValueRefused, clean

PREFIX = "f-"


@dataclass(slots=True)
class Posted:
    """``said`` can be kept; ``problems`` holds a sentence for each field that cannot; ``typed`` is what was sent."""

    said: dict[str, Said] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    typed: dict[str, list[str]] = field(default_factory=dict)


def posted(spec: FormSpec, post: QueryDict) -> Posted:
    """Read every field that was sent; a page that sends some leaves the others as they are."""
    found = Posted(typed={name: [str(one) for one in sent] for name, sent in post.lists()})
    for one in spec.fields:
        if one.is_automatic or f"s-{one.key}" not in found.typed:
            continue
        status, note = found.typed[f"s-{one.key}"][-1], found.typed.get(f"n-{one.key}", [""])[-1].strip()
        if status not in ValueStatus.values:
            found.problems[one.key] = "Choose what the report says of this field."
        elif status == ValueStatus.ASSUMED and not note:
            found.problems[one.key] = "An assumption needs a note that says on what it rests."
        elif len(note) > LONGEST_NOTE:
            found.problems[one.key] = f"A note has at most {LONGEST_NOTE:,} letters; this has {len(note):,}."
        else:
            _read(found, one.key, status, note, spec)
    return found


def _read(found: Posted, key: str, status: str, note: str, spec: FormSpec) -> None:
    asked = spec.field(key)
    if asked is None:
        return
    typed: Typed = found.typed
    try:
        value = clean(asked, typed, PREFIX) if status in WITH_VALUE else None
    except ValueRefused as refusal:
        found.problems[key] = str(refusal)
        return
    found.said[key] = Said(status, value, note)
