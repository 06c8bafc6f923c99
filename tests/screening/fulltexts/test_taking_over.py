"""Decisions of another tool come in whole or not at all, at both stages, with their rulings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from screening.conflicts.models import Ruling
from screening.decisions.models import Item, Vote
from screening.decisions.pairs import agreement_of
from screening.decisions.verdict import Decision, Stage
from screening.decisions.vote_row import VoteRow
from screening.dedupe.stored import Place, write_places
from screening.fulltexts.actions import log_attempt, mark_not_retrieved
from screening.fulltexts.models import Report, RetrievalAttempt
from screening.fulltexts.taking_over import Brought, TakingOver
from screening.imports.models import Import
from screening.prisma.check import check
from screening.records.models import Record
from screening.reviews.models import Review
from tests.factories import alice, bob, carol, included_record, lead, make_import, make_review

pytestmark = pytest.mark.django_db
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@pytest.fixture
def review() -> Review:
    """Alice and Bob review, Carol rules; records 1 to 3 have the ids r1 to r3."""
    review = make_review()
    for member in (alice, bob, carol):
        member(review)
    make_import(review, records=3)
    for record in Record.objects.filter(review=review):
        record.ids = {"record_id": f"r{record.number}"}
        record.save()
    return review


def sought(review: Review) -> Record:
    """One more record, "ft", whose report is sought."""
    record = included_record(review)
    Import.objects.filter(pk=record.imported_from_id).update(markers=1, parsed=1)
    record.ids = {"record_id": "ft"}
    record.save()
    return record


def row(record: str, who: str, decision: str, line: int = 2, **more: Any) -> VoteRow:
    return VoteRow(line=line, ids=(record,), reviewer=f"{who}@example.org", decision=Decision(decision), **more)


def take(review: Review, *rows: VoteRow, stage: Stage = TA, partial: bool = False) -> Brought:
    return TakingOver(review, stage, lead(review), "votes.csv").take_over(rows, partial=partial)


def item(review: Review, number: int, stage: Stage = TA) -> Item:
    return Item.objects.get(review=review, record__number=number, stage=stage)


def test_votes_and_the_ruling_on_their_conflict_come_in_together(review: Review) -> None:
    decided = datetime(2023, 3, 1, tzinfo=UTC)
    brought = take(
        review,
        row("r1", "carol", "include", adjudicator=True, decided_at=decided),
        row("r1", "alice", "include"),
        row("r1", "bob", "exclude"),
        row("r2", "alice", "exclude"),
        row("r2", "bob", "exclude"),
    )
    assert (brought.votes, brought.rulings, brought.repeated, brought.fits) == (4, 1, 0, True)
    assert (item(review, 1).via, item(review, 1).decision, item(review, 2).decision) == (
        "adjudicator",
        "include",
        "exclude",
    )
    ruling = Ruling.objects.get()
    assert (ruling.rationale, ruling.at) == ("Brought in from votes.csv, no reason given.", decided)
    assert check(review).violations == []
    assert agreement_of(review, TA)[0].n == 2


def test_a_note_is_the_rulings_rationale(review: Review) -> None:
    take(review, row("r1", "alice", "include"), row("r1", "bob", "exclude"))
    take(review, row("r1", "carol", "exclude", adjudicator=True, note="No comparison."))
    assert Ruling.objects.get().rationale == "No comparison."


def test_nothing_is_stored_unless_every_row_fits(review: Review) -> None:
    rows = (
        row("r1", "alice", "include"),
        row("r9", "alice", "include", 3),
        row("r2", "zoe", "include", 4),
        row("r3", "carol", "include", 5),
    )
    brought = take(review, *rows)
    assert (brought.votes, Vote.objects.count()) == (0, 0)
    assert [(entry["line"], entry["record"]) for entry in brought.unmatched] == [(3, "r9"), (4, "r2")]
    assert [(entry["line"], entry["reason"]) for entry in brought.refused] == [
        (5, "Carol Chen is no reviewer of this review.")
    ]


def test_partial_stores_the_rows_that_fit(review: Review) -> None:
    brought = take(review, row("r1", "alice", "include"), row("r9", "alice", "include", 3), partial=True)
    assert (brought.votes, len(brought.unmatched), Vote.objects.count()) == (1, 1, 1)


def test_the_same_file_again_adds_nothing(review: Review) -> None:
    rows = (row("r1", "alice", "include"), row("r1", "bob", "exclude"), row("r1", "carol", "exclude", adjudicator=True))
    take(review, *rows)
    brought = take(review, *rows)
    assert (brought.votes, brought.rulings, brought.repeated, brought.fits) == (0, 0, 3, True)


def test_two_votes_of_one_reviewer_on_a_record_and_its_duplicate_contradict_each_other(review: Review) -> None:
    first, second = Record.objects.filter(review=review, number__in=(1, 2)).order_by("number")
    write_places(review.pk, {second.pk: Place(first.pk, "rule")})
    brought = take(
        review,
        row("r1", "alice", "include", 2),
        row("r2", "alice", "exclude", 3),
        row("r1", "bob", "include", 4),
        row("r2", "bob", "include", 5),
        partial=True,
    )
    assert (brought.votes, brought.repeated) == (1, 1)
    assert [entry["line"] for entry in brought.refused] == [2, 3]


def test_a_ruling_without_a_conflict_is_refused(review: Review) -> None:
    brought = take(
        review,
        row("r1", "alice", "include"),
        row("r1", "bob", "include"),
        row("r1", "carol", "include", 4, adjudicator=True),
    )
    assert [entry["line"] for entry in brought.refused] == [4]
    assert "not in conflict" in brought.refused[0]["reason"]


def test_i31_a_decision_on_a_report_shows_that_it_was_at_hand(review: Review) -> None:
    record = sought(review)
    brought = take(
        review, row("ft", "alice", "exclude", reason="Focus"), row("ft", "bob", "exclude", reason="Focus"), stage=FT
    )
    assert (brought.votes, brought.fits) == (2, True)
    assert Report.objects.get(record=record).status == "retrieved"
    attempt = RetrievalAttempt.objects.get()
    assert (attempt.way, attempt.outcome) == ("votes.csv", "decision made elsewhere")
    settled = Item.objects.get(record=record, stage=FT)
    assert (settled.decision, settled.reason) == ("exclude", "focus")
    assert check(review).violations == []


def test_a_report_given_up_stays_so(review: Review) -> None:
    record = sought(review)
    log_attempt(member=lead(review), record=record, way="letter", outcome="none")
    mark_not_retrieved(member=lead(review), record=record, cause="no_reply")
    brought = take(review, row("ft", "alice", "include"), stage=FT)
    assert "not retrieved" in brought.refused[0]["reason"]


def test_i17_a_full_text_exclude_without_a_reason_is_refused(review: Review) -> None:
    sought(review)
    brought = take(review, row("ft", "alice", "exclude"), row("r1", "bob", "include", 3), stage=FT)
    assert ["needs one reason" in brought.refused[0]["reason"], brought.refused[1]["line"]] == [True, 3]
    assert not Report.objects.exists()


def test_unreadable_rows_are_refused_with_their_problem(review: Review) -> None:
    brought = take(review, VoteRow(line=7, ids=("r1",), problem="The row has no decision."))
    assert brought.refused == [
        {"line": 7, "record": "r1", "title": "", "reviewer": "", "reason": "The row has no decision."}
    ]
