"""Which reports are sought, how far each has come, and the lists of the full text stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from screening.conflicts.arguments import sides
from screening.decisions import queue as stage_queue
from screening.decisions.models import Item, ItemQuerySet, Quote
from screening.decisions.queue import decided
from screening.decisions.verdict import Decision, ItemState, Stage
from screening.fulltexts.filenames import Sought
from screening.fulltexts.links import Link, links_of
from screening.fulltexts.models import FileKind, LinkResolver, Report, ReportFile, RetrievalAttempt
from screening.protocol.models import Criterion
from screening.records.models import Record
from screening.records.queue import found_by
from screening.reviews.models import Membership, Review

FT = Stage.FULL_TEXT


def sought(review_id: int, now: datetime | None = None) -> ItemQuerySet:
    """Title and abstract items that are revealed, final and included: each is one report sought (R3)."""
    return decided(review_id, Stage.TITLE_ABSTRACT, Decision.INCLUDE, now)


def to_retrieve(review_id: int) -> ItemQuerySet:
    """Sought, and neither retrieved nor given up."""
    return sought(review_id).filter(Q(record__report__isnull=True) | Q(record__report__status=""))


def retrieved(review_id: int) -> ItemQuerySet:
    """Sought and at hand."""
    return sought(review_id).filter(record__report__status="retrieved")


def not_retrieved(review_id: int) -> ItemQuerySet:
    """Sought and given up, with a cause."""
    return sought(review_id).filter(record__report__status="not_retrieved")


def _asked(review_id: int) -> QuerySet[RetrievalAttempt]:
    """Requests that nobody has closed."""
    return RetrievalAttempt.objects.filter(review_id=review_id, asked__gt="", closed_on__isnull=True)


def requested(review_id: int) -> ItemQuerySet:
    """Reports to retrieve that somebody was asked for."""
    return to_retrieve(review_id).filter(record__report__in=_asked(review_id).values("report"))


def overdue(review_id: int) -> ItemQuerySet:
    """Those of `requested` for which an answer was expected before today."""
    late = _asked(review_id).filter(due_on__lt=timezone.localdate())
    return to_retrieve(review_id).filter(record__report__in=late.values("report"))


BOARD = {
    "sought": ("Sought", sought),
    "to-retrieve": ("To retrieve", to_retrieve),
    "requested": ("Requested", requested),
    "overdue": ("Overdue requests", overdue),
    "retrieved": ("Retrieved", retrieved),
    "not-retrieved": ("Not retrieved", not_retrieved),
}


def board_counts(review: Review) -> list[tuple[str, str, int]]:
    """(name, label, number) of each list of the board; requests only where there are some."""
    counts = [(name, label, rows(review.pk).count()) for name, (label, rows) in BOARD.items()]
    return [one for one in counts if one[2] or one[0] not in ("requested", "overdue")]


def board_rows(review: Review, name: str, query: str = "") -> ItemQuerySet:
    """The items of one list of the board in the order of import, found by words; reports, attempts and files come along."""
    items = BOARD[name][1](review.pk)
    if query:
        items = items.filter(record__in=found_by(Record.objects.filter(review=review), query))
    return (
        items.select_related("record__report")
        .prefetch_related("record__report__attempts__by")
        .order_by("order_key", "pk")
    )


def report_of(record: Record) -> Report | None:
    """The report's row, if anybody acted upon it yet."""
    return Report.objects.filter(record=record).first()


def attempts_of(record: Record) -> list[RetrievalAttempt]:
    """Every try, the oldest first."""
    return list(RetrievalAttempt.objects.filter(report__record=record).select_related("by"))


def files_of(record: Record) -> list[ReportFile]:
    """Files of the report that were not removed: the report itself first, then the newest."""
    files = ReportFile.objects.filter(report__record=record, removed_at__isnull=True).select_related("by")
    return sorted(files.order_by("-pk"), key=lambda file: file.kind != FileKind.MAIN)


def removed_files_of(record: Record) -> list[ReportFile]:
    """Files that were taken off, by name and day."""
    return list(ReportFile.objects.filter(report__record=record, removed_at__isnull=False).order_by("-removed_at"))


def sought_by_name(review: Review) -> list[Sought]:
    """Every sought report as file names may tell of it."""
    rows = sought(review.pk).values_list(
        "record__number", "record__title", "record__doi", "record__authors", "record__year"
    )
    return [Sought(number, title, doi, _family(authors), year) for number, title, doi, authors, year in rows]


def _family(authors: list[str]) -> str:
    return authors[0].partition(",")[0].strip() if authors else ""


def links_to(record: Record) -> list[Link]:
    """The ways to a report that its identifiers and the review's link resolver open."""
    template = LinkResolver.objects.filter(review_id=record.review_id).values_list("template", flat=True).first() or ""
    pmcid = str(record.ids.get("pmcid", ""))
    return list(links_of(doi=record.doi, title=record.title, pmid=record.pmid, pmcid=pmcid, template=template))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far the review of a report has come, as everybody may know it: "In review" until the votes are open (B2)."""

    word: str
    reason: str = ""
    is_final: bool = False
    item_id: int = 0
    has_votes: bool = False


def outcome_of(record: Record) -> Outcome | None:
    """The outcome at full text; None where the report never came under review."""
    item = Item.objects.seen().filter(record=record, stage=FT).first()
    if item is None:
        return None
    final = item.seen_state == ItemState.FINAL  # type: ignore[attr-defined]
    if final:
        reason = reason_labels(record.review_id).get(item.reason, item.reason)
        word = "Included" if item.decision == Decision.INCLUDE else "Excluded"
        return Outcome(word, reason, True, item.pk, True)
    waits = item.seen_state in (ItemState.OPEN, ItemState.PARTIAL)  # type: ignore[attr-defined]
    return Outcome("In review" if waits else "In conflict", item_id=item.pk, has_votes=item.votes_in > 0)


def quotes_behind(member: Membership, record: Record) -> list[tuple[str, list[Quote]]]:
    """(voter, quotes) of a report whose review is settled; nothing before, so that no name is told that is masked (S4)."""
    item = Item.objects.revealed().filter(record=record, stage=FT, state=ItemState.FINAL).first()
    if item is None:
        return []
    return [(side.name, list(side.quotes)) for side in sides(member, item) if side.quotes]


def reason_labels(review_id: int) -> dict[str, str]:
    """Criterion key -> its label in the newest version that has it."""
    rows = Criterion.objects.filter(version__review_id=review_id).order_by("version__number")
    return dict(rows.values_list("key", "label"))


def stage_lists(member: Membership) -> dict[str, ItemQuerySet]:
    """The lists of the full text stage by name; outcomes only where they are revealed."""
    review_id = member.review_id
    return {
        "to-review": stage_queue.waiting_for(member, FT),
        "my-votes": stage_queue.my_votes(member, FT),
        "awaiting": stage_queue.awaiting_other(member, FT),
        "conflicts": stage_queue.in_conflict(review_id, FT),
        "excluded": decided(review_id, FT, Decision.EXCLUDE),
        "included": decided(review_id, FT, Decision.INCLUDE),
    }


def reasons(review_id: int) -> list[tuple[str, str, int]]:
    """(key, label, number) of the reasons for exclusion at full text, in order of number."""
    labels = reason_labels(review_id)
    rows = (
        decided(review_id, FT, Decision.EXCLUDE)
        .order_by()
        .values("reason")
        .annotate(n=Count("pk"))
        .order_by("-n", "reason")
    )
    return [(row["reason"], labels.get(row["reason"], row["reason"]), row["n"]) for row in rows]
