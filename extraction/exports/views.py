"""Every value as one file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from extraction.exports.queue import long_table
from screening.manuscript.written import FORMATS
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission


@require_GET
@requires(Permission.EXPORT)
def extraction_file(request: HttpRequest, member: Membership, ending: str) -> HttpResponse:
    """The values that this member may see, one row each, for statistics or another tool."""
    kind = FORMATS.get(ending)
    if kind is None:
        raise Http404
    response = HttpResponse(kind.write(member.review.title, [], [long_table(member)]), content_type=kind.content_type)
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-extraction-long.{ending}"'
    return response
