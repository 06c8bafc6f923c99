"""Pages of a PDF become a text: lines joined to sentences, the place of each page kept, refusals in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from extraction.coding.actions import make_codebook
from extraction.coding.marking import segment_of
from extraction.coding.models import SourceText
from extraction.coding.pdf_pages import joined, put_together
from screening.fulltexts.actions import add_file
from screening.fulltexts.models import ReportFile
from tests.factories import alice, included_study, make_review
from tests.screening.fulltexts.pdfs import make_pdf

pytestmark = pytest.mark.once


TOLD = "The clinicians who were asked named the lack of time before anything else."


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (f"Results\r\n{TOLD[:39]}\r\n{TOLD[40:]}\r\nNext part of it, in the same paragraph.",
         f"Results\n{TOLD} Next part of it, in the same paragraph."),
        ("Several of the self-\nefficacy scales had been inter\ufffe\nnationally used before",
         "Several of the self-efficacy scales had been internationally used before"),
        ("受訪的臨床教師認為時間\n不足是主要的障礙因素。", "受訪的臨床教師認為時間不足是主要的障礙因素。"),
        ("", ""),
    ],
)  # fmt: skip
def test_lines_of_a_column_become_sentences(page: str, text: str) -> None:
    assert joined(page) == text


def test_a_passage_knows_the_page_on_which_it_begins() -> None:
    text, starts = put_together(["", "One page.", "", "Another."])
    source = SourceText(text=text, page=4, page_starts=starts)
    pages = [text[one:].split("\n")[0] for one in (0, *starts)]
    assert (text, pages) == ("One page.\n\nAnother.", ["One page.", "One page.", "", "Another."])
    assert len(starts) == 3
    assert source.page_starts == [0, 10, 11]


@pytest.mark.django_db
def test_pages_are_taken_from_a_study_s_own_pdf(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    review = make_review()
    member, study = alice(review), included_study(review)
    make_codebook(member=member, name="Themes")
    pdf = SimpleUploadedFile("report.pdf", make_pdf(["Nurses told of barriers to their research, time above all."]))
    add_file(member=member, record=study.study_reports.get().record, upload=pdf)
    file, client = ReportFile.objects.get(), Client()
    client.force_login(member.user)
    page = reverse("coding_study", args=[review.slug, study.pk])
    assert "Take the pages" in client.get(page).content.decode()
    address = reverse("coding_text_pages", args=[review.slug, study.pk])
    asked = {"file": file.pk, "first": 1, "last": 1, "kind": "results"}
    for wrong, words in (
        ({"first": 2, "last": 1}, "not after the last"),
        ({"file": 0}, "Choose a PDF"),
        ({"first": 2, "last": 2}, "the file has 1"),
    ):
        answer = client.post(address, asked | wrong)
        assert (answer.status_code, words in answer.content.decode()) == (409, True), words
    assert client.post(address, asked).status_code == 302
    source = SourceText.objects.get()
    assert (source.label, source.page, source.record) == ("Page 1", 1, file.report.record)
    assert segment_of(source, 0, 6).page == 1
    assert client.post(address, asked).status_code == 409, "it is there already"
