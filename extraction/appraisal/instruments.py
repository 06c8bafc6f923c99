"""Appraisal instruments as YAML: the two that come along, and one that a team brings because it holds the licence. Pure.

A file has ``id``, ``name``, ``version``, ``licence``, ``source``, ``help``, ``scoring`` (``total``: sum or none; ``na``: as_zero
or excluded) and ``domains``, each with a ``title`` and ``items`` of ``key``, ``text``, ``help``, ``options`` (``label``, ``score``,
``key``) and ``na``: true where an item may not apply. ``show_if`` of an item, or of a domain for all its items, routes by design:
``item`` is the key of an earlier item and ``is`` a list of its answers. It becomes a form whose fields are the items.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from extraction.tables.building import new_key
from extraction.tables.fields import FormError, FormSpec, read_form

FOLDER = Path(__file__).with_name("instruments")
LARGEST = 200_000  # bytes
MOST_ITEMS = 100
TOTALS = ("sum", "none")
NOT_APPLICABLE = ("as_zero", "excluded")
UNREADABLE = "This is no YAML that can be read. See the instruments that come along for its shape."
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument; ``spec`` is the form that it becomes."""

    key: str
    name: str
    version: str
    licence: str
    source: str
    help: str
    spec: FormSpec


@cache
def instruments() -> dict[str, Instrument]:
    """Those that come along, by their id."""
    found = (read_instrument(path.read_bytes()) for path in sorted(FOLDER.glob("*.yaml")))
    return {one.key: one for one in found}


def read_instrument(data: bytes) -> Instrument:
    """An instrument from its YAML. Raises FormError with one sentence."""
    told = _loaded(data)
    key, name, source = _text(told, "id"), _text(told, "name"), _text(told, "source")
    if not _ID.fullmatch(key) or not name:
        raise FormError("An instrument has an id of small letters, digits and hyphens, and a name.")
    if not source:
        raise FormError("Say the source of the instrument, so that readers can look it up.")
    scoring = _scoring(told.get("scoring"))
    domains = told.get("domains")
    if not isinstance(domains, list) or not domains:
        raise FormError("An instrument has domains, each with its items.")
    known: Items = {}
    sections = [_domain(one, known) for one in domains]
    if not 0 < len(known) <= MOST_ITEMS:
        raise FormError(f"An instrument has 1 to {MOST_ITEMS} items.")
    scoring |= {name: _text(told, name) for name in ("source", "licence", "version") if _text(told, name)}
    spec = read_form({"sections": sections, "scoring": scoring})
    _refuse_unscored(spec)
    return Instrument(
        key, name[:120], _text(told, "version"), _text(told, "licence"), source, _text(told, "help"), spec
    )


def _loaded(data: bytes) -> Mapping[str, Any]:
    if len(data) > LARGEST:
        raise FormError("This file is larger than 200 kB, which no instrument is.")
    try:
        text = data.decode("utf-8-sig")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise FormError("An instrument is written without anchors and aliases.")
        told = yaml.safe_load(text)
    except FormError:
        raise
    except (ValueError, yaml.YAMLError, RecursionError, TypeError, LookupError) as wrong:
        raise FormError(UNREADABLE) from wrong
    if not isinstance(told, Mapping):
        raise FormError(UNREADABLE)
    return told


def _scoring(said: Any) -> dict[str, Any]:
    told = said if isinstance(said, Mapping) else {}
    total, na = told.get("total", "sum"), told.get("na", "as_zero")
    if total not in TOTALS or na not in NOT_APPLICABLE:
        raise FormError("The scoring says total: sum or none, and na: as_zero or excluded.")
    return {"total": total, "na": na}


#: The answers of each item that was read, by the keys of both.
Items = dict[str, list[dict[str, Any]]]


def _domain(said: Any, known: Items) -> dict[str, Any]:
    items = said.get("items") if isinstance(said, Mapping) else None
    if not isinstance(items, list) or not items:
        raise FormError("A domain has a title and a list of items.")
    shown = _show_if(said.get("show_if"), known)
    fields = [shown | _item(one, known) for one in items]
    return {"title": _text(said, "title"), "help": _text(said, "help"), "fields": fields}


def _item(said: Any, known: Items) -> dict[str, Any]:
    if not isinstance(said, Mapping) or not _text(said, "text"):
        raise FormError("An item has a text and its options.")
    text, options = _text(said, "text"), said.get("options")
    if not isinstance(options, list) or not options:
        raise FormError(f"“{text}” has no options.")
    key, shown = _text(said, "key") or new_key(text, known), _show_if(said.get("show_if"), known)
    if key in known:
        raise FormError(f"Two items have the key “{key}”. Give one of them another.")
    used: set[str] = set()
    answers = [_answer(one, text, used) for one in options]
    if said.get("na"):
        answers.append({"key": new_key("not applicable", used), "label": "Not applicable", "not_applicable": True})
    known[key] = answers
    label = text if len(text) <= 200 else text[:199] + "…"
    help_text = _text(said, "help") or (text if label != text else "")
    return {
        "key": key,
        "kind": "choice",
        "label": label,
        "help": help_text,
        "required": True,
        "options": answers,
        **shown,
    }


def _show_if(said: Any, known: Items) -> dict[str, Any]:
    """When an item is asked: an earlier item has one of these answers, named by their keys or words."""
    if said is None:
        return {}
    item = _text(said, "item") if isinstance(said, Mapping) else ""
    wanted = said.get("is") if isinstance(said, Mapping) else None
    if item not in known or not isinstance(wanted, list) or not wanted:
        raise FormError(
            "show_if names an earlier item by its key, and a list of answers: {item: design, is: [Randomised]}."
        )
    keys = {_text({"of": one}, "of"): "" for one in wanted}
    for one in known[item]:
        keys.update({name: one["key"] for name in (one["label"], one["key"]) if name in keys})
    if missing := [name for name, key in keys.items() if not key]:
        raise FormError(f"show_if: “{missing[0]}” is no answer of “{item}”.")
    return {"show_if": {"field": item, "values": list(dict.fromkeys(keys.values()))}}


def _answer(said: Any, text: str, used: set[str]) -> dict[str, Any]:
    told = said if isinstance(said, Mapping) else {"label": said}
    label = _text(told, "label")
    if not label:
        raise FormError(f"An option of “{text}” has no label.")
    key = _text(told, "key") or new_key(label, used)
    used.add(key)
    points = {"score": told["score"]} if told.get("score") is not None else {}
    return {"key": key, "label": label, **points}


def _refuse_unscored(spec: FormSpec) -> None:
    if spec.scoring.get("total") != "sum":
        return
    routing = {one.show_if.field for one in spec.fields if one.show_if}
    for one in spec.fields:
        if one.key in routing and all(option.score is None for option in one.options):
            continue  # it tells the design, and bears no points
        if any(option.score is None and not option.not_applicable for option in one.options):
            raise FormError(f"Each option of “{one.label}” needs its score, or the scoring says total: none.")


def _text(said: Mapping[str, Any], name: str) -> str:
    """A text of one line; YAML may have read it as a number, a date or yes and no."""
    value = said.get(name)
    if value is None or isinstance(value, bool | list | Mapping):
        return {True: "Yes", False: "No"}.get(value, "") if isinstance(value, bool) else ""
    return " ".join(str(value).split())[:2000]
