"""I48: a codebook goes out and comes back unchanged, as .qdc and as CSV; hostile files get a sentence."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.coding.exchange import CodebookUnreadable, CodeFacts, codebook_csv, read_csv
from extraction.coding.refi import NAMESPACE, read_qdc, write_qdc

pytestmark = pytest.mark.once

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cn"), include_characters=" ")
NAMES = st.text(LETTERS, min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
HEADINGS = st.sampled_from(["Include when: yes", "\\Level: x", "Direction:barrier", "=1+1", "plain"])
TEXTS = st.lists(st.one_of(HEADINGS, NAMES), max_size=3).map("\n".join)


@st.composite
def codebooks(draw: st.DrawFn) -> list[CodeFacts]:
    """Codes, each below an earlier one or at the top."""
    found: list[CodeFacts] = []
    for _ in range(draw(st.integers(1, 5))):
        parent = draw(st.sampled_from(["", *(code.guid for code in found)]))
        colour = draw(st.sampled_from(["", "#1A6840", "#FFFFFF"]))
        found.append(
            CodeFacts(
                str(draw(st.uuids())), draw(NAMES), draw(TEXTS), draw(TEXTS), draw(TEXTS), draw(TEXTS),
                draw(st.sampled_from(["", "Individual"])), draw(st.sampled_from(["", "facilitator", "barrier"])), colour, parent,
                draw(st.booleans()),
            )
        )  # fmt: skip
    return found


def _by_guid(codes: list[CodeFacts]) -> dict[str, CodeFacts]:
    return {code.guid: code for code in codes}


@settings(max_examples=60, deadline=None)
@given(codebooks())
def test_i48_a_codebook_returns_unchanged_from_qdc_and_from_csv(codes: list[CodeFacts]) -> None:
    assert _by_guid(read_qdc(write_qdc(codes))) == _by_guid(codes)
    assert _by_guid(read_csv(codebook_csv(codes))) == _by_guid(codes)


def test_i48_the_qdc_is_what_the_standard_describes() -> None:
    """REFI-QDA codebook 1.0: CodeBook > Codes > Code+, each with guid, name, isCodable; color #RRGGBB; Description before nested codes."""
    top, below = str(uuid.uuid4()), str(uuid.uuid4())
    written = write_qdc([CodeFacts(top, "時間", "定義", colour="#1A6840"), CodeFacts(below, "A & B <c>", parent=top)])
    root = fromstring(written)
    name = f"{{{NAMESPACE}}}"
    assert root.tag == f"{name}CodeBook"
    assert [child.tag for child in root] == [f"{name}Codes"]
    (code,) = root[0]
    assert dict(code.attrib) == {"guid": top, "name": "時間", "isCodable": "true", "color": "#1A6840"}
    assert [child.tag for child in code] == [f"{name}Description", f"{name}Code"]
    assert dict(code[1].attrib) == {"guid": below, "name": "A & B <c>", "isCodable": "true"}


def test_the_csv_is_one_that_taguette_takes() -> None:
    """One of the columns tag, name and path, and no more; description; no empty name, none twice."""
    codes = [
        CodeFacts(str(uuid.uuid4()), "Time", level="Individual", direction=way)
        for way in ("facilitator", "barrier", "barrier")
    ]
    header, *rows = csv.reader(io.StringIO(codebook_csv(codes)))
    assert sum(one in header for one in ("tag", "name", "path")) == 1
    assert "description" in header
    tags = [row[header.index("tag")] for row in rows]
    assert len(set(tags)) == 3
    assert all(tags)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "XML"),
        (b"<CodeBook/>", "no REFI-QDA"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "XML"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "XML"),
        (f'<CodeBook xmlns="{NAMESPACE}"><Codes/></CodeBook>'.encode(), "names no codes"),
        (b" " * 5_000_001, "5 MB"),
    ],
)
def test_a_file_that_is_no_codebook_gets_a_sentence(content: bytes, word: str) -> None:
    with pytest.raises(CodebookUnreadable, match=word):
        read_qdc(content)


def test_codes_nested_without_end_are_refused() -> None:
    nested = '<Code name="x">' * 60 + "</Code>" * 60
    with pytest.raises(CodebookUnreadable, match="nested"):
        read_qdc(f'<CodeBook xmlns="{NAMESPACE}"><Codes>{nested}</Codes></CodeBook>'.encode())


def test_a_csv_of_another_program_is_read_and_one_without_names_is_refused() -> None:
    (one,) = read_csv("\ufefftag,description\nTime,Too little\n")
    assert (one.name, one.definition, one.parent) == ("Time", "Too little", "")
    for text in ("a,b\n1,2\n", "", "tag,description\n"):
        with pytest.raises(CodebookUnreadable):
            read_csv(text)


def test_codes_that_stand_below_each_other_come_to_the_top() -> None:
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    found = read_csv(f"tag,guid,parent\nA,{one},{two.upper()}\nB,{two},{one}\nC,,{one}\n")
    assert [code.parent for code in found] == ["", "", ""]
