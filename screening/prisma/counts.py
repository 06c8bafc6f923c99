"""The one reader of the database for PRISMA: tallies of records by bucket, now or at an earlier time, and the records behind a number.

Now's tallies are those kept (`records.models.KeptTally`), put right for every record that moved since: these few are counted by their
rows. So a page costs as much on a million records as on a thousand, and says what a count of all rows would say (`recounted`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from screening.dedupe.declaring import declared_removals
from screening.imports.models import Import, ImportState
from screening.prisma.buckets import Bucket, Members, SourceKind, Tally, members
from screening.prisma.carried import carried_figures
from screening.prisma.columns import Columns
from screening.prisma.flow import Flow, build_flow
from screening.prisma.footnotes import Declared
from screening.prisma.history import fates_at, studies_at
from screening.prisma.snapshot import read_snapshot
from screening.prisma.unfinished import unfinished_in
from screening.protocol.models import Criterion
from screening.reviews.models import Review
from screening.searches.models import SearchRun, Source
from screening.studies.models import StudyReport

# The SQL twin of `buckets.bucket_of`: one statement, so that all boxes come from one snapshot. Same rules, first match wins; a
# decision counts from its reveal on. A test and `check_review` hold the twins together.
_FATES = """
SELECT s.record_id, s.run_id, s.source_id, s.merged_by, ls.kind AS lead_kind, ft.reason AS reason,
  CASE
    WHEN s.lead_id IS NOT NULL THEN 'duplicate'
    WHEN s.removed <> '' THEN 'removed_' || s.removed
    WHEN ta.state IS NULL OR ta.state <> 'final' OR ta.reveal_at > %(now)s THEN 'ta_pending'
    WHEN ta.decision = 'exclude' THEN 'ta_excluded'
    WHEN r.status IS NULL OR r.status = '' THEN 'retrieval_pending'
    WHEN r.status = 'not_retrieved' THEN 'not_retrieved'
    WHEN ft.state IS NULL OR ft.state <> 'final' OR ft.reveal_at > %(now)s THEN 'ft_pending'
    WHEN ft.decision = 'exclude' THEN 'ft_excluded'
    WHEN EXISTS (SELECT 1 FROM screening_studyreport sr WHERE sr.record_id = s.record_id) THEN 'included'
    ELSE 'included_unlinked'
  END AS bucket,
  CASE WHEN ld.run_id <> s.run_id THEN 1 ELSE 0 END AS between_runs,
  CASE WHEN s.lead_id IS NOT NULL AND ta.state = 'final' AND ta.reveal_at <= %(now)s THEN 1 ELSE 0 END AS late
