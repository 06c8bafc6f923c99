"""Replays published reviews through the site's own commands and prints its figures beside the authors'.

    REVIEW_DATA=... python -m benchmarks.replay_review [returns] [list] [coders] [--database-url URL]

Each part runs in a temporary site of its own. ``returns``: the raw search returns of Dimitrov 2024 are imported and
deduplicated, and compared with the authors' list. ``list``: that list with the two reviewers' votes, the third reviewer's
answers and the full text decisions, up to the flow. ``coders``: three dual-coded sets, up to kappa.

Dimitrov 2024: MIT, liambarrett26/Dimitrov-Systematic-SNHL-Phenotyping. Dual-coded sets: MIT, MikkelVembye/screen_benchmarks.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = dict[str, str]

AUTHORS = {"returns": 2695, "screened": 1498, "conflicts": 6, "full text": 16, "included": 6}
DATABASES = {
    "base.csv": "BASE", "cinahl.csv": "CINAHL", "embase.csv": "Embase", "github.csv": "GitHub", "ieee.csv": "IEEE Xplore",
    "medline.csv": "MEDLINE", "psychinfo.csv": "PsycINFO", "scopus.csv": "Scopus",
}  # fmt: skip
REASONS = ("Not SNHL only", "Wrong age cohort")
READING_COPY = (
    "  pubmed_abstracts.txt is not imported: it is PubMed's reading copy of the hits in medline.csv, no data format,\n"
    "  and the site refuses it with a sentence. The MEDLINE records therefore come without abstracts, as in medline.csv."
)
KAPPA = {"SB_caregiver_ratio_qual": 0.374, "SB_friends": 0.772, "SB_who_chronic_pain_qes": 0.722}
R1, R2, THIRD = "r1@example.org", "r2@example.org", "third@example.org"


def main() -> None:
    """Run the parts that were asked for, all without a word."""
    parts: dict[str, Callable[[Path], None]] = {"returns": returns, "list": whole_list, "coders": coders}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*parts, []], help="returns, list, coders; default: all")
    parser.add_argument("--database-url", default="", help="an empty database for the temporary site; default: SQLite")
    asked = parser.parse_args()
    folder = Path(os.environ["REVIEW_DATA"]) / "screening"
    with tempfile.TemporaryDirectory(prefix="replay-") as site:
        open_site(site, asked.database_url)
        for name in asked.parts or parts:
            parts[name](folder)


def open_site(data: str, database_url: str) -> None:
    """An empty site below ``data``, with one lead, two reviewers and a third."""
    os.environ["REVIEWAPP_DATA"] = data
    os.environ["DATABASE_URL"] = database_url
    if not database_url:
        del os.environ["DATABASE_URL"]
    os.environ["DJANGO_SETTINGS_MODULE"] = "reviewapp.settings"
    import django

    django.setup()
    command("migrate", verbosity=0)
    for email in ("lead@example.org", R1, R2, THIRD):
        command("create_account", email)


def command(*words: str, **options: Any) -> str:
    """What a command of the site prints on standard output."""
    from django.core.management import call_command

    out = io.StringIO()
    call_command(*words, stdout=out, stderr=sys.stderr, **options)
    return out.getvalue()


def review_with(title: str, reasons: Iterable[str]) -> str:
    """A review whose frozen criteria are called as the reasons in the data; returns its slug."""
    from screening.protocol.actions import add_criterion, freeze_protocol
    from screening.protocol.versions import draft_of
    from screening.reviews.models import Membership, Review

    team = ("--lead", "lead@example.org", "--reviewer", R1, "--reviewer", R2, "--adjudicator", THIRD)
    slug: str = json.loads(command("create_review", title, *team, "--json"))["review"]
    review = Review.objects.get(slug=slug)
    draft, lead = draft_of(review), Membership.objects.select_related("user").get(review=review, is_lead=True).user
    assert draft is not None
    for reason in reasons:
        add_criterion(version=draft, actor=lead, label=reason, not_met_when=reason)
    freeze_protocol(version=draft, actor=lead)
    return slug


def labelled(folder: Path, name: str) -> list[Row]:
    """The rows of a labelled set."""
    text = gzip.decompress((folder / f"{name}.csv.gz").read_bytes()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@contextmanager
def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]], name: str) -> Iterator[str]:
    """A CSV file of these rows, for the time of the block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        yield str(path)


