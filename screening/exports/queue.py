"""The lists that can leave the review, and their records with what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from screening.conflicts.models import Ruling
from screening.decisions.models import Vote
from screening.decisions.queue import in_conflict
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.shown import all_as_shown
from screening.exports.exported import ExportRecord
from screening.fulltexts.models import RetrievalAttempt
from screening.prisma.buckets import INCLUDED, Bucket, members
from screening.prisma.counts import Fate, fates_now, reason_labels, record_ids
from screening.records.models import Record
from screening.reviews.models import Review
from screening.searches.models import SearchRun
from screening.studies.models import StudyReport

CHUNK = 500

# Name in the address: (title, numbers of the flow that it adds up, in the order of the process).
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "records": ("All records", ("dbr_identified", "other_identified")),
    "screened": ("Records screened", ("records_screened", "other_records_screened")),
    "excluded-title-abstract": ("Excluded at title and abstract", ("records_excluded", "other_records_excluded")),
    "not-retrieved": ("Not retrieved, with attempts", ("dbr_notretrieved_reports", "other_notretrieved_reports")),
    "excluded-fulltext": ("Excluded at full text, with reasons", ("dbr_excluded", "other_excluded")),
    "included": ("Included", ("new_reports",)),
    "duplicates": ("Duplicates", ("duplicates", "other_duplicates")),
}
STANDS = {
    Bucket.DUPLICATE: "duplicate",
    Bucket.REMOVED_AUTOMATION: "removed before screening: ineligible by automation",
    Bucket.REMOVED_OTHER: "removed before screening: other reason",
    Bucket.TA_PENDING: "pending at title and abstract",
    Bucket.TA_EXCLUDED: "excluded at title and abstract",
    Bucket.RETRIEVAL_PENDING: "pending: sought",
    Bucket.NOT_RETRIEVED: "not retrieved",
    Bucket.FT_PENDING: "pending at full text",
    Bucket.FT_EXCLUDED: "excluded at full text",
    Bucket.INCLUDED_UNLINKED: "included",
    Bucket.INCLUDED: "included",
}
ORIGIN = ("Found in", "Search", "Where it stands")
REASON = ("Primary reason", "Further reasons", "Decided by")
RETRIEVAL = ("Cause", "Attempts")
STUDY = ("Study",)
MERGED = ("Duplicate of record",)

Told = Mapping[int, tuple[tuple[str, str], ...]]  # record id -> (heading, text)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The records of one export: their fates by id, in the order of their numbers, and the headings that they need."""

    review: Review
    fates: Mapping[int, Fate]
    headings: tuple[str, ...]


def n_in_open_conflict(review: Review) -> int:
    """How many records `in_open_conflict` tells."""
    return sum(in_conflict(review.pk, stage).count() for stage in Stage)


def in_open_conflict(review: Review) -> Chosen:
    """The records on which people disagree now: revealed, and not settled. It tells the records, never who said what."""
    wanted = {pk for stage in Stage for pk in in_conflict(review.pk, stage).values_list("record_id", flat=True)}
    return _gathered(review, wanted, frozenset({Bucket.TA_PENDING, Bucket.FT_PENDING}))


def chosen(review: Review, keys: tuple[str, ...], run: SearchRun | None = None) -> Chosen:
    """The records that the numbers under ``keys`` count now, each once (I12)."""
    buckets = frozenset().union(*(found.buckets for key in keys if (found := members(key)) is not None))
    wanted = {pk for key in keys for pk in record_ids(review, key, run=run)}
    return _gathered(review, wanted, buckets, run)


def _gathered(review: Review, wanted: set[int], buckets: frozenset[Bucket], run: SearchRun | None = None) -> Chosen:
    fates = {fate.record_id: fate for fate in fates_now(review, [bucket.value for bucket in buckets], run=run)}
    numbers = Record.objects.filter(review=review).order_by("number").values_list("pk", flat=True)
    ordered = {pk: fates[pk] for pk in numbers.iterator() if pk in wanted and pk in fates}
    return Chosen(review, ordered, _headings(buckets))


def _headings(buckets: frozenset[Bucket]) -> tuple[str, ...]:
    needed: tuple[str, ...] = ORIGIN
    needed += RETRIEVAL if Bucket.NOT_RETRIEVED in buckets else ()
    needed += REASON if Bucket.FT_EXCLUDED in buckets else ()
    needed += MERGED if Bucket.DUPLICATE in buckets else ()
    return needed + (STUDY if buckets & INCLUDED else ())


def exported_records(found: Chosen) -> Iterator[ExportRecord]:
    """Each record with what became of it, read in batches."""
    ids = list(found.fates)
    with_duplicates = any(fate.bucket == Bucket.DUPLICATE for fate in found.fates.values())
    for start in range(0, len(ids), CHUNK):
        batch = {pk: found.fates[pk] for pk in ids[start : start + CHUNK]}
        told = _told(found.review, batch)
        rows = Record.objects.filter(pk__in=batch).select_related("standing__source", "standing__run", "standing__lead")
        # Where the duplicates have rows of their own, every row reads as its file had it.
        records = list(rows.order_by("number"))
        for record in records if with_duplicates else all_as_shown(records):
            yield _exported(record, batch[record.pk], told.get(record.pk, ()))


