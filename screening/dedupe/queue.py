"""Reads of duplicates: the card that waits, what was merged and why, what people said, and the sample to check."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.shortcuts import get_object_or_404

from screening.audit.models import AuditEvent
from screening.dedupe.cards import Fields, Piece, Row, compare, no_field_differs
from screening.dedupe.finding import NAME
from screening.dedupe.keeping import Select, selects
from screening.dedupe.leading import lead_of
from screening.dedupe.models import Answer, CandidateCard, DuplicateLink, Judgement, Kept, KeptChoice
from screening.dedupe.outcomes import Outcome, already_screened, outcomes_before, outcomes_of
from screening.dedupe.spotcheck import sample
from screening.dedupe.stored import group_of, ranks, with_votes
from screening.imports.stages import in_words, seconds_left
from screening.jobs.actions import LEASE
from screening.jobs.models import Job, JobState
from screening.records.models import Change, ChangeOf, Record, Standing
from screening.records.queue import found_by
from screening.reviews.models import Membership, Review

AT_ONCE = 200  # cards in one bulk acceptance
CHUNK = 500


def card_of(review: Review, card_id: int) -> CandidateCard | None:
    """One question; None where a later search withdrew it. Raises Http404 for another review's."""
    if not CandidateCard.objects.filter(pk=card_id).exists():
        return None
    return get_object_or_404(CandidateCard, pk=card_id, review=review)


def record_in_play(review: Review, number: int) -> Record:
    """A record of the review whose import stands. Raises Http404 for any other."""
    return get_object_or_404(Record, review=review, number=number, standing__isnull=False)


def open_cards(review: Review) -> QuerySet[CandidateCard]:
    """Cards that wait for a person, the surest first."""
    return CandidateCard.objects.filter(review=review, answered_at__isnull=True).order_by("-score", "pk")


def neighbours(review: Review, card: CandidateCard) -> tuple[CandidateCard | None, CandidateCard | None]:
    """The open cards before and after this one."""
    cards = open_cards(review)
    after = cards.filter(Q(score__lt=card.score) | Q(score=card.score, pk__gt=card.pk)).first()
    before = cards.filter(Q(score__gt=card.score) | Q(score=card.score, pk__lt=card.pk)).reverse().first()
    return before, after


@dataclass(frozen=True, slots=True)
class Column:
    """One record of a card. ``leads``: it would be the kept one; ``has_votes``: somebody voted on it, never what (DD15)."""

    record: Record
    standing: Standing
    has_votes: bool
    leads: bool
    merged_n: int
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A card as people see it: columns, rows, and how many records "Same record" moves to the duplicates."""

    card: CandidateCard
    columns: list[Column]
    rows: list[Row]
    moves: int
    duplicates: int
    selects: list[Select]

    @property
    def table(self) -> list[tuple[Row, list[tuple[Column, tuple[Piece, ...]]]]]:
        """Each row with its cells beside their columns."""
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]

    @property
    def duplicates_after(self) -> int:
        return self.duplicates + self.moves

    @property
    def voted(self) -> list[Column]:
        return [column for column in self.columns if column.has_votes]

    @property
    def sets_aside(self) -> list[Column]:
        """Records whose decision would count no longer, since one that is not settled would lead, and one may choose them instead."""
        unsettled = any(column.leads and column.outcome is None for column in self.columns)
        offered = {option.number for one in self.selects if one.name == Kept.LEAD for option in one.options}
        return [one for one in self.columns if unsettled and one.outcome and one.record.number in offered]


def side_by_side(card: CandidateCard) -> Side:
    """Everything the card's page shows."""
    review_id = card.review_id
    group = group_of(review_id, card.members)
    held = with_votes(review_id, group)
    order = ranks(review_id, group, held)
    kept = lead_of(order, order) if order else None
    standings = _standings(card.members)
    settled = outcomes_of(card.members)
    columns = [
        Column(one.record, one, one.pk in held, one.pk == kept, one.record.duplicates.count(), settled.get(one.pk))
        for one in standings
    ]
    moves = max(len({one.lead_id or one.pk for one in standings}) - 1, 0)
    duplicates = merged(review_id).count()
    return Side(
        card,
        columns,
        compare([fields_of(one.record) for one in standings]),
        moves,
        duplicates,
        selects(review_id, group),
    )


