"""Taking in an upload: on disk under its hash, recognised, or refused with a sentence and gone again."""

from __future__ import annotations

from dataclasses import dataclass

from screening.audit.refusal import NotAllowedNow
from screening.imports.models import Import, WaitingFile
from screening.imports.parsed import Refusal, UnknownColumns
from screening.imports.reading import read
from screening.imports.rows import clean
from screening.imports.storage import StoredFile, Upload, forget, path_of, store
from screening.reviews.models import Review


@dataclass(frozen=True, slots=True)
class Received:
    """One upload: ``file`` on disk and its ``format``, or None and the ``sentence`` that refuses it.

    ``left_out`` says which files of a zip hold no references, in a sentence each.
    """

    name: str
    file: StoredFile | None
    format: str = ""
    sentence: str = ""
    left_out: tuple[str, ...] = ()


def receive(*, review: Review, upload: Upload, name: str, encoding: str = "") -> Received:
    """Store and recognise one upload. What no reader takes leaves the disk at once, unless an import or a waiting file already has it."""
    name = clean(name)[:255] or "file"
    try:
        file = store(review_id=review.pk, name=name, upload=upload)
    except NotAllowedNow as refusal:
        return Received(name, None, sentence=str(refusal))
    try:
        readings = read(path_of(review_id=review.pk, sha256=file.sha256), name=name, encoding=encoding or None)
    except UnknownColumns:
        return Received(name, file, format="Table")
    except Refusal as refusal:
        if refusal.previews:
            return Received(name, file)
        if not any(kept.objects.filter(review=review, sha256=file.sha256).exists() for kept in (Import, WaitingFile)):
            forget(review_id=review.pk, sha256=file.sha256)
        return Received(name, None, sentence=refusal.sentence)
    formats = ", ".join(dict.fromkeys(reading.format for reading in readings))
    return Received(name, file, format=formats, left_out=tuple(text for one in readings for text in one.left_out))
