"""Which action does which job, and which job follows which: the one place where the steps are joined in time."""

from __future__ import annotations

from collections.abc import Callable

from screening.jobs.actions import Claim

HANDLERS: dict[str, Callable[[Claim], None]] = {}
