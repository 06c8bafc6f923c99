"""Reads for the synthesis: only what was settled, and only of included studies (I44, I47)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extraction.coding.hierarchy import CodeRow
from extraction.coding.models import Segment
from extraction.coding.queue import SettledCoding, codes, settled_codings
from extraction.synthesis.matrix import Link, Matrix, Study, Theme, build, lettered
from extraction.synthesis.models import Claim
from screening.reviews.models import Review
from screening.studies.queue import studies_that_count

PAGE = 50  # quotes of one page


@dataclass(frozen=True, slots=True)
class Passage:
    """A quote with where it stands and what it stands for."""

    text: str
    study: str
    kind: str
    label: str
    page: int | None
    themes: tuple[str, ...]


def columns(review: Review) -> list[Study]:
    """The included studies by label, each with its sign."""
    found = list(studies_that_count(review).order_by("label", "pk").values_list("pk", "label"))
    signs = lettered([label for _, label in found])
    return [Study(pk, label, sign) for (pk, label), sign in zip(found, signs, strict=True)]


def themes_of(review: Review) -> list[Theme]:
    """The codes that are in use, in the order of the codebook."""
    return [Theme(one.id, one.name, one.direction, one.level, one.parent_id) for one in codes(review)]


def links_of(review: Review) -> list[Link]:
    """Every settled coding of an included study."""
    return [_link(one) for one in settled_codings(review)]


def _link(coding: SettledCoding) -> Link:
    return Link(coding.study_id, coding.code_id, coding.segment_id)


def matrix_of(review: Review) -> tuple[Matrix, list[Link]]:
    """The matrix as it stands, with the links behind it."""
    links = links_of(review)
    return build(columns(review), themes_of(review), links), links


def theme_in(review: Review, number: int) -> CodeRow | None:
    """A code of the review that is in use."""
    return next((one for one in codes(review) if one.id == number), None)


def below(themes: Sequence[Theme], number: int) -> set[int]:
    """A theme and those below it."""
    found = {number}
    while more := {one.id for one in themes if one.parent in found} - found:
        found |= more
    return found


def passages(links: Sequence[Link], names: dict[int, str], start: int) -> tuple[list[Passage], bool]:
    """The quotes of these links from a place on, by study and place in the text; and whether there are more."""
    segments = sorted({link.segment for link in links})
    rows = Segment.objects.filter(pk__in=segments).select_related("source__study")
    shown = list(rows.order_by("source__study__label", "source", "start", "pk")[start : start + PAGE + 1])
    said: dict[int, list[str]] = {}
    for link in links:
        said.setdefault(link.segment, []).append(names[link.theme])
    return [_passage(one, said[one.pk]) for one in shown[:PAGE]], len(shown) > PAGE


def _passage(segment: Segment, themes: Sequence[str]) -> Passage:
    source = segment.source
    kind = source.get_kind_display().lower()
    return Passage(segment.quote, source.study.label, kind, source.label, segment.page, tuple(sorted(themes)))


def claims_of(review: Review) -> list[Claim]:
    """The sentences that are held against the studies."""
    return list(Claim.objects.filter(review=review, removed_at__isnull=True))
