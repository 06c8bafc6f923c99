"""What the pages of coding show: studies with one's own state, one page of a text, agreement. Nothing sealed is read here (promise 1)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from extraction.coding.hierarchy import CodeRow
from extraction.coding.models import Codebook, CodedStudy, Coding, CodingSettlement, CodingTurn, SourceText
from extraction.coding.naming import names_for
from extraction.coding.passages import Marked, Sentence, Stretch, passage_units, sentences, stretches
from extraction.coding.queue import codes, known_codes
from extraction.coding.reconciling import marks_of_studies
from screening.decisions.agreement import kappa_and_ac1
from screening.reviews.models import Membership, Review
from screening.studies.models import Study
from screening.studies.queue import studies_that_count

Units = list[tuple[frozenset[int], frozenset[int]]]
#: What the first coder and what the second found present: pairs of study and code.
Sides = tuple[set[tuple[int, int]], set[tuple[int, int]]]
Table = tuple[tuple[int, int], tuple[int, int]]

LINES = 100  # sentences on a page
STATES = {
    "new": "Not begun", "begun": "Begun", "submitted": "Submitted; it opens when both have submitted", "done": "Submitted",
    "compare": "Both submitted: settle what differs", "settled": "Settled", "left": "Handed over to another person",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study as one member sees it: its texts, and where the member's own coding stands."""

    study: Study
    texts: int
    state: str

    @property
    def words(self) -> str:
        return STATES[self.state]


def study_lines(member: Membership, codebook: Codebook) -> list[StudyLine]:
    """Studies that count, by label. What is told of a study before both have submitted is one's own alone."""
    texts = Count("source_texts", filter=Q(source_texts__set_aside_at__isnull=True))
    studies = studies_that_count(member.review).annotate(n_texts=texts).order_by("label", "pk")
    states = own_states(member, codebook)
    return [StudyLine(study, study.n_texts, states.get(study.pk, "new")) for study in studies]


def own_states(member: Membership, codebook: Codebook) -> dict[int, str]:
    """Study -> where the member's own coding of it stands, a key of `STATES`; a study that is not among them is "new"."""
    told = {turn.study_id: _state(turn, codebook) for turn in CodingTurn.objects.filter(coder=member)}
    opened = CodedStudy.objects.filter(review=member.review, revealed_at__isnull=False)
    return told | {one.study_id: "settled" if one.settled_at else "compare" for one in opened}


def _state(turn: CodingTurn, codebook: Codebook) -> str:
    if turn.left_at:
        return "left"
    if not turn.submitted_at:
        return "begun"
    return "submitted" if codebook.is_blind else "done"


