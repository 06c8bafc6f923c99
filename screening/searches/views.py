"""Pages of searches: the grid of searches and sources, and the form of one search."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.reviews.access import person, requires
from screening.reviews.models import Membership, Review
from screening.roles import Permission
from screening.searches.actions import add_search, edit_search, remove_search
from screening.searches.forms import SearchForm
from screening.searches.models import SearchRun
from screening.searches.queue import grid, runs_of


def run_or_404(member: Membership, number: int) -> SearchRun:
    """The search with this number in the member's review."""
    return get_object_or_404(SearchRun.objects.select_related("review"), review=member.review, number=number)


@requires(Permission.SEE_REVIEW)
@require_safe
def searches(request: HttpRequest, member: Membership) -> HttpResponse:
    """Searches and imports: the grid, then each search with its files."""
    context = {
        "grid": grid(member.review),
        "runs": _runs_with_imports(member.review),
        "may_import": member.may(Permission.IMPORT),
        "may_remove": member.may(Permission.REMOVE_RECORDS),
    }
    return render(request, "screening/searches/searches.html", context)


def _runs_with_imports(review: Review) -> list[SearchRun]:
    imports = review.imports.exclude(state="cancelled").select_related("source").order_by("pk")
    runs = runs_of(review).annotate(waiting=Count("waiting_files"))
    return list(runs.prefetch_related(Prefetch("imports", queryset=imports, to_attr="files")))


@requires(Permission.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def search_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """Add a search, then upload into it."""
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        run = add_search(review=member.review, actor=person(request), **form.cleaned_data)
        return redirect("imports_upload", slug=member.review.slug, number=run.number)
    return render(
        request, "screening/searches/search.html", {"form": form, "run": None}, status=422 if form.errors else 200
    )


@requires(Permission.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def search_edit(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Rename a search or correct its dates."""
    run = run_or_404(member, number)
    form = SearchForm(request.POST or None, instance=run)
    if request.method == "POST" and form.is_valid():
        edit_search(run=run_or_404(member, number), actor=person(request), **form.cleaned_data)
        return redirect("searches", slug=member.review.slug)
    context = {"form": form, "run": run_or_404(member, number)}  # a refused form must not lend its values to the page
    return render(request, "screening/searches/search.html", context, status=422 if form.errors else 200)


@requires(Permission.IMPORT)
@require_POST
def search_remove(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Take away a search that has no import."""
    run = run_or_404(member, number)
    remove_search(run=run, actor=person(request))
    messages.success(request, f"The search “{run.label}” is removed.")
    return redirect("searches", slug=member.review.slug)
