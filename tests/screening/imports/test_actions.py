"""What may happen to an import: started once, answered, cancelled, corrected, undone while nobody voted, restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reviewapp.accounts.models import User
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Vote
from screening.imports.actions import (
    AlreadyImported,
    accept_damage,
    answer_columns,
    answer_encoding,
    cancel_import,
    edit_import,
    read_again,
    restore_import,
    start_import,
    undo_import,
)
from screening.imports.models import Import
from screening.imports.queue import job_of
from screening.imports.undoing import UndoPreview, preview_undo
from screening.jobs.models import Job
from screening.records.models import Change, Record, Standing
from screening.records.queue import records_in
from screening.reviews.models import Review
from tests.factories import alice, lead, make_import, make_review, open_screening, vote
from tests.reliability.races import race, refused
from tests.screening.imports.uploads import (
    SEARCHED,
    cut_ris,
    description,
    loaded,
    numbered,
    odd_table,
    queued,
    ris,
    search,
    stored,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def actor(review: Review) -> User:
    return lead(review).user


def merge(record: Record, into: Record) -> None:
    """``record`` is a duplicate of ``into``, found by rule."""
    Standing.objects.filter(record=record).update(lead=into, merged_by="rule")


def test_i4_an_import_keeps_source_kind_search_date_and_query(review: Review) -> None:
    done = queued(review, numbered(1), platform="Elsevier", limits="English", stated_hits=12)
    assert (done.source.name, done.source.kind, done.source.platform) == ("Scopus", "database", "Elsevier")
    assert (done.run.label, done.searched_on, done.query) == (
        "Search 1, August 2022",
        SEARCHED,
        "research AND education",
    )
    assert (done.limits, done.stated_hits) == ("English", 12)


def test_i4_an_import_without_a_query_is_refused(review: Review) -> None:
    with pytest.raises(NotAllowedNow, match="no query"):
        queued(review, numbered(1), query="  ")
    assert not Import.objects.filter(review=review).exists()


def test_the_same_source_is_named_once_whatever_its_case(review: Review) -> None:
    queued(review, numbered(1))
    queued(review, numbered(2), database="SCOPUS")
    assert review.sources.count() == 1


def test_i2_the_same_file_adds_nothing_and_points_to_the_first(review: Review) -> None:
    first = loaded(review, numbered(3))
    with pytest.raises(AlreadyImported, match="adds 0 records") as refused:
        queued(review, numbered(3), name="again.ris", label="Update, January 2025")
    assert refused.value.first == first
    assert records_in(review).count() == 3


def test_i2_the_same_file_while_the_first_waits_is_refused_too(review: Review) -> None:
    first = queued(review, numbered(3))
    with pytest.raises(AlreadyImported) as refused:
        queued(review, numbered(3))
    assert refused.value.first == first


def test_the_same_file_in_another_review_is_its_own_import(review: Review) -> None:
    loaded(review, numbered(3))
    other = make_review("Another review")
    assert loaded(other, numbered(3)).parsed == 3


def test_a_damaged_file_joins_once_a_person_accepts_it(review: Review, actor: User) -> None:
    asked = loaded(review, cut_ris())
    accept_damage(imported=asked, actor=actor)
    done = work(asked)
    assert (done.state, done.markers, done.parsed, done.flagged) == ("stored", 3, 3, 1)
    assert records_in(review).count() == 3


def test_a_table_is_read_once_its_columns_are_named_and_the_next_one_like_it_at_once(
    review: Review, actor: User
) -> None:
    asked = loaded(review, odd_table(), name="one.csv")
    answer_columns(imported=asked, actor=actor, mapping={"Kop": "title", "Samenvatting": "abstract", "Jaar": "year"})
    done = work(asked)
    assert (done.state, done.parsed) == ("stored", 2)
    record = Record.objects.get(imported_from=done, position=0)
    assert (record.title, record.abstract, record.year) == ("Eerste proef", "Tekst een.", 2020)
    second = loaded(review, odd_table() + b"Derde proef,Tekst drie.,2022\n", name="two.csv")
    assert (second.state, second.parsed, second.mapping["Kop"]) == ("stored", 3, "title")


def test_a_mapping_without_a_title_is_refused(review: Review, actor: User) -> None:
    asked = loaded(review, odd_table(), name="one.csv")
    with pytest.raises(NotAllowedNow, match="title"):
        answer_columns(imported=asked, actor=actor, mapping={"Jaar": "year"})


def test_the_chosen_encoding_is_used(review: Review, actor: User) -> None:
    asked = queued(review, ris(["用文字"]).decode().encode("big5"))
    Import.objects.filter(pk=asked.pk).update(state="question", question={"kind": "encoding", "previews": {"big5": ""}})
    answer_encoding(imported=asked, actor=actor, encoding="big5")
    done = work(asked)
    assert (done.state, done.encoding, records_in(review).get().title) == ("stored", "big5", "用文字")


def test_an_answer_to_no_question_is_refused(review: Review, actor: User) -> None:
    with pytest.raises(NotAllowedNow, match="stored by now"):
        accept_damage(imported=loaded(review, numbered(1)), actor=actor)


def test_im9_a_cancelled_import_leaves_no_row(review: Review, actor: User) -> None:
    asked = loaded(review, cut_ris())
    assert Record.objects.filter(imported_from=asked).count() == 3
    cancel_import(imported=asked, actor=actor)
    assert work(asked).state == "cancelled"
    assert Record.objects.count() == 0


def test_cancelling_stops_the_job_and_the_same_file_can_come_again(review: Review, actor: User) -> None:
    waits = queued(review, numbered(2))
    job = job_of(waits)
    assert job is not None
    cancel_import(imported=waits, actor=actor)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert loaded(review, numbered(2)).state == "stored"


def test_a_stored_import_is_not_cancelled_but_undone(review: Review, actor: User) -> None:
    with pytest.raises(NotAllowedNow, match="Undo it"):
        cancel_import(imported=loaded(review, numbered(2)), actor=actor)


def test_a_refused_file_can_be_read_again(review: Review, actor: User) -> None:
    imported = queued(review, numbered(2))
    Import.objects.filter(pk=imported.pk).update(state="refused", error="The site had an error.")
    Job.objects.all().update(state="done")
    read_again(imported=Import.objects.get(pk=imported.pk), actor=actor)
    done = work(imported)
    assert (done.state, done.error, done.parsed) == ("stored", "", 2)


def test_a_refused_file_is_not_read_again_beside_its_second_copy(review: Review, actor: User) -> None:
    imported = queued(review, numbered(2))
    Import.objects.filter(pk=imported.pk).update(state="refused", error="The site had an error.")
    loaded(review, numbered(2))
    with pytest.raises(AlreadyImported):
        read_again(imported=Import.objects.get(pk=imported.pk), actor=actor)


def test_im11_undo_takes_the_records_out_and_restoring_brings_them_back(review: Review, actor: User) -> None:
    other = make_import(review, records=2)
    done = loaded(review, numbered(3))
    undo_import(imported=done, actor=actor, reason="wrong database")
    assert list(records_in(review).values_list("imported_from", flat=True)) == [other.pk, other.pk]
    assert Record.objects.filter(imported_from=done).count() == 3
    undone = Import.objects.get(pk=done.pk)
    assert undone.state == "undone"
    assert undone.undone_at is not None
    restore_import(imported=undone, actor=actor)
    assert records_in(review).count() == 5
    assert Import.objects.get(pk=done.pk).undone_at is None


def test_im11_an_import_with_a_vote_cannot_be_undone(review: Review, actor: User) -> None:
    done = make_import(review, records=2)
    vote(alice(review), open_screening(review)[0], "exclude")
    with pytest.raises(NotAllowedNow, match="has a vote") as refused:
        undo_import(imported=done, actor=actor)
    assert refused.value.rule == "IM11"
    assert records_in(review).count() == 2
    assert Import.objects.get(pk=done.pk).state == "stored"
    assert not Job.objects.filter(name="dedupe.find").exists()


def test_undo_parts_the_groups_that_its_records_led(review: Review, actor: User) -> None:
    done, other = loaded(review, numbered(2)), make_import(review, records=2)
    led, joined = records_in(review).filter(imported_from=other), records_in(review).filter(imported_from=done)
    merge(led[0], joined[0])
    merge(joined[1], led[1])
    assert preview_undo(done) == UndoPreview(records=2, duplicates=1, by_automation=0, removed=0, freed=1, kept=1)
    undo_import(imported=done, actor=actor)
    freed = Standing.objects.get(record=led[0])
    assert (freed.lead_id, freed.merged_by) == (None, "")
    assert Change.objects.filter(fact="lead", value="").count() == 2
    assert Job.objects.filter(name="dedupe.find", state="queued").exists()


def test_an_undone_import_is_not_restored_beside_its_second_copy(review: Review, actor: User) -> None:
    done = loaded(review, numbered(2))
    undo_import(imported=done, actor=actor)
    again = loaded(review, numbered(2))
    with pytest.raises(AlreadyImported):
        restore_import(imported=Import.objects.get(pk=done.pk), actor=actor)
    assert records_in(review).values_list("imported_from", flat=True).distinct().get() == again.pk


@pytest.mark.parametrize("act", [undo_import, restore_import, cancel_import, accept_damage])
def test_an_act_that_came_too_late_says_what_the_state_is(
    review: Review, actor: User, act: Callable[..., None]
) -> None:
    waits = queued(review, numbered(1))
    Import.objects.filter(pk=waits.pk).update(state="cancelled")
    with pytest.raises(NotAllowedNow, match="was cancelled already"):
        act(imported=waits, actor=actor)


def test_a_corrected_import_takes_its_records_along(review: Review, actor: User) -> None:
    done = loaded(review, numbered(2))
    update = search(review, "Update, January 2025")
    edit_import(imported=done, actor=actor, run=update, description=description(database="ERIC", query="other"))
    rows = Standing.objects.filter(imported_from=done)
    assert {(row.run.label, row.source.name) for row in rows} == {("Update, January 2025", "ERIC")}
    event = AuditEvent.objects.get(verb="corrected an import")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["database"], event.after["database"]) == ("Scopus", "ERIC")


def test_every_act_leaves_an_audit_row(review: Review, actor: User) -> None:
    done = loaded(review, numbered(1))
    undo_import(imported=done, actor=actor, reason="wrong file")
    restore_import(imported=Import.objects.get(pk=done.pk), actor=actor)
    told: list[Any] = list(
        AuditEvent.objects.filter(subject_type="import").order_by("pk").values_list("verb", flat=True)
    )
    assert told == ["uploaded a file", "imported a file", "undid an import", "restored an import"]


def test_starting_with_a_second_description_of_the_same_bytes_queues_one_job(review: Review, actor: User) -> None:
    file = stored(review, numbered(1))
    start_import(run=search(review), actor=actor, file=file, description=description())
    with pytest.raises(AlreadyImported):
        start_import(run=search(review), actor=actor, file=file, description=description(query="b"))
    assert Job.objects.filter(name="imports.load").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_vote_and_an_undo_at_one_instant_end_in_one_of_the_two_orders(review: Review, actor: User) -> None:
    """Either the vote is in and the import stays, or the import is gone and the vote was refused."""
    done = make_import(review, records=1)
    item, reviewer = open_screening(review)[0], alice(review)
    [told] = race(1, lambda _: vote(reviewer, item, "exclude"), lambda _: undo_import(imported=done, actor=actor))
    state = Import.objects.get(pk=done.pk).state
    rules = [one.rule for one in told if refused(one)]
    assert (state, Vote.objects.count(), rules) in [("stored", 1, ["IM11"]), ("undone", 0, ["R2"])]
