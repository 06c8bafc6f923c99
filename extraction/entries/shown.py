"""One's own entry, as its page shows it: each field with its inputs, what was said, and the quotes that bear it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as filled
from typing import Any

from extraction.entries.filling import WITH_VALUE, Said
from extraction.entries.forms import PREFIX, Posted
from extraction.entries.models import Anchor, Entry, EntryState, ValueStatus
from extraction.entries.queue import quotes_to_check, said_of, spec_of, version_before
from extraction.tables.changes import meaning_changed
from extraction.tables.fields import Field, FormSpec
from extraction.tables.values import PARTS, equal, is_visible, shown
from screening.fulltexts.models import ReportFile
from screening.reviews.models import Membership

SPARE_ROWS = 2  # empty rows of a table, ready to be typed in


@dataclass(frozen=True, slots=True)
class Pinned:
    """A quote, with the file that it is in; None where the file is gone."""

    anchor: Anchor
    file: ReportFile | None


@dataclass(slots=True)
class Asked:
    """A field as it is shown. ``inputs`` are (name, label, text) of a field with several, ``rows`` the cells of a table."""

    field: Field
    said: Said
    text: str
    chosen: Sequence[str] = ()
    inputs: list[tuple[str, str, str]] = filled(default_factory=list)
    rows: list[list[tuple[str, str, str]]] = filled(default_factory=list)
    pins: list[Pinned] = filled(default_factory=list)
    problem: str = ""
    earlier: str = ""
    asked_before: str = ""
    said_before: str = ""
    is_hidden: bool = False

    @property
    def name(self) -> str:
        """The name of its one input."""
        return PREFIX + self.field.key


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its fields."""

    title: str
    help: str
    fields: list[Asked]


def shown_entry(member: Membership, entry: Entry, files: Sequence[ReportFile], typed: Posted | None) -> list[Part]:
    """The whole form; what was typed and refused is shown again as it was typed. A verifier begins with the entry to be checked."""
    spec = spec_of(entry.extraction.version)
    said, checked = said_of([entry])[entry.pk], checked_by(member, entry)
    base = checked if entry.state == EntryState.ASSIGNED else said
    if typed:
        base = {**base, **typed.said}
    pins, before = _pins(entry, files), asked_otherwise(entry, spec)
    values = {key: one.value for key, one in base.items() if one.status in WITH_VALUE}
    parts = []
    for section in spec.sections:
        asked = [_asked(one, base.get(one.key, Said()), typed) for one in section.fields if not one.is_automatic]
        for each in asked:
            each.pins = pins.get(each.field.key, [])
            each.is_hidden = not is_visible(spec, values, each.field.key)
            each.asked_before, each.said_before = before.get(each.field.key, ("", ""))
            each.earlier = _other(each.field, checked.get(each.field.key), each.said)
        parts.append(Part(section.title, section.help, asked))
    return parts


def checked_by(member: Membership, entry: Entry) -> dict[str, Said]:
    """What the entry says that a verifier checks; nothing for anybody else."""
    if entry.role != "verifier":
        return {}
    found = Entry.objects.visible_to(member).filter(extraction=entry.extraction_id, round=entry.round, role="extractor")
    other = found.filter(left_at__isnull=True, state=EntryState.SUBMITTED).exclude(pk=entry.pk).first()
    return said_of([other])[other.pk] if other else {}


def asked_otherwise(entry: Entry, spec: FormSpec) -> dict[str, tuple[str, str]]:
    """Field key -> what it asked and what the author said in the round before, where its meaning has changed since."""
    version = version_before(entry)
    if version is None:
        return {}
    before = spec_of(version)
    own = Entry.objects.filter(extraction=entry.extraction_id, extractor=entry.extractor_id, round=entry.round - 1)
    former = own.first()
    said = said_of([former])[former.pk] if former else {}
    olds = [old for key in meaning_changed(before, spec) if (old := before.field(key))]
    return {old.key: (old.label, _words(old, said.get(old.key, Said()))) for old in olds}


def _words(one: Field, said: Said) -> str:
    return shown(one, said.value) or ("" if said.status in WITH_VALUE else ValueStatus(said.status).label)


def _other(one: Field, checked: Said | None, said: Said) -> str:
    if checked is None or (checked.status == said.status and equal(one, checked.value, said.value)):
        return ""
    return shown(one, checked.value) or ValueStatus(checked.status).label


def _pins(entry: Entry, files: Sequence[ReportFile]) -> dict[str, list[Pinned]]:
    by_hash = {file.sha256: file for file in files}
    found: dict[str, list[Pinned]] = {}
    for anchor in [*entry.anchors.all(), *quotes_to_check(entry)]:
        found.setdefault(anchor.field, []).append(Pinned(anchor, by_hash.get(anchor.sha256)))
    return found


def _asked(one: Field, said: Said, typed: Posted | None) -> Asked:
    sent: Mapping[str, Sequence[str]] = typed.typed if typed else dict(_sent(one, said.value))
    name = PREFIX + one.key
    made = Asked(one, said, (sent.get(name) or [""])[-1], sent.get(name) or ())
    if typed:
        made.problem = typed.problems.get(one.key, "")
        status = (sent.get(f"s-{one.key}") or [said.status])[-1]
        made.said = Said(status, said.value, (sent.get(f"n-{one.key}") or [said.note])[-1])
    made.inputs = [
        (f"{name}-{part}", part, (sent.get(f"{name}-{part}") or [""])[-1]) for part in PARTS.get(one.kind, ())
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


def _sent(one: Field, value: Any) -> Iterator[tuple[str, list[str]]]:
    """What inputs would send for a value: `tables.values.clean` turned round."""
    name = PREFIX + one.key
    if value is None:
        return
    if one.kind in PARTS:
        yield from (
            (f"{name}-{part}", ["" if value.get(part) is None else str(value[part])]) for part in PARTS[one.kind]
        )
    elif one.kind == "table":
        yield from ((f"{name}-{place}", [str(row[place]) for row in value]) for place in range(len(one.columns)))
    elif isinstance(value, list):
        yield name, [str(each) for each in value]
    else:
        yield name, [str(value).lower() if isinstance(value, bool) else str(value)]


def asked_again(one: Field, typed: Posted | None = None) -> Asked:
    """The inputs of one field for a value that nobody has entered yet."""
    return _asked(one, Said(), typed)
