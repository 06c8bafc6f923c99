"""How fast the site answers on a large review, beside a bare page of the same run.

    python -m benchmarks.speed [--records 100000] [--database postgresql|sqlite] [--votes 400]

Serves the review as `benchmarks.site` says, one reviewer far ahead of the other, and measures: a vote with the next page at 1 and at 8
in flight, the PRISMA page, a list page.
Prints milliseconds (p50, p95) and the ratio to the bare page (/health), and the CPU of a vote, which foreign load moves less.
Targets: vote p95 <= 50 at 8 in flight, CPU <= 12 a vote, PRISMA p95 <= 300.
"""

from __future__ import annotations

import argparse
import statistics
import threading

from benchmarks.seed import READERS
from benchmarks.site import Browser, bare_page, machine_cpu, seeded, served, show, timed


def in_flight(browsers: list[Browser], slug: str, n: int) -> list[float]:
    """All browsers vote at once, ``n`` votes each."""
    found: list[list[float]] = []
    threads = [threading.Thread(target=lambda one=one: found.append(one.votes(slug, n))) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for took in found for one in took]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--records", type=int, default=100_000)
    asked.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    asked.add_argument("--votes", type=int, default=400)
    options = asked.parse_args()
    with seeded(options.database, options.records) as slug, served(options.database) as port:
        _measure(slug, port, options.votes)


def _measure(slug: str, port: int, votes: int) -> None:
    ahead, behind = Browser(port, "alice@example.org"), Browser(port, "bob@example.org")
    health = bare_page(ahead)
    bare = statistics.median(health)
    show("bare page (/health)", health, bare)
    ahead.votes(slug, 10)
    show("vote + next, 1 in flight, far ahead", ahead.votes(slug, votes), bare)
    show("vote + next, 1 in flight, behind", behind.votes(slug, votes), bare)
    eight = [Browser(port, f"reader{place}@example.org") for place in range(READERS)]
    before = machine_cpu()
    together = in_flight(eight, slug, votes // 4)
    show("vote + next, 8 in flight", together, bare)
    print(f"{'':38} {(machine_cpu() - before) / len(together) * 1000:.1f} ms of CPU a vote, this client's included")
    lead = Browser(port, "lena@example.org")
    show("PRISMA page", timed(lambda: lead.get(f"/r/{slug}/prisma/"), 20), bare)
    show("list of excluded records", timed(lambda: lead.get(f"/r/{slug}/screening/lists/excluded/"), 10), bare)
    show("review home", timed(lambda: lead.get(f"/r/{slug}/"), 10), bare)


if __name__ == "__main__":
    main()