def _told(review: Review, fates: Mapping[int, Fate]) -> Told:
    """What the buckets of a batch have to tell: causes, reasons, studies."""
    by_bucket: dict[Bucket, list[int]] = {}
    for pk, fate in fates.items():
        by_bucket.setdefault(Bucket(fate.bucket), []).append(pk)
    excluded = {pk: fates[pk] for pk in by_bucket.get(Bucket.FT_EXCLUDED, ())}
    return {
        **_retrieval(by_bucket.get(Bucket.NOT_RETRIEVED, [])),
        **_merged(by_bucket.get(Bucket.DUPLICATE, [])),
        **(_reasons(review, excluded) if excluded else {}),
        **_studies(by_bucket.get(Bucket.INCLUDED, [])),
    }


def _merged(ids: list[int]) -> Told:
    leads = Record.objects.filter(pk__in=ids).values_list("pk", "standing__lead__number")
    return {pk: (("Duplicate of record", str(lead)),) for pk, lead in leads}


def _retrieval(ids: list[int]) -> Told:
    found: dict[int, list[RetrievalAttempt]] = {pk: [] for pk in ids}
    for attempt in RetrievalAttempt.objects.filter(report__record_id__in=ids).select_related("report"):
        found[attempt.report.record_id].append(attempt)
    return {
        pk: (
            ("Cause", attempts[0].report.get_cause_display() if attempts else ""),
            ("Attempts", "; ".join(f"{one.on.isoformat()} {one.way}: {one.outcome}" for one in attempts)),
        )
        for pk, attempts in found.items()
    }


def _reasons(review: Review, excluded: Mapping[int, Fate]) -> Told:
    """The primary reason, and every other criterion that a standing vote or the ruling called not met, in protocol order."""
    labels = reason_labels(review)
    failed: dict[int, set[str]] = {pk: set() for pk in excluded}
    via: dict[int, str] = {}
    for item_record, how, answers in _answers(excluded):
        via[item_record] = how
        failed[item_record] |= {key for key, answer in answers.items() if answer == "not_met"}
    return {
        pk: (
            ("Primary reason", labels.get(fate.reason, fate.reason)),
            ("Further reasons", "; ".join(label for key, label in labels.items() if key in failed[pk] - {fate.reason})),
            ("Decided by", via.get(pk, "")),
        )
        for pk, fate in excluded.items()
    }


def _answers(excluded: Mapping[int, Fate]) -> Iterator[tuple[int, str, dict[str, str]]]:
    """(record id, how it was decided, answers) of each exclude and each ruling on these reports, which are all final."""
    at_full_text = {"item__record_id__in": list(excluded), "item__stage": Stage.FULL_TEXT}
    columns = ("item__record_id", "item__via", "answers")
    votes: QuerySet[Vote] = Vote.objects.active().filter(**at_full_text, decision=Decision.EXCLUDE)
    yield from votes.order_by("pk").values_list(*columns)
    for ruling in Ruling.objects.filter(**at_full_text).select_related("item").order_by("pk"):
        if ruling.round == ruling.item.round:
            yield ruling.item.record_id, ruling.item.via, ruling.answers


def _studies(ids: list[int]) -> Told:
    found: dict[int, list[str]] = {}
    rows = StudyReport.objects.filter(record_id__in=ids).order_by("study__label")
    for pk, label in rows.values_list("record_id", "study__label"):
        found.setdefault(pk, []).append(label)
    return {pk: (("Study", "; ".join(labels)),) for pk, labels in found.items()}


def _exported(record: Record, fate: Fate, told: tuple[tuple[str, str], ...]) -> ExportRecord:
    standing = record.standing
    stands = STANDS[Bucket(fate.bucket)] + (f" of record {standing.lead.number}" if standing.lead else "")
    origin = tuple(zip(ORIGIN, (standing.source.name, standing.run.label, stands), strict=True))
    return ExportRecord(
        number=record.number, title=record.title, title_translated=record.title_translated, authors=tuple(record.authors),
        year=record.year, year_early=record.year_early, raw_year=record.raw_year, journal=record.journal, volume=record.volume,
        issue=record.issue, pages=record.pages, doi=record.doi, pmid=record.pmid, abstract=record.abstract,
        keywords=tuple(record.keywords), languages=tuple(record.languages), language_inferred=record.language_inferred,
        raw_languages=tuple(record.raw_languages), types=tuple(record.types), raw_types=tuple(record.raw_types), url=record.url,
        ids=record.ids, extras=origin + told, remark=". ".join(f"{heading}: {text}" for heading, text in told if text),
    )  # fmt: skip
