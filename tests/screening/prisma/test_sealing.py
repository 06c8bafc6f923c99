"""Final numbers carry the hash of the log that the archive recomputes; nothing else carries one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from screening.archive.contents import plain_rows
from screening.audit import head
from screening.audit.actions import record as audit
from screening.audit.chain import chained
from screening.audit.models import AuditEvent
from screening.dedupe.models import CandidateCard
from screening.prisma.counts import flow_of
from screening.prisma.layout import lay_out
from screening.prisma.sealing import sealed_flow_of
from screening.reviews.models import Membership, Review
from tests.factories import lead, make_import, make_review, open_screening, reveal, run_jobs, settled
from tests.screening.prisma.flows import databases_only

pytestmark = pytest.mark.django_db
SEAL = "5f" * 32


@pytest.fixture
def finished() -> Review:
    """A review of one record that both excluded."""
    review = make_review()
    make_import(review, records=1)
    settled(review, open_screening(review)[0], "exclude", "exclude")
    reveal(review)
    run_jobs(review)
    return review


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def true_head(review: Review) -> str:
    return str(list(chained(plain_rows(AuditEvent, review)))[-1]["hash"])


def test_p45_a_final_flow_is_sealed_with_the_hash_that_the_archive_tells(finished: Review) -> None:
    sealed = sealed_flow_of(finished)
    assert sealed.seal == true_head(finished)
    assert (sealed.counts()["final"], sealed.counts()["log_head"]) == (True, sealed.seal)
    client = client_of(lead(finished))
    page = client.get(reverse("prisma", args=[finished.slug])).content.decode()
    assert sealed.seal in page
    assert client.get(reverse("prisma_file", args=[finished.slug, "json"])).json()["log_head"] == sealed.seal
    assert sealed.seal in client.get(reverse("prisma_file", args=[finished.slug, "svg"])).content.decode()


def test_i51_what_is_not_final_or_not_of_now_has_no_seal(finished: Review) -> None:
    assert sealed_flow_of(make_review("Empty")).seal == ""
    make_import(finished, search="Update", records=1)
    open_screening(finished)
    assert sealed_flow_of(finished).seal == ""
    assert flow_of(finished, as_of=timezone.now()).seal == ""


def test_i51_an_open_card_blocks_final_and_is_no_pending_record(finished: Review) -> None:
    pk = finished.records.get().pk
    card = CandidateCard.objects.create(
        review=finished, key="k", members=[pk, pk + 1], score=0.8, reason="alike", kind="title"
    )
    flow = sealed_flow_of(finished)
    assert (flow.is_final, flow.provisional, flow.seal) == (False, False, "")
    page = client_of(lead(finished)).get(reverse("prisma", args=[finished.slug])).content.decode()
    assert "1 possible duplicate</bdi></a> waits for a person" in page
    CandidateCard.objects.filter(pk=card.pk).update(answered_at=timezone.now(), answer="related")
    assert sealed_flow_of(finished).is_final
    before = flow_of(finished, as_of=timezone.now() - timedelta(seconds=5))
    assert before.unfinished == ()


def test_an_act_after_the_seal_gives_another_one(finished: Review) -> None:
    first = sealed_flow_of(finished).seal
    audit(verb="edit review", review_id=finished.pk, actor=lead(finished).user, reason="研究")
    assert sealed_flow_of(finished).seal not in ("", first)


def test_p45_what_was_hashed_once_is_not_hashed_again_and_the_head_stays_true(finished: Review) -> None:
    cache.clear()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        found, reached = head.log_head(finished.pk)
        head.keep(finished.pk, reached)
        assert reached.head == found == true_head(finished)
        audit(verb="edit review", review_id=finished.pk, actor=None)
        assert head.log_head(finished.pk, at_most=1)[0] == true_head(finished)
        audit(verb="edit review", review_id=finished.pk, actor=None)
        assert head.log_head(finished.pk, at_most=1)[0] == ""
        assert head.log_head(finished.pk)[1] == reached, (
            "an act of this hour may have one before it that is not there yet"
        )


@pytest.mark.once
def test_the_drawing_carries_the_seal_below_its_notes() -> None:
    flow = replace(databases_only(), seal=SEAL)
    layout = lay_out(flow)
    last = layout.texts[-1]
    assert " ".join(last.lines) == f"Final. SHA-256 of the log: {SEAL}"
    assert last.y + 20 * (len(last.lines) - 1) < layout.height
    assert SEAL not in "".join(line for text in lay_out(databases_only()).texts for line in text.lines)