FROM screening_standing s
LEFT JOIN screening_item ta ON ta.record_id = s.record_id AND ta.stage = 'ta'
LEFT JOIN screening_report r ON r.record_id = s.record_id
LEFT JOIN screening_item ft ON ft.record_id = s.record_id AND ft.stage = 'ft'
LEFT JOIN screening_standing ld ON ld.record_id = s.lead_id
LEFT JOIN screening_source ls ON ls.id = ld.source_id
WHERE s.review_id = %(review)s
"""


@dataclass(frozen=True, slots=True)
class Fate:
    """Where one record stands: ids of record, run and source; ``reason`` is a criterion key; ``lead_kind`` the source kind of its lead.

    ``between`` is 1 for a duplicate whose lead another search found, ``late`` for one that was decided upon before (both else 0).
    """

    record_id: int
    run_id: int
    source_id: int
    bucket: str
    reason: str = ""
    merged_by: str = ""
    lead_kind: str = ""
    between: int = 0
    late: int = 0


def flow_of(review: Review, *, run: SearchRun | None = None, as_of: datetime | None = None) -> Flow:
    """The PRISMA flow of a review, of one search or all, now or at a time in the past (I9). One snapshot: the laws hold at every
    instant, also while files come in (P37)."""
    with read_snapshot():
        return _flow_of(review, run, as_of, _tallied_at(review, as_of))


def columns_of(review: Review, *, as_of: datetime | None = None) -> Columns:
    """The flow of each search that found anything, and of all of them, from one snapshot (R8)."""
    with read_snapshot():
        tallied = _tallied_at(review, as_of)
        found = {key[0] for key in tallied}
        declared = {one.run_id for one in declared_removals(review, as_of=as_of)}
        runs = [run for run in review.search_runs.order_by("number") if run.pk in found | declared]
        each = tuple((run.number, _flow_of(review, run, as_of, tallied)) for run in runs)
        return Columns(each, _flow_of(review, None, as_of, tallied))


def recounted_flows(review: Review) -> list[Flow]:
    """The flow of all searches and of each, from a count of every record: for checking, since it takes as long as there are records."""
    with read_snapshot():
        counted = recounted(review.pk, timezone.now())
        return [_flow_of(review, run, None, counted) for run in (None, *review.search_runs.all())]


def _tallied_at(review: Review, as_of: datetime | None) -> Counter[Key]:
    if as_of is None:
        return tallied_now(review.pk, timezone.now())
    return _tallied(fates_at(review.pk, as_of, Fate))


def _flow_of(review: Review, run: SearchRun | None, as_of: datetime | None, tallied: Counter[Key]) -> Flow:
    if run is not None:
        tallied = Counter({key: n for key, n in tallied.items() if key[0] == run.pk})
    labels = reason_labels(review)
    carried = carried_figures(review, as_of) if run is None else {}
    new, known = _studies(review, run, as_of)
    return build_flow(
        list(_tallies(review, tallied, labels)),
        studies=new,
        known_studies=known,
        kind=review.kind,
        reason_order=list(dict.fromkeys(labels.values())),
        counted=_counted_apart(review, run) if as_of is None else None,
        as_of=(as_of or timezone.now()).isoformat(timespec="seconds"),
        scope=run.label if run else "",
        declared=_declared(review, run, as_of),
        unfinished=unfinished_in(review, run=run, as_of=as_of),
        **carried,
    )


def _declared(review: Review, run: SearchRun | None, as_of: datetime | None) -> list[Declared]:
    """Removals before import that somebody declared (R10)."""
    return [
        Declared(
            one.source.name, SourceKind(one.source.kind), Bucket(one.removed_as), one.n, tool=one.tool, who=str(one.by),
            when=one.at.date().isoformat(),
        )
        for one in declared_removals(review, run=run, as_of=as_of)
    ]  # fmt: skip


Key = tuple[int, int, str, str, str, str, int, int]  # run, source, bucket, reason, merged_by, lead_kind, between, late


# What a record is counted under, from a row of `_FATES`, and the same from a row of `KeptTally`.
_KEY = (
    "run_id, source_id, bucket, CASE WHEN bucket = 'ft_excluded' THEN reason ELSE '' END, merged_by, COALESCE(lead_kind, ''),"
    " between_runs, late"
)
_KEPT = 't.run_id, t.source_id, t.bucket, t.reason, t.merged_by, t.lead_kind, t."between", t.late'
_LINKED = "(SELECT sr.record_id FROM screening_studyreport sr WHERE sr.review_id = %(review)s)"
_GROUPED = "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
_MOVED = "(SELECT m.record_id FROM screening_moved m WHERE m.review_id = %(review)s)"


def recounted(review_id: int, now: datetime) -> Counter[Key]:
    """How many records there are of each kind, by a count of every record."""
    return _counted(f"SELECT {_KEY}, COUNT(*) FROM ({_FATES}) fates {_GROUPED}", review_id, now)  # noqa: S608


def tallied_now(review_id: int, now: datetime) -> Counter[Key]:
    """The same from the tallies that are kept, less those of the records that moved, and these as their rows are now."""
    kept = f"SELECT {_KEPT}, t.n FROM screening_kepttally t WHERE t.review_id = %(review)s"  # noqa: S608
    left = (
        f"SELECT {_KEPT}, -COUNT(*) FROM screening_place p JOIN screening_kepttally t ON t.id = p.tally_id"  # noqa: S608
        f" WHERE p.record_id IN {_MOVED} {_GROUPED}"
    )
    here = f"SELECT {_KEY}, COUNT(*) FROM ({moved_fates()}) fates {_GROUPED}"  # noqa: S608
    return _counted(f"{kept} UNION ALL {left} UNION ALL {here}", review_id, now)


def moved_fates() -> str:
    """The statement that tells, of the records that moved, where each stands; asks for ``review`` and ``now``."""
    return f"{_FATES} AND s.record_id IN {_MOVED}"


def _counted(sql: str, review_id: int, now: datetime) -> Counter[Key]:
    found: Counter[Key] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": now, "review": review_id})
        for *key, n in cursor.fetchall():
            found[tuple(key)] += n
    return +found


def key_of(fate: Fate) -> Key:
    """What a record is counted under."""
    return (
        fate.run_id, fate.source_id, fate.bucket, fate.reason, fate.merged_by, fate.lead_kind, fate.between, fate.late,
    )  # fmt: skip


def _tallied(fates: Iterable[Fate]) -> Counter[Key]:
    return Counter(map(key_of, fates))


def _tallies(review: Review, tallied: Counter[Key], labels: dict[str, str]) -> Iterable[Tally]:
    sources = {source.pk: source for source in Source.objects.filter(review=review)}
    for (_, source_id, bucket, reason, merged_by, lead_kind, between, late), n in sorted(tallied.items()):
        kind = SourceKind(sources[source_id].kind)
        yield Tally(
            source_name=sources[source_id].name,
            source_kind=kind,
            bucket=Bucket(bucket),
            reason=labels.get(reason, reason),
            n=n,
            duplicate_by=merged_by,
            across=bool(lead_kind) and SourceKind(lead_kind).column is not kind.column,
            between=bool(between),
            late=bool(late),
        )


def reason_labels(review: Review) -> dict[str, str]:
    """Criterion key -> short name, in protocol order; the newest version that has the key names it."""
    found: dict[str, str] = {}
    newest = Criterion.objects.filter(version__review=review, version__frozen_at__isnull=False).order_by(
        "-version__number", "order"
    )
    for key, label in newest.values_list("key", "label"):
        found.setdefault(key, label)
    return found


def _studies(review: Review, run: SearchRun | None, as_of: datetime | None) -> tuple[int, int]:
    """Distinct studies with an included report (I33), new ones and those of the previous version. Over several runs they do not
    add up (R8)."""
    if as_of is not None:
        return studies_at(review.pk, as_of, run.pk if run else None)
    included = {fate.record_id for fate in _fates(review.pk, f" AND s.record_id IN {_LINKED}", [Bucket.INCLUDED], run)}
    links = StudyReport.objects.filter(review=review).values_list("study_id", "study__of_previous_version", "record_id")
    found = {(study, is_known) for study, is_known, record in links if record in included}
    known = sum(is_known for _, is_known in found)
    return len(found) - known, known


def record_ids(review: Review, key: str, *, run: SearchRun | None = None) -> list[int]:
    """Ids of exactly the records that the number under ``key`` counts now (I12), in order. Unknown keys give none."""
    wanted = members(key)
    if wanted is None:
        return []
    labels = reason_labels(review)
    sources = {source.pk: source for source in Source.objects.filter(review=review)}
    return sorted(
        fate.record_id
        for fate in fates_now(review, [bucket.value for bucket in wanted.buckets], run=run)
        if _counted_in(wanted, fate, sources[fate.source_id], labels)
    )


def _counted_in(wanted: Members, fate: Fate, source: Source, labels: dict[str, str]) -> bool:
    return wanted.holds(SourceKind(source.kind), source.name, Bucket(fate.bucket), labels.get(fate.reason, fate.reason))


def fates_now(review: Review, buckets: list[str] | None = None, *, run: SearchRun | None = None) -> list[Fate]:
    """Where each record stands now; only of these buckets and this run if given."""
    return _fates(review.pk, "", buckets, run)


def fates_of(review_id: int, records: Sequence[int], now: datetime) -> list[Fate]:
    """Where each of these records stands at ``now``; nothing of one that is not in the review. At most some thousand."""
    numbers = ", ".join(str(int(pk)) for pk in records)
    return _fates(review_id, f" AND s.record_id IN ({numbers})", None, None, now) if records else []


def _fates(
    review_id: int, among: str, buckets: Sequence[str] | None, run: SearchRun | None, now: datetime | None = None
) -> list[Fate]:
    sql = f"SELECT record_id, {_KEY} FROM ({_FATES}{among}) fates WHERE 1 = 1"  # noqa: S608
    values: dict[str, Any] = {"now": now or timezone.now(), "review": review_id}
    if buckets is not None:
        names = {f"bucket_{place}": str(bucket) for place, bucket in enumerate(buckets)}
        sql += f" AND bucket IN ({', '.join(f'%({name})s' for name in names)})"
        values |= names
    if run is not None:
        sql += " AND run_id = %(run)s"
        values["run"] = run.pk
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Fate(*row) for row in cursor.fetchall()]


def _counted_apart(review: Review, run: SearchRun | None) -> dict[str, int]:
    """Numbers counted from other rows than the boxes: what the import reports say came in (I3)."""
    stored = Import.objects.filter(review=review, state=ImportState.STORED)
    if run is not None:
        stored = stored.filter(run=run)
    sums = {row["source__kind"]: row["n"] for row in stored.order_by().values("source__kind").annotate(n=Sum("parsed"))}
    return {"database_results": sums.get("database", 0), "register_results": sums.get("register", 0)}
