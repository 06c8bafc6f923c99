"""Many people at once: each casts a vote every few seconds, as people do, on a large review.

    python -m benchmarks.crowd [--people 200] [--minutes 10] [--pause 3] [--records 100000] [--database postgresql|sqlite]

Starts a private database and the site's own server as `benchmarks.speed` does (DATABASE_URL names another database), signs everybody
in, and prints votes a second, errors, and milliseconds of a vote with its next page (p50, p95, longest).
Target: 200 people, one vote every 3 seconds each, 10 minutes: no error, p95 <= 100 ms on PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

import django

from benchmarks import speed
from benchmarks.imports import machine_cpu


@dataclass
class Crowd:
    """What all people together saw."""

    slug: str
    pause: float
    until: float
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def person(self, browser: speed.Browser, place: int) -> None:
        """One person votes until the time is over, at a pace of their own."""
        chance = random.Random(place)
        time.sleep(chance.random() * self.pause)
        try:
            page = browser.get(f"/r/{self.slug}/screening/")
            token = browser.token(page)
            while time.monotonic() < self.until:
                page = self._vote(browser, page, token)
                time.sleep(self.pause * (0.5 + chance.random()))
        except (AssertionError, OSError, AttributeError) as problem:
            self.errors.append(f"person {place}: {problem!r}")

    def _vote(self, browser: speed.Browser, page: str, token: str) -> str:
        action = re.search(r'action="(/r/[^"]+/vote/)"', page)
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert action, "no record to vote on"
        assert key
        form = {"csrfmiddlewaretoken": token, "key": key.group(1), "known": "", "decision": "exclude"}
        started = time.perf_counter()
        answered = browser.post(action.group(1), form)
        self.took.append((time.perf_counter() - started) * 1000)
        return answered


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=200)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--pause", type=float, default=3, help="seconds between two votes of one person, on average")
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"REVIEWAPP_DATA": data, "DJANGO_SETTINGS_MODULE": "reviewapp.settings"}
        keeper = speed.database(data, options.database)
        for command in (["manage.py", "migrate", "-v0"], ["manage.py", "createcachetable"]):
            subprocess.run([sys.executable, *command], check=True)
        seeding = [sys.executable, "-m", "benchmarks.seed", str(options.records), str(options.people)]
        slug = subprocess.run(seeding, check=True, capture_output=True, text=True).stdout.strip()
        server = speed.serve(data, options.database)
        try:
            _measure(slug, options.people, options.minutes * 60, options.pause)
        finally:
            server.terminate()
            server.wait()
            if keeper is not None:
                keeper.stop()


def _measure(slug: str, people: int, seconds: float, pause: float) -> None:
    browsers = [speed.Browser(email, cookies) for email, cookies in _signed_in(people)]
    bare = statistics.median(speed.timed(lambda: browsers[0].get("/health"), 50))
    crowd = Crowd(slug, pause, time.monotonic() + seconds)
    threads = [threading.Thread(target=crowd.person, args=(one, place)) for place, one in enumerate(browsers)]
    before = machine_cpu()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    busy = (machine_cpu() - before) / seconds
    speed.show("bare page (/health)", [bare, bare], bare)
    speed.show(f"vote + next, {people} people", crowd.took, bare)
    rate, longest = len(crowd.took) / seconds, max(crowd.took)
    print(f"{rate:.1f} votes a second, {busy:.2f} cores busy, longest {longest:.0f} ms, {len(crowd.errors)} errors")
    for error in crowd.errors[:5]:
        print(error)


def _signed_in(people: int) -> list[tuple[str, dict[str, str]]]:
    """The readers' e-mail addresses, each with the cookies of a session."""
    django.setup()
    from django.test import Client

    from reviewapp.accounts.models import User

    found = []
    for place in range(people):
        client = Client()
        client.force_login(User.objects.get(email=f"reader{place}@example.org"))
        found.append((f"reader{place}@example.org", {name: one.value for name, one in client.cookies.items()}))
    return found


if __name__ == "__main__":
    main()
