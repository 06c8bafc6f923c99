"""The one entrance: refusals, limits, zips, and a sum that always closes (IM1, IM12)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from screening.imports import reading
from screening.imports.parsed import ParsedRecord, ParseProblem, Refusal
from screening.imports.parsers.entry import Opened, entry_of
from screening.imports.reading import DEFAULT_LIMITS, read
from tests.screening.imports.traps import FOLDER, records, sums

ONE = "TY  - JOUR\nTI  - One\nER  - \n"


@pytest.mark.parametrize(
    ("name", "code", "word"),
    [
        ("empty.txt", "empty", "empty"),
        ("blank.txt", "empty", "empty"),
        ("html_sign_in.ris", "html", "log in again"),
        ("html_page.ris", "html", "web page"),
        ("numbers.txt", "pmid_list", "PubMed"),
        ("prose.txt", "unknown", "Dear colleague"),
        ("pubmed_report.txt", "text_report", "nbib"),
        ("proquest_report.txt", "text_report", "RIS"),
        ("picture.ris", "binary", "picture"),
        ("noise.bin", "binary", "binary"),
        ("entities.xml", "entities", "entities"),
        ("unknown.xml", "unknown_xml", "modsCollection"),
        ("pubmed_not_well_formed.xml", "no_records", "not well formed"),
        ("zip_bomb.zip", "zip", "packed far too tightly"),
        ("zip_in_zip.zip", "zip", "zip inside the zip"),
        ("zip_cut.zip", "zip", "cut off"),
        ("xlsx_cut.xlsx", "zip", "cut off"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_that_names_it(name: str, code: str, word: str) -> None:
    with pytest.raises(Refusal) as refused:
        list(read(FOLDER / name, name=name)[0].entries)
    assert refused.value.code == code
    assert word in refused.value.sentence
    assert str(refused.value) == refused.value.sentence
    assert refused.value.sentence.endswith(".")


def test_a_zip_gives_one_reading_for_each_member_and_no_path() -> None:
    one, two = read(FOLDER / "two_files.zip", name="two_files.zip")
    assert [(one.name, one.format), (two.name, two.format)] == [("one.ris", "RIS"), ("two.nbib", "MEDLINE")]
    assert [record.title for record in sums(one)[0] + sums(two)[0]] == ["Bedside teaching after a night shift", "Two"]


def test_an_excel_file_inside_a_zip_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(FOLDER / "dimensions.xlsx", "dimensions.xlsx")
    (found,) = read(tmp_path / "a.zip", name="a.zip")
    assert len(sums(found)[0]) == 2


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_member_that_holds_no_references_is_named_and_left_out(tmp_path: Path) -> None:
    strange: dict[str, str | bytes] = {
        "a/readme.txt": "These are the hits of the first of May.\nAsk the library for more.\n",
        "a/paper.pdf": b"%PDF-1.7 \0\1",
        "a/page.html": "<!DOCTYPE html><html><body>Results</body></html>",
        "a/empty.ris": "",
        "a/.DS_Store": b"\0\0\0\1Bud1",
        "__MACOSX/a/._one.ris": b"\0\5\x16\7",
        "a/.gitignore": "*.tmp\n",
    }
    (found,) = read(zipped(tmp_path / "a.zip", {**strange, "a/one.ris": ONE}), name="a.zip")
    records, problems, markers = sums(found)
    assert (len(records), problems, markers) == (1, [], 1)
    told = " ".join(found.left_out)
    assert all(name in told for name in strange)
    assert "a PDF" in told
    assert "a web page" in told
    assert len(found.left_out) == 6  # what a system put there is one sentence
    assert all(sentence.endswith(".") for sentence in found.left_out)


def test_a_page_among_the_members_is_told_beside_the_records_of_the_others() -> None:
    (found,) = read(FOLDER / "zip_with_page.zip", name="zip_with_page.zip")
    assert len(sums(found)[0]) == 1
    assert "page.ris" in found.left_out[0]


def test_a_zip_without_any_record_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"readme.txt": "No hits.\n", "paper.pdf": b"%PDF-1.7"})
    with pytest.raises(Refusal, match=r"In “readme\.txt”: This is no format of references"):
        read(path, name="a.zip")


def test_im1_a_member_of_which_no_record_can_be_read_is_listed_row_by_row(tmp_path: Path) -> None:
    broken = (FOLDER / "pubmed_not_well_formed.xml").read_bytes()
    one, two = read(zipped(tmp_path / "a.zip", {"broken.xml": broken, "one.ris": ONE}), name="a.zip")
    records, problems, markers = sums(one)
    assert records == []
    assert len(problems) == markers > 0
    assert len(sums(two)[0]) == 1


@pytest.mark.parametrize("name", ["entities.xml", "zip_in_zip.zip"])
def test_what_may_be_an_attack_is_refused_with_the_whole_zip(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {"one.ris": ONE, name: (FOLDER / name).read_bytes()})
    with pytest.raises(Refusal, match=f"In “{name}”"):
        read(path, name="a.zip")


def test_im2_the_encoding_chosen_for_a_zip_is_that_of_members_which_do_not_tell_theirs(tmp_path: Path) -> None:
    title = "病房教學"
    text = ONE.replace("One", title)
    members = {"plain.ris": text.encode(), "old.ris": text.encode("big5")}
    one, two = read(zipped(tmp_path / "a.zip", members), name="a.zip", encoding="big5")
    assert [(found.encoding, sums(found)[0][0].title) for found in (one, two)] == [("utf-8", title), ("big5", title)]


def test_a_member_behind_a_password_or_named_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.ris", ONE)
    locked = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    path.write_bytes(locked)
    with pytest.raises(Refusal, match="password"):
        read(path, name="a.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.ris", ONE)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("one.ris", ONE)
    with pytest.raises(Refusal, match="several of one name"):
        read(path, name="a.zip")


@pytest.mark.parametrize(("place", "value"), [(6, 99), (8, 0x20), (10, 9)], ids=["version", "patch", "deflate64"])
def test_a_zip_packed_as_the_library_cannot_read_says_so(tmp_path: Path, place: int, value: int) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.ris", ONE)
    strange = bytearray(path.read_bytes())
    strange[strange.index(b"PK\x01\x02") + place] = value
    path.write_bytes(strange)
    with pytest.raises(Refusal, match="packed in a way we do not read"):
        read(path, name="a.zip")


def test_an_empty_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    zipfile.ZipFile(path, "w").close()
    with pytest.raises(Refusal, match="empty"):
        read(path, name="a.zip")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(DEFAULT_LIMITS, max_bytes=10), "too_large"),
        (replace(DEFAULT_LIMITS, max_records=1), "too_many"),
    ],
)
def test_a_file_beyond_the_limits_is_refused(tmp_path: Path, limits: reading.Limits, code: str) -> None:
    path = tmp_path / "a.ris"
    path.write_text(ONE * 2, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read(path, name="a.ris", limits=limits)
    assert refused.value.code == code


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.ris", ONE)
    with pytest.raises(Refusal, match="unpacks to more"):
        read(path, name="a.zip", limits=replace(DEFAULT_LIMITS, max_unpacked=5))
    path.write_bytes(b"")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.ris", ONE * 100)
    with pytest.raises(Refusal, match="larger than we take"):
        read(path, name="a.zip", limits=replace(DEFAULT_LIMITS, max_bytes=1000))


def test_im1_a_marker_the_reader_passes_over_becomes_a_problem_with_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def passing_over(lines: Iterator[str]) -> Iterator[ParsedRecord]:
        yield ParsedRecord(line=1, title="One")

    from screening.imports.parsers import formats, markers

    monkeypatch.setitem(formats._BY_LINES, "RIS", (markers.ris, passing_over))
    path = tmp_path / "a.ris"
    path.write_text(ONE + ONE.replace("One", "Two"), encoding="utf-8")
    found, problems, markers_counted = sums(read(path, name="a.ris")[0])
    assert (len(found), len(problems), markers_counted) == (1, 1, 2)
    assert (problems[0].line, "TI  - Two" in problems[0].raw) == (4, True)


def test_im1_a_reader_that_finds_more_than_was_counted_is_refused() -> None:
    opened = Opened("RIS", iter([1]), iter([ParsedRecord(line=1), ParsedRecord(line=2)]))
    entries = reading._held_to_the_count(opened, reading._count(opened, DEFAULT_LIMITS))
    next(entries)
    with pytest.raises(Refusal) as refused:
        next(entries)
    assert refused.value.code == "sum"


def test_im12_an_error_nobody_foresaw_becomes_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        read(tmp_path / "not there.ris", name="not there.ris")
    assert refused.value.code == "unreadable"

    def breaking() -> Iterator[ParsedRecord]:
        yield ParsedRecord(line=1)
        raise RuntimeError("never seen before")

    opened = Opened("RIS", iter([1, 2]), breaking())
    with pytest.raises(Refusal, match="RuntimeError"):
        list(reading._held_to_the_count(opened, reading._count(opened, DEFAULT_LIMITS)))


def test_im12_a_record_nobody_foresaw_becomes_a_problem() -> None:
    entry = entry_of(7, "raw\0text", lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    assert entry == ParseProblem(
        7, "The record could not be read (ZeroDivisionError): its text is kept here.", "raw␀text"
    )


def test_the_raw_text_of_every_record_is_kept() -> None:
    for record in records("ris_lone_cr_only.ris"):
        assert record.raw.startswith("TY  - JOUR\nTI  - Bedside")
        assert "AB  - We asked forty residents." in record.raw


def test_reading_twice_gives_the_same() -> None:
    for name in ("csv_scopus_ragged.csv", "bibtex.bib", "endnote.xml", "ris_between_records.ris"):
        first, second = (list(read(FOLDER / name, name=name)[0].entries) for _ in range(2))
        assert first == second


PARTS = {
    "RIS": ONE,
    "MEDLINE": "PMID- 1\nOWN - NLM\nTI  - One\n",
    "Web of Science tagged": "PT J\nTI One\nER\n\nEF\n",
    "EndNote tagged": "%0 Journal Article\n%T One\n",
    "RefWorks tagged": "RT Journal Article\nT1 One\n",
    "NoteExpress": "{Reference Type}: Journal Article\n{Title}: One\n",
    "BibTeX": "@article{one,\n title = {One}\n}\n",
}


@pytest.mark.parametrize("first", PARTS)
@pytest.mark.parametrize("second", PARTS)
def test_im1_a_file_pasted_together_from_two_formats_is_refused_and_loses_nothing(
    tmp_path: Path, first: str, second: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{PARTS[first]}\n{PARTS[second]}", encoding="utf-8")
    if first == second:
        assert sum(len(sums(found)[0]) for found in read(path, name="a.txt")) == 2
        return
    line = PARTS[first].count("\n") + 2
    with pytest.raises(Refusal, match=f"begins as {first}, but from line {line} on it is {second}: split it"):
        read(path, name="a.txt")


def test_numbers_that_a_platform_writes_above_records_are_no_other_format(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in (f"<1. >\n{ONE}\n<2. >\n{ONE}", f"{ONE}\n<2. >\n\n{ONE}"):
        path.write_text(text, encoding="utf-8")
        (found,) = read(path, name="a.txt")
        assert [record.title for record in sums(found)[0]] == ["One", "One"]
