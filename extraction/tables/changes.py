"""What a later version of a form changes, in words, and which of it touches studies that were filled in with an earlier one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from extraction.tables.fields import Field, FormSpec


@dataclass(frozen=True, slots=True)
class Change:
    """What is other about one field; ``touches`` where an answer given before may no longer answer the question."""

    key: str
    label: str
    what: tuple[str, ...]
    touches: bool
    is_new: bool = False


def differences(before: FormSpec, after: FormSpec) -> list[Change]:
    """What changed, field by field in the order of the later form; then what was removed, and the sections."""
    touching = meaning_changed(before, after) | added(before, after)
    homes = [{one.key: part.title for part in spec.sections for one in part.fields} for spec in (before, after)]
    found = []
    for one in after.fields:
        old = before.field(one.key)
        what = tuple(_told(old, one, homes[0], homes[1])) if old else ("New",)
        if what:
            found.append(Change(one.key, one.label, what, one.key in touching, is_new=old is None))
    gone = [one for one in before.fields if after.field(one.key) is None]
    found += [Change("", one.label, ("Removed; what was entered is kept",), touches=False) for one in gone]
    return found + list(_of_form(before, after))


def meaning_changed(before: FormSpec, after: FormSpec) -> set[str]:
    """Keys of the fields in both versions that now ask something else: other words, answers, unit or condition.

    Help, order, points and what is required are left out: an answer given before still answers the question.
    """
    return {
        one.key
        for one in after.fields
        if (old := before.field(one.key)) is not None and not one.is_automatic and _asks(old) != _asks(one)
    }


def added(before: FormSpec, after: FormSpec) -> set[str]:
    """Keys of the fields that a person fills in and that the earlier version did not have."""
    return {one.key for one in after.fields if not one.is_automatic and before.field(one.key) is None}


def misfit(before: FormSpec, after: FormSpec) -> str:
    """Why values that are held would no longer be of their field's shape; "" where they would."""
    for one in after.fields:
        old = before.field(one.key)
        if old is None:
            continue
        if old.kind != one.kind:
            return f"“{one.label}” was published as another kind. Remove it and add a new field, so that its values are kept."
        if len(old.columns) != len(one.columns):
            return (
                f"“{one.label}” was published with {len(old.columns)} columns. Remove it and add a new table, so that its "
                "rows are kept."
            )
    return ""


def _asks(one: Field) -> tuple[object, ...]:
    answers = {(each.key, each.label.casefold()) for each in one.options}
    return (one.kind, " ".join(one.label.casefold().split()), one.unit, one.columns, frozenset(answers), one.show_if)


def _told(old: Field, new: Field, home: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    if old.label != new.label:
        yield f"It was called “{old.label}”"
    yield from _answers(old, new)
    for name, say in _PARTS.items():
        if (was := getattr(old, name)) != (is_now := getattr(new, name)):
            yield say(was, is_now)
    if home[old.key] != now[new.key]:
        yield f"Moved from “{home[old.key]}”"


def _answers(old: Field, new: Field) -> Iterator[str]:
    was, is_now = {one.key: one for one in old.options}, {one.key: one for one in new.options}
    yield from (f"New answer: {one.label}" for key, one in is_now.items() if key not in was)
    yield from (f"Answer removed: {one.label}" for key, one in was.items() if key not in is_now)
    for key, one in is_now.items():
        if key in was and was[key].label != one.label:
            yield f"The answer “{was[key].label}” is now “{one.label}”"
        if key in was and was[key].score != one.score:
            yield f"Other points for “{one.label}”"


def _from_to(what: str) -> Callable[[object, object], str]:
    return lambda was, is_now: f"{what}: {was or 'none'}, now {is_now or 'none'}"


#: How a change of a part of a field is told.
_PARTS: dict[str, Callable[..., str]] = {
    "kind": lambda *_: "Another kind of field",
    "help": lambda *_: "Other help",
    "required": lambda _, is_now: "Must now be answered" if is_now else "May now be left empty",
    "evidence": lambda _, is_now: "Must now be pinned to words of a report" if is_now else "Need no longer be pinned",
    "unit": _from_to("Unit"),
    "tolerance": _from_to("Tolerance"),
    "columns": lambda was, is_now: f"Columns: {', '.join(was) or 'none'}, now {', '.join(is_now) or 'none'}",
    "formula": _from_to("Formula"),
    "show_if": lambda was, is_now: "Asked under another condition" if was and is_now else (
        "Now asked only under a condition" if is_now else "Now always asked"),
}  # fmt: skip


def _of_form(before: FormSpec, after: FormSpec) -> Iterator[Change]:
    titles = [[(part.title, part.help) for part in spec.sections] for spec in (before, after)]
    if titles[0] != titles[1]:
        yield Change("", "Sections", ("Titles, help or order of the sections",), touches=False)
    common = [
        [one.key for one in spec.fields if before.field(one.key) and after.field(one.key)] for spec in (before, after)
    ]
    if common[0] != common[1]:
        yield Change("", "Order", ("The fields stand in another order",), touches=False)
    if before.scoring != after.scoring:
        yield Change("", "Scoring", ("Points are counted in another way",), touches=False)
