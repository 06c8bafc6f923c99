"""Every value that a member may see, as rows: who entered it, what stands, and the words that it rests on (domain.md 9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extraction.consensus.models import Settlement
from extraction.entries.models import Anchor, Entry, EntryState, EntryValue, ValueStatus
from extraction.entries.queue import included_studies
from extraction.tables.fields import Field, FormSpec, read_form
from extraction.tables.models import Form, FormVersion
from extraction.tables.values import shown
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


def long_table(member: Membership) -> Table:
    """One row for each value: entries that are submitted and not sealed for this member, then what was settled."""
    specs = _specs(member)
    rows = [*_entered(member, specs), *_settled(member, specs)]
    order = {
        label: place for place, label in enumerate(included_studies(member.review).values_list("label", flat=True))
    }
    fields = {(form, one.key): place for form, spec in specs.items() for place, one in enumerate(spec.fields)}
    rows.sort(key=lambda row: (order[row[1][0]], row[1][1], row[1][2], fields.get((row[0], row[1][3]), 0)))
    return Table("extraction-long", "Every value", HEADINGS, tuple(cells for _, cells in rows))


def _specs(member: Membership) -> dict[int, FormSpec]:
    """The newest published version of each form, by the number of the form."""
    found = {}
    versions = FormVersion.objects.filter(review=member.review, published_at__isnull=False)
    for one in versions.order_by("form", "number"):
        found[one.form_id] = read_form(one.content)
    return found


Row = tuple[int, tuple[str, ...]]


def _entered(member: Membership, specs: dict[int, FormSpec]) -> Iterator[Row]:
    seen = Entry.objects.visible_to(member).filter(state=EntryState.SUBMITTED).values("pk")
    values = EntryValue.objects.filter(entry__in=seen, entry__extraction__study__in=included_studies(member.review))
    quotes = _quotes(member)
    rows = values.select_related("entry__extraction__study", "entry__extraction__form", "entry__extractor__user")
    for one in rows.order_by("entry__slot", "pk"):
        entry = one.entry
        yield _row(
            entry.extraction, specs, entry.round, one, who=str(entry.extractor.user), role=entry.get_role_display(),
            quotes=quotes.get((entry.pk, one.field), []),
        )  # fmt: skip


def _settled(member: Membership, specs: dict[int, FormSpec]) -> Iterator[Row]:
    rows = Settlement.objects.filter(review=member.review, extraction__study__in=included_studies(member.review))
    for one in rows.select_related("extraction__study", "extraction__form").order_by("pk"):
        yield _row(one.extraction, specs, one.round, one, who=SETTLED, role=one.get_chosen_display(), quotes=[])


def _row(
    extraction: Any,
    specs: dict[int, FormSpec],
    round_: int,
    told: EntryValue | Settlement,
    *,
    who: str,
    role: str,
    quotes: list[Anchor],
) -> Row:
    form: Form = extraction.form
    one = (specs.get(form.pk) or FormSpec(())).field(told.field) or Field(told.field, "text", told.field)
    pages = "; ".join(str(anchor.page) for anchor in quotes)
    words = "; ".join(anchor.quote for anchor in quotes)
    status = ValueStatus(told.status).label
    cells = (
        extraction.study.label, form.name, str(round_), one.key, one.label, who, role, status, shown(one, told.value),
        told.note, pages, words,
    )  # fmt: skip
    return form.pk, cells


def _quotes(member: Membership) -> dict[tuple[int, str], list[Anchor]]:
    found: dict[tuple[int, str], list[Anchor]] = {}
    for anchor in Anchor.objects.filter(entry__in=Entry.objects.visible_to(member).values("pk")).order_by(
        "made_at", "pk"
    ):
        found.setdefault((anchor.entry_id, anchor.field), []).append(anchor)
    return found
