"""Promise 1, I26: worlds that differ only in what Alice coded give everybody else the same pages, until both have submitted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from extraction.coding.actions import add_code, make_codebook
from extraction.coding.marking import add_memo, add_source, code_segment, remove_coding, submit
from extraction.coding.models import Code, SourceText
from extraction.coding.queue import settled_codings
from extraction.coding.reconciling import reopen
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import alice, bob, included_study, lead, make_member, make_review
from tests.reliability.crawl import Answer, Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PAGES = (
    "coding",
    "codebook",
    "coding_study",
    "coding_text",
    "coding_compare",
    "code",
    "codebook_file",
    "review_home",
    "studies",
)


def _nothing(member: Membership, source: SourceText, codes: list[Code]) -> None:
    """Alice has submitted, and coded nothing."""


def _much(member: Membership, source: SourceText, codes: list[Code]) -> None:
    for place, code in enumerate(codes):
        code_segment(member=member, source=source, start=5 * place, end=5 * place + 12, code=code)
        add_memo(member=member, code=code, text="Ocelot")
    add_memo(member=member, study=source.study, text="Quokka")


def _other(member: Membership, source: SourceText, codes: list[Code]) -> None:
    """What she had coded at first is taken off, and more is coded."""
    remove_coding(member=member, source=source, start=0, end=12, code=codes[0])
    _much(member, source, list(reversed(codes)))


def _people(review: Review) -> tuple[Membership, ...]:
    """Partner, lead, observer and a reviewer besides; made before the worlds part, since PostgreSQL gives no number twice."""
    return (bob(review), lead(review), make_member(review, "Oscar Oz", Role.OBSERVER), make_member(review, "Dan Dorn"))


def _told(people: tuple[Membership, ...], source: SourceText, code: Code) -> dict[str, Answer]:
    arguments: dict[str, list[Any]] = {
        "coding_study": [source.study_id], "coding_text": [source.pk], "coding_compare": [source.study_id], "code": [code.pk],
        "codebook_file": ["csv"],
    }  # fmt: skip
    found = {}
    for member in people:
        review = member.review
        visitor = Visitor(member.user, review.slug, skip=frozenset())
        for name in PAGES:
            url = reverse(name, args=[review.slug, *arguments.get(name, [])])
            found[f"{member}: {url}"] = visitor.get(url)
        assert settled_codings(review) == []
    return found


@pytest.mark.parametrize("before", ["nothing", "Bob began", "reopened"])
def test_i26_nobody_learns_what_alice_coded_before_both_have_submitted(before: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        review = make_review()
        study = included_study(review)
        make_codebook(member=lead(review), name="Themes")
        codes = [add_code(member=lead(review), name=name) for name in ("Time", "Mentors")]
        source = add_source(
            member=lead(review), study=study, kind="results", label="Results", text="Few mentors. No time. " * 3
        )
        if before != "nothing":
            code_segment(member=bob(review), source=source, start=0, end=12, code=codes[0])
        if before == "reopened":
            code_segment(member=alice(review), source=source, start=0, end=12, code=codes[0])
            for coder in (alice(review), bob(review)):
                submit(member=coder, study=study)
            reopen(member=lead(review), study=study, reason="A text was missing")
            clock.shift(60)
        people = _people(review)
        worlds: list[Callable[[Membership, SourceText, list[Code]], None]] = [_nothing, _much, _other]
        answers = []
        for world in worlds[: 3 if before == "reopened" else 2]:
            with transaction.atomic():
                world(alice(review), source, codes)
                submit(member=alice(review), study=study)
                answers.append(_told(people, source, codes[0]))
                transaction.set_rollback(True)
    assert all(one == answers[0] for one in answers)
    assert any(answer.status == 200 for answer in answers[0].values())
