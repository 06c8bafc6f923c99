"""Where each record stood at a past time, told again from the log of changes alone (I8, I9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from screening.audit.models import AuditEvent
from screening.decisions.verdict import Decision, ItemState
from screening.imports.actions import RESTORED, UNDID
from screening.prisma.buckets import bucket_of
from screening.records.models import Change, ChangeOf, Record
from screening.searches.models import Source
from screening.studies import linked

T = TypeVar("T")
Facts = dict[str, str]


def facts_at(review_id: int, moment: datetime) -> dict[int, Facts]:
    """Record id -> the latest value of each fact, from changes that took effect until ``moment``, and never from later than now.

    What lies ahead is a sealed outcome (B2). The latest is the one written last, not the one with the latest time: an outcome may
    be taken back, and another reached, while the first one's undo window still runs (P44).
    """
    facts: dict[int, Facts] = defaultdict(dict)
    until = min(moment, timezone.now())
    changes = Change.objects.filter(review_id=review_id, at__lte=until).order_by("pk")
    for record_id, fact, value in changes.values_list("record_id", "fact", "value").iterator():
        facts[record_id][fact] = value
    return facts


def fates_at(review_id: int, moment: datetime, fate: Callable[..., T]) -> list[T]:
    """``fate(record_id, run_id, source_id, bucket, reason, merged_by, lead_kind, between, late)`` for each record in the review then."""
    facts = facts_at(review_id, moment)
    source_of = {pk: (run, source) for pk, run, source in _present(review_id, moment)}
    kinds = dict(Source.objects.filter(review_id=review_id).values_list("pk", "kind"))
    told = []
    for record_id, (run_id, source_id) in source_of.items():
        known = facts.get(record_id, {})
        lead, _, merged_by = known.get(ChangeOf.LEAD, "").partition(" ")
        bucket, reason = bucket_from(known)
        lead_source = source_of.get(int(lead)) if lead else None
        lead_kind = kinds[lead_source[1]] if lead_source else ""
        between = int(lead_source is not None and lead_source[0] != run_id)
        late = int(bool(lead) and outcome_of(known.get(ChangeOf.TA, ""))[0] is ItemState.FINAL)
        told.append(fate(record_id, run_id, source_id, bucket, reason, merged_by, lead_kind, between, late))
    return told


def _present(review_id: int, moment: datetime) -> list[tuple[int, int, int]]:
    """(record, run, source) of every record whose import was in the review at ``moment``."""
    stored = Record.objects.filter(review_id=review_id, imported_from__stored_at__lte=moment).order_by()
    there = stored.exclude(imported_from__in=_undone_at(review_id, moment))
    return list(there.values_list("pk", "imported_from__run_id", "imported_from__source_id"))


def _undone_at(review_id: int, moment: datetime) -> set[int]:
    """Imports that were undone, and not restored since, at ``moment``: the log tells each turn."""
    turns = AuditEvent.objects.filter(
        review_id=review_id, subject_type="import", verb__in=(UNDID, RESTORED), at__lte=moment
    )
    last = dict(turns.order_by("pk").values_list("subject_id", "verb"))
    return {pk for pk, verb in last.items() if pk is not None and verb == UNDID}


def bucket_from(facts: Facts) -> tuple[str, str]:
    """Bucket and reason key of one record from its facts, by the same pure rule as everywhere (domain.md 5.1)."""
    ta_state, ta_decision, _ = outcome_of(facts.get(ChangeOf.TA, ""))
    ft_state, ft_decision, ft_reason = outcome_of(facts.get(ChangeOf.FT, ""))
    bucket, reason = bucket_of(
        duplicate=bool(facts.get(ChangeOf.LEAD)),
        removed=facts.get(ChangeOf.REMOVED, ""),
        ta_state=ta_state,
        ta_decision=ta_decision,
        report_status=facts.get(ChangeOf.REPORT, ""),
        ft_state=ft_state,
        ft_decision=ft_decision,
        ft_reason=ft_reason,
        linked=bool(facts.get(ChangeOf.STUDY)),
    )
    return bucket.value, reason


def outcome_of(value: str) -> tuple[ItemState, Decision | None, str]:
    """The three parts of a logged outcome, "final exclude population"."""
    parts = value.split(" ")
    state = ItemState(parts[0]) if parts[0] else ItemState.OPEN
    decision = Decision(parts[1]) if len(parts) > 1 else None
    return state, decision, parts[2] if len(parts) > 2 else ""


def studies_at(review_id: int, moment: datetime, run_id: int | None = None) -> tuple[int, int]:
    """Distinct studies of the reports that were included at ``moment``: new ones, and those of the previous version."""
    new: set[str] = set()
    known: set[str] = set()
    facts = facts_at(review_id, moment)
    for record_id, run, _ in _present(review_id, moment):
        told = facts.get(record_id, {})
        if run_id in (None, run) and bucket_from(told)[0] == "included":
            of_new, of_known = linked.read(told[ChangeOf.STUDY])
            new |= of_new
            known |= of_known
    return len(new), len(known)
