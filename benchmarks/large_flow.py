"""The flow, its lists and the archive of a very large review on PostgreSQL.

    python -m benchmarks.large_flow [--records 1000000] [--times 20] [--no-archive]

Serves the review as `benchmarks.site` says, and measures: the flow page, searches side by side, each kind of list in each order at its
first page and deep inside it, the lists of a stage for somebody far ahead (milliseconds, p50 and p95), the flow and a list once more
while records wait to be placed, then `export_review` in a process of its own (seconds, megabytes of the file, peak of memory). Before
anything is timed, the numbers of the page are held against those of the seed and against a count of all rows. Targets at a million
records: flow page p95 <= 300 ms, any list page <= 150 ms at any depth, archive in <= 512 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from benchmarks.site import Browser, bare_page, seeded, served, show, timed

STAGE_LISTS = ("excluded", "included", "conflicts", "my-votes", "awaiting")
LISTS = ("dbr_identified", "duplicates", "records_screened", "records_excluded", "dbr_pending_title_abstract")
DEPTHS = (0.0, 0.5, 0.99)
ORDERS = ("title", "year", "-year")
WAITING = (2_000, 50_000)  # votes of a busy minute, and a file just imported
# Runs the command in this very process, so that its peak of memory is its own.
ARCHIVE = """
import resource, sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "export_review", sys.argv[1], sys.argv[2]])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""

# The flow from a count of every record.
RECOUNT = """
import json, os, sys, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
django.setup()
from screening.prisma.counts import recounted_flows
from screening.reviews.models import Review
told = recounted_flows(Review.objects.get(slug=sys.argv[1]))[0].counts()
print(json.dumps({key: n for key, n in told.items() if isinstance(n, int | dict) and key != "laws"}))
"""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--records", type=int, default=1_000_000)
    asked.add_argument("--times", type=int, default=20)
    asked.add_argument("--no-archive", action="store_true")
    options = asked.parse_args()
    with seeded("postgresql", options.records) as slug:
        with served("postgresql") as port:
            _measure(slug, port, options.records, options.times)
        if not options.no_archive:
            _archive(slug)


def _measure(slug: str, port: int, records: int, times: int) -> None:
    lead = Browser(port, "lena@example.org")
    bare = statistics.median(bare_page(lead))
    _is_exact(lead, slug, records)
    few = max(5, times // 4)

    def page(name: str, path: str, n: int) -> None:
        show(name, timed(lambda: lead.get(f"/r/{slug}/{path}"), n), bare)

    for name, path in (("flow page", "prisma/"), ("searches side by side", "prisma/columns/"), ("exports", "exports/")):
        page(name, path, times)
    page("flow of one search", "prisma/?search=2", times)
    for key in LISTS:
        for depth in DEPTHS:
            page(f"{key} at {depth:.0%}", f"prisma/records/?box={key}" + _after(records, depth), few)
        for order in ORDERS:
            page(f"{key} by {order}", f"prisma/records/?box={key}&sort={order}" + _after(records, 0.5), few)
    page("all records at 50%", "records/?" + _after(records, 0.5), few)
    ahead = Browser(port, "alice@example.org")
    for name in STAGE_LISTS:
        address = f"/r/{slug}/screening/lists/{name}/?" + _after(records, 0.05)
        show(f"{name} at title and abstract", timed(lambda: ahead.get(address), few), bare)  # noqa: B023  # called at once
    for n in WAITING:
        _unplace(slug, n)
        page(f"flow page, {n:,} wait to be placed", "prisma/", times)
        page(f"duplicates, {n:,} wait to be placed", "prisma/records/?box=duplicates" + _after(records, 0.5), few)
    page("home of the review", "", few)


def _after(records: int, depth: float) -> str:
    return f"&after={int(records * depth)}" if depth else ""


def _unplace(slug: str, n: int) -> None:
    """Note of ``n`` records, as acts do, that they moved; a worker would place them within seconds."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO screening_moved (review_id, record_id, at) SELECT t.review_id, p.record_id, now() FROM screening_place p"
            " JOIN screening_kepttally t ON t.id = p.tally_id WHERE t.review_id = (SELECT id FROM screening_review WHERE slug = %s)"
            " AND p.record_id %% 7 = 0 LIMIT %s",
            [slug, n],
        )
        connection.execute("ANALYZE screening_moved")


def _is_exact(lead: Browser, slug: str, records: int) -> None:
    """The seed is known: a fifth are duplicates, a tenth of the rest is settled, of which each twentieth is included."""
    told = json.loads(lead.get(f"/r/{slug}/prisma/download/json/"))
    leads = records - records // 5
    settled = leads // 10
    included = (settled + 19) // 20
    expected = {"database_results": records, "duplicates": records // 5, "records_screened": leads}
    expected |= {"records_excluded": settled - included, "dbr_sought_reports": included}
    assert {key: told[key] for key in expected} == expected, told
    assert all(told["laws"].values())
    by_rows = json.loads(
        subprocess.run([sys.executable, "-c", RECOUNT, slug], capture_output=True, text=True, check=True).stdout
    )
    assert {key: told[key] for key in by_rows} == by_rows
    page = lead.get(f"/r/{slug}/prisma/records/?box=duplicates&after={records // 2}")
    assert len(re.findall(r"taking part in research", page)) >= 50


def _archive(slug: str) -> None:
    path, started = Path(os.environ["REVIEWAPP_DATA"]) / "archive.zip", time.perf_counter()
    done = subprocess.run([sys.executable, "-c", ARCHIVE, slug, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    took, peak = time.perf_counter() - started, done.stdout.split()[-1]
    print(f"archive: {took:.0f} s, {path.stat().st_size / 1e6:.0f} MB on the disk, {peak} MB of memory at its peak")
    started = time.perf_counter()
    verified = subprocess.run(
        [sys.executable, "-I", "screening/archive/verify_archive.py", str(path)], capture_output=True, text=True
    )
    print(f"verify_archive.py: {time.perf_counter() - started:.0f} s, {verified.stdout.strip()}")


if __name__ == "__main__":
    main()
