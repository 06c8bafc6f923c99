"""Many people at once: each casts a vote every few seconds, as people do, on a large review.

    python -m benchmarks.crowd [--people 200] [--minutes 10] [--pause 3] [--records 100000] [--database postgresql|sqlite]
                               [--importing 0]

Serves the review as `benchmarks.site` says, signs everybody in, and prints votes a second, errors, and milliseconds of a vote with the
records that the page lacks then (p50, p95, longest). Each sends what the screening page sends: one record shown, the next ones ready, a
key for each vote. With ``--importing N`` a lead uploads a file of N records into the same review meanwhile, and a worker stores it and
looks for duplicates.
Target: 200 people, one vote every 3 seconds each, 10 minutes: no error, p95 <= 100 ms on PostgreSQL.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import django

from benchmarks import imports
from benchmarks.site import Browser, bare_page, machine_cpu, seeded, served, show


@dataclass
class Page:
    """A screening page as it stands in one person's browser: the record shown, those ready, and the queue as told last."""

    browser: Browser
    slug: str
    token: str
    voter: str
    shown: int
    ready: set[int] = field(default_factory=set)
    waiting: list[int] = field(default_factory=list)

    @classmethod
    def opened(cls, browser: Browser, slug: str) -> Page:
        """The page as it comes, and what it asks for at once."""
        text = browser.get(f"/r/{slug}/screening/")
        voter, shown = re.search(r'data-voter="(\d+)"', text), re.search(r'id="screen"[^>]* data-number="(\d+)"', text)
        assert voter
        assert shown, "no record to vote on"
        page = cls(browser, slug, browser.token(text), voter[1], int(shown[1]))
        page.take(browser.get(f"/r/{slug}/screening/ahead/?shown={page.shown}&ready=&voted="))
        return page

    def take(self, answer: str) -> None:
        """What an answer brings."""
        told = re.search(r'data-waiting="([\d,]*)"', answer)
        assert told, "an answer without a queue"
        self.waiting = [int(number) for number in told[1].split(",") if number]
        self.ready |= {int(number) for number in re.findall(r'<template data-ready="(\d+)"', answer)}

    def vote(self) -> float:
        """Milliseconds until the vote was acknowledged; the next record is shown before, as a key shows it."""
        number = self.shown
        self.shown = next(one for one in self.waiting if one != number)
        self.ready.discard(self.shown)
        form = {
            "csrfmiddlewaretoken": self.token,
            "key": str(uuid.uuid4()),
            "known": "",
            "decision": "exclude",
            "spent": "3",
        }
        form |= {"voter": self.voter, "shown": str(self.shown), "voted": str(number)}
        form["ready"] = ",".join(str(one) for one in self.ready if one in self.waiting)
        started = time.perf_counter()
        answer = self.browser.post(f"/r/{self.slug}/screening/{number}/vote/", form)
        took = (time.perf_counter() - started) * 1000
        assert 'data-refused=""' in answer, "a vote was refused"
        self.take(answer)
        return took


@dataclass
class Crowd:
    """What all people together saw."""

    slug: str
    pause: float
    until: float
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def person(self, browser: Browser, place: int) -> None:
        """One person votes until the time is over, at a pace of their own."""
        chance = random.Random(place)
        time.sleep(chance.random() * self.pause)
        try:
            page = Page.opened(browser, self.slug)
            while time.monotonic() < self.until:
                self.took.append(page.vote())
                time.sleep(self.pause * (0.5 + chance.random()))
        except (AssertionError, OSError, AttributeError, StopIteration) as problem:
            self.errors.append(f"person {place}: {problem!r}")


@contextmanager
def importing(slug: str, port: int, records: int) -> Iterator[None]:
    """While the block runs, a lead's file of so many made-up records goes in, with a worker of its own; prints how far it came."""
    if not records:
        yield
        return
    from reviewapp.processes import Worker

    with tempfile.TemporaryDirectory() as folder:
        file = imports.made_up(Path(folder) / "meanwhile.ris", records, 1)
        lena, worker = Browser(port, "lena@example.org"), Worker.start()
        try:
            page = imports.upload(lena, f"/r/{slug}/searches/1/upload/", [file])
            imports.describe(lena, f"/r/{slug}/searches/1/describe/", page)
            yield
            _tell_import(file.name)
        finally:
            worker.stop()


def _tell_import(name: str) -> None:
    from screening.imports.models import Import
    from screening.jobs.models import Job

    found = Import.objects.get(file_name=name)
    left = Job.objects.exclude(state="done").values_list("name", "state")
    print(
        f"meanwhile: {found.records.count()} of {found.markers} records of a file, {found.state}; jobs left: {sorted(left)}"
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=200)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--pause", type=float, default=3, help="seconds between two votes of one person, on average")
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    asked.add_argument("--importing", type=int, default=0, help="records of a file that is imported meanwhile")
    options = asked.parse_args()
    with seeded(options.database, options.records, readers=options.people) as slug, served(options.database) as port:
        _measure(slug, port, options)


def _measure(slug: str, port: int, options: argparse.Namespace) -> None:
    seconds = options.minutes * 60
    browsers = [Browser(port, email, cookies) for email, cookies in _signed_in(options.people)]
    bare = statistics.median(bare_page(browsers[0]))
    with importing(slug, port, options.importing):
        crowd = Crowd(slug, options.pause, time.monotonic() + seconds)
        threads = [threading.Thread(target=crowd.person, args=(one, place)) for place, one in enumerate(browsers)]
        before = machine_cpu()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    busy = (machine_cpu() - before) / seconds
    if len(crowd.took) < 2:
        raise SystemExit("No votes came through:\n" + "\n".join(crowd.errors[:5]))
    show("bare page (/health)", [bare, bare], bare)
    show(f"vote + next, {options.people} people", crowd.took, bare)
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
