"""Who waits at the turnstile, and for how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from reviewapp.turnstile import Turnstile

pytestmark = pytest.mark.once


def _started(act: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_places_are_given_in_the_order_of_coming() -> None:
    turnstile, order = Turnstile(places=1, patience=10), []

    def come(name: int) -> None:
        with turnstile.place():
            order.append(name)

    threads = []
    with turnstile.place():
        for name in range(8):
            threads.append(_started(lambda name=name: come(name)))  # type: ignore[misc]
            _until(lambda name=name: len(turnstile._line) == name + 1)  # type: ignore[misc]
        assert order == []
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_no_more_are_in_than_there_are_places() -> None:
    turnstile, lock, inside, most = Turnstile(places=2, patience=10), threading.Lock(), [0], [0]

    def come() -> None:
        with turnstile.place():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.002)
            with lock:
                inside[0] -= 1

    threads = [_started(come) for _ in range(20)]
    for thread in threads:
        thread.join()
    assert most == [2]


def test_who_has_waited_long_enough_goes_in_too_and_leaves_the_line() -> None:
    turnstile = Turnstile(places=1, patience=0.01)
    with turnstile.place(), turnstile.place():
        assert not turnstile._line
    with turnstile.place():
        assert turnstile._free == 0
    assert turnstile._free == 1


def test_a_place_is_given_on_after_an_error() -> None:
    turnstile = Turnstile(places=1, patience=10)
    with pytest.raises(ValueError, match="broken"), turnstile.place():
        raise ValueError("broken")
    with turnstile.place():
        pass
    assert turnstile._free == 1
