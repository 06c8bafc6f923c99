"""A coder who cannot go on: another goes on from what they did, nothing is lost, and nobody reads anything early."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from extraction.coding.actions import add_code, make_codebook
from extraction.coding.handing import hand_over, to_hand_over
from extraction.coding.marking import add_source, code_segment, submit
from extraction.coding.models import Code, CodedStudy, Coding, CodingTurn, SourceText
from extraction.coding.overview import agreed
from extraction.coding.queue import settled_codings
from extraction.coding.reconciling import marks_of, reopen
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership, Review
from tests.factories import alice, bob, included_study, lead, make_member, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def text() -> SourceText:
    """Alice coded two passages of it, Bob one; neither has submitted."""
    review = make_review()
    make_codebook(member=lead(review), name="Themes", preset="blank")
    time = add_code(member=alice(review), name="Time")
    source = add_source(
        member=alice(review), study=included_study(review), kind="results", label="Results", text="No time. No money."
    )
    for coder, end in ((alice(review), 8), (alice(review), 18), (bob(review), 8)):
        code_segment(member=coder, source=source, start=0, end=end, code=time)
    return source


def _hand(source: SourceText, coder: Membership, to: Membership) -> CodingTurn:
    return hand_over(member=lead(source.review), study=source.study, coder=coder.pk, to=to.pk)


def _ends(member: Membership) -> list[int]:
    return [one.segment.end for one in Coding.objects.visible_to(member).standing().select_related("segment")]


def test_promise_1_unfinished_coding_goes_on_with_another_and_stays_as_sealed_as_it_was(text: SourceText) -> None:
    review, dan = text.review, make_member(text.review, "Dan Dover")
    _hand(text, alice(review), dan)
    assert (_ends(dan), _ends(bob(review)), _ends(alice(review)), _ends(lead(review))) == ([8, 18], [8], [], [])
    assert Coding.objects.filter(coder=alice(review), removed_at__isnull=False).count() == 2
    with pytest.raises(NotAllowedNow, match="Another person goes on"):
        code_segment(member=alice(review), source=text, start=0, end=2, code=Code.objects.get())
    with pytest.raises(NotAllowedNow, match="not coded this study"):
        _hand(text, bob(review), alice(review))
    for coder in (dan, bob(review)):
        submit(member=coder, study=text.study)
    assert len(settled_codings(review)) == 1
    marks = marks_of(text.study)
    assert (len(marks.first), len(marks.second)) == (2, 1)
    assert to_hand_over(text.study) is None
    with pytest.raises(NotAllowedNow, match="unfinished"):
        _hand(text, bob(review), lead(review))


def test_agreement_is_told_of_the_first_two_when_coding_is_handed_over_after_it_was_opened_again(
    text: SourceText,
) -> None:
    review, dan = text.review, make_member(text.review, "Dan Dover")
    for coder in (alice(review), bob(review)):
        submit(member=coder, study=text.study)
    told = agreed(review, review.codebook)
    reopen(member=lead(review), study=text.study, reason="A text was missing")
    _hand(text, alice(review), dan)
    for coder in (dan, bob(review)):
        submit(member=coder, study=text.study)
    assert agreed(review, review.codebook) == told
    assert CodedStudy.objects.get().revealed_at is not None


def test_a_lead_hands_over_on_the_page_and_what_is_submitted_stays(text: SourceText, client: Client) -> None:
    review: Review = text.review
    make_member(review, "Dan Dover")
    submit(member=bob(review), study=text.study)
    page, act = (reverse(name, args=[review.slug, text.study_id]) for name in ("coding_study", "coding_hand_over"))
    client.force_login(alice(review).user)
    assert b"Hand unfinished coding over" not in client.get(page).content
    client.force_login(lead(review).user)
    assert b"Hand unfinished coding over" in client.get(page).content
    dan = Membership.objects.get(user__name="Dan Dover")
    answer = client.post(act, {"coder": alice(review).pk, "to": dan.pk}, follow=True)
    assert b"Dan Dover goes on with the coding of" in answer.content
    assert client.post(act, {"coder": bob(review).pk, "to": lead(review).pk}).status_code == 409
    client.force_login(alice(review).user)
    assert b"handed over to another person" in client.get(page).content
