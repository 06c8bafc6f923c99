"""The pages of extraction, coding and synthesis on a large set of findings, beside a bare page and a bare read of the same run.

    python -m benchmarks.findings [--records 4000] [--times 30] [--profile "matrix"]

Seeds a review of 200 included studies, a form of 60 fields entered by two people for each (24,000 values, settled), and a codebook of 100
codes with 5,000 segments whose coding is settled: on SQLite, or on a new review of the database that DATABASE_URL names. Asks for every
page in this process, as Django's test client does, middleware and templates included, and prints milliseconds (p50, p95), CPU
milliseconds of this process a page (which foreign load moves less; a database server's own are not in it), queries, and the ratio to
/health. The last lines are the physical references: a plain read of all segments, and of all values that stand.
Targets: every page p95 <= 200 ms, the matrix <= 500 ms. `--profile` prints where one page spends its time instead.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
LIMIT, MATRIX_LIMIT = 200.0, 500.0
MATRIX = "matrix"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--records", type=int, default=4_000)
    asked.add_argument("--times", type=int, default=30)
    asked.add_argument("--profile", default="", help="the name of one page")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as data:
        os.environ["REVIEWAPP_DATA"] = data
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{data}/findings.sqlite3")
        for command in (["migrate", "-v0"], ["createcachetable"]):
            subprocess.run([sys.executable, "manage.py", *command], check=True)
        django.setup()
        _run(options.records, options.times, options.profile)


def _run(records: int, times: int, profiled: str) -> None:
    from django.db import connection

    from benchmarks.findings_seed import seed_findings
    from benchmarks.seed import seed
    from screening.reviews.models import Review
    from tests.factories import alice, bob, lead

    started = time.perf_counter()
    review = Review.objects.get(slug=seed(records, readers=0))
    if not review.studies.exists():
        seed_findings(review, alice(review), bob(review))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(f"{connection.vendor}, seeded in {time.perf_counter() - started:.0f} s, load {os.getloadavg()[0]:.1f}")
    pages = _pages(review)
    import_module("reviewapp.wsgi")  # loads all code before the first visitor, as the web servers do
    lead_asks, reader_asks = _asking(lead(review).user), _asking(alice(review).user)
    ask = {name: (reader_asks if name.startswith("entry") else lead_asks) for name in pages}
    if profiled:
        _profile(lambda: ask[profiled](pages[profiled]))
        return
    bare = _measure("bare page (/health)", lambda: lead_asks("/health"), times, 0.0)
    over = [
        name
        for name, path in pages.items()
        if _measure(name, lambda name=name, path=path: ask[name](path), times, bare)  # type: ignore[misc]
        > (MATRIX_LIMIT if name.startswith(MATRIX) else LIMIT)
    ]
    for name, read in _references(review).items():
        _measure(name, read, times, bare)
    print(f"over the limit: {', '.join(over) or 'none'}")


def _asking(user: Any) -> Callable[[str], None]:
    """A function that asks for a page as this person, and fails where it does not come."""
    from django.conf import settings
    from django.test import Client

    host = next(
        (one for one in settings.ALLOWED_HOSTS if one not in ("*", "testserver") and one[0] != "."), "localhost"
    )
    client = Client(SERVER_NAME=host)
    client.force_login(user)

    def ask(path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        _ = answer.content

    return ask


def _measure(name: str, act: Callable[[], object], times: int, bare: float) -> float:
    """Prints one line; p95 in milliseconds, or p50 for the bare page that others are held against."""
    from django.db import connection

    act()
    queries = 0

    def count(execute: Any, *said: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*said)

    with connection.execute_wrapper(count):
        act()
    took, before = [], time.process_time()
    for _ in range(times):
        started = time.perf_counter()
        act()
        took.append((time.perf_counter() - started) * 1000)
    cpu = (time.process_time() - before) / times * 1000
    p50, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(
        f"{name:30} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   CPU {cpu:7.1f} ms   {queries:4} queries   "
        f"p50 / bare {p50 / (bare or p50):6.1f}",
        flush=True,
    )
    return p95 if bare else p50


def _pages(review: Any) -> dict[str, str]:
    """Every page of the findings by name; of a study, a text or a form one in the midst."""
    from extraction.coding.models import Code, SourceText
    from extraction.entries.models import Entry, Extraction
    from extraction.tables.models import Form
    from tests.factories import alice

    base = f"/r/{review.slug}/"
    of = Extraction.objects.filter(review=review).order_by("pk")
    locked, differing = of.filter(state="locked")[90], of.filter(state="differ")[9]
    own = Entry.objects.filter(review=review, extractor=alice(review)).order_by("pk")
    text = SourceText.objects.filter(review=review).order_by("pk")[100]
    code, form = Code.objects.filter(review=review).order_by("pk")[0], Form.objects.get(review=review)
    made = {
        "extraction": "extraction/",
        "entry, being filled in": f"extraction/entries/{own.get(state='draft').pk}/",
        "entry, submitted": f"extraction/entries/{own[90].pk}/",
        "consensus, differing": f"extraction/consensus/{differing.pk}/",
        "consensus, locked": f"extraction/consensus/{locked.pk}/",
        "forms": "forms/",
        "form": f"forms/{form.pk}/",
        "form version": f"forms/{form.pk}/versions/1/",
        "coding": "coding/",
        "coding of a study": f"coding/studies/{text.study_id}/",
        "coding compared": f"coding/studies/{text.study_id}/compare/",
        "text": f"coding/texts/{text.pk}/",
        "codebook": "codebook/",
        "code": f"codebook/codes/{code.pk}/",
        MATRIX: "synthesis/",
        "matrix as studies": "synthesis/?as=studies",
        "quotes of a study": f"synthesis/quotes/?study={text.study_id}",
        "quotes of a theme": f"synthesis/quotes/?theme={code.pk}",
        "figure": "synthesis/figure/",
        "characteristics": "synthesis/characteristics/",
        "together": "synthesis/together/",
        "file: matrix.csv": "synthesis/matrix.csv",
        "file: matrix.xlsx": "synthesis/matrix.xlsx",
        "file: factor-map.svg": "synthesis/factor-map.svg",
        "file: every value": "extraction/values.csv",
    }
    return {name: base + path for name, path in made.items()}


def _references(review: Any) -> dict[str, Callable[[], object]]:
    """The least that the heaviest pages must do: read their rows."""
    from extraction.coding.models import CodingSettlement
    from extraction.consensus.models import Settlement

    links = CodingSettlement.objects.filter(review=review).values_list(
        "segment__source__study_id", "code_id", "segment_id"
    )
    values = Settlement.objects.filter(review=review).values_list("extraction_id", "field", "value")
    return {
        "bare read: settled codings": lambda: list(links.order_by()),
        "bare read: values that stand": lambda: list(values.order_by()),
    }


def _profile(act: Callable[[], object]) -> None:
    act()
    with cProfile.Profile() as profile:
        act()
    stats = pstats.Stats(profile)
    stats.sort_stats("cumulative").print_stats(
        str(Path(__file__).parent.parent / "(extraction|screening|templates)"), 40
    )
    stats.sort_stats("tottime").print_stats(15)


if __name__ == "__main__":
    main()
