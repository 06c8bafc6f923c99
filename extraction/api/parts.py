"""The parts of the API that extraction and synthesis give, in their order."""

from __future__ import annotations

from ninja import Router

from extraction.api import code_sets, codebook, codings, comparisons, consensus, entries, forms, results

PARTS: tuple[tuple[str, Router], ...] = (
    ("Forms and instruments", forms.router),
    ("Entries", entries.router),
    ("Consensus", consensus.router),
    ("Codebook", codebook.router),
    ("Sets of codes", code_sets.router),
    ("Coding", codings.router),
    ("Codings compared", comparisons.router),
    ("Tables and synthesis", results.router),
)
