"""How far three and more raters agreed: the table of what was said on how many records first, then its coefficients. Pure.

Where a coefficient is undefined it is None, and a sentence says why (I39).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screening.decisions.agreement import fleiss_kappa, krippendorff_alpha

NOTHING_SHARED = "no record has two votes or more"
ONE_ANSWER = "every vote says the same, so that agreement cannot be told from chance"

Said = Mapping[str, str]  # rater -> value, on one record


@dataclass(frozen=True, slots=True)
class ManyAgreement:
    """All raters of a round on the records that two of them or more rated.

    ``table`` lists, the commonest first, how many raters chose each of ``categories`` on one record, and on how many records.
    ``fleiss`` needs the same number of votes on each record, ``alpha`` (Krippendorff's, nominal) allows gaps.
    """

    categories: tuple[str, ...]
    raters: int
    n: int
    table: tuple[tuple[tuple[int, ...], int], ...]
    fleiss: float | None
    fleiss_why: str
    alpha: float | None
    alpha_why: str

    def figures(self) -> dict[str, Any]:
        """What the command line and the exports print."""
        table = [{"votes": list(votes), "records": records} for votes, records in self.table]
        return {
            "raters": self.raters,
            "n": self.n,
            "categories": list(self.categories),
            "table": table,
            "fleiss": self.fleiss,
            "fleiss_why": self.fleiss_why,
            "alpha": self.alpha,
            "alpha_why": self.alpha_why,
        }


def agreement_of_many(records: Iterable[Said], categories: Sequence[str]) -> ManyAgreement | None:
    """The agreement of all raters, or None for fewer than three. Raises ValueError for a value outside ``categories``."""
    given = list(records)
    raters = sorted({rater for said in given for rater in said})
    if len(raters) < 3:
        return None
    shared = [said for said in given if len(said) > 1]
    strangers = {value for said in shared for value in said.values()} - set(categories)
    if strangers:
        raise ValueError(f"Not among the categories: {', '.join(sorted(strangers))}.")
    rows = [tuple(list(said.values()).count(category) for category in categories) for said in shared]
    fleiss, fleiss_why = _fleiss(rows)
    alpha = krippendorff_alpha([[said.get(rater) for said in shared] for rater in raters]) if shared else None
    return ManyAgreement(
        categories=tuple(categories),
        raters=len(raters),
        n=len(shared),
        table=tuple(sorted(Counter(rows).items(), key=lambda found: (-found[1], found[0]))),
        fleiss=fleiss,
        fleiss_why=fleiss_why,
        alpha=alpha,
        alpha_why="" if alpha is not None else ONE_ANSWER if shared else NOTHING_SHARED,
    )


def _fleiss(rows: Sequence[Sequence[int]]) -> tuple[float | None, str]:
    """Fleiss' kappa, or None and why."""
    if not rows:
        return None, NOTHING_SHARED
    votes = sorted({sum(row) for row in rows})
    if len(votes) > 1:
        return None, f"records have {votes[0]} to {votes[-1]} votes each, and it needs as many on each: read alpha"
    found = fleiss_kappa(rows)
    return found, "" if found is not None else ONE_ANSWER
