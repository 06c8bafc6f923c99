"""The process pair of `manage.py up`: it starts, heals, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reviewapp.processes import Supervisor, Worker, listen, listen_near

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell's background job ignores SIGINT, and so would whatever it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is not there yet; later tests find in it what the first left, whichever way that ended."""
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture
def up(data: Path, interruptible: None) -> Iterator[subprocess.Popen[str]]:
    """`manage.py up` on that data; every process that it starts holds the same standard output."""
    environment = {**os.environ, "REVIEWAPP_DATA": str(data), "DATABASE_URL": "", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "up", "--no-demo", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with process:
        yield process
        process.kill()


def address(up: subprocess.Popen[str]) -> str:
    """The address that it prints when it is about to serve."""
    assert up.stdout is not None
    said = []
    for line in up.stdout:
        said.append(line)
        if line.startswith("Open http://127.0.0.1:"):
            return line.split()[1]
    raise AssertionError("".join(said))


def wait_until(true: Callable[[], bool]) -> None:
    """Return as soon as it holds; fail when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_however_the_site_is_ended_nothing_is_left_running(
    up: subprocess.Popen[str], data: Path, number: signal.Signals
) -> None:
    page = address(up)
    assert data.stat().st_mode & 0o077 == 0
    connection = HTTPConnection(urlsplit(page).netloc, timeout=PATIENCE)
    connection.request("GET", "/accounts/login/")
    assert connection.getresponse().status == 200
    connection.close()
    up.send_signal(number)
    up.communicate(timeout=PATIENCE)  # returns when the last process that holds the output is gone
    assert up.returncode == (-signal.SIGKILL if number is signal.SIGKILL else 0)


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with listen_near(port) as found:
            assert port < found.getsockname()[1] < port + 100


def test_the_site_listens_on_loopback_only() -> None:
    with listen(0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


def stand_in() -> Worker:
    """A process that, like a worker, ends when its standard input closes."""
    return Worker(subprocess.Popen(["cat"], stdin=subprocess.PIPE, start_new_session=True))


def test_a_worker_that_dies_is_started_again() -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, start=stand_in, pause=0.01)
    first = supervisor.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: supervisor.pid != first)
    supervisor.stop()
    assert said == ["The worker ended (status -9); starting it again."]


def test_a_stopped_supervisor_starts_no_other_worker() -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, start=stand_in, pause=0.01)
    supervisor.stop()
    assert said == []
    with pytest.raises(ProcessLookupError):
        os.kill(supervisor.pid, 0)


def test_a_worker_that_ignores_its_closed_input_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewapp.processes.GRACE", -1.9)
    deaf = Worker(subprocess.Popen(["sleep", "600"], stdin=subprocess.PIPE, start_new_session=True))
    deaf.stop()
    assert deaf.wait() == -signal.SIGKILL
