"""What extraction asks of the worker, told to the one list of jobs, since screening knows nothing of extraction."""

from __future__ import annotations

from extraction.entries.refinding import JOB, ask_when_replaced, refind_quotes
from screening.pipeline import CLOCKWORK, HANDLERS


def join() -> None:
    """Add the jobs of extraction; a second time changes nothing."""
    HANDLERS[JOB] = refind_quotes
    if ask_when_replaced not in CLOCKWORK:
        CLOCKWORK.append(ask_when_replaced)
