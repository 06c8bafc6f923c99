"""The job that finds duplicates in a review: compute outside, write in fenced batches, ask people about the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import connection
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from screening.audit.actions import record as audit
from screening.dedupe.matching import RULE_VERSION, Grouping, Link, MatchRecord, find_links, group
from screening.dedupe.models import CandidateCard, DuplicateLink, Judgement, KeptChoice
from screening.dedupe.parts import PART
from screening.dedupe.spreading import Changed, Found, begin_writing, forget_parts, remember, spread_links
from screening.dedupe.stored import Place, card_key, match_records, moved, places, ranks, said, with_votes, write_places
from screening.imports.undoing import wait_for_votes
from screening.jobs.actions import Claim, enqueue
from screening.records.models import Record, Standing

BATCH = 500
PAUSE = 0.02  # seconds between batches on SQLite, so that a voter gets the write lock
NAME = "dedupe.find"
FOLLOWER = "decisions.open_items"
_TOLD = ("score", "rule", "reason", "kind", "automatic")
T = TypeVar("T")


class Restart(Exception):
    """Somebody judged a pair, voted, or changed the records meanwhile: group again."""


def find_duplicates(claim: Claim) -> None:
    """Job ``dedupe.find``: link, group, merge and queue. Running it again changes nothing (DD11)."""
    review_id = claim.job.review_id
    assert review_id is not None  # noqa: S101  the job is always asked for a review
    with claim.alive():
        records, found = _links(claim, review_id)
        begin_writing(claim, review_id)
        _write_links(claim, review_id, found.links)
        result = _merged(claim, review_id, records, found.links)
        forget_parts(claim, review_id, found.read)
    with claim.chunk(phase="Done"):
        audit(verb="find duplicates", review_id=review_id, actor=None, after={**result, "rules": RULE_VERSION})
        enqueue(name=FOLLOWER, review_id=review_id)
        remember(review_id, found.read)
        claim.finish(result=result)


def _links(claim: Claim, review_id: int) -> tuple[list[MatchRecord], Found]:
    """The records and the links between them: few records are compared here, many by all workers that have time."""
    while True:
        claim.beat(phase="Reading records", done_n=0, total_n=0)
        records = list(match_records(_candidates(review_id)))
        if len(records) <= PART:
            return records, Found(find_links(records, progress=_progress(claim)))
        try:
            return records, spread_links(claim, review_id, records)
        except Changed:
            continue


def _merged(claim: Claim, review_id: int, records: list[MatchRecord], links: Sequence[Link]) -> dict[str, int]:
    while True:
        try:
            return _merge(claim, review_id, records, links)
        except Restart:
            present = set(_candidates(review_id).values_list("record_id", flat=True))
            records = [record for record in records if int(record.id) in present]


def _candidates(review_id: int) -> QuerySet[Standing]:
    return Standing.objects.filter(review_id=review_id, removed="")


def _progress(claim: Claim) -> Callable[[int, int], None]:
    last = [0.0]

    def tell(done: int, total: int) -> None:
        if time.monotonic() - last[0] > 1:
            last[0] = time.monotonic()
            claim.beat(phase="Comparing pairs", done_n=done, total_n=total)

    return tell


def _write_links(claim: Claim, review_id: int, links: Sequence[Link]) -> None:
    """Store what was found; a pair that is stored otherwise, by older rules or beside other records, says what holds now."""
    wanted = {tuple(sorted((int(link.a), int(link.b)))): link for link in links}
    stored = {
        (first, second): (pk, told)
        for pk, first, second, *told in DuplicateLink.objects.filter(review_id=review_id).values_list(
            "pk", "first_id", "second_id", *_TOLD
        )
    }
    obsolete = [pk for pair, (pk, _) in stored.items() if pair not in wanted]
    for gone in _batches(iter(obsolete)):
        with claim.chunk(phase="Forgetting old reasons", done_n=0, total_n=0):
            DuplicateLink.objects.filter(pk__in=gone).delete()
    other = [
        (pair, link)
        for pair, link in wanted.items()
        if pair not in stored or stored[pair][1] != [getattr(link, name) for name in _TOLD]
    ]
    for written, batch in enumerate(_batches(iter(other))):
        with claim.chunk(phase="Storing reasons", done_n=written * BATCH, total_n=len(other)):
            DuplicateLink.objects.bulk_create(
                [_row(review_id, pair, link) for pair, link in batch], update_conflicts=True,
                unique_fields=("review", "first", "second"), update_fields=(*_TOLD, "found_at"),
            )  # fmt: skip


def _row(review_id: int, pair: tuple[int, ...], link: Link) -> DuplicateLink:
    told = {name: getattr(link, name) for name in _TOLD}
    return DuplicateLink(review_id=review_id, first_id=pair[0], second_id=pair[1], **told)


def _batches(rows: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)


def _merge(claim: Claim, review_id: int, records: Sequence[MatchRecord], links: Sequence[Link]) -> dict[str, int]:
    mark, present = _mark(review_id), _present(review_id)
    judged = said(review_id)
    held = with_votes(review_id)
    grouping = group(
        [record.id for record in records], links, records_by_id={record.id: record for record in records}, apart=judged.apart,
        together=judged.together, held={str(pk) for pk in held},
    )  # fmt: skip
    wanted = places(grouping, [int(record.id) for record in records], ranks(review_id, None, held))
    changed = moved(review_id, wanted, None)
    for written, batch in enumerate(_batches(iter(changed.items()))):
        with claim.chunk(phase="Merging", done_n=written * BATCH, total_n=len(changed)):
            _unless_moved_on(review_id, mark)
            _unless_gone_or_voted_on(review_id, dict(batch), held)
            write_places(review_id, dict(batch))
    with claim.chunk(phase="Asking about the rest"):
        _unless_moved_on(review_id, mark)
        if _present(review_id) != present:
            raise Restart
        queued = write_cards(review_id, grouping)
    merged = sum(1 for place in wanted.values() if place.lead is not None)
    return {"merged": merged, "groups": len(grouping.groups), "queue": queued}


def _mark(review_id: int) -> tuple[object, ...]:
    """Changes with what people say of pairs and groups."""
    judged = Judgement.objects.filter(review_id=review_id).aggregate(newest=Max("pk"), lifted=Count("lifted_at"))
    chosen = KeptChoice.objects.filter(review_id=review_id).aggregate(newest=Max("pk"), lifted=Count("lifted_at"))
    return (*judged.values(), *chosen.values())


def _present(review_id: int) -> tuple[object, ...]:
    """Changes with the records there are. It counts them all: ask before the first batch and with the last."""
    return tuple(_candidates(review_id).aggregate(n=Count("pk"), newest=Max("pk")).values())


def _unless_moved_on(review_id: int, mark: tuple[object, ...]) -> None:
    if _mark(review_id) != mark:
        raise Restart


def _unless_gone_or_voted_on(review_id: int, batch: dict[int, Place], held: set[int]) -> None:
    """One of these records may be gone since they were grouped; a vote may change who leads, or make it a question (DD13).

    Takes the lock that a vote takes: a vote in flight is seen, a later one finds the record merged.
    """
    records = {*batch, *(place.lead for place in batch.values() if place.lead is not None)}
    wait_for_votes(Record.objects.filter(pk__in=records))
    if _candidates(review_id).filter(record_id__in=records).count() != len(records):
        raise Restart
    if with_votes(review_id, records) - held:
        raise Restart


def write_cards(review_id: int, grouping: Grouping, among: set[int] | None = None) -> int:
    """Store the questions of ``grouping``; open cards that it no longer asks go. Returns how many wait.

    ``among`` limits the clearing to cards whose members all lie in it (a regrouping of a part of the review).
    """
    asked = {card_key(int(one) for one in entry.ids): entry for entry in grouping.queue}
    waiting = CandidateCard.objects.filter(review_id=review_id, answered_at__isnull=True)
    for card in waiting:
        if card.key not in asked and (among is None or set(card.members) <= among):
            card.delete()
    CandidateCard.objects.bulk_create(
        [
            CandidateCard(
                review_id=review_id, key=key, members=[int(one) for one in entry.ids], score=entry.score, reason=entry.reason,
                kind=entry.kind, found_at=timezone.now(),
            )
            for key, entry in asked.items()
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )  # fmt: skip
    return CandidateCard.objects.filter(review_id=review_id, answered_at__isnull=True).count()
