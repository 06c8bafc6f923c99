"""Records removed before screening: one by one, by a criterion's rule, or before their file came here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.numbers import Id, Number, RecordNumber
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.dedupe.actions import put_back, remove_by_automation, remove_record, undo_automation
from screening.dedupe.automation import Act, Preview, acts, criteria_with_rules, previews
from screening.dedupe.declaring import declare_removal, declared_removals, withdraw_declaration
from screening.dedupe.models import DeclaredRemoval, RemovedAs
from screening.protocol.models import Criterion
from screening.records.models import Record
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
DECLARED = "/reviews/{slug}/removals/declared"
RULES = "/reviews/{slug}/removals/rules"
RECORD = "/reviews/{slug}/records/{number}"
DECLARES: dict[str, Any] = {"permission": Permission.IMPORT, "scope": Scope.MANAGE}
REMOVES: dict[str, Any] = {"permission": Permission.REMOVE_RECORDS, "scope": Scope.MANAGE}
MOST = 10_000_000
Key = Annotated[str, Path(max_length=40)]


class RemovalSent(Sent):
    """A reason, in words."""

    reason: str = Field(min_length=1, max_length=200)


class DeclaredSent(Sent):
    """How many records of a source and search were removed before the file came here, why, and with which tool."""

    search: Number = Field(description="Number of the search.")
    source: Number = Field(description="Id of the source.")
    removed_as: RemovedAs
    n: int = Field(ge=1, le=MOST)
    tool: str = Field("", max_length=100)


class DeclaredShown(DeclaredSent):
    """A declaration that holds: it adds ``n`` to the records identified and to those removed."""

    id: int
    by: str
    at: datetime


class DeclaredList(Schema):
    """Every declaration that holds, in order."""

    items: list[DeclaredShown]


class RuleShown(Schema):
    """What a criterion's rule says of the records in play: how many would be removed, and how many stay and why."""

    key: str
    criterion: str
    rule: str
    would_remove: int
    voted: int
    merged: int
    met: int
    unknown: int


class ByRule(Schema):
    """One removal by a rule; ``records`` are those still removed. ``number`` counts from the first one of the review."""

    number: int
    at: datetime
    by: str
    reason: str
    records: int


class Rules(Schema):
    """Every criterion with a rule, and what was removed so, the newest first."""

    items: list[RuleShown]
    acts: list[ByRule]


class NumberSeen(Sent):
    """The number that was read, so that nothing else is removed than was looked at."""

    records: int = Field(ge=1, le=MOST)


class HowMany(Schema):
    """How many records were removed, or are back."""

    records: int


@opens(router, "POST", f"{RECORD}/remove", gives=None, status=204, **REMOVES)
def remove_one_record(request: HttpRequest, member: Membership, number: RecordNumber, sent: RemovalSent) -> None:
    """Take a record out before screening, for another reason than duplication."""
    remove_record(member=member, record=_record(member, number), reason=sent.reason)


@opens(router, "POST", f"{RECORD}/put-back", gives=None, status=204, **REMOVES)
def put_record_back(request: HttpRequest, member: Membership, number: RecordNumber) -> None:
    """Undo a removal."""
    put_back(member=member, record=_record(member, number))


@opens(router, "GET", DECLARED, Permission.SEE_RESULTS, gives=DeclaredList)
def list_declared_removals(request: HttpRequest, member: Membership) -> DeclaredList:
    """Removals before import, as somebody declared them."""
    return DeclaredList(items=[_declared(one) for one in declared_removals(member.review)])


@opens(router, "POST", DECLARED, gives=DeclaredShown, status=201, **DECLARES)
def declare_removed_records(request: HttpRequest, member: Membership, sent: DeclaredSent) -> DeclaredShown:
    """Declare records that were removed before their file came here; the flow marks them as declared."""
    run = member.review.search_runs.filter(number=sent.search).first()
    source = member.review.sources.filter(pk=sent.source).first()
    if run is None or source is None:
        raise BadInput("search: there is none of this number." if run is None else "source: there is none of this id.")
    made = declare_removal(member=member, run=run, source=source, removed_as=sent.removed_as, n=sent.n, tool=sent.tool)
    return _declared(made)


@opens(router, "POST", f"{DECLARED}/{{declared_id}}/withdraw", gives=None, status=204, **DECLARES)
def withdraw_declared_removal(request: HttpRequest, member: Membership, declared_id: Id) -> None:
    """Take a declaration back."""
    declared = get_object_or_404(DeclaredRemoval, pk=declared_id, review=member.review)
    withdraw_declaration(member=member, declared=declared)


@opens(router, "GET", RULES, Permission.REMOVE_RECORDS, gives=Rules)
def list_removal_rules(request: HttpRequest, member: Membership) -> Rules:
    """What each criterion's rule would remove, in numbers, and what was removed so."""
    return _rules(member)


@opens(router, "POST", f"{RULES}/{{key}}/remove", gives=HowMany, **REMOVES)
def remove_records_by_rule(request: HttpRequest, member: Membership, key: Key, sent: NumberSeen) -> HowMany:
    """Mark the records that the rule calls not met as ineligible; refused where they are another number by now."""
    criterion = _criterion(member, key)
    return HowMany(records=remove_by_automation(member=member, criterion=criterion, expected=sent.records))


@opens(router, "POST", f"{RULES}/acts/{{act_number}}/undo", gives=HowMany, **REMOVES)
def undo_removal_by_rule(request: HttpRequest, member: Membership, act_number: Id) -> HowMany:
    """Put back what one act removed."""
    found = _numbered(member).get(act_number)
    if found is None:
        raise Http404
    return HowMany(records=undo_automation(member=member, act=found.event.pk))


def _record(member: Membership, number: int) -> Record:
    return get_object_or_404(Record, review=member.review, number=number, standing__isnull=False)


def _criterion(member: Membership, key: str) -> Criterion:
    found = next((one for one in criteria_with_rules(member.review) if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _declared(one: DeclaredRemoval) -> DeclaredShown:
    return DeclaredShown(
        id=one.pk, search=one.run.number, source=one.source_id, removed_as=RemovedAs(one.removed_as), n=one.n, tool=one.tool,
        by=str(one.by), at=one.at,
    )  # fmt: skip


def _rules(member: Membership) -> Rules:
    found = previews(member.review, criteria_with_rules(member.review))
    return Rules(
        items=[_rule(one) for one in found], acts=[_act(number, one) for number, one in _numbered(member).items()]
    )


def _numbered(member: Membership) -> dict[int, Act]:
    """The acts by number, the newest first: ids in the log would tell how much is sealed between them."""
    found = acts(member)
    return {len(found) - place: one for place, one in enumerate(found)}


def _rule(one: Preview) -> RuleShown:
    return RuleShown(
        key=one.criterion.key, criterion=one.criterion.label, rule=one.rule, would_remove=len(one.ineligible), voted=one.voted,
        merged=one.merged, met=one.met, unknown=one.unknown,
    )  # fmt: skip


def _act(number: int, one: Act) -> ByRule:
    event = one.event
    return ByRule(number=number, at=event.at, by=event.actor_name, reason=event.reason, records=one.records)
