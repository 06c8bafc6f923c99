"""P31 to P37: whatever two people do at one instant ends as if one had come after the other."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from reviewapp.accounts.models import User
from screening.audit.models import AuditEvent
from screening.conflicts.actions import escalate, record_own_reading, rule, take_back_hand_over, take_position
from screening.conflicts.models import Escalation, OwnReading, Ruling
from screening.decisions.actions import Choice, cast_vote, withdraw_vote
from screening.decisions.models import Item, Submission, Vote
from screening.decisions.verdict import Decision, ItemState
from screening.dedupe.actions import answer_card, undo_answer
from screening.dedupe.models import Answer, CandidateCard
from screening.imports.actions import restore_import, undo_import
from screening.imports.models import Import
from screening.jobs.actions import claim, enqueue
from screening.jobs.models import Job
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.protocol.versions import active_protocol
from screening.records.models import Change, ChangeOf, Record
from tests.factories import make_import, make_record, open_screening, reveal, run_jobs, vote
from tests.reliability.races import race, refused
from tests.reliability.team import Team, make_team

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 200
FEW = 25  # where one round in two goes either way


@pytest.fixture
def team() -> Team:
    return make_team()


def _items(team: Team, n: int) -> list[Item]:
    make_import(team.review, records=n)
    return open_screening(team.review)


def _first_votes(team: Team, items: list[Item]) -> None:
    """Alice includes everything, written in bulk, in the log too."""
    alice, version = team.member("alice"), active_protocol(team.review)
    assert version is not None
    Vote.objects.bulk_create(
        [
            Vote(review=team.review, item=item, reviewer=alice, round=1, slot=1, decision="include", protocol=version)
            for item in items
        ]
    )
    Item.objects.filter(pk__in=[item.pk for item in items]).update(
        state="partial", votes_in=1, protocol=version, mode="dual"
    )
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                review_id=item.review_id,
                actor_id=alice.user_id,
                verb="cast vote",
                item_id=item.pk,
                round=1,
                sealed=True,
            )
            for item in items
        ]
    )


def _vote(team: Team, name: str, items: list[Item], decision: str) -> Any:
    member = team.member(name)
    return lambda number: (
        cast_vote(member=member, item_id=items[number].pk, choice=Choice(Decision(decision))).item.state
    )


def _transitions(items: list[Item]) -> Counter[int]:
    """Record id -> how often its fate at title and abstract changed."""
    return Counter(Change.objects.filter(fact=ChangeOf.TA, record__items__in=items).values_list("record_id", flat=True))


def test_p32_i25_two_second_votes_at_one_instant_are_one_vote_and_one_transition(team: Team) -> None:
    items = _items(team, TIMES)
    _first_votes(team, items)
    outcomes = race(TIMES, _vote(team, "bob", items, "exclude"), _vote(team, "dan", items, "include"))
    for item, pair in zip(items, outcomes, strict=True):
        item.refresh_from_db()
        assert [refused(one) for one in pair].count(True) == 1
        assert item.votes_in == Vote.objects.filter(item=item).count() == 2
        assert (item.state, item.decision) == (("final", "include") if refused(pair[0]) else ("conflict", ""))
    assert set(_transitions(items).values()) == {1}
    assert AuditEvent.objects.filter(verb="cast vote").count() == 2 * TIMES
    assert check(team.review).violations == []


def test_p32_two_first_votes_at_one_instant_are_both_taken_and_the_pair_is_complete(team: Team) -> None:
    items = _items(team, 2 * FEW)
    outcomes = race(len(items), _vote(team, "alice", items, "exclude"), _vote(team, "bob", items, "exclude"))
    assert {frozenset(pair) for pair in outcomes} == {frozenset({ItemState.PARTIAL, ItemState.FINAL})}
    assert set(_transitions(items).values()) == {1}
    assert Item.objects.filter(state="final", decision="exclude", votes_in=2).count() == len(items)


def test_p32_three_who_vote_on_an_open_item_at_one_instant_leave_two_votes(team: Team) -> None:
    items = _items(team, FEW)
    acts = [
        _vote(team, name, items, decision)
        for name, decision in (("alice", "maybe"), ("bob", "exclude"), ("dan", "include"))
    ]
    for outcomes in race(len(items), *acts):
        assert [refused(one) for one in outcomes].count(True) == 1
    reveal(team.review)
    assert set(Item.objects.values_list("votes_in", flat=True)) == {2}
    assert check(team.review).violations == []


def test_p33_of_two_adjudicators_the_first_rules_and_the_second_is_told(team: Team) -> None:
    items = _items(team, FEW // 2)
    for item in items:
        vote(team.member("alice"), item, "include")
        vote(team.member("bob"), item, "exclude")
    reveal(team.review)
    carol, cora = team.member("carol"), team.member("cora")
    for item in items:
        escalate(member=team.member("alice"), item_id=item.pk)
        record_own_reading(member=carol, item_id=item.pk, answers={})
        record_own_reading(member=cora, item_id=item.pk, answers={})
    outcomes = race(
        len(items),
        lambda number: rule(
            member=carol, item_id=items[number].pk, decision=Decision.INCLUDE, rationale="Fits Table 1"
        ),
        lambda number: rule(member=cora, item_id=items[number].pk, decision=Decision.EXCLUDE, rationale="Does not fit"),
    )
    for item, pair in zip(items, outcomes, strict=True):
        [ruling] = [one for one in pair if not refused(one)]
        item.refresh_from_db()
        assert Ruling.objects.get(item=item) == ruling
        assert (item.state, item.decision, item.via) == ("final", ruling.decision, "adjudicator")
    assert check(team.review).violations == []


def test_p33_a_hand_over_is_either_taken_back_or_opened_never_both(team: Team) -> None:
    items = _items(team, FEW // 2)
    for item in items:
        vote(team.member("alice"), item, "include")
        vote(team.member("bob"), item, "exclude")
    reveal(team.review)
    alice, bob, carol = (team.member(name) for name in ("alice", "bob", "carol"))
    for item in items:
        escalate(member=alice, item_id=item.pk)
    outcomes = race(
        len(items),
        lambda number: take_back_hand_over(member=alice, item_id=items[number].pk),
        lambda number: record_own_reading(member=carol, item_id=items[number].pk, answers={}),
        lambda number: take_back_hand_over(member=bob, item_id=items[number].pk),
    )
    for item, (first, opened, second) in zip(items, outcomes, strict=True):
        item.refresh_from_db()
        assert [refused(one) for one in (first, opened, second)].count(False) == 1
        assert item.state == ("conflict" if refused(opened) else "arbitration")
        assert OwnReading.objects.filter(item=item).exists() == (not refused(opened))
        assert Escalation.objects.filter(item=item, taken_back_at__isnull=False).exists() == refused(opened)
    assert check(team.review).violations == []


def test_p33_two_who_agree_at_one_instant_settle_the_conflict_once(team: Team) -> None:
    items = _items(team, FEW // 2)
    for item in items:
        vote(team.member("alice"), item, "include")
        vote(team.member("bob"), item, "exclude")
    reveal(team.review)
    alice, bob = team.member("alice"), team.member("bob")
    race(
        len(items),
        lambda number: take_position(member=alice, item_id=items[number].pk, decision=Decision.EXCLUDE),
        lambda number: take_position(member=bob, item_id=items[number].pk, decision=Decision.EXCLUDE),
    )
    assert Item.objects.filter(state="final", decision="exclude", via="discussion").count() == len(items)
    assert AuditEvent.objects.filter(verb="settle by discussion").count() == len(items)


def test_p35_undo_against_the_partners_vote_ends_like_one_of_the_two_orders(team: Team) -> None:
    items, alice = _items(team, FEW), team.member("alice")
    for item in items:
        vote(alice, item, "include")
    outcomes = race(
        len(items),
        lambda number: withdraw_vote(member=alice, item_id=items[number].pk),
        _vote(team, "bob", items, "include"),
    )
    for item, (undo, partners) in zip(items, outcomes, strict=True):
        item.refresh_from_db()
        assert partners == (ItemState.FINAL if refused(undo) else ItemState.PARTIAL)
        assert (item.state, item.votes_in) == (("final", 2) if refused(undo) else ("partial", 1))
    reveal(team.review)
    assert check(team.review).violations == []


def test_p35_the_last_voters_undo_against_a_third_vote_leaves_no_third_vote(team: Team) -> None:
    items, bob = _items(team, FEW), team.member("bob")
    User.objects.filter(pk=bob.user_id).update(undo_seconds=60)
    bob = team.member("bob")
    for item in items:
        vote(team.member("alice"), item, "include")
        vote(bob, item, "exclude")
    outcomes = race(
        len(items),
        lambda number: withdraw_vote(member=bob, item_id=items[number].pk),
        _vote(team, "dan", items, "include"),
    )
    for item, (undo, third) in zip(items, outcomes, strict=True):
        item.refresh_from_db()
        assert not refused(undo)
        assert (item.state, item.votes_in) == (("partial", 1) if refused(third) else ("final", 2))
    reveal(team.review)
    assert check(team.review).violations == []


def test_p31_one_form_sent_twice_at_one_instant_is_one_vote_with_one_answer(team: Team) -> None:
    items = _items(team, FEW // 2)
    keys = [str(uuid.uuid4()) for _ in items]
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(team.member("alice").user)

    def send(client: Client) -> Any:
        def post(number: int) -> tuple[int, str]:
            address = reverse("vote_ta", args=[team.review.slug, items[number].record.number])
            answer = client.post(address, {"decision": "exclude", "key": keys[number], "known": ""})
            return answer.status_code, answer.headers.get("Location", "")

        return post

    for first, second in race(len(items), *map(send, clients)):
        assert first == second
        assert first[0] == 302
    assert Vote.objects.count() == Submission.objects.count() == len(items)
    assert AuditEvent.objects.filter(verb="cast vote").count() == len(items)


def _pairs(team: Team, n: int) -> list[tuple[Record, Record]]:
    """Pairs that only a person can judge, each with a card that waits."""
    first, second = make_import(team.review, records=0), make_import(team.review, database="Scopus", records=0)
    pairs = []
    for position, title in enumerate(_TITLES[:n]):
        facts: dict[str, Any] = {"title": title, "authors": [f"Okafor-{position}, N."], "position": position}
        pairs.append((make_record(first, year=2019, **facts), make_record(second, year=2021, **facts)))
    for imported in (first, second):
        Import.objects.filter(pk=imported.pk).update(markers=n, parsed=n)
    return pairs


_TITLES = (
    "Reading forest plots on the ward: a randomised comparison",
    "Grants that nobody applied for",
    "Mentors for nurses who begin a study",
    "What residents want from a supervisor",
    "Consent forms as teaching material",
    "Statistics courses after night duty and their half-life",
    "Librarians in the operating theatre",
    "Why general practitioners stop recruiting patients",
    "Sabbaticals for surgeons in small hospitals",
    "Ethics committees seen from below",
)


def test_p34_merging_while_people_vote_loses_no_vote_and_undo_restores_every_row(team: Team) -> None:
    pairs = _pairs(team, len(_TITLES))
    enqueue(name="dedupe.find", review_id=team.review_id)
    run_jobs(team.review)
    items = {item.record_id: item for item in Item.objects.all()}
    cards = {card.members[0]: card for card in CandidateCard.objects.filter(review_id=team.review_id)}
    assert cards.keys() == {min(first.pk, second.pk) for first, second in pairs}
    seconds, firsts = ([items[pair[place].pk] for pair in pairs] for place in (1, 0))
    for item in firsts:
        vote(team.member("dan"), item, "include")
    libby = team.member("libby")
    outcomes = race(
        len(pairs),
        lambda number: answer_card(member=libby, card=cards[pairs[number][0].pk], answer=Answer.SAME),
        _vote(team, "alice", seconds, "exclude"),
        _vote(team, "bob", firsts, "include"),
    )
    accepted = [sum(not refused(one) for one in row[1:]) for row in outcomes]
    assert Vote.objects.count() == len(firsts) + sum(accepted)
    assert not any(refused(row[0]) for row in outcomes)
    run_jobs(team.review)
    reveal(team.review)
    assert check(team.review).violations == []
    for row in outcomes:
        undo_answer(member=libby, act=row[0])
    run_jobs(team.review)
    assert flow_of(team.review).numbers["duplicates"] == 0
    assert check(team.review).violations == []


def test_what_is_asked_of_a_waiting_job_is_seen_by_the_worker_that_does_it(team: Team) -> None:
    """A worker that claims a queued job while somebody adds to what it is asked must wait for the addition."""
    waiting = enqueue(name="decisions.open_items", review_id=team.review_id)
    asked, seen = threading.Event(), threading.Event()
    found: list[bool] = []

    def work() -> None:
        try:
            asked.wait(30)
            claimed = claim(job_id=waiting.pk)
            found.append(claimed is not None and Change.objects.filter(value="asked").exists())
        finally:
            connection.close()
            seen.set()

    record = make_record(make_import(team.review, records=0))
    worker = threading.Thread(target=work)
    worker.start()
    with transaction.atomic():
        Change.objects.create(review=team.review, record=record, fact=ChangeOf.REMOVED, value="asked")
        assert enqueue(name="decisions.open_items", review_id=team.review_id) == waiting
        asked.set()
        assert not seen.wait(0.5), "the worker did the job before it could see what was asked"
    worker.join(30)
    assert found == [True]
    assert Job.objects.filter(pk=waiting.pk, state="running").exists()


def test_p37_the_laws_hold_for_whoever_looks_while_imports_come_and_go(team: Team) -> None:
    make_import(team.review, records=40)
    moving, leader = make_import(team.review, database="Scopus", records=40), team.member("lena").user
    open_screening(team.review)
    looking = threading.Event()
    broken: list[str] = []
    looks: list[int] = []

    def look() -> None:
        try:
            while not looking.is_set():
                flow = flow_of(team.review)
                broken.extend(law.numbers for law in flow.violations)
                looks.append(flow.numbers["dbr_identified"])
        finally:
            connection.close()

    watcher = threading.Thread(target=look)
    watcher.start()
    for _ in range(25):
        undo_import(imported=Import.objects.get(pk=moving.pk), actor=leader)
        restore_import(imported=Import.objects.get(pk=moving.pk), actor=leader)
    looking.set()
    watcher.join(60)
    assert broken == []
    assert set(looks) <= {40, 80}
    assert len(looks) > 10
