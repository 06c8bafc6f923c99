"""Sets of codes beside the hierarchy of the codebook."""

from __future__ import annotations

import uuid
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from extraction.api.codebook import AT, EDITS
from extraction.coding.grouping import keep_set, remove_set, sets_of
from extraction.coding.queue import codebook_of, codes
from screening.api.access import opens
from screening.api.operations.numbers import Number
from screening.api.problems import BadInput, Sent
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
SETS = f"{AT}/sets"


class SetShown(Schema):
    """A set; ``codes`` are ids of codes in use."""

    guid: uuid.UUID
    name: str
    description: str
    codes: list[int]


class SetsShown(Schema):
    """Every set, by name."""

    items: list[SetShown]


class SetSent(Sent):
    """A set of these codes, by their ids; one of the same name holds these from now on."""

    name: str = Field(min_length=1, max_length=200)
    codes: Annotated[list[Number], Field(min_length=1, max_length=2000)]


class SetGone(Sent):
    """The set that goes."""

    guid: uuid.UUID


@opens(router, "GET", SETS, Permission.SEE_RESULTS, gives=SetsShown)
def list_code_sets(request: HttpRequest, member: Membership) -> SetsShown:
    """The sets of codes."""
    return _shown(member)


@opens(router, "PUT", SETS, gives=SetsShown, **EDITS)
def keep_code_set(request: HttpRequest, member: Membership, sent: SetSent) -> SetsShown:
    """Make a set, or change the one of this name."""
    guids = {code.id: code.guid for code in codes(member.review)}
    if missing := [one for one in sent.codes if one not in guids]:
        raise BadInput(f"codes: the codebook has no code {missing[0]} in use.")
    keep_set(member=member, name=sent.name, guids=[guids[one] for one in sent.codes])
    return _shown(member)


@opens(router, "POST", f"{SETS}/remove", gives=SetsShown, **EDITS)
def remove_code_set(request: HttpRequest, member: Membership, sent: SetGone) -> SetsShown:
    """Let a set go; its codes stay."""
    remove_set(member=member, guid=str(sent.guid))
    return _shown(member)


def _shown(member: Membership) -> SetsShown:
    codebook = codebook_of(member.review)
    ids = {code.guid: code.id for code in codes(member.review)}
    return SetsShown(
        items=[
            SetShown(guid=uuid.UUID(one.guid), name=one.name, description=one.description,
                     codes=[ids[guid] for guid in one.codes if guid in ids])
            for one in (sets_of(codebook) if codebook else [])
        ]
    )  # fmt: skip
