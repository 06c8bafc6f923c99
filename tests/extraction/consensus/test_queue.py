"""Agreement at first comparison: of what is revealed alone, whatever is settled or entered since."""

from __future__ import annotations

import pytest
from django.test import Client

from extraction.consensus.actions import reopen, settle, submit
from extraction.consensus.models import Chosen
from extraction.consensus.queue import agreement_of
from screening.reviews.models import Membership, Review
from tests.extraction.consensus.test_actions import both, enter, make_form
from tests.extraction.entries.test_views import page
from tests.factories import alice, bob, included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_p15_agreement_tells_first_entries_once_both_are_in_and_no_settling_changes_it() -> None:
    review = make_review()
    study, form = included_study(review), make_form(review)
    submit(member=alice(review), entry_id=enter(alice(review), study, form, "Physicians", 6).pk)
    assert agreement_of(form) == []
    assert "Equal at first" not in page(lead(review), "extraction") + _agreement(lead(review))
    extraction = submit(member=bob(review), entry_id=enter(bob(review), study, form, "Nurses", 6).pk)
    expected = [("Participants", 1, 0), ("How many", 1, 1)]
    assert told(review) == expected
    settle(member=bob(review), extraction_id=extraction.pk, field="people", chosen=Chosen.FIRST)
    reopen(member=lead(review), extraction_id=extraction.pk, reason="A table was missed")
    assert told(review) == expected
    both(review, study, make_form(review, "verify"), "Physicians", "Nurses")
    assert told(review) == expected
    assert "Equal at first" in _agreement(lead(review))


def told(review: Review) -> list[tuple[str, int, int]]:
    return [
        (one.label, one.compared, one.equal) for form in review.extraction_forms.all() for one in agreement_of(form)
    ]


def _agreement(member: Membership) -> str:
    client = Client()
    client.force_login(member.user)
    return client.get(f"/r/{member.review.slug}/extraction/?agreement=1").content.decode()
