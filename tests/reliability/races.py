"""Several people at one instant: real threads, each with a connection of its own, let go together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from screening.audit.refusal import NotAllowedNow

Act = Callable[[int], Any]
PATIENCE = 120  # seconds


def race(rounds: int, *acts: Act) -> list[tuple[Any, ...]]:
    """Do every act once a round, all at the same instant. Returns, round by round, what each returned or was refused with.

    Anything but a refusal ends the race and is raised here.
    """
    start = threading.Barrier(len(acts), timeout=PATIENCE)
    told: list[list[Any]] = [[None] * len(acts) for _ in range(rounds)]
    failures: list[BaseException] = []

    def run(place: int, act: Act) -> None:
        try:
            for number in range(rounds):
                start.wait()
                told[number][place] = _outcome(act, number)
        except BaseException as failure:
            failures.append(failure)
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair, name=f"racer {pair[0]}") for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise next((one for one in failures if not isinstance(one, threading.BrokenBarrierError)), failures[0])
    return [tuple(row) for row in told]


def _outcome(act: Act, number: int) -> Any:
    try:
        return act(number)
    except NotAllowedNow as refusal:
        return refusal


def refused(outcome: Any) -> bool:
    """True for an act that was told no."""
    return isinstance(outcome, NotAllowedNow)
