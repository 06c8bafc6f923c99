"""Acts on the codebook. Merging, splitting, renaming and retiring have a reason and are undone; no coding is ever moved by them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from extraction.coding.exchange import LONGEST_LEVEL, LONGEST_NAME, LONGEST_TEXT, CodeFacts
from extraction.coding.hierarchy import CodeRow
from extraction.coding.models import (
    Code,
    CodeAct,
    Codebook,
    CodebookVersion,
    CodeChange,
    CodeStatus,
    Coding,
    CodingMode,
)
from extraction.coding.presets import preset_named
from extraction.coding.queue import codes
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership

#: What `edit_code` may change; the name is changed by `rename_code`.
EDITABLE = (
    "definition", "include_when", "exclude_when", "example", "level", "direction", "colour",
)  # fmt: skip


def _log(member: Membership, verb: str, code: Code, **said: Any) -> None:
    audit(verb=verb, review_id=member.review_id, actor=member.user, subject=("code", code.pk, code.name), **said)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise NotAllowedNow("Give a reason, so that the others understand the change. Nothing was changed.")
    return reason.strip()


@transaction.atomic
def make_codebook(
    *, member: Membership, name: str, mode: str = CodingMode.CODEBOOK, preset: str = "blank", threshold: int = 50
) -> Codebook:
    """The codebook of the review, with the levels and codes of a preset. Raises NotAllowedNow where there is one already."""
    chosen, name = preset_named(preset), _short("The name of a codebook", name, 120)
    if chosen is None or mode not in CodingMode.values or not 1 <= threshold <= 100 or not name:
        raise NotAllowedNow("Choose a name, a way of coding, a beginning, and a threshold from 1 to 100.")
    if Codebook.objects.filter(review_id=member.review_id).exists():
        raise NotAllowedNow("This review has a codebook already. Add codes to it.")
    codebook = Codebook.objects.create(
        review_id=member.review_id, name=name, mode=mode, preset=preset, levels=list(chosen.levels), threshold=threshold
    )  # fmt: skip
    Code.objects.bulk_create(
        Code(review_id=member.review_id, codebook=codebook, name=code, level=level, position=place)
        for place, (level, code) in enumerate(chosen.codes, start=1)
    )
    said = {"mode": mode, "preset": preset, "threshold": threshold}
    audit(
        verb="make codebook", review_id=member.review_id, actor=member.user,
        subject=("codebook", codebook.pk, codebook.name), after=said,
    )  # fmt: skip
    return codebook


@transaction.atomic
def change_mode(*, member: Membership, codebook: Codebook, mode: str) -> None:
    """Another way of coding, while nobody has begun: a change would unseal what was coded in confidence, or seal what all saw."""
    if mode not in CodingMode.values:
        raise NotAllowedNow("Choose one of the ways of coding.")
    if Coding.objects.filter(review_id=member.review_id).exists():
        raise NotAllowedNow("Coding has begun, so the way of coding stays as it is.")
    before = codebook.mode
    Codebook.objects.filter(pk=codebook.pk).update(mode=mode)
    audit(
        verb="change way of coding", review_id=member.review_id, actor=member.user,
        subject=("codebook", codebook.pk, codebook.name), before=before, after=mode,
    )  # fmt: skip


@transaction.atomic
def add_code(*, member: Membership, name: str, parent: Code | None = None, guid: str = "", **said: str) -> Code:
    """A code at the end of the codebook; ``said`` are the fields of `EDITABLE`. A level that is new joins the levels."""
    codebook, name = _codebook(member), _short("The name of a code", name, LONGEST_NAME)
    last = Code.objects.filter(codebook=codebook).aggregate(last=Max("position"))["last"] or 0
    fields = _cleaned(codebook, said)
    if not name:
        raise NotAllowedNow("A code needs a name.")
    try:
        with transaction.atomic():
            code = Code.objects.create(
                review_id=member.review_id, codebook=codebook, name=name, parent=parent, position=last + 1,
                guid=guid or uuid.uuid4(), **fields,
            )  # fmt: skip
    except IntegrityError as clash:
        raise NotAllowedNow(_taken(name)) from clash
    _log(member, "add code", code, after=fields)
    return code


def _codebook(member: Membership) -> Codebook:
    found = Codebook.objects.select_for_update().filter(review_id=member.review_id).first()
    if found is None:
        raise NotAllowedNow("Make the codebook first.")
    return found


def _taken(name: str) -> str:
    return f"There is a code called {name.strip()} at this place already. Choose another name, level or direction."


def _short(what: str, text: str, most: int) -> str:
    kept = text.strip()
    if len(kept) > most:
        raise NotAllowedNow(
            f"{what} has at most {most:,} letters; this has {len(kept):,}. Shorten it; nothing was changed."
        )
    return kept


def _cleaned(codebook: Codebook, said: dict[str, str]) -> dict[str, str]:
    unknown = set(said) - set(EDITABLE)
    if unknown:
        raise TypeError(f"A code has no {', '.join(sorted(unknown))}.")
    fields = {
        key: _short(f"The {key.replace('_', ' ')} of a code", value, LONGEST_LEVEL if key == "level" else LONGEST_TEXT)
        for key, value in said.items()
    }
    level = fields.get("level", "")
    if level and level not in codebook.levels:
        codebook.levels = [*codebook.levels, level]
        codebook.save(update_fields=["levels"])
    return fields


@transaction.atomic
def edit_code(*, member: Membership, code: Code, **said: str) -> None:
    """Another definition, rule, example, level, direction or colour."""
    fields = _cleaned(_codebook(member), said)
    before = {key: getattr(code, key) for key in fields if getattr(code, key) != fields[key]}
    if not before:
        return
    try:
        with transaction.atomic():
            Code.objects.filter(pk=code.pk).update(**fields)
    except IntegrityError as clash:
        raise NotAllowedNow(_taken(code.name)) from clash
    _log(member, "edit code", code, before=before, after={key: fields[key] for key in before})


@transaction.atomic
def move_code(*, member: Membership, code: Code, parent: Code | None, before: Code | None = None) -> None:
    """Below another code (None: at the top), and before ``before`` or at the end. A code cannot stand below itself."""
    codebook = _codebook(member)
    above = parent
    while above is not None:
        if above.pk == code.pk:
            raise NotAllowedNow("A code cannot stand below itself or below a code of its own.")
        above = above.parent
    Code.objects.filter(pk=code.pk).update(parent=parent)
    order = [one for one in Code.objects.filter(codebook=codebook).values_list("pk", flat=True) if one != code.pk]
    order.insert(order.index(before.pk) if before is not None and before.pk in order else len(order), code.pk)
    moved = [Code(pk=pk, position=place) for place, pk in enumerate(order, start=1)]
    Code.objects.bulk_update(moved, ["position"], batch_size=500)
    _log(member, "move code", code, after={"below": parent.name if parent else ""})


@transaction.atomic
def merge_codes(*, member: Membership, code: Code, into: Code, reason: str) -> CodeChange:
    """``into`` speaks for ``code`` from here on: codings stay where they are, so that undoing restores everything (I46)."""
    _codebook(member)
    for one in (code, into):
        _refuse_unless_speaking(one)
    if code.pk == into.pk:
        raise NotAllowedNow("Choose two different codes to merge.")
    change = _changed(member, code, CodeAct.MERGE, reason, into=into, before={"status": code.status})
    Code.objects.filter(pk=code.pk).update(status=CodeStatus.MERGED, merged_into=into)
    _log(member, "merge codes", code, after={"into": into.name}, reason=reason)
    return change


def _refuse_unless_speaking(code: Code) -> None:
    code.refresh_from_db()
    if code.status not in (CodeStatus.ACTIVE, CodeStatus.SPLIT):
        raise NotAllowedNow(f"{code.name} is not in use any more. Look at the codebook again.")


def _changed(
    member: Membership, code: Code, act: CodeAct, reason: str, *, before: dict[str, Any], into: Code | None = None
) -> CodeChange:
    return CodeChange.objects.create(
        review_id=member.review_id, code=code, act=act, into=into, reason=_reason(reason), before=before, made_by=member
    )


@transaction.atomic
def split_code(*, member: Membership, code: Code, names: Sequence[str], reason: str) -> CodeChange:
    """New codes below ``code``, which takes no new codings; what it holds already stays with it until it is coded anew."""
    _codebook(member)
    _refuse_unless_speaking(code)
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(wanted) < 2:
        raise NotAllowedNow("A code is split into two or more: write one name a line.")
    parts = [
        add_code(member=member, name=name, parent=code, level=code.level, direction=code.direction) for name in wanted
    ]
    before = {"parts": [str(part.guid) for part in parts], "status": code.status}
    change = _changed(member, code, CodeAct.SPLIT, reason, before=before)
    Code.objects.filter(pk=code.pk).update(status=CodeStatus.SPLIT)
    _log(member, "split code", code, after={"parts": wanted}, reason=reason)
    return change


@transaction.atomic
def rename_code(*, member: Membership, code: Code, name: str, reason: str) -> CodeChange:
    """Another name for the same code; its guid stays."""
    _codebook(member)
    _refuse_unless_speaking(code)
    name = _short("The name of a code", name, LONGEST_NAME)
    if not name or name == code.name:
        raise NotAllowedNow("Write the new name of the code.")
    change = _changed(member, code, CodeAct.RENAME, reason, before={"name": code.name, "after": name})
    _update(code, name=name)
    _log(member, "rename code", code, before=code.name, after=name, reason=reason)
    return change


def _update(code: Code, **fields: Any) -> None:
    try:
        with transaction.atomic():
            Code.objects.filter(pk=code.pk).update(**fields)
    except IntegrityError as clash:
        raise NotAllowedNow(_taken(fields.get("name", code.name))) from clash


@transaction.atomic
def retire_code(*, member: Membership, code: Code, reason: str) -> CodeChange:
    """The code and its codings leave the counts; nothing is deleted."""
    _codebook(member)
    _refuse_unless_speaking(code)
    change = _changed(member, code, CodeAct.RETIRE, reason, before={"status": code.status})
    Code.objects.filter(pk=code.pk).update(status=CodeStatus.RETIRED)
    _log(member, "retire code", code, reason=reason)
    return change


@transaction.atomic
def undo_change(*, member: Membership, change: CodeChange) -> None:
    """Take back a merge, split, rename or retirement. Parts of a split that is undone are merged into the code that they came from."""
    _codebook(member)
    change.refresh_from_db()
    if change.undone_at is not None:
        raise NotAllowedNow("This change is undone already.")
    code = change.code
    if not _stands(change, code):
        raise NotAllowedNow(f"{code.name} was changed again since. Undo the later change first.")
    if change.act == CodeAct.RENAME:
        _update(code, name=change.before["name"])
    else:
        _update(code, status=change.before["status"], merged_into=None)
    if change.act == CodeAct.SPLIT:
        parts = Code.objects.filter(
            codebook=code.codebook_id, guid__in=change.before["parts"], status=CodeStatus.ACTIVE
        )
        parts.update(status=CodeStatus.MERGED, merged_into=code)
    CodeChange.objects.filter(pk=change.pk).update(undone_at=timezone.now(), undone_by=member)
    _log(member, "undo change of code", code, after={"act": change.act})


def _stands(change: CodeChange, code: Code) -> bool:
    """True where the code is still as the change left it."""
    left = {CodeAct.MERGE: CodeStatus.MERGED, CodeAct.SPLIT: CodeStatus.SPLIT, CodeAct.RETIRE: CodeStatus.RETIRED}
    if change.act == CodeAct.RENAME:
        return bool(code.name == change.before["after"])
    return code.status == left[CodeAct(change.act)] and code.merged_into_id == change.into_id


@transaction.atomic
def freeze_codebook(*, member: Membership, reason: str) -> CodebookVersion:
    """Keep the codebook as it stands now, with the reason."""
    codebook = _codebook(member)
    number = (codebook.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = CodebookVersion.objects.create(
        review_id=member.review_id, codebook=codebook, number=number, reason=_reason(reason), made_by=member,
        content=[_as_json(one) for one in facts_of(codes(member.review))],
    )  # fmt: skip
    audit(
        verb="freeze codebook", review_id=member.review_id, actor=member.user,
        subject=("codebook", codebook.pk, codebook.name), after={"version": number}, reason=reason,
    )  # fmt: skip
    return version


def facts_of(rows: Sequence[CodeRow]) -> list[CodeFacts]:
    """The codes as files know them: by guid."""
    guids = {row.id: row.guid for row in rows}
    return [
        CodeFacts(
            guid=row.guid, name=row.name, definition=row.definition, include_when=row.include_when, exclude_when=row.exclude_when,
            example=row.example, level=row.level, direction=row.direction, colour=row.colour,
            parent=guids.get(row.parent_id or 0, ""), codable=row.status == CodeStatus.ACTIVE,
        )
        for row in rows
    ]  # fmt: skip


def _as_json(code: CodeFacts) -> dict[str, Any]:
    return {name: getattr(code, name) for name in CodeFacts.__slots__}


@transaction.atomic
def bring_in_codes(*, member: Membership, found: Sequence[CodeFacts]) -> tuple[int, int]:
    """Add the codes of a file; returns (added, changed). A code of the same guid takes what the file says and keeps its name."""
    codebook = _codebook(member)
    known = {str(code.guid): code for code in Code.objects.filter(codebook=codebook)}
    added = changed = 0
    for code in _parents_first(found):
        said = {name: getattr(code, name) for name in EDITABLE}
        if code.guid in known:
            before = {name: getattr(known[code.guid], name) for name in EDITABLE}
            edit_code(member=member, code=known[code.guid], **said)
            changed += before != said
            continue
        parent = known.get(code.parent)
        known[code.guid] = add_code(member=member, name=code.name, parent=parent, guid=code.guid, **said)
        added += 1
        if not code.codable:
            Code.objects.filter(pk=known[code.guid].pk).update(status=CodeStatus.SPLIT)
    for code in found:
        parent = known.get(code.parent)
        own = known[code.guid]
        if parent is not None and own.parent_id is None and not _is_below(parent, own, known):
            Code.objects.filter(pk=own.pk).update(parent=parent)
            own.parent = parent
    return added, changed


def _parents_first(found: Sequence[CodeFacts]) -> list[CodeFacts]:
    """Each code after the one that it stands below, else in the order of the file; a circle stays as it comes."""
    waiting, guids = list(found), {code.guid for code in found}
    ordered: list[CodeFacts] = []
    while waiting:
        placed = {code.guid for code in ordered}
        ready = [code for code in waiting if code.parent not in guids or code.parent in placed] or waiting
        ordered += ready
        waiting = [code for code in waiting if code not in ready]
    return ordered


def _is_below(code: Code, other: Code, known: dict[str, Code]) -> bool:
    """True where ``code`` is ``other`` or stands below it."""
    by_key = {one.pk: one for one in known.values()}
    place: Code | None = code
    while place is not None:
        if place.pk == other.pk:
            return True
        place = by_key.get(place.parent_id or 0)
    return False
