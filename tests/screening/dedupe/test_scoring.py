"""The table of rules: what merges by itself, and what never does (DD2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from screening.dedupe.comparing import compare
from screening.dedupe.keys import keys
from screening.dedupe.matching import MatchRecord
from screening.dedupe.scoring import automatic_rule, likelihood
from tests.screening.dedupe.pairs import outcome

FULL = MatchRecord(
    "a", title="Night shifts and research output of junior doctors", authors=("Okoro, Ada", "Bell, Tim", "Ek, Sven"), year=2021,
    journal="Medical Careers", volume="9", issue="2", pages="88-97", doi="10.9999/mc.1", pmid="30000001",
)  # fmt: skip
NO_IDS: dict[str, Any] = {"doi": "", "pmid": ""}
NO_PAGES: dict[str, Any] = {**NO_IDS, "pages": ""}
BARE: dict[str, Any] = {**NO_PAGES, "volume": "", "issue": ""}


def _rule(changes: dict[str, Any], base: dict[str, Any] | None = None) -> str | None:
    one = replace(FULL, **(base or {}))
    rule = automatic_rule(compare(keys(one), keys(replace(one, id="b", **changes))))
    return rule.name if rule else None


@pytest.mark.parametrize(
    ("changes", "base", "rule"),
    [
        ({}, {}, "same PMID"),
        ({"pmid": ""}, {}, "same DOI, title and first page"),
        ({"year": 2012, "pmid": ""}, {}, "same DOI, title and first page"),
        ({"pmid": "", "pages": "188-197"}, {}, "same DOI and title"),
        ({"title": "Night duty and the research output of young doctors", "pmid": ""}, {}, "same DOI and pages"),
        ({}, NO_IDS, "same title and first page"),
        ({"volume": "8"}, NO_IDS, "same title and first page"),
        ({"title": "Night duty and the research output of young doctors"}, NO_IDS, "same place in print"),
        ({"title": "Night shifts and research output", "pages": "88"}, NO_IDS, "same volume, first page, authors and journal"),
        ({"title": "Night shifts and research output"}, {**NO_IDS, "volume": ""}, "same pages of one book or proceedings"),
        ({}, NO_PAGES, "same title, journal, year and volume"),
        ({"volume": "", "issue": ""}, NO_PAGES, "same title, authors, journal and year"),
        ({"journal": ""}, {**BARE, "types": ("thesis",)}, "same thesis"),
        ({"year": 2022}, {**BARE, "journal": "Conference on Care"}, "same title, authors and meeting"),
        ({"doi": "10.9999/mc.2"}, {"pmid": ""}, "same title and place, another DOI"),
        ({"journal": "Meddelelser"}, {**NO_PAGES, "journal": "Zhonghua za zhi"}, "same title, journal, year and volume"),
        ({"year": 2022}, NO_PAGES, "same title, journal, year and volume"),
        ({"pages": "86-95"}, NO_IDS, "same title and volume, overlapping pages"),
        ({"title": "[Night duty and research of young doctors]", "authors": ()}, {**NO_IDS, "pages": "488-497"},
         "same pages of one volume"),
        ({"title": f"Research and careers in hospital medicine: {FULL.title}"}, {**NO_IDS, "pages": "88-89"},
         "same volume, first page, authors and journal"),
        ({"authors": ("Sleep Study Group",)}, NO_IDS, "same title and first page"),
        ({"authors": ("Okoro, T.", "Bell, A.", "Lund, K.")}, {**BARE, "title": f"{FULL.title} in Norway", "journal": "Conference on Care"},
         "same title, authors, journal and year"),
        ({"doi": "10.9999/other.7", "volume": ""}, {"pmid": "", "pages": "e88"}, "same title and place, another DOI"),
    ],
)  # fmt: skip
def test_each_rule_merges_its_case(changes: dict[str, Any], base: dict[str, Any], rule: str) -> None:
    assert _rule(changes, base) == rule


@pytest.mark.parametrize(
    ("changes", "base"),
    [
        ({"title": "Erratum: Night shifts and research output of junior doctors"}, {}),
        ({"title": "Night shifts and research output of junior doctors: reply"}, {}),
        ({"title": "Night shifts and research output of junior doctors: study protocol"}, {}),
        ({"title": "Night shifts and research output of junior doctors 2", "pages": "188-197"}, NO_IDS),
        ({"title": "Night shifts and research output of female junior doctors"}, NO_IDS),
        ({"pmid": "30000002"}, {}),
        ({"doi": "10.9999/mc.2", "issue": ""}, {"pmid": "", "pages": "88"}),
        ({"doi": "10.9999/mc.1.pub2"}, {"pmid": ""}),
        ({"ids": (("nct", "NCT02222222"),)}, {"ids": (("nct", "NCT01111111"),)}),
        ({"year": 2018}, NO_IDS),
        ({"year": 2018, "pages": ""}, {}),
        ({"authors": ("Ito, K.", "Mora, L.")}, {}),
        ({"journal": "Glucose", "pages": "188-197"}, {"pmid": ""}),
        ({"journal": "medRxiv"}, {}),
        ({"title": "Editorial", "pages": "188-197"}, {"title": "Editorial"}),
        ({}, {**BARE, "title": "Night shifts"}),
        ({"journal": ""}, BARE),
        ({"authors": ()}, BARE),
        ({"authors": (), "journal": ""}, {**NO_IDS, "volume": "", "issue": ""}),
        ({"year": 2022}, BARE),
        ({"title": "Night shifts and the research output of our junior doctors"}, BARE),
        ({"issue": "3"}, NO_PAGES),
        ({"volume": "8", "issue": "3"}, NO_IDS),
        ({"pages": "1-12"}, {**NO_IDS, "volume": "", "pages": "1-10"}),
        ({"title": ""}, {}),
        ({"year": 2022, "authors": ("Okoro, Ada",)}, {**NO_PAGES, "authors": ("Okoro, Ada",)}),
        ({"year": 2023}, NO_PAGES),
        ({"pages": "97-105"}, NO_IDS),
        ({"pages": "86-95", "year": 2022}, NO_IDS),
        ({"pages": "86-95", "issue": "3"}, NO_IDS),
        ({"pages": "86-95"}, {**NO_IDS, "journal": "Medical Careers. Conference: 3rd Meeting"}),
        ({"title": "[Night duty and research of young doctors]", "authors": ()}, NO_IDS),
        ({"title": "[Night duty and research of young doctors]", "authors": ()}, {**NO_IDS, "pages": "488-490"}),
        (
            {"title": f"Research and careers in hospital medicine: {FULL.title}"},
            {**NO_IDS, "pages": "88", "issue": ""},
        ),
        ({"authors": ()}, {**NO_IDS, "pages": "88-90; author reply 88-90"}),
        ({"authors": ("Okoro, T.", "Bell, A.", "Lund, K.")}, BARE),
        ({"authors": ("Okoro, T.", "Bell, A.", "Lund, K.")}, {**BARE, "journal": "Conference on Care"}),
        ({"doi": "10.9999/other.7", "volume": "", "year": 2022}, {"pmid": "", "pages": "e88"}),
        ({"doi": "10.9999/other.7", "volume": ""}, {"pmid": "", "pages": "1-9"}),
    ],
)
def test_dd2_what_no_rule_merges(changes: dict[str, Any], base: dict[str, Any]) -> None:
    assert _rule(changes, base) is None


PART = f"{FULL.title}. Part 2"


@pytest.mark.parametrize(
    ("changes", "base", "ends"),
    [
        ({"title": PART, "doi": "10.9999/mc.2"}, {}, "asked"),
        ({"title": PART, "doi": "10.9999/mc.2", "pages": "88-99"}, {}, "asked"),
        ({"title": PART, "doi": "10.9999/mc.2", "pages": "88"}, {}, "asked"),
        ({"title": PART, "doi": "10.9999/mc.2"}, {"volume": ""}, "asked"),
        ({"title": PART, "doi": "", "pages": "88-99"}, {}, "asked"),
        ({"title": PART, "pages": "88"}, {"doi": ""}, "asked"),
        ({"title": PART.replace("output", "ouptut")}, {"doi": "", "pages": "88"}, "asked"),
        ({"title": f"{FULL.title}1", "doi": "10.9999/mc.2"}, {}, "asked"),
        ({"title": PART}, {"title": f"{FULL.title}. Part 1", "doi": ""}, "asked"),
        ({"title": PART, "doi": "10.9999/mc.2", "pages": "98-107"}, {}, "kept apart"),
        ({"title": PART, "doi": "10.9999/mc.2", "issue": "3"}, {}, "kept apart"),
        ({"title": PART}, {}, "merged"),
        ({"title": PART}, {"doi": ""}, "merged"),
        ({"title": f"{FULL.title}1", "pages": "88"}, {"doi": ""}, "merged"),
        ({"doi": "10.9999/mc.2"}, {}, "merged"),
    ],
)
def test_dd2_numbers_that_differ_are_asked_about_where_nothing_but_the_place_says_one_report(
    changes: dict[str, Any], base: dict[str, Any], ends: str
) -> None:
    """One DOI or all pages outweigh a number that one title lacks; a first page in common may be chance."""
    one = replace(FULL, **{"pmid": "", **base})
    assert outcome(one, replace(one, id="b", **changes)) == ends


def test_a_pair_with_more_in_common_is_asked_about_earlier() -> None:
    def asked(**changes: Any) -> float:
        one = replace(FULL, **BARE)
        return likelihood(compare(keys(one), keys(replace(one, id="b", **changes))))

    assert 1 > asked() > asked(journal="") > asked(journal="", year=2019) > asked(journal="Glucose", year=2010) >= 0
