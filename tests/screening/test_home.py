"""The home of a review: what waits for whom, and numbers that add up without telling a sealed vote."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from screening.conflicts.actions import escalate
from screening.home.tasks import next_task, tasks_of
from screening.imports.models import Import, ImportState
from screening.protocol.actions import start_amendment
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    carol,
    included_record,
    lead,
    make_import,
    make_member,
    make_review,
    make_user,
    open_screening,
    reveal,
    settled,
    vote,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def home(member: Membership) -> str:
    client = Client()
    client.force_login(member.user)
    answer = client.get(reverse("review_home", args=[member.review.slug]))
    assert answer.status_code == 200
    return answer.content.decode()


def context(member: Membership, name: str) -> object:
    client = Client()
    client.force_login(member.user)
    return client.get(reverse("review_home", args=[member.review.slug])).context[name]


def titles(member: Membership) -> list[str]:
    return [task.title for task in tasks_of(member)]


def ledger(member: Membership, box: str) -> dict[str, int]:
    boxes = context(member, "boxes")
    assert isinstance(boxes, list)
    found = next(one for one in boxes if one.title == box)
    return {row.label: row.n for row in found.rows}


def equation(member: Membership) -> dict[str, int]:
    terms = context(member, "equation")
    assert isinstance(terms, list)
    return {term.label: sum(number.n for number in term.numbers) for term in terms}


def screened(review: Review) -> None:
    """Five records: one both include, one both exclude, one conflict, one half voted, one untouched."""
    make_import(review, records=5)
    items = open_screening(review)
    for item, (first, second) in zip(items, (("include",) * 2, ("exclude",) * 2, ("include", "exclude")), strict=False):
        vote(alice(review), item, first)
        vote(bob(review), item, second)
    vote(alice(review), items[3], "exclude")
    reveal(review)


def test_the_lead_of_a_blank_review_is_sent_to_table_1_then_to_the_freeze() -> None:
    blank = make_review(preset=None)
    assert titles(lead(blank))[0] == "Write Table 1 or load a preset"
    drafted = make_review("Drafted", frozen=False)
    assert titles(lead(drafted))[0] == "Freeze the protocol"


def test_a_team_with_too_few_reviewers_is_asked_to_invite() -> None:
    review = make_review()
    assert "Invite two reviewers" in titles(lead(review))
    alice(review)
    assert "Invite a second reviewer" in titles(lead(review))
    bob(review)
    assert not [title for title in titles(lead(review)) if title.startswith("Invite")]


def test_i15_the_lead_is_asked_for_an_adjudicator_where_nobody_may_rule_on_what_was_handed_over() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    assert "Invite an adjudicator" not in titles(lead(review))
    escalate(member=alice(review), item_id=item.pk)
    alice(review)
    Membership.objects.filter(pk=alice(review).pk).update(is_adjudicator=True)
    asked = next(task for task in tasks_of(lead(review)) if task.title == "Invite an adjudicator")
    assert asked.detail == "1 conflict waits for a ruling by somebody who has not voted on it."
    assert asked.url == reverse("team", args=[review.slug]) + "?roles=adjudicator#invite"
    assert "Invite an adjudicator" not in titles(bob(review))
    carol(review)
    assert "Invite an adjudicator" not in titles(lead(review))


def test_a_file_that_waits_for_an_answer_is_told_at_home_to_whoever_imports() -> None:
    review = make_review()
    make_import(review)
    asking = Import.objects.get()
    Import.objects.update(state=ImportState.QUESTION)
    found = next(task for task in tasks_of(lead(review)) if task.title.startswith("Answer a question"))
    assert found.url == reverse("import_report", args=[review.slug, asking.pk])
    assert not [title for title in titles(alice(review)) if title.startswith("Answer a question")]


@pytest.mark.parametrize("page", ["conflicts", "fulltexts", "screening_ta_list"])
def test_who_does_not_screen_is_led_to_no_queue(page: str) -> None:
    review = make_review()
    client = Client()
    client.force_login(lead(review).user)
    address = reverse(page, args=[review.slug, "excluded"] if page == "screening_ta_list" else [review.slug])
    queue = reverse("screening_ta", args=[review.slug])
    assert f'href="{queue}"' not in client.get(address).content.decode()
    client.force_login(alice(review).user)
    assert f'href="{queue}"' in client.get(address).content.decode()


def test_nothing_waits_for_an_observer() -> None:
    review = make_review()
    screened(review)
    observer = make_member(review, "Olga Observer", Role.OBSERVER)
    assert next_task(observer) is None
    assert "Nothing waits for you" in home(observer)


def test_the_equation_adds_up_and_pending_is_never_excluded() -> None:
    review = make_review()
    screened(review)
    terms = equation(alice(review))
    assert terms == {"records in": 5, "duplicates": 0, "excluded": 1, "sought": 1, "pending": 3}
    assert terms["records in"] == sum(terms.values()) - terms["records in"]


def test_records_by_other_methods_stand_beside_the_databases_and_add_up_too() -> None:
    review = make_review()
    screened(review)
    make_import(review, records=2, database="Citations", kind="citation")
    terms = equation(lead(review))
    assert (terms["records in"], terms["pending"]) == (7, 5)
    assert terms["records in"] == sum(terms.values()) - terms["records in"]


def test_the_boxes_tell_where_the_records_stand() -> None:
    review = make_review()
    screened(review)
    member = alice(review)
    assert ledger(member, "Import") == {"MEDLINE": 5}
    assert ledger(member, "Title and abstract") == {
        "Screen": 1,
        "Awaiting other reviewer": 1,
        "Resolve conflicts": 1,
        "Excluded": 1,
        "To full text": 1,
    }
    assert ledger(member, "Full text")["To retrieve"] == 1


def test_who_cannot_vote_sees_no_list_of_what_to_vote_on() -> None:
    review = make_review()
    screened(review)
    assert "Screen" not in ledger(carol(review), "Title and abstract")


def test_i27_progress_tells_how_many_each_has_voted_on() -> None:
    review = make_review()
    screened(review)
    progress = context(lead(review), "progress")
    assert isinstance(progress, list)
    assert [(row["name"], row["voted"], row["left"]) for row in progress] == [
        ("Alice Archer", 4, 1),
        ("Bob Baker", 3, 2),
    ]


def test_p15_the_home_of_others_is_the_same_whatever_a_sealed_vote_says() -> None:
    def world(decision: str, slug: str) -> list[str]:
        review = make_review("World", slug=slug)
        make_import(review, records=2)
        vote(alice(review), open_screening(review)[0], decision)
        observer = make_member(review, "Olga Observer", Role.OBSERVER)
        return [_masked(home(one), slug) for one in (bob(review), carol(review), lead(review), observer)]

    assert world("include", "world-1") == world("maybe", "world-2") == world("exclude", "world-3")


def test_p20_a_pair_in_its_undo_window_looks_half_voted_to_everybody_until_the_window_is_over() -> None:
    def world(second: str, slug: str) -> tuple[list[str], list[str]]:
        review = make_review("World", slug=slug)
        make_import(review, records=2)
        item = open_screening(review)[0]
        vote(alice(review), item, "include")
        vote(bob(review), item, second)
        watchers = (alice(review), carol(review), lead(review))
        before = [_masked(home(one), slug) for one in watchers]
        reveal(review)
        return before, [_masked(home(one), slug) for one in watchers]

    sealed, opened = world("include", "world-1")
    sealed_too, opened_too = world("exclude", "world-2")
    assert sealed == sealed_too
    assert opened != opened_too


def _masked(page: str, slug: str) -> str:
    """Without what differs between two reviews anyway: the address and the form token."""
    lines = [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]
    return "\n".join(lines).replace(slug, "world")


def test_a_report_that_is_sought_is_offered_to_whoever_retrieves() -> None:
    review = make_review()
    included_record(review)
    assert ledger(alice(review), "Full text")["To retrieve"] == 1
    assert "report sought" in home(alice(review))


def test_an_amendment_that_is_drafted_is_the_last_thing_to_do() -> None:
    review = make_review()
    leader = lead(review)
    start_amendment(review=review, reason="Updated to 2025", actor=leader.user)
    assert titles(leader)[-1] == "Freeze amendment 2"
    assert titles(leader)[0] != "Freeze amendment 2"


@pytest.mark.parametrize("role", list(Role))
def test_every_link_of_the_home_opens_for_whoever_sees_it(role: Role) -> None:
    review = make_review()
    screened(review)
    make_import(review, records=1, database="Citations", kind="citation")
    member = make_member(review, "Some Body", role)
    client = Client()
    client.force_login(member.user)
    answer = client.get(reverse("review_home", args=[review.slug]))
    context = answer.context
    lines = [
        *context["equation"],
        *[box.total for box in context["boxes"]],
        *[row for box in context["boxes"] for row in box.rows],
    ]
    tasks = [task for task in (context["task"], *context["then"], *[box.button for box in context["boxes"]]) if task]
    addresses = {number.url for line in lines for number in line.numbers} | {task.url for task in tasks}
    addresses |= {box.url for box in context["boxes"]}
    assert {address: client.get(address).status_code for address in addresses if address} == {
        address: 200 for address in addresses if address
    }


def test_a_stranger_does_not_find_the_review() -> None:
    review = make_review()
    client = Client()
    client.force_login(make_user("Eve Other"))
    assert client.get(reverse("review_home", args=[review.slug])).status_code == 404
