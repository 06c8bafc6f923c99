"""P15, I26: worlds that differ only in what Alice said in sealed votes give everybody else the same bytes.

The short form compares two worlds that differ in everything a vote may hold; the long form all of them, along every link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from screening.decisions.actions import Choice, cast_vote, reopen_item
from screening.decisions.models import Item, ItemQuerySet, Vote
from screening.decisions.verdict import Decision, Stage
from screening.letters.queue import waiting_for
from screening.letters.wording import Waiting
from screening.protocol.actions import edit_criterion, freeze_protocol, start_amendment
from tests.reliability.crawl import Answer, Visitor
from tests.reliability.masks import without_voted_counts
from tests.reliability.scripts import ScriptOf
from tests.reliability.worlds import WORLDS, Stand, Votes, make_stand, world

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # what a page says does not depend on the database

SHORT = ("include with a note and answers", "edited twice")
PARTNER = "bob"
#: Who they are to Alice: partner, other reviewer, reviewer who adjudicates, voting lead, lead, librarian, adjudicator, observer.
ROLES = (PARTNER, "dan", "cora", "vera", "lena", "libby", "carol", "oscar")
ACTING = (PARTNER, "dan", "vera", "lena", "carol")
READING = (PARTNER, "cora", "carol", "oscar")
#: Those whose pages the short form reads: cora's, lena's and libby's rights are also vera's or carol's.
FEW = (PARTNER, "dan", "vera", "carol", "oscar")
#: Files that tell a page's numbers once more, dearly: only the partner fetches them.
DEAR = frozenset({"prisma_file", "prisma_columns_file", "manuscript_file", "synthesis_file", "export_records"})

Told = dict[str, Answer]
Voted = {Stage.TITLE_ABSTRACT: "vote_ta", Stage.FULL_TEXT: "vote_ft"}


@pytest.fixture(scope="module")
def stand(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stand]:
    """The common past of all worlds, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_stand()
        transaction.set_rollback(True)


def _visitor(stand: Stand, name: str) -> Visitor:
    return Visitor(stand.team.member(name).user, stand.review.slug, skip=frozenset() if name == PARTNER else DEAR)


def _pages(stand: Stand, names: tuple[str, ...], follow: int) -> Told:
    """Everything that these members can read; links are followed by the partner, or by all in the long form."""
    told: Told = {}
    for name in names:
        thorough = follow > 9 or name == PARTNER
        objects = stand.objects if thorough else {**stand.objects, **stand.few}
        reached = _visitor(stand, name).reach(objects, follow=follow if thorough else 0, partials=thorough)
        told |= {f"{name}: {url}": answer for url, answer in reached.items()}
    return told


def _acts(stand: Stand, names: tuple[str, ...]) -> Told:
    """Whatever these members may try on the items with sealed votes, and what they are told; each act is taken back."""
    told: Told = {}
    for name in names:
        visitor = _visitor(stand, name)
        for url, sent in _tries(stand, str(visitor.user.memberships.get(review=stand.review).pk)):
            answers = visitor.post(url, sent)
            told |= {f"{name} sends {sent} to {url}, {place}": answer for place, answer in enumerate(answers)}
    return told


def _tries(stand: Stand, voter: str) -> Iterator[tuple[str, dict[str, str]]]:
    """``voter`` is sent by a page that keeps its votes: the answer tells its queue, and the next records whole."""
    slug = stand.review.slug
    for stage, vote in Voted.items():
        for item_id in (stand.sealed[stage], stand.frozen[stage]):
            number = stand.number(item_id)
            for decision in ("include", "exclude"):
                yield reverse(vote, args=[slug, number]), _sent(decision)
                yield reverse(vote, args=[slug, number]), _sent(decision) | {"voter": voter, "shown": str(number)}
            yield reverse(vote, args=[slug, number]), {"ask": "suggestion", "answer_focus": "met"}
            for act in ("take_back", "postpone"):
                yield reverse(f"{vote}_{act}", args=[slug, number]), {}
                yield reverse(f"{vote}_{act}", args=[slug, number]), {"voter": voter, "shown": str(number)}
            for place in ({}, {"card": str(number)}):
                yield reverse("screening_tags", args=[slug, number]), {"new": "Own", "stage": stage.value, **place}
            yield reverse("screening_highlights", args=[slug, number]), {"highlights": "off", "stage": stage.value}
            yield reverse("screening_reopen", args=[slug, item_id]), {"reason": "Why not"}
            yield reverse("conflict_comment", args=[slug, item_id]), {"text": "Hm"}
            yield reverse("conflict_position", args=[slug, item_id]), {"decision": "include"}
            yield reverse("conflict_escalate", args=[slug, item_id]), {}
            yield reverse("conflict_reason", args=[slug, item_id]), {"reason": "focus"}
            yield reverse("ruling_read", args=[slug, item_id]), {"answer_focus": "met"}
            yield reverse("ruling_give", args=[slug, item_id]), {"decision": "include", "rationale": "So be it"}
            yield reverse("ruling_later", args=[slug, item_id]), {"rationale": "Perhaps"}
            yield reverse("conflict_take_back", args=[slug, item_id]), {}
            yield reverse("proposal_new", args=[slug, item_id]), {"key": "focus", "text": "Wider"}
            yield (
                reverse("report_attempt", args=[slug, number]),
                {"way": "library", "outcome": "none", "on": "2024-03-03"},
            )
            if stage is Stage.FULL_TEXT:
                quoted = {"file": str(stand.file(item_id)), "page": "2", "text": "Ibex"}
                yield reverse("quote_keep", args=[slug, number]), quoted
            yield reverse("report_not_retrieved", args=[slug, number]), {"cause": "no_reply"}
            yield reverse("report_seek_again", args=[slug, number]), {}
            yield reverse("study_link", args=[slug, number]), {"label": "Study 9"}
            yield reverse("record_remove", args=[slug, number]), {"reason": "Retracted"}


