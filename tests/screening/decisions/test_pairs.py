"""Which votes count for agreement, and how they are paired."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from screening.conflicts.actions import escalate, record_own_reading, rule, take_position
from screening.decisions.actions import reopen_item
from screening.decisions.agreement_many import ONE_ANSWER
from screening.decisions.models import Item, Vote
from screening.decisions.pairs import DEPENDENT, PairAgreement, Subject, agreement_of
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.stored import Place, write_places
from screening.fulltexts.actions import mark_retrieved
from screening.protocol.actions import freeze_protocol, set_stage_rules
from screening.protocol.versions import draft_of
from screening.reviews.models import Review
from tests.factories import (
    alice,
    bob,
    carol,
    included_record,
    lead,
    make_import,
    make_member,
    make_review,
    open_screening,
    reveal,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db
TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


def screened(review: Review, *pairs: str) -> list[Item]:
    """Alice's and Bob's votes on as many records: "ie" is include and exclude."""
    words = {"i": "include", "m": "maybe", "e": "exclude"}
    make_import(review, records=len(pairs))
    items = open_screening(review)
    for item, pair in zip(items, pairs, strict=True):
        settled(review, item, words[pair[0]], words[pair[1]])
    return items


def headline(found: list[PairAgreement], round_: int = 1) -> PairAgreement:
    (entry,) = [one for one in found if one.subject is Subject.DECISION and one.round == round_]
    return entry


def table(entry: PairAgreement) -> tuple[tuple[int, ...], ...]:
    assert entry.found is not None
    return entry.found.table


def test_the_headline_reads_maybe_as_include_and_a_second_table_keeps_it_apart() -> None:
    review = make_review()
    screened(review, "ii", "mi", "me", "ie", "ee", "ee")
    found = agreement_of(review, TA)
    assert headline(found).reviewers == ("Alice Archer", "Bob Baker")
    assert table(headline(found)) == ((2, 2), (0, 2))
    (three,) = [one for one in found if one.subject is Subject.THREE_WAY]
    assert table(three) == ((1, 0, 1), (1, 0, 1), (0, 0, 2))


def test_i36_the_table_sums_to_what_both_voted_on() -> None:
    review = make_review()
    make_import(review, records=3)
    first, second, _ = open_screening(review)
    settled(review, first, "include", "exclude")
    vote(alice(review), second, "include")
    entry = headline(agreement_of(review, TA))
    assert entry.n == 1 == sum(map(sum, table(entry)))


def test_i35_a_pair_inside_its_undo_window_does_not_count_yet() -> None:
    review = make_review()
    make_import(review, records=1)
    (item,) = open_screening(review)
    vote(alice(review), item, "include")
    vote(bob(review), item, "exclude")
    assert agreement_of(review, TA) == []
    assert headline(agreement_of(review, TA, now=timezone.now() + timedelta(minutes=2))).n == 1


def test_i37_neither_a_discussion_nor_a_ruling_changes_agreement() -> None:
    review = make_review()
    talked, ruled = screened(review, "ie", "ie")
    before = agreement_of(review, TA)
    for member in (alice(review), bob(review)):
        take_position(member=member, item_id=talked.pk, decision=Decision.INCLUDE)
    escalate(member=alice(review), item_id=ruled.pk)
    record_own_reading(member=carol(review), item_id=ruled.pk, answers={})
    rule(member=carol(review), item_id=ruled.pk, decision=Decision.EXCLUDE, rationale="No data.")
    assert agreement_of(review, TA) == before


def test_both_the_first_and_the_reopened_round_are_told_apart() -> None:
    review = make_review()
    (item,) = screened(review, "ee")
    reopen_item(item_id=item.pk, lead=lead(review), reason="New criterion")
    assert table(headline(agreement_of(review, TA))) == ((0, 0), (0, 1))
    settled(review, item, "include", "include")
    found = agreement_of(review, TA)
    assert table(headline(found, 1)) == ((0, 0), (0, 1))
    assert table(headline(found, 2)) == ((1, 0), (0, 0))


def test_dd14_votes_on_duplicates_and_removed_records_do_not_count() -> None:
    review = make_review()
    items = screened(review, "ii", "ie", "ee")
    write_places(review.pk, {items[1].record_id: Place(items[0].record_id, "person")})
    assert table(headline(agreement_of(review, TA))) == ((1, 0), (0, 1))


def test_criteria_count_where_both_answered() -> None:
    review = make_review()
    make_import(review, records=2)
    items = open_screening(review)
    for item, answers in zip(items, ({"focus": "met"}, {"focus": "not_met", "scope": "met"}), strict=True):
        vote(alice(review), item, "exclude", answers=answers)
        vote(bob(review), item, "exclude", answers={"focus": "met"})
    reveal(review)
    (entry,) = [one for one in agreement_of(review, TA) if one.subject is Subject.CRITERION]
    assert (entry.key, entry.label) == ("focus", "Focus")
    assert table(entry) == ((1, 0, 0), (1, 0, 0), (0, 0, 0))


def test_reasons_count_at_full_text_where_both_exclude() -> None:
    review = make_review()
    record = included_record(review)
    mark_retrieved(member=lead(review), record=record)
    item = Item.objects.get(record=record, stage="ft")
    vote(alice(review), item, "exclude", answers={"focus": "not_met"}, reason="focus")
    vote(bob(review), item, "exclude", answers={"scope": "not_met"}, reason="scope")
    reveal(review)
    (entry,) = [one for one in agreement_of(review, FT) if one.subject is Subject.REASON]
    assert entry.found is not None
    where = entry.found.categories.index("focus"), entry.found.categories.index("scope")
    assert table(entry)[where[0]][where[1]] == 1 == entry.n


def test_b9_liberal_mode_says_why_nothing_is_estimated() -> None:
    review = make_review(frozen=False)
    draft = draft_of(review)
    assert draft is not None
    set_stage_rules(version=draft, actor=lead(review).user, ta_mode="liberal")
    freeze_protocol(version=draft, actor=lead(review).user)
    screened(review, "ee")
    (entry,) = agreement_of(review, TA)
    assert (entry.found, entry.why, entry.n) == (None, DEPENDENT, 1)
    assert entry.figures()["kappa"] is None


def test_three_reviewers_have_an_alpha_of_all_and_namesakes_are_told_apart() -> None:
    review = make_review()
    make_import(review, records=3)
    third = make_member(review, "Dan Drew")
    third.user.name = "Bob Baker"
    third.user.save()
    items = open_screening(review)
    for item, pair in zip(
        items, ((alice(review), bob(review)), (bob(review), third), (alice(review), third)), strict=True
    ):
        for member in pair:
            vote(member, item, "include" if item is items[0] else "exclude")
    reveal(review)
    found = [one for one in agreement_of(review, TA) if one.subject is Subject.DECISION]
    assert len(found) == 3
    assert {one.alpha_all for one in found} == {1.0}
    assert {name for one in found for name in one.reviewers} == {
        "Alice Archer",
        f"Bob Baker ({bob(review).user.email})",
        f"Bob Baker ({third.user.email})",
    }


def test_three_reviewers_of_each_record_have_a_fleiss_kappa_and_gaps_leave_it_undefined() -> None:
    review = make_review()
    make_import(review, records=4)
    items = open_screening(review)
    Item.objects.filter(pk__in=[item.pk for item in items[:2]]).update(voters=3, pool=0, pilot=1)
    third = make_member(review, "Dan Drew")
    for item, words in zip(items[:2], (("include", "include", "exclude"), ("exclude",) * 3), strict=True):
        for member, word in zip((alice(review), bob(review), third), words, strict=True):
            Vote.objects.create(
                review=review, item=item, reviewer=member, round=1, slot=member.pk, decision=word, in_pilot=True,
                protocol=review.protocol_versions.get(),
            )  # fmt: skip
    Item.objects.filter(pk__in=[item.pk for item in items[:2]]).update(
        state="conflict", votes_in=3, reveal_at=timezone.now()
    )
    for item, second in zip(items[2:], (bob(review), third), strict=True):
        vote(alice(review), item, "include")
        vote(second, item, "include")
    reveal(review)
    found = {one.when: one for one in agreement_of(review, TA) if one.subject is Subject.DECISION}
    assert list(found) == ["pilot, round 1", "round 1"]
    pilot, main = found["pilot, round 1"].of_all, found["round 1"].of_all
    assert pilot is not None
    assert main is not None
    assert (pilot.raters, pilot.n, pilot.table) == (3, 2, (((0, 3), 1), ((2, 1), 1)))
    assert pilot.fleiss == pytest.approx(0.25)
    assert (main.fleiss, main.fleiss_why) == (None, ONE_ANSWER)
    assert found["round 1"].figures()["all"]["alpha_why"] == ONE_ANSWER
