"""The codebook: its codes, what becomes of them, and the versions that were kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import File, Path, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from extraction.coding import actions
from extraction.coding.exchange import MOST_BYTES, CodebookUnreadable
from extraction.coding.forms import CodebookForm, CodeForm, NewCodeForm
from extraction.coding.grouping import bring_in_sets
from extraction.coding.marking import add_memo
from extraction.coding.models import (
    Code,
    Codebook,
    CodebookVersion,
    CodeChange,
    CodeStatus,
    CodingMemo,
    CodingMode,
    Direction,
)
from extraction.coding.naming import Named
from extraction.coding.overview import counts_of_codes
from extraction.coding.queue import codebook_of, known_codes
from extraction.coding.refi import codes_of_file, sets_of_file
from extraction.coding.views import codebook_file
from screening.api.access import opens
from screening.api.operations.files import as_page
from screening.api.operations.numbers import Id, Number
from screening.api.problems import BadInput, Sent
from screening.api.reading import checked
from screening.api.scopes import Scope
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/codebook"
CODES = f"{AT}/codes"
CODE = f"{CODES}/{{code_id}}"
EDITS: dict[str, Any] = {"permission": Permission.EDIT_CODEBOOK, "scope": Scope.MANAGE}
Words = Annotated[str, Field(max_length=5000)]


class CodeShown(Schema):
    """A code. ``parent`` and ``merged_into`` are ids of codes; ``passages`` counts what stands, under the code as it was given."""

    id: int
    guid: str
    name: str
    definition: str
    include_when: str
    exclude_when: str
    example: str
    level: str
    direction: Literal["", "facilitator", "barrier"]
    colour: str
    parent: int | None
    status: CodeStatus
    merged_into: int | None
    passages: int


class ChangeShown(Schema):
    """A merge, split, renaming or retirement of a code, with its reason; undone where ``undone_at`` is set."""

    id: int
    code: int
    act: Literal["merge", "split", "rename", "retire"]
    into: int | None
    reason: str
    by: str
    at: datetime
    undone_at: datetime | None


class CodebookShown(Schema):
    """The codebook: its codes in their order, merged and retired ones too, and what was changed, the latest first."""

    name: str
    mode: CodingMode
    threshold: int
    levels: list[str]
    codes: list[CodeShown]
    changes: list[ChangeShown]
    versions: list[int]


class BroughtIn(Schema):
    """How many codes a file added and changed, and the codebook with them."""

    added: int
    changed: int
    codebook: CodebookShown


class CodebookSent(Sent):
    """A new codebook. Two passages are the same from an overlap of ``threshold`` per cent."""

    name: str = Field("Codebook", min_length=1, max_length=120)
    mode: CodingMode = CodingMode.CODEBOOK
    preset: str = Field("blank", max_length=60)
    threshold: int = Field(50, ge=1, le=100)


class ModeSent(Sent):
    """Another way of coding, while nobody has begun."""

    mode: CodingMode


class VersionSent(Sent):
    """Why the codebook is kept as it stands."""

    reason: str = Field(min_length=1, max_length=2000)


class CodebookVersionShown(Schema):
    """The codebook as it stood on a day."""

    number: int
    made_at: datetime
    reason: str
    codes: list[dict[str, Any]]


class CodeSent(Sent):
    """What a code says, its name apart; what is left out stays."""

    definition: Words = ""
    include_when: Words = ""
    exclude_when: Words = ""
    example: Words = ""
    level: str = Field("", max_length=80)
    direction: Direction | Literal[""] = ""
    colour: str = Field("", max_length=7, description="As #1A6840.")


class NewCodeSent(CodeSent):
    """A new code, below the code ``parent`` or at the top."""

    name: str = Field(min_length=1, max_length=200)
    parent: Number | None = None


class PlaceSent(Sent):
    """Below the code ``parent`` or at the top, and before the code ``before`` or at the end."""

    parent: Number | None = None
    before: Number | None = None


class MergeSent(VersionSent):
    """The code that speaks for this one from now on."""

    into: Number


class SplitSent(VersionSent):
    """Names of the new codes, two or more."""

    names: Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=2, max_length=50)]


class RenameSent(VersionSent):
    """The new name."""

    name: str = Field(min_length=1, max_length=200)


class MemoSent(Sent):
    """A thought, in words."""

    text: str = Field(min_length=1, max_length=20_000)


class MemoShown(Schema):
    """A memo that I may read: my own, and others' once nothing is sealed."""

    by: str
    text: str
    at: datetime


class Memos(Schema):
    """Memos, the oldest first."""

    items: list[MemoShown]


