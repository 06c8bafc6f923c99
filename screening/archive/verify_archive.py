"""Check the archive of a review with Python's standard library alone: python3 verify_archive.py ARCHIVE.zip

Four things are told, each from the archive's own rows and not by the program that wrote it: that no file was changed, nor any byte
between the files, that no act of the log was changed or left out, that the PRISMA flow follows from the records, and that the agreement
follows from the votes. Exits with 1 where anything does not hold.

What it does not count again: how files were read into records, how duplicates were found, and extraction and synthesis. Whoever made
another archive from scratch could make all of it fit: that this one is the one that was made, its SHA-256 tells, where that was published.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

MANIFEST = "manifest-sha256.txt"
TOLD = ("at", "actor_name", "verb", "subject_type", "subject_label", "before", "after", "reason", "round", "sealed")
DATABASES_AND_REGISTERS, OTHER_METHODS = ("database", "register"), ("website", "organisation", "citation")
EVERY_KIND = (*DATABASES_AND_REGISTERS, *OTHER_METHODS)
SPECIFIC = {"database_specific_results": "database", "register_specific_results": "register"}
RESULTS = {
    "database_results": "database", "register_results": "register", "website_results": "website",
    "organisation_results": "organisation", "citations_results": "citation",
}  # fmt: skip
INCLUDED = ("included", "included_unlinked")
ASSESSED = ("ft_pending", "ft_excluded", *INCLUDED)
SOUGHT = ("retrieval_pending", "not_retrieved", *ASSESSED)
REMOVED_AND_SCREENED = {
    "duplicates": ("duplicate",), "excluded_automatic": ("removed_automation",), "excluded_other": ("removed_other",),
    "records_screened": ("ta_pending", "ta_excluded", *SOUGHT), "records_excluded": ("ta_excluded",),
}  # fmt: skip
REPORTS = {
    "sought_reports": SOUGHT,
    "notretrieved_reports": ("not_retrieved",),
    "assessed": ASSESSED,
    "included": INCLUDED,
}
PENDING = {"title_abstract": "ta_pending", "retrieval": "retrieval_pending", "full_text": "ft_pending"}
CLOSE = 1e-9
SEAL = 64  # hexadecimal digits at the end of the zip: the SHA-256 of all before them
PIECE = 1 << 20
Where = tuple[str, int, bool, tuple[str, str]]  # stage, round, whether a pilot, reviewers
#: What reading a damaged zip raises, depending on which byte is damaged.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError)
#: What reading rows raises that are of another shape.
UNEXPECTED = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)


class Checked(NamedTuple):
    """What was looked at, in words, and a sentence for each thing of it that does not hold."""

    words: str
    failures: list[str]


class Placed(NamedTuple):
    """The place of one record; ``reason`` is the key of a criterion."""

    record: int
    source: int
    bucket: str
    reason: str


def main(path: str) -> int:
    """Print what was checked and what does not hold; 0 where all holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = check(archive)
        if not any(one.failures for one in found):
            found.append(check_seal(path))
    except (OSError, *DAMAGED) as problem:
        found = [Checked("", [f"This is no whole archive of a review: {problem}"])]
    except UNEXPECTED as problem:
        why = f"{type(problem).__name__}: {problem}"
        found = [
            Checked(
                "",
                [f"This is no archive of a review, or somebody rewrote it: a file in it is not as it should be. {why}"],
            )
        ]
    failures = [sentence for one in found for sentence in one.failures]
    told = [one.words for one in found if one.words and not one.failures]
    last = "FAILED" if failures else "Everything holds: files, log, flow and agreement."
    sys.stdout.write("\n".join([*told, *failures, last]) + "\n")
    return 1 if failures else 0


def check(archive: zipfile.ZipFile) -> list[Checked]:
    """What was looked at; where a file was changed, nothing is counted from it."""
    files = check_files(archive)
    return [files] if files.failures else [files, check_log(archive), check_flow(archive), check_agreement(archive)]


def rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a table."""
    with archive.open(f"data/{name}.jsonl") as lines:
        for line in lines:
            yield json.loads(line)


def check_files(archive: zipfile.ZipFile) -> Checked:
    """Every member is listed with its hash, and nothing else is there; a file that was uploaded is called by its own hash."""
    n = len(archive.namelist()) - 1
    return Checked(f"Files: {n}, each as its hash in {MANIFEST} says.", list(changed_files(archive)))


def changed_files(archive: zipfile.ZipFile) -> Iterator[str]:
    """A sentence for each member that is not as it is listed."""
    listed = {}
    for line in archive.read(MANIFEST).decode().splitlines():
        expected, _, name = line.partition("  ")
        listed[name] = expected
    present = set(archive.namelist()) - {MANIFEST}
    yield from (f"{name} is missing." for name in sorted(set(listed) - present))
    yield from (f"{name} is not listed." for name in sorted(present - set(listed)))
    for name in sorted(present & set(listed)):
        digest = hashlib.sha256()
        try:
            with archive.open(name) as member:
                while piece := member.read(PIECE):
                    digest.update(piece)
        except DAMAGED:
            yield f"{name} is damaged."
            continue
        if digest.hexdigest() != listed[name]:
            yield f"{name} was changed."
        elif name.startswith("files/") and not name.endswith(f"/{digest.hexdigest()}"):
            yield f"{name} is not the file that its name says."


def check_seal(path: str) -> Checked:
    """The zip ends with the hash of every byte before: also those that say where its files lie, of which no file tells."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        left = file.seek(0, 2) - SEAL
        file.seek(0)
        while left > 0:
            piece = file.read(min(left, PIECE))
            digest.update(piece)
            left -= len(piece)
        seal = file.read()
    if seal != digest.hexdigest().encode():
        return Checked("", ["Every file is whole, but the zip around them was changed, or packed anew."])
    digest.update(seal)
    return Checked(f"Archive: not a byte was changed since it was made. Its SHA-256: {digest.hexdigest()}", [])


