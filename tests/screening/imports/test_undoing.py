"""Undoing an import and restoring it: who leaves, who is kept instead, and that everything stands again as it stood (I10, IM11)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.audit.models import AuditEvent
from screening.decisions.models import Vote
from screening.dedupe.actions import (
    answer_card,
    part_record,
    remove_by_automation,
    remove_record,
    undo_answer,
    undo_automation,
)
from screening.dedupe.automation import acts, criteria_with_rules
from screening.dedupe.models import Answer, CandidateCard
from screening.imports.actions import restore_import, undo_import
from screening.imports.models import Import, SetAside
from screening.imports.undoing import Fates, GivenBack, UndoPreview, before_and_after, preview_undo, successions
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.records.models import Record, Standing
from screening.reviews.models import Review
from tests.factories import alice, bob, lead, make_review, open_screening, run_jobs, vote
from tests.reliability.races import race, refused
from tests.reliability.works import as_ris
from tests.screening.imports.uploads import loaded

pytestmark = pytest.mark.django_db

PLOT, PLOT_TOO, PLOT_LATER, WARD, WARD_TOO, MENTORS, GERMAN, GRANTS = 0, 1, 2, 3, 4, 6, 8, 9


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def first(review: Review) -> Import:
    """Records 1 to 4 lead 5 to 9: 1 and 5 and 8 are one report, so are 2 and 6 and 7. Record 3 is removed, 4 by automation."""
    done = file(review, PLOT, WARD, MENTORS, GERMAN)
    file(review, PLOT_TOO, WARD_TOO, database="MEDLINE")
    file(review, WARD_TOO, PLOT_TOO, GRANTS, database="ERIC", kind="register")
    run_jobs(review)
    remove_record(member=lead(review), record=record(review, 3), reason="Retracted")
    [language] = [one for one in criteria_with_rules(review) if one.key == "language"]
    assert remove_by_automation(member=lead(review), criterion=language, expected=1) == 1
    run_jobs(review)
    assert led(review) == {5: 1, 6: 2, 7: 2, 8: 1}
    return done


def file(review: Review, *works: int, **fields: Any) -> Import:
    return loaded(review, as_ris(works), **fields)


def record(review: Review, number: int) -> Record:
    return Record.objects.get(review=review, number=number)


def led(review: Review) -> dict[int, int]:
    """Number of each duplicate -> number of the record that leads it."""
    rows = Standing.objects.filter(review=review, lead__isnull=False)
    return dict(rows.values_list("record__number", "lead__number"))


def stands(review: Review) -> tuple[Any, ...]:
    """Every fate and every number."""
    rows = Standing.objects.filter(review=review).order_by("pk").values_list()
    flow = flow_of(review)
    return list(rows), dict(flow.numbers), {key: dict(parts) for key, parts in flow.parts.items()}


def undo(review: Review, imported: Import) -> None:
    undo_import(imported=imported, actor=lead(review).user)
    assert check(review).violations == []


def restore(review: Review, imported: Import) -> GivenBack:
    given = restore_import(imported=Import.objects.get(pk=imported.pk), actor=lead(review).user)
    assert check(review).violations == []
    return given


@pytest.mark.parametrize("at_work", [False, True])
def test_i10_restoring_gives_back_every_fate_and_every_count(review: Review, first: Import, at_work: bool) -> None:
    before = stands(review)
    undo(review, first)
    if at_work:
        run_jobs(review)
    assert restore(review, first) == GivenBack(merged=4, removed=2, changed=0)
    assert stands(review) == before
    run_jobs(review)
    assert stands(review) == before
    assert check(review).violations == []
    assert not SetAside.objects.exists()


def test_i10_the_same_holds_for_an_import_whose_records_were_led_by_others(review: Review, first: Import) -> None:
    before = stands(review)
    third = Import.objects.get(source__name="ERIC")
    undo(review, third)
    run_jobs(review)
    assert led(review) == {5: 1, 6: 2}
    assert restore(review, third) == GivenBack(merged=2, removed=0, changed=0)
    assert stands(review) == before


@pytest.mark.parametrize("back", [(0, 1), (1, 0)])
def test_i10_two_imports_undone_come_back_in_any_order(review: Review, first: Import, back: tuple[int, int]) -> None:
    before = stands(review)
    both = [first, Import.objects.get(source__name="MEDLINE")]
    for imported in both:
        undo(review, imported)
        run_jobs(review)
    for place in back:
        restore(review, both[place])
        run_jobs(review)
    assert stands(review) == before
    assert check(review).violations == []


def test_r1_the_rest_of_a_group_stays_one_under_the_next_record(review: Review, first: Import) -> None:
    assert [(one.leaves.number, one.kept.number, one.duplicates) for one in successions(first, 20)] == [
        (1, 5, 1),
        (2, 6, 1),
    ]
    assert len(successions(first, 1)) == 1
    undo(review, first)
    assert led(review) == {7: 6, 8: 5}
    run_jobs(review)
    assert led(review) == {7: 6, 8: 5}


def test_r1_a_database_is_kept_before_citation_searching(review: Review) -> None:
    done = file(review, PLOT)
    file(review, PLOT_TOO, GRANTS, kind="citation", database="Reference lists")
    file(review, GRANTS, PLOT_TOO, database="ERIC")
    run_jobs(review)
    assert led(review) == {2: 1, 5: 1}
    assert [one.kept.number for one in successions(done, 20)] == [5]
    undo(review, done)
    assert led(review) == {2: 5}


def test_u4_the_preview_counts_what_leaves_and_what_is_left(review: Review, first: Import) -> None:
    preview = preview_undo(first)
    assert preview == UndoPreview(records=4, duplicates=0, by_automation=1, removed=1, freed=4, kept=2)
    now, then = before_and_after(first, preview)
    assert (now, then) == (Fates(9, 4, 2), Fates(5, 2, 0))
    undo(review, first)
    here = Standing.objects.filter(review=review)
    found = Fates(here.count(), here.filter(lead__isnull=False).count(), here.exclude(removed="").count())
    assert found == then


def test_u4_the_page_says_in_full_what_leaves(review: Review, first: Import) -> None:
    client = Client()
    client.force_login(lead(review).user)
    text = " ".join(client.get(reverse("import_undo", args=[review.slug, first.pk])).content.decode().split())
    told = ("4 records</strong> out of every list", "None of them is merged", "1 is marked as ineligible by automation",
            "1 is removed for another reason", "4 records of other imports are merged into one of them", "2 of these are kept instead",
            "Record 5</a>", "Record 6</a>")  # fmt: skip
    assert [words for words in told if words not in text] == []
    second = Import.objects.get(source__name="MEDLINE")
    text = client.get(reverse("import_undo", args=[review.slug, second.pk])).content.decode()
    assert "2 of them are merged as duplicates" in text


def test_the_page_and_the_log_say_what_came_back_and_that_duplicates_are_looked_for(
    review: Review, first: Import
) -> None:
    undo(review, first)
    client = Client()
    client.force_login(lead(review).user)
    address = reverse("import_restore", args=[review.slug, first.pk])
    text = client.post(address, follow=True).content.decode()
    assert "are back. Merged as before: 4. Removed as before: 2. Duplicates are being looked for again." in text
    *_, undone, restored = AuditEvent.objects.filter(subject_type="import", subject_id=first.pk).order_by("pk")
    assert undone.before == {"records": 4, "duplicates": 0, "by_automation": 1, "removed": 1, "freed": 4, "kept": 2}
    assert restored.after == {
        "records": 4, "duplicates_as_before": 4, "removed_as_before": 2, "duplicates_to_be_found_again": 0,
    }  # fmt: skip


def test_dd13_a_duplicate_that_was_voted_on_meanwhile_is_not_merged_again_but_found_again(
    review: Review, first: Import
) -> None:
    undo(review, first)
    run_jobs(review)
    items = {item.record.number: item for item in open_screening(review)}
    vote(alice(review), items[5], "include")
    assert restore(review, first) == GivenBack(merged=2, removed=2, changed=2)
    assert led(review) == {6: 2, 7: 2, 8: 5}
    run_jobs(review)
    assert led(review) == {1: 5, 6: 2, 7: 2, 8: 5}
    assert check(review).violations == []


def test_dd12_what_a_person_said_meanwhile_outweighs_what_stood(review: Review, first: Import) -> None:
    undo(review, first)
    run_jobs(review)
    part_record(member=lead(review), record=record(review, 8))
    assert restore(review, first) == GivenBack(merged=2, removed=2, changed=0)
    assert led(review) == {6: 2, 7: 2}
    run_jobs(review)
    assert 8 not in led(review) or 5 not in led(review)
    assert check(review).violations == []


def test_a_merge_by_a_person_comes_back_as_theirs(review: Review) -> None:
    done = file(review, PLOT, GRANTS)
    file(review, PLOT_LATER, MENTORS, database="MEDLINE")
    run_jobs(review)
    card = CandidateCard.objects.get(review=review)
    act = answer_card(member=lead(review), card=card, answer=Answer.SAME)
    run_jobs(review)
    before = stands(review)
    undo(review, done)
    run_jobs(review)
    assert restore(review, done).merged == 1
    assert stands(review) == before
    assert Standing.objects.get(lead__isnull=False).merged_by == "person"
    undo(review, Import.objects.get(pk=done.pk))
    undo_answer(member=lead(review), act=act)
    assert restore(review, done).merged == 0
    run_jobs(review)
    assert led(review) == {}


def test_a_removal_by_automation_that_was_undone_meanwhile_does_not_come_back(review: Review, first: Import) -> None:
    fourth = file(review, GERMAN, GRANTS, database="CINAHL")
    run_jobs(review)
    [language] = [one for one in criteria_with_rules(review) if one.key == "language"]
    undo_automation(member=lead(review), act=acts(lead(review))[0].event.pk)
    run_jobs(review)
    assert remove_by_automation(member=lead(review), criterion=language, expected=2) == 2
    undo(review, fourth)
    undo_automation(member=lead(review), act=acts(lead(review))[0].event.pk)
    restore(review, fourth)
    assert Standing.objects.get(record__number=10).removed == ""
    event = AuditEvent.objects.filter(verb="undo removal by automation").latest("pk")
    assert event.after == {"records": 1, "records_of_undone_imports": 1}


def test_a_file_that_came_in_meanwhile_joins_the_restored_groups(review: Review, first: Import) -> None:
    undo(review, first)
    run_jobs(review)
    file(review, PLOT, MENTORS, database="CINAHL")
    run_jobs(review)
    assert led(review) == {7: 6, 8: 5, 10: 5}
    given = restore(review, first)
    assert given == GivenBack(merged=2, removed=2, changed=2)
    run_jobs(review)
    assert led(review) == {5: 1, 6: 2, 7: 2, 8: 1, 10: 1}


def test_p34_a_partner_s_vote_on_a_freed_record_is_kept(review: Review, first: Import) -> None:
    undo(review, first)
    run_jobs(review)
    items = {item.record.number: item for item in open_screening(review)}
    for member in (alice(review), bob(review)):
        vote(member, items[6], "exclude")
    restore(review, first)
    run_jobs(review)
    assert led(review)[2] == 6
    assert record(review, 6).items.get().votes.count() == 2


@pytest.mark.django_db(transaction=True)
def test_p34_a_vote_and_a_restoring_at_one_instant_end_in_one_of_the_two_orders(review: Review) -> None:
    """Either the vote is in and its record is not merged again, or the record is a duplicate and the vote was refused."""
    done = file(review, PLOT)
    file(review, PLOT_TOO, database="MEDLINE")
    run_jobs(review)
    undo_import(imported=done, actor=lead(review).user)
    run_jobs(review)
    [item], reviewer, actor = open_screening(review)[-1:], alice(review), lead(review).user
    undone = Import.objects.get(pk=done.pk)
    [(cast, given)] = race(
        1, lambda _: vote(reviewer, item, "include"), lambda _: restore_import(imported=undone, actor=actor)
    )
    voted = Vote.objects.filter(item=item).count()
    assert (voted, refused(cast) and cast.rule, given) in [
        (1, False, GivenBack(merged=0, removed=0, changed=1)),
        (0, "R2", GivenBack(merged=1, removed=0, changed=0)),
    ]
    run_jobs(review)
    assert led(review) == ({1: 2} if voted else {2: 1})
    assert check(review).violations == []
