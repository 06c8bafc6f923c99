"""What a script sends, read as the pages read their forms: no character that a database cannot keep."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest
from ninja.parser import Parser

from screening.api.problems import BadInput

UNWRITABLE = "What was sent holds a character that no text has (NUL or half a pair): take it out and send it again."


class PlainParser(Parser):
    """JSON whose texts hold neither NUL nor lone surrogates (P25)."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body. Raises ValueError where it is no JSON, BadInput for such a character."""
        body = super().parse_body(request)
        if not _is_plain(body):
            raise BadInput(UNWRITABLE)
        return body


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return all(_is_plain(part) for pair in value.items() for part in pair)
    return all(_is_plain(part) for part in value) if isinstance(value, list) else True


def checked(form: BaseForm) -> dict[str, Any]:
    """What the form of a page makes of what was sent. Raises BadInput with the first sentence of a form that refuses it."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    raise BadInput(f"{name}: {errors[0]}" if name in form.fields else str(errors[0]))
