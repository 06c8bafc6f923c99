"""Which rows make up a review, found from the models themselves: a new table is either kept here or named as left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, QuerySet

from reviewapp.accounts.models import User
from screening.audit.models import AuditEvent
from screening.reviews.models import Review

# Where tables of a review are defined.
APPS = ("screening", "extraction")
# Why a table is no part of an archive.
LEFT_OUT = {
    "ApiToken": "a secret of this site",
    "Invitation": "holds secrets; whoever has not joined is invited anew",
    "Job": "work of this site; an archive is made when none is under way",
    "Worker": "a process of this site",
    "Submission": "answers to forms that were sent twice within a month",
    "QueueCursor": "saves looking, and is found again",
    "KeptTally": "counted anew from the rows",
    "Place": "counted anew from the rows",
    "Moved": "counted anew from the rows",
    "MatchingPart": "intermediate work of a search for duplicates",
    "Letter": "mail that this site has sent or will send",
    "Publication": "a link of this site",
    "Takeover": "a file of votes on its way into the review",
}
# Numbers of rows inside a column that is no foreign key: (table, column) -> the table that they number.
NUMBERED = {
    ("CandidateCard", "members"): "Record",
    ("AuditEvent", "review_id"): "Review",
    ("AuditEvent", "item_id"): "Item",
    ("AuditEvent", "actor_id"): "User",
}
# Type of a subject in the log -> its table.
SUBJECTS = {
    "record": "Record", "criterion": "Criterion", "import": "Import", "member": "Membership", "protocol": "ProtocolVersion",
    "report": "Record", "review": "Review", "search": "SearchRun", "study": "Study", "pilot": "Pilot", "proposal": "Proposal",
    "plan": "StagePlan", "re-screen": "Rescreen", "declaration": "DeclaredRemoval",
    "incoming file": "IncomingFile", "code": "Code", "codebook": "Codebook", "claim": "Claim",
}  # fmt: skip

Row = dict[str, Any]


@cache
def kept_models() -> tuple[type[Model], ...]:
    """Every table of a review, each after those that it points to; the log, which points to many without saying so, comes last."""
    waiting = {one for one in _tables() if one.__name__ not in LEFT_OUT} - {AuditEvent}
    ordered: list[type[Model]] = []
    while waiting:
        ready = [one for one in waiting if not (_parents(one) & waiting) - {one}]
        ordered += sorted(ready, key=lambda one: one.__name__)
        waiting -= set(ready)
    return (*ordered, AuditEvent)


def _tables() -> list[type[Model]]:
    return [one for app in APPS for one in apps.get_app_config(app).get_models()]


def _parents(model: type[Model]) -> set[Any]:
    numbered = {name for (table, _), name in NUMBERED.items() if table == model.__name__}
    unsaid = {one for one in _tables() if one.__name__ in numbered}
    return unsaid | {key.related_model for key in foreign_keys(model)}


def foreign_keys(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    """The columns of a table that point to another one."""
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def rows_of(model: type[Model], review: Review) -> QuerySet[Any]:
    """The rows of a table that belong to a review, in the order of their numbers."""
    rows: QuerySet[Any] = model._default_manager.filter(**{_path(model): review.pk})
    return rows.order_by("pk")


def _path(model: type[Model]) -> str:
    """The lookup that leads from a table to the number of its review."""
    if model is Review:
        return "pk"
    names = {field.attname for field in model._meta.concrete_fields}
    if "review_id" in names:
        return "review_id"
    first = next(key for key in foreign_keys(model) if key.related_model in kept_models())
    return f"{first.name}__{_path(first.related_model)}"


def plain_rows(model: type[Model], review: Review) -> Iterator[Row]:
    """Each row as column name -> value that JSON can hold."""
    names = [field.attname for field in columns(model)]
    for values in rows_of(model, review).values_list(*names).iterator(chunk_size=2000):
        yield {name: _plain(value) for name, value in zip(names, values, strict=True)}


def _plain(value: Any) -> Any:
    """Times and days in ISO 8601 to the microsecond, what else JSON has no sign for as text."""
    if value is None or isinstance(value, str | int | float | list | dict):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def columns(model: type[Model]) -> list[Field[Any, Any]]:
    """The columns of a table, in their order."""
    return list(model._meta.concrete_fields)


def people(review: Review) -> list[Row]:
    """Everybody to whom a row of the review points, by number, e-mail address and name."""
    wanted: set[int] = set()
    for model in kept_models():
        for key in foreign_keys(model):
            if key.related_model is User:
                wanted |= set(
                    rows_of(model, review).exclude(**{key.name: None}).order_by().values_list(key.attname, flat=True)
                )
    events = rows_of(AuditEvent, review).exclude(actor_id=None)
    wanted |= set(events.order_by().values_list("actor_id", flat=True))
    found = User.objects.filter(pk__in=wanted).order_by("pk").values_list("pk", "email", "name")
    return [{"id": pk, "email": email, "name": name} for pk, email, name in found]
