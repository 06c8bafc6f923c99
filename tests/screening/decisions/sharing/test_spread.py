"""Work is shared out so that every record is covered exactly, shares are kept within one, and little moves."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from screening.decisions.sharing.spread import (
    Hand,
    Spread,
    Task,
    apportion,
    apportion_with_keys,
    moves,
    spread,
    unreadable,
)


def _with_vote(item: int, kept: frozenset[int], voter: int) -> Task:
    return Task(item, 1, barred=frozenset({voter}), kept=kept - {voter})


shares = st.lists(st.integers(min_value=1, max_value=100), min_size=2, max_size=6)


def _hands(parts: list[int]) -> list[Hand]:
    return [Hand(member, share) for member, share in enumerate(parts, start=1)]


def _count(result: Spread) -> Counter[int]:
    return Counter(member for members in result.values() for member in members)


@given(shares, st.integers(min_value=0, max_value=60), st.integers(min_value=0, max_value=9))
def test_every_record_is_covered_exactly_and_shares_are_kept_to_the_vote(parts: list[int], n: int, seed: int) -> None:
    tasks = [Task(item, 2) for item in range(n)]
    result = spread(tasks, _hands(parts), seed=seed, anew=False)
    assert all(len(members) == 2 for members in result.values())
    wanted = apportion(2 * n, dict(enumerate(parts, start=1)), cap=n)
    assert {member: _count(result)[member] for member in wanted} == wanted
    assert result == spread(tasks, _hands(parts), seed=seed, anew=False), "the same seed gives the same spread"


@given(shares, st.integers(min_value=0, max_value=500))
def test_apportioned_votes_add_up_and_stand_within_one_of_the_share(parts: list[int], n: int) -> None:
    given_out = apportion(2 * n, dict(enumerate(parts)), cap=n)
    assert sum(given_out.values()) == 2 * n
    assert max(given_out.values()) <= n
    if max(parts) * 2 <= sum(parts):  # nobody's share is more than a vote on every record
        assert all(abs(given_out[one] - 2 * n * share / sum(parts)) < 1 for one, share in enumerate(parts))


@given(shares, st.integers(min_value=1, max_value=40), st.integers(min_value=1, max_value=100))
def test_who_joins_late_gets_the_share_and_nothing_else_moves(parts: list[int], n: int, share: int) -> None:
    before = spread([Task(item, 2) for item in range(n)], _hands(parts), seed=3, anew=False)
    tasks = [Task(item, 2, kept=before[item]) for item in range(n)]
    hands = _hands([*parts, share])
    after = spread(tasks, hands, seed=3, anew=True)
    assert all(len(members) == 2 for members in after.values())
    target = apportion(2 * n, {hand.member: hand.share for hand in hands}, cap=n)
    surplus = sum(max(0, _count(before)[one] - target[one]) for one in target)
    assert moves(tasks, after) <= 2 * surplus
    assert all(abs(_count(after)[one] - target[one]) <= 1 for one in target)
    again = [Task(item, 2, kept=after[item]) for item in range(n)]
    assert moves(again, spread(again, hands, seed=3, anew=False)) == 0


@given(shares, st.integers(min_value=1, max_value=40), st.data())
def test_s6_who_leaves_loses_no_vote_and_only_those_places_go_on(parts: list[int], n: int, data: st.DataObject) -> None:
    parts = [*parts, 5]
    before = spread([Task(item, 2) for item in range(n)], _hands(parts), seed=7, anew=False)
    leaver = data.draw(st.sampled_from(range(1, len(parts) + 1)))
    voted = {item for item in before if leaver in before[item] and data.draw(st.booleans())}
    tasks = [
        _with_vote(item, before[item], leaver) if item in voted else Task(item, 2, kept=before[item]) for item in before
    ]
    after = spread(tasks, [one for one in _hands(parts) if one.member != leaver], seed=7, anew=False)
    for task in tasks:
        assert len(after[task.item]) == task.takes
        assert leaver not in after[task.item]
        assert task.kept - {leaver} <= after[task.item], "what was kept for the others stays theirs"


@given(shares, st.integers(min_value=1, max_value=40), st.integers(min_value=0, max_value=9))
def test_who_must_vote_takes_what_the_preview_says(parts: list[int], n: int, seed: int) -> None:
    hands = [Hand(one.member, one.share, is_key=one.member == 1) for one in _hands(parts)]
    promised = apportion_with_keys(2 * n, {one.member: one.share for one in hands}, frozenset({1}), needing=n, cap=n)
    result = _count(spread([Task(item, 2, needs_key=True) for item in range(n)], hands, seed=seed, anew=False))
    assert {one: result[one] for one in promised} == promised
    assert promised[1] == n, "the only key voter votes on every record"


languages = st.sampled_from(["", "en", "zh", "ko"])
readers = st.lists(st.sets(st.sampled_from(["en", "zh", "ko"])), min_size=1, max_size=5)


@given(readers, st.lists(st.tuples(languages, st.booleans()), max_size=40), st.booleans())
def test_s7_a_vote_is_kept_only_for_who_reads_it_and_for_all_who_may(
    reads: list[set[str]], records: list[tuple[str, bool]], anew: bool
) -> None:
    hands = [Hand(one, 10 + one, frozenset(codes), is_key=one == 0) for one, codes in enumerate(reads)]
    tasks = [
        Task(item, 2, language, frozenset({0}) if barred else frozenset(), needs_key=not barred)
        for item, (language, barred) in enumerate(records)
    ]
    for task in tasks:
        able = {hand.member for hand in hands if task.may_take(hand)}
        kept = spread(tasks, hands, seed=1, anew=anew)[task.item]
        assert kept <= able
        assert len(kept) == min(2, len(able))
        assert 0 in kept or not task.needs_key or 0 not in able, "one of the two is the key voter"


def test_numbers_of_records_leave_the_rest_to_anybody() -> None:
    result = spread([Task(item, 2) for item in range(10)], [Hand(1, 4), Hand(2, 3)], seed=1, anew=True, exact=True)
    assert _count(result) == {1: 4, 2: 3}


def test_s7_a_language_that_too_few_read_is_told() -> None:
    hands = [Hand(1, 1, frozenset({"en"})), Hand(2, 1, frozenset({"en", "zh"}))]
    assert unreadable({"en": 50, "zh": 4, "ko": 2, "": 9}, hands, voters=2) == {"ko": (2, 0), "zh": (4, 1)}
    assert unreadable({"ko": 2}, [Hand(1, 1), Hand(2, 1)], voters=2) == {}