def kept_group(record: Record) -> Side | None:
    """A merged group side by side, all its records, the kept one first; None where the record is merged with none."""
    members = group_of(record.review_id, [record.pk])
    standings = sorted(_standings(members), key=lambda one: (one.lead_id is not None, one.record.number))
    if len(standings) < 2:
        return None
    held = with_votes(record.review_id, members)
    columns = [Column(one.record, one, one.pk in held, one.lead_id is None, 0) for one in standings]
    card = CandidateCard(review_id=record.review_id)
    rows = compare([fields_of(one.record) for one in standings])
    return Side(card, columns, rows, 0, 0, selects(record.review_id, members))


def _standings(records: Collection[int]) -> list[Standing]:
    found = Standing.objects.filter(record_id__in=records).select_related("record", "run", "source")
    return sorted(found, key=lambda one: one.record.number)


def fields_of(record: Record) -> Fields:
    """A record as a card compares it."""
    return Fields(
        title=record.title, authors=tuple(record.authors), year=record.year, journal=record.journal, volume=record.volume,
        issue=record.issue, pages=record.pages, doi=record.doi, pmid=record.pmid, abstract=record.abstract,
    )  # fmt: skip


def undiffering_cards(review: Review) -> list[CandidateCard]:
    """Open cards of the kind "same" in which no field differs, at most 200: they may be accepted together.

    Where two records hold votes, one of them stops counting: such a card is judged by itself (R2).
    """
    cards = list(open_cards(review).filter(kind="same")[: 5 * AT_ONCE])
    members = {pk for card in cards for pk in card.members}
    voted = with_votes(review.pk, members)
    cards = [card for card in cards if len(voted.intersection(card.members)) < 2]
    records = {record.pk: record for record in Record.objects.filter(pk__in=members).select_related("standing")}
    fit = [card for card in cards if no_field_differs(compare([fields_of(records[pk]) for pk in card.members]))]
    return fit[:AT_ONCE]


def records_of(cards: Iterable[CandidateCard]) -> list[tuple[CandidateCard, list[Record]]]:
    """Each card with its records by number."""
    listed = list(cards)
    records = Record.objects.filter(pk__in={pk for card in listed for pk in card.members}).select_related(
        "standing__source"
    )
    by_id = {record.pk: record for record in records}
    return [(card, sorted((by_id[pk] for pk in card.members), key=lambda one: one.number)) for card in listed]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which merges are listed: words in the record, the source and search it came from, the rule that linked it."""

    query: str = ""
    source: int = 0
    search: int = 0
    rule: str = ""
    screened: bool = False

    def within(self, review_id: int, found: QuerySet[Standing]) -> QuerySet[Standing]:
        """Those of ``found`` that pass."""
        if self.query:
            found = found.filter(record__in=found_by(Record.objects.filter(review_id=review_id), self.query))
        if self.source:
            found = found.filter(source=self.source)
        if self.search:
            found = found.filter(run__number=self.search)
        if self.rule:
            links = DuplicateLink.objects.filter(review_id=review_id, rule=self.rule, automatic=True)
            ends = links.values("first").union(links.values("second"))
            found = found.filter(record__in=ends)
        return already_screened(found) if self.screened else found


def rules_at_work(review_id: int) -> list[str]:
    """The rules that linked records of the review, by name."""
    links = DuplicateLink.objects.filter(review_id=review_id, automatic=True)
    return list(links.order_by("rule").values_list("rule", flat=True).distinct())


def merged(review_id: int, by: str = "", chosen: Filter | None = None) -> QuerySet[Standing]:
    """Records that another one leads, by number; ``by`` is "rule" or "person"."""
    found = Standing.objects.filter(review_id=review_id, lead__isnull=False)
    if by:
        found = found.filter(merged_by=by)
    if chosen:
        found = chosen.within(review_id, found)
    return found.select_related("record", "lead", "source", "run", "imported_from").order_by("record__number")


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged record and why: the link of the rules, or the judgement of a person, or both.

    ``screened`` is what had been decided on the kept record when this one came in: shown, never inherited.
    """

    standing: Standing
    link: DuplicateLink | None
    judgement: Judgement | None
    screened: Outcome | None = None


