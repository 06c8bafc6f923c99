"""The demo: played through the same actions as the pages, it keeps every law and shows something at every stage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from extraction.coding.actions import facts_of
from extraction.coding.exchange import codebook_csv, read_csv
from extraction.coding.queue import codes
from extraction.coding.refi import read_qdc, write_qdc
from reviewapp.accounts.models import User
from reviewapp.demo.accounts import demo_password
from reviewapp.demo.clock import clock_at
from reviewapp.demo.load import Loaded, load_demo
from screening.audit.models import AuditEvent
from screening.conflicts.queue import mine_to_settle
from screening.decisions.models import Item, Vote
from screening.decisions.queue import in_conflict
from screening.decisions.verdict import Stage
from screening.dedupe.models import CandidateCard
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.protocol.versions import active_protocol
from screening.records.models import Standing
from screening.reviews.models import Membership
from screening.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def before() -> datetime:
    """A moment before the demo was loaded."""
    return timezone.now()


@pytest.fixture(scope="module")
def loaded(before: datetime, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """The demo, played once: what a test does to it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo()
        transaction.set_rollback(True)


def test_i6_the_demo_keeps_every_law_and_has_something_pending_at_each_stage(loaded: Loaded) -> None:
    review = loaded.reviews[0]
    flow = flow_of(review)
    assert check(review).violations == []
    assert all(flow.pending.values()), flow.pending
    assert (
        flow.numbers["database_results"] + flow.numbers["website_results"]
        == Standing.objects.filter(review=review).count()
    )
    assert flow.numbers["new_studies"]
    assert flow.numbers["dbr_excluded"]
    assert flow.numbers["dbr_notretrieved_reports"]
    assert in_conflict(review.pk, Stage.TITLE_ABSTRACT).count() == 2
    assert CandidateCard.objects.filter(review=review, answered_at__isnull=True).count() >= 1
    for name in ("Alice Okafor", "Bob Lindqvist"):
        assert mine_to_settle(Membership.objects.get(review=review, user__name=name), Stage.TITLE_ABSTRACT).count() == 2


def test_i9_the_demo_happened_over_weeks_and_ends_before_it_was_loaded(loaded: Loaded, before: datetime) -> None:
    review = loaded.reviews[0]
    told = AuditEvent.objects.filter(review_id=review.pk).order_by("pk").values_list("at", flat=True)
    assert list(told) == sorted(told)
    assert told[0] < before - timedelta(days=40)
    assert max(told) < before
    assert not Item.objects.filter(review=review, reveal_at__gt=before).exists()
    assert not Vote.objects.filter(review=review, cast_at__gt=before).exists()
    weeks_ago = flow_of(review, as_of=before - timedelta(days=34))
    assert weeks_ago.numbers["records_excluded"] + weeks_ago.numbers["dbr_sought_reports"] > 0
    assert weeks_ago.numbers["dbr_assessed"] == 0
    told_again, now = flow_of(review, as_of=timezone.now()).counts(), flow_of(review).counts()
    assert {key: n for key, n in told_again.items() if key != "as_of"} == {
        key: n for key, n in now.items() if key != "as_of"
    }


def test_the_first_visit_shows_what_the_site_found_in_the_published_table(loaded: Loaded, client: Client) -> None:
    """The matrix names the doubts, the appraisal has its plot, every code says when it fits, and the codebook comes back as it went."""
    review = loaded.reviews[0]
    client.force_login(User.objects.get(email="alice.okafor@example.org"))
    page = client.get(f"/r/{review.slug}/synthesis/")
    assert "27 themes, 47 links" in page.content.decode()
    assert page.context["doubts"] == [
        "Christiaanse 2008: 855 is the number invited; how many answered is not told, so it is no sample size.",
        "Yarris 2014 has no sample size.",
        "Years of publication: a sentence of the manuscript says 2004 to 2021, the studies say 2008 to 2021.",
        "Sample sizes: a sentence of the manuscript says 6 to 855, the studies say 6 to 60.",
    ]
    appraisal = client.get(f"/r/{review.slug}/appraisal/").content.decode()
    assert "8 of 8 studies settled" in appraisal
    assert "appraisal of the included studies</title>" in appraisal
    told = facts_of(codes(review))
    assert len(told) == 27
    assert all(one.definition and one.include_when for one in told)
    assert read_qdc(write_qdc(told)) == read_csv(codebook_csv(told)) == told


def test_the_second_demo_review_is_empty_and_its_protocol_waits_to_be_frozen(loaded: Loaded) -> None:
    empty = loaded.reviews[1]
    assert not Standing.objects.filter(review=empty).exists()
    assert active_protocol(empty) is None
    assert {role for member in empty.memberships.all() for role in member.roles} >= {
        Role.LEAD,
        Role.REVIEWER,
        Role.ADJUDICATOR,
    }


@pytest.mark.usefixtures("loaded")
def test_p8_demo_accounts_sign_in_from_this_machine_only() -> None:
    credentials = {"email": "alice.okafor@example.org", "password": demo_password()}
    assert User.objects.get(email=credentials["email"]).is_demo
    assert Client().login(**credentials)
    form = {"login": credentials["email"], "password": credentials["password"]}
    answers = {
        host: Client().post("/accounts/login/", form, headers={"host": host}).status_code
        for host in ("localhost", "127.0.0.1")
    }
    assert answers == {"localhost": 302, "127.0.0.1": 302}


@pytest.mark.usefixtures("loaded")
def test_p8_demo_accounts_are_refused_under_a_public_name(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["review.example.org"]
    form = {"login": "alice.okafor@example.org", "password": demo_password()}
    assert Client().post("/accounts/login/", form, headers={"host": "review.example.org"}).status_code == 200


@pytest.mark.usefixtures("loaded")
def test_a_new_secret_renews_the_demo_password(settings: Settings) -> None:
    settings.SECRET_KEY = "another-secret-that-is-long-enough-for-everybody"
    assert not load_demo().fresh
    assert User.objects.get(email="mei.lin@example.org").check_password(demo_password())


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("made", ["now", "by an earlier version"])
def test_a_demo_account_can_turn_on_a_second_factor(client: Client, settings: Settings, made: str) -> None:
    settings.MFA_ALLOW_UNVERIFIED_EMAIL = False
    if made == "by an earlier version":
        EmailAddress.objects.update(verified=False)
        load_demo()
    client.post("/accounts/login/", {"login": "mei.lin@example.org", "password": demo_password()})
    client.post("/accounts/reauthenticate/", {"password": demo_password()})
    page = client.get("/accounts/2fa/totp/activate/")
    assert "Turn on the second factor" in page.content.decode()


def test_the_clock_stands_inside_and_goes_on_outside() -> None:
    moment = timezone.now() - timedelta(days=400)
    with clock_at(moment):
        assert timezone.now() == moment
        assert AuditEvent.objects.create(verb="try the clock").at == moment
    assert timezone.now() - moment > timedelta(days=399)
