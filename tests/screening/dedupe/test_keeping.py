"""A person chooses which record of a group is kept, and whose values are shown; what a file lacked comes from its duplicates."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item
from screening.dedupe.actions import answer_card, ask_for_duplicates, choose_kept, undo_answer
from screening.dedupe.keeping import picked, selects
from screening.dedupe.models import Answer, CandidateCard, Kept, KeptChoice
from screening.dedupe.shown import as_shown
from screening.exports.queue import chosen, exported_records
from screening.prisma.counts import flow_of
from screening.records.models import Record, Standing
from screening.reviews.models import Review
from tests.factories import alice, lead, make_import, make_record, make_review, open_screening, run_jobs, vote

pytestmark = pytest.mark.django_db

ARTICLE: dict[str, Any] = {
    "title": "Teaching clinicians to read a forest plot: a randomised comparison",
    "authors": ["Okafor, N.", "Lindqvist, E."],
    "year": 2019,
    "journal": "Teaching and Learning in Practice",
    "volume": "12",
    "issue": "4",
    "pages": "233-241",
    "doi": "10.1000/tlp.233",
}


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def pair(review: Review) -> tuple[Record, Record]:
    """Merged by rule; only the duplicate has an abstract, and the journal's name is written out there."""
    first = make_record(make_import(review, records=0), **ARTICLE | {"abstract": "", "journal": "Teach Learn Pract"})
    fuller = ARTICLE | {"abstract": "What readers saw."}
    second = make_record(make_import(review, database="Scopus", records=0), **fuller)
    _find(review)
    return first, second


@pytest.fixture
def card(review: Review) -> CandidateCard:
    make_record(make_import(review, records=0), **ARTICLE)
    vague = ARTICLE | {"pages": "", "volume": "", "issue": "", "doi": "", "year": 2021, "authors": ["Okafor, N."]}
    make_record(make_import(review, database="Scopus", records=0), **vague)
    _find(review)
    return CandidateCard.objects.get(review=review)


def _find(review: Review) -> None:
    ask_for_duplicates(member=lead(review))
    run_jobs(review)


def _leads(review: Review) -> dict[int, int | None]:
    return dict(Standing.objects.filter(review=review).values_list("record__number", "lead__number"))


def _client(review: Review) -> Client:
    client = Client()
    client.force_login(lead(review).user)
    return client


def test_let_it_lead_holds_moves_no_number_and_is_undone(review: Review, pair: tuple[Record, Record]) -> None:
    before = flow_of(review).counts()
    act = choose_kept(member=lead(review), record=pair[0], kept={Kept.LEAD: pair[1].pk})
    assert _leads(review) == {1: 2, 2: None}
    _find(review)
    assert _leads(review) == {1: 2, 2: None}, "DD11"
    assert [item.record_id for item in Item.objects.filter(review=review).standing()] == [pair[1].pk]
    after = flow_of(review).counts()
    assert (after["duplicates"], after["records_screened"]) == (before["duplicates"], before["records_screened"])
    event = AuditEvent.objects.get(review_id=review.pk, verb="choose what is kept")
    assert event.after == {"records": [1, 2], "kept": {"Kept record": 2}}
    undo_answer(member=lead(review), act=act)
    assert _leads(review) == {1: None, 2: 1}, "DD8"


def test_of_two_choices_the_newer_holds_and_its_undo_brings_the_older_back(
    review: Review, pair: tuple[Record, Record]
) -> None:
    choose_kept(member=lead(review), record=pair[0], kept={Kept.LEAD: pair[1].pk})
    act = choose_kept(member=lead(review), record=pair[1], kept={Kept.LEAD: pair[0].pk})
    assert _leads(review) == {1: None, 2: 1}
    undo_answer(member=lead(review), act=act)
    assert _leads(review) == {1: 2, 2: None}


def test_r2_a_record_without_votes_takes_no_lead_from_one_that_has_them(
    review: Review, pair: tuple[Record, Record]
) -> None:
    vote(alice(review), open_screening(review)[0], "include")
    with pytest.raises(NotAllowedNow, match="may not lead"):
        choose_kept(member=lead(review), record=pair[0], kept={Kept.LEAD: pair[1].pk})
    assert _leads(review) == {1: None, 2: 1}
    assert not KeptChoice.objects.exists()


def test_r1_a_record_from_other_methods_takes_no_lead_from_a_database(review: Review) -> None:
    make_record(make_import(review, records=0), **ARTICLE)
    other = make_record(make_import(review, database="Hand search", kind="citation", records=0), **ARTICLE)
    _find(review)
    with pytest.raises(NotAllowedNow, match="may not lead"):
        choose_kept(member=lead(review), record=other, kept={Kept.LEAD: other.pk})


def test_what_the_kept_record_lacks_is_shown_from_its_duplicate_and_stored_nowhere(
    review: Review, pair: tuple[Record, Record]
) -> None:
    shown = as_shown(pair[0])
    assert (shown.abstract, shown.journal, shown.shown_from) == (
        "What readers saw.",
        "Teach Learn Pract",
        {"Abstract": 2},
    )
    assert Record.objects.get(pk=pair[0].pk).abstract == ""
    assert as_shown(pair[1]) is pair[1], "a duplicate helps, it is not helped"


