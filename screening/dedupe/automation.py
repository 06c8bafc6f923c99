"""Records that a criterion's rule calls not met: what taking them out before screening would do, in numbers (U4, R6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from screening.audit.models import AuditEvent
from screening.dedupe.stored import with_votes
from screening.imports.publication_types import stated_types
from screening.protocol.hints import RULES, Facts, hint
from screening.protocol.models import Criterion
from screening.protocol.queue import rule_words
from screening.protocol.suggest import MET, NOT_MET
from screening.protocol.versions import active_protocol
from screening.records.models import Removal, Standing
from screening.reviews.models import Membership, Review

VERB = "remove records by automation"
_LONGEST_REASON = 200
_FIELDS = (
    "record_id", "record__languages", "record__language_inferred", "record__raw_languages", "record__year", "record__year_early",
    "record__raw_year", "record__raw_types", "imported_from__format",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What a criterion's rule says of the records in play.

    ``ineligible`` are the ids that would go: not met, without a vote, merged with no other record. ``voted`` and ``merged``
    are not met too but stay; ``unknown`` is never taken.
    """

    criterion: Criterion
    rule: str
    ineligible: tuple[int, ...]
    voted: int
    merged: int
    met: int
    unknown: int

    @property
    def stay(self) -> int:
        """How many records remain in play."""
        return self.voted + self.merged + self.met + self.unknown


@dataclass(frozen=True, slots=True)
class Act:
    """One removal by automation: its event in the log, and how many of its records are still removed."""

    event: AuditEvent
    records: int


def criteria_with_rules(review: Review) -> list[Criterion]:
    """The criteria of the protocol in force that have a rule, in its order; none before it is frozen."""
    version = active_protocol(review)
    criteria = version.criteria.all() if version else ()
    return [criterion for criterion in criteria if any(criterion.rule.get(name) for name in RULES)]


def previews(review: Review, criteria: list[Criterion]) -> list[Preview]:
    """For each criterion what its rule would do to the records that are neither duplicates nor removed."""
    voted = with_votes(review.pk)
    leads = set(Standing.objects.filter(review=review, lead__isnull=False).values_list("lead_id", flat=True))
    counted: dict[int, Counter[str]] = {criterion.pk: Counter() for criterion in criteria}
    ineligible: dict[int, list[int]] = {criterion.pk: [] for criterion in criteria}
    for pk, facts in _facts(review):
        held = "voted" if pk in voted else "merged" if pk in leads else ""
        for criterion in criteria:
            answer = hint(criterion.rule, facts).answer
            counted[criterion.pk][(held if answer == NOT_MET else "") or answer] += 1
            if answer == NOT_MET and not held:
                ineligible[criterion.pk].append(pk)
    return [_preview(criterion, ineligible[criterion.pk], counted[criterion.pk]) for criterion in criteria]


def _preview(criterion: Criterion, ineligible: list[int], counted: Counter[str]) -> Preview:
    return Preview(
        criterion=criterion,
        rule=rule_words(criterion.rule),
        ineligible=tuple(ineligible),
        voted=counted["voted"],
        merged=counted["merged"],
        met=counted[MET],
        unknown=counted["unknown"],
    )


def _facts(review: Review) -> Iterator[tuple[int, Facts]]:
    rows = Standing.objects.filter(review=review, lead__isnull=True, removed="").order_by("record__number")
    row: tuple[Any, ...]
    for row in rows.values_list(*_FIELDS).iterator(chunk_size=2000):
        pk, languages, inferred, raw_languages, year, early, raw_year, raw_types, file_format = row
        yield pk, Facts(
            languages=tuple(languages), language_inferred=inferred, raw_languages=tuple(raw_languages), year=year,
            year_early=early, raw_year=raw_year, types=stated_types(raw_types, file_format), raw_types=tuple(raw_types),
        )  # fmt: skip


def reason_for(criterion: Criterion) -> str:
    """The reason of the next act: criterion, version and rule; its number tells it from every other act of the review."""
    number = AuditEvent.objects.filter(review_id=criterion.version.review_id, verb=VERB).count() + 1
    words = f"{criterion.label} not met by rule, act {number}, protocol version {criterion.version.number}: "
    return (words + rule_words(criterion.rule))[:_LONGEST_REASON]


def acts(member: Membership) -> list[Act]:
    """Every removal by automation, the newest first, also one that was undone."""
    removed = Standing.objects.filter(review_id=member.review_id, removed=Removal.AUTOMATION).order_by()
    still = dict(removed.values_list("removed_reason").annotate(n=Count("pk")))
    events = AuditEvent.objects.filter(review_id=member.review_id, verb=VERB).order_by("-pk")
    return [Act(event, still.get(event.reason, 0)) for event in events]
