"""Pages of what a reviewer keeps: words, marks, tags, her own records, her time."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from screening.conflicts.arguments import sides
from screening.decisions.actions import postpone
from screening.decisions.models import Item, Vote
from screening.decisions.own.actions import set_own_words, set_review_words, set_tags, set_view
from screening.protocol.models import Desk, ReviewWords
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, carol, lead, make_import, make_record, make_review, open_screening, reveal, vote

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HOSTILE = "<img src=x onerror=alert(1)>research</p><script>\"'&amp;"


@pytest.fixture
def review() -> Review:
    """Records that wait for Alice and Bob; the first has a hostile title and abstract."""
    made = make_review()
    alice(made), bob(made)
    imported = make_import(made, records=0)
    about = {"authors": ["Okapi, Ann"], "journal": "Annals of Zebras", "doi": '10.1/x"><b>', "pmid": "123"}
    make_record(
        imported, position=1, title=HOSTILE, abstract=f"BACKGROUND: {HOSTILE}. METHODS: We asked.", year=2010, **about
    )
    make_record(imported, position=2, title="探討醫學教育", languages=["zh"], year=2020, abstract="目的：探討。")
    make_record(imported, position=3, title="A study of nurses", languages=["en"], year=2015)
    open_screening(made)
    return made


def client_of(member: Membership) -> Client:
    """Signed in as the member."""
    client = Client()
    client.force_login(member.user)
    return client


def page(review: Review, member: Membership, name: str, *args: object, query: str = "") -> str:
    """A page as the member sees it."""
    answer = client_of(member).get(reverse(name, args=[review.slug, *args]) + query)
    assert answer.status_code == 200
    return answer.getvalue().decode()


def item_of(review: Review, number: int) -> Item:
    """The title and abstract item of a record."""
    return Item.objects.get(review=review, record__number=number)


def send(review: Review, member: Membership, name: str, *args: object, **sent: object) -> int:
    """Post a form; returns the status."""
    return client_of(member).post(reverse(name, args=[review.slug, *args]), sent).status_code


def test_p30_nothing_of_a_record_becomes_markup_with_and_without_marks(review: Review) -> None:
    for words in ("", "research\nimg\nscript\nalert\namp\nquot"):
        ReviewWords.objects.update_or_create(pk=review.pk, defaults={"speaks_for": words})
        shown = page(review, alice(review), "screening_ta_record", 1)
        reading = shown[shown.index('id="reading"') : shown.index('id="own-tags"')]
        tags = set(re.findall(r"</?([a-z0-9]+)", reading))
        assert tags <= {"h2", "bdi", "p", "i", "a", "b", "div", "mark", "span"}
        assert "onerror=" not in re.sub(r">[^<]*<", "><", reading)
        bare = re.sub(r'</?mark[^>]*>|<span class="sr">[^<]*</span>', "", reading)
        assert (
            bare.count("&lt;img src=x onerror=alert(1)&gt;research&lt;/p&gt;&lt;script&gt;&quot;&#x27;&amp;amp;") == 2
        )


def test_marks_tell_by_line_tint_and_once_in_words(review: Review) -> None:
    set_review_words(member=lead(review), speaks_for="research\nasked", speaks_against="醫學")
    shown = page(review, alice(review), "screening_ta_record", 1)
    assert shown.count('<mark class="for">research') == 2
    assert shown.count("(speaks for inclusion)") == 1
    assert "3 found" in shown
    assert '<mark class="against">醫學<span class="sr">' in page(review, alice(review), "screening_ta_record", 2)


def test_a_structured_abstract_stands_under_its_headings(review: Review) -> None:
    assert "<b>METHODS:</b> We asked." in page(review, alice(review), "screening_ta_record", 1)
    assert "<b>目的：</b>探討。" in page(review, alice(review), "screening_ta_record", 2)


def test_links_lead_out_plainly_and_only_where_they_help(review: Review) -> None:
    shown = page(review, alice(review), "screening_ta_record", 1)
    links = re.findall(r'<a href="(https://[^"]*)" rel="noopener noreferrer" target="_blank">', shown)
    assert links == ["https://doi.org/10.1/x%22%3E%3Cb%3E", "https://pubmed.ncbi.nlm.nih.gov/123/"]
    assert "translate.google.com" in page(review, alice(review), "screening_ta_record", 2)


def test_authors_and_journal_hide_for_whoever_wishes(review: Review) -> None:
    set_view(member=alice(review), hides_authors=True)
    hidden, shown = (page(review, one, "screening_ta_record", 1) for one in (alice(review), bob(review)))
    assert "Okapi" not in hidden
    assert "Annals of Zebras" not in hidden
    assert "Okapi" in shown


def test_h_switches_the_marks_by_form_and_in_place(review: Review) -> None:
    set_review_words(member=lead(review), speaks_for="research", speaks_against="")
    address = reverse("screening_highlights", args=[review.slug, 1])
    client = client_of(alice(review))
    answer = client.post(address, {"highlights": "off", "stage": "ta"}, headers={"HX-Request": "true"}).content.decode()
    assert '<mark class="for">research' not in answer
    assert 'aria-pressed="false" data-shortcut="h"' in answer
    assert client.post(address, {"highlights": "on"}).status_code == 302
    assert Desk.objects.get().highlights_on


def test_t_keeps_ticked_and_new_tags(review: Review) -> None:
    a = alice(review)
    assert send(review, a, "screening_tags", 1, new="Qualitative, <b>Taiwan") == 302
    assert send(review, a, "screening_tags", 1, tag=["Qualitative"], new="x" * 41) == 409
    shown = page(review, a, "screening_ta_record", 1)
    assert "My tags: <b><bdi>&lt;b&gt;Taiwan</bdi></b>, <b><bdi>Qualitative</bdi></b>" in shown
    assert "Qualitative" not in page(review, bob(review), "screening_ta_record", 1)


def test_words_are_kept_by_whom_they_belong_to(review: Review) -> None:
    a, leader = alice(review), lead(review)
    assert send(review, leader, "words_review", speaks_for="educat*", speaks_against="student*") == 302
    assert send(review, a, "words_review", speaks_for="x", speaks_against="") == 403
    assert send(review, a, "words_own", speaks_for="okapi", speaks_against="") == 302
    assert "okapi" in page(review, a, "words")
    assert "okapi" not in page(review, bob(review), "words") + page(review, leader, "words")
    assert "educat*" in page(review, bob(review), "words")


def test_what_cannot_be_read_stays_in_the_form(review: Review) -> None:
    answer = client_of(lead(review)).post(
        reverse("words_review", args=[review.slug]), {"speaks_for": "fine\n*", "speaks_against": "kept"}
    )
    assert answer.status_code == 422
    assert "would mark nearly everything" in answer.content.decode()
    assert "fine\n*</textarea>" in answer.content.decode()
    assert not ReviewWords.objects.exists()


def test_derived_words_are_offered_on_request_and_added_when_ticked(review: Review) -> None:
    assert 'value="clinician*"' not in page(review, lead(review), "words")
    assert 'value="clinician*"' in page(review, lead(review), "words", query="?derive=1")
    set_own_words(member=alice(review), speaks_for="okapi", speaks_against="")
    assert send(review, alice(review), "words_own", add_speaks_for=["clinician*", "educator*"]) == 302
    assert Desk.objects.get().speaks_for == "okapi\nclinician*\neducator*"
    assert 'value="clinician*"' not in page(review, alice(review), "words", query="?derive=1")


def test_own_records_are_filtered_searched_and_counted(review: Review) -> None:
    a = alice(review)
    vote(a, item_of(review, 1), "maybe", note="Ask about zebras")
    vote(a, item_of(review, 2), "exclude")
    set_tags(member=a, item=item_of(review, 2), names=["Chinese"])
    postpone(member=a, item_id=item_of(review, 3).pk, why="No abstract")
    expected = {
        "": {1, 2, 3}, "?show=maybe": {1}, "?show=exclude": {2}, "?show=noted": {1}, "?show=tagged": {2}, "?show=put-off": {3},
        "?tag=Chinese": {2}, "?language=zh": {2}, "?from=2012&to=2018": {3}, "?from=x&to=99999": {1, 2, 3}, "?q=nurses": {3},
        "?note=zebras": {1}, "?note=%25": set(), "?stage=ft": set(), "?show=nonsense": {1, 2, 3},
    }  # fmt: skip
    for query, numbers in expected.items():
        shown = page(review, a, "my_records", query=query)
        found = {int(one) for one in re.findall(rf'href="/r/{review.slug}/screening/(\d)/"', shown)}
        assert found == numbers, query
    everything = page(review, a, "my_records")
    assert "Put off: <bdi>No abstract</bdi>" in everything
    assert "Come back to 1" in everything
    assert "Ask about zebras" in everything
    assert "No record of yours fits" in page(review, bob(review), "my_records")


def test_home_leads_back_to_what_was_put_off(review: Review) -> None:
    postpone(member=alice(review), item_id=item_of(review, 3).pk, why="No abstract")
    assert "?show=put-off" in page(review, alice(review), "review_home")
    assert "?show=put-off" not in page(review, bob(review), "review_home")


def test_a_note_becomes_the_reason_to_come_back_and_waits_in_the_note(review: Review) -> None:
    send(review, alice(review), "vote_ta_postpone", 1, note="Ask Bob")
    assert ">Ask Bob</textarea>" in page(review, alice(review), "screening_ta_record", 1)
    assert ">Ask Bob</textarea>" not in page(review, bob(review), "screening_ta_record", 1)


def test_time_is_stored_from_the_form_and_shown_to_oneself(review: Review) -> None:
    send(review, alice(review), "vote_ta", 1, decision="include", spent="42", known="")
    assert Vote.objects.get().seconds == 42
    assert "42 s" in page(review, alice(review), "my_time")
    for other in (bob(review), lead(review)):
        assert "42 s" not in page(review, other, "my_time")
    assert "No open vote has a time yet" in page(review, lead(review), "my_time")


def test_b4_tags_stand_on_the_conflict_card_and_in_the_export_once_votes_are_open(review: Review) -> None:
    a, b = alice(review), bob(review)
    item = item_of(review, 3)
    set_tags(member=a, item=item, names=["Zebra"])
    vote(a, item, "include")
    for other in (b, lead(review)):
        assert "Zebra" not in page(review, other, "export_decisions")
    vote(b, item, "exclude")
    reveal(review)
    assert "Zebra" in page(review, b, "conflict", item.pk)
    assert ",tag,Zebra," in page(review, b, "export_decisions")


def test_i30_a_tag_that_names_a_voter_names_the_mask_to_the_adjudicator(review: Review) -> None:
    a, b, c, item = alice(review), bob(review), carol(review), item_of(review, 3)
    set_tags(member=a, item=item, names=["Ask @Bob Baker"])
    vote(a, item, "include"), vote(b, item, "exclude")
    reveal(review)
    told = {one: next(side.tags for side in sides(one, item_of(review, 3)) if side.tags) for one in (a, c)}
    assert told[a] == ("Ask @Bob Baker",)
    assert "Bob" not in told[c][0]
    assert "Reviewer" in told[c][0]
