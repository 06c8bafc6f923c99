"""P32 where work is shared out: the last place, a pilot's votes, and sharing out beside people who vote."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from screening.decisions.actions import Choice, cast_vote
from screening.decisions.models import Item, Vote
from screening.decisions.piloting.rounds import start_pilot
from screening.decisions.sharing.models import Assignment, SharedBy
from screening.decisions.sharing.plan import Share, save_plan
from screening.decisions.verdict import Decision, Stage
from screening.prisma.check import check
from screening.records.models import Change, ChangeOf
from tests.factories import make_import, open_screening, reveal, run_jobs
from tests.reliability.races import race, refused
from tests.reliability.team import Team, make_team

pytestmark = pytest.mark.django_db(transaction=True)
TA = Stage.TITLE_ABSTRACT
FEW = 12


@pytest.fixture
def team() -> Team:
    return make_team()


def _items(team: Team, n: int) -> list[Item]:
    make_import(team.review, records=n)
    return open_screening(team.review)


def _plan(team: Team, shared_by: SharedBy, **shares: Share) -> None:
    by_member = {team.members[name]: share for name, share in shares.items()}
    save_plan(lead=team.member("lena"), stage=TA, shared_by=shared_by, shares=by_member, order="import", seed=1)


def _vote(team: Team, name: str, items: list[Item], decision: str) -> Any:
    member, choice = team.member(name), Choice(Decision(decision))
    return lambda number: cast_vote(member=member, item_id=items[number].pk, choice=choice).item.state


def test_p32_of_two_at_the_last_place_one_votes_and_the_key_voter_always_does(team: Team) -> None:
    items = _items(team, FEW)
    _plan(team, SharedBy.ANYONE, alice=Share(is_key=True))
    run_jobs(team.review)
    acts = [
        _vote(team, name, items, said) for name, said in (("bob", "include"), ("dan", "exclude"), ("alice", "include"))
    ]
    for bob, dan, alice in race(FEW, *acts):
        assert not refused(alice), "her place is kept"
        assert [refused(bob), refused(dan)].count(True) == 1
    reveal(team.review)
    assert set(Item.objects.values_list("votes_in", flat=True)) == {2}
    assert check(team.review).violations == []


def test_p32_all_readers_of_a_pilot_vote_at_one_instant_and_each_record_moves_once(team: Team) -> None:
    _items(team, FEW)
    start_pilot(lead=team.member("lena"), stage=TA, size=FEW, gate=75, readers=team.all(("alice", "bob", "dan")))
    items = list(Item.objects.filter(pilot=1).order_by("pk"))
    acts = [
        _vote(team, name, items, said) for name, said in (("bob", "include"), ("dan", "exclude"), ("alice", "include"))
    ]
    assert not any(refused(one) for outcomes in race(len(items), *acts) for one in outcomes)
    fates = Change.objects.filter(fact=ChangeOf.TA, value="conflict").values_list("record_id", flat=True)
    assert set(Counter(fates).values()) == {1}
    assert len(fates) == len(items)
    reveal(team.review)
    assert check(team.review).violations == []


def test_p34_work_is_shared_out_beside_voters_and_every_record_ends_with_two_votes(team: Team) -> None:
    items = _items(team, FEW)

    def share_out(number: int) -> None:
        _plan(team, SharedBy.PARTS, alice=Share(10 + number), bob=Share(20), dan=Share(20))
        run_jobs(team.review)

    outcomes = race(FEW, share_out, _vote(team, "alice", items, "exclude"), _vote(team, "bob", items, "exclude"))
    refusals = sum(refused(one) for round_ in outcomes for one in round_)
    assert Vote.objects.count() == 2 * FEW - refusals
    run_jobs(team.review)
    for item in Item.objects.filter(reveal_at=None):
        kept = set(Assignment.objects.filter(item=item).values_list("reviewer_id", flat=True))
        strangers = [one for one in item.votes.values_list("reviewer_id", flat=True) if one not in kept]
        assert len(kept) + item.pool == 2
        assert len(strangers) <= item.pool
    reveal(team.review)
    assert check(team.review).violations == []
