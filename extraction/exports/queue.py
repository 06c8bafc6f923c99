"""Every value that a member may see, as rows: who entered it, what stands, and the words that it rests on (domain.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extraction.consensus.models import Chosen, Settlement
from extraction.entries.filling import REPORTED, Said, figures
from extraction.entries.models import Anchor, Entry, EntryState, EntryValue, ValueStatus
from extraction.entries.queue import included_studies
from extraction.tables.fields import Field, FormSpec, read_form
from extraction.tables.meaning import shown
from extraction.tables.models import FormVersion
from screening.manuscript.tables import Table
from screening.reviews.models import Membership

HEADINGS = (
    "Study",
    "Form",
    "Round",
    "Field",
    "Label",
    "Entered by",
    "Role",
    "Status",
    "Value",
    "Note",
    "Page",
    "Quote",
)
SETTLED = "Settled"
COMPUTED = "Computed"
_STATUS = dict(ValueStatus.choices)


def long_table(member: Membership) -> Table:
    """One row for each value: entries that are submitted and not sealed for this member, then what was settled, and what follows.

    A large review has tens of thousands of values: they are read as bare rows, beside the few entries that they belong to.
    """
    specs = _specs(member)
    asked = {form: {each.key: (at, each) for at, each in enumerate(spec.fields)} for form, spec in specs.items()}
    order = {
        label: place for place, label in enumerate(included_studies(member.review).values_list("label", flat=True))
    }
    rows = [*_entered(member, asked), *_settled(member, asked)]
    rows += list(_computed(rows, specs, asked))
    rows.sort(key=lambda row: (order[row.place.study], row.place.form, row.place.round, row.at))
    return Table("extraction-long", "Every value", HEADINGS, tuple(row.cells for row in rows))


#: Of each form by its number the fields of its newest published version, each with its place.
Asked = dict[int, dict[str, tuple[int, Field]]]


def _specs(member: Membership) -> dict[int, FormSpec]:
    """The newest published version of each form, by the number of the form."""
    versions = FormVersion.objects.filter(review=member.review, published_at__isnull=False).order_by("form", "number")
    return {form: read_form(one.content) for form, one in {one.form_id: one for one in versions}.items()}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: a round of a study's extraction, and who said it."""

    study: str
    form_id: int
    form: str
    round: int
    who: str
    role: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the file; ``at`` is the place in its form of the field ``key``, ``said`` what its cells tell."""

    place: _Place
    at: int
    cells: tuple[str, ...]
    key: str
    said: Said


def _entered(member: Membership, asked: Asked) -> Iterator[_Row]:
    seen = Entry.objects.visible_to(member).filter(
        state=EntryState.SUBMITTED, extraction__study__in=included_studies(member.review)
    )
    places = {
        one.pk: _Place(
            one.extraction.study.label, one.extraction.form_id, one.extraction.form.name, one.round,
            str(one.extractor.user), one.get_role_display(),
        )
        for one in seen.select_related("extraction__study", "extraction__form", "extractor__user")
    }  # fmt: skip
    quotes = _quotes(places)
    values = EntryValue.objects.filter(entry__in=seen.values("pk")).order_by("entry__slot", "pk")
    for entry, *said in values.values_list("entry_id", "field", "status", "value", "note").iterator(chunk_size=2000):
        yield _row(places[entry], asked, said, quotes.get((entry, said[0]), ()))


def _settled(member: Membership, asked: Asked) -> Iterator[_Row]:
    rows = Settlement.objects.filter(review=member.review, extraction__study__in=included_studies(member.review))
    named = rows.order_by("pk").values_list(
        "extraction__study__label", "extraction__form_id", "extraction__form__name", "round", "chosen",
        "field", "status", "value", "note",
    )  # fmt: skip
    for study, form_id, form, round_, chosen, *said in named.iterator(chunk_size=2000):
        place = _Place(study, form_id, form, round_, SETTLED, Chosen(chosen).label)
        yield _row(place, asked, said, ())


def _row(place: _Place, asked: Asked, said: Sequence[Any], quotes: Sequence[tuple[int, str]]) -> _Row:
    key, status, value, note = said
    at, one = asked.get(place.form_id, {}).get(key) or (0, Field(key, "text", key))
    pages, words = "; ".join(str(page) for page, _ in quotes), "; ".join(quote for _, quote in quotes)
    cells = (
        place.study, place.form, str(place.round), key, one.label, place.who, place.role, _STATUS[status], shown(one, value),
        note, pages, words,
    )  # fmt: skip
    return _Row(place, at, cells, key, Said(status, value, note))


def _computed(rows: Sequence[_Row], specs: Mapping[int, FormSpec], asked: Asked) -> Iterator[_Row]:
    """What follows from each entry and from what was settled, where every part of it is known (I43)."""
    computing = {form for form, spec in specs.items() if any(one.kind == "computed" for one in spec.fields)}
    told: dict[_Place, dict[str, Said]] = {}
    for row in rows:
        if row.place.form_id in computing:
            told.setdefault(replace(row.place, role=COMPUTED), {})[row.key] = row.said
    for place, said in told.items():
        for key, figure in figures(specs[place.form_id], said).items():
            yield _row(place, asked, (key, REPORTED, figure, ""), ())


def _quotes(entries: Iterable[int]) -> dict[tuple[int, str], list[tuple[int, str]]]:
    """Page and words of every quote, by entry and field."""
    found: dict[tuple[int, str], list[tuple[int, str]]] = {}
    anchors = Anchor.objects.filter(entry__in=entries).order_by("made_at", "pk")
    for entry, key, page, quote in anchors.values_list("entry_id", "field", "page", "quote"):
        found.setdefault((entry, key), []).append((page, quote))
    return found