def test_a_value_is_chosen_and_the_choice_is_undone(review: Review, pair: tuple[Record, Record]) -> None:
    act = choose_kept(member=lead(review), record=pair[0], kept={Kept.JOURNAL: pair[1].pk})
    shown = as_shown(pair[0])
    assert (shown.journal, shown.shown_from["Journal"]) == (ARTICLE["journal"], 2)
    assert as_shown(make_record(make_import(review, database="Embase", records=0), title="Alone")).shown_from == {}
    undo_answer(member=lead(review), act=act)
    assert as_shown(pair[0]).journal == "Teach Learn Pract"


def test_a_value_that_is_not_given_cannot_be_chosen(review: Review, pair: tuple[Record, Record]) -> None:
    with pytest.raises(NotAllowedNow, match="no such value"):
        choose_kept(member=lead(review), record=pair[0], kept={Kept.ABSTRACT: pair[0].pk})
    outside = make_record(make_import(review, database="Embase", records=0), title="Alone", abstract="Mine.")
    with pytest.raises(NotAllowedNow, match="not in this group"):
        choose_kept(member=lead(review), record=pair[0], kept={Kept.ABSTRACT: outside.pk})
    with pytest.raises(NotAllowedNow, match="not merged"):
        choose_kept(member=lead(review), record=outside, kept={Kept.LEAD: outside.pk})


def test_only_what_differs_is_offered_and_only_what_changes_is_picked(
    review: Review, pair: tuple[Record, Record]
) -> None:
    ids = [one.pk for one in pair]
    offered = {one.name: [(option.number, option.is_so) for option in one.options] for one in selects(review.pk, ids)}
    assert offered == {"lead": [(1, True), (2, False)], "journal": [(1, True), (2, False)]}
    assert picked(review.pk, ids, {"lead": 1, "journal": 2, "title": 2}) == {Kept.JOURNAL: pair[1].pk}


def test_the_card_asks_what_is_kept_and_one_undo_takes_all_back(review: Review, card: CandidateCard) -> None:
    client = _client(review)
    html = client.get(reverse("duplicates", args=[review.slug])).content.decode()
    assert 'name="lead"' in html
    assert 'name="year"' in html
    answered = client.post(
        reverse("duplicate_answer", args=[review.slug, card.pk]), {"answer": "same", "lead": "2", "year": "1"}
    )
    assert answered.status_code == 302
    assert _leads(review) == {1: 2, 2: None}
    shown = as_shown(Record.objects.get(review=review, number=2))
    assert (shown.year, shown.pages) == (2019, "233-241")
    client.post(reverse("duplicates_undo", args=[review.slug]), {"act": str(KeptChoice.objects.all()[0].act)})
    assert _leads(review) == {1: None, 2: None}
    assert not KeptChoice.objects.filter(lifted_at__isnull=True).exists()


def test_what_is_kept_matters_with_the_answer_same_only(review: Review, card: CandidateCard) -> None:
    pk = Record.objects.get(review=review, number=2).pk
    answer_card(member=lead(review), card=card, answer=Answer.DIFFERENT, kept={Kept.LEAD: pk})
    assert not KeptChoice.objects.exists()


def test_the_page_of_a_group_chooses_and_undoes(review: Review, pair: tuple[Record, Record]) -> None:
    client, address = _client(review), reverse("duplicate_kept", args=[review.slug, 2])
    html = client.get(address).content.decode()
    assert "2 merged records" in html
    assert client.post(address, {"lead": "2", "journal": "1"})["Location"] == address
    assert _leads(review) == {1: 2, 2: None}
    html = client.get(address).content.decode()
    assert "Last choice: " in html
    assert client.post(address, {"lead": "2"}).status_code == 409, "it is so already"
    assert client.post(address, {"lead": "two"}).status_code == 409
    back = client.post(
        reverse("duplicates_undo", args=[review.slug]), {"act": str(KeptChoice.objects.all()[0].act), "next": address}
    )
    assert back["Location"] == address
    assert _leads(review) == {1: None, 2: 1}
    alone = make_record(make_import(review, database="Embase", records=0), title="Alone")
    assert "not merged" in client.get(reverse("duplicate_kept", args=[review.slug, alone.number])).content.decode()


def test_reviewers_read_the_abstract_of_the_duplicate(review: Review, pair: tuple[Record, Record]) -> None:
    open_screening(review)
    client = Client()
    client.force_login(alice(review).user)
    html = client.get(reverse("screening_ta", args=[review.slug])).content.decode()
    assert "What readers saw." in html
    assert "Abstract from duplicate record 2." in html


def test_a_list_that_leaves_the_review_reads_as_people_read_it(review: Review, pair: tuple[Record, Record]) -> None:
    choose_kept(member=lead(review), record=pair[0], kept={Kept.JOURNAL: pair[1].pk})
    alone = make_record(make_import(review, database="Embase", records=0), title="Alone", abstract="Its own.")
    keys = ("records_screened", "duplicates")
    screened = {one.number: (one.abstract, one.journal) for one in exported_records(chosen(review, keys[:1]))}
    assert screened == {1: ("What readers saw.", ARTICLE["journal"]), alone.number: ("Its own.", "")}
    everything = {one.number: (one.abstract, one.journal) for one in exported_records(chosen(review, keys))}
    assert everything[1] == ("", "Teach Learn Pract"), "beside its duplicate, each as its file had it"