def _sent(decision: str) -> dict[str, str]:
    """A form with a key of its own."""
    answer = "not_met" if decision == "exclude" else "met"
    return {
        "decision": decision,
        "answer_focus": answer,
        "reason": "focus" if decision == "exclude" else "",
        "known": "",
    }


def _partner_votes(stand: Stand, visitor: Visitor) -> Told:
    """Bob completes the frozen pairs, by page and by htmx."""
    told: Told = {}
    for stage, name in Voted.items():
        url = reverse(name, args=[stand.review.slug, stand.number(stand.frozen[stage])])
        headers = {"HX-Request": "true"} if stage is Stage.FULL_TEXT else {}
        told |= visitor.send(url, _sent("exclude"), headers)
    assert Item.objects.filter(pk__in=stand.frozen.values(), reveal_at__isnull=False).count() == 2
    return told


def _partner_takes_back(stand: Stand, visitor: Visitor) -> Told:
    told: Told = {}
    for stage, name in Voted.items():
        told |= visitor.send(
            reverse(f"{name}_take_back", args=[stand.review.slug, stand.number(stand.frozen[stage])]), {}, {}
        )
    assert not Item.objects.filter(pk__in=stand.frozen.values(), reveal_at__isnull=False).exists()
    return told


def _script(
    stand: Stand, votes: Votes, names: tuple[str, ...], acting: tuple[str, ...], follow: int
) -> tuple[Told, Told]:
    """What is told while anything is sealed; and, as a control, what is told once it is open."""
    with world(stand, votes) as clock:
        partner = _visitor(stand, PARTNER)
        sealed = _named("voted", _partner_votes(stand, partner))
        clock.shift(2)
        sealed |= _named("in the window", _pages(stand, names, follow) | _acts(stand, acting))
        sealed |= _named("taken back", _partner_takes_back(stand, partner))
        sealed |= _named("then", _pages(stand, (PARTNER,), 0) if follow > 9 else {})
        clock.shift(10)
        sealed |= _named("voted again", _partner_votes(stand, partner))
        clock.shift(600)
        prisma = reverse("prisma", args=[stand.review.slug])
        return sealed, {f"{name}: {prisma}": _visitor(stand, name).get(prisma) for name in names}


def _named(step: str, told: Told) -> Told:
    return {f"{step}: {key}": answer for key, answer in told.items()}


def _differences(first: Told, second: Told) -> list[str]:
    return sorted(key for key in first.keys() | second.keys() if first.get(key) != second.get(key))


def _seals_hold(
    stand: Stand, names: tuple[str, ...], worlds: tuple[str, ...], acting: tuple[str, ...], follow: int
) -> None:
    first, control = _script(stand, WORLDS[worlds[0]], names, acting, follow)
    assert sum(answer.status == 200 for answer in first.values()) > 25 * len(names)
    for name in worlds[1:]:
        sealed, opened = _script(stand, WORLDS[name], names, acting, follow)
        assert _differences(first, sealed) == [], name
        last = WORLDS[name](Stage.TITLE_ABSTRACT)[-1]
        if last.decision is Decision.EXCLUDE:  # the partner agrees; in the first world it is a conflict
            told = {key.partition(":")[0] for key in _differences(control, opened)}
            assert told == set(names), "once the window has passed everybody sees another outcome"


def test_p15_nobody_learns_a_sealed_vote_from_any_page_or_refusal(stand: Stand) -> None:
    _seals_hold(stand, FEW, SHORT, ACTING[:1], follow=1)


