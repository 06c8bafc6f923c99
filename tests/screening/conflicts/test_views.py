"""The pages of conflicts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.conflicts.actions import add_comment, escalate, record_own_reading, rule, take_position
from screening.conflicts.overdue import ask_when_due
from screening.decisions.actions import reopen_item
from screening.decisions.models import Item, Vote
from screening.decisions.verdict import Decision
from screening.fulltexts.actions import mark_retrieved
from screening.reviews.actions import edit_review, end_membership
from screening.reviews.models import Membership
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
    open_screening,
    reveal,
    run_jobs,
    settled,
    vote,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def _list(member: Membership) -> str:
    return _signed_in(member).get(reverse("conflicts", args=[member.review.slug])).content.decode()


def _clash_of_reasons() -> Item:
    """A report that Alice and Bob exclude for different reasons."""
    review = make_review()
    record = included_record(review)
    mark_retrieved(member=alice(review), record=record)
    report = Item.objects.get(record=record, stage="ft")
    vote(alice(review), report, "exclude", answers={"study_design": "not_met"})
    vote(bob(review), report, "exclude", answers={"population": "not_met"})
    reveal(review)
    return report


def _signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_s4_a_clash_of_reasons_does_not_tell_whoever_may_rule_that_both_exclude() -> None:
    review = _clash_of_reasons().review
    assert "Same decision" not in _list(carol(review))
    assert ">Conflict</span>" in _list(carol(review))


def test_reasons_are_told_in_the_words_of_table_1_until_one_is_picked_and_after() -> None:
    report = _clash_of_reasons()
    client, card = _signed_in(alice(report.review)), reverse("conflict", args=[report.review.slug, report.pk])
    page = client.get(card).content.decode()
    assert "Reason: <bdi>Study design</bdi>" in page
    assert 'value="study_design" type="submit"><bdi>Study design</bdi></button>' in page
    client.post(reverse("conflict_reason", args=[report.review.slug, report.pk]), {"reason": "study_design"})
    assert "(<bdi>Study design</bdi>)" in client.get(card).content.decode()


def test_a_reason_that_two_of_three_gave_is_offered_once() -> None:
    report = _clash_of_reasons()
    like_bob = Vote.objects.get(item=report, reviewer=bob(report.review))
    like_bob.pk, like_bob.slot, like_bob.reviewer = None, 3, make_member(report.review, "Dan Drew")
    like_bob.in_pilot = True  # where everybody votes
    like_bob.save()
    page = _signed_in(alice(report.review)).get(reverse("conflict", args=[report.review.slug, report.pk]))
    assert re.findall(r'name="reason" value="(\w+)" type="submit"', page.content.decode()) == [
        "study_design",
        "population",
    ]


def test_a_comment_brings_its_writer_back_to_the_end_of_the_discussion() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    client, card = _signed_in(alice(review)), reverse("conflict", args=[review.slug, item.pk])
    sent = client.post(reverse("conflict_comment", args=[review.slug, item.pk]), {"text": "It fits."})
    assert sent["Location"] == f"{card}#latest"
    assert '<li id="latest">' in client.get(card).content.decode()


def test_handing_over_takes_a_second_press_that_says_what_follows() -> None:
    review = make_review()
    make_import(review)
    carol(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    card = reverse("conflict", args=[review.slug, item.pk])
    page = _signed_in(alice(review)).get(card).content.decode()
    fold = page[page.index("<details", page.index("Agree on Exclude")) :]
    assert "No consensus: ask the adjudicator" in fold[: fold.index("</summary>")]
    assert "do not sign" in fold, "the last word is masked as the rest of the discussion is"
    assert (
        fold.index("</summary>")
        < fold.index("until an adjudicator opens it")
        < fold.index("Hand it to the adjudicator")
    )
    assert fold.index("Hand it to the adjudicator") < fold.index("</details>")
    escalate_url = reverse("conflict_escalate", args=[review.slug, item.pk])
    assert page.count(escalate_url) == 1
    _signed_in(alice(review)).post(escalate_url, {"note": "It studies residents."})
    assert "It studies residents." in _signed_in(bob(review)).get(card).content.decode()


def test_i15_where_nobody_may_rule_the_card_says_so_before_and_after() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    client, card = _signed_in(alice(review)), reverse("conflict", args=[review.slug, item.pk])
    assert "Nobody in this review may rule on this record yet" in client.get(card).content.decode()
    escalate(member=alice(review), item_id=item.pk)
    assert "Waits for an adjudicator" in client.get(card).content.decode()
    carol(review)
    assert "With the adjudicator" in client.get(card).content.decode()


def test_whoever_waits_for_a_voter_who_left_is_sent_to_the_adjudicator() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    client, card = _signed_in(alice(review)), reverse("conflict", args=[review.slug, item.pk])
    assert "cannot agree any more" not in client.get(card).content.decode()
    position = reverse("conflict_position", args=[review.slug, item.pk])
    assert (
        "<b>Waiting for Bob Baker.</b>" in client.post(position, {"decision": "include"}, follow=True).content.decode()
    )
    end_membership(member=bob(review), actor=lead(review).user)
    page = client.get(card).content.decode()
    assert f"{bob(review).user} left the team or no longer screens, so the two cannot agree any more" in page
    assert "Waiting for" not in page
    assert "Hand it to the adjudicator" in _signed_in(lead(review)).get(card).content.decode()


def test_two_who_have_spoken_and_differ_are_not_told_to_wait() -> None:
    review = make_review()
    make_import(review)
    item = settled(review, open_screening(review)[0], "include", "exclude")
    position = reverse("conflict_position", args=[review.slug, item.pk])
    _signed_in(bob(review)).post(position, {"decision": "exclude"})
    page = _signed_in(alice(review)).post(position, {"decision": "include"}, follow=True).content.decode()
    assert "<b>You do not say the same yet.</b> You said Include" in page


def test_a_conflict_that_has_just_opened_says_just_now() -> None:
    review = make_review()
    make_import(review)
    settled(review, open_screening(review)[0], "include", "exclude")
    assert ", just now." in _list(alice(review))
    assert "0\xa0minutes" not in _list(alice(review))


def test_a_ruling_begins_with_the_criteria_in_sight_on_a_phone_as_well_and_the_report_at_hand() -> None:
    report = _clash_of_reasons()
    escalate(member=alice(report.review), item_id=report.pk)
    page = (
        _signed_in(carol(report.review)).get(reverse("ruling", args=[report.review.slug, report.pk])).content.decode()
    )
    assert page.count('class="criterion"') == 7
    assert "data-criteria" not in page, "nothing folds what is asked for"
    assert reverse("report", args=[report.review.slug, report.record.number]) in page
    card = _signed_in(alice(report.review)).get(reverse("conflict", args=[report.review.slug, report.pk]))
    assert reverse("report", args=[report.review.slug, report.record.number]) in card.content.decode()


def _conflicts(n: int = 1) -> list[Item]:
    """Conflicts of Alice and Bob, who gave notes and different answers."""
    review = make_review()
    make_import(review, records=n)
    found = open_screening(review)
    for item in found:
        vote(alice(review), item, "include", answers={"focus": "met", "scope": "met"}, note="It asks what helps.")
        vote(bob(review), item, "exclude", answers={"focus": "not_met", "scope": "met"}, note="It does not.")
    reveal(review)
    return found


def _url(name: str, item: Item) -> str:
    return reverse(name, args=[item.review.slug, item.pk])


def test_the_queue_is_paged_and_a_row_tells_the_pair_and_what_differs() -> None:
    items = _conflicts(27)
    client, address = _signed_in(lead(items[0].review)), reverse("conflicts", args=[items[0].review.slug])
    page = client.get(address).content.decode()
    assert page.count('class="row"') == 25
    assert "27 open conflicts, oldest first" in page
    assert "<bdi>Alice Archer and Bob Baker</bdi>. Differs: <bdi>Focus</bdi>." in page
    assert '<option value="focus">Focus (27)</option>' in page
    second = client.get(address, {"criterion": "focus", "page": "2"}).content.decode()
    assert second.count('class="row"') == 2
    assert "?criterion=focus&amp;page=1" in second
    assert "No open conflict passes these filters" in client.get(address, {"criterion": "scope"}).content.decode()


def test_what_differs_is_said_in_words_with_both_notes_side_by_side() -> None:
    [item] = _conflicts()
    page = _signed_in(alice(item.review)).get(_url("conflict", item)).content.decode()
    table = page[page.index('class="versus"') : page.index("Criteria without a clash")]
    assert "Focus <small>differs</small>" in table
    assert "Scope" not in table
    notes = table[table.index('<th scope="row">Note</th>') :]
    assert notes.index("It asks what helps.") < notes.index("It does not.")


def test_a_mention_is_chosen_or_written_and_read_by_a_press() -> None:
    [item] = _conflicts()
    leader = lead(item.review)
    client = _signed_in(alice(item.review))
    page = client.get(_url("conflict", item)).content.decode()
    assert f'<option value="{leader.pk}">Lena Lead</option>' in page
    client.post(_url("conflict_comment", item), {"text": "Which is it?", "call": str(leader.pk)})
    theirs = _signed_in(leader)
    assert "You are mentioned" in theirs.get(reverse("conflicts", args=[item.review.slug])).content.decode()
    card = theirs.get(_url("conflict", item)).content.decode()
    assert "Somebody mentions you here." in card
    assert "Mentions <bdi>Lena Lead</bdi>" in card
    theirs.post(_url("conflict_read", item))
    assert "Somebody mentions you here." not in theirs.get(_url("conflict", item)).content.decode()


def test_i30_a_called_name_is_masked_for_whoever_rules() -> None:
    [item] = _conflicts()
    review = item.review
    add_comment(member=alice(review), item_id=item.pk, text="@Bob, and @Lena?", mentions=[lead(review).pk])
    escalate(member=bob(review), item_id=item.pk, note="@Alice Archer insists.")
    record_own_reading(member=carol(review), item_id=item.pk, answers={})
    page = _signed_in(carol(review)).get(_url("ruling", item)).content.decode()
    main = page[page.index("<main") :]
    assert not any(name in main for name in ("Alice", "Bob", "Lena"))
    assert "@a colleague?" in main
    assert main.count("@Reviewer ") == 2


def test_taking_a_hand_over_back_is_offered_until_it_is_opened_and_then_said_why_not() -> None:
    [item] = _conflicts()
    review = item.review
    carol(review)
    escalate(member=alice(review), item_id=item.pk)
    client, card = _signed_in(bob(review)), _url("conflict", item)
    assert "Take it back and go on talking" in client.get(card).content.decode()
    client.post(_url("conflict_take_back", item))
    page = client.get(card).content.decode()
    assert "Took it back: the talk goes on." in page
    assert "Agree on Include" in page
    escalate(member=alice(review), item_id=item.pk)
    record_own_reading(member=carol(review), item_id=item.pk, answers={})
    page = client.get(card).content.decode()
    assert "Take it back and go on talking" not in page
    assert "An adjudicator has opened it, so it can no longer be taken back." in page
    refused = client.post(_url("conflict_take_back", item))
    assert refused.status_code == 409
    assert "opened this conflict already" in refused.content.decode()


def test_a_hand_over_by_rule_is_told_as_one_and_stays() -> None:
    [item] = _conflicts()
    review = item.review
    carol(review)
    edit_review(review=review, actor=lead(review).user, hand_over_after_days=3)
    Item.objects.update(reveal_at=timezone.now() - timedelta(days=4))
    ask_when_due()
    run_jobs(review)
    page = _signed_in(alice(review)).get(_url("conflict", item)).content.decode()
    assert "Asked the adjudicator after 3 days." in page
    assert "The rule of this review handed it over after 3 days, so it stays there." in page


def test_an_adjudicator_rules_by_keys_on_real_buttons_and_the_next_conflict_comes_at_once() -> None:
    first, second = _conflicts(2)
    review = first.review
    judge = carol(review)
    for item in (first, second):
        escalate(member=alice(review), item_id=item.pk)
        record_own_reading(member=judge, item_id=item.pk, answers={})
    client = _signed_in(judge)
    page = client.get(_url("ruling", first)).content.decode()
    for key, words in (("i", "Rule Include"), ("e", "Rule Exclude"), ("u", "Undecided, later")):
        button = page[page.index(f'data-shortcut="{key}"') :]
        assert words in button[: button.index("</button>")]
    assert '<label for="rationale" data-shortcut="n">' in page
    later = client.post(_url("ruling_later", first), {"rationale": "Perhaps."}, follow=True)
    assert later.redirect_chain[-1][0] == _url("ruling", second)
    assert ">Perhaps.</textarea>" in client.get(_url("ruling", first)).content.decode()
    ruled = client.post(_url("ruling_give", second), {"decision": "exclude", "rationale": "Out."}, follow=True)
    assert ruled.redirect_chain[-1][0] == _url("ruling", first)
    done = client.post(_url("ruling_give", first), {"decision": "include", "rationale": "In."}, follow=True)
    assert "Nothing to rule on." in done.content.decode()


def test_i23_earlier_rounds_stand_on_the_card_and_whoever_ruled_is_not_offered_the_record() -> None:
    [item] = _conflicts()
    review = item.review
    judge = make_member(review, "Cyril Second", Role.ADJUDICATOR, Role.REVIEWER)
    escalate(member=bob(review), item_id=item.pk)
    record_own_reading(member=judge, item_id=item.pk, answers={})
    rule(member=judge, item_id=item.pk, decision=Decision.INCLUDE, rationale="It does ask.")
    reopen_item(item_id=item.pk, lead=lead(review), reason="A new abstract")
    client, card = _signed_in(alice(review)), _url("conflict", item)
    page = client.get(card).content.decode()
    assert "This record was opened again." in page
    assert "Round 1, kept: 2 votes" in page
    assert "It does not." in page
    assert "<bdi>It does ask.</bdi>" in page
    screen = reverse("screening_ta", args=[review.slug])
    assert f">Record {item.record.number}<" in client.get(screen).content.decode()
    assert "Nothing to screen" in _signed_in(judge).get(screen).content.decode()
    assert _signed_in(judge).get(card).status_code == 302
    assert _signed_in(judge).get(_url("ruling", item)).status_code == 404
    item.refresh_from_db()
    vote(alice(review), item, "exclude")
    vote(bob(review), item, "exclude")
    assert "votes of round 2 show here once they are in" in _signed_in(lead(review)).get(card).content.decode()
    reveal(review)
    page = client.get(card).content.decode()
    assert "Settled by agreement" in page
    assert "Round 1, kept: 2 votes" in page


def test_two_who_exclude_for_different_reasons_after_the_talk_read_both_reasons() -> None:
    report = _clash_of_reasons()
    add_comment(member=alice(report.review), item_id=report.pk, text="Which?")
    for member, reason in ((alice(report.review), "study_design"), (bob(report.review), "population")):
        take_position(member=member, item_id=report.pk, decision=Decision.EXCLUDE, reason=reason)
    page = _signed_in(alice(report.review)).get(_url("conflict", report)).content.decode()
    assert "(<bdi>Study design</bdi>)" in page
    assert "(<bdi>Population</bdi>)" in page


def test_i30_what_was_written_with_a_vote_calls_nobody_by_name_and_says_why_it_includes() -> None:
    review = make_review()
    make_import(review)
    item = open_screening(review)[0]
    answers = {"focus": "not_met"}
    vote(alice(review), item, "include", note="Ask @Bob", answers=answers, override="@Bob Baker said so.")
    vote(bob(review), item, "exclude")
    reveal(review)
    escalate(member=bob(review), item_id=item.pk)
    record_own_reading(member=carol(review), item_id=item.pk, answers={})
    page = _signed_in(carol(review)).get(_url("ruling", item)).content.decode()
    main = page[page.index("<main") :]
    assert "Bob" not in main
    assert re.search(r'Included although a criterion is not met:</p><p class="what"><bdi>@Reviewer [AB] said so', main)


@pytest.mark.parametrize(
    ("days", "status", "stored"), [("14", 302, 14), ("", 302, None), ("0", 422, 7), ("-3", 422, 7)]
)
def test_a_lead_sets_after_how_many_days_a_conflict_goes_to_the_adjudicator(
    days: str, status: int, stored: int | None
) -> None:
    review = make_review()
    edit_review(review=review, actor=lead(review).user, hand_over_after_days=7)
    sent = {"title": review.title, "kind": review.kind, "hand_over_after_days": days}
    answer = _signed_in(lead(review)).post(reverse("review_settings", args=[review.slug]), sent)
    review.refresh_from_db()
    assert (answer.status_code, review.hand_over_after_days) == (status, stored)
