"""What a manuscript tells of extraction, appraisal and coding (settings.MANUSCRIPT_SOURCES): only what is settled for a study at least."""

from __future__ import annotations

from collections.abc import Iterator

from extraction.coding.models import CodingMode
from extraction.coding.queue import codebook_of, codes, settled_codings
from extraction.consensus.queue import SETTLED
from extraction.entries.models import Extraction
from extraction.entries.queue import included_studies
from extraction.tables.fields import FormSpec, read_form
from extraction.tables.models import EntryMode, Form, FormKind
from extraction.tables.queue import forms_of, published_version
from screening.manuscript.methods import Told, Topic
from screening.reviews.models import Review

_BY = {
    EntryMode.DUAL: "two people, independently; differences were settled before a value counted",
    EntryMode.VERIFY: "one person, and checked by a second",
    EntryMode.SINGLE: "one person",
}
_CODED = {
    CodingMode.CODEBOOK: "by two people, independently, and differences were settled",
    CodingMode.REFLEXIVE: "by the team together, without a measure of agreement",
    CodingMode.LINES: "line by line, then gathered into descriptive and analytical themes",
}


def told_of(review: Review) -> Iterator[Told]:
    """Each sentence with the topic that it belongs to, in the order of a methods section."""
    studies = included_studies(review).count()
    for form in forms_of(review):
        yield from _of_form(form, studies)
    yield from _of_coding(review, studies)


def _of_form(form: Form, studies: int) -> Iterator[Told]:
    version, settled = published_version(form), _settled(form)
    if version is None or not settled:
        return
    spec, by = read_form(version.content), _BY[EntryMode(form.mode)]
    named = f"“{form.name}”, version {version.number}, by {by}. Settled for {settled} of {_n(studies)}."
    if form.kind == FormKind.APPRAISAL:
        yield Told(Topic.APPRAISAL, f"Each study was appraised with {named}")
        yield Told(Topic.APPRAISED, f"Page “Appraisal”, “{form.name}”: {_n(settled)}.")
        return
    yield Told(Topic.COLLECTION, f"Data were extracted with the form {named}")
    yield Told(Topic.VARIABLES, f"“{form.name}”: {_fields(spec)}.")
    yield Told(Topic.CHARACTERISTICS, f"Page “Study characteristics”, “{form.name}”: {_n(settled)}.")


def _settled(form: Form) -> int:
    included = included_studies(form.review)
    return Extraction.objects.filter(form=form, state__in=SETTLED, study__in=included).count()


def _fields(spec: FormSpec) -> str:
    return "; ".join(one.label for one in spec.fields)


def _of_coding(review: Review, studies: int) -> Iterator[Told]:
    codebook, settled = codebook_of(review), settled_codings(review)
    if codebook is None or not settled:
        return
    coded, used = len({one.study_id for one in settled}), len({one.code_id for one in settled})
    yield Told(
        Topic.SYNTHESIS,
        f"Findings were coded with the codebook “{codebook.name}” {_CODED[CodingMode(codebook.mode)]}: "
        f"{used} of {len(codes(review))} codes stand in {coded} of {_n(studies)}.",
    )


def _n(studies: int) -> str:
    return f"{studies} included {'study' if studies == 1 else 'studies'}"
