"""The site as benchmarks run it: one large review on a private database, the site's own server in front, and people who ask it.

The server is gunicorn for PostgreSQL and waitress with 4 threads for SQLite. DATABASE_URL names another database, which keeps its seeds
for the next run.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.seed import PASSWORD, READERS
from tests.parts import postgresql
from tests.parts.private import Keeper

TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 60  # seconds until the server must answer


class Browser:
    """One signed-in person with cookies and one open connection, as browsers keep them; speaks as htmx does."""

    def __init__(self, port: int, email: str, cookies: dict[str, str] | None = None) -> None:
        """Signs in; ``cookies`` are those of somebody who has: an address may send that form only so often."""
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.origin = f"http://127.0.0.1:{port}"
        self.cookies = cookies or {}
        if cookies:
            return
        token = self.token(self.get("/accounts/login/"))
        self.post("/accounts/login/", {"csrfmiddlewaretoken": token, "login": email, "password": PASSWORD})
        assert "sessionid" in self.cookies, f"{email} could not sign in"

    def get(self, path: str) -> str:
        return self.ask("GET", path, {})

    def post(self, path: str, fields: dict[str, str]) -> str:
        form = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, form, urllib.parse.urlencode(fields).encode())

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> str:
        """The page at ``path``, or the one that it leads to."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {"Referer": self.origin, **headers, "Cookie": cookies})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        assert answer.status < 400, f"{method} {path}: {answer.status}"
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return self.get(answer.headers["Location"]) if answer.status in (302, 303) else text

    @staticmethod
    def token(page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found
        return found.group(1)

    def votes(self, slug: str, n: int) -> list[float]:
        """Milliseconds of ``n`` votes, each answered with the next page."""
        page, took = self.get(f"/r/{slug}/screening/"), []
        token = self.token(page)
        for _ in range(n):
            action = re.search(r'action="(/r/[^"]+/vote/)"', page)
            key = re.search(r'name="key" value="([^"]+)"', page)
            assert action
            assert key
            vote = {"csrfmiddlewaretoken": token, "key": key.group(1), "known": "", "decision": "exclude"}
            started = time.perf_counter()
            page = self.post(action.group(1), vote)
            took.append((time.perf_counter() - started) * 1000)
        return took


@contextmanager
def seeded(database: str, records: int, *, readers: int = READERS) -> Iterator[str]:
    """A database with one review of so many records, one reviewer far ahead of the other; its slug."""
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"REVIEWAPP_DATA": data, "DJANGO_SETTINGS_MODULE": "reviewapp.settings"}
        keeper = _database(data, database)
        try:
            for command in (["migrate", "-v0"], ["createcachetable"]):
                subprocess.run([sys.executable, "manage.py", *command], check=True)
            started = time.perf_counter()
            told = [sys.executable, "-m", "benchmarks.seed", str(records), str(readers)]
            slug = subprocess.run(told, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
            took = time.perf_counter() - started
            print(f"{database}, {records} records seeded in {took:.0f} s, load {os.getloadavg()[0]:.1f}")
            yield slug
        finally:
            if keeper is not None:
                keeper.stop()


@contextmanager
def served(database: str) -> Iterator[int]:
    """The port of the site's own server, once it answers. Raises SystemExit where it does not."""
    with socket.create_server(("127.0.0.1", 0)) as free:  # another benchmark may be running
        port: int = free.getsockname()[1]
    server = subprocess.Popen(_server(database, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _server(database: str, port: int) -> list[str]:
    if database == "postgresql":
        gunicorn = str(Path(sys.executable).with_name("gunicorn"))
        return [
            gunicorn,
            "--config",
            "python:reviewapp.serving",
            "--bind",
            f"127.0.0.1:{port}",
            "reviewapp.wsgi:application",
        ]
    code = (
        "from waitress import serve; from reviewapp.wsgi import application as site; "
        f"serve(site, host='127.0.0.1', port={port}, threads=4)"
    )
    return [sys.executable, "-c", code]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/").read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def _database(data: str, database: str) -> Keeper | None:
    """A private database for this run, or the one that DATABASE_URL names."""
    if os.environ.get("DATABASE_URL"):
        return None
    if database == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{data}/large.sqlite3"
        return None
    binaries = postgresql.programs()
    if binaries is None:
        raise SystemExit("PostgreSQL not found")
    os.environ["DATABASE_URL"], keeper = postgresql.start(binaries, durable=True)
    server = urllib.parse.urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {postgresql.NAME}")
    return keeper


def timed(act: Callable[[], object], n: int) -> list[float]:
    """Milliseconds of each of ``n`` times."""
    took = []
    for _ in range(n):
        started = time.perf_counter()
        act()
        took.append((time.perf_counter() - started) * 1000)
    return took


def bare_page(browser: Browser) -> list[float]:
    """Milliseconds of a page that asks nothing of the database but to be there: what others are compared with."""
    timed(lambda: browser.get("/health"), 20)
    return timed(lambda: browser.get("/health"), 100)


def show(name: str, took: list[float], bare: float) -> None:
    """Print median and p95 of milliseconds, and the median beside that of a bare page."""
    p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"{name:38} n {len(took):5}   p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   p50 / bare {p50 / bare:5.1f}")


def machine_cpu() -> float:
    """Seconds that all processors of the machine have worked since it started, whoever they worked for. Linux only."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / TICK
