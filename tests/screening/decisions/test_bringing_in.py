"""Which record, member and criterion a row of votes names; and the vote that it becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import Choice
from screening.decisions.bringing_in import Items, People, Records, Rulebook, Unmatched, bring_in_vote
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import Decision, Stage
from screening.decisions.vote_row import VoteRow
from screening.dedupe.stored import Place, write_places
from screening.records.models import Record
from screening.reviews.actions import end_membership
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, lead, make_import, make_member, make_record, make_review, open_screening, vote

pytestmark = pytest.mark.django_db
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
ROW = VoteRow(line=2, decision=Decision.INCLUDE)


@pytest.fixture
def review() -> Review:
    return make_review()


def hit(review: Review, **fields: Any) -> Record:
    return make_record(make_import(review, records=0), **fields)


@pytest.mark.parametrize(
    "row",
    [
        replace(ROW, ids=("w-1",)),
        replace(ROW, ids=("unknown elsewhere", "W-1")),
        replace(ROW, doi="10.1000/ab"),
        replace(ROW, pmid="123"),
        replace(ROW, title="What helps? - clinicians", year=2019),
        replace(ROW, title="What helps? Clinicians.", year=2018),
        replace(ROW, ids=("rayyan-7",), title="[Was hilft: Kliniker]", year=2019),
    ],
)
def test_each_key_names_the_record(review: Review, row: VoteRow) -> None:
    record = hit(
        review, ids={"accession": "W-1", "database": "MEDLINE"}, doi="10.1000/ab", pmid="123", title="What helps: clinicians",
        title_translated="Was hilft: Kliniker", year=2019, year_early=2018,
    )  # fmt: skip
    hit(review, title="Another")
    assert Records(review).named_by(row) == record.pk


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (replace(ROW), "names no record"),
        (replace(ROW, doi="10.1000/other"), "No record"),
        (replace(ROW, number=99), "No record"),
        (replace(ROW, number=1, doi="10.1000/ab"), "different records"),
        (replace(ROW, ids=("MEDLINE",)), "No record"),
        (replace(ROW, title="Twice", year=2001), "another year"),
        (replace(ROW, title="Twice"), "together with its year"),
        (replace(ROW, title="Twice", year=2020), "names 2 records"),
        (replace(ROW, doi="10.1000/ab", title="Twice", year=2020), "different records"),
    ],
)
def test_nothing_is_guessed_where_none_or_several_are_named(review: Review, row: VoteRow, told: str) -> None:
    hit(review, title="Twice", ids={"database": "MEDLINE"})
    hit(review, title="Twice")
    hit(review, title="Other", doi="10.1000/ab")
    with pytest.raises(Unmatched, match=told):
        Records(review).named_by(row)


def test_a_second_key_tells_records_of_one_number_apart(review: Review) -> None:
    hit(review, ids={"record_id": "1"}, title="First")
    second = hit(review, ids={"record_id": "1"}, title="Second")
    assert Records(review).named_by(replace(ROW, ids=("1",), title="Second", year=2020)) == second.pk


def test_the_number_on_its_pages_names_a_record(review: Review) -> None:
    hit(review, title="First")
    second = hit(review, title="Second")
    assert Records(review).named_by(replace(ROW, number=second.number)) == second.pk


def test_a_duplicate_answers_for_its_lead(review: Review) -> None:
    kept, merged = hit(review, title="Twice", doi="10.1/a"), hit(review, title="Twice", doi="10.1/b")
    write_places(review.pk, {merged.pk: Place(kept.pk, "rule")})
    records = Records(review)
    assert records.named_by(replace(ROW, title="Twice", year=2020)) == kept.pk
    assert records.named_by(replace(ROW, doi="10.1/b")) == kept.pk


def test_records_of_another_review_are_not_named(review: Review) -> None:
    hit(make_review("Another"), doi="10.1000/ab")
    with pytest.raises(Unmatched):
        Records(review).named_by(replace(ROW, doi="10.1000/ab"))


def test_members_are_named_by_address_or_name_without_case(review: Review) -> None:
    member = alice(review)
    assert People(review).named("ALICE@example.org") == member
    assert People(review).named(" alice   archer ") == member


def test_strangers_leavers_and_namesakes_are_not_guessed(review: Review) -> None:
    end_membership(member=alice(review), actor=lead(review).user)
    bob(review)
    namesake = make_member(review, "Dan Drew")
    namesake.user.name = "Bob Baker"
    namesake.user.save()
    for name, told in (("Alice Archer", "no member"), ("Bob Baker", "2 members"), ("", "no reviewer")):
        with pytest.raises(Unmatched, match=told):
            People(review).named(name)


def test_a_reason_answers_its_criterion_by_name_or_key(review: Review) -> None:
    book = Rulebook(review, FT)
    row = replace(ROW, decision=Decision.EXCLUDE, note="Letters only")
    for reason in ("Publication type", "publication_type", "PUBLICATION-TYPE"):
        assert book.choice(replace(row, reason=reason)) == Choice(
            Decision.EXCLUDE, {"publication_type": "not_met"}, reason="publication_type", note="Letters only"
        )


def test_i17_an_unknown_reason_is_refused_at_full_text_and_kept_as_a_note_before(review: Review) -> None:
    row = replace(ROW, decision=Decision.EXCLUDE, reason="wrong outcome", note="n = 3")
    with pytest.raises(NotAllowedNow, match="Name one of: Population"):
        Rulebook(review, FT).choice(row)
    assert Rulebook(review, TA).choice(row) == Choice(Decision.EXCLUDE, note="n = 3\nReason named: wrong outcome")


def test_i24_votes_wait_for_the_frozen_protocol() -> None:
    with pytest.raises(NotAllowedNow, match="draft"):
        Rulebook(make_review(frozen=False), TA)


def bring(review: Review, member: Membership, item_id: int, decision: str, **more: Any) -> bool:
    choice = Choice(Decision(decision))
    return bring_in_vote(
        member=member, item_id=item_id, choice=choice, book=Rulebook(review, TA), source="votes.csv", **more
    )


def test_a_pair_brought_in_is_settled_and_open_at_once_with_its_own_dates(review: Review) -> None:
    item_id = Items(review, TA).of(hit(review).pk)
    cast_at = datetime(2023, 2, 1, tzinfo=UTC)
    assert bring(review, alice(review), item_id, "exclude", cast_at=cast_at)
    assert bring(review, bob(review), item_id, "exclude")
    item = Item.objects.get(pk=item_id)
    assert (item.state, item.decision, item.is_revealed()) == ("final", "exclude", True)
    first = Vote.objects.get(item=item, reviewer=alice(review))
    assert (first.brought_in, first.cast_at) == (True, cast_at)
    told = AuditEvent.objects.filter(item_id=item_id, verb="bring in vote")
    assert {event.reason for event in told} == {"from votes.csv"}
    assert all(event.sealed for event in told)


def test_half_a_pair_brought_in_stays_sealed_and_the_other_votes_here(review: Review) -> None:
    make_import(review, records=1)
    (item,) = open_screening(review)
    bring(review, alice(review), item.pk, "include")
    item.refresh_from_db()
    assert (item.state, item.reveal_at) == ("partial", None)
    assert not Vote.objects.visible_to(bob(review)).exists()
    assert vote(bob(review), item, "exclude").state == "conflict"


def test_the_same_vote_again_adds_nothing_and_another_one_is_refused(review: Review) -> None:
    item_id = Items(review, TA).of(hit(review).pk)
    bring(review, alice(review), item_id, "include")
    assert not bring(review, alice(review), item_id, "include")
    with pytest.raises(NotAllowedNow, match="has voted include"):
        bring(review, alice(review), item_id, "exclude")
    assert Vote.objects.count() == 1


def test_s2_a_third_vote_is_refused(review: Review) -> None:
    item_id = Items(review, TA).of(hit(review).pk)
    for member in (alice(review), bob(review)):
        bring(review, member, item_id, "include")
    with pytest.raises(NotAllowedNow, match="Two votes are already in"):
        bring(review, make_member(review, "Dan Drew"), item_id, "include")


def test_r3_a_report_that_is_not_sought_has_no_item(review: Review) -> None:
    with pytest.raises(NotAllowedNow, match="not under full text review"):
        Items(review, FT).of(hit(review).pk)


def test_a_record_without_a_title_takes_no_vote_before_it_has_one(review: Review) -> None:
    untitled = hit(review, title="")
    with pytest.raises(NotAllowedNow, match="no title yet"):
        Items(review, TA).of(untitled.pk)
    assert not Item.objects.exists()
