"""The lead's page of the archive: ask for it, see how far it is, download it."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from screening.archive.actions import archive_of, ask_for_archive, delete_archive
from screening.archive.sealed import in_the_way
from screening.jobs.sweeper import worker_seen_seconds_ago
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PAGE = "screening/archive/archive.html"


@require_GET
@requires(Permission.EDIT_REVIEW)
def archive(request: HttpRequest, member: Membership) -> HttpResponse:
    """What an archive holds, what keeps it from being made, and the file where it is made."""
    job, path = archive_of(member.review)
    if request.htmx:  # type: ignore[attr-defined]
        over = job is None or job.is_over
        return (
            HttpResponse(headers={"HX-Refresh": "true"})
            if over
            else render(request, f"{PAGE}#job", {"job": job, "member": member, "review": member.review})
        )
    seen = worker_seen_seconds_ago()
    context = {
        "job": job,
        "made": path is not None,
        "under_way": job is not None and not job.is_over,
        "in_the_way": list(in_the_way(member.review)),
        "no_worker": job is not None and job.state == "queued" and (seen is None or seen > 30),
    }
    return render(request, PAGE, context)


@require_POST
@requires(Permission.EDIT_REVIEW)
def archive_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """Ask for the archive as the review stands."""
    ask_for_archive(member=member)
    return redirect("archive", member.review.slug)


@require_GET
@requires(Permission.EDIT_REVIEW)
def archive_file(request: HttpRequest, member: Membership) -> FileResponse:
    """The archive that was made last."""
    _, path = archive_of(member.review)
    if path is None:
        raise Http404
    name = f"{member.review.slug}-archive.zip"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/zip")


@require_POST
@requires(Permission.EDIT_REVIEW)
def archive_delete(request: HttpRequest, member: Membership) -> HttpResponse:
    """Take the file off the disk."""
    delete_archive(member=member)
    return redirect("archive", member.review.slug)
