"""The lead's page of published flows, and the page that everybody with the link may read."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from screening.prisma.counts import flow_of
from screening.prisma.titles import title_of_box
from screening.prisma.wording import wording_of
from screening.publishing.actions import publish, revoke
from screening.publishing.freezing import STUDIES
from screening.publishing.models import Publication
from screening.reviews.access import public, requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 100


@require_GET
@requires(Permission.EDIT_REVIEW)
def publications(request: HttpRequest, member: Membership) -> HttpResponse:
    """What was published, each with its link and whether it still opens."""
    found = Publication.objects.filter(review=member.review).select_related("by", "revoked_by")
    made = found.defer("drawing", "rows", "footnotes", "citations", "members")
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


@require_GET
@public
def published(request: HttpRequest, token: str) -> HttpResponse:
    """The frozen flow; with ``?box=key`` the references behind one number. A link that was taken back opens nothing."""
    one = get_object_or_404(Publication, token=token, revoked_at__isnull=True)
    key = request.GET.get("box", "")
    if key and key not in one.members:
        raise Http404
    numbers = one.members.get(key, [])
    page = Paginator(numbers, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "published": one, "figure": wording_of(one.review.kind).figure,
        "drawing": SafeString(one.drawing), "key": key, "page": page, "total": len(numbers),
        "title": "Reports of the studies included" if key == STUDIES else title_of_box(key, one.review.kind) if key else "",
        "references": [(number, one.citations[str(number)]) for number in page],
    }  # fmt: skip
    response = render(request, "screening/publishing/published.html", context)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
