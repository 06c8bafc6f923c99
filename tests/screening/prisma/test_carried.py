"""Figures that no record tells: of a previous version and of a meta-analysis, now and as the log tells of a day (I9, R9, L8, L9)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from screening.audit.refusal import NotAllowedNow
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.reviews.actions import edit_review
from screening.reviews.forms import ReviewForm
from screening.reviews.models import Review
from screening.studies.actions import mark_of_previous_version, merge_studies
from screening.studies.queue import studies_of_previous_version
from tests.factories import included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MONDAY, TUESDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def test_r9_the_flow_takes_what_no_longer_fits_off_the_total_and_i9_a_past_day_knows_only_its_own_figures() -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        review = make_review()
        included_study(review)
        actor = lead(review).user
        edit_review(review=review, actor=actor, kind="update", previous_studies=8, previous_reports=9)
        clock.move_to(TUESDAY)
        said = {"previous_removed_studies": 1, "previous_removed_reports": 2, "studies_in_meta_analysis": 5}
        review = edit_review(review=review, actor=actor, **said)
        now, then = flow_of(review), flow_of(review, as_of=MONDAY.replace(hour=23))
    assert [now.counts()[key] for key in ("total_studies", "total_reports", "total_studies_ma")] == [8, 8, 5]
    assert [then.counts()[key] for key in ("total_studies", "total_reports", "total_studies_ma")] == [9, 10, None]
    assert [law.holds for flow in (now, then) for law in flow.laws if law.name in ("L8", "L9")] == [True] * 4
    assert "1 study and 2 reports of the previous version no longer fit" in " ".join(now.counts()["footnotes"])


def test_r9_a_new_report_of_a_study_of_the_previous_version_adds_a_report_and_no_study_from_that_day_on() -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        review = make_review()
        study = included_study(review)
        other = included_study(review, "Lind 2021")
        member = lead(review)
        with pytest.raises(NotAllowedNow, match="Only an update"):
            mark_of_previous_version(member=member, study=study, value=True)
        edit_review(review=review, actor=member.user, kind="update", previous_studies=8, previous_reports=9)
        clock.move_to(TUESDAY)
        member = lead(Review.objects.get(pk=review.pk))
        mark_of_previous_version(member=member, study=study, value=True)
        now, then = flow_of(member.review), flow_of(member.review, as_of=MONDAY.replace(hour=23))
        replayed = flow_of(member.review, as_of=TUESDAY)
        assert studies_of_previous_version(member.review) == [study]
        found = check(member.review)
    keys = ("new_studies", "new_reports", "previous_studies_with_new_reports", "total_studies", "total_reports")
    assert [now.counts()[key] for key in keys] == [replayed.counts()[key] for key in keys] == [1, 2, 1, 9, 11]
    assert [then.counts()[key] for key in keys] == [2, 2, 0, 10, 11]
    assert not [told for told in found.violations if told.startswith(("I8", "I9", "I33", "L8", "L9"))]
    assert "With reports of 1 study of the previous version, not counted again as new." in now.counts()["footnotes"]
    merge_studies(member=member, kept=other, other=study)
    merged = flow_of(member.review)
    assert [merged.counts()[key] for key in keys] == [0, 2, 1, 8, 11]
    assert check(member.review).laws["L8"]
    review = edit_review(review=member.review, actor=member.user, kind="systematic")
    assert flow_of(review).counts()["new_studies"] == 1, "no previous version, no study of it"


def test_no_more_is_removed_than_there_was_and_another_kind_of_review_removes_nothing() -> None:
    review = make_review()
    asked = {"title": "Taking part", "kind": "update", "previous_studies": 8, "previous_removed_studies": 9}
    form = ReviewForm(asked, instance=review)
    assert form.errors == {"previous_removed_studies": ["The previous version had 8 studies: no more can be removed."]}
    form = ReviewForm({**asked, "kind": "scoping"}, instance=review)
    assert form.is_valid()
    assert form.cleaned_data["previous_removed_studies"] is None
