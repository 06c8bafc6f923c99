"""A review with one record in each place that an export tells of."""

from __future__ import annotations

from datetime import date

from screening.conflicts.actions import add_comment, escalate, record_own_reading, rule, take_position
from screening.decisions.models import Item
from screening.decisions.verdict import Decision
from screening.dedupe.actions import remove_record
from screening.fulltexts.actions import log_attempt, mark_not_retrieved, mark_retrieved
from screening.records.models import Record, Standing
from screening.reviews.models import Review
from screening.studies.actions import create_study
from tests.factories import alice, bob, carol, lead, make_import, make_review, open_screening, reveal, settled, vote

PLACES = (
    "included",
    "excluded at full text",
    "not retrieved",
    "excluded",
    "half voted",
    "conflict",
    "duplicate",
    "removed",
)


def world() -> tuple[Review, dict[str, Record]]:
    """The review, and the record of each of `PLACES`; what is final was voted by Alice and Bob, the conflict is discussed."""
    review = make_review()
    stored = make_import(review, records=len(PLACES), abstract="About taking part.", journal="A journal")
    records = dict(zip(PLACES, Record.objects.filter(imported_from=stored).order_by("number"), strict=True))
    items = {item.record_id: item for item in open_screening(review)}
    for place in ("included", "excluded at full text", "not retrieved"):
        settled(review, items[records[place].pk], "include", "include")
    settled(review, items[records["excluded"].pk], "exclude", "exclude")
    settled(review, items[records["conflict"].pk], "include", "exclude")
    vote(
        alice(review), items[records["half voted"].pk], "exclude", answers={"focus": "not_met"}, note="A sealed thought"
    )
    Standing.objects.filter(record=records["duplicate"]).update(lead=records["included"], merged_by="rule")
    remove_record(member=lead(review), record=records["removed"], reason="Not a paper")
    _full_text(review, records)
    add_comment(member=alice(review), item_id=items[records["conflict"].pk].pk, text="=An open question")
    return review, records


def _full_text(review: Review, records: dict[str, Record]) -> None:
    log_attempt(
        member=alice(review), record=records["not retrieved"], way="library", outcome="no copy", on=date(2022, 9, 1)
    )
    log_attempt(
        member=bob(review), record=records["not retrieved"], way="e-mail", outcome="no reply", on=date(2022, 9, 8)
    )
    mark_not_retrieved(member=alice(review), record=records["not retrieved"], cause="no_reply")
    for place in ("included", "excluded at full text"):
        mark_retrieved(member=alice(review), record=records[place])
    settled(review, Item.objects.get(record=records["included"], stage="ft"), "include", "include")
    excluded = Item.objects.get(record=records["excluded at full text"], stage="ft")
    vote(alice(review), excluded, "exclude", reason="focus", answers={"focus": "not_met", "timeframe": "not_met"})
    vote(bob(review), excluded, "exclude", reason="focus", answers={"focus": "not_met", "population": "met"})
    reveal(review)
    create_study(member=lead(review), label="Archibald 2017", records=[records["included"]])


def ruled(review: Review, record: Record) -> Item:
    """The conflict talked over and ruled on by Carol."""
    item = Item.objects.get(record=record, stage="ta")
    take_position(member=alice(review), item_id=item.pk, decision=Decision.INCLUDE)
    escalate(member=bob(review), item_id=item.pk, note="We do not agree")
    record_own_reading(member=carol(review), item_id=item.pk, answers={"focus": "met"})
    rule(member=carol(review), item_id=item.pk, decision=Decision.INCLUDE, rationale="It asks what helps.")
    reveal(review)
    item.refresh_from_db()
    return item
