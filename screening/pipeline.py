"""Which action does which job, and which job follows which: the one place where the steps are joined in time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from screening.archive import actions as archive
from screening.archive import writing
from screening.conflicts import overdue
from screening.decisions.opening import open_title_abstract
from screening.decisions.sharing.job import share_out
from screening.decisions.sharing.models import SHARE_OUT
from screening.dedupe.finding import find_duplicates
from screening.dedupe.spreading import do_asked_part
from screening.fulltexts.identifying import match_files
from screening.imports.loading import load
from screening.jobs.actions import Claim
from screening.letters import actions as letters
from screening.prisma.placing import place_moved
from screening.takeovers.bringing import bring_in

HANDLERS: dict[str, Callable[[Claim], None]] = {
    "imports.load": partial(load, followers=("dedupe.find",)),
    "dedupe.find": find_duplicates,
    "dedupe.part": do_asked_part,
    "decisions.open_items": open_title_abstract,
    "takeovers.take": bring_in,
    SHARE_OUT: share_out,
    "fulltexts.match": match_files,
    writing.JOB: archive.make_archive,
    overdue.JOB: overdue.hand_over_overdue,
    letters.MENTIONS_JOB: letters.write_mentions,
    letters.DIGEST_JOB: letters.write_digests,
    letters.POST_JOB: letters.post_letters,
}

#: What the clock asks for, whenever a worker sweeps: each looks whether it is time, at the cost of a query. Later parts add theirs.
CLOCKWORK: list[Callable[[], None]] = [overdue.ask_when_due, letters.ask_for_digest, letters.ask_to_post, place_moved]
