"""How many requests a process works on at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """Lets ``places`` in at a time, the others in the order of their coming; who has waited ``patience`` seconds goes in too.

    Threads of one process work by turns anyway: the interpreter has one lock, SQLite one writer. More of them at work at once only
    contend, and it is a lottery who waits longest. A page that takes long holds nobody up for more than ``patience``.
    """

    def __init__(self, places: int, patience: float) -> None:
        self._free = places
        self._patience = patience
        self._line: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait one's turn, and give the place on at the end."""
        held = self._enter()
        try:
            yield
        finally:
            if held:
                self._leave()

    def _enter(self) -> bool:
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._line.append(turn)
        if turn.acquire(timeout=self._patience):
            return True
        with self._lock:
            if turn not in self._line:  # called in this very moment
                return True
            self._line.remove(turn)
            return False

    def _leave(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1
