"""Which action does which job, and which job follows which: the one place where the steps are joined in time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from screening.decisions.opening import open_title_abstract
from screening.dedupe.finding import find_duplicates
from screening.imports.loading import load
from screening.jobs.actions import Claim

HANDLERS: dict[str, Callable[[Claim], None]] = {
    "imports.load": partial(load, followers=("dedupe.find",)),
    "dedupe.find": find_duplicates,
    "decisions.open_items": open_title_abstract,
}
