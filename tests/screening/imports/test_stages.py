"""The stages of an import in words: what is done, what goes on, how long it may take, and where it stopped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.imports.models import ImportState
from screening.imports.stages import (
    COMPARING,
    JOINING,
    READING,
    STORING,
    Course,
    Where,
    Work,
    in_words,
    seconds_left,
    stages_of,
)

STORED = Course("stored", file="RIS, utf-8", markers=3, parsed=2, rejected=1, duplicates=1)


def running(phase: str, **fields: float | bool) -> Work:
    return Work("running", phase, **fields)  # type: ignore[arg-type]


def told(course: Course) -> list[tuple[str, str]]:
    return [(stage.where.value, stage.said) for stage in stages_of(course)]


AHEAD = ("ahead", "")


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (Course("queued", load=Work("queued")), [("now", "Waits for its turn"), AHEAD, AHEAD, AHEAD]),
        (Course("queued", load=running(READING)), [("now", "Counting its records"), AHEAD, AHEAD, AHEAD]),
        (
            Course("loading", load=running(STORING, done=500, total=2000, left=61)),
            [("now", "500 of 2,000 records, about a minute left"), AHEAD, AHEAD, AHEAD],
        ),
        (
            Course("loading", load=running(STORING, done=500, total=2000, interrupted=True)),
            [("now", "Interrupted; it goes on by itself within a minute"), AHEAD, AHEAD, AHEAD],
        ),
        (
            Course("loading", file="RIS", markers=1, load=running(JOINING)),
            [("done", "RIS, 1 record"), ("done", ""), ("now", "Joining the review"), AHEAD],
        ),
        (Course("loading", load=Work("failed")), [("stopped", "Stopped"), AHEAD, AHEAD, AHEAD]),
        (Course("question", asks="columns"), [("asks", "Needs an answer"), AHEAD, AHEAD, AHEAD]),
        (Course("question", asks="encoding"), [("asks", "Needs an answer"), AHEAD, AHEAD, AHEAD]),
        (
            Course("question", asks="damage", file="RIS", markers=9),
            [("done", "RIS, 9 records"), ("asks", "Needs an answer"), AHEAD, AHEAD],
        ),
        (Course("refused"), [("stopped", "Refused, nothing stored"), AHEAD, AHEAD, AHEAD]),
        (Course("cancelled"), [("stopped", "Cancelled, nothing stored"), AHEAD, AHEAD, AHEAD]),
        (
            STORED,
            [
                ("done", "RIS, utf-8"),
                ("done", "3 = 2 imported + 1 rejected"),
                ("done", "2 records"),
                ("done", "1 duplicate"),
            ],
        ),
    ],
)
def test_each_course_in_words(course: Course, expected: list[tuple[str, str]]) -> None:
    assert told(course) == expected


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Work("queued"), ("now", "Waits for its turn")),
        (running("Reading records"), ("now", "Reading records")),
        (running(COMPARING, done=9, total=1200, left=5), ("now", "9 of 1,200 pairs, a few seconds left")),
        (running("Storing reasons", done=1200, total=1200), ("now", "Storing reasons")),
        (Work("failed", COMPARING, 9, 1200), ("stopped", "Stopped")),
    ],
)
def test_a_stored_import_is_matched_last(match: Work, expected: tuple[str, str]) -> None:
    assert told(Course("stored", match=match))[3] == expected


@given(
    st.sampled_from(ImportState),
    st.sampled_from(["", "columns", "damage"]),
    st.sampled_from(["", "queued", "running", "done", "failed", "cancelled"]),
    st.sampled_from([READING, STORING, JOINING, "", "taking rows away"]),
    st.sampled_from(["", "queued", "running", "done", "failed"]),
)
def test_there_are_always_four_stages_of_which_one_at_most_is_not_done_or_ahead(
    state: ImportState, asks: str, load: str, phase: str, match: str
) -> None:
    course = Course(state.value, asks, load=Work(load, phase, 1, 2, 3.0), match=Work(match, COMPARING, 1, 2, 3.0))
    where = [stage.where for stage in stages_of(course)]
    order = [Where.DONE, Where.NOW, Where.ASKS, Where.STOPPED, Where.AHEAD]
    assert len(where) == 4
    assert [order.index(one) for one in where] == sorted(order.index(one) for one in where)
    assert sum(one not in (Where.DONE, Where.AHEAD) for one in where) <= 1


def test_the_time_left_is_told_by_the_pace_of_this_attempt_only() -> None:
    assert seconds_left(done=3000, began_with=2000, total=5000, elapsed=10) == 20
    assert seconds_left(done=2000, began_with=2000, total=5000, elapsed=10) is None
    assert seconds_left(done=2500, began_with=2000, total=5000, elapsed=0.4) is None
    assert seconds_left(done=5000, began_with=0, total=5000, elapsed=9) == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds left"),
        (10, "a few seconds left"),
        (11, "about 20 seconds left"),
        (50, "about 50 seconds left"),
        (51, "about a minute left"),
        (89, "about a minute left"),
        (90, "about 2 minutes left"),
        (1000, "about 17 minutes left"),
    ],
)
def test_a_time_is_told_roughly(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