def compare(figure: str, ours: object, theirs: object, remark: str = "") -> None:
    """One line of a table."""
    print(f"  {figure:46}{ours!s:>9}{theirs!s:>10}  {remark}".rstrip())


def heading(title: str) -> None:
    """The head of a table."""
    print(f"\n{title}")
    compare("", "here", "authors")


# The raw returns


def returns(folder: Path) -> None:
    """Import the eight raw exports, deduplicate, and say where the result differs from the authors' list."""
    with tempfile.TemporaryDirectory() as unpacked:
        with tarfile.open(folder / "dimitrov_raw_search_returns_and_adjudication.tar.gz") as packed:
            packed.extractall(unpacked, filter="data")
        data = Path(unpacked) / "data"
        slug = review_with("Phenotypes of hearing loss, raw returns", REASONS)
        heading("Dimitrov 2024, raw search returns")
        for file, database in DATABASES.items():
            path = str(data / "search_returns" / file)
            command("import_records", slug, path, "--database", database, "--search", "Search 1", "--json")
        start = time.perf_counter()
        found = json.loads(command("deduplicate", slug, "--json"))
        seconds = time.perf_counter() - start
        flow = json.loads(command("prisma", slug))
        compare("records identified", flow["database_results"], AUTHORS["returns"])
        compare("duplicates removed", found["merged"], AUTHORS["returns"] - AUTHORS["screened"], f"{seconds:.1f} s")
        asked = f"{found['queue']} questions wait for a person"
        compare("records to screen", flow["records_screened"], AUTHORS["screened"], asked)
        with (data / "tiab" / "all_results_deduplicated.csv").open(encoding="mac_roman", newline="") as file_:
            explain(slug, list(csv.DictReader(file_)))
    print(READING_COPY)


def explain(slug: str, theirs: list[Row]) -> None:
    """Split the difference to the authors' list; a row and a record are held for one where DOI or title agree.

    Rows and records that hang together so are one knot: in it, more rows than records were kept twice by the authors, more
    records than rows are kept apart here.
    """
    records = group_facts(slug)
    knots = tied(theirs, records)
    known = {lead for _, leads in knots for lead in leads}
    alone = [lead for lead in records if lead not in known]
    embase = [lead for lead in alone if records[lead][1] == {"Embase"}]
    twice = sum(max(0, len(rows) - len(leads)) for rows, leads in knots)
    apart = sum(max(0, len(leads) - len(rows)) for rows, leads in knots)
    missing = len(theirs) - sum(len(rows) for rows, _ in knots)
    both = sum(min(len(rows), len(leads)) for rows, leads in knots)
    compare("  on both lists", both, both)
    compare("  found by Embase alone", len(embase), 0, "the authors' list names no record of Embase at all")
    unlisted = len(alone) - len(embase)
    compare("  on no row of the authors' list", unlisted, 0, "title or DOI differ, or dropped by the authors")
    asked = f"{waiting(slug, knots)} of them are asked of a person"
    compare("  kept apart here, merged by the authors", apart, 0, asked)
    told = "same DOI or same title, in two databases or twice in one"
    compare("  kept twice by the authors, merged here", 0, twice, told)
    compare("  on the authors' list, in none of the returns", 0, missing)
    assert both + len(alone) + apart == len(records)
    assert both + twice + missing == len(theirs)


def waiting(slug: str, knots: Iterable[tuple[set[int], set[int]]]) -> int:
    """How many records are kept apart although a card asks a person about them."""
    from screening.dedupe.models import CandidateCard

    cards = [
        set(members) for members in CandidateCard.objects.filter(review__slug=slug).values_list("members", flat=True)
    ]
    asked = [(rows, leads) for rows, leads in knots if any(len(card & leads) > 1 for card in cards)]
    return sum(max(0, len(leads) - len(rows)) for rows, leads in asked)


