"""Records: those behind any number of the flow, found by words, and one with where it came from and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja.errors import AuthorizationError
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import Number, RecordNumber
from screening.api.paging import Asked, Page, cut
from screening.api.problems import BadInput, Sent
from screening.api.reading import checked
from screening.api.scopes import Scope
from screening.decisions.models import Item
from screening.dedupe.shown import all_as_shown
from screening.exports.queue import LISTS
from screening.imports.actions import give_title
from screening.imports.forms import TitleForm
from screening.prisma.buckets import members
from screening.prisma.counts import reason_labels
from screening.prisma.listing import records_behind
from screening.records.models import Record
from screening.records.queue import found_by, records_in, waiting_for_title
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()


class RecordShown(Schema):
    """A record as people read it: what a kept record lacks comes from its duplicates.

    ``authors`` are "Family, Given"; ``languages`` ISO 639-1 codes; ``ids`` further identifiers by their kind.
    """

    number: int
    title: str
    title_translated: str
    authors: list[str]
    year: int | None
    journal: str
    volume: str
    issue: str
    pages: str
    doi: str
    pmid: str
    abstract: str
    keywords: list[str]
    languages: list[str]
    types: list[str]
    url: str
    ids: dict[str, str]
    search: str | None = Field(description="Label of the search; null where its import was undone.")
    source: str | None
    duplicate_of: int | None = Field(description="Number of the kept record; null on a kept record.")
    removed: Literal["", "automation", "other"]
    removed_reason: str


class Outcome(Schema):
    """What came of a record at a stage, once the votes are open."""

    stage: Literal["title-abstract", "full-text"]
    state: Literal["conflict", "final"]
    decision: Literal["", "include", "exclude"]
    reason: str = Field(description="Label of the criterion, of an exclusion at full text.")


class RecordWhole(RecordShown):
    """One record with its raw text, its flags and its outcomes."""

    flags: list[str]
    raw: str
    file: str
    line: int
    duplicates: list[int]
    outcomes: list[Outcome]


class TitleSent(Sent):
    """The title, and where it was found; ``seen`` is the title that is corrected."""

    title: str = Field(min_length=1, max_length=2000)
    found_in: str = Field(min_length=1, max_length=200)
    seen: str = Field("", max_length=2000)


class RecordsWanted(Asked):
    """Which records."""

    q: str = Field(
        "", max_length=200, description="Words that all occur in title, authors, journal, identifiers or abstract."
    )
    search: Number | None = Field(None, description="Number of a search.")
    source: Number | None = Field(None, description="Id of a source.")
    import_id: Number | None = Field(None, alias="import", description="Id of an import.")
    list_name: str = Field("", alias="list", max_length=40, description=f"One of the lists: {', '.join(LISTS)}.")
    box: str = Field("", max_length=200, description="Key of a number of the PRISMA flow: the records that it counts.")
    flagged: bool = Field(False, description="Only those that were flagged at import.")
    untitled: bool = Field(False, description="Only those that wait for a title.")


@opens(router, "GET", "/reviews/{slug}/records", Permission.SEE_REVIEW, gives=Page[RecordShown])
def list_records(request: HttpRequest, member: Membership, asked: Query[RecordsWanted]) -> Page[RecordShown]:
    """Records by number: all, or those that every given filter leaves."""
    found = _narrowed(member, found_by(_chosen(member, asked), asked.q.strip()), asked)
    rows, following = cut(
        found.select_related("standing__source", "standing__run", "standing__lead"), asked, ("number",)
    )
    return Page(items=shown(rows), next=following)


@opens(router, "GET", "/reviews/{slug}/records/{number}", Permission.SEE_REVIEW, gives=RecordWhole)
def read_record(request: HttpRequest, member: Membership, number: RecordNumber) -> RecordWhole:
    """One record: every field, where it came from, its raw text, and what became of it as far as that is open."""
    return _whole(member, number)


@opens(
    router, "PUT", "/reviews/{slug}/records/{number}/title", Permission.IMPORT, gives=RecordWhole, scope=Scope.MANAGE
)  # fmt: skip
def give_record_title(request: HttpRequest, member: Membership, number: RecordNumber, sent: TitleSent) -> RecordWhole:
    """Give a record the title that its file lacked, or correct one that was given so; it is screened once it was compared."""
    found = get_object_or_404(Record, review=member.review, number=number, standing__isnull=False)
    give_title(record_id=found.pk, actor=member.user, **checked(TitleForm(sent.model_dump())))
    return _whole(member, number)


def _whole(member: Membership, number: int) -> RecordWhole:
    rows = Record.objects.select_related("text", "imported_from", "standing__source", "standing__run", "standing__lead")
    found = rows.filter(review=member.review, number=number, imported_from__state__in=["stored", "undone"]).first()
    if found is None:
        raise Http404
    text = getattr(found, "text", None)
    return RecordWhole(
        **fields_of(all_as_shown([found])[0]),
        flags=found.flags,
        raw=text.raw if text else "",
        file=found.imported_from.file_name,
        line=found.line,
        duplicates=list(found.duplicates.order_by("record__number").values_list("record__number", flat=True)),
        outcomes=_outcomes(found),
    )


def _chosen(member: Membership, asked: RecordsWanted) -> QuerySet[Record]:
    """The whole set: all records of the review, or those behind a number or list of the flow."""
    if asked.list_name and asked.list_name not in LISTS:
        raise BadInput(f"list: choose one of {', '.join(LISTS)}.")
    keys = LISTS[asked.list_name][1] if asked.list_name else (asked.box,) if asked.box else ()
    if not keys:
        return records_in(member.review)
    if not member.may(Permission.SEE_RESULTS):
        raise AuthorizationError(message="Your role in this review does not let you see its results.")
    if any(members(key) is None for key in keys):
        raise BadInput(f"box: no number of the flow is called {asked.box}. The keys are those of its counts.")
    counted = [Q(pk__in=records_behind(member.review, key).records().values("pk")) for key in keys]
    return records_in(member.review).filter(reduce(or_, counted))


def _narrowed(member: Membership, found: QuerySet[Record], asked: RecordsWanted) -> QuerySet[Record]:
    given = {
        "standing__run__number": asked.search,
        "standing__source_id": asked.source,
        "imported_from_id": asked.import_id,
    }
    found = found.filter(**{column: value for column, value in given.items() if value is not None})
    if asked.untitled:
        found = found.filter(pk__in=waiting_for_title(member.review_id).values("pk"))
    return found.exclude(flags=[]) if asked.flagged else found


def shown(records: Iterable[Record]) -> list[RecordShown]:
    """Records as the pages show them."""
    return [RecordShown(**fields_of(record)) for record in all_as_shown(list(records))]


def fields_of(record: Record) -> dict[str, Any]:
    """The fields of `RecordShown`."""
    standing = getattr(record, "standing", None)
    plain = {name: getattr(record, name) for name in _PLAIN}
    return {
        **plain,
        "ids": {kind: str(value) for kind, value in record.ids.items()},
        "search": standing.run.label if standing else None,
        "source": standing.source.name if standing else None,
        "duplicate_of": standing.lead.number if standing and standing.lead else None,
        "removed": standing.removed if standing else "",
        "removed_reason": standing.removed_reason if standing else "",
    }


_PLAIN = (
    "number", "title", "title_translated", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract",
    "keywords", "languages", "types", "url",
)  # fmt: skip


def _outcomes(record: Record) -> list[Outcome]:
    """As far as they are revealed (B2); full text only while the report is sought."""
    items = list(record.items.standing().revealed().order_by("-stage"))
    is_sought = bool(items) and (items[0].stage, items[0].decision) == ("ta", "include")
    labels = reason_labels(record.review)
    return [_outcome(item, labels) for item in items if is_sought or item.stage == "ta"]


def _outcome(item: Item, labels: dict[str, str]) -> Outcome:
    decision: Any = item.decision
    return Outcome(
        stage="title-abstract" if item.stage == "ta" else "full-text",
        state="final" if item.state == "final" else "conflict",
        decision=decision,
        reason=labels.get(item.reason, item.reason),
    )