def explained(standings: Sequence[Standing]) -> list[Merge]:
    """Each merged record with the strongest link and the judgement that join it to its group, the lead's own first."""
    if not standings:
        return []
    review_id, ids = standings[0].review_id, {one.pk for one in standings}
    ends = Q(first_id__in=ids) | Q(second_id__in=ids)
    links = list(DuplicateLink.objects.filter(ends, review_id=review_id))
    said = list(
        Judgement.objects.filter(ends, review_id=review_id, answer=Answer.SAME, lifted_at__isnull=True).select_related(
            "by"
        )
    )
    rows: list[DuplicateLink | Judgement] = [*links, *said]
    others = {pk for row in rows for pk in (row.first_id, row.second_id)}
    leads = dict(Standing.objects.filter(pk__in=others).values_list("pk", "lead_id"))
    group = {pk: lead or pk for pk, lead in leads.items()}
    links.sort(key=lambda link: (not link.automatic, -link.score, link.pk))
    before = outcomes_before(standings)
    return [
        Merge(one, _joining(one, links, group), _joining(one, said, group), before.get(one.pk)) for one in standings
    ]


def _joining(standing: Standing, rows: Sequence[Any], group: dict[int, int]) -> Any:
    """The first row that joins the record to its lead, else to another member of its group."""
    own = [row for row in rows if standing.pk in (row.first_id, row.second_id)]
    inside = [row for row in own if group.get(row.first_id) == group.get(row.second_id) == standing.lead_id]
    return next((row for row in inside if standing.lead_id in (row.first_id, row.second_id)), next(iter(inside), None))


@dataclass(frozen=True, slots=True)
class Said:
    """One act of a person: the answer for some records, by whom and when; undone by its id."""

    act: str
    answer: str
    records: list[Record]
    by: str
    at: datetime


def apart_acts(review: Review) -> QuerySet[Judgement, Any]:
    """Acts by which records are kept apart, the newest first; for `told`."""
    return _acts(review).exclude(answer=Answer.SAME)


def _acts(review: Review) -> QuerySet[Judgement, Any]:
    held = Judgement.objects.filter(review=review, lifted_at__isnull=True)
    return held.values("act", "answer", "by__name").annotate(last=Max("at"), newest=Max("pk")).order_by("-newest")


def told(review: Review, acts: Sequence[dict[str, Any]]) -> list[Said]:
    """The acts in words, each with its records by number."""
    pairs = Judgement.objects.filter(review=review, act__in=[one["act"] for one in acts], lifted_at__isnull=True)
    members: dict[Any, set[int]] = {}
    for act, first, second in pairs.values_list("act", "first_id", "second_id"):
        members.setdefault(act, set()).update((first, second))
    ids = set().union(*members.values()) if members else set()
    records = {record.pk: record for record in Record.objects.filter(pk__in=ids)}
    return [
        Said(
            str(one["act"]),
            Answer(one["answer"]).label,
            sorted((records[pk] for pk in members.get(one["act"], ())), key=lambda record: record.number),
            one["by__name"],
            one["last"],
        )
        for one in acts
    ]


def last_act(member: Membership) -> Said | None:
    """What this member said last, if it still holds: for the undo on the card's page."""
    acts = _acts(member.review).filter(by=member.user)[:1]
    return next(iter(told(member.review, list(acts))), None)


