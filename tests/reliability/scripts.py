"""Everything that a member's token can reach: every operation of the API with every known object, and what each act says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.db import transaction
from django.test import Client

from extraction.api import parts as extraction
from reviewapp.accounts.models import User
from screening.api import parts as screening
from screening.api.site import description
from tests.architecture.api_operations import BODIES, UPLOADS
from tests.reliability.crawl import Answer, answer_of
from tests.screening.api.clients import script

Parts = frozenset[str]
OF_SCREENING: Parts = frozenset(title for title, _ in screening.PARTS)
OF_EXTRACTION: Parts = frozenset(title for title, _ in extraction.PARTS)
#: Told once more, dearly, or the same for all: left to the crawl of the pages.
DEAR = frozenset({"read_prisma_file", "export_manuscript", "list_team", "read_protocol", "list_invitations"})
#: Acts on these may depend on what is sealed.
SEALED = ("number", "conflict_id", "entry_id", "extraction_id", "source_id")
LISTS = ("to-screen", "my-votes", "awaiting", "conflicts", "excluded", "included")
QUERIES = {
    "list_records": ("", "list=screened", "box=dbr_pending_title_abstract", "box=records_excluded", "q=research"),
    "list_conflicts": ("", "mine=true", "stage=full-text"),
    "list_reports": ("", "list=retrieved"),
    "list_next": ("", "limit=20"),
    "list_history": ("", "limit=5"),
}


@dataclass
class ScriptOf:
    """One member with a token of every scope."""

    user: User
    slug: str
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = script(self.user)

    def reach(self, objects: dict[str, list[Any]], parts: Parts = OF_SCREENING) -> dict[str, Answer]:
        """Address -> answer, of every operation of these parts that reads."""
        return {address: self.get(address) for address in _reads(self.slug, objects, parts)}

    def get(self, address: str) -> Answer:
        """One answer."""
        return answer_of(self.client.get(address))

    def send(self, method: str, address: str, body: object) -> Answer:
        """An act for good."""
        return answer_of(self.client.generic(method, address, json.dumps(body), "application/json"))

    def tries(self, objects: dict[str, list[Any]], parts: Parts = OF_SCREENING) -> dict[str, Answer]:
        """What every act of these parts on these objects says; each is taken back."""
        told = {}
        for name, method, address in _writes(self.slug, objects, parts):
            with transaction.atomic():
                told[f"{method} {address}"] = self.send(method, address, BODIES.get(name, {}))
                transaction.set_rollback(True)
        return told


def _reads(slug: str, objects: dict[str, list[Any]], parts: Parts) -> Iterator[str]:
    for name, method, path in _operations(parts):
        if method == "get" and name not in DEAR:
            for address in _filled(path, slug, objects):
                yield from (f"{address}?{query}" if query else address for query in QUERIES.get(name, ("",)))


def _writes(slug: str, objects: dict[str, list[Any]], parts: Parts) -> Iterator[tuple[str, str, str]]:
    """Acts on what may hold something sealed, but for handing in, which opens it."""
    for name, method, path in _operations(parts):
        about = any(f"{{{one}}}" in path for one in SEALED)
        about = about and not path.endswith("/submit")
        if method != "get" and about and "/searches/" not in path and name not in UPLOADS:
            yield from ((name, method.upper(), address) for address in _filled(path, slug, objects))


def _operations(parts: Parts) -> Iterator[tuple[str, str, str]]:
    for path, methods in description()["paths"].items():
        for method, told in methods.items():
            if told["tags"][0] in parts:
                yield told["operationId"], method, path


def _filled(path: str, slug: str, objects: dict[str, list[Any]]) -> Iterator[str]:
    known: dict[str, list[Any]] = {
        **objects,
        "stage": ["title-abstract", "full-text"],
        "ending": ["csv"],
        "conflict_id": objects.get("item_id", []),
        "outcome": ["include", "exclude"],
        "key": ["focus"],
        "name": list(LISTS) if "/lists/" in path else ["records", "screened", "included"],
    }
    names = [part.partition("}")[0] for part in path.split("{")[1:] if not part.startswith("slug")]
    for chosen in product(*(known.get(name, [1]) for name in names)):
        yield path.format(slug=slug, **dict(zip(names, chosen, strict=True)))