@opens(router, "GET", AT, Permission.SEE_RESULTS, gives=CodebookShown)
def read_codebook(request: HttpRequest, member: Membership) -> CodebookShown:
    """The codebook of the review; 404 before there is one."""
    return _shown(member)


@opens(router, "POST", AT, gives=CodebookShown, status=201, **EDITS)
def create_codebook(request: HttpRequest, member: Membership, sent: CodebookSent) -> CodebookShown:
    """Make the codebook, with the levels and codes of a preset."""
    actions.make_codebook(member=member, **checked(CodebookForm(sent.model_dump(mode="json"))))
    return _shown(member)


@opens(router, "PUT", f"{AT}/mode", gives=CodebookShown, **EDITS)
def change_coding_mode(request: HttpRequest, member: Membership, sent: ModeSent) -> CodebookShown:
    """Another way of coding."""
    actions.change_mode(member=member, codebook=_codebook(member), mode=sent.mode)
    return _shown(member)


@opens(router, "GET", f"{AT}/versions/{{number}}", Permission.SEE_RESULTS, gives=CodebookVersionShown)
def read_codebook_version(
    request: HttpRequest, member: Membership, number: Annotated[int, Path(ge=1, le=32_767)]
) -> CodebookVersionShown:
    """The codebook as it was kept."""
    return _version(get_object_or_404(CodebookVersion, review=member.review, number=number))


@opens(router, "POST", f"{AT}/versions", gives=CodebookVersionShown, status=201, **EDITS)
def keep_codebook_version(request: HttpRequest, member: Membership, sent: VersionSent) -> CodebookVersionShown:
    """Keep the codebook as it stands now."""
    return _version(actions.freeze_codebook(member=member, reason=sent.reason))


@opens(router, "GET", f"{AT}/file/{{ending}}", Permission.EXPORT, gives=None, files=("application/xml", "text/csv"))
def export_codebook(request: HttpRequest, member: Membership, ending: Literal["qdc", "csv"]) -> HttpResponseBase:
    """The codebook as REFI-QDA, or as CSV."""
    return as_page(codebook_file)(request, member, ending=ending)


@opens(router, "POST", f"{AT}/file", gives=BroughtIn, **EDITS)
def bring_codes_in(request: HttpRequest, member: Membership, file: File[UploadedFile]) -> BroughtIn:
    """Add the codes of a file, REFI-QDA (.qdc) or CSV; a code of the same guid takes what the file says and keeps its name."""
    try:
        content, name = file.read(MOST_BYTES + 1), file.name or ""
        found, sets = codes_of_file(content, name), sets_of_file(content, name)
    except CodebookUnreadable as problem:
        raise BadInput(str(problem)) from problem
    added, changed = actions.bring_in_codes(member=member, found=found)
    bring_in_sets(member=member, found=sets)
    return BroughtIn(added=added, changed=changed, codebook=_shown(member))


@opens(router, "POST", CODES, gives=CodeShown, status=201, **EDITS)
def add_one_code(request: HttpRequest, member: Membership, sent: NewCodeSent) -> CodeShown:
    """A code at the end of the codebook."""
    said = checked(NewCodeForm(sent.model_dump(mode="json"), levels=_codebook(member).levels))
    made = actions.add_code(member=member, parent=_other(member, sent.parent), **said)
    return _code(member, made)


@opens(router, "PUT", CODE, gives=CodeShown, **EDITS)
def change_code(request: HttpRequest, member: Membership, code_id: Id, sent: CodeSent) -> CodeShown:
    """What the code says; its name is changed by renaming, with a reason."""
    code = _found(member, code_id)
    said = {name: getattr(code, name) for name in actions.EDITABLE} | sent.model_dump(mode="json", exclude_unset=True)
    actions.edit_code(member=member, code=code, **checked(CodeForm(said, levels=code.codebook.levels)))
    return _code(member, code)


@opens(router, "POST", f"{CODE}/move", gives=CodeShown, **EDITS)
def move_one_code(request: HttpRequest, member: Membership, code_id: Id, sent: PlaceSent) -> CodeShown:
    """Another place in the codebook."""
    code = _found(member, code_id)
    parent, before = _other(member, sent.parent), _other(member, sent.before)
    actions.move_code(member=member, code=code, parent=parent, before=before)
    return _code(member, code)


@opens(router, "POST", f"{CODE}/merge", gives=CodeShown, **EDITS)
def merge_code(request: HttpRequest, member: Membership, code_id: Id, sent: MergeSent) -> CodeShown:
    """Another code speaks for this one; codings stay where they are."""
    code, into = _found(member, code_id), _found(member, sent.into)
    actions.merge_codes(member=member, code=code, into=into, reason=sent.reason)
    return _code(member, code)


