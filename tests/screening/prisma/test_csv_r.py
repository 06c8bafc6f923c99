"""The file for the R package: its template, its grammar, and no number lost on the way."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.prisma.buckets import Bucket, SourceKind, Tally
from screening.prisma.csv_r import TEMPLATE, listed, prisma_csv, safe_label, safe_labels
from screening.prisma.flow import Flow, build_flow
from tests.screening.prisma.flows import HOSTILE, REASONS, crowded, databases_only, flows, worked

PART = re.compile(r"[^,;]+, [0-9]+")


def rows(flow: Flow) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(prisma_csv(flow).decode("utf-8"))))


def cells(flow: Flow) -> dict[str, str]:
    return {row["data"]: row["n"] for row in rows(flow) if row["data"] != "NA"}


def parsed(cell: str) -> list[tuple[str, int]]:
    """The grammar of T2, by which the package takes a list apart."""
    if cell == "0":
        return []
    parts = cell.split("; ")
    assert all(PART.fullmatch(part) for part in parts), cell
    return [(label, int(n)) for label, _, n in (part.partition(", ") for part in parts)]


def test_t3_the_rows_are_those_of_the_template_and_only_n_is_filled() -> None:
    with TEMPLATE.open(encoding="utf-8", newline="") as opened:
        template = list(csv.DictReader(opened))
    ours = rows(worked())
    assert len(ours) == len(template) == 34
    assert list(ours[0]) == ["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"]
    assert [{**row, "n": ""} for row in ours] == [{**row, "n": ""} for row in template]
    assert "xxx" not in "".join(row["n"] for row in ours)


def test_t3_no_key_contains_another_key_that_the_package_would_find_first() -> None:
    keys = [row["data"] for row in rows(worked()) if row["data"] != "NA"]
    inside = {(one, other) for one in keys for other in keys if one != other and one in other}
    # The package asks for these two with an end mark.
    assert inside == {("total_studies", "total_studies_ma"), ("total_reports", "total_reports_ma")}


def test_the_numbers_are_those_of_the_flow() -> None:
    found = cells(worked())
    assert found["database_results"] == "814"
    assert found["database_specific_results"] == "MEDLINE, 331; Scopus, 285; Web of Science, 143; Airiti Library, 55"
    assert found["dbr_excluded"] == "Population, 9; Focus, 12; Publication type, 4; Study design, 3; Scope, 2"
    assert found["register_specific_results"] == "0"
    assert (found["other_sought_reports"], found["new_studies"]) == ("6", "8")
    assert cells(crowded())["other_assessed"] == str(crowded().number("other_assessed"))


def test_t3_parts_that_the_review_makes_no_use_of_are_empty_and_not_nought() -> None:
    found = cells(databases_only())
    unused = [key for key in found if key.startswith(("previous_", "total_", "other_"))]
    unused += ["website_results", "organisation_results", "citations_results"]
    assert {found[key] for key in unused} == {""}
    assert found["register_results"] == "0"
    used = cells(crowded())
    assert (used["previous_studies"], used["total_studies_ma"], used["citations_results"]) != ("", "", "")


def test_t2_no_reason_at_all_is_a_nought() -> None:
    assert cells(build_flow([]))["dbr_excluded"] == "0"
    assert listed({}) == "0"
    assert listed({"Focus": 3}) == "Focus, 3"


def test_t4_the_file_has_no_byte_order_mark() -> None:
    assert prisma_csv(worked())[:5] == b"data,"


@pytest.mark.parametrize(
    ("label", "safe"),
    [
        ("Conference proceedings, editorials", "Conference proceedings / editorials"),
        ("Language (not English; not Chinese)", "Language (not English / not Chinese)"),
        ("Author's opinion", "Author’s opinion"),
        ("'quoted' and \"double\"", "‘quoted’ and “double”"),
        ("100 % online \\ no data", "100 % online no data"),
        ("@@1 of 2", "1 of 2"),
        ("@\\@1", "1"),
        ("=SUM(A1:A9)", "SUM(A1:A9)"),
        ("- + none", "none"),
        ("two\r\nlines", "two lines"),
        ("Focus", "Focus"),
        ("研究對象，不符合", "研究對象，不符合"),
        ("@@", "Unnamed"),
    ],
)
def test_t1_labels_are_made_safe_and_stay_readable(label: str, safe: str) -> None:
    assert safe_label(label) == safe


def test_t1_labels_that_become_equal_get_a_number() -> None:
    assert safe_labels(("a, b", "a; b", "a / b (2)", "a /b")) == ("a / b", "a / b (2)", "a / b (2) (2)", "a /b")


@given(st.dictionaries(REASONS, st.integers(0, 99_999), min_size=1, max_size=len(HOSTILE)))
def test_i49_every_label_keeps_its_number_through_sanitise_and_parse(reasons: dict[str, int]) -> None:
    taken_apart = parsed(listed(reasons))
    assert [n for _, n in taken_apart] == list(reasons.values())
    labels = [label for label, _ in taken_apart]
    assert len(set(labels)) == len(labels)
    for label in labels:
        assert not re.search(r"""[,;'"\\\r\n]|@@|^[=+\-@\s]""", label)


@given(flows())
def test_i49_the_sum_of_the_reasons_is_what_was_excluded(flow: Flow) -> None:
    found = cells(flow)
    for column in ("dbr", "other") if flow.other else ("dbr",):
        assert sum(n for _, n in parsed(found[f"{column}_excluded"])) == flow.number(f"{column}_excluded")


def as_the_package_reads(cell: str) -> list[tuple[str, int | None]]:
    """Parts end at semicolons; the label ends at the first comma, the number follows until the next; what is no number is NA."""
    found: list[tuple[str, int | None]] = []
    for part in cell.split(";"):
        label, _, rest = part.strip().partition(",")
        number = rest.split(",")[0].strip()
        found.append((label, int(number) if number.isdecimal() else None))
    return found


def test_the_reading_is_that_of_the_package() -> None:
    assert as_the_package_reads("Wrong population, 12; Wrong focus, 3") == [
        ("Wrong population", 12),
        ("Wrong focus", 3),
    ]
    assert as_the_package_reads("Conference proceedings, editorials, 5") == [("Conference proceedings", None)]
    assert as_the_package_reads("Language (not English; not Chinese), 4")[0] == ("Language (not English", None)
    assert as_the_package_reads("Wrong population 12") == [("Wrong population 12", None)]
    assert as_the_package_reads("Author's opinion, 7") == [("Author's opinion", 7)]


#: Reasons of ten reviews, as people write them, and as the package must find them.
NASTY: dict[str, dict[str, str]] = {
    "commas": {"Letters, editorials, news": "Letters / editorials / news", "a,b": "a /b", ",": "/"},
    "semicolons": {"Not English; not Chinese": "Not English / not Chinese", "x;": "x /", ";;": "/ /"},
    "apostrophes": {"Author's opinion": "Author’s opinion", "'quoted'": "‘quoted’", "rock 'n' roll": "rock ‘n’ roll"},
    "quotes": {'The "wrong" outcome': "The “wrong” outcome", '"': "“", 'ends with "': "ends with “"},
    "newlines": {"two\nlines": "two lines", "a\r\n\r\nb": "a b", "tab\tand\vmore": "tab and more", "\u2028x": "x"},
    "Chinese": {
        "研究對象不符": "研究對象不符",
        "語言（非中文；非英文）": "語言（非中文；非英文）",
        "「引號」，逗號": "「引號」，逗號",
    },
    "formulas": {"=SUM(A1)": "SUM(A1)", "+1": "1", "-- none": "none", "@home": "home"},
    "substitutions": {"@@1 of 2": "1 of 2", "\\n is no line": "n is no line", "100 % \\@\\@": "100 %"},
    "alike": {"a, b": "a / b", "a; b": "a / b (2)", "a / b": "a / b (3)", "a / b (2)": "a / b (2) (2)"},
    "numbers": {"12": "12", "3, 4": "3 / 4", "n = 5": "n = 5", "0": "0", "NA": "NA"},
}


@pytest.mark.parametrize("name", NASTY)
def test_i49_a_nasty_review_parses_back_to_the_same_labels_and_numbers(name: str) -> None:
    asked = {reason: place * 7 + 1 for place, reason in enumerate(NASTY[name])}
    found = [
        Tally(f"{reason}, base", SourceKind.DATABASE, Bucket.FT_EXCLUDED, reason, n) for reason, n in asked.items()
    ]
    found += [Tally("By hand", SourceKind.CITATION, Bucket.FT_EXCLUDED, reason, n + 1) for reason, n in asked.items()]
    flow = build_flow(found, reason_order=list(asked))
    read = cells(flow)
    labels = list(NASTY[name].values())
    assert as_the_package_reads(read["dbr_excluded"]) == list(zip(labels, asked.values(), strict=True))
    assert as_the_package_reads(read["other_excluded"]) == [
        (one, n + 1) for one, n in zip(labels, asked.values(), strict=True)
    ]
    sources = as_the_package_reads(read["database_specific_results"])
    assert sorted(n for _, n in sources if n is not None) == sorted(asked.values())
    assert sum(asked.values()) == flow.number("dbr_excluded")
    assert not any("\n" in cell for cell in read.values())
