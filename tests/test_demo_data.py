"""The files of the demo review are sound: each is read whole, and the script speaks of records that are there."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from screening.dedupe.matching import MatchRecord, find_links, group
from screening.imports.parsed import ParsedRecord, ParseProblem
from screening.imports.reading import read

pytestmark = pytest.mark.once

DEMO = Path(__file__).resolve().parents[1] / "reviewapp" / "demo"
SENTENCE = "Written for the demo review; not the publisher's abstract."
CRITERIA = {"population", "focus", "publication_type", "language", "study_design", "timeframe", "scope"}
SCRIPT: dict[str, Any] = tomllib.loads((DEMO / "script.toml").read_text(encoding="utf-8"))
FILES: list[dict[str, Any]] = [file for search in SCRIPT["searches"] for file in search["files"]]
NAMES = [file["file"] for file in FILES]
VOTES = {vote["key"]: vote for vote in SCRIPT["votes"]}
CONFLICTS = {conflict["key"]: conflict for conflict in SCRIPT["conflicts"]}


@cache
def entries_of(name: str) -> tuple[int, tuple[ParsedRecord | ParseProblem, ...]]:
    """Markers and entries of one demo file."""
    (reading,) = read(DEMO / name, name=name)
    return reading.markers, tuple(reading.entries)


def records_of(name: str) -> list[ParsedRecord]:
    return [entry for entry in entries_of(name)[1] if isinstance(entry, ParsedRecord)]


def all_records() -> list[ParsedRecord]:
    return [record for name in NAMES for record in records_of(name)]


def folded(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def keys_of(record: ParsedRecord) -> set[str]:
    """What may name a record in the script, and what two rows of one record share."""
    titles = (record.title, record.title_translated)
    return {folded(key) for key in (record.doi, *titles) if key} | ({f"pmid{record.pmid}"} if record.pmid else set())


@cache
def clusters() -> list[set[str]]:
    """Rows that share a DOI, a PMID or a title, as sets of their keys."""
    found: list[set[str]] = []
    for record in all_records():
        keys = keys_of(record)
        joined = [cluster for cluster in found if cluster & keys]
        found = [cluster for cluster in found if not cluster & keys]
        found.append(keys.union(*joined))
    return found


def as_match_record(number: int, source: str, record: ParsedRecord) -> MatchRecord:
    """A row as deduplication sees it."""
    shared = (
        "title",
        "title_translated",
        "authors",
        "year",
        "journal",
        "volume",
        "issue",
        "pages",
        "doi",
        "pmid",
        "types",
    )
    return MatchRecord(id=str(number), source=source, **{name: getattr(record, name) for name in shared})


def decisions(key: str) -> list[str]:
    return [cast["decision"] for cast in VOTES[key]["cast"]]


def passed_screening(key: str) -> bool:
    """Whether the record is a final include of title and abstract screening (domain.md 3, dual, default)."""
    if key in CONFLICTS:
        return bool(CONFLICTS[key].get("ruling", {}).get("decision") == "include")
    return len(decisions(key)) == 2 and "exclude" not in decisions(key)


@pytest.mark.parametrize("name", NAMES)
def test_im1_each_demo_file_is_read_whole(name: str) -> None:
    markers, entries = entries_of(name)
    assert [entry.reason for entry in entries if isinstance(entry, ParseProblem)] == []
    assert markers == len(entries) == next(file["records"] for file in FILES if file["file"] == name)


@pytest.mark.parametrize("name", NAMES)
def test_no_demo_record_is_flagged(name: str) -> None:
    assert [(record.line, record.flags) for record in records_of(name) if record.flags] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_demo_abstract_says_that_it_was_written_for_the_demo(name: str) -> None:
    assert [record.title for record in records_of(name) if not record.abstract.endswith(SENTENCE)] == []


def test_every_data_file_is_part_of_a_search() -> None:
    on_disk = {path.name for path in DEMO.iterdir() if path.suffix in {".ris", ".nbib", ".csv"}}
    assert on_disk == set(NAMES)


def test_the_searches_overlap_as_searches_of_four_databases_do() -> None:
    assert 60 <= len(all_records()) <= 75
    assert 43 <= len(clusters()) <= 46


def test_overlapping_rows_differ_in_how_they_write_the_title() -> None:
    written: dict[str, set[str]] = {}
    for record in all_records():
        written.setdefault(folded(record.title), set()).add(record.title)
    assert sum(len(forms) > 1 for forms in written.values()) >= 8


def test_languages_and_authors_of_the_demo_are_read() -> None:
    languages = Counter(language for record in all_records() for language in record.languages)
    assert languages["pt"] == 2
    assert languages["zh"] == 1
    assert languages["en"] == len(all_records()) - 3
    by_doi = {record.doi: record for record in records_of("scopus.csv")}
    assert by_doi["10.1002/chp.173"].authors[0].startswith("Christiaanse")
    nameless = [record.title for record in all_records() if not record.authors]
    assert nameless == [record.title for record in records_of("research-archive.ris")]


@pytest.mark.parametrize("section", ["votes", "conflicts", "reports", "full_text_votes"])
def test_each_key_of_the_script_names_exactly_one_record(section: str) -> None:
    keys = [entry["key"] for entry in SCRIPT[section]]
    assert {key: sum(folded(key) in cluster for cluster in clusters()) for key in keys} == dict.fromkeys(keys, 1)


def test_no_two_votes_of_the_script_speak_of_one_record() -> None:
    named = [next(n for n, cluster in enumerate(clusters()) if folded(key) in cluster) for key in VOTES]
    assert len(named) == len(set(named)) == len(SCRIPT["votes"])


def test_rows_of_a_record_with_votes_merge_by_rule_so_that_its_votes_have_one_home() -> None:
    rows = [(name, record) for name in NAMES for record in records_of(name)]
    matched = [as_match_record(number, *row) for number, row in enumerate(rows)]
    by_id = {record.id: record for record in matched}
    found = group(list(by_id), find_links(matched), records_by_id=by_id)
    home = {member: members for members in found.groups for member in members}
    for key in VOTES:
        named = [str(number) for number, (_, record) in enumerate(rows) if folded(key) in keys_of(record)]
        assert len({home.get(member, (member,)) for member in named}) == 1, key
    assert 43 <= len(rows) - sum(len(members) - 1 for members in found.groups) <= 46


def test_voters_are_reviewers_and_vote_once() -> None:
    reviewers = {account["handle"] for account in SCRIPT["accounts"] if "reviewer" in account["roles"]}
    for entry in SCRIPT["votes"] + SCRIPT["full_text_votes"]:
        voters = [cast["reviewer"] for cast in entry["cast"]]
        assert 1 <= len(voters) == len(set(voters)) <= 2
        assert set(voters) <= reviewers


def test_answers_agree_with_the_decision_they_suggest() -> None:
    for entry in SCRIPT["votes"] + SCRIPT["full_text_votes"]:
        for cast in entry["cast"]:
            answers = cast["answers"]
            assert set(answers) == CRITERIA
            values = set(answers.values())
            suggested = "exclude" if "not_met" in values else "include" if values == {"met"} else "maybe"
            assert cast["decision"] == suggested, entry["record"]


def test_half_of_the_work_is_done() -> None:
    both = [key for key in VOTES if len(decisions(key)) == 2]
    assert 0.55 <= len(both) / len(clusters()) <= 0.7
    assert len(VOTES) - len(both) >= 5
    assert len(clusters()) - len(VOTES) >= 5


def test_conflicts_of_the_script_are_the_conflicts_of_its_votes() -> None:
    clashing = {key for key in VOTES if len(set(decisions(key))) == 2 and "exclude" in decisions(key)}
    assert clashing == set(CONFLICTS)
    assert Counter(conflict["outcome"] for conflict in CONFLICTS.values()) == {"open": 2, "discussion": 1, "ruling": 1}


def test_i15_the_ruling_comes_from_an_adjudicator_who_did_not_vote() -> None:
    adjudicators = {account["handle"] for account in SCRIPT["accounts"] if "adjudicator" in account["roles"]}
    rulings = {key: conflict["ruling"] for key, conflict in CONFLICTS.items() if conflict["outcome"] == "ruling"}
    assert rulings
    for key, ruling in rulings.items():
        assert ruling["by"] in adjudicators - {cast["reviewer"] for cast in VOTES[key]["cast"]}
        assert set(ruling["answers"]) == CRITERIA
        assert ruling["rationale"]


def test_i22_a_discussion_is_settled_by_both_reviewers() -> None:
    settled = [conflict for conflict in CONFLICTS.values() if conflict["outcome"] == "discussion"]
    assert settled
    for conflict in settled:
        assert {position["by"] for position in conflict["confirmed"]} == {"alice", "bob"}
        assert len({position["decision"] for position in conflict["confirmed"]}) == 1


def test_only_what_passed_screening_is_sought() -> None:
    assert [report["record"] for report in SCRIPT["reports"] if not passed_screening(report["key"])] == []


def test_i32_what_is_not_retrieved_has_an_attempt_and_a_cause() -> None:
    missing = [report for report in SCRIPT["reports"] if report["status"] == "not_retrieved"]
    assert missing
    assert all(report["attempts"] and report["cause"] for report in missing)


def test_i31_full_text_votes_are_on_retrieved_reports() -> None:
    retrieved = {report["key"] for report in SCRIPT["reports"] if report["status"] == "retrieved"}
    assert {entry["key"] for entry in SCRIPT["full_text_votes"]} <= retrieved


def test_i17_full_text_exclusions_name_a_criterion_that_was_not_met() -> None:
    casts = [cast for entry in SCRIPT["full_text_votes"] for cast in entry["cast"]]
    reasons = [cast["answers"][cast["reason"]] for cast in casts if cast["decision"] == "exclude"]
    assert reasons
    assert set(reasons) == {"not_met"}
    assert not any("reason" in cast for cast in casts if cast["decision"] == "include")


def test_i33_studies_are_made_of_included_reports() -> None:
    full_text = {entry["key"]: [cast["decision"] for cast in entry["cast"]] for entry in SCRIPT["full_text_votes"]}
    linked = [key for study in SCRIPT["studies"] for key in study["reports"]]
    assert linked
    assert all(full_text[key] == ["include", "include"] for key in linked)


def test_demo_addresses_are_of_the_domain_for_examples() -> None:
    assert all(account["email"].endswith("@example.org") for account in SCRIPT["accounts"])
    assert not any("password" in key for account in SCRIPT["accounts"] for key in account)


def test_s7_voters_read_the_language_of_what_they_vote_on() -> None:
    languages = {account["handle"]: set(account["languages"]) for account in SCRIPT["accounts"]}
    for key, vote in VOTES.items():
        record = next(record for record in all_records() if folded(key) in keys_of(record))
        assert all(languages[cast["reviewer"]] & set(record.languages) for cast in vote["cast"]), key
