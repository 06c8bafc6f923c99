"""A record without a title is pending until a person gives it one; what the file said stays beside it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from reviewapp.accounts.models import User
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item
from screening.home.tasks import tasks_of
from screening.imports.actions import give_title, restore_import, undo_import
from screening.imports.models import Import
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.records.models import Record, Repair, Standing
from screening.records.queue import found_by, records_in, waiting_for_title
from screening.reviews.models import Review
from tests.factories import alice, bob, lead, make_import, make_record, make_review, run_jobs, vote
from tests.screening.imports.uploads import loaded, ris

pytestmark = pytest.mark.django_db

TITLE = "Barriers to research in rural hospitals"
BARE = b"TY  - JOUR\nAU  - Archer, A.\nDO  - 10.1234/bare\nN1  - Barriers to research in rural hospitals\nER  - \n\n"


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def actor(review: Review) -> User:
    return lead(review).user


@pytest.fixture
def visitor(actor: User, client: Client) -> Client:
    client.force_login(actor)
    return client


def bare(review: Review, content: bytes = BARE) -> Record:
    """The record without a title of an import whose jobs are all done."""
    done = loaded(review, ris(["A study with a title"]) + content)
    run_jobs(review)
    return done.records.get(title="")


def repair(record: Record, actor: User, title: str = TITLE, **fields: str) -> Record:
    give_title(record_id=record.pk, actor=actor, title=title, **{"found_in": "the raw text", **fields})
    return Record.objects.get(pk=record.pk)


def page(visitor: Client, name: str, review: Review, *rest: Any) -> str:
    return visitor.get(reverse(name, args=[review.slug, *rest])).content.decode()


def screened(review: Review) -> set[str]:
    return set(Item.objects.filter(review=review, stage="ta").values_list("record__title", flat=True))


def test_i7_a_record_without_a_title_is_pending_and_not_offered_for_screening(review: Review) -> None:
    record = bare(review)
    assert screened(review) == {"A study with a title"}
    assert list(waiting_for_title(review.pk)) == [record]
    flow = flow_of(review)
    assert (flow.number("dbr_pending_title_abstract"), flow.number("records_excluded")) == (2, 0)
    assert check(review).violations == []


def test_a_translated_title_is_title_enough_to_be_screened_and_the_original_may_be_given(
    review: Review, actor: User, visitor: Client
) -> None:
    record = make_import(review, records=1, title="", title_translated="A translated title").records.get()
    assert not waiting_for_title(review.pk).exists()
    assert "Give it its original title" in page(visitor, "record", review, record.number)
    repair(record, actor)
    assert "Give it its original title" not in page(visitor, "record", review, record.number)


def test_a_repaired_record_is_matched_then_screened_under_its_title_everywhere(review: Review, actor: User) -> None:
    record = bare(review)
    raw = record.text.raw
    repair(record, actor)
    assert not waiting_for_title(review.pk).exists()
    run_jobs(review)
    assert TITLE in screened(review)
    assert list(found_by(records_in(review), "rural hospitals")) == [record]
    assert Record.objects.get(pk=record.pk).text.raw == raw
    done = Import.objects.get()
    assert (done.markers, done.parsed, done.rejected) == (2, 2, 0)
    assert check(review).violations == []


def test_a_repaired_record_that_another_has_is_found_to_be_its_duplicate(review: Review, actor: User) -> None:
    whole = ris([TITLE], AU="Archer, A.", PY="2019", JO="Rural Medicine", VL="3", SP="10")
    loaded(review, whole)
    record = bare(review, whole.replace(f"TI  - {TITLE}\n".encode(), b""))
    assert Standing.objects.get(pk=record.pk).lead_id is None
    repair(record, actor)
    run_jobs(review)
    assert Standing.objects.get(pk=record.pk).lead_id == Record.objects.get(number=1).pk
    assert check(review).violations == []


def test_who_when_where_and_the_value_before_are_kept(review: Review, actor: User) -> None:
    record = bare(review)
    repair(record, actor, "Bariers to research")
    repair(record, actor, TITLE, seen="Bariers to research", found_in="the publisher's page")
    assert list(record.repairs.values_list("title", "found_in", "by")) == [
        ("Bariers to research", "the raw text", actor.pk),
        (TITLE, "the publisher's page", actor.pk),
    ]
    events = AuditEvent.objects.filter(subject_type="record", subject_id=record.pk).order_by("pk")
    assert list(events.values_list("verb", "before__title", "after__title", "reason")) == [
        ("gave a title", "", "Bariers to research", "the raw text"),
        ("corrected a title", "Bariers to research", TITLE, "the publisher's page"),
    ]


def test_i1_a_title_that_the_file_gave_is_never_overwritten(review: Review, actor: User) -> None:
    record = make_import(review).records.get()
    with pytest.raises(NotAllowedNow, match="kept as it came"):
        repair(record, actor, seen=record.title)
    with pytest.raises(DatabaseError, match="I1"), transaction.atomic():
        Repair.objects.create(review=review, record=record, title=TITLE, found_in="x", by=actor)
    for title in (TITLE, ""):
        with pytest.raises(DatabaseError, match="I1"), transaction.atomic():
            Record.objects.update(title=title)


@pytest.mark.parametrize("act", [lambda rows: rows.update(title="Another"), lambda rows: rows.delete()])
def test_i1_what_a_person_gave_is_never_changed_or_taken_away(
    review: Review, actor: User, act: Callable[[Any], Any]
) -> None:
    record = repair(bare(review), actor)
    with pytest.raises(DatabaseError, match="I1"), transaction.atomic():
        act(Repair.objects.all())
    with pytest.raises(DatabaseError, match="I1"), transaction.atomic():
        Record.objects.filter(pk=record.pk).update(title="Another")


def test_the_same_title_twice_is_one_repair_and_another_after_it_is_refused(review: Review, actor: User) -> None:
    record = bare(review)
    repair(record, actor)
    repair(record, actor)
    assert record.repairs.count() == 1
    with pytest.raises(NotAllowedNow, match=f"“{TITLE}” meanwhile"):
        repair(record, actor, "Another title")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_give_a_title_at_one_instant_the_second_is_told(review: Review, actor: User) -> None:
    record = bare(review)
    barrier, told = Barrier(2), []

    def give(title: str) -> None:
        try:
            barrier.wait()
            repair(record, actor, title)
        except NotAllowedNow as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=give, args=[title]) for title in ("One title", "Another title")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (record.repairs.count(), len(told)) == (1, 1)
    assert Record.objects.get(pk=record.pk).title == record.repairs.get().title


def test_undoing_the_import_takes_the_record_along_and_restoring_brings_it_back_repaired(
    review: Review, actor: User
) -> None:
    record = bare(review)
    undo_import(imported=Import.objects.get(), actor=actor)
    assert not waiting_for_title(review.pk).exists()
    with pytest.raises(NotAllowedNow, match="Restore the import"):
        repair(record, actor)
    restore_import(imported=Import.objects.get(), actor=actor)
    repair(record, actor)
    undo_import(imported=Import.objects.get(), actor=actor)
    restore_import(imported=Import.objects.get(), actor=actor)
    run_jobs(review)
    assert TITLE in screened(review)


def test_a_title_may_be_corrected_after_a_vote_which_stays(review: Review, actor: User) -> None:
    record = repair(bare(review), actor, "Bariers to research")
    run_jobs(review)
    item = Item.objects.get(record=record)
    vote(alice(review), item, "include")
    repair(record, actor, TITLE, seen="Bariers to research")
    run_jobs(review)
    vote(bob(review), item, "include")
    item.refresh_from_db()
    assert (item.votes_in, item.decision) == (2, "include")
    assert check(review).violations == []


def test_the_record_page_shows_the_form_beside_the_raw_text_to_whoever_may_import(
    review: Review, visitor: Client
) -> None:
    record = bare(review)
    assert "Give it this title" in page(visitor, "record_title", review, record.number)
    text = page(visitor, "record", review, record.number)
    assert "It waits for a title" in text
    assert text.index("Give it this title") < text.index("N1  - Barriers")
    visitor.force_login(alice(review).user)
    text = page(visitor, "record", review, record.number)
    assert "A lead or a librarian of this review can give it one" in text
    assert "Give it this title" not in text
    answer = visitor.post(reverse("record_title", args=[review.slug, record.number]), {"title": TITLE, "found_in": "x"})
    assert answer.status_code == 403


def test_a_title_given_on_the_page_is_cleaned_stored_and_shown_with_its_giver(review: Review, visitor: Client) -> None:
    record = bare(review)
    answer = visitor.post(
        reverse("record_title", args=[review.slug, record.number]),
        {"title": "  Barriers to <i>research</i>\n in rural hospitals ", "found_in": "the raw text", "seen": ""},
        follow=True,
    )
    text = answer.content.decode()
    assert answer.redirect_chain == [(reverse("record", args=[review.slug, record.number]), 302)]
    assert Record.objects.get(pk=record.pk).title == TITLE
    assert "A person gave this title" in text
    assert "Lena Lead" in text
    assert "Found in: <bdi>the raw text</bdi>" in text


@pytest.mark.parametrize(
    ("title", "found_in", "told"),
    [
        ("", "x", "Write the title"),
        ("n/a", "x", "Write the title"),
        ("x" * 2001, "x", "at most 2000 characters"),
        (TITLE, " ", "where you found it"),
    ],
)
def test_what_cannot_be_a_title_is_refused_with_one_sentence_and_kept_in_the_form(
    review: Review, visitor: Client, title: str, found_in: str, told: str
) -> None:
    record = bare(review)
    answer = visitor.post(
        reverse("record_title", args=[review.slug, record.number]), {"title": title, "found_in": found_in}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert told in text
    assert f">{title}</textarea>" in text
    assert "N1  - Barriers" in text
    assert not Repair.objects.exists()


def test_the_title_of_a_duplicate_is_proposed(review: Review, visitor: Client) -> None:
    stored = make_import(review, records=1, title="", doi="10.1234/bare")
    other = make_record(stored, position=1, title=TITLE, doi="10.1234/bare")
    Standing.objects.filter(pk=other.pk).update(lead=stored.records.get(position=0), merged_by="rule")
    assert f">{TITLE}</textarea>" in page(visitor, "record", review, stored.records.get(position=0).number)


def test_a_title_of_the_file_has_no_form_to_change_it(review: Review, visitor: Client) -> None:
    record = make_import(review).records.get()
    text = page(visitor, "record_title", review, record.number)
    assert "kept as it came" in text
    assert "<textarea" not in text


def test_u1_the_import_report_and_the_home_open_exactly_the_records_that_wait(review: Review, visitor: Client) -> None:
    record = bare(review)
    report = page(visitor, "import_report", review, Import.objects.get().pk)
    assert "Waiting for a title: 1 record" in report
    assert f"{reverse('record', args=[review.slug, record.number])}#title" in report
    assert [(task.title, task.url) for task in tasks_of(lead(review)) if "title" in task.verb] == [
        ("Give 1 record a title", f"{reverse('record', args=[review.slug, record.number])}#title")
    ]
    second = bare(review, BARE.replace(b"bare", b"barer") + ris(["Another"]))
    [task] = [task for task in tasks_of(lead(review)) if "title" in task.verb]
    assert task.title == "Give 2 records a title"
    listed = visitor.get(task.url).context["page"]
    assert (listed.total, listed.records) == (2, [record, second])
    assert "waiting for a title" in visitor.get(task.url).content.decode()
    home = visitor.get(reverse("review_home", args=[review.slug])).context["boxes"]
    assert [line.n for box in home for line in box.rows if line.label == "Waiting for a title"] == [2]


def test_a_reviewer_has_no_task_that_only_others_can_do(review: Review) -> None:
    bare(review)
    assert not [task for task in tasks_of(alice(review)) if "title" in task.verb]
