"""The .qdc before readers that are not ours: a schema of the standard, and another program's reader of REFI-QDA (I48)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pyrefiqda import RefiCodebook

from extraction.coding.exchange import CodebookUnreadable, CodeFacts, CodeSet
from extraction.coding.refi import NAMESPACE, read_qdc, sets_of_file, write_qdc
from reviewapp.demo.findings import read_findings

pytestmark = pytest.mark.once

ONE = str(uuid.UUID(int=1))
SCHEMA = Path(__file__).with_name("codebook.xsd")


def the_demos() -> list[CodeFacts]:
    """The 27 codes of the demo review with all that they say, their guids in the order of the file."""
    return [
        CodeFacts(guid=str(uuid.UUID(int=place)), **one) for place, one in enumerate(read_findings()["codes"], start=1)
    ]


def with_everything() -> list[CodeFacts]:
    """Nested codes that say all that a code can say, in several scripts."""
    top, below = str(uuid.UUID(int=100)), str(uuid.UUID(int=101))
    return [
        CodeFacts(top, "時間 & <time>", "定義\n\nZwei Zeilen: “ja”", "Clinics are full", "It is about money", "“No time.”",
                  "Individual", "barrier", "#1A6840", codable=False),
        CodeFacts(below, "قلة الوقت", "Include when: a definition like a heading", parent=top, colour="#FFFFFF"),
    ]  # fmt: skip


def _flat(codes: list[Any], parent: str = "") -> Iterator[tuple[str, str, bool, str, str]]:
    for one in codes:
        yield one.guid, one.name, one.is_codable, one.color or "", parent
        yield from _flat(one.code, one.guid)


@pytest.mark.parametrize("codes", [the_demos(), with_everything()], ids=["the demo", "everything"])
def test_i48_another_reader_of_refi_qda_reads_the_codebook_and_what_it_writes_comes_back_equal(
    codes: list[CodeFacts], tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours.qdc", tmp_path / "theirs.qdc"
    sets = [
        CodeSet(str(uuid.UUID(int=900)), "Quoted & short", "Two <of> them", (codes[1].guid, codes[0].guid)),
        CodeSet(str(uuid.UUID(int=901)), "空"),
    ]
    ours.write_bytes(write_qdc(codes, sets=sets))
    read = RefiCodebook.load(ours)
    assert list(_flat(read.codes.code)) == [(one.guid, one.name, one.codable, one.colour, one.parent) for one in codes]
    RefiCodebook.save(read, theirs)
    assert theirs.read_bytes() != ours.read_bytes()
    assert read_qdc(theirs.read_bytes()) == codes
    assert sets_of_file(theirs.read_bytes(), theirs.name) == sets
    schema = etree.XMLSchema(file=str(SCHEMA))
    for file in (ours, theirs):
        schema.assertValid(etree.parse(str(file)))


def test_what_the_standard_allows_is_read() -> None:
    """Guids in braces, colours of three digits, sets of codes beside them."""
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    text = (
        f'<CodeBook xmlns="{NAMESPACE}" origin="Another"><Codes>'
        f'<Code guid="{{{one}}}" name="Topics" isCodable="false"><Code guid="{two}" name="Money" isCodable="1" color="#0af"/></Code>'
        f'</Codes><Sets><Set guid="{uuid.UUID(int=3)}" name="Some"><MemberCode guid="{two}"/></Set></Sets></CodeBook>'
    )
    etree.XMLSchema(file=str(SCHEMA)).assertValid(etree.fromstring(text))
    assert read_qdc(text.encode()) == [
        CodeFacts(str(one), "Topics", codable=False), CodeFacts(str(two), "Money", colour="#00AAFF", parent=str(one))
    ]  # fmt: skip
    assert sets_of_file(text.encode(), "a.qdc") == [CodeSet(str(uuid.UUID(int=3)), "Some", codes=(str(two),))]


def test_two_sets_of_one_guid_are_refused() -> None:
    sets = [CodeSet(ONE, "One"), CodeSet(ONE, "Two")]
    with pytest.raises(CodebookUnreadable, match="a guid of its own"):
        sets_of_file(write_qdc([CodeFacts(str(uuid.UUID(int=2)), "Time")], sets=sets), "a.qdc")


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([CodeFacts(ONE, "Time"), CodeFacts(ONE, "Money")], "“Time” and “Money” have the same guid"),
        ([CodeFacts(ONE, "x" * 201)], "201 letters; 200 are the most"),
        ([CodeFacts(ONE, "Time", definition="x" * 5_001)], "definition of “Time” has more than 5,000"),
        ([CodeFacts(ONE, "Time", level="x" * 81)], "level of “Time” has more than 80"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_a_sentence_and_nothing_is_cut(codes: list[CodeFacts], words: str) -> None:
    with pytest.raises(CodebookUnreadable, match=words):
        read_qdc(write_qdc(codes))
