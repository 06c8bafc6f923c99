"""Checks of the counts: one bucket a record by two ways of counting, one more from the log, every number its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from screening.decisions.models import Item
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.fulltexts.models import Report
from screening.prisma.buckets import RECORD_KEYS, SourceKind, bucket_of, members
from screening.prisma.buckets import Bucket as B
from screening.prisma.counts import Fate, fates_now, flow_of, reason_labels
from screening.prisma.history import fates_at
from screening.records.models import Record, Standing
from screening.reviews.models import Review
from screening.searches.models import Source
from screening.studies.models import StudyReport

PENDING = (B.TA_PENDING, B.RETRIEVAL_PENDING, B.FT_PENDING)


def each_record_is_in_one_bucket(review: Review) -> Iterator[str]:
    """I5: the bucket that the counts read equals the one that the pure rule gives for the raw rows, for each record once."""
    before = _by_the_rule(review, timezone.now())
    fates = fates_now(review)
    after = _by_the_rule(review, timezone.now())
    times = Counter(fate.record_id for fate in fates)
    numbers = _numbers(review)
    for record_id in before:
        if times[record_id] != 1:
            yield f"record {numbers[record_id]} is counted {times[record_id]} times."
    for fate in fates:
        wanted = {before.get(fate.record_id), after.get(fate.record_id)}
        if (fate.bucket, fate.reason) not in wanted:
            yield f"record {numbers.get(fate.record_id, '?')} is counted as {fate.bucket} {fate.reason}, which its rows do not say."


def _numbers(review: Review) -> dict[int, int]:
    return dict(Record.objects.filter(review=review).values_list("pk", "number"))


def _by_the_rule(review: Review, now: datetime) -> dict[int, tuple[str, str]]:
    """Record id -> bucket and reason, by `bucket_of` from standings, items, reports and studies."""
    items = {
        (record, stage): (ItemState(state), Decision(decision) if decision else None, reason)
        for record, stage, state, decision, reason in Item.objects.filter(
            review=review, reveal_at__lte=now
        ).values_list("record_id", "stage", "state", "decision", "reason")
    }
    reports = dict(Report.objects.filter(review=review).values_list("record_id", "status"))
    linked = set(StudyReport.objects.filter(review=review).values_list("record_id", flat=True))
    nothing: tuple[ItemState, Decision | None, str] = (ItemState.OPEN, None, "")
    found = {}
    for record, lead, removed in Standing.objects.filter(review=review).values_list("record_id", "lead_id", "removed"):
        ta_state, ta_decision, _ = items.get((record, Stage.TITLE_ABSTRACT), nothing)
        ft_state, ft_decision, ft_reason = items.get((record, Stage.FULL_TEXT), nothing)
        bucket, reason = bucket_of(
            duplicate=lead is not None, removed=removed, ta_state=ta_state, ta_decision=ta_decision,
            report_status=reports.get(record, ""), ft_state=ft_state, ft_decision=ft_decision, ft_reason=ft_reason, linked=record in linked,
        )  # fmt: skip
        found[record] = (bucket.value, reason)
    return found


def pending_is_not_counted_as_excluded(review: Review) -> Iterator[str]:
    """I7: whatever counts as excluded has a final exclude of its stage, open to all."""
    excluded = {B.TA_EXCLUDED: Stage.TITLE_ABSTRACT, B.FT_EXCLUDED: Stage.FULL_TEXT}
    settled = Item.objects.filter(review=review, state=ItemState.FINAL, decision=Decision.EXCLUDE)
    fates = fates_now(review, [bucket.value for bucket in excluded])
    known = set(settled.revealed().values_list("record_id", "stage"))
    numbers = _numbers(review)
    for fate in fates:
        if (fate.record_id, excluded[B(fate.bucket)].value) not in known:
            yield f"record {numbers[fate.record_id]} counts as excluded, but nobody settled that."


def replay_tells_the_same(review: Review) -> Iterator[str]:
    """I8: the log of changes alone gives every record the fate that the tables give it.

    Read before and after the tables, since an undo window may end meanwhile.
    """
    before = _told(review)
    fates = {fate.record_id: fate for fate in fates_now(review)}
    if fates == before:
        return
    after = _told(review)
    numbers = _numbers(review)
    for record_id in sorted(fates.keys() | before.keys()):
        now = fates.get(record_id)
        if now not in (before.get(record_id), after.get(record_id)):
            told = after.get(record_id)
            yield f"record {numbers.get(record_id, '?')} is {_words(now)} in the tables, {_words(told)} in the log."


def _told(review: Review) -> dict[int, Fate]:
    return {fate.record_id: fate for fate in fates_at(review.pk, timezone.now(), Fate)}


def _words(fate: Fate | None) -> str:
    if fate is None:
        return "not in the review"
    return " ".join(part for part in (fate.bucket, fate.reason, fate.merged_by) if part)


def each_number_opens_as_many_records(review: Review) -> Iterator[str]:
    """I12: for each number, the records that it opens, plus the declared ones, are as many as it says.

    Opened before and after the numbers are counted: an undo window may end meanwhile, which moves records one way only.
    """
    before, flow, after = _facts(review), flow_of(review), _facts(review)
    parts = [f"{key}:{part}" for key, named in flow.parts.items() for part in named]
    for key in (*RECORD_KEYS, *parts):
        wanted = members(key)
        opened = [sum(wanted.holds(*fact) for fact in facts) if wanted else 0 for facts in (before, after)]
        if not min(opened) <= flow.number(key) - flow.declared_in(key) <= max(opened):
            yield f"{key} says {flow.number(key)}, but opens {opened[0]} records."


def _facts(review: Review) -> list[tuple[SourceKind, str, B, str]]:
    """Kind and name of its source, bucket and reason of each record."""
    sources = {source.pk: source for source in Source.objects.filter(review=review)}
    labels = reason_labels(review)
    return [
        (
            SourceKind(sources[fate.source_id].kind),
            sources[fate.source_id].name,
            B(fate.bucket),
            labels.get(fate.reason, fate.reason),
        )
        for fate in fates_now(review)
    ]


def studies_are_those_of_included_reports(review: Review) -> Iterator[str]:
    """I33: studies are counted that have an included report, each once."""
    included = [fate.record_id for fate in fates_now(review, [B.INCLUDED.value])]
    studies = {
        study
        for study, record in StudyReport.objects.filter(review=review).values_list("study_id", "record_id")
        if record in set(included)
    }
    numbers = flow_of(review).numbers
    counted = numbers["new_studies"] + numbers["previous_studies_with_new_reports"]
    if counted != len(studies):
        yield f"{counted} studies are counted, but the included reports describe {len(studies)}."
