"""A form with its inputs, as the pages of entries and of previews show it: what was said, what follows from it, the quotes that bear it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as filled
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from extraction.entries.filling import WITH_VALUE, Said, figures, values_of
from extraction.entries.forms import PREFIX, Posted
from extraction.entries.models import Anchor, Entry, EntryState, ValueStatus
from extraction.entries.queue import quotes_to_check, said_of, spec_of
from extraction.tables.changes import Change, differences
from extraction.tables.countries import COUNTRIES
from extraction.tables.fields import CHOOSING, Field, FormSpec
from extraction.tables.meaning import equal, is_visible, shown
from extraction.tables.values import PARTS, typed_of
from screening.fulltexts.models import ReportFile
from screening.reviews.models import Membership

SPARE_ROWS = 2  # empty rows of a table, ready to be typed in
#: Labels of inputs whose name alone would not tell.
_LABELS = {
    ("number", "n"): "Number", ("proportion", "n"): "n", ("proportion", "N"): "N", ("proportion", "percent"): "%",
    ("sample", "note"): "Remark",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pinned:
    """A quote, with the file that it is in; None where the file is gone."""

    anchor: Anchor
    file: ReportFile | None


@dataclass(slots=True)
class Asked:
    """A field as it is shown. ``inputs`` are (name, label, text) of a field with several, ``rows`` the cells of a table.

    ``gone`` are (key, label) of chosen answers that the form no longer has: they stay until their author chooses another.
    """

    field: Field
    said: Said
    text: str
    chosen: Sequence[str] = ()
    inputs: list[tuple[str, str, str]] = filled(default_factory=list)
    rows: list[list[tuple[str, str, str]]] = filled(default_factory=list)
    gone: list[tuple[str, str]] = filled(default_factory=list)
    pins: list[Pinned] = filled(default_factory=list)
    problem: str = ""
    earlier: str = ""
    change: Change | None = None
    said_before: str = ""
    is_hidden: bool = False

    @property
    def name(self) -> str:
        """The name of its one input."""
        return PREFIX + self.field.key

    @property
    def is_group(self) -> bool:
        """True where it has several inputs, each with a label of its own."""
        return bool(self.inputs or self.rows) or self.field.kind == "choices"

    @property
    def country_options(self) -> SafeString:
        """Every country to choose from. Written once for all fields, since a form of six such fields has 1,500 of them."""
        options = _country_options()
        chosen = {code: options[code].replace(">", " selected>", 1) for code in self.chosen if code in options}
        return SafeString("".join((options | chosen).values()))


@cache
def _country_options() -> dict[str, str]:
    return {code: format_html('<option value="{}">{}</option>', code, name) for code, name in COUNTRIES.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its fields."""

    title: str
    help: str
    fields: list[Asked]


def shown_form(spec: FormSpec, base: Mapping[str, Said], typed: Posted | None) -> list[Part]:
    """Every field with its inputs; what was typed and refused is shown again as it was typed."""
    base = {**base, **typed.said} if typed else base
    values, computed = values_of(base), figures(spec, base)
    parts = []
    for section in spec.sections:
        fields = [_asked(one, base.get(one.key, Said()), typed) for one in section.fields]
        for each in fields:
            each.is_hidden = not is_visible(spec, values, each.field.key)
            if each.field.is_automatic:
                each.text = computed.get(each.field.key, "")
        parts.append(Part(section.title, section.help, fields))
    return parts


def shown_entry(member: Membership, entry: Entry, files: Sequence[ReportFile], typed: Posted | None) -> list[Part]:
    """The whole form of one's own entry. A verifier begins with the entry to be checked."""
    spec = spec_of(entry.extraction.version)
    said, checked = said_of([entry])[entry.pk], checked_by(member, entry)
    parts = shown_form(spec, checked if entry.state == EntryState.ASSIGNED else said, typed)
    pins, before = pins_of(entry, files), answered_in(entry)
    changes = {one.key: one for one in differences(before, spec) if one.touches} if before else {}
    former = _former(entry) if changes else {}
    for each in (one for part in parts for one in part.fields):
        key = each.field.key
        old = before.field(key) if before else None
        each.pins, each.change = pins.get(key, []), changes.get(key)
        each.gone = _gone(each, old)
        each.said_before = _words(old, former[key]) if old and each.change and key in former else ""
        each.earlier = _other(each.field, checked.get(key), each.said)
    return parts


