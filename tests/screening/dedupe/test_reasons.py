"""What a person is told about a pair: its kind, and one sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from screening.dedupe.comparing import compare
from screening.dedupe.keys import keys
from screening.dedupe.matching import MatchRecord
from screening.dedupe.reasons import kind, sentence

ONE = MatchRecord(
    "a", title="Night shifts and research output of junior doctors", authors=("Okoro, Ada", "Bell, Tim"), year=2021,
    journal="Medical Careers", volume="9", issue="2", pages="88-97", doi="10.9999/mc.1",
)  # fmt: skip


def _told(**changes: Any) -> tuple[str, str]:
    a, b = keys(ONE), keys(replace(ONE, id="b", **changes))
    compared = compare(a, b)
    return kind(a, b, compared), sentence(a, b, compared)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "same"),
        ({"title": "Erratum: Night shifts and research output of junior doctors"}, "erratum or reply"),
        ({"title": "Night shifts and research output of junior doctors: reply"}, "erratum or reply"),
        (
            {"journal": "medRxiv", "volume": "", "pages": "", "doi": "10.1101/2021.01.01.21249999"},
            "preprint and article",
        ),
        ({"journal": "Ward University", "volume": "", "pages": "", "types": ("thesis",)}, "thesis and article"),
        ({"doi": "10.9999/mc.1.pub2"}, "updated version"),
        ({"doi": "", "issue": "Suppl 1", "pages": "S12"}, "conference abstract and article"),
        (
            {"title": "Night shifts and research output of junior doctors 2", "volume": "10", "pages": "5-9"},
            "same series",
        ),
        ({"title": "初级医生的夜班与科研产出", "authors": ("王伟",), "journal": "医学生涯", "doi": ""}, "translation"),
        ({"title": "Quarts de nuit et recherche des internes", "doi": ""}, "translation"),
        (
            {"title": "Night shifts and research output of junior doctors (vol 9, pg 88, 2021)", "pages": "190"},
            "erratum or reply",
        ),
        ({"title": "Night shifts and research output of junior doctors: study protocol"}, "protocol and results"),
        (
            {"title": "Night shifts and research output of junior doctors: an update", "doi": "", "pages": "5-9"},
            "updated version",
        ),
        ({"doi": "10.9999/mc.1/v2"}, "updated version"),
        (
            {"title": "Night shifts and research output of junior doctors. Part 2", "doi": "", "pages": "98-105"},
            "same series",
        ),
        ({"title": "", "doi": ""}, "same"),
        (
            {"journal": "Ward Congress", "doi": "", "volume": "", "issue": "", "pages": ""},
            "conference abstract and article",
        ),
    ],
)
def test_the_kind_says_what_two_records_are_to_each_other(changes: dict[str, Any], expected: str) -> None:
    assert _told(**changes)[0] == expected


CHINESE = MatchRecord(
    "a", title="初级医生夜班与科研产出的关系研究", authors=("王伟", "李娜"), year=2021, journal="中华医学教育杂志", volume="9", issue="2",
    pages="88-97",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "same"),
        ({"title": "勘误：初级医生夜班与科研产出的关系研究"}, "erratum or reply"),
        ({"title": "对《初级医生夜班与科研产出的关系研究》一文的商榷", "pages": "98"}, "erratum or reply"),
        ({"journal": "第十届全国医学教育学术年会论文集", "volume": "", "issue": "", "pages": "12"}, "conference abstract and article"),
        ({"journal": "中国科学院科技论文预发布平台", "volume": "", "issue": "", "pages": ""}, "preprint and article"),
        ({"journal": "北京某医科大学 硕士学位论文", "volume": "", "issue": "", "pages": ""}, "thesis and article"),
        ({"title": "初级医生夜班与科研产出的关系研究方案", "year": 2020, "pages": "8-11"}, "protocol and results"),
        ({"title": "初级医生夜班与科研产出的关系研究（2023年版）", "year": 2023, "volume": "11"}, "updated version"),
        ({"title": "初级医生夜班与科研产出的关系研究（二）", "pages": "98-105"}, "same series"),
        ({"title": "Night shifts and research output of junior doctors", "authors": ("Wang W",), "journal": "Chin J Med Educ"},
         "translation"),
    ],
)  # fmt: skip
def test_the_kind_is_told_of_chinese_records_as_well(changes: dict[str, Any], expected: str) -> None:
    a, b = keys(CHINESE), keys(replace(CHINESE, id="b", **changes))
    assert kind(a, b, compare(a, b)) == expected
    assert kind(b, a, compare(b, a)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Same title, authors, journal, year, volume, issue, start page and DOI."),
        (
            {"pages": "", "doi": "", "issue": ""},
            "Same title, authors, journal, year and volume; one has no pages or DOI.",
        ),
        (
            {"title": "Night shifts and research output", "authors": (), "year": 2020},
            "Same beginning of the title, journal, volume, issue, start page and DOI; year differs; one has no authors.",
        ),
        (
            {"title": "Night shift and research of junior doctors 2", "authors": ("Ek, S.",), "pages": "88", "issue": "",
             "doi": "10.9999/mc.2"},
            "Same title but for details, journal, year, volume and start page; numbers in the title, authors and DOI differ.",
        ),
        ({"title": ""}, "Same authors, journal, year, volume, issue, start page and DOI; one has no title."),
        ({"title": "Careers: night shifts and research output of junior doctors"},
         "Same end of the title, authors, journal, year, volume, issue, start page and DOI."),
        (
            {"title": "Hand hygiene", "authors": (), "journal": "", "volume": "1", "issue": "", "pages": "", "doi": "", "year": None},
            "Title and volume differ; one has no authors, pages or DOI.",
        ),
    ],
)  # fmt: skip
def test_one_sentence_says_what_agrees_differs_and_is_missing(changes: dict[str, Any], expected: str) -> None:
    assert _told(**changes)[1] == expected


def test_the_sentence_is_the_same_from_either_side() -> None:
    a, b = keys(ONE), keys(replace(ONE, id="b", pages="", authors=("Okoro A",), year=2020))
    assert sentence(a, b, compare(a, b)) == sentence(b, a, compare(b, a))