@dataclass(frozen=True, slots=True)
class Tag:
    """A code on a passage, as a label below the sentence in which the passage ends; ``by`` are its coders, "" for oneself alone.

    ``look`` is one of four underlines.
    """

    key: int
    start: int
    end: int
    code_id: int
    name: str
    by: str
    is_own: bool
    look: int
    quote: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with its pieces, and the labels of passages that end in it."""

    sentence: Sentence
    pieces: list[tuple[Stretch, list[Tag]]]
    tags: list[Tag]


def text_page(member: Membership, source: SourceText, number: str) -> tuple[Page[Sentence], list[Line]]:
    """One page of a text, with the codings that the member may see."""
    page = Paginator(sentences(source.text), LINES).get_page(number)
    if not page.object_list:
        return page, []
    tags = _tags(member, source, page.object_list[0].start, page.object_list[-1].end)
    marks = [Marked(tag.key, source.pk, tag.code_id, tag.start, tag.end) for tag in tags.values()]
    ends: dict[int, list[Tag]] = defaultdict(list)
    starts = [one.start for one in page.object_list]
    for tag in tags.values():
        inside = [start for start in starts if start < tag.end]
        ends[inside[-1] if inside else starts[0]].append(tag)
    lines = []
    for one in page.object_list:
        pieces = [(piece, [tags[key] for key in piece.keys]) for piece in stretches(one.text, one.start, marks)]
        lines.append(Line(one, pieces, ends[one.start]))
    return page, lines


def _tags(member: Membership, source: SourceText, start: int, end: int) -> dict[int, Tag]:
    rows = Coding.objects.visible_to(member).standing().filter(segment__source=source)
    rows = rows.filter(segment__start__lt=end, segment__end__gt=start).select_related("segment", "code", "coder__user")
    named = names_for(member, source.study)
    same: dict[tuple[int, int, int], list[Coding]] = {}
    for coding in rows.order_by("segment__start", "segment__end", "code__position", "code_id", "coder_id"):
        same.setdefault((coding.segment.start, coding.segment.end, coding.code_id), []).append(coding)
    found = {}
    for place, ((begin, finish, code_id), codings) in enumerate(same.items()):
        one, own = codings[0], any(each.coder_id == member.pk for each in codings)
        others = ", ".join(sorted(named(each.coder) for each in codings if each.coder_id != member.pk))
        found[one.pk] = Tag(
            one.pk, begin, finish, code_id, one.code.name, f"you, {others}" if own and others else others, own, place % 4,
            one.segment.quote,
        )  # fmt: skip
    return found


def counts_of_codes(member: Membership, codebook: Codebook) -> dict[int, int]:
    """Settled passages of each code as it was given, before merging; where coding is not blind, all passages."""
    rows = (
        CodingSettlement.objects.filter(
            review=member.review, stands=True, segment__source__study__coding__revealed_at__isnull=False
        )
        if codebook.is_blind
        else Coding.objects.filter(review=member.review).standing()
    )
    return dict(rows.order_by().values_list("code_id").annotate(n=Count("segment", distinct=True)))


@dataclass(frozen=True, slots=True)
class Told:
    """One table of two coders with its coefficients, None where it carries none."""

    table: Table
    kappa: float | None
    ac1: float | None

    @property
    def both(self) -> int:
        return self.table[0][0]

    @property
    def one_only(self) -> int:
        return self.table[0][1] + self.table[1][0]


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """Of one code: agreement on its presence in studies, and on the passages that anybody marked."""

    name: str
    by_study: Told
    by_passage: Told

    @property
    def units(self) -> tuple[Told, Told]:
        return self.by_study, self.by_passage


@dataclass(frozen=True, slots=True)
class Agreed:
    """Agreement on ``studies`` that were revealed and ``passages`` that anybody marked in them: all codes together, then one by one."""

    studies: int
    passages: int
    overall: CodeAgreement
    codes: list[CodeAgreement]


def agreed(review: Review, codebook: Codebook) -> Agreed | None:
    """Agreement of what each coded before seeing the other's (I35), None before any study is revealed."""
    opened = studies_that_count(review).filter(coding__first_revealed_at__isnull=False)
    revealed = list(opened.values_list("pk", flat=True))
    if not codebook.is_blind or not revealed:
        return None
    both = marks_of_studies(review, revealed, at_first=True)
    rows = codes(review)
    units = [
        one for marks in both.values() for one in passage_units(marks.first, marks.second, codebook.threshold / 100)
    ]
    sides = (
        {(study, mark.code) for study, marks in both.items() for mark in marks.first},
        {(study, mark.code) for study, marks in both.items() for mark in marks.second},
    )
    by_study = _tables(rows, _in_studies(sides), len(revealed))
    by_passage = _tables(rows, _in_passages(units), len(units))
    told = [
        CodeAgreement(row.name, _told(studies), _told(passages))
        for row, studies, passages in zip(rows, by_study, by_passage, strict=True)
        if studies != ((0, 0), (0, len(revealed)))
    ]
    overall = CodeAgreement("All codes", _told(_together(by_study)), _told(_together(by_passage)))
    return Agreed(len(revealed), len(units), overall, told)


def _told(table: Table) -> Told:
    return Told(table, *kappa_and_ac1(table))


def _in_studies(sides: Sides) -> Iterator[tuple[int, str]]:
    """(code, who has it) for each study and code that anybody has there."""
    for study, code in sides[0] | sides[1]:
        yield code, _who((study, code) in sides[0], (study, code) in sides[1])


def _in_passages(units: Units) -> Iterator[tuple[int, str]]:
    for one, two in units:
        for code in one | two:
            yield code, _who(code in one, code in two)


def _who(first: bool, second: bool) -> str:
    return "both" if first and second else "first" if first else "second"


def _tables(rows: Sequence[CodeRow], found: Iterable[tuple[int, str]], n: int) -> list[Table]:
    """Of each code the 2 x 2 table over ``n`` units: what nobody has is counted, not listed."""
    counted = Counter(found)
    made = []
    for row in rows:
        both, first, second = (counted[row.id, who] for who in ("both", "first", "second"))
        made.append(((both, first), (second, n - both - first - second)))
    return made


def _together(tables: Sequence[Table]) -> Table:
    """The decisions on all codes in one table."""
    (both, first), (second, neither) = (
        [sum(one[row][column] for one in tables) for column in (0, 1)] for row in (0, 1)
    )
    return (both, first), (second, neither)


def names_of(review: Review) -> dict[int, str]:
    """The name of every code by its number."""
    return {key: code.name for key, code in known_codes(review).items()}