def _second_round(stand: Stand, votes: Votes, clock: time_machine.Traveller) -> int:
    """An excluded record that is opened again: Alice votes as this world has it, Bob completes the pair. Returns the item's id."""
    excluded = Item.objects.filter(review=stand.review, stage=Stage.TITLE_ABSTRACT, decision="exclude", via="agreement")
    item = excluded.order_by("pk")[0]
    reopen_item(item_id=item.pk, lead=stand.team.member("lena"), reason="Look again")
    for choice in votes(Stage.TITLE_ABSTRACT):
        clock.shift(5)
        cast_vote(member=stand.team.member("alice"), item_id=item.pk, choice=choice)
    clock.shift(60 - 5 * len(votes(Stage.TITLE_ABSTRACT)))
    cast_vote(member=stand.team.member(PARTNER), item_id=item.pk, choice=Choice(Decision.EXCLUDE, {"focus": "not_met"}))
    return item.pk


def _amended(stand: Stand) -> None:
    """Version 2 changes the criterion that sealed votes answered in some worlds, and is in force."""
    leader = stand.team.member("lena").user
    draft = start_amendment(review=stand.review, reason="Clearer", actor=leader)
    for key in ("focus", "population", "language"):
        edit_criterion(criterion=draft.criteria.get(key=key), actor=leader, question="Is it?")
    freeze_protocol(version=draft, actor=leader)


def _amendments_and_conflicts(stand: Stand, names: tuple[str, ...], item_id: int) -> Told:
    """The pages of a reopened record, of the queue under every filter, of proposals and of what an amendment touches."""
    slug = stand.review.slug
    urls = [reverse(name, args=[slug, item_id]) for name in ("conflict", "ruling")]
    urls += [reverse(name, args=[slug]) for name in ("conflicts", "proposals", "my_letters", "rulings")]
    asked = ("criterion=focus", "criterion=-", "age=1", "waits=me", "stage=ft")
    urls += [f"{reverse('conflicts', args=[slug])}?{query}" for query in asked]
    urls.append(reverse("amendment", args=[slug, 2]))
    urls += [reverse("amendment_records", args=[slug, 2, "focus", "ta", one]) for one in ("include", "exclude")]
    urls.append(reverse("amendment_records", args=[slug, 2, "language", "ft", "exclude"]))
    return {f"{name}: {url}": _visitor(stand, name).get(url) for name in names for url in urls}


def _scripts(stand: Stand, names: tuple[str, ...]) -> dict[str, ScriptOf]:
    return {name: ScriptOf(stand.team.member(name).user, stand.review.slug) for name in names}


def _told_to_scripts(
    stand: Stand, votes: Votes, reading: tuple[str, ...], acting: tuple[str, ...]
) -> tuple[Told, Told]:
    """What tokens are told while anything is sealed, by reading and by acting; and, as a control, once it is open."""
    sealed_too = {key: [*stand.few[key], *stand.sealed_too[key]] for key in stand.few}
    with world(stand, votes) as clock:
        scripts = _scripts(stand, reading)
        base = f"/api/v1/reviews/{stand.review.slug}"
        told: Told = {}
        for stage in Stage:
            address = f"{base}/screening/{stage.slug}/records/{stand.number(stand.frozen[stage])}/vote"
            told[address] = scripts[PARTNER].send(
                "POST", address, {"decision": "exclude", "answers": {"focus": "not_met"}}
            )
            assert told[address].status == 200, told[address].content
        clock.shift(2)
        for name, one in scripts.items():
            objects = sealed_too if name == PARTNER else stand.few
            reached = one.reach(objects) | (one.tries(objects) if name in acting else {})
            told |= {f"{name}: {address}": answer for address, answer in reached.items()}
        clock.shift(600)
        return told, {name: one.get(f"{base}/prisma") for name, one in scripts.items()}


def _no_token_learns(stand: Stand, reading: tuple[str, ...], acting: tuple[str, ...]) -> None:
    (sealed, opened), (first, control) = (_told_to_scripts(stand, WORLDS[name], reading, acting) for name in SHORT)
    assert sum(answer.status == 200 for answer in first.values()) > 25 * len(reading)
    assert _differences(sealed, first) == []
    assert _differences(opened, control) == sorted(reading), "once the window has passed every token is told otherwise"


