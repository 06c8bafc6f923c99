"""Small files of references for tests of imports, written by hand, and the way of one into a review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

from screening.imports.actions import Description, start_import
from screening.imports.models import Import
from screening.imports.queue import job_of
from screening.imports.storage import StoredFile, store
from screening.jobs.run import run
from screening.pipeline import HANDLERS
from screening.reviews.models import Review
from screening.searches.actions import add_search
from screening.searches.models import SearchRun
from tests.factories import lead

SEARCHED = date(2022, 8, 1)


def ris(titles: Iterable[str], **fields: str) -> bytes:
    """One RIS record for each title, with further tags for all."""
    tags = "".join(f"{tag}  - {value}\n" for tag, value in {"AB": "Text.", "PY": "2020", "LA": "eng", **fields}.items())
    return "".join(f"TY  - JOUR\nTI  - {title}\n{tags}ER  - \n\n" for title in titles).encode()


def numbered(n: int, what: str = "Trial") -> bytes:
    """``n`` RIS records titled "Trial 1", "Trial 2" ..."""
    return ris(f"{what} {index}" for index in range(1, n + 1))


def cut_ris() -> bytes:
    """Two whole records and one that the end of the file cuts off."""
    return ris(["First", "Second"]) + b"TY  - JOUR\nTI  - Third\nAB  - It en"


def odd_table() -> bytes:
    """A table whose headings nobody knows."""
    return b"Kop,Samenvatting,Jaar\nEerste proef,Tekst een.,2020\nTweede proef,Tekst twee.,2021\n"


def description(**fields: Any) -> Description:
    """Scopus, 1 August 2022, unless told otherwise."""
    given: dict[str, Any] = {
        "database": "Scopus",
        "kind": "database",
        "searched_on": SEARCHED,
        "query": "research AND education",
    }
    return Description(**{**given, **fields})


def search(review: Review, label: str = "Search 1, August 2022") -> SearchRun:
    """The search with this label, added on first use."""
    found = SearchRun.objects.filter(review=review, label=label).first()
    return found or add_search(review=review, actor=lead(review).user, label=label)


def stored(review: Review, content: bytes, name: str = "hits.ris") -> StoredFile:
    """The file on disk."""
    return store(review_id=review.pk, name=name, upload=BytesIO(content))


def queued(
    review: Review, content: bytes, *, name: str = "hits.ris", label: str = "Search 1, August 2022", **fields: Any
) -> Import:
    """An import whose job waits."""
    options = {key: fields.pop(key) for key in ("encoding", "accept_damage") if key in fields}
    return start_import(
        run=search(review, label),
        actor=lead(review).user,
        file=stored(review, content, name),
        description=description(**fields),
        **options,
    )


def work(imported: Import) -> Import:
    """Do the import's job here; the import as it is afterwards."""
    job = job_of(imported)
    assert job is not None
    run(job.pk, HANDLERS)
    return Import.objects.get(pk=imported.pk)


def loaded(review: Review, content: bytes, **fields: Any) -> Import:
    """An import whose job was done; followers still wait."""
    return work(queued(review, content, **fields))
