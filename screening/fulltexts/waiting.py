"""PDFs that were uploaded together and wait until a person says which reports they are; kept in the session, bytes on disk."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from screening.fulltexts.actions import StoredPdf
from screening.reviews.models import Review


@dataclass(frozen=True, slots=True)
class WaitingPdf:
    """One stored file without a report; ``offered`` are record numbers, the best first, ``likely`` the one to preselect, or 0."""

    pdf: StoredPdf
    offered: list[int]
    likely: int

    @property
    def field(self) -> str:
        """The name of its form field."""
        return f"f{self.pdf.sha256[:16]}"


def waiting(request: HttpRequest, review: Review) -> list[WaitingPdf]:
    """Files of this person that wait in this review, in the order of their upload."""
    rows = request.session.get(_key(review), [])
    return [
        WaitingPdf(StoredPdf(row["name"], row["sha256"], row["size"]), row["offered"], row["likely"]) for row in rows
    ]


def add(request: HttpRequest, review: Review, pdf: StoredPdf, offered: list[int], likely: int) -> None:
    """Let a file wait; the same bytes wait once."""
    others = [row for row in request.session.get(_key(review), []) if row["sha256"] != pdf.sha256]
    new = {"name": pdf.name, "sha256": pdf.sha256, "size": pdf.size, "offered": offered, "likely": likely}
    request.session[_key(review)] = [*others, new]


def remove(request: HttpRequest, review: Review, sha256: str) -> None:
    """Let it wait no longer."""
    request.session[_key(review)] = [row for row in request.session.get(_key(review), []) if row["sha256"] != sha256]


def _key(review: Review) -> str:
    return f"pdfs-{review.pk}"
