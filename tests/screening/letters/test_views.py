"""The page on which a member chooses letters, and the clock that asks for them."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from screening.jobs.models import Job
from screening.jobs.sweeper import wind
from screening.letters.actions import DIGEST_JOB
from tests.factories import bob, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_a_member_chooses_when_the_site_may_write() -> None:
    member = bob(make_review())
    client, page = Client(), reverse("my_letters", args=[member.review.slug])
    client.force_login(member.user)
    asked = client.get(page).content.decode()
    radios = re.findall(r'<input type="radio" name="letters" value="(\w+)"[^>]*?( checked)?>', asked)
    assert radios == [("off", ""), ("daily", " checked"), ("at_once", "")]
    assert client.post(page, {"letters": "off"})["Location"] == page
    member.refresh_from_db()
    assert member.letters == "off"
    refused = client.post(page, {"letters": "hourly"})
    assert refused.status_code == 422
    member.refresh_from_db()
    assert member.letters == "off"


def test_one_clockwork_that_breaks_does_not_stop_the_others() -> None:
    heard: list[str] = []

    def breaks() -> None:
        raise OSError("away")

    wind([breaks, lambda: heard.append("second")])
    assert heard == ["second"]


@pytest.mark.time_machine("2026-03-02 12:00")
def test_cron_asks_for_what_is_due_by_the_clock_as_well(time_machine: object) -> None:
    call_command("sweep_jobs", "--json")
    assert Job.objects.get(name=DIGEST_JOB).subject == "2026-03-02"
