"""P15, P16: who is offered what, how a pilot goes and what a plan keeps for whom depend on no sealed vote's value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from screening.decisions.models import Item
from screening.decisions.piloting.rounds import start_pilot
from screening.decisions.sharing.models import Assignment, SharedBy
from screening.decisions.sharing.plan import Share, save_plan
from screening.decisions.verdict import Stage
from screening.reviews.models import Review
from tests.factories import make_import, open_screening, run_jobs, vote
from tests.reliability.crawl import Answer, Visitor
from tests.reliability.team import BEGINNING, Team, make_team
from tests.reliability.worlds import _number_rows_from_here

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TA = Stage.TITLE_ABSTRACT
OTHERS = ("bob", "vera", "lena", "oscar")
SAID = (("include", "maybe"), ("exclude", "exclude"))
Told = dict[str, Answer]


@contextmanager
def _world(prepare: Callable[[Team], None]) -> Iterator[tuple[Team, time_machine.Traveller]]:
    """A review of twelve records in a fresh world; afterwards nothing of it is left."""
    _number_rows_from_here()
    with time_machine.travel(BEGINNING, tick=False) as clock, transaction.atomic():
        team = make_team()
        Review.objects.filter(pk=team.review_id).update(seed=7)
        make_import(team.review, records=12)
        open_screening(team.review)
        prepare(team)
        clock.shift(60)
        yield team, clock
        transaction.set_rollback(True)


def _pilot(team: Team) -> None:
    start_pilot(lead=team.member("lena"), stage=TA, size=10, gate=75, readers=team.all(("alice", "bob", "dan")))


def _plan(team: Team, anew: int = 1) -> None:
    shares = {team.members[name]: Share(30 + anew, is_key=name == "alice") for name in ("alice", "bob", "dan")}
    save_plan(lead=team.member("lena"), stage=TA, shared_by=SharedBy.PARTS, shares=shares, order="random", seed=anew)
    run_jobs(team.review)


def _pages(team: Team, slug: str, names: tuple[str, ...] = OTHERS) -> Told:
    """What the others can read of the team's rounds, of queues, lists and the log."""
    pages = ("review_home", "team", "screening_ta", "history", "export_decisions")
    urls = [reverse(page, args=[slug]) for page in pages]
    rounds = ("team_work", "team_pilot", "team_rescreen", "screening_again")
    urls += [reverse(name, args=[slug, TA.slug]) for name in rounds]
    urls += [reverse("screening_ta_list", args=[slug, name]) for name in ("to-screen", "awaiting")]
    visitors = {name: Visitor(team.member(name).user, slug) for name in names}
    return {f"{name}: {url}": visitor.get(url) for name, visitor in visitors.items() for url in urls}


def _differences(first: Told, second: Told) -> list[str]:
    return sorted(key for key in first.keys() | second.keys() if first.get(key) != second.get(key))


def _in_pilot() -> list[Item]:
    return list(Item.objects.filter(pilot=1).order_by("pk"))


def test_p15_a_pilot_tells_nobody_what_its_readers_said_before_all_have() -> None:
    sealed, opened = [], []
    for said in SAID:
        with _world(_pilot) as (team, clock):
            first, second, *_ = _in_pilot()
            vote(team.member("alice"), first, said[0])
            vote(team.member("alice"), second, said[1])
            vote(team.member("bob"), second, "include")
            slug = team.review.slug
            sealed.append(_pages(team, slug))
            vote(team.member("dan"), second, "include")
            sealed[-1] |= {f"in the window, {key}": page for key, page in _pages(team, slug, ("bob",)).items()}
            clock.shift(600)
            opened.append(_pages(team, slug))
    assert sum(page.status == 200 for page in sealed[0].values()) > 8 * len(OTHERS)
    assert _differences(*sealed) == []
    assert {key.partition(":")[0] for key in _differences(*opened)} == set(OTHERS), "now the conflict shows"


def test_p16_what_a_plan_keeps_for_whom_depends_on_no_sealed_vote() -> None:
    sealed, kept = [], []
    for said in SAID:
        with _world(_plan) as (team, clock):
            ids = (
                Assignment.objects.filter(reviewer=team.members["alice"])
                .order_by("pk")
                .values_list("item_id", flat=True)
            )
            first, second, third = Item.objects.filter(pk__in=ids).order_by("pk")[:3]
            vote(team.member("alice"), first, said[0])
            vote(team.member("alice"), second, said[1])
            partner = Assignment.objects.filter(item=third).exclude(reviewer=team.members["alice"]).get().reviewer
            vote(team.member("alice"), third, said[0])
            vote(partner, third, "exclude")
            slug = team.review.slug
            sealed.append(_pages(team, slug, ("bob", "lena")))
            clock.shift(1)
            _plan(team, anew=2)
            kept.append(sorted(Assignment.objects.values_list("item_id", "reviewer_id")))
            sealed[-1] |= {f"anew, {key}": page for key, page in _pages(team, slug, ("bob", "lena")).items()}
    assert _differences(*sealed) == []
    assert kept[0] == kept[1]