def check_log(archive: zipfile.ZipFile) -> Checked:
    """Each act carries the hash of what it says and of the hash before it."""
    previous, number = "0" * 64, 0
    for number, event in enumerate(rows(archive, "auditevent"), 1):
        told = json.dumps([event[name] for name in TOLD], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(f"{previous}\n{told}".encode()).hexdigest()
        if event["hash"] != previous:
            return Checked("", [f"The log was changed at act {number}, or an act before it is missing."])
    return Checked(f"Log: {number:,} acts, each chained to the one before. Its head: {previous}", [])


def check_flow(archive: zipfile.ZipFile) -> Checked:
    """The numbers of the flow, counted again from the rows."""
    told = json.loads(archive.read("counts.json"))
    found = count_flow(archive, told["counted_at"])
    failures = [
        f"The flow says {told.get(key)} for {key}, its records say {n}."
        for key, n in sorted(found.items())
        if told.get(key) != n
    ]
    records = sum(1 for _ in rows(archive, "standing"))
    return Checked(
        f"Flow: {len(found)} numbers counted again from {records:,} records: {', '.join(sorted(found))}.", failures
    )


def count_flow(archive: zipfile.ZipFile, moment: str) -> dict[str, Any]:
    """The boxes of PRISMA 2020; each record is in the first place that fits, declared removals with those that were found."""
    sources = {row["id"]: row for row in rows(archive, "source")}
    placed = list(place_records(archive, moment))
    counted = Counter((one.source, one.bucket) for one in placed)
    for row in rows(archive, "declaredremoval"):
        if row["withdrawn_at"] is None:
            counted[row["source_id"], row["removed_as"]] += row["n"]

    def n(of_kinds: tuple[str, ...], buckets: tuple[str, ...] = ()) -> int:
        return sum(
            k for (pk, bucket), k in counted.items()
            if sources[pk]["kind"] in of_kinds and (not buckets or bucket in buckets)
        )  # fmt: skip

    found: dict[str, Any] = {key: n((kind,)) for key, kind in RESULTS.items()}
    found |= {key: count_sources(sources, counted, kind) for key, kind in SPECIFIC.items()}
    found |= {key: n(DATABASES_AND_REGISTERS, buckets) for key, buckets in REMOVED_AND_SCREENED.items()}
    found["pending"] = {name: n(EVERY_KIND, (bucket,)) for name, bucket in PENDING.items()}
    found["new_reports"] = n(EVERY_KIND, INCLUDED)
    found["new_studies"] = count_studies(archive, {one.record for one in placed if one.bucket == "included"})
    labels = reason_labels(archive)
    for column, of_kinds in (("dbr", DATABASES_AND_REGISTERS), ("other", OTHER_METHODS)):
        found |= {f"{column}_{key}": n(of_kinds, buckets) for key, buckets in REPORTS.items()}
        excluded = [one for one in placed if one.bucket == "ft_excluded" and sources[one.source]["kind"] in of_kinds]
        found[f"{column}_excluded"] = dict(Counter(labels.get(one.reason, one.reason) for one in excluded))
    return found


def count_sources(sources: dict[int, dict[str, Any]], counted: Counter[tuple[int, str]], kind: str) -> dict[str, int]:
    """Records of each source of a kind, by its name."""
    found: Counter[str] = Counter()
    for (pk, _), n in counted.items():
        if sources[pk]["kind"] == kind:
            found[sources[pk]["name"]] += n
    return dict(found)


def count_studies(archive: zipfile.ZipFile, included: set[int]) -> int:
    """Studies that an included report tells of; in an update without those that the previous version included."""
    is_update = any(row["kind"] == "update" for row in rows(archive, "review"))
    known = {row["id"] for row in rows(archive, "study") if is_update and row.get("of_previous_version")}
    return len({row["study_id"] for row in rows(archive, "studyreport") if row["record_id"] in included} - known)


def place_records(archive: zipfile.ZipFile, moment: str) -> Iterator[Placed]:
    """Where each record of the review stands; what is revealed after ``moment`` is pending."""
    outcomes = {
        (row["record_id"], row["stage"]): (row["decision"], row["reason"])
        for row in rows(archive, "item")
        if row["state"] == "final" and row["reveal_at"] and row["reveal_at"] <= moment
    }
    reports = {row["record_id"]: row["status"] for row in rows(archive, "report")}
    linked = {row["record_id"] for row in rows(archive, "studyreport")}
    for row in rows(archive, "standing"):
        record = row["record_id"]
        first, second = (outcomes.get((record, stage), ("", "")) for stage in ("ta", "ft"))
        bucket = before_screening(row) or at_screening(first[0], reports.get(record, "")) or at_full_text(second[0])
        if bucket == "included" and record not in linked:
            bucket = "included_unlinked"
        yield Placed(record, row["source_id"], bucket, second[1] if bucket == "ft_excluded" else "")


def before_screening(row: dict[str, Any]) -> str:
    """The place of a record that is not screened, "" for one that is."""
    if row["lead_id"] is not None:
        return "duplicate"
    return f"removed_{row['removed']}" if row["removed"] else ""


def at_screening(decision: str, report: str) -> str:
    """The place of a record whose report is not assessed, "" for one whose report is."""
    if decision != "include":
        return "ta_excluded" if decision else "ta_pending"
    return {"": "retrieval_pending", "not_retrieved": "not_retrieved"}.get(report, "")


def at_full_text(decision: str) -> str:
    """The place of a record whose report is at hand."""
    return {"exclude": "ft_excluded", "include": "included"}.get(decision, "ft_pending")


def reason_labels(archive: zipfile.ZipFile) -> dict[str, str]:
    """The key of a criterion -> its short name in the newest frozen version that has it."""
    numbers = {row["id"]: row["number"] for row in rows(archive, "protocolversion") if row["frozen_at"]}
    frozen = [row for row in rows(archive, "criterion") if row["version_id"] in numbers]
    return {row["key"]: row["label"] for row in sorted(frozen, key=lambda row: numbers[row["version_id"]])}


def check_agreement(archive: zipfile.ZipFile) -> Checked:
    """Observed agreement and Cohen's kappa on the decision of each pair, from the votes."""
    moment = json.loads(archive.read("counts.json"))["counted_at"]
    tables = decision_tables(archive, moment)
    every = [told for told in json.loads(archive.read("agreement.json")) if told["kind"] == "decision"]
    estimable = [told for told in every if told["estimable"]]
    failures = [sentence for told in estimable for sentence in other_agreement(told, tables)]
    listed = {place_of(told) for told in every}
    failures += [
        f"The agreement of {' and '.join(one[3])} at {one[0]} is missing." for one in tables if one not in listed
    ]
    votes = sum(1 for _ in rows(archive, "vote"))
    return Checked(
        f"Agreement: that of {len(estimable)} pairs counted again from {votes:,} votes: n, po and kappa.", failures
    )


def place_of(told: dict[str, Any]) -> Where:
    """Where an agreement was reached, and by whom."""
    first, second = told["reviewers"]
    return told["stage"], told["round"], told["pilot"], (first, second)


def other_agreement(told: dict[str, Any], tables: dict[Where, Counter[tuple[str, str]]]) -> Iterator[str]:
    """A sentence for each figure of a pair that the votes do not give."""
    where = place_of(told)
    pairs = tables.get(where, Counter())
    for name, value in (("n", pairs.total()), ("po", observed(pairs)), ("kappa", kappa(pairs))):
        if not same(told[name], value):
            yield f"The agreement of {' and '.join(where[3])} at {where[0]} says {name} {told[name]}, the votes say {value}."


def decision_tables(archive: zipfile.ZipFile, moment: str) -> dict[Where, Counter[tuple[str, str]]]:
    """(stage, round, pilot, reviewers) -> how often they gave which two decisions; Maybe counts as Include."""
    slug = {"ta": "title-abstract", "ft": "full-text"}
    items = {row["id"]: row for row in rows(archive, "item")}
    standing = {row["record_id"]: row for row in rows(archive, "standing")}
    liberal = {row["id"] for row in rows(archive, "protocolversion") if row["ta_mode"] == "liberal"}
    people = {row["id"]: row for row in rows(archive, "people")}
    user_of = {row["id"]: row["user_id"] for row in rows(archive, "membership")}
    by_item: dict[tuple[Any, ...], dict[int, str]] = defaultdict(dict)
    for vote in rows(archive, "vote"):
        item = items[vote["item_id"]]
        opened = (bool(item["reveal_at"]) and item["reveal_at"] <= moment) or vote["round"] < item["round"]
        stands = standing.get(item["record_id"], {"lead_id": 0, "removed": ""})
        dependent = item["stage"] == "ta" and vote["protocol_id"] in liberal
        if (
            opened
            and vote["withdrawn_at"] is None
            and stands["lead_id"] is None
            and not stands["removed"]
            and not dependent
        ):
            decision = "include" if vote["decision"] == "maybe" else vote["decision"]
            by_item[slug[item["stage"]], vote["round"], vote["in_pilot"], item["id"]][vote["reviewer_id"]] = decision
    names = names_of({one for given in by_item.values() for one in given}, user_of, people)
    tables: dict[Where, Counter[tuple[str, str]]] = defaultdict(Counter)
    for (stage, number, pilot, _), given in by_item.items():
        voters = sorted((names[one], decision) for one, decision in given.items())
        for place, (first, one) in enumerate(voters):
            for second, other in voters[place + 1 :]:
                tables[stage, number, pilot, (first, second)][one, other] += 1
    return tables


def names_of(members: set[int], user_of: dict[int, int], people: dict[int, dict[str, Any]]) -> dict[int, str]:
    """Names of members; people of one name are told apart by their address."""
    said = {one: people[user_of[one]] for one in members}
    called = Counter(str(one["name"] or one["email"]) for one in said.values())
    return {
        member: (name if called[name] == 1 else f"{name} ({one['email']})")
        for member, one in said.items()
        for name in [str(one["name"] or one["email"])]
    }


def observed(pairs: Counter[tuple[str, str]]) -> float | None:
    """The share of pairs that are equal."""
    n = pairs.total()
    return sum(k for (one, other), k in pairs.items() if one == other) / n if n else None


def kappa(pairs: Counter[tuple[str, str]]) -> float | None:
    """Cohen's kappa; None where chance alone would give full agreement."""
    n, po = pairs.total(), observed(pairs)
    if po is None:
        return None
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (one, other), k in pairs.items():
        first[one] += k
        second[other] += k
    pe = sum(first[value] * second[value] for value in first) / (n * n)
    return (po - pe) / (1 - pe) if pe < 1 else None


def same(told: float | None, value: float | None) -> bool:
    """Equal up to rounding."""
    if told is None or value is None:
        return told is value
    return abs(told - value) < CLOSE


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python3 verify_archive.py ARCHIVE.zip")
    sys.exit(main(sys.argv[1]))
