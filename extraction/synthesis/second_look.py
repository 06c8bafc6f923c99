"""What in the extracted studies asks for a second look, for the first page of the synthesis."""

from __future__ import annotations

from extraction.synthesis.characteristics import told_of
from extraction.synthesis.claims import check
from extraction.synthesis.queue import claims_of
from extraction.synthesis.summary import facts, notices
from screening.reviews.models import Review

#: The kinds of field that a doubt or a sentence of the manuscript can be about.
KINDS = ("sample", "year", "country", "countries")


def second_look(review: Review) -> list[str]:
    """A sentence for each doubt about a study, then for each number that a kept sentence has otherwise."""
    derived = told_of(review, KINDS)[1]
    found = facts(derived.columns, derived.studies)
    differing = [one for claim in claims_of(review) for one in check(claim.text, found) if one.agrees is False]
    return [
        *(one.sentence for one in notices(derived.columns)),
        *(
            f"{one.what}: a sentence of the manuscript says {one.written}, the studies say {one.derived}."
            for one in differing
        ),
    ]
