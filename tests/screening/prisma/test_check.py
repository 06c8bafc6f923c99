"""check_review finds nothing in a review that was made by the site, and names what was damaged behind its back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from screening.audit.guards import lifted
from screening.audit.models import AuditEvent
from screening.conflicts.actions import escalate, record_own_reading, rule, take_position
from screening.conflicts.models import OwnReading, Position, Ruling
from screening.decisions.actions import reopen_item
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import Decision
from screening.dedupe.stored import Place, write_places
from screening.fulltexts.actions import log_attempt, mark_not_retrieved, mark_retrieved
from screening.fulltexts.models import Report, RetrievalAttempt
from screening.imports.models import Import
from screening.prisma import check_counts
from screening.prisma.check import AT_MOST, RULES, check
from screening.prisma.counts import Fate, fates_now, flow_of
from screening.prisma.flow import Flow
from screening.protocol.models import ProtocolVersion
from screening.records.models import Change, Record, Standing
from screening.reviews.actions import change_roles, end_membership
from screening.reviews.models import Review
from screening.roles import Role
from screening.studies.actions import create_study
from screening.studies.models import StudyReport
from tests.factories import (
    alice,
    bob,
    carol,
    lead,
    make_import,
    make_review,
    open_screening,
    reveal,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    """Records 1 to 9: a report included, one excluded, one not retrieved; a discussion, a ruling, a reopening; a duplicate."""
    review = make_review()
    make_import(review, database="MEDLINE", records=5)
    make_import(review, database="Scopus", records=4)
    items = open_screening(review)
    write_places(review.pk, {items[8].record_id: Place(items[0].record_id, "rule")})
    for item in items[:3]:
        settled(review, item, "include", "include")
    for item in items[3:5]:
        settled(review, item, "include", "exclude")
    settled(review, items[5], "exclude", "exclude")
    for member in (alice(review), bob(review)):
        take_position(member=member, item_id=items[3].pk, decision=Decision.EXCLUDE)
    escalate(member=alice(review), item_id=items[4].pk)
    record_own_reading(member=carol(review), item_id=items[4].pk, answers={"focus": "met"})
    rule(member=carol(review), item_id=items[4].pk, decision=Decision.EXCLUDE, rationale="Only students.")
    reopen_item(item_id=items[5].pk, lead=lead(review), reason="Read it again")
    settled(review, items[5], "exclude", "exclude")
    vote(alice(review), items[6], "maybe")
    full_text(review, [item.record for item in items[:3]])
    return review


def full_text(review: Review, records: list[Record]) -> None:
    included, excluded, missing = records
    for record in (included, excluded):
        mark_retrieved(member=lead(review), record=record)
    log_attempt(member=lead(review), record=missing, way="letter", outcome="no answer")
    mark_not_retrieved(member=lead(review), record=missing, cause="no_reply")
    for member in (alice(review), bob(review)):
        vote(member, Item.objects.get(record=included, stage="ft"), "include", answers={"focus": "met"})
        vote(member, Item.objects.get(record=excluded, stage="ft"), "exclude", answers={"focus": "not_met"})
    reveal(review)
    create_study(member=lead(review), label="Archer 2020", records=[included])


def record(review: Review, number: int) -> Record:
    return Record.objects.get(review=review, number=number)


def item(review: Review, number: int, stage: str = "ta") -> Item:
    return Item.objects.get(record__review=review, record__number=number, stage=stage)


DAMAGE: dict[str, tuple[str, Callable[[Review], object]]] = {
    "a record vanishes": ("I1", lambda r: Standing.objects.filter(record=record(r, 8)).delete()),
    "an import claims more": ("I3", lambda r: Import.objects.filter(review=r).update(markers=6, parsed=6)),
    "a query is blank": ("I4", lambda r: Import.objects.filter(review=r).update(query=" ")),
    "an outcome is not logged": ("I8", lambda r: Change.objects.filter(record=record(r, 4), fact="ta").delete()),
    "a vote is not logged": ("I8", lambda r: AuditEvent.objects.filter(item_id=item(r, 7).pk).delete()),
    "a duplicate of a duplicate": (
        "I11",
        lambda r: Standing.objects.filter(record=record(r, 8)).update(lead=record(r, 9), merged_by="rule"),
    ),
    "votes are miscounted": ("I13", lambda r: Item.objects.filter(pk=item(r, 7).pk).update(votes_in=0)),
    "a vote of somebody who never screened": (
        "I14",
        lambda r: Vote.objects.filter(item=item(r, 7)).update(reviewer=lead(r)),
    ),
    "a vote of somebody who was an observer then": (
        "I14",
        lambda r: AuditEvent.objects.filter(verb="joined the team", subject_label="Alice Archer").update(
            after={"roles": ["observer"]}
        ),
    ),
    "a vote of somebody else than the log says": (
        "I14",
        lambda r: AuditEvent.objects.filter(item_id=item(r, 7).pk).update(actor_id=bob(r).user_id),
    ),
    "an adjudicator voted": ("I15", lambda r: Ruling.objects.filter(review=r).update(adjudicator=alice(r))),
    "half a pair settles": (
        "I16",
        lambda r: Item.objects.filter(pk=item(r, 7).pk).update(
            state="final", decision="include", via="agreement", reveal_at=timezone.now()
        ),
    ),
    "an include becomes an exclude": ("I16", lambda r: Item.objects.filter(pk=item(r, 1).pk).update(decision="exclude")),
    "a reason nobody gave": ("I17", lambda r: Vote.objects.filter(item=item(r, 2, "ft")).update(reason="invented")),
    "an include with a failed criterion": (
        "I18",
        lambda r: Vote.objects.filter(item=item(r, 1, "ft")).update(answers={"focus": "not_met"}),
    ),
    "a vote changed late": (
        "I20",
        lambda r: Vote.objects.filter(item=item(r, 1)).update(changed_at=timezone.now() + timedelta(days=1)),
    ),
    "a ruling rewritten": ("I21", lambda r: Ruling.objects.filter(review=r).update(decision="include")),
    "a ruling without a reading": ("I21", lambda r: OwnReading.objects.filter(review=r).delete()),
    "a confirmation lost": ("I22", lambda r: Position.objects.filter(member=alice(r)).delete()),
    "a reopening without a reason": ("I23", lambda r: AuditEvent.objects.filter(verb="reopen").update(reason="")),
    "a protocol thawed": (
        "I24",
        lambda r: ProtocolVersion.objects.filter(review=r).update(frozen_at=timezone.now() + timedelta(days=1)),
    ),
    "a reviewed report is gone": ("I31", lambda r: Report.objects.filter(record=record(r, 1)).update(status="")),
    "an attempt is gone": ("I32", lambda r: RetrievalAttempt.objects.filter(review=r).delete()),
    "a vote of another review": (
        "ties",
        lambda r: Vote.objects.filter(item=item(r, 7)).update(reviewer=lead(make_review("Another"))),
    ),
}  # fmt: skip


def test_a_review_made_by_the_site_holds(review: Review) -> None:
    checked = check(review)
    assert checked.violations == []
    assert checked.holds
    assert set(checked.laws) == {f"L{n}" for n in range(1, 10)} | {name for name, _ in RULES}
    assert all(checked.laws.values())


def test_each_damage_is_named_by_its_rule(review: Review) -> None:
    told: dict[str, str] = {}
    connection.check_constraints()  # PostgreSQL moves no trigger of a table while its constraints wait to be checked
    with lifted():
        for name, (wanted, damage) in DAMAGE.items():
            with transaction.atomic():
                damage(review)
                checked = check(review)
                seen = not checked.laws[wanted] and f"{wanted}: " in " ".join(checked.violations)
                told[name] = wanted if seen else "unseen"
                transaction.set_rollback(True)
    assert told == {name: wanted for name, (wanted, _) in DAMAGE.items()}


def test_i5_i12_a_record_counted_twice_or_in_a_wrong_box_is_seen(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(review: Review, buckets: list[str] | None = None) -> list[Fate]:
        fates = fates_now(review, buckets)
        return fates + fates[:1]

    monkeypatch.setattr(check_counts, "fates_now", twice)
    laws = check(review).laws
    assert (laws["I5"], laws["I12"]) == (False, False)


def test_i12_an_undo_window_that_ends_during_the_check_is_no_violation(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for member in (alice(review), bob(review)):
            if not Vote.objects.active().filter(item=item(review, 7), reviewer=member).exists():
                vote(member, item(review, 7), "include")

        def then_the_window_ends(review: Review) -> Flow:
            flow = flow_of(review)
            clock.shift(3600)
            return flow

        sealed = flow_of(review).number("dbr_sought_reports")
        monkeypatch.setattr(check_counts, "flow_of", then_the_window_ends)
        assert list(check_counts.each_number_opens_as_many_records(review)) == []
        assert flow_of(review).number("dbr_sought_reports") == sealed + 1


def test_i14_votes_of_those_who_left_or_changed_roles_since_are_sound(review: Review) -> None:
    change_roles(member=alice(review), roles=[Role.OBSERVER], actor=lead(review).user)
    end_membership(member=bob(review), actor=lead(review).user)
    assert check(review).laws["I14"]


def test_i14_a_vote_cast_after_its_voter_had_left_is_told(review: Review) -> None:
    end_membership(member=alice(review), actor=lead(review).user)
    with lifted():
        left = AuditEvent.objects.get(verb="left the team")
        AuditEvent.objects.filter(pk=left.pk).update(at=left.at - timedelta(hours=1))
        cast = AuditEvent.objects.get(verb="cast vote", item_id=item(review, 7).pk)
        cast.pk = None
        cast.save()
        AuditEvent.objects.filter(verb="cast vote", item_id=item(review, 7).pk).exclude(pk=cast.pk).delete()
    assert check(review).violations == ["I14: a vote on record 7 was cast by somebody who was no active reviewer then."]


def test_l2_a_number_that_does_not_add_up_is_told_with_its_numbers(review: Review) -> None:
    Import.objects.filter(review=review, source__name="Scopus").update(markers=5, parsed=5)
    checked = check(review)
    assert not checked.laws["L2"]
    assert any(sentence.startswith("L2 does not hold") and "10" in sentence for sentence in checked.violations)


def test_i33_a_study_link_lost_leaves_the_counts_sound(review: Review) -> None:
    StudyReport.objects.filter(review=review).delete()
    checked = check(review)
    assert checked.laws["I33"]
    assert not checked.laws["I8"]  # the log still has the link


def test_many_sentences_of_a_rule_are_cut() -> None:
    review = make_review()
    make_import(review, records=AT_MOST + 5)
    for one in open_screening(review):
        vote(alice(review), one, "include")
    Item.objects.filter(review=review).update(votes_in=2)
    violations = check(review).violations
    assert len(violations) == AT_MOST + 1
    assert violations[-1] == "I13: and 5 more of the kind."


def test_check_review_exits_with_one_and_one_line_each(review: Review) -> None:
    Item.objects.filter(pk=item(review, 7).pk).update(votes_in=0)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 thing does not hold\.$"):
        call_command("check_review", "--all", stdout=out)
    assert out.getvalue() == f"{review.slug}: I13: record 7 says that it holds 0 votes, but 1 are there.\n"


def test_check_review_prints_one_json_document(review: Review) -> None:
    out = StringIO()
    call_command("check_review", review.slug, "--json", stdout=out)
    document = json.loads(out.getvalue())
    assert document["violations"] == []
    assert document["laws"]["L1"] is True
