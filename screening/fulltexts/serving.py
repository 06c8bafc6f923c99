"""A file of a report, byte for byte: asked for permission each time, in a box of its own, whole or in part (P28)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from screening.audit.refusal import NotAllowedNow
from screening.fulltexts import storage
from screening.fulltexts.media_types import PDF
from screening.fulltexts.models import IncomingFile, ReportFile
from screening.fulltexts.ranges import Span, Unsatisfiable, wanted
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

CHUNK = 64 * 1024
# Whatever a file holds, it runs nothing and reaches nothing; only our own pages may frame it.
boxed = csp({"default-src": [NONE], "frame-ancestors": [SELF], "sandbox": True})


@boxed
@xframe_options_sameorigin
@require_safe
@requires(Permission.SEE_REVIEW)
def report_file(request: HttpRequest, member: Membership, number: int, file_id: int) -> HttpResponseBase:
    """A file of a report: a PDF inline, or as a download with ``?download=1``; anything else as a download only."""
    files = ReportFile.objects.filter(review=member.review, removed_at__isnull=True)
    file = get_object_or_404(files, pk=file_id, report__record__number=number)
    return _served(request, file.review_id, file.sha256, file.name, file.media_type)


@boxed
@xframe_options_sameorigin
@require_safe
@requires(Permission.RETRIEVE)
def incoming_file(request: HttpRequest, member: Membership, incoming_id: int) -> HttpResponseBase:
    """A file that waits in the tray, or was put aside, for a person to look into."""
    row = get_object_or_404(IncomingFile, review=member.review, pk=incoming_id)
    return _served(request, row.review_id, row.sha256, row.name, PDF)


def _served(request: HttpRequest, review_id: int, sha256: str, name: str, kind: str) -> HttpResponseBase:
    path = storage.path_of(review_id, sha256)
    if not path.is_file():
        raise NotAllowedNow("The file is missing on the server. Upload it again, and tell your administrator.")
    size, tag = path.stat().st_size, f'"{sha256}"'
    is_download = kind != PDF or "download" in request.GET
    try:
        span = _span(request, size, tag)
    except Unsatisfiable:
        answer: HttpResponseBase = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        answer = _whole(path, kind) if span is None else _part(request, path, kind, span, size)
        answer["Content-Disposition"] = content_disposition_header(is_download, name) or "attachment"
    answer["ETag"], answer["Accept-Ranges"] = tag, "bytes"
    return answer


def _span(request: HttpRequest, size: int, tag: str) -> Span | None:
    """The part that is asked for; None for all of it, also where the asker's part is of another file (If-Range)."""
    if request.headers.get("If-Range", tag) != tag:
        return None
    return wanted(request.headers.get("Range", ""), size)


def _whole(path: Path, kind: str) -> FileResponse:
    return FileResponse(path.open("rb"), content_type=kind)


def _part(request: HttpRequest, path: Path, kind: str, span: Span, size: int) -> StreamingHttpResponse:
    content = iter(()) if request.method == "HEAD" else _bytes(path, span)
    answer = StreamingHttpResponse(content, status=206, content_type=kind)
    answer["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    answer["Content-Length"] = str(span.length)
    return answer


def _bytes(path: Path, span: Span) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(span.first)
        left = span.length
        while left and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
