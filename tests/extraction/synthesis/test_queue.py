"""The synthesis reads what was settled, of included studies, and nothing that is sealed."""

from __future__ import annotations

import pytest

from extraction.coding.models import Code, Codebook, CodedStudy, CodingSettlement, Segment, SettledHow, SourceText
from extraction.synthesis.actions import keep_claim, remove_claim
from extraction.synthesis.queue import claims_of, matrix_of, passages
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Review
from screening.studies.models import Study, StudyReport
from tests.factories import alice, included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def settle(study: Study, *names: str, revealed: bool = True) -> None:
    """One passage of the study for each of these codes, settled."""
    review, member = study.review, lead(study.review)
    book, _ = Codebook.objects.get_or_create(review=review, defaults={"name": "Codes"})
    text = SourceText.objects.create(
        review=review, study=study, label="Results", text=" ".join(names), sha256="0" * 64, added_by=member
    )
    moment = text.added_at if revealed else None
    CodedStudy.objects.create(review=review, study=study, revealed_at=moment)
    for place, name in enumerate(names):
        code, _ = Code.objects.get_or_create(
            review=review, codebook=book, name=name, defaults={"direction": "barrier", "level": "environmental"}
        )
        segment = Segment.objects.create(review=review, source=text, start=place, end=place + 1, quote=f"{name} it is")
        CodingSettlement.objects.create(review=review, segment=segment, code=code, how=SettledHow.EQUAL)


@pytest.fixture
def review() -> Review:
    return make_review()


def test_i47_a_study_that_is_no_longer_included_leaves_the_matrix_and_keeps_its_data(review: Review) -> None:
    one, other = included_study(review, "Archibald 2017"), included_study(review, "Tavakol 2008")
    settle(one, "Time", "Funding")
    settle(other, "Time")
    matrix, links = matrix_of(review)
    assert [(row.theme.name, row.quotes) for row in matrix.rows] == [("Time", (1, 1)), ("Funding", (1, 0))]
    assert [study.letter for study in matrix.studies] == ["A", "T"]
    StudyReport.objects.filter(study=one).delete()
    left, still = matrix_of(review)
    assert [study.label for study in left.studies] == ["Tavakol 2008"]
    assert (len(links), len(still), CodingSettlement.objects.count()) == (3, 1, 3)


def test_i26_codings_that_are_sealed_are_in_no_number(review: Review) -> None:
    settle(included_study(review), "Time", revealed=False)
    matrix, links = matrix_of(review)
    assert (matrix.links, links) == (0, [])


def test_quotes_come_with_what_they_stand_for_and_page_by_page(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(included_study(review), "Time", "Funding")
    matrix, links = matrix_of(review)
    names = {row.theme.id: row.theme.name for row in matrix.rows}
    monkeypatch.setattr("extraction.synthesis.queue.PAGE", 1)
    first, more = passages(links, names, 0)
    assert ([one.text for one in first], [one.themes for one in first], more) == (["Time it is"], [("Time",)], True)
    last, more = passages(links, names, 1)
    assert ([one.text for one in last], more) == (["Funding it is"], False)


def test_a_sentence_is_kept_once_and_let_go_with_a_row_in_the_log(review: Review) -> None:
    member = alice(review)
    kept = keep_claim(member=member, text=" Eight studies. ")
    assert keep_claim(member=member, text="Eight studies.") == kept
    assert [one.text for one in claims_of(review)] == ["Eight studies."]
    remove_claim(member=member, claim_id=kept.pk)
    remove_claim(member=member, claim_id=kept.pk)
    assert claims_of(review) == []
    assert list(AuditEvent.objects.filter(subject_type="claim").order_by("pk").values_list("verb", flat=True)) == [
        "keep claim",
        "remove claim",
    ]


@pytest.mark.parametrize("text", ["", "  ", "x" * 5001])
def test_an_empty_or_endless_sentence_is_refused(review: Review, text: str) -> None:
    with pytest.raises(NotAllowedNow):
        keep_claim(member=alice(review), text=text)
