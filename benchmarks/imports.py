"""How fast files of references are read and stored, and what it costs those who screen meanwhile. Linux only.

    python -m benchmarks.imports readers                                  # our RIS reader beside rispy 0.10
    python -m benchmarks.imports stored [--database postgresql|sqlite]    # 100,000 records through upload page and worker

``readers`` needs rispy: ``pip install -e '.[benchmarks]'``, or ``pip install 'rispy==0.10.*'``. Both read one made-up
file, each in its own process, by turns, the best of three; then all RIS files below REVIEW_DATA/imports, where a file
counts as short when a reader hands over fewer records than there are and says nothing.
``stored`` uploads two files of about 75 MB as a person would, into a review in which another one screens, a vote every
tenth of a second. Targets: both stored in 60 s (SQLite 120), worker 512 MB, vote p95 100 ms.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import django

from benchmarks.site import TICK, Browser, machine_cpu, seeded, served

READERS = ("ours", "rispy")
ROUNDS = 3
TARGETS = {"postgresql": 60, "sqlite": 120}
SCREENED = 20_000  # records that are in the review when the files arrive
PAUSE = 0.1


def main() -> None:
    """Run the parts that were asked for, both without a word."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", choices=["readers", "stored", []])
    asked.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    asked.add_argument("--records", type=int, default=100_000, help="in both files together")
    options = asked.parse_args()
    parts: dict[str, Callable[[Path], None]] = {
        "readers": lambda folder: readers(folder, options.records // 2),
        "stored": lambda folder: stored(folder, options.records // 2, options.database),
    }
    for part in options.parts or parts:
        with tempfile.TemporaryDirectory(prefix="imports-") as folder:
            parts[part](Path(folder))


def made_up(path: Path, records: int, seed: int) -> Path:
    """A RIS file made in another process, whose memory is none of ours."""
    command = [sys.executable, "-m", "benchmarks.synthetic_records", str(records), str(path), "--seed", str(seed)]
    subprocess.run(command, check=True)
    return path


# Readers


def readers(folder: Path, records: int) -> None:
    """Records a second and peak memory on one large file; then the sample files that each reader loses records of."""
    large = made_up(folder / "large.ris", records, 1)
    size = large.stat().st_size / 1e6
    print(f"{records} RIS records, {size:.0f} MB, load {os.getloadavg()[0]:.1f}, best of {ROUNDS}")
    runs = [(reader, alone(reader, [large])) for _ in range(ROUNDS) for reader in READERS]
    speeds: dict[str, float] = {}
    for reader in READERS:
        mine = [run for name, run in runs if name == reader]
        (best,) = min((run["files"] for run in mine), key=lambda files: files[0]["seconds"])
        speeds[reader] = best["records"] / best["seconds"]
        peak = max(run["peak_mb"] for run in mine)
        print(f"  {reader:6} {best['records']:7} records  {speeds[reader]:8.0f} a second  peak {peak:6.0f} MB")
    print(f"  ratio of speeds, ours / rispy: {speeds['ours'] / speeds['rispy']:.2f}")
    if "REVIEW_DATA" in os.environ:
        samples(Path(os.environ["REVIEW_DATA"]) / "imports")


def alone(reader: str, files: list[Path]) -> dict[str, Any]:
    """What a reader makes of the files, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.readers", reader, *map(str, files)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def samples(folder: Path) -> None:
    """On the real RIS files: how many each reader raises on, and how many it cuts short without a word."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        true = {row["path"]: int(row["true_records"]) for row in csv.DictReader(file) if row["format"] == "RIS"}
    print(f"{len(true)} RIS files of {folder.name}, {sum(true.values())} records")
    for reader in READERS:
        found = alone(reader, [folder / path for path in true])["files"]
        raised = [one["file"] for one in found if one["raised"]]
        wrong = {one["file"]: one["records"] - true[one["file"]] for one in found if not one["raised"]}
        short = {name: -more for name, more in wrong.items() if more < 0}
        print(
            f"  {reader:6} {sum(one['records'] for one in found):7} records;  raises on {len(raised)};  "
            f"short without a word {len(short)} ({sum(short.values())} records);  too many {sum(n > 0 for n in wrong.values())}"
        )
        for name in (*raised, *short):
            print(f"         {name}: {'raises' if name in raised else f'{short[name]} lost'}")


# Stored


@dataclass
class Voter:
    """A person who votes every tenth of a second in a thread, until told to stop; milliseconds of each vote."""

    browser: Browser
    slug: str
    took: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def voting(self) -> Iterator[None]:
        """Vote for the time of the block."""
        self.took, self.stop = [], threading.Event()
        thread = threading.Thread(target=self._vote)
        thread.start()
        try:
            yield
        finally:
            self.stop.set()
            thread.join()

    def _vote(self) -> None:
        while not self.stop.wait(PAUSE):
            try:
                self.took += self.browser.votes(self.slug, 1)
            except (OSError, HTTPException, AssertionError) as error:  # the browser asserts that a page is no error
                self.failures.append(repr(error))

    def show(self, when: str) -> None:
        """Print p50 and p95."""
        p50, p95 = statistics.median(self.took), statistics.quantiles(self.took, n=20)[-1]
        told = f"p50 {p50:5.1f} ms  p95 {p95:6.1f} ms  longest {max(self.took):6.1f} ms  errors {len(self.failures)}"
        print(f"  a vote with the next page, {when:22} n {len(self.took):4}  {told}")


@dataclass
class Watched:
    """The processes of a worker, looked at now and then: the most memory of one, and of all together."""

    group: int
    one_mb: float = 0.0
    all_mb: float = 0.0
    cpu: dict[int, float] = field(default_factory=dict)

    def look(self) -> None:
        """Take the memory and processor time of this moment."""
        together = 0.0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                stat = (process / "stat").read_text().rpartition(")")[2].split()
                if int(stat[2]) != self.group:
                    continue
                self.cpu[int(process.name)] = (int(stat[11]) + int(stat[12])) / TICK
                self.one_mb = max(self.one_mb, kilobytes(process / "status", "VmHWM") / 1024)
                together += kilobytes(process / "smaps_rollup", "Pss") / 1024
            except OSError:  # it ended meanwhile
                continue
        self.all_mb = max(self.all_mb, together)


def kilobytes(path: Path, name: str) -> int:
    """A number of a file of /proc."""
    found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def stored(folder: Path, records: int, database: str) -> None:
    """Two files through the site's own pages into a review that is being screened."""
    files = [made_up(folder / f"part-{part}.ris", records, part) for part in (1, 2)]
    with seeded(database, SCREENED) as slug, served(database) as port:
        django.setup()
        from reviewapp.processes import Worker

        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"{database}, 2 RIS files, {2 * records} records, {size:.0f} MB, load {os.getloadavg()[0]:.1f}")
        voter = Voter(Browser(port, "bob@example.org"), slug)
        with voter.voting():
            time.sleep(10)
        voter.show("nothing else to do")
        worker = Worker.start()
        try:
            time.sleep(5)
            watched = Watched(worker.pid)
            with voter.voting():
                seconds, busy = imported(Browser(port, "lena@example.org"), slug, files, watched)
            voter.show("during the import")
        finally:
            worker.stop()
    print(
        f"  uploaded in {seconds['uploaded']:.1f} s, both stored {seconds['stored']:.1f} s after the import was asked for"
    )
    print(f"  {2 * records / seconds['stored']:.0f} records a second; target {TARGETS[database]} s")
    print(f"  worker: {watched.one_mb:.0f} MB in its largest process, {watched.all_mb:.0f} MB in all; target 512 MB")
    print(f"  CPU: worker {sum(watched.cpu.values()):.0f} s, machine {busy:.0f} s; load {os.getloadavg()[0]:.1f}")


def imported(lena: Browser, slug: str, files: list[Path], watched: Watched) -> tuple[dict[str, float], float]:
    """Upload, describe and wait until both files are stored; seconds of the two steps, and processor seconds of all."""
    from screening.imports.models import Import

    busy, started = machine_cpu(), time.perf_counter()
    page = upload(lena, f"/r/{slug}/searches/1/upload/", files)
    uploaded = time.perf_counter()
    describe(lena, f"/r/{slug}/searches/1/describe/", page)
    asked = time.perf_counter()
    ours = Import.objects.filter(file_name__in=[file.name for file in files])
    while (states := sorted(ours.values_list("state", flat=True))) != ["stored", "stored"]:
        assert set(states) <= {"queued", "loading", "stored"}, list(ours.values("state", "error", "question"))
        watched.look()
        time.sleep(0.2)
    watched.look()
    seconds = {"uploaded": uploaded - started, "stored": time.perf_counter() - asked}
    return seconds, machine_cpu() - busy


def upload(lena: Browser, path: str, files: list[Path]) -> str:
    """Send the files as a browser's form does; the page that asks where they come from."""
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
    parts = [head.format("csrfmiddlewaretoken", "").encode() + lena.token(lena.get(path)).encode() + b"\r\n"]
    for file in files:
        parts.append(head.format("files", f'; filename="{file.name}"').encode() + file.read_bytes() + b"\r\n")
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    return lena.ask("POST", path, headers, b"".join([*parts, f"--{mark}--\r\n".encode()]))


def describe(lena: Browser, path: str, page: str) -> None:
    """Say of each file who was asked, when and how."""
    fields = {"csrfmiddlewaretoken": lena.token(page)}
    for prefix in sorted(set(re.findall(r'name="(f[0-9a-f]{16})-query"', page))):
        about = {"database": "MEDLINE", "kind": "database", "searched_on": "2022-08-01", "query": "research"}
        fields |= {f"{prefix}-{name}": value for name, value in about.items()}
    lena.post(path, fields)


if __name__ == "__main__":
    main()
