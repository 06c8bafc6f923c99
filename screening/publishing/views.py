"""The lead's page of published flows, and the page that everybody with the link may read."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST, require_safe

from screening.prisma.counts import flow_of
from screening.prisma.titles import title_of_box
from screening.prisma.wording import wording_of
from screening.publishing.actions import publish, revoke
from screening.publishing.freezing import STUDIES
from screening.publishing.models import Publication
from screening.publishing.written import numbers_csv, references_csv
from screening.reviews.access import public, requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 100


@require_GET
@requires(Permission.EDIT_REVIEW)
def publications(request: HttpRequest, member: Membership) -> HttpResponse:
    """What was published, each with its link and whether it still opens."""
    made = Publication.objects.light().filter(review=member.review)
    context = {"publications": made, "flow": flow_of(member.review), "base": request.build_absolute_uri("/")[:-1]}
    return render(request, "screening/publishing/publications.html", context)


@require_POST
@requires(Permission.EDIT_REVIEW)
def publication_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """Publish the flow as it stands."""
    publish(member=member)
    return redirect("publications", member.review.slug)


@require_POST
@requires(Permission.EDIT_REVIEW)
def publication_revoke(request: HttpRequest, member: Membership, publication_id: int) -> HttpResponse:
    """Take a link back."""
    revoke(member=member, publication_id=publication_id)
    return redirect("publications", member.review.slug)


@require_safe
@public
def published(request: HttpRequest, token: str) -> HttpResponse:
    """The frozen flow; with ``?box=key`` the references behind one number; either with ``as=csv`` as a file.

    A link that was taken back opens nothing, nor does one that never was.
    """
    key = request.GET.get("box", "")
    standing = Publication.objects.filter(revoked_at__isnull=True).select_related("review")
    one = (standing if key else standing.defer("citations")).filter(token=token).first()
    if one is None:
        return render(request, "screening/publishing/unpublished.html", status=404)
    if key and key not in one.members:
        raise Http404
    if request.GET.get("as") == "csv":
        response = _file(one, key)
    else:
        shown = _list(one, key, request.GET.get("page")) if key else {"drawing": SafeString(one.drawing)}
        context = {"published": one, "figure": wording_of(one.review.kind).figure, "key": key, **shown}
        response = render(request, "screening/publishing/published.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _file(one: Publication, key: str) -> HttpResponse:
    """The references behind one number, or the numbers themselves."""
    content = references_csv(one.members[key], one.citations) if key else numbers_csv(one.rows)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="prisma-{slugify(key) or "numbers"}.csv"'
    return response


def _list(one: Publication, key: str, page: str | None) -> dict[str, Any]:
    """The references behind one number; ``declared`` of its records were removed before import and are known by number alone (R10)."""
    numbers = one.members[key]
    counted = max(
        (cell["n"] for row in one.rows for cell in (row["dbr"], row["other"]) if cell and cell["key"] == key), default=0
    )
    shown = Paginator(numbers, PER_PAGE).get_page(page)
    return {
        "title": "Reports of the studies included" if key == STUDIES else title_of_box(key, one.review.kind),
        "page": shown,
        "total": len(numbers),
        "declared": 0 if key == STUDIES else max(0, counted - len(numbers)),
        "references": [(number, one.citations[str(number)]) for number in shown],
    }
