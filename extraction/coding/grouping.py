"""Sets of codes beside the hierarchy, as other programs of qualitative analysis have them: made here, or brought in with a file."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from extraction.coding.exchange import LONGEST_NAME, MOST_SETS, CodeSet
from extraction.coding.models import Codebook
from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.reviews.models import Membership


def sets_of(codebook: Codebook) -> list[CodeSet]:
    """The sets of a codebook by name; one may name codes that were merged or retired since."""
    found = [CodeSet(**{**one, "codes": tuple(one["codes"])}) for one in codebook.sets]
    return sorted(found, key=lambda one: one.name.casefold())


@transaction.atomic
def keep_set(*, member: Membership, name: str, guids: Sequence[str]) -> None:
    """A set of the codes with these guids; one of the same name holds these from now on."""
    codebook, name = _codebook(member), " ".join(name.split())
    known = _known(codebook)
    if not name or len(name) > LONGEST_NAME or not known & set(guids):
        raise NotAllowedNow(f"A set has a name of at most {LONGEST_NAME} letters, and one code or more.")
    kept = {one.name: one for one in sets_of(codebook)}
    old = kept.get(name, CodeSet(str(uuid.uuid4()), name))
    made = CodeSet(old.guid, name, old.description, tuple(dict.fromkeys(one for one in guids if one in known)))
    _store(codebook, list((kept | {name: made}).values()))
    _log(member, "keep set of codes", codebook, name)


@transaction.atomic
def remove_set(*, member: Membership, guid: str) -> None:
    """Let a set go; its codes stay."""
    codebook = _codebook(member)
    sets = sets_of(codebook)
    gone = next((one for one in sets if one.guid == guid), None)
    if gone is None:
        raise NotAllowedNow("This set is removed already. Look at the codebook again.")
    _store(codebook, [one for one in sets if one.guid != guid])
    _log(member, "remove set of codes", codebook, gone.name)


@transaction.atomic
def bring_in_sets(*, member: Membership, found: Sequence[CodeSet]) -> int:
    """Add the sets of a file after its codes; one of the same guid takes what the file says. Returns how many are new or changed."""
    codebook = _codebook(member)
    known, kept = _known(codebook), {one.guid: one for one in sets_of(codebook)}
    told = {
        one.guid: CodeSet(one.guid, one.name, one.description, tuple(code for code in one.codes if code in known))
        for one in found
    }
    changed = {guid: one for guid, one in told.items() if kept.get(guid) != one}
    if changed:
        _store(codebook, list((kept | changed).values()))
        _log(member, "keep set of codes", codebook, ", ".join(one.name for one in changed.values()))
    return len(changed)


def _codebook(member: Membership) -> Codebook:
    found = Codebook.objects.select_for_update().filter(review_id=member.review_id).first()
    if found is None:
        raise NotAllowedNow("Make the codebook first.")
    return found


def _known(codebook: Codebook) -> set[str]:
    return {str(guid) for guid in codebook.codes.values_list("guid", flat=True)}


def _store(codebook: Codebook, sets: Sequence[CodeSet]) -> None:
    if len(sets) > MOST_SETS:
        raise NotAllowedNow(f"A codebook has at most {MOST_SETS} sets. Nothing was changed.")
    codebook.sets = [asdict(one) for one in sets]
    codebook.save(update_fields=["sets"])


def _log(member: Membership, verb: str, codebook: Codebook, name: str) -> None:
    subject = ("codebook", codebook.pk, codebook.name)
    audit(verb=verb, review_id=member.review_id, actor=member.user, subject=subject, after=name)
