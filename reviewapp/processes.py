"""The process pair of `manage.py up`: a web server here, a celery worker as a child that cannot outlive it."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

import waitress.server
from waitress import wasyncore

HOST = "127.0.0.1"
THREADS = 4  # with SQLite more threads only wait longer for the write lock
PORTS_TRIED = 100
GRACE = 10.0  # seconds a worker may take to finish its chunk; a job that is cut off resumes at its checkpoint
LONGEST_PAUSE = 30.0  # seconds between two restarts of a worker that keeps failing
STEADY = 60.0  # seconds after which a worker counts as one that had not been failing


def listen(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 takes any free one. Raises OSError if the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def listen_near(port: int) -> socket.socket:
    """The first free port from `port` upwards. Raises OSError if a hundred of them are taken."""
    for candidate in range(port, min(port + PORTS_TRIED, 65_535)):
        try:
            return listen(candidate)
        except OSError as problem:
            if problem.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
    return listen(port + PORTS_TRIED)


class WebServer:
    """Waitress with four threads on a socket that already listens."""

    def __init__(self, application: Callable[..., Any], listening: socket.socket) -> None:
        port = listening.getsockname()[1]
        self.address = f"http://{HOST}:{port}"
        self._map: dict[int, Any] = {}
        self._server = waitress.server.create_server(
            application,
            map=self._map,
            sockets=[listening],
            threads=THREADS,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )

    def run(self) -> None:
        """Serve until SystemExit or KeyboardInterrupt reaches this thread, or another one calls `stop()`."""
        try:
            self._server.run()
        finally:
            self._server.task_dispatcher.shutdown()
            wasyncore.close_all(self._map)

    def stop(self) -> None:
        """End `run()` from another thread: the thread that serves closes its own connections."""
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._map))


@dataclass(frozen=True)
class Worker:
    """A celery worker in a session of its own; it ends when its standard input closes, whoever closes it."""

    _process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, environment: Mapping[str, str] | None = None) -> Worker:
        """Start one; `environment` replaces this process's own."""
        command = [sys.executable, "-m", "reviewapp.worker"]
        return cls(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, env=environment))  # noqa: S603

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its process group."""
        return self._process.pid

    def wait(self, seconds: float | None = None) -> int:
        """Its exit status, once it has ended by itself. Raises TimeoutExpired."""
        return self._process.wait(seconds)

    def stop(self) -> None:
        """Close its standard input; end the whole group if it does not finish in time."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(GRACE + 2)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()


class Supervisor:
    """Keeps one worker running: one that exits is started again, ever more slowly while it keeps failing."""

    def __init__(
        self, say: Callable[[str], object], start: Callable[[], Worker] = Worker.start, pause: float = 0.5
    ) -> None:
        self._say = say
        self._start = start
        self._pause = pause
        self._stopping = threading.Event()
        self._worker = start()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        pause = self._pause
        while not self._stopping.is_set():
            started = time.monotonic()
            status = self._worker.wait()
            self._worker.stop()
            pause = self._pause if time.monotonic() - started > STEADY else min(pause * 2, LONGEST_PAUSE)
            if self._stopping.wait(pause):
                return
            self._say(f"The worker ended (status {status}); starting it again.")
            self._worker = self._start()
        self._worker.stop()

    @property
    def pid(self) -> int:
        """The process id of the worker that runs now."""
        return self._worker.pid

    def stop(self) -> None:
        """End the worker and start no other."""
        self._stopping.set()
        self._worker.stop()
        self._thread.join(LONGEST_PAUSE)


def run(application: Callable[..., Any], listening: socket.socket, say: Callable[[str], object]) -> None:
    """Serve with a worker beside it until Ctrl-C or SIGTERM; requests and chunks under way are finished."""
    signal.signal(signal.SIGTERM, _leave)
    supervisor = Supervisor(say)
    try:
        WebServer(application, listening).run()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervisor.stop()


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
