"""The pages of duplicates: the card, its answers and their undo, lists, spot check, download, removal of a record."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.audit.refusal import NotAllowedNow
from screening.dedupe.actions import answer_card, ask_for_duplicates, part_record
from screening.dedupe.models import Answer, CandidateCard, Judgement
from screening.jobs.models import Job, Worker
from screening.records.models import Record, Standing
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    make_user,
    open_screening,
    run_jobs,
    vote,
)

pytestmark = pytest.mark.django_db

ARTICLE: dict[str, Any] = {
    "title": "Teaching clinicians to read a forest plot: a randomised comparison",
    "authors": ["Okafor, N.", "Lindqvist, E."],
    "year": 2019,
    "journal": "Teaching and Learning in Practice",
    "volume": "12",
    "issue": "4",
    "pages": "233-241",
}
VAGUE = ARTICLE | {"pages": "", "volume": "", "issue": "", "year": 2021, "authors": ["Okafor, N."]}


@pytest.fixture
def review() -> Review:
    return make_review()


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def client(review: Review) -> Client:
    return signed_in(lead(review))


def url(name: str, review: Review, *args: object) -> str:
    return reverse(name, args=[review.slug, *args])


def page(client: Client, name: str, review: Review, *args: object, query: str = "") -> str:
    answer = client.get(url(name, review, *args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def find(review: Review) -> None:
    ask_for_duplicates(member=lead(review))
    run_jobs(review)


@pytest.fixture
def pair(review: Review) -> tuple[Record, Record]:
    """Two records that a rule merges."""
    first = make_record(make_import(review, records=0), **ARTICLE, doi="10.1000/tlp.233")
    second = make_record(make_import(review, database="Scopus", records=0), **ARTICLE, doi="10.1000/tlp.233")
    find(review)
    return first, second


@pytest.fixture
def card(review: Review) -> CandidateCard:
    """Two records that a person should judge."""
    make_record(make_import(review, records=0), **ARTICLE, doi="10.1000/tlp.233")
    make_record(make_import(review, database="Scopus", records=0), **VAGUE)
    find(review)
    return CandidateCard.objects.get(review=review)


def leads(review: Review) -> dict[int, int | None]:
    return dict(Standing.objects.filter(review=review).values_list("record__number", "lead__number"))


def answer(client: Client, review: Review, card: CandidateCard, said: str) -> HttpResponse:
    found = client.post(url("duplicate_answer", review, card.pk), {"answer": said})
    assert isinstance(found, HttpResponse)
    return found


def test_the_page_shows_the_card_with_its_reason_its_rows_and_its_effect(
    client: Client, review: Review, card: CandidateCard
) -> None:
    html = page(client, "duplicates", review)
    assert card.reason in html
    for word in ("1 left", "Missing in one", "Differs", "Would lead", "Same record moves 1 record to box 3: 0 to 1"):
        assert word in html
    assert '<mark class="chg">' in html
    assert "has votes" not in html


def test_dd15_the_card_says_that_votes_exist_and_never_which(
    review: Review, client: Client, card: CandidateCard
) -> None:
    seen = []
    items = {item.record.number: item for item in open_screening(review)}
    for decision in ("include", "exclude"):
        vote(alice(review), items[1], decision, note=f"because {decision}")
        html = page(client, "duplicates", review)
        assert "Record 1 has votes" in html
        seen.append([line for line in html.splitlines() if "csrf" not in line])
    assert seen[0] == seen[1], "B2"


@pytest.mark.parametrize(
    ("said", "kept"), [("same", {1: None, 2: 1}), ("related", {1: None, 2: None}), ("different", {1: None, 2: None})]
)
def test_an_answer_holds_and_is_undone_from_the_page(
    client: Client, review: Review, card: CandidateCard, said: str, kept: dict[int, int | None]
) -> None:
    assert answer(client, review, card, said)["Location"] == url("duplicates", review)
    assert leads(review) == kept
    html = page(client, "duplicates", review)
    assert "No candidates left" in html
    assert "Your last answer" in html
    act = Judgement.objects.get().act
    back = client.post(url("duplicates_undo", review), {"act": str(act)})
    assert back["Location"] == url("duplicate_card", review, card.pk), "to the card that was answered"
    assert leads(review) == {1: None, 2: None}
    assert client.post(url("duplicates_undo", review), {"act": str(act)}).status_code == 409


def test_p31_the_same_answer_twice_is_one_act_and_another_one_is_refused(
    client: Client, review: Review, card: CandidateCard
) -> None:
    answer(client, review, card, "related")
    assert answer(client, review, card, "related").status_code == 302
    assert answer(client, review, card, "same").status_code == 409
    assert Judgement.objects.count() == 1


def test_a_question_that_a_search_withdrew_is_said_to_be_gone_and_the_next_one_is_shown(
    client: Client, review: Review, card: CandidateCard
) -> None:
    CandidateCard.objects.filter(pk=card.pk).delete()
    assert answer(client, review, card, "same")["Location"] == url("duplicates", review)
    assert "This question is not asked any more" in page(client, "duplicates", review)
    assert client.get(url("duplicate_card", review, card.pk))["Location"] == url("duplicates", review)
    with pytest.raises(NotAllowedNow, match="not asked any more"):
        answer_card(member=lead(review), card=card, answer=Answer.SAME)
    assert leads(review) == {1: None, 2: None}
    assert not Judgement.objects.exists()


def test_an_answer_of_no_kind_is_refused(client: Client, review: Review, card: CandidateCard) -> None:
    assert answer(client, review, card, "perhaps").status_code == 409
    assert leads(review) == {1: None, 2: None}


def test_several_cards_wait_the_surest_first_with_ways_to_the_others(
    client: Client, review: Review, card: CandidateCard
) -> None:
    other = CandidateCard.objects.create(
        review=review, key="x", members=card.members, score=0.01, reason="Little in common.", kind="same"
    )
    html = page(client, "duplicates", review)
    assert card.reason in html
    assert url("duplicate_card", review, other.pk) in html
    html = page(client, "duplicate_card", review, other.pk)
    assert url("duplicate_card", review, card.pk) in html
    assert 'data-shortcut="k" data-alias="ArrowLeft"' in html
    assert answer(client, review, other, "related")["Location"] == url("duplicates", review), (
        "the last one: from the start"
    )


def test_an_answer_leads_to_the_card_after_it_and_leaves_for_later_what_was_skipped(
    client: Client, review: Review, card: CandidateCard
) -> None:
    def further(score: float) -> CandidateCard:
        alone = make_record(
            card.review.imports.get(source__name="MEDLINE"), position=int(900 - 100 * score), title=f"Alone {score}"
        )
        return CandidateCard.objects.create(
            review=review,
            key=str(score),
            members=[alone.pk, card.members[0]],
            score=score,
            reason="Little.",
            kind="same",
        )

    skipped, last = further(0.03), further(0.01)
    middle = further(0.02)
    assert answer(client, review, middle, "related")["Location"] == url("duplicate_card", review, last.pk)
    assert CandidateCard.objects.filter(pk=skipped.pk, answered_at=None).exists()


def test_cards_in_which_nothing_differs_are_accepted_in_one_act_and_undone_in_one(
    client: Client, review: Review, card: CandidateCard
) -> None:
    twins = [make_record(card.review.imports.get(source__name="MEDLINE"), position=n, **ARTICLE) for n in (5, 6, 7, 8)]
    cards = [
        CandidateCard.objects.create(
            review=review, key=f"k{n}", members=[a.pk, b.pk], score=0.9, reason="Same title.", kind="same"
        )
        for n, (a, b) in enumerate((twins[:2], twins[2:]))
    ]
    html = page(client, "duplicates_accept", review)
    assert "2 of 3 open candidates" in html
    assert f'value="{card.pk}"' not in html, "its years differ"
    refused = client.post(url("duplicates_accept", review), {"cards": [card.pk]})
    assert refused.status_code == 409
    client.post(url("duplicates_accept", review), {"cards": [one.pk for one in cards]})
    assert Standing.objects.filter(record__in=twins, lead__isnull=False).count() >= 2
    client.post(
        url("duplicates_undo", review), {"act": str(Judgement.objects.values_list("act", flat=True).distinct().get())}
    )
    assert not Standing.objects.filter(record__in=twins, lead__isnull=False).exists()


def test_what_a_rule_merged_is_listed_with_its_reason_and_parted_by_one_press(
    client: Client, review: Review, pair: tuple[Record, Record]
) -> None:
    html = page(client, "duplicates_merged", review, "rule")
    assert "1 record" in html
    assert "Same title" in html
    assert "1 record found" in page(client, "duplicates_merged", review, "rule", query="?q=forest+plot")
    assert "No merged record passes" in page(client, "duplicates_merged", review, "rule", query="?q=zebra")
    here = url("duplicates_merged", review, "rule")
    assert client.post(url("duplicate_part", review, 2), {"next": here})["Location"] == here
    assert leads(review) == {1: None, 2: None}
    assert client.post(url("duplicate_part", review, 2)).status_code == 409, "not merged any more"
    html = page(client, "duplicates_apart", review)
    assert "Different" in html
    client.post(url("duplicates_undo", review), {"act": str(Judgement.objects.get().act), "next": here})
    assert leads(review) == {1: None, 2: 1}


def test_what_a_person_merged_is_listed_with_who_and_undone(
    client: Client, review: Review, card: CandidateCard
) -> None:
    answer(client, review, card, "same")
    html = page(client, "duplicates_merged", review, "person")
    assert "Lena Lead" in html
    assert str(Judgement.objects.get().act) in html


def test_the_way_back_leads_to_no_other_site(client: Client, review: Review, pair: tuple[Record, Record]) -> None:
    found = client.post(url("duplicate_part", review, 2), {"next": "https://example.org/"})
    assert found["Location"] == url("duplicates", review)


def test_the_spot_check_counts_what_was_found_wrong_and_gives_the_bound(client: Client, review: Review) -> None:
    for n in range(22):
        for database in ("MEDLINE", "Scopus"):
            facts = ARTICLE | {
                "title": f"A trial of reading plots in hospital {chr(97 + n) * 9}",
                "pages": f"{n}00-{n}09",
            }
            make_record(make_import(review, database=database, records=0), **facts, doi=f"10.1000/tlp.{n}00")
    find(review)
    html = page(client, "duplicates_check", review)
    assert "0 of 20 found wrong" in html
    assert "at most 14 %" in html
    number = int(html.split("/not-a-duplicate/")[0].rsplit("/", 1)[1])
    part_record(member=lead(review), record=Record.objects.get(review=review, number=number))
    html = page(client, "duplicates_check", review)
    assert "1 of 20 found wrong" in html, "the draw stays the same"
    assert "at most 22 %" in html
    assert "These are all of them: 1 of 22" in page(client, "duplicates_check", review, query="?n=300")


def test_the_download_names_group_lead_member_rule_and_who(
    client: Client, review: Review, pair: tuple[Record, Record]
) -> None:
    found = client.get(url("duplicates_csv", review))
    rows = list(csv.DictReader(io.StringIO(b"".join(found.streaming_content).decode())))  # type: ignore[attr-defined]
    assert len(rows) == 1
    assert (rows[0]["group"], rows[0]["lead"], rows[0]["member"], rows[0]["who"]) == ("1", "1", "2", "")
    assert rows[0]["rule"]
    assert 0 < float(rows[0]["score"]) <= 1
    assert rows[0]["reason"].startswith("Same")
    assert rows[0]["when"].endswith("Z")


def test_the_download_says_who_merged_by_hand(client: Client, review: Review, card: CandidateCard) -> None:
    answer(client, review, card, "same")
    found = b"".join(client.get(url("duplicates_csv", review)).streaming_content).decode()  # type: ignore[attr-defined]
    assert ",person," in found
    assert "Lena Lead" in found


def test_p29_no_cell_of_the_download_is_a_formula(review: Review, card: CandidateCard) -> None:
    member = make_member(review, "=HYPERLINK(1)", Role.LIBRARIAN, email="libby@example.org")
    client = signed_in(member)
    answer(client, review, card, "same")
    found = b"".join(client.get(url("duplicates_csv", review)).streaming_content).decode()  # type: ignore[attr-defined]
    assert ",'=HYPERLINK(1)," in found


def test_the_search_is_asked_for_and_watched(client: Client, review: Review, pair: tuple[Record, Record]) -> None:
    assert "Last search for duplicates" in page(client, "duplicates", review)
    client.post(url("duplicates_find", review))
    assert Job.objects.filter(review_id=review.pk, name="dedupe.find", state="queued").count() == 1
    html = page(client, "duplicates", review)
    assert "Waiting" in html
    assert "No worker has been seen" in html
    Worker.objects.create(name="one", seen_at=timezone.now())
    assert "No worker has been seen" not in page(client, "duplicates", review)
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=40))
    assert "No worker has been seen" in page(client, "duplicates", review)
    assert "Waiting" in page(client, "duplicates_progress", review)
    run_jobs(review)
    assert client.get(url("duplicates_progress", review))["HX-Refresh"] == "true"


def test_the_search_is_stopped_and_goes_on_where_it_was(
    client: Client, review: Review, pair: tuple[Record, Record]
) -> None:
    assert client.post(url("duplicates_stop", review)).status_code == 409, "none is under way"
    client.post(url("duplicates_find", review))
    assert "Stop the search" in page(client, "duplicates", review)
    client.post(url("duplicates_stop", review))
    assert "The search was stopped." in page(client, "duplicates", review)
    run_jobs(review)
    assert Job.objects.filter(review_id=review.pk, name="dedupe.find").latest("pk").state == "cancelled"
    assert leads(review) == {1: None, 2: 1}, "what was merged stands"
    find(review)
    assert "Last search for duplicates" in page(client, "duplicates", review)


def test_a_long_search_says_how_long_it_will_take(client: Client, review: Review) -> None:
    now = timezone.now()
    Job.objects.create(
        review_id=review.pk, name="dedupe.find", state="running", phase="Comparing pairs", done_n=50, total_n=100, attempt=1,
        started_at=now - timedelta(seconds=30), lease_until=now + timedelta(seconds=60),
    )  # fmt: skip
    assert "Comparing pairs: 50 of 100, about 30 seconds left" in page(client, "duplicates", review)
    Job.objects.update(done_n=0)
    assert "seconds left" not in page(client, "duplicates", review)


def test_a_record_is_removed_with_a_reason_and_put_back(client: Client, review: Review) -> None:
    record = make_record(make_import(review, records=0))
    assert client.post(url("record_remove", review, record.number), {"reason": " "}).status_code == 409
    assert client.post(url("record_remove", review, record.number), {"reason": "Retracted"}).status_code == 302
    assert Standing.objects.get(record=record).removed == "other"
    client.post(url("record_put_back", review, record.number))
    assert Standing.objects.get(record=record).removed == ""
    assert client.post(url("record_put_back", review, record.number)).status_code == 409


ACTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("duplicates_find", {}),
    ("duplicate_answer", {"answer": "same"}),
    ("duplicate_part", {}),
    ("duplicates_accept", {"cards": "1"}),
    ("duplicates_undo", {}),
    ("record_remove", {"reason": "Retracted"}),
    ("record_put_back", {}),
)


def _place(name: str, card: CandidateCard) -> tuple[object, ...]:
    return {"duplicate_answer": (card.pk,), "duplicate_part": (2,), "record_remove": (1,), "record_put_back": (1,)}.get(
        name, ()
    )


@pytest.mark.parametrize(("name", "data"), ACTS, ids=[name for name, _ in ACTS])
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OBSERVER, Role.ADJUDICATOR])
def test_who_may_not_judge_reads_the_pages_and_changes_nothing(
    review: Review, card: CandidateCard, name: str, data: dict[str, str], role: Role
) -> None:
    client = signed_in(make_member(review, f"{role.label} Onlooker", role))
    assert client.post(url(name, review, *_place(name, card)), data).status_code == 403
    html = page(client, "duplicates", review)
    assert card.reason in html
    assert 'name="answer"' not in html
    for other, args in (("duplicates_merged", ("rule",)), ("duplicates_apart", ()), ("duplicates_check", ())):
        assert '<form method="post" action="/r/' not in page(client, other, review, *args)


def test_the_librarian_judges_and_does_not_remove(review: Review, card: CandidateCard) -> None:
    client = signed_in(make_member(review, "Libby Librarian", Role.LIBRARIAN))
    assert answer(client, review, card, "different").status_code == 302
    assert client.post(url("record_remove", review, 1), {"reason": "Retracted"}).status_code == 403


def test_p10_another_reviews_cards_acts_and_records_are_not_found(review: Review, card: CandidateCard) -> None:
    stranger = make_user("Sam Stranger")
    other = make_review("Another review", lead=stranger)
    client = Client()
    client.force_login(stranger)
    act = Judgement.objects.create(
        review=review, first_id=card.members[0], second_id=card.members[1], answer="related",
        act="6a0f2f0e-8d6e-4a58-9b54-000000000001", by=lead(review).user,
    ).act  # fmt: skip
    for name, data in ACTS[1:]:
        if name == "duplicates_accept":
            assert client.post(url(name, other), {"cards": card.pk}).status_code == 409
        else:
            sent = {"act": str(act)} if name == "duplicates_undo" else data
            assert client.post(url(name, other, *_place(name, card)), sent).status_code == 404
    assert client.get(url("duplicate_card", other, card.pk)).status_code == 404
    assert client.get(url("duplicates", review)).status_code == 404
    assert Judgement.objects.filter(lifted_at__isnull=True).count() == 1
    assert bob(review).is_active
