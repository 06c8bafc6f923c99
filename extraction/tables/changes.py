"""What a later version of a form changes for studies that were filled in with an earlier one. Pure."""

from __future__ import annotations

from extraction.tables.fields import Field, FormSpec


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