def answered_in(entry: Entry) -> FormSpec | None:
    """The form that the author last answered as a whole, where the extraction has gone on to a later version of it."""
    if entry.version is None or entry.version_id == entry.extraction.version_id:
        return None
    return spec_of(entry.version)


def _former(entry: Entry) -> dict[str, Said]:
    """What the author said in the round before."""
    own = Entry.objects.filter(extraction=entry.extraction_id, extractor=entry.extractor_id, round=entry.round - 1)
    former = own.first()
    return said_of([former])[former.pk] if former else {}


def _gone(asked: Asked, old: Field | None) -> list[tuple[str, str]]:
    if asked.field.kind not in CHOOSING:
        return []
    known = {"", *(one.key for one in asked.field.options)}
    return [(key, old.label_of(key) if old else key) for key in asked.chosen if key not in known]


def checked_by(member: Membership, entry: Entry) -> dict[str, Said]:
    """What the entry says that a verifier checks; nothing for anybody else."""
    if entry.role != "verifier":
        return {}
    found = Entry.objects.visible_to(member).filter(extraction=entry.extraction_id, round=entry.round, role="extractor")
    other = found.filter(left_at__isnull=True, state=EntryState.SUBMITTED).exclude(pk=entry.pk).first()
    return said_of([other])[other.pk] if other else {}


def _words(one: Field, said: Said) -> str:
    return shown(one, said.value) or ("" if said.status in WITH_VALUE else ValueStatus(said.status).label)


def _other(one: Field, checked: Said | None, said: Said) -> str:
    if checked is None or (checked.status == said.status and equal(one, checked.value, said.value)):
        return ""
    return shown(one, checked.value) or ValueStatus(checked.status).label


def pins_of(entry: Entry, files: Sequence[ReportFile]) -> dict[str, list[Pinned]]:
    """Field key -> its quotes, each with its file; those with which a verifier begins among them."""
    by_hash = {file.sha256: file for file in files}
    found: dict[str, list[Pinned]] = {}
    for anchor in [*entry.anchors.all(), *quotes_to_check(entry)]:
        found.setdefault(anchor.field, []).append(Pinned(anchor, by_hash.get(anchor.sha256)))
    return found


def _asked(one: Field, said: Said, typed: Posted | None) -> Asked:
    sent: Mapping[str, Sequence[str]] = typed.typed if typed else typed_of(one, said.value, PREFIX)
    name = PREFIX + one.key
    made = Asked(one, said, (sent.get(name) or [""])[-1], sent.get(name) or ())
    if typed:
        made.problem = typed.problems.get(one.key, "")
        status = (sent.get(f"s-{one.key}") or [said.status])[-1]
        made.said = Said(status, said.value, (sent.get(f"n-{one.key}") or [said.note])[-1])
    usual = {} if typed or said.value else {"unit": one.unit}
    made.inputs = [
        (
            f"{name}-{part}",
            _LABELS.get((one.kind, part), part.capitalize()),
            (sent.get(f"{name}-{part}") or [usual.get(part, "")])[-1],
        )
        for part in PARTS.get(one.kind, ())
    ]
    if one.kind == "table":
        cells = [list(sent.get(f"{name}-{place}") or ()) for place in range(len(one.columns))]
        many = max(map(len, cells)) + (0 if typed else SPARE_ROWS)
        made.rows = [
            [(f"{name}-{place}", heading, cells[place][row] if row < len(cells[place]) else "")
             for place, heading in enumerate(one.columns)]
            for row in range(many)
        ]  # fmt: skip
    return made


def asked_again(one: Field, typed: Posted | None = None) -> Asked:
    """The inputs of one field for a value that nobody has entered yet."""
    return _asked(one, Said(), typed)
