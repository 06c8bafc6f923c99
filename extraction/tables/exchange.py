"""A form as a file, JSON or Excel, and from one; what comes back is the same form. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from extraction.tables.fields import FormError, FormSpec, read_form, written
from extraction.tables.sheets import TOO_LARGE, UNREADABLE, no_number, told_in

FORMAT = "extraction-form"
LARGEST = 2_000_000  # bytes


@dataclass(frozen=True, slots=True)
class FormFile:
    """What a file says of a form."""

    name: str
    kind: str
    spec: FormSpec


def to_json(form: FormFile) -> bytes:
    """The form as JSON, for people to read and programs to check."""
    told = {"format": FORMAT, "version": 1, "name": form.name, "kind": form.kind, **written(form.spec)}
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def read_file(data: bytes, name: str) -> FormFile:
    """A form from a file of either format. Raises FormError with one sentence for anything else."""
    if len(data) > LARGEST:
        raise FormError(TOO_LARGE)
    told = told_in(data) if data[:2] == b"PK" else _from_json(data)
    spec = read_form(told)
    if not spec.fields:
        raise FormError("This file asks nothing: none of its sections has a field.")
    kind = told.get("kind")
    label = told.get("name") if isinstance(told.get("name"), str) else ""
    return FormFile(
        str(label).strip() or name.rsplit(".", 1)[0],
        kind if kind in ("table", "appraisal") else "table",
        spec,
    )


def _from_json(data: bytes) -> dict[str, Any]:
    try:
        told = json.loads(data.decode("utf-8-sig"), parse_constant=no_number)
    except (ValueError, RecursionError) as wrong:
        raise FormError(UNREADABLE) from wrong
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise FormError(UNREADABLE)
    return told
