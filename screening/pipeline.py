"""Which action does which job, and which job follows which: the one place where the steps are joined in time."""

from __future__ import annotations

from collections.abc import Callable

from screening.decisions.opening import open_title_abstract
from screening.dedupe.finding import find_duplicates
from screening.jobs.actions import Claim

HANDLERS: dict[str, Callable[[Claim], None]] = {
    "dedupe.find": find_duplicates,
    "decisions.open_items": open_title_abstract,
}