@opens(router, "POST", f"{CODE}/split", gives=CodebookShown, **EDITS)
def split_one_code(request: HttpRequest, member: Membership, code_id: Id, sent: SplitSent) -> CodebookShown:
    """New codes below this one, which takes no new codings."""
    actions.split_code(member=member, code=_found(member, code_id), names=sent.names, reason=sent.reason)
    return _shown(member)


@opens(router, "POST", f"{CODE}/rename", gives=CodeShown, **EDITS)
def rename_one_code(request: HttpRequest, member: Membership, code_id: Id, sent: RenameSent) -> CodeShown:
    """Another name for the same code."""
    code = _found(member, code_id)
    actions.rename_code(member=member, code=code, name=sent.name, reason=sent.reason)
    return _code(member, code)


@opens(router, "POST", f"{CODE}/retire", gives=CodeShown, **EDITS)
def retire_one_code(request: HttpRequest, member: Membership, code_id: Id, sent: VersionSent) -> CodeShown:
    """The code and its codings leave the counts; nothing is deleted."""
    code = _found(member, code_id)
    actions.retire_code(member=member, code=code, reason=sent.reason)
    return _code(member, code)


@opens(router, "GET", f"{CODE}/memos", Permission.SEE_RESULTS, gives=Memos)
def list_code_memos(request: HttpRequest, member: Membership, code_id: Id) -> Memos:
    """Memos on a code that I may read."""
    return memos_shown(CodingMemo.objects.visible_to(member).filter(code=_found(member, code_id)))


@opens(router, "POST", f"{CODE}/memos", gives=Memos, status=201, **EDITS)
def add_code_memo(request: HttpRequest, member: Membership, code_id: Id, sent: MemoSent) -> Memos:
    """Write a memo on a code."""
    add_memo(member=member, code=_found(member, code_id), text=sent.text)
    return list_code_memos(request, member, code_id)


@opens(router, "POST", f"{AT}/changes/{{change_id}}/undo", gives=CodebookShown, **EDITS)
def undo_code_change(request: HttpRequest, member: Membership, change_id: Id) -> CodebookShown:
    """Take back a merge, split, renaming or retirement."""
    change = get_object_or_404(CodeChange.objects.select_related("code"), pk=change_id, review=member.review)
    actions.undo_change(member=member, change=change)
    return _shown(member)


def memos_shown(memos: Any, named: Named = lambda author: str(author.user)) -> Memos:
    """Memos as they are told; ``named`` says how the reader reads an author's name (S4)."""
    rows = memos.select_related("author__user").order_by("made_at", "pk")
    return Memos(items=[MemoShown(by=named(one.author), text=one.text, at=one.made_at) for one in rows])


def _codebook(member: Membership) -> Codebook:
    found = codebook_of(member.review)
    if found is None:
        raise Http404
    return found


def _found(member: Membership, code_id: int) -> Code:
    return get_object_or_404(Code.objects.select_related("codebook"), pk=code_id, review=member.review)


def _other(member: Membership, code_id: int | None) -> Code | None:
    return None if code_id is None else _found(member, code_id)


def _code(member: Membership, code: Code) -> CodeShown:
    return next(one for one in _codes(member) if one.id == code.pk)


def _codes(member: Membership) -> list[CodeShown]:
    counts = counts_of_codes(member, _codebook(member))
    found = []
    for row in known_codes(member.review).values():
        direction, status = Direction(row.direction).value if row.direction else "", CodeStatus(row.status)
        said: Any = {name: getattr(row, name) for name in actions.EDITABLE if name != "direction"} | {
            "direction": direction
        }
        found.append(
            CodeShown(
                id=row.id, guid=row.guid, name=row.name, parent=row.parent_id, status=status, merged_into=row.merged_into_id,
                passages=counts.get(row.id, 0), **said,
            )
        )  # fmt: skip
    return found


def _shown(member: Membership) -> CodebookShown:
    book = _codebook(member)
    changes = CodeChange.objects.filter(review=member.review).select_related("made_by__user")
    return CodebookShown(
        name=book.name, mode=CodingMode(book.mode), threshold=book.threshold, levels=book.levels, codes=_codes(member),
        changes=[_change(one) for one in changes], versions=list(book.versions.values_list("number", flat=True)),
    )  # fmt: skip


def _change(one: CodeChange) -> ChangeShown:
    act: Any = one.act
    return ChangeShown(
        id=one.pk, code=one.code_id, act=act, into=one.into_id, reason=one.reason, by=str(one.made_by.user), at=one.made_at,
        undone_at=one.undone_at,
    )  # fmt: skip


def _version(one: CodebookVersion) -> CodebookVersionShown:
    return CodebookVersionShown(number=one.number, made_at=one.made_at, reason=one.reason, codes=one.content)
