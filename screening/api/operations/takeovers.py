"""Votes that were cast in another program: a file of them, what would come of it, who is who, and bringing them in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.files import CSV, as_page
from screening.api.operations.jobs import JobShown, job_shown
from screening.api.operations.numbers import Id, Number
from screening.api.operations.screening import StageName, stage_of
from screening.api.problems import BadInput, Sent
from screening.api.scopes import Scope
from screening.decisions.bringing_in import LEFT_OUT
from screening.decisions.verdict import Stage
from screening.decisions.votes_file import VotesFile
from screening.imports.parsed import Refusal
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.takeovers import actions
from screening.takeovers.models import Takeover, TakeoverState
from screening.takeovers.queue import criteria_of, job_of, takeovers_of, team_of
from screening.takeovers.trying import Fit, fit_of, misfits_of, read
from screening.takeovers.views import takeover_misfits

router = Router()
AT = "/reviews/{slug}/votes-made-elsewhere"
ONE = f"{AT}/{{takeover_id}}"
BRINGS: dict[str, Any] = {"permission": Permission.BRING_IN_VOTES, "scope": Scope.MANAGE}
LISTED = 100
Words = Annotated[str, Field(max_length=300)]
Decided = Literal["", "include", "exclude"]


class VoteFileRow(Schema):
    """A file of votes, and how far it has come."""

    id: int
    stage: StageName
    state: TakeoverState
    file: str
    format: str
    uploaded_by: str
    at: datetime
    ended_at: datetime | None


class VoteFiles(Schema):
    """Every file that was not set aside, the newest first."""

    items: list[VoteFileRow]


class PersonShown(Schema):
    """A name in the file, how many rows bear it, and the member that it is; null while that is open, or where its rows are left out."""

    name: str
    rows: int
    member: int | None
    left_out: bool


class ReasonShown(Schema):
    """A reason in the file, and the key of the criterion that it is; empty for none."""

    reason: str
    criterion: str


class Misfit(Schema):
    """A row that is not brought in, and why."""

    line: int
    record: str
    reviewer: str
    why: str


class Tried(Schema):
    """What would come of the file, or what came of it: every row is in one place."""

    votes: int
    rulings: int
    here_already: int = Field(description="Rows whose reviewer has voted here: kept as cast.")
    not_fitting: int
    lines: list[Misfit] = Field(description="The first hundred that do not fit; not-brought-in.csv has all.")


class VoteFileShown(VoteFileRow):
    """The same with what is in the file, for whoever uploaded it alone; null to others."""

    encodings: list[str] = Field(description="Those in which it may be read, where that is not clear.")
    people: list[PersonShown] | None
    reasons: list[ReasonShown] | None
    asks_decision: bool = Field(
        description="Whether the file leaves open what was decided about its rows: send `whole`."
    )
    whole: Decided
    left_out: list[str] = Field(description="What of a zip is not read, in a sentence each.")
    tried: Tried | None
    job: JobShown | None


class StageSent(Sent):
    """The stage at which the votes were cast."""

    stage: StageName


class MappingSent(Sent):
    """Who is who and which reason is which criterion; what is left out stays as it is."""

    encoding: Annotated[str, Field(max_length=40)] = Field("", description="One of `encodings`.")
    people: dict[Words, Number | None] = Field(
        {}, max_length=500, description="Id of a member; null leaves the rows out."
    )
    reasons: dict[Words, Annotated[str, Field(max_length=40)]] = Field({}, max_length=500)
    whole: Decided | None = None


@opens(router, "GET", AT, Permission.BRING_IN_VOTES, gives=VoteFiles)
def list_vote_files(request: HttpRequest, member: Membership) -> VoteFiles:
    """Files of votes made elsewhere."""
    return VoteFiles(items=[VoteFileRow(**_about(one)) for one in takeovers_of(member.review)])


@opens(router, "POST", AT, gives=VoteFileShown, status=201, **BRINGS)
def upload_votes(
    request: HttpRequest, member: Membership, file: File[UploadedFile], sent: Form[StageSent]
) -> VoteFileShown:
    """Upload a file of votes (CSV, xlsx, Rayyan, Covidence, EPPI-Reviewer) and try it: nothing is brought in yet.

    `tried` says what would come of it, `people` and `reasons` what still has to be said.
    """
    received = actions.receive(member=member, stage=stage_of(sent.stage), upload=file, name=file.name or "")
    return _shown(member, received)


@opens(router, "GET", ONE, Permission.BRING_IN_VOTES, gives=VoteFileShown)
def read_vote_file(request: HttpRequest, member: Membership, takeover_id: Id) -> VoteFileShown:
    """One file: what would come of it as the review stands now, how far it is, or what came of it."""
    return _shown(member, _one(member, takeover_id))


@opens(router, "PUT", f"{ONE}/mapping", gives=VoteFileShown, **BRINGS)
def map_vote_file(request: HttpRequest, member: Membership, takeover_id: Id, sent: MappingSent) -> VoteFileShown:
    """Say who is who and which reason is which criterion, and try again."""
    one = _one(member, takeover_id)
    if sent.encoding:
        _refuse_unless_offered(one, sent.encoding)
        actions.choose_encoding(takeover=one, member=member, encoding=sent.encoding)
        one = _one(member, takeover_id)
    _refuse_unknown(member, one, sent)
    people = {name: pk or LEFT_OUT for name, pk in sent.people.items()}
    actions.map_file(
        takeover=one, member=member, people={**one.people, **people}, reasons={**one.reasons, **sent.reasons},
        whole=one.whole if sent.whole is None else sent.whole,
    )  # fmt: skip
    return _shown(member, _one(member, takeover_id))


@opens(router, "POST", f"{ONE}/bring-in", gives=VoteFileShown, status=202, **BRINGS)
def bring_votes_in(request: HttpRequest, member: Membership, takeover_id: Id) -> VoteFileShown:
    """Bring the rows that fit in; a worker does it. Read the file until its `state` is `done`."""
    actions.apply(takeover=_one(member, takeover_id), member=member)
    return _shown(member, _one(member, takeover_id))


@opens(router, "POST", f"{ONE}/set-aside", gives=None, status=204, **BRINGS)
def set_vote_file_aside(request: HttpRequest, member: Membership, takeover_id: Id) -> None:
    """Take the file off the list; nothing of it is brought in."""
    actions.set_aside(takeover=_one(member, takeover_id), member=member)


@opens(router, "GET", f"{ONE}/not-brought-in.csv", Permission.BRING_IN_VOTES, gives=None, files=(CSV,))
def read_votes_not_brought_in(request: HttpRequest, member: Membership, takeover_id: Id) -> HttpResponseBase:
    """Every row that does not fit, or was not brought in, with the reason."""
    return as_page(takeover_misfits)(request, member, takeover_id=takeover_id)


def _one(member: Membership, takeover_id: int) -> Takeover:
    return get_object_or_404(takeovers_of(member.review), pk=takeover_id)


def _refuse_unless_offered(one: Takeover, encoding: str) -> None:
    offered = _encodings(one)
    if encoding not in offered:
        raise BadInput(f"encoding: the encodings that are offered are: {', '.join(offered) or 'none'}.")


def _encodings(one: Takeover) -> list[str]:
    try:
        read(one)
    except Refusal as refusal:
        return sorted(refusal.previews)
    return []


def _refuse_unknown(member: Membership, one: Takeover, sent: MappingSent) -> None:
    """Raises BadInput for a name or a reason that the file does not have, and for what they cannot be here."""
    team = {one.pk for one in team_of(member.review)}
    keys = {"", *(criterion.key for criterion in criteria_of(one))}
    file = _file(one)
    checks = (
        ("people", sent.people, file.names, {None, *team}, "nobody whose votes a file may hold"),
        ("reasons", sent.reasons, file.reasons, keys, "no criterion of this stage"),
    )
    for field, said, there, allowed, otherwise in checks:
        for name, value in said.items():
            if name not in there:
                raise BadInput(f"{field}: the file has no “{name[:60]}”.")
            if value not in allowed:
                raise BadInput(f"{field}: {value} is {otherwise}.")


def _file(one: Takeover) -> VotesFile:
    try:
        return read(one)
    except Refusal as refusal:
        raise BadInput(refusal.sentence) from refusal


def _about(one: Takeover) -> dict[str, Any]:
    return {
        "id": one.pk, "stage": Stage(one.stage).slug, "state": TakeoverState(one.state), "file": one.name, "format": one.format,
        "uploaded_by": str(one.uploaded_by), "at": one.at, "ended_at": one.ended_at,
    }  # fmt: skip


def _shown(member: Membership, one: Takeover) -> VoteFileShown:
    job = job_of(one)
    found: dict[str, Any] = {
        **_about(one), "encodings": [], "people": None, "reasons": None, "asks_decision": False, "whole": one.whole,
        "left_out": [], "tried": None, "job": job_shown(job) if job else None,
    }  # fmt: skip
    if one.uploaded_by_id == member.user_id:
        found |= _inside(member, one)
    return VoteFileShown(**found)


def _inside(member: Membership, one: Takeover) -> dict[str, Any]:
    """What only whoever uploaded the file may see (B2)."""
    if one.state == TakeoverState.DONE:
        return {"tried": _came(member, one)}
    if one.state != TakeoverState.WAITING:
        return {}
    try:
        file = read(one)
    except Refusal as refusal:
        return {"encodings": sorted(refusal.previews)}
    return {
        "people": [_person(one, name, rows) for name, rows in file.names.items()],
        "reasons": [ReasonShown(reason=reason, criterion=one.reasons.get(reason, "")) for reason in file.reasons],
        "asks_decision": file.asks_decision,
        "left_out": list(file.left_out),
        "tried": _would_come(fit_of(one, file, member)),
    }


def _person(one: Takeover, name: str, rows: int) -> PersonShown:
    chosen = one.people.get(name)
    return PersonShown(name=name, rows=rows, member=chosen or None, left_out=chosen == LEFT_OUT)


def _would_come(fit: Fit) -> Tried:
    return Tried(
        votes=fit.votes,
        rulings=fit.rulings,
        here_already=fit.here,
        not_fitting=len(fit.misfits),
        lines=_lines(fit.misfits),
    )


def _came(member: Membership, one: Takeover) -> Tried:
    misfits, result = misfits_of(one, member), one.result
    return Tried(
        votes=result.get("votes", 0), rulings=result.get("rulings", 0), here_already=result.get("repeated", 0),
        not_fitting=len(misfits), lines=_lines(misfits),
    )  # fmt: skip


def _lines(misfits: list[Any]) -> list[Misfit]:
    return [Misfit(line=one.line, record=one.record, reviewer=one.reviewer, why=one.why) for one in misfits[:LISTED]]