def group_facts(slug: str) -> dict[int, tuple[set[str], set[str]]]:
    """Lead -> the keys (DOI, title) and the databases of all records merged into it."""
    from screening.records.models import Standing

    rows = Standing.objects.filter(review__slug=slug).values_list(
        "record_id", "lead_id", "record__doi", "record__title", "record__title_translated", "source__name"
    )
    found: dict[int, tuple[set[str], set[str]]] = {}
    for record, lead, doi, title, translated, database in rows:
        keys, databases = found.setdefault(lead or record, (set(), set()))
        keys.update(key for key in (doi, letters(title), letters(translated)) if key)
        databases.add(database)
    return found


def letters(text: str) -> str:
    """The plain letters and digits of a title: the authors' list has no others."""
    return "".join(letter for letter in text.casefold() if letter.isascii() and letter.isalnum())


def tied(theirs: list[Row], records: Mapping[int, tuple[set[str], set[str]]]) -> list[tuple[set[int], set[int]]]:
    """Knots of (rows by place, leads) that share keys; rows that share none are left out."""
    owners: dict[str, set[tuple[str, int]]] = {}
    for place, row in enumerate(theirs):
        for key in (row["doi"].casefold().removeprefix("https://doi.org/"), letters(row["title"])):
            if key and key != "none":
                owners.setdefault(key, set()).add(("row", place))
    for lead, (keys, _) in records.items():
        for key in keys:
            owners.setdefault(key, set()).add(("lead", lead))
    knots: list[tuple[set[int], set[int]]] = []
    for members in joined(owners.values()):
        rows, leads = ({one for kind, one in members if kind == wanted} for wanted in ("row", "lead"))
        if rows and leads:
            knots.append((rows, leads))
    return knots


def joined(sets: Iterable[set[tuple[str, int]]]) -> Iterable[set[tuple[str, int]]]:
    """The sets, united wherever two share a member."""
    home: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for members in sets:
        whole = set(members).union(*(home[one] for one in members if one in home))
        home.update(dict.fromkeys(whole, whole))
    return {id(whole): whole for whole in home.values()}.values()


# The authors' list with its votes


def whole_list(folder: Path) -> None:
    """Both reviewers' votes, the six conflicts to the third, full text with reasons; then the flow."""
    rows = labelled(folder, "Dimitrov_2024_SNHL_two_reviewers")
    slug = review_with("Phenotypes of hearing loss", REASONS)
    heading("Dimitrov 2024, the authors' list with its votes")
    with table(("record_id", "title", "abstract"), rows, "list.csv") as path:
        command("import_records", slug, path, "--database", "All eight", "--search", "Search 1", "--json")
    merged = json.loads(command("deduplicate", slug, "--json"))
    compare(
        "records on the list",
        len(rows),
        AUTHORS["screened"],
        f"{merged['merged']} merged further, {merged['queue']} questions",
    )
    decide(slug, "title-abstract", votes_at_first(rows))
    waiting = conflicts(slug, "ta")
    compare("conflicts", len(waiting), AUTHORS["conflicts"])
    decide(slug, "title-abstract", answers_of_the_third(rows))
    decide(slug, "full-text", votes_at_full_text(rows))
    settle_by_talk(slug)
    flow = json.loads(command("prisma", slug))
    compare("records screened", flow["records_screened"], AUTHORS["screened"])
    compare("to full text", flow["dbr_sought_reports"], AUTHORS["full text"])
    for reason, n in flow["dbr_excluded"].items():
        compare(f"  excluded: {reason}", n, sum(row["ft_reason"] == reason for row in rows))
    unread = [row["record_id"] for row in rows if row["label_ta"] == "1" and not row["ft_r1"]]
    compare(
        "  pending",
        sum(flow["pending"].values()),
        len(unread),
        f"no full text decision is published for record {', '.join(unread)}",
    )
    compare("reports included", flow["new_reports"], AUTHORS["included"])
    for stage in ("title-abstract", "full-text"):
        entry = json.loads(command("agreement", slug, "--stage", stage, "--json"))[0]
        compare(f"kappa, {stage}", f"{entry['kappa']:.3f}", "-", f"{entry['n']} both voted, table {entry['table']}")
    command("check_review", slug)
    print("  check_review: every law and invariant holds.")


