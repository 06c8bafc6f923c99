"""The paragraphs say what was done, and nothing that was not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from screening.manuscript.methods import Facts, Stage, Told, Topic, paragraphs, plain
from screening.prisma.buckets import Bucket, SourceKind, Tally
from screening.prisma.flow import build_flow
from screening.prisma.footnotes import Declared

FOUND = Tally("Scopus", SourceKind.DATABASE, Bucket.TA_EXCLUDED, n=9)
DUPLICATES = Tally("Scopus", SourceKind.DATABASE, Bucket.DUPLICATE, n=5, duplicate_by="rule")
BEFORE = Declared("Scopus", SourceKind.DATABASE, Bucket.DUPLICATE, 12, "EndNote")
TOOLS = (("reviewapp", "1.0"),)


def facts(tallies: Sequence[Tally] = (FOUND,), declared: Sequence[Declared] = (), **changed: Any) -> Facts:
    unknown = Stage("dual", 0)
    told: dict[str, Any] = {
        "registration": "", "protocol": None, "searches": (), "title_abstract": unknown, "full_text": unknown, "maybe": "default",
        "tools": TOOLS,
    } | changed  # fmt: skip
    return Facts(flow=build_flow(tallies, declared=declared), **told)


def said(facts: Facts) -> dict[str, str]:
    return {heading: plain(sentences) for heading, sentences in paragraphs(facts)}


def test_of_a_review_without_records_no_work_is_told() -> None:
    assert said(facts(tallies=())) == {}


def test_the_software_screened_only_where_somebody_voted() -> None:
    assert said(facts())["Software"].startswith("Records were managed and deduplicated with reviewapp 1.0;")
    voted = facts(title_abstract=Stage("dual", 2))
    assert said(voted)["Software"].startswith("Records were managed, deduplicated and screened with")


@pytest.mark.parametrize(
    ("judged", "end"),
    [(0, "such as the DOI. "), (1, "; people judged 1 pair of records. "), (12, "12 pairs of records. ")],
)
def test_people_judged_only_what_they_judged(judged: int, end: str) -> None:
    told = said(facts((FOUND, DUPLICATES), judged=judged))["Search"]
    assert f"{end}Removed as duplicates: 5 records (5 found by rule, 0 by people)." in told


def test_duplicates_that_were_removed_before_the_import_were_not_matched_here() -> None:
    assert "Records were matched" not in said(facts(declared=(BEFORE,)))["Search"]
    assert "Records were matched" in said(facts((FOUND, DUPLICATES), declared=(BEFORE,)))["Search"]


@pytest.mark.parametrize(
    ("mode", "reviewers", "start"),
    [
        ("dual", 2, "Two reviewers, independently and blind to each other's decisions, screened"),
        ("dual", 5, "Two of 5 reviewers, independently and blind to each other's decisions, screened"),
        ("liberal", 3, "Two of 3 reviewers (one vote was enough"),
        ("single", 4, "One reviewer screened"),
    ],
)
def test_two_of_many_read_each_record(mode: str, reviewers: int, start: str) -> None:
    assert said(facts(title_abstract=Stage(mode, reviewers)))["Selection"].startswith(start)


def test_votes_that_were_cast_elsewhere_are_told() -> None:
    told = said(facts(title_abstract=Stage("dual", 2, elsewhere=1), full_text=Stage("dual", 2, elsewhere=12_000)))
    assert "Votes at title and abstract on 1 record were cast elsewhere and brought in." in told["Selection"]
    assert "Votes at full text on 12\u202f000 records were cast elsewhere and brought in." in told["Selection"]


def test_of_what_later_steps_tell_the_paragraphs_take_the_methods() -> None:
    beyond = (Told(Topic.COLLECTION, "By two."), Told(Topic.VARIABLES, "Year."), Told(Topic.SYNTHESIS, "Coded."))
    assert said(facts(beyond=beyond))["Data collection and synthesis"] == "By two. Coded."