def last_choice(member: Membership, record: Record) -> KeptChoice | None:
    """The newest choice in a record's group that still holds, for its undo."""
    rows = KeptChoice.objects.filter(review=member.review, record__in=group_of(member.review_id, [record.pk]))
    return rows.filter(lifted_at__isnull=True).select_related("by", "record").order_by("-pk").first()


def wrongly_merged(review_id: int) -> set[int]:
    """Records that a rule merged and a person parted again ("not a duplicate"), where that still holds."""
    held = Judgement.objects.filter(review_id=review_id, answer=Answer.DIFFERENT, lifted_at__isnull=True)
    apart = {frozenset(pair) for pair in held.values_list("first_id", "second_id")}
    links = DuplicateLink.objects.filter(review_id=review_id, automatic=True)
    ruled = {frozenset(pair) for pair in links.values_list("first_id", "second_id")} & apart
    parted = AuditEvent.objects.filter(review_id=review_id, verb="part duplicate").values_list("subject_id", flat=True)
    return {pk for pair in ruled for pk in pair} & {pk for pk in parted if pk is not None}


@dataclass(frozen=True, slots=True)
class Check:
    """The spot check: ``records`` of ``total`` merges by rule that were drawn, those of them that are wrong."""

    drawn: list[int]
    wrong: set[int]
    total: int

    @property
    def is_everything(self) -> bool:
        """True where nothing is left undrawn, so that no bound is needed."""
        return len(self.drawn) == self.total


def spot_check(review: Review, size: int) -> Check:
    """``size`` of all records that a rule merged, including those that a person parted since."""
    wrong = wrongly_merged(review.pk)
    frame = set(merged(review.pk, "rule").order_by().values_list("pk", flat=True)) | wrong
    drawn = sample(frame, seed=review.pk, size=size)
    return Check(drawn, wrong & set(drawn), len(frame))


def check_rows(review_id: int, check: Check) -> list[Merge]:
    """The drawn records that are still merged, in the order of the draw."""
    standing = {one.pk: one for one in merged(review_id, "rule").filter(pk__in=check.drawn)}
    return explained([standing[pk] for pk in check.drawn if pk in standing])


def last_job(review: Review) -> Job | None:
    """The newest search for duplicates."""
    return Job.objects.filter(review_id=review.pk, name=NAME).order_by("-pk").first()


def time_left(job: Job | None) -> str:
    """How long the present step of a search will take yet, at its own pace, in words; "" where that cannot be told."""
    since = job and (job.phase_since or job.started_at)
    if job is None or job.state != JobState.RUNNING or not since or not job.lease_until:
        return ""
    elapsed = (job.lease_until - LEASE - since).total_seconds()
    left = seconds_left(done=job.done_n, began_with=0, total=job.total_n, elapsed=elapsed)
    return "" if left is None else f"{in_words(left)} of this step"


CSV_HEAD = ("group", "lead", "member", "rule", "score", "reason", "who", "when")


def csv_rows(review: Review) -> Iterator[tuple[object, ...]]:
    """A row per merged record; group is the number of the record that leads it, when is UTC."""
    rows = merged(review.pk).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        ids = [one.pk for one in chunk]
        changes = Change.objects.filter(record_id__in=ids, fact=ChangeOf.LEAD).exclude(value="")
        when = dict(changes.values("record_id").annotate(at=Max("at")).values_list("record_id", "at"))
        for merge in explained(chunk):
            yield _csv_row(merge, when.get(merge.standing.pk))


def _csv_row(merge: Merge, at: datetime | None) -> tuple[object, ...]:
    standing, link = merge.standing, merge.link
    assert standing.lead is not None  # noqa: S101  only merged records are listed
    who = str(merge.judgement.by) if merge.judgement and standing.merged_by == "person" else ""
    return (
        standing.lead.number, standing.lead.number, standing.record.number,
        standing.merged_by if standing.merged_by == "person" or link is None else link.rule,
        f"{link.score:.3f}" if link else "", link.reason if link else "", who,
        at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else "",
    )  # fmt: skip