def decide(slug: str, stage: str, rows: Iterable[Row]) -> dict[str, Any]:
    """Bring these decisions in by command; returns its report."""
    start = time.perf_counter()
    with table(("record_id", "reviewer", "decision", "reason", "note", "role"), rows, f"{stage}.csv") as path:
        report: dict[str, Any] = json.loads(command("import_decisions", slug, path, "--stage", stage, "--json"))
    seconds = time.perf_counter() - start
    told = f"{report['votes']} votes, {report['rulings']} rulings in {seconds:.0f} s"
    compare(f"decisions at {stage.replace('-', ' ')}", report["votes"] + report["rulings"], "-", told)
    return report


def votes_at_first(rows: list[Row]) -> Iterator[Row]:
    """Both reviewers' votes on titles and abstracts, with their comments."""
    for row in rows:
        for who, email in (("r1", R1), ("r2", R2)):
            vote = {"reviewer": email, "decision": row[who], "note": row[f"comment_{who}"]}
            yield {"record_id": row["record_id"], **vote}


def answers_of_the_third(rows: list[Row]) -> Iterator[Row]:
    """The third reviewer's answers on the conflicts."""
    for row in rows:
        if row["adjudicated"]:
            answer = {"reviewer": THIRD, "decision": row["adjudicated"], "role": "adjudicator"}
            yield {"record_id": row["record_id"], **answer}


def votes_at_full_text(rows: list[Row]) -> Iterator[Row]:
    """Both reviewers' votes on reports. One exclude has no reason of its own in the table, as the report was included in the
    end; the reviewer's comment beside it gives the first reason."""
    for row in rows:
        for who, email in (("ft_r1", R1), ("ft_r2", R2)):
            if row[who]:
                excluded = float(row[who]) == 0
                reason = (row["ft_reason"] or REASONS[0]) if excluded else ""
                yield {"record_id": row["record_id"], "reviewer": email, "decision": row[who], "reason": reason}


def conflicts(slug: str, stage: str) -> list[int]:
    """Items of a stage whose votes clash and that nobody has settled."""
    from screening.decisions.queue import in_conflict
    from screening.decisions.verdict import Stage
    from screening.reviews.models import Review

    review = Review.objects.get(slug=slug)
    return list(in_conflict(review.pk, Stage(stage)).order_by("pk").values_list("pk", flat=True))


def settle_by_talk(slug: str) -> None:
    """The reviewers agreed in the end to include the one report on which they differed: both take that position."""
    from screening.conflicts.actions import take_position
    from screening.decisions.verdict import Decision
    from screening.reviews.models import Membership

    clashing = conflicts(slug, "ft")
    for item in clashing:
        for email in (R1, R2):
            member = Membership.objects.select_related("review", "user").get(review__slug=slug, user__email=email)
            take_position(member=member, item_id=item, decision=Decision.INCLUDE)
    compare("  settled between the reviewers: include", len(clashing), 1)


# Dual-coded sets


def coders(folder: Path) -> None:
    """Import each set and both coders' decisions; kappa must be the published set's to three decimals."""
    heading("Dual-coded sets: kappa of the two coders at title and abstract")
    for name, published in KAPPA.items():
        rows = labelled(folder, name)
        slug = review_with(name, ("Eligibility",))
        columns = [column for column in ("record_id", "title", "abstract", "year", "doi") if column in rows[0]]
        with table(columns, rows, "records.csv") as path:
            command("import_records", slug, path, "--database", "All", "--search", "Search 1", "--json")
        decide(slug, "title-abstract", coded(rows))
        entry = json.loads(command("agreement", slug, "--stage", "title-abstract", "--json"))[0]
        remark = f"{entry['n']} both voted, table {entry['table']}"
        compare(name, f"{entry['kappa']:.3f}", f"{published:.3f}", remark)
        assert round(entry["kappa"], 3) == published, name


def coded(rows: list[Row]) -> Iterator[Row]:
    """The decisions of coders C01 and C02, who are the two reviewers here."""
    emails = {"C01": R1, "C02": R2}
    for row in rows:
        for who in ("r1", "r2"):
            if row[f"{who}_coder"]:
                vote = {"decision": row[f"{who}_decision"], "note": row[f"{who}_note"]}
                yield {"record_id": row["record_id"], "reviewer": emails[row[f"{who}_coder"]], **vote}


if __name__ == "__main__":
    main()
