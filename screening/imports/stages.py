"""The four stages of an import as people follow it: read, check, store, match. Pure.

Read: every entry is read and put aside, unseen. Check: the sum closes, and a person has answered what the file left open. Store: the
records join the review, all at once. Match: they are compared with the others of the review.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NAMES = ("Read", "Check", "Store", "Match")
READ, CHECK, STORE, MATCH, OVER = range(5)
READING, STORING, JOINING = "reading", "storing", "joining"  # phases of the job that loads, in their order
COMPARING = "Comparing pairs"  # the one phase of the search for duplicates whose numbers tell how far it is


class Where(StrEnum):
    """How far a stage is."""

    AHEAD = "ahead"
    NOW = "now"
    DONE = "done"
    ASKS = "asks"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, how far it is, and what there is to say; ``done`` of ``total`` where it can be measured."""

    name: str
    where: Where
    said: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """How far a job is: ``state`` as `jobs.JobState`, "" where there is none; ``left`` in seconds where it can be told.

    ``interrupted``: its worker is gone, and the job is taken up again by itself.
    """

    state: str = ""
    phase: str = ""
    done: int = 0
    total: int = 0
    left: float | None = None
    interrupted: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in ("queued", "running")

    @property
    def is_broken(self) -> bool:
        return self.state in ("failed", "cancelled")


NO_WORK = Work()


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of one import: ``state`` as `ImportState`, ``asks`` the kind of its question, ``file`` what its file is."""

    state: str
    asks: str = ""
    file: str = ""
    markers: int = 0
    parsed: int = 0
    rejected: int = 0
    duplicates: int = 0
    load: Work = NO_WORK
    match: Work = NO_WORK


def seconds_left(*, done: int, began_with: int, total: int, elapsed: float) -> float | None:
    """Seconds until ``total`` at the pace since ``began_with``; None while too little is known for an honest guess."""
    if done <= began_with or elapsed < 1:
        return None
    return max(total - done, 0) * elapsed / (done - began_with)


def in_words(seconds: float) -> str:
    """A rough time: nobody can tell it to the second."""
    if seconds <= 10:
        return "a few seconds left"
    if seconds <= 50:
        return f"about {-(-int(seconds) // 10) * 10} seconds left"
    if seconds < 90:
        return "about a minute left"
    return f"about {round(seconds / 60)} minutes left"


def stages_of(course: Course) -> list[Stage]:
    """The four stages: first those that are done, then at most one under way, asking or stopped, the rest ahead."""
    present, stage = _present(course)
    done = [Stage(name, Where.DONE, said) for name, said in zip(NAMES, _results(course), strict=True)]
    ahead = [Stage(name, Where.AHEAD) for name in NAMES[present + 1 :]]
    return [*done[:present], *([stage] if stage else []), *ahead]


def _results(course: Course) -> tuple[str, str, str, str]:
    """What each stage has to say once it is done."""
    merged = "1 duplicate" if course.duplicates == 1 else f"{course.duplicates:,} duplicates"
    if course.state not in ("stored", "undone"):  # the numbers are written down with the last chunk
        return (", ".join(part for part in (course.file, _records(course.markers)) if part), "", "", "")
    closed = f"{course.markers:,} = {course.parsed:,} imported + {course.rejected:,} rejected"
    return (course.file, closed, _records(course.parsed), merged)


def _present(course: Course) -> tuple[int, Stage | None]:
    """The stage that is under way, asks or stopped, and its place; `OVER` and none where all are done."""
    if course.state == "question":
        place = CHECK if course.asks == "damage" else READ
        return place, Stage(NAMES[place], Where.ASKS, "Needs an answer")
    if course.state == "refused":
        return READ, Stage(NAMES[READ], Where.STOPPED, "Refused, nothing stored")
    if course.state == "cancelled":
        return READ, Stage(NAMES[READ], Where.STOPPED, "Cancelled, nothing stored")
    if course.state in ("queued", "loading"):
        return _loading(course.load)
    return _matching(course.match)


def _loading(load: Work) -> tuple[int, Stage]:
    if load.state == "running" and load.phase == JOINING:
        return STORE, _at(STORE, load, "Joining the review")
    if load.state == "running" and load.phase == STORING:
        return READ, _at(READ, load, f"{load.done:,} of {_records(load.total)}", measured=True)
    return READ, _at(READ, load, "Counting its records")


def _matching(match: Work) -> tuple[int, Stage | None]:
    if not match.is_open and not match.is_broken:
        return OVER, None
    if match.phase == COMPARING and match.done:
        return MATCH, _at(MATCH, match, f"{match.done:,} of {match.total:,} pairs", measured=True)
    return MATCH, _at(MATCH, match, match.phase or "Looking for duplicates")


def _at(place: int, work: Work, said: str, *, measured: bool = False) -> Stage:
    """The stage that ``work`` is at: waiting, broken off, or as far as ``said``."""
    if work.is_broken:
        return Stage(NAMES[place], Where.STOPPED, "Stopped")
    if work.interrupted:
        return Stage(NAMES[place], Where.NOW, "Interrupted; it goes on by itself within a minute")
    if work.state != "running":
        return Stage(NAMES[place], Where.NOW, "Waits for its turn")
    if not measured:
        return Stage(NAMES[place], Where.NOW, said)
    left = "" if work.left is None else f", {in_words(work.left)}"
    return Stage(NAMES[place], Where.NOW, said + left, work.done, work.total)


def _records(n: int) -> str:
    return "1 record" if n == 1 else f"{n:,} records" if n else ""
