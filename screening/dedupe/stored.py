"""Between rows and the pure matching: records as `MatchRecord`, links and judgements as pairs, a grouping as leads."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from screening.dedupe.leading import Rank, lead_of
from screening.dedupe.matching import Grouping, Link, MatchRecord
from screening.dedupe.models import Answer, DuplicateLink, Judgement, Kept, KeptChoice
from screening.records import queue
from screening.records.models import Standing
from screening.records.places import set_places
from screening.searches.models import DATABASES_AND_REGISTERS

FIELDS = (
    "record_id", "record__title", "record__title_translated", "record__authors", "record__year", "record__journal", "record__volume",
    "record__issue", "record__pages", "record__doi", "record__pmid", "record__types", "imported_from_id",
)  # fmt: skip


def match_records(standings: QuerySet[Standing]) -> Iterator[MatchRecord]:
    """Each record of ``standings`` as the matching wants it; ids are record ids as text."""
    for row in standings.order_by().values_list(*FIELDS).iterator(chunk_size=2000):
        pk, title, translated, authors, year, journal, volume, issue, pages, doi, pmid, types, source = row
        yield MatchRecord(
            id=str(pk), title=title, title_translated=translated, authors=tuple(authors), year=year, journal=journal, volume=volume,
            issue=issue, pages=pages, doi=doi, pmid=pmid, types=tuple(types), source=str(source),
        )  # fmt: skip


def links_among(review_id: int, records: Collection[int]) -> list[Link]:
    """Stored links with both ends in ``records``."""
    rows = DuplicateLink.objects.filter(review_id=review_id, first_id__in=records, second_id__in=records)
    return list(_links(rows))


def stored_links(review_id: int) -> Iterator[Link]:
    """All stored links of the review."""
    return _links(DuplicateLink.objects.filter(review_id=review_id))


def _links(rows: QuerySet[DuplicateLink]) -> Iterator[Link]:
    told = rows.values_list("first_id", "second_id", "score", "reason", "rule", "automatic", "kind")
    for first, second, score, reason, rule, automatic, kind in told.iterator(chunk_size=2000):
        yield Link(str(first), str(second), score, reason, rule, automatic=automatic, kind=kind)


@dataclass(frozen=True)
class Said:
    """What people said: pairs the same, and pairs to be kept apart (different or related)."""

    together: frozenset[frozenset[str]]
    apart: frozenset[frozenset[str]]


def said(review_id: int, records: Collection[int] | None = None) -> Said:
    """The judgements that hold, of the whole review or among ``records``."""
    rows = Judgement.objects.filter(review_id=review_id, lifted_at__isnull=True)
    if records is not None:
        rows = rows.filter(first_id__in=records, second_id__in=records)
    together: set[frozenset[str]] = set()
    apart: set[frozenset[str]] = set()
    for first, second, answer in rows.values_list("first_id", "second_id", "answer"):
        (together if answer == Answer.SAME else apart).add(frozenset((str(first), str(second))))
    return Said(frozenset(together), frozenset(apart))


def with_votes(review_id: int, records: Collection[int] | None = None) -> set[int]:
    """Records on which somebody has voted (DD13), of the whole review or among ``records``."""
    return queue.with_votes(_standings(review_id, records))


def _standings(review_id: int, records: Collection[int] | None) -> QuerySet[Standing]:
    rows = Standing.objects.filter(review_id=review_id)
    return rows if records is None else rows.filter(record_id__in=records)


@dataclass(frozen=True)
class Place:
    """Where a record ends up: under which lead (None: it leads itself), and merged by "rule" or "person"."""

    lead: int | None
    by: str = ""


def places(grouping: Grouping, records: Iterable[int], rank: Mapping[int, Rank]) -> dict[int, Place]:
    """Record id -> place, under the lead by rule or as a person chose (R1)."""
    found = dict.fromkeys(records, Place(None))
    person_said = {frozenset((link.a, link.b)) for link in grouping.links if link.rule == "person"}
    touched = {one for pair in person_said for one in pair}
    for members in grouping.groups:
        ids = [int(one) for one in members]
        lead = lead_of(ids, rank)
        for pk in ids:
            if pk != lead:
                found[pk] = Place(lead, "person" if str(pk) in touched else "rule")
    return found


def ranks(review_id: int, records: Collection[int] | None, held: Collection[int]) -> dict[int, Rank]:
    """What decides which record leads its group: R1, and what people chose."""
    chosen = dict(
        KeptChoice.objects.filter(review_id=review_id, field=Kept.LEAD, lifted_at__isnull=True)
        .order_by("pk")
        .values_list("record_id", "pk")
    )
    rows = (
        _standings(review_id, records)
        .order_by()
        .values_list("record_id", "source__kind", "run__number", "record__number")
    )
    return {
        pk: Rank(pk in held, kind in DATABASES_AND_REGISTERS, run, number, chosen.get(pk, 0))
        for pk, kind, run, number in rows
    }


def moved(review_id: int, wanted: Mapping[int, Place], records: Collection[int] | None) -> dict[int, Place]:
    """The records whose stored place differs from the wanted one."""
    rows = _standings(review_id, records).values_list("record_id", "lead_id", "merged_by")
    stored = {pk: Place(lead, by) for pk, lead, by in rows}
    return {pk: place for pk, place in wanted.items() if pk in stored and stored[pk] != place}


def write_places(review_id: int, changed: Mapping[int, Place]) -> None:
    """Set the leads and log each change of fate. Call inside a transaction, with at most some hundred rows on SQLite."""
    here = Standing.objects.filter(review_id=review_id, record_id__in=changed.keys()).values_list("pk", flat=True)
    set_places(review_id=review_id, places=[(pk, changed[pk].lead, changed[pk].by) for pk in here])


def card_key(members: Iterable[int]) -> str:
    """The same members give the same key, in any order."""
    return hashlib.sha256(" ".join(str(pk) for pk in sorted(members)).encode()).hexdigest()


def group_of(review_id: int, records: Iterable[int]) -> set[int]:
    """These records and all that are merged with any of them."""
    wanted = set(records)
    leads = (
        set(Standing.objects.filter(record_id__in=wanted, lead__isnull=False).values_list("lead_id", flat=True))
        | wanted
    )
    members = Standing.objects.filter(review_id=review_id).filter(Q(lead_id__in=leads) | Q(record_id__in=leads))
    return set(members.values_list("record_id", flat=True))
