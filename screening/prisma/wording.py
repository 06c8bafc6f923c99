"""How the flow is worded for each kind of review: PRISMA 2020, PRISMA-ScR for scoping reviews, or a plain narrative review. Pure.

PRISMA 2020: doi 10.1136/bmj.n71. PRISMA-ScR (doi 10.7326/M18-0850) speaks of sources of evidence where PRISMA speaks of reports. A
narrative review borrows the boxes of PRISMA, and its flow says no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wording:
    """``figure`` names the flow, ``report`` what box 6 to 9 count, ``labels`` are those that differ from the words of PRISMA 2020."""

    figure: str
    report: str = "reports"
    labels: Mapping[str, str] = field(default_factory=dict)

    def of(self, label: str) -> str:
        """The label as this kind of review words it."""
        return self.labels.get(label, label)


_NEW = {
    "Identification of new studies via databases and registers": "Identification of studies via databases and registers",
    "Identification of new studies via other methods": "Identification of studies via other methods",
}
_SCOPING = {
    "Identification of new studies via databases and registers": "Identification of sources via databases and registers",
    "Identification of new studies via other methods": "Identification of sources via other methods",
    "Reports sought for retrieval": "Sources of evidence sought for retrieval",
    "Reports not retrieved": "Sources of evidence not retrieved",
    "Reports assessed for eligibility": "Sources of evidence assessed for eligibility",
    "Reports excluded": "Sources of evidence excluded",
    "Reports included": "Sources of evidence included",
    "Reports of included studies": "Sources of evidence included",
    "Studies included in review": "Studies included in scoping review",
}
_NARRATIVE = {**_NEW, "Studies included in review": "Studies included in narrative review"}
_WORDINGS = {
    "systematic": Wording("PRISMA 2020 flow", labels=_NEW),
    "update": Wording("PRISMA 2020 flow"),
    "scoping": Wording("PRISMA-ScR flow", "sources", _SCOPING),
    "narrative": Wording("PRISMA-style flow", labels=_NARRATIVE),
}


def wording_of(kind: str) -> Wording:
    """The words for a kind of review; those of PRISMA 2020 where it has none of its own."""
    return _WORDINGS.get(kind, _WORDINGS["systematic"])


def title_of_figure(kind: str, review: str, scope: str = "") -> str:
    """The title of a flow: what it is, of which review, of which search."""
    return f"{wording_of(kind).figure}: {review}{f', {scope}' if scope else ''}"
