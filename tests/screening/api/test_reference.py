"""What the page of the API makes of its description."""

from __future__ import annotations

from typing import Any

import pytest

from screening.api.reference import Input, parts_of

KIND = {"enum": ["search", "update"], "type": "string"}
SENT = {
    "properties": {
        "kind": {"$ref": "#/components/schemas/Kind"},
        "until": {"anyOf": [{"format": "date"}, {"type": "null"}]},
    }
}


def _described(**told: Any) -> dict[str, Any]:
    operation = {
        "operationId": "act",
        "summary": "Send `this`",
        "tags": ["Part"],
        "x-permission": "import",
        "x-scope": "manage",
    }
    return {
        "tags": [{"name": "Part"}, {"name": "Empty"}],
        "paths": {"/a/{slug}/{number}": {"post": {**operation, **told}}},
        "components": {"schemas": {"Sent": {**SENT, "required": ["kind"]}, "Kind": KIND}},
    }


def test_each_part_lists_its_operations_and_what_they_take() -> None:
    number = {
        "name": "number",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "description": "A `number`."},
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sent"}}}}
    slug = {"name": "slug", "in": "path", "schema": {"type": "string"}}
    (title, [one]), (_, nothing) = parts_of(_described(parameters=[slug, number], requestBody=body))
    assert (title, one.method, one.parts, one.summary, nothing) == (
        "Part",
        "POST",
        ["a", "{slug}", "{number}"],
        "Send this",
        [],
    )
    assert one.inputs == [
        Input("number", "path", "integer", True, "A number."),
        Input("kind", "JSON", "search | update", True, ""),
        Input("until", "JSON", "date", False, ""),
    ]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "array", "items": {"type": "integer"}}, "list of integer"),
        ({"type": "string", "format": "uuid"}, "uuid"),
        ({"allOf": [{"$ref": "#/components/schemas/Kind"}], "default": "search"}, "search | update"),
        ({"title": "Any"}, "Any"),
    ],
)
def test_a_type_is_told_in_words(schema: dict[str, Any], words: str) -> None:
    body = {"content": {"multipart/form-data": {"schema": {"properties": {"one": schema}}}}}
    (_, [one]), _ = parts_of(_described(requestBody=body))
    assert one.inputs == [Input("one", "form", words, False, "")]