def test_p15_no_token_learns_a_sealed_vote_by_reading_or_by_acting(stand: Stand, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 100_000
    _no_token_learns(stand, (PARTNER, "carol", "oscar"), (PARTNER,))


@pytest.mark.slow
def test_p15_no_role_learns_a_sealed_vote_by_token(stand: Stand, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 100_000
    _no_token_learns(stand, ROLES, ACTING)


def test_a_leak_through_the_api_is_found(stand: Stand, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 100_000
    told = []
    for name in SHORT:
        with world(stand, WORLDS[name]) as clock, LEAKS["outcomes"]():
            _partner_votes(stand, _visitor(stand, PARTNER))
            clock.shift(2)
            told.append(_scripts(stand, ("dan",))["dan"].reach(stand.few))
    assert {"records", "conflicts", "screening"} <= {key.split("/")[5].partition("?")[0] for key in _differences(*told)}


def _letters(stand: Stand) -> dict[str, list[Waiting]]:
    """What the letter of the day would tell each."""
    return {name: waiting_for(stand.team.member(name).user) for name in ROLES}


@pytest.mark.once
def test_p15_no_letter_no_filter_and_no_amendment_tells_of_a_sealed_vote(stand: Stand) -> None:
    told, letters, opened = [], [], []
    for name in SHORT:
        with world(stand, WORLDS[name]) as clock:
            _amended(stand)
            item_id = _second_round(stand, WORLDS[name], clock)
            _partner_votes(stand, _visitor(stand, PARTNER))
            clock.shift(2)
            told.append(_amendments_and_conflicts(stand, READING, item_id))
            letters.append(_letters(stand))
            clock.shift(600)
            opened.append(_amendments_and_conflicts(stand, ("vera",), item_id))
            letters.append(_letters(stand))
    assert sum(page.status == 200 for page in told[0].values()) > 6 * len(READING)
    assert _differences(*told) == []
    assert letters[0] == letters[2]
    assert letters[0]["carol"] != [], "a ruling waits"
    assert _differences(*opened) != [], "once the window has passed the conflicts differ"
    assert letters[1] != letters[3]


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_p15_nobody_learns_a_sealed_vote_along_any_link(stand: Stand, role: str) -> None:
    _seals_hold(stand, (role,), tuple(WORLDS), (role,) if role in ACTING else (), follow=80)


def test_b3_that_a_vote_was_cast_shows_only_where_votes_are_counted(stand: Stand) -> None:
    told = []
    for votes in (None, WORLDS["include"]):
        with world(stand, votes):
            pages = _pages(stand, ("dan", "oscar"), 0)
            told.append({key: _without_counts(page) for key, page in pages.items()})
    assert _differences(*told) == []


def _without_counts(answer: Answer) -> Answer:
    is_page = dict(answer.headers).get("Content-Type", "").startswith("text/html")
    if not is_page:
        return answer
    headers = tuple(header for header in answer.headers if header[0] != "Content-Length")
    return replace(answer, content=without_voted_counts(answer.content), headers=headers)


def _settled_is_revealed(items: ItemQuerySet, now: Any = None) -> ItemQuerySet:
    return items.filter(Q(reveal_at__lte=now or timezone.now()) | Q(reveal_at__isnull=False))


def _tag(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware that sends a tag made of all votes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["ETag"] = f'"{hash(tuple(Vote.objects.order_by("pk").values_list("decision", flat=True)))}"'
        return response

    return middleware


LEAKS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "outcomes": lambda: patch.object(ItemQuerySet, "revealed", _settled_is_revealed),
    "log": lambda: patch("screening.history.reading._open_to", lambda member, now: Q()),
    "counts": lambda: patch("screening.prisma.counts._FATES", _unsealed_sql()),
    "past": lambda: patch("screening.prisma.history.min", lambda moment, now: moment, create=True),
}


def _unsealed_sql() -> str:
    from screening.prisma.counts import _FATES

    return _FATES.replace("OR ta.reveal_at > %(now)s", "").replace("OR ft.reveal_at > %(now)s", "")


@pytest.mark.parametrize("leak", LEAKS)
def test_a_seeded_leak_is_found(stand: Stand, leak: str) -> None:
    told = []
    for name in SHORT:
        with LEAKS[leak](), world(stand, WORLDS[name]) as clock:
            _partner_votes(stand, _visitor(stand, PARTNER))
            clock.shift(2)
            told.append(_suspects(stand, clock))
    assert _differences(*told) != []


def test_a_leak_in_a_header_alone_is_found(stand: Stand, settings: Any) -> None:
    settings.MIDDLEWARE = [f"{__name__}._tag", *settings.MIDDLEWARE]
    told = []
    for name in SHORT:
        with world(stand, WORLDS[name]):
            told.append({"team": _visitor(stand, "oscar").get(reverse("team", args=[stand.review.slug]))})
    assert _differences(*told) == ["team"]


def _suspects(stand: Stand, clock: time_machine.Traveller) -> Told:
    """The pages where each of the leaks would show."""
    visitor, slug = _visitor(stand, "vera"), stand.review.slug
    names = ("export_decisions", "prisma", "history", "conflicts", "review_home", "agreement")
    told = {name: visitor.get(reverse(name, args=[slug])) for name in names}
    return told | {"tonight": visitor.get(reverse("prisma", args=[slug]) + "?as_on=2024-03-03")}
