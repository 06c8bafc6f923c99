"""A form goes out as a file and comes back the same; whatever is no form has one sentence."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from extraction.tables.exchange import FormFile, read_file, to_json
from extraction.tables.fields import Field, FormError, FormSpec, Option, Section, ShowIf
from extraction.tables.presets import preset, presets
from extraction.tables.sheets import LARGEST_UNPACKED, sheets_of
from screening.exports.workbook import workbook

pytestmark = pytest.mark.once

SPECIAL = FormSpec(
    (
        Section("Empty", "With help"),
        Section("Empty", "A neighbour of the same title", (Field("z", "text", "Z"),)),
        Section("Empty", "", (Field("y", "text", "Y"), Field("w", "text", "W"))),
        Section(
            "=Formulas",
            "",
            (
                Field(
                    "a",
                    "choice",
                    "-A | b",
                    options=(Option("x", "+X", 1.5), Option("n", "'N", None, not_applicable=True)),
                ),
                Field("b", "number", "B", "@help", required=True, evidence=True, unit="mg", tolerance=0.5),
                Field("c", "table", "C", columns=("One", "Two"), show_if=ShowIf("a", ("x", "n"))),
                Field("d", "computed", "D", formula="-b + 1"),
            ),
        ),
    ),
    {"total": "sum", "max": 18},
)


def xlsx(form: FormFile) -> bytes:
    return b"".join(workbook(sheets_of(form.name, form.kind, form.spec)))


@pytest.mark.parametrize("spec", [SPECIAL, *(preset(key) for key in presets())])
def test_a_form_returns_the_same_from_json_and_from_excel(spec: FormSpec) -> None:
    form = FormFile("Näme", "appraisal", spec)
    assert read_file(to_json(form), "x.json") == form
    assert read_file(xlsx(form), "x.xlsx") == form


def test_p29_no_cell_is_one_that_excel_would_run() -> None:
    book = load_workbook(io.BytesIO(xlsx(FormFile("=1+1", "table", SPECIAL))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 50
    assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK\x03\x04broken", b"{", b"[]", b'{"format": "other"}', b"\xff\xfe", b"[" * 100_000, b"x" * 3_000_000,
        b'{"format": "extraction-form", "sections": 1}',
        b'{"format": "extraction-form", "sections": [{"fields": [{"key": "a", "kind": "number", "label": "A", "tolerance": NaN}]}]}',
        json.dumps({"format": "extraction-form", "sections": [{"fields": [1]}]}).encode(),
        json.dumps({"format": "extraction-form", "sections": [{"title": "half a letter \ud800"}]}).encode(),
        json.dumps({"format": "extraction-form", "sections": [{"title": "a\0b"}]}).encode(),
    ],
)  # fmt: skip
def test_a_file_that_is_no_form_has_one_sentence(data: bytes) -> None:
    with pytest.raises(FormError) as refusal:
        read_file(data, "x")
    assert str(refusal.value).endswith(".")


def packed(**sheets: list[list[str]]) -> bytes:
    return b"".join(workbook(list(sheets.items())))


ABOUT, ANSWERS = [["name", "A"]], [["field", "key", "label"]]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (packed(Form=ABOUT, Fields=[["section", "label"]], Answers=ANSWERS), "fields lacks the column “key”"),
        (
            packed(Form=ABOUT, Fields=[["key", "kind", "label"]], Answers=[["field"]]),
            "answers lacks the column “label”",
        ),
        (packed(Form=ABOUT, Fields=[["section", "key", "kind", "label"], ["Empty"]], Answers=ANSWERS), "asks nothing"),
        (packed(Sheet=[["Name", "Age"]]), "no form that can be read"),
    ],
)
def test_a_workbook_that_is_no_form_says_what_it_lacks(data: bytes, sentence: str) -> None:
    with pytest.raises(FormError, match=sentence):
        read_file(data, "x.xlsx")


def test_a_small_file_that_unpacks_to_a_large_one_is_refused_unread() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"A" * (LARGEST_UNPACKED + 1))
    with pytest.raises(FormError, match="larger than 2 MB"):
        read_file(bomb.getvalue(), "x.xlsx")


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    with pytest.raises(FormError):
        read_file(data, "x")
