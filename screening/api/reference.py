"""The description of the API as a page lists it: parts, operations, what each takes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """Something that an operation takes: its name, where it stands, and what it is."""

    name: str
    place: str
    kind: str
    is_required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, with the permission and the scope that it asks for."""

    key: str
    method: str
    path: str
    summary: str
    permission: str
    scope: str
    inputs: list[Input]

    @property
    def parts(self) -> list[str]:
        """The path between its slashes, where a narrow page may break it."""
        return self.path.strip("/").split("/")


def parts_of(description: Mapping[str, Any]) -> list[tuple[str, list[Operation]]]:
    """(title, operations) of each part, in the order of the description."""
    schemas = description["components"]["schemas"]
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in description["tags"]}
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            found[told["tags"][0]].append(_operation(path, method, told, schemas))
    return list(found.items())


def plain(text: str) -> str:
    """Without the marks by which OpenAPI sets code apart."""
    return text.replace("`", "")


def _operation(path: str, method: str, told: Mapping[str, Any], schemas: Mapping[str, Any]) -> Operation:
    return Operation(
        told["operationId"], method.upper(), path, plain(told["summary"]), told["x-permission"], told["x-scope"],
        [*_parameters(told), *_body(told, schemas)],
    )  # fmt: skip


def _parameters(told: Mapping[str, Any]) -> Iterator[Input]:
    for one in told.get("parameters", ()):
        if one["name"] != "slug":
            words = one["schema"].get("description", one.get("description", ""))
            yield Input(one["name"], one["in"], _kind(one["schema"]), bool(one.get("required")), plain(words))


def _body(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Input]:
    for media_type, one in told.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(one["schema"], schemas)
        place = "JSON" if media_type == "application/json" else "form"
        for name, field in schema.get("properties", {}).items():
            required = name in schema.get("required", ())
            yield Input(name, place, _kind(_resolved(field, schemas)), required, plain(field.get("description", "")))


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    told = schema["allOf"][0] if len(schema.get("allOf", ())) == 1 else schema
    name = told.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = schemas[name] if name else schema
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    """The type in words: its values where they are few, else its name."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"] if one.get("type") != "null"))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}" if "items" in schema else "list"
    return str(schema.get("format") or schema.get("type") or schema.get("title", ""))
