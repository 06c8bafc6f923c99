"""How fast the site answers on a large review, beside a bare page of the same run.

    python -m benchmarks.speed [--records 100000] [--database postgresql|sqlite] [--votes 400]

Starts a private database and the site's own server (gunicorn for PostgreSQL, waitress with 4 threads for SQLite), seeds the review with
one reviewer far ahead of the other (DATABASE_URL names another database, which keeps its seeds for the
next run), and measures: a vote with the next page at 1 and at 8 in flight, the PRISMA page, a list page.
Prints milliseconds (p50, p95) and the ratio to the bare page (/health), and the CPU of a vote, which foreign load moves less.
Targets: vote p95 <= 50 at 8 in flight, CPU <= 12 a vote, PRISMA p95 <= 300.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg

from benchmarks.imports import machine_cpu
from benchmarks.seed import PASSWORD, READERS
from tests.parts import postgresql
from tests.parts.private import Keeper

PORT = 8311
BASE = f"http://127.0.0.1:{PORT}"


class Browser:
    """One signed-in person with cookies and one open connection, as browsers keep them; speaks as htmx does."""

    def __init__(self, email: str, cookies: dict[str, str] | None = None) -> None:
        """Signs in; ``cookies`` are those of somebody who has: an address may send that form only so often."""
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT)
        self.cookies = cookies or {}
        if cookies:
            return
        token = self.token(self.get("/accounts/login/"))
        self.post("/accounts/login/", {"csrfmiddlewaretoken": token, "login": email, "password": PASSWORD})
        assert "sessionid" in self.cookies, f"{email} could not sign in"

    def get(self, path: str) -> str:
        return self.ask("GET", path, {})

    def post(self, path: str, fields: dict[str, str]) -> str:
        form = {"HX-Request": "true", "Referer": BASE, "Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, form, urllib.parse.urlencode(fields).encode())

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> str:
        """The page at ``path``, or the one that it leads to."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {**headers, "Cookie": cookies})
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
            started = time.perf_counter()
            page = self.post(
                action.group(1), {"csrfmiddlewaretoken": token, "key": key.group(1), "known": "", "decision": "exclude"}
            )
            took.append((time.perf_counter() - started) * 1000)
        return took


def timed(act: Callable[[], object], n: int) -> list[float]:
    took = []
    for _ in range(n):
        started = time.perf_counter()
        act()
        took.append((time.perf_counter() - started) * 1000)
    return took


def in_flight(browsers: list[Browser], slug: str, n: int) -> list[float]:
    """All browsers vote at once, ``n`` votes each."""
    found: list[list[float]] = []
    threads = [threading.Thread(target=lambda one=one: found.append(one.votes(slug, n))) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for took in found for one in took]


def show(name: str, took: list[float], bare: float) -> None:
    p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"{name:38} n {len(took):5}   p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   p50 / bare {p50 / bare:5.1f}")


def serve(data: str, database: str) -> subprocess.Popen[bytes]:
    """The site's own server, once it answers. Raises SystemExit where another program has the port: its speed is none of ours."""
    with socket.socket() as port:
        if port.connect_ex(("127.0.0.1", PORT)) == 0:
            raise SystemExit(f"Port {PORT} is taken. End what listens there, then measure.")
    code = (
        "from waitress import serve; from reviewapp.wsgi import application as site; "
        f"serve(site, host='127.0.0.1', port={PORT}, threads=4)"
    )
    gunicorn = [str(Path(sys.executable).with_name("gunicorn")), "--config", "python:reviewapp.serving", "--bind", f"127.0.0.1:{PORT}",
                "reviewapp.wsgi:application"]  # fmt: skip
    command = gunicorn if database == "postgresql" else [sys.executable, "-c", code]
    server = subprocess.Popen(
        command, env={**os.environ, "REVIEWAPP_DATA": data}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{BASE}/accounts/login/").read()
            return server
        except OSError:
            time.sleep(0.1)
    server.terminate()
    raise SystemExit("the server did not start")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    asked.add_argument("--votes", type=int, default=400)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as data:
        os.environ["REVIEWAPP_DATA"] = data
        keeper = database(data, options.database)
        for command in (["migrate", "-v0"], ["createcachetable"]):
            subprocess.run([sys.executable, "manage.py", *command], check=True)
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.seed", str(options.records)], check=True, capture_output=True, text=True
        )
        slug = done.stdout.strip()
        print(
            f"{options.database}, {options.records} records seeded in {time.perf_counter() - started:.0f} s, load {os.getloadavg()[0]:.1f}"
        )
        server = serve(data, options.database)
        try:
            _measure(slug, options.votes)
        finally:
            server.terminate()
            server.wait()
            if keeper is not None:
                keeper.stop()


def database(data: str, database: str) -> Keeper | None:
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


def _measure(slug: str, votes: int) -> None:
    ahead, behind = Browser("alice@example.org"), Browser("bob@example.org")
    timed(lambda: ahead.get("/health"), 20)
    health = timed(lambda: ahead.get("/health"), 100)
    bare = statistics.median(health)
    show("bare page (/health)", health, bare)
    ahead.votes(slug, 10)
    show("vote + next, 1 in flight, far ahead", ahead.votes(slug, votes), bare)
    show("vote + next, 1 in flight, behind", behind.votes(slug, votes), bare)
    eight = [Browser(f"reader{place}@example.org") for place in range(READERS)]
    before = machine_cpu()
    together = in_flight(eight, slug, votes // 4)
    show("vote + next, 8 in flight", together, bare)
    print(f"{'':38} {(machine_cpu() - before) / len(together) * 1000:.1f} ms of CPU a vote, this client's included")
    lead = Browser("lena@example.org")
    show("PRISMA page", timed(lambda: lead.get(f"/r/{slug}/prisma/"), 20), bare)
    show("list of excluded records", timed(lambda: lead.get(f"/r/{slug}/screening/lists/excluded/"), 10), bare)
    show("review home", timed(lambda: lead.get(f"/r/{slug}/"), 10), bare)


if __name__ == "__main__":
    main()
