"""The matrix, the quotes behind each of its numbers, the factor model, the table of characteristics, and their files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from extraction.synthesis import actions, figure, queue, written
from extraction.synthesis.characteristics import told_of
from extraction.synthesis.claims import LONGEST, check
from extraction.synthesis.matrix import Link, Matrix, Total, together
from extraction.synthesis.second_look import second_look
from extraction.synthesis.summary import counted, facts, notices
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PAIRS_SHOWN = 100


@require_GET
@requires(Permission.SEE_RESULTS)
def synthesis(request: HttpRequest, member: Membership) -> HttpResponse:
    """Studies and themes; a cell opens its quotes."""
    matrix, _ = queue.matrix_of(member.review)
    as_shares = request.GET.get("as") == "studies"
    quotes = reverse("synthesis_quotes", args=[member.review.slug])
    context = {
        "matrix": matrix,
        "directions": written.with_cells(matrix, quotes, as_shares=as_shares),
        "width": len(matrix.studies) + 2,
        "as_shares": as_shares,
        "doubts": second_look(member.review),
        **_files(member, written.TABLE_FILES),
    }
    return render(request, "extraction/synthesis/matrix.html", context)


@require_GET
@requires(Permission.SEE_RESULTS)
def synthesis_quotes(request: HttpRequest, member: Membership) -> HttpResponse:
    """The quotes of a cell, a row or a column, with what each stands for."""
    matrix, links = queue.matrix_of(member.review)
    study = next((one for one in matrix.studies if str(one.id) == request.GET.get("study")), None)
    theme = queue.theme_in(member.review, _number(request.GET.get("theme")))
    if (request.GET.get("study") and study is None) or (request.GET.get("theme") and theme is None):
        raise Http404
    chosen = chosen_links(matrix, links, study.id if study else None, theme.id if theme else None)
    start = _number(request.GET.get("from"))
    passages, more = queue.passages(chosen, {row.theme.id: row.theme.name for row in matrix.rows}, start)
    query = request.GET.copy()
    query["from"] = str(start + queue.PAGE)
    total = Total(len({one.study for one in chosen}), len({one.segment for one in chosen}))
    context = {"study": study, "theme": theme, "passages": passages, "total": total}
    return render(
        request, "extraction/synthesis/quotes.html", context | {"next": f"?{query.urlencode()}" if more else ""}
    )


def chosen_links(matrix: Matrix, links: list[Link], study: int | None, theme: int | None) -> list[Link]:
    """The links behind a number of the matrix: a theme speaks for those below it."""
    rows = {row.theme.id for row in matrix.rows}
    columns = {one.id for one in matrix.studies}
    wanted = rows if theme is None else queue.below([row.theme for row in matrix.rows], theme)
    of_study = columns if study is None else {study}
    return [link for link in links if link.theme in wanted & rows and link.study in of_study & columns]


@require_GET
@requires(Permission.SEE_RESULTS)
def synthesis_figure(request: HttpRequest, member: Membership) -> HttpResponse:
    """The factor model, drawn from the matrix."""
    matrix, _ = queue.matrix_of(member.review)
    drawing = SafeString(figure.draw(matrix, title=_title(member), inline=True))
    context = {
        "matrix": matrix,
        "drawing": drawing,
        "sides": figure.listed(matrix),
        **_files(member, written.FIGURE_FILES),
    }
    return render(request, "extraction/synthesis/figure.html", context)


@require_GET
@requires(Permission.SEE_RESULTS)
def synthesis_together(request: HttpRequest, member: Membership) -> HttpResponse:
    """Pairs of themes that the same studies name."""
    matrix, links = queue.matrix_of(member.review)
    pairs = together(matrix, links)
    context = {"pairs": pairs[:PAIRS_SHOWN], "more": len(pairs) > PAIRS_SHOWN, "all_pairs": len(pairs)}
    return render(request, "extraction/synthesis/together.html", context | _files(member, written.TABLE_FILES))


@require_GET
@requires(Permission.SEE_RESULTS)
def synthesis_characteristics(request: HttpRequest, member: Membership) -> HttpResponse:
    """The table of studies, what follows from it, and the manuscript's sentences held against it."""
    tables, derived = told_of(member.review)
    found = facts(derived.columns, derived.studies)
    context = {
        "tables": [(one, written.body_of(one)) for one in tables],
        "facts": found,
        "countries": [one for column in derived.columns if column.kind == "country" for one in counted(column)],
        "choices": [(one.label, counted(one)) for one in derived.columns if one.kind == "choice"],
        "notices": notices(derived.columns),
        "claims": [
            {"pk": one.pk, "text": one.text, "checked": check(one.text, found)}
            for one in queue.claims_of(member.review)
        ],
        "longest": LONGEST,
        "may_claim": member.may(Permission.EDIT_CODEBOOK),
        **_files(member, written.TABLE_FILES),
    }
    return render(request, "extraction/synthesis/characteristics.html", context)


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def synthesis_claim(request: HttpRequest, member: Membership) -> HttpResponse:
    """Keep a sentence to be held against the studies."""
    actions.keep_claim(member=member, text=request.POST.get("text", ""))
    return redirect(_claims(member))


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def synthesis_claim_remove(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Let a sentence go."""
    actions.remove_claim(member=member, claim_id=number)
    return redirect(_claims(member))


@require_GET
@requires(Permission.EXPORT)
def synthesis_file(request: HttpRequest, member: Membership, name: str, ending: str) -> HttpResponse:
    """One table or figure as a file."""
    made = written.file_of(member.review, name, ending)
    if made is None:
        raise Http404
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{member.review.slug}-{name}.{ending}"'
    return response


def _claims(member: Membership) -> str:
    return reverse("synthesis_characteristics", args=[member.review.slug]) + "#claims"


def _title(member: Membership) -> str:
    return f"Factors: {member.review.title}"


def _files(member: Membership, kinds: dict[str, str]) -> dict[str, Any]:
    return {"files": kinds.items(), "may_export": member.may(Permission.EXPORT)}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
