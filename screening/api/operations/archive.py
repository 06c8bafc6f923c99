"""The archive: the whole review as one zip, made by a worker, and the file where it is made."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router, Schema
from pydantic import Field

from screening.api.access import opens
from screening.api.operations.files import as_page
from screening.api.operations.jobs import JobShown, job_shown
from screening.api.scopes import Scope
from screening.archive.actions import archive_of, ask_for_archive, delete_archive
from screening.archive.sealed import in_the_way
from screening.archive.views import archive_file
from screening.reviews.models import Membership
from screening.roles import Permission

router = Router()
AT = "/reviews/{slug}/archive"


class ArchiveShown(Schema):
    """What keeps an archive from being made now, how far the last one is, and its file where that is here."""

    in_the_way: list[str] = Field(description="A sentence each; empty where it can be made.")
    job: JobShown | None
    is_here: bool = Field(description="Whether the file can be downloaded.")
    sha256: str | None = Field(description="Of the file, to compare it with; null where there is none.")
    size: int | None = Field(description="In bytes.")


@opens(router, "GET", AT, Permission.EDIT_REVIEW, gives=ArchiveShown)
def read_archive(request: HttpRequest, member: Membership) -> ArchiveShown:
    """Whether the archive can be made, and how far the last one is."""
    return _shown(member)


@opens(router, "POST", AT, Permission.EDIT_REVIEW, gives=ArchiveShown, scope=Scope.MANAGE, status=202)
def make_archive(request: HttpRequest, member: Membership) -> ArchiveShown:
    """Ask a worker for the archive as the review stands; refused while anything is sealed or under way.

    Read it until `is_here` is true.
    """
    ask_for_archive(member=member)
    return _shown(member)


@opens(router, "GET", f"{AT}/file", Permission.EDIT_REVIEW, gives=None, files=("application/zip",))
def read_archive_file(request: HttpRequest, member: Membership) -> HttpResponseBase:
    """The archive that was made last. `python3 verify_archive.py FILE` checks it; the program is in the archive."""
    return as_page(archive_file)(request, member)


@opens(router, "DELETE", AT, Permission.EDIT_REVIEW, gives=None, scope=Scope.MANAGE, status=204)
def delete_archive_file(request: HttpRequest, member: Membership) -> None:
    """Take the file off the disk; it can be made again."""
    delete_archive(member=member)


def _shown(member: Membership) -> ArchiveShown:
    job, path = archive_of(member.review)
    made = job.result if job and path else {}
    return ArchiveShown(
        in_the_way=list(in_the_way(member.review)), job=job_shown(job) if job else None, is_here=path is not None,
        sha256=made.get("sha256"), size=made.get("size"),
    )  # fmt: skip
