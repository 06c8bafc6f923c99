"""Which report a PDF is: sure only where two signs agree; corrections, supplements and replies wait for a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.fulltexts.filenames import Sought
from screening.fulltexts.recognising import recognise

PLOTS = "Teaching clinicians to read a forest plot: a randomised comparison"
FUNNEL = "Teaching clinicians to read a funnel plot"
REPORTS = [
    Sought(1, PLOTS, "10.1000/tlp.233", "Okafor", 2019),
    Sought(2, FUNNEL, "10.1000/tlp.2334", "Lindqvist", 2021),
    Sought(3, "醫學教育研究參與之障礙與促進因素", "", "王小明", 2018),
    Sought(4, "Reply to the authors on mentoring junior doctors", "10.1000/tlp.9", "Sorensen", 2020),
]
FILLER = "The trial was run in three hospitals over two years with nurses and physicians who had volunteered. " * 4
PAGE = f"Journal of Plots 12 (2019) 1-9\nhttps://doi.org/10.1000/tlp.233\n{PLOTS}\nA. Okafor and B. Bell\n{FILLER}"


@pytest.mark.parametrize(
    ("name", "pages", "number", "how"),
    [
        ("main.pdf", [PAGE], 1, "DOI in the text"),
        ("main.pdf", [PAGE.replace("10.1000/tlp.233", "10.1000/\ntlp.233")], 1, "DOI in the text"),
        ("main.pdf", [PAGE.replace("doi.org", "x").replace("10.1000/tlp.233", "")], 1, "title in the text"),
        ("main.pdf", [PAGE.replace("forest plot", "for-\nest plot").replace("10.", "")], 1, "title in the text"),
        ("main.pdf", ["Downloaded from the repository", PAGE], 1, "DOI in the text"),
        ("x.pdf", ["醫學教育\n研究參與之障礙\n與促進因素 王小明 " + FILLER], 3, "title in the text"),
        ("10.1000_tlp.233.pdf", [], 1, "DOI in the name"),
        ("10.1000_tlp.233.pdf", [FILLER], 1, "DOI in the name"),
        ("record 2.pdf", [], 2, "number in the name"),
        ("#2 scan.pdf", [""], 2, "number in the name"),
        ("reply.pdf", [f"Reply to the authors on mentoring junior doctors\nP. Sorensen\n{FILLER}"], 4, "title in the text"),
    ],
)  # fmt: skip
def test_two_signs_that_agree_are_sure(name: str, pages: list[str], number: int, how: str) -> None:
    found = recognise(name, pages, REPORTS)
    assert (found.number, found.how) == (number, how)


@pytest.mark.parametrize(
    ("name", "pages", "likely", "kind"),
    [
        ("main.pdf", [f"Correction to: {PLOTS}\nA. Okafor doi 10.1000/tlp.233 {FILLER}"], 1, "correction"),
        ("esm.pdf", [f"Supporting information for\n{PLOTS}\nA. Okafor {FILLER}"], 1, "supplement"),
        ("tlp_233_supplement.pdf", [PAGE], 1, "supplement"),
        ("study protocol.pdf", [PAGE], 1, "protocol"),
        ("letter.pdf", [f"Comment on {PLOTS} by Okafor {FILLER}"], 1, "main"),
        ("a.pdf", [f"doi 10.1000/tlp.233\nIn another tongue {FILLER}"], 1, "main"),
        ("a.pdf", [f"{PLOTS} {FILLER}"], 1, "main"),
        ("a.pdf", [PAGE.replace("randomised", "randomized").replace("10.1000/tlp.233", "")], 1, "main"),
        ("record 2.pdf", [PAGE], 1, "main"),
        ("record 2.pdf", [FILLER], 0, "main"),
        ("10.1000_tlp.2334.pdf", [PAGE], 1, "main"),
        ("a.pdf", [f"{PLOTS} {FUNNEL} Okafor Lindqvist {FILLER}"], 0, "main"),
        ("a.pdf", [f"An editorial. {FILLER}\nReferences\n1. Okafor A. {PLOTS}. doi:10.1000/tlp.233"], 0, "main"),
        ("scan0001.pdf", [], 0, "main"),
    ],
)  # fmt: skip
def test_one_sign_or_two_that_disagree_wait_for_a_person(name: str, pages: list[str], likely: int, kind: str) -> None:
    found = recognise(name, pages, REPORTS)
    assert (found.number, found.likely, found.kind) == (0, likely, kind)
    assert not likely or found.offered[0] == likely


def test_a_doi_is_not_the_beginning_of_a_longer_one() -> None:
    assert recognise("a.pdf", [f"doi 10.1000/tlp.2335 {FILLER}"], REPORTS).offered == ()


@given(st.text(max_size=30), st.lists(st.text(max_size=200), max_size=3))
def test_whatever_a_pdf_says_only_sought_reports_are_named(name: str, pages: list[str]) -> None:
    found = recognise(name, pages, REPORTS)
    assert {found.number, found.likely, *found.offered} <= {0, 1, 2, 3, 4}
    assert len(found.offered) <= 3
    assert found.kind in ("main", "supplement", "correction", "protocol")
