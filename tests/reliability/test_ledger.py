"""P39: two people vote while web server, worker, Redis and database are killed; what was acknowledged is there, once."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from reviewapp.processes import Worker, listen
from tests.parts import postgresql
from tests.parts import redis as redis_part
from tests.parts.missing import missing

ROOT = Path(__file__).parents[2]
SERVED = "from waitress import serve; from reviewapp.wsgi import application as site; serve(site, listen='127.0.0.1:{port}', threads=4)"
PATIENCE = 90  # seconds


@dataclass
class Voter:
    """A browser that sends a vote again, with its key, until the site says that it has it."""

    port: int
    slug: str
    email: str
    cookies: dict[str, str]
    told: list[tuple[str, str, str]] = field(default_factory=list)
    sent_again: int = 0
    ending: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Vote until told to end; the vote under way is brought to its end."""
        choose = random.Random(self.email)
        while not self.ending.is_set():
            page = self._until_answered("GET", f"/r/{self.slug}/screening/")
            action = re.search(rf'action="(/r/{self.slug}/screening/(\d+)/vote/)"', page)
            if action is None:
                return
            decision = choose.choice(["include", "maybe", "exclude"])
            hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|key|known)" value="([^"]*)"', page))
            self._until_answered("POST", action.group(1), urlencode({**hidden, "decision": decision}))
            self.told.append((self.email, action.group(2), decision))

    def _until_answered(self, method: str, path: str, body: str = "") -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status, page = self._ask(method, path, body)
            except (OSError, http.client.HTTPException):
                status, page = 0, "no answer"
            if status in (200, 302):
                return page
            assert status in (0, 500, 502, 503), (method, path, status, page[:2000])
            self.sent_again += 1
            time.sleep(0.1)
        raise AssertionError(f"{method} {path} was not answered in {PATIENCE} seconds")

    def _ask(self, method: str, path: str, body: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, page


class Parts:
    """Web server, worker, Redis and database of one site, each of which can be killed and comes back."""

    def __init__(self, folder: Path) -> None:
        server, binaries = redis_part.program(), postgresql.programs()
        if server is None:
            missing("Redis", redis_part.REMEDY)
        broker, self._redis = redis_part.start(server)
        self._redis_server, self._port = server, _free_port()
        self.environment = {**os.environ, "REVIEWAPP_DATA": str(folder), "CELERY_BROKER_URL": broker}
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "reviewapp.settings",
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
        }
        self.environment["DATABASE_URL"] = f"sqlite:///{folder}/ledger.sqlite3"
        self.kill: dict[str, Callable[[], None]] = {
            "web": self._kill_web,
            "worker": self._kill_worker,
            "redis": self._kill_redis,
        }
        self._postgresql = None
        if os.environ["TEST_DATABASE"] == "postgresql":
            assert binaries is not None
            self._binaries = binaries
            self.environment["DATABASE_URL"], self._postgresql = postgresql.start(binaries, durable=True)
            with psycopg.connect(
                host=str(self._postgresql.folder), user=postgresql.NAME, dbname="postgres", autocommit=True
            ) as made:
                made.execute(f"CREATE DATABASE {postgresql.NAME}")
            self.kill["database"] = self._kill_database

    @property
    def port(self) -> int:
        """Where the web server listens."""
        return self._port

    def run(self, *command: str, given: str = "") -> str:
        """What a program of this site prints."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, input=given, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self) -> None:
        """Serve."""
        self._start_web()
        self._worker = Worker.start(self.environment)

    def stop(self) -> None:
        """End all of it."""
        if hasattr(self, "_web"):
            os.killpg(self._web.pid, signal.SIGKILL)
            self._web.wait()
            self._worker.stop()
        self._redis.stop()
        if self._postgresql is not None:
            self._postgresql.stop()

    def _start_web(self) -> None:
        code = SERVED.format(port=self._port)
        self._web = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=self.environment, start_new_session=True
        )

    def _kill_web(self) -> None:
        os.killpg(self._web.pid, signal.SIGKILL)
        self._web.wait()
        self._start_web()

    def _kill_worker(self) -> None:
        os.killpg(self._worker.pid, signal.SIGKILL)
        self._worker.stop()
        self._worker = Worker.start(self.environment)

    def _kill_redis(self) -> None:
        self._redis.kill()
        self._redis = redis_part.serve(self._redis_server, self._redis.folder)

    def _kill_database(self) -> None:
        assert self._postgresql is not None
        self._postgresql.kill()
        self._postgresql = postgresql.serve(self._binaries, self._postgresql.folder, durable=True)


def _free_port() -> int:
    with listen(0) as listening:
        port: int = listening.getsockname()[1]
    return port


@pytest.fixture
def parts() -> Iterator[Parts]:
    """A site of its own, which nobody else's test meets."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    made = Parts(folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


# The short form is that of the database that can be killed, too.
SHORT = pytest.param(1, marks=[] if os.environ["TEST_DATABASE"] == "postgresql" else pytest.mark.slow)


@pytest.mark.parametrize("rounds", [SHORT, pytest.param(15, marks=pytest.mark.slow)])
def test_p39_every_acknowledged_vote_is_there_once_whatever_is_killed(parts: Parts, rounds: int) -> None:
    parts.run("manage.py", "migrate", "-v0")
    parts.run("manage.py", "createcachetable")
    world = json.loads(parts.run("-m", "tests.reliability.ledger", "seed", str(300 * rounds)))
    parts.start()
    voters = [Voter(parts.port, world["slug"], email, cookies) for email, cookies in world["cookies"].items()]
    threads = [threading.Thread(target=voter.run) for voter in voters]
    for thread in threads:
        thread.start()
    chance = random.Random(rounds)
    for _ in range(rounds):
        for name in chance.sample(sorted(parts.kill), len(parts.kill)):
            _wait_for_votes(voters, threads)
            time.sleep(chance.random() / 2)
            parts.kill[name]()
    _wait_for_votes(voters, threads)
    for voter in voters:
        voter.ending.set()
    for thread in threads:
        thread.join(PATIENCE)
    told = [row for voter in voters for row in voter.told]
    assert len(told) > 20 * rounds
    assert sum(voter.sent_again for voter in voters) > rounds, "nobody noticed a kill"
    _wait_for_the_import(parts)
    assert json.loads(parts.run("-m", "tests.reliability.ledger", "check", given=json.dumps(told))) == []


def _wait_for_votes(voters: list[Voter], threads: list[threading.Thread]) -> None:
    """Until everybody has had five more votes acknowledged: the site works again."""
    wanted = [len(voter.told) + 5 for voter in voters]
    deadline = time.monotonic() + PATIENCE
    while any(len(voter.told) < n for voter, n in zip(voters, wanted, strict=True)):
        assert time.monotonic() < deadline, "the site did not come back"
        assert all(thread.is_alive() for thread in threads), "a voter gave up"
        time.sleep(0.02)


def _wait_for_the_import(parts: Parts) -> None:
    parts.run("-m", "tests.reliability.ledger", "hurry")
    deadline = time.monotonic() + PATIENCE
    while not json.loads(parts.run("-m", "tests.reliability.ledger", "imported")):
        assert time.monotonic() < deadline, "the import was not done"
