"""Reviewing reports that are at hand: the PDF beside the criteria, the vote, the quotes behind it, and the lists of the stage."""

from __future__ import annotations

import uuid
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.decisions.actions import postpone, withdraw_vote
from screening.decisions.forms import ASKED, Typed, submission_key, typed_from
from screening.decisions.models import Item, Vote
from screening.decisions.own.queue import reading_of
from screening.decisions.queue import items_of, next_item, with_all_shown
from screening.decisions.quotes import own_quotes
from screening.decisions.screen import earlier_vote, own_vote, own_votes, progress, screen_context
from screening.decisions.sharing.plan import order_told
from screening.decisions.turn import take_turn, undoable_vote
from screening.fulltexts import queue
from screening.fulltexts.forms import QuoteForm, review_choice
from screening.fulltexts.marking import words_to_mark
from screening.fulltexts.media_types import PDF
from screening.fulltexts.models import ReportFile
from screening.fulltexts.queue import FT
from screening.fulltexts.quoting import Selection, keep_quote, remove_quote
from screening.protocol.versions import Versions
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 50
SCREEN = "screening/fulltexts/screen.html"
with_reader = csp_update({"worker-src": [SELF]})  # the reader takes PDFs apart in a worker, and this page alone has one


@with_reader
@require_safe
@requires(Permission.SCREEN)
def screening_ft(request: HttpRequest, member: Membership) -> HttpResponse:
    """The next report of one's queue."""
    undoable = undoable_vote(member, FT, request.GET.get("undo", ""))
    return _screen(request, member, next_item(member, FT), undoable=undoable)


def _screen(
    request: HttpRequest,
    member: Membership,
    item: Item | None,
    *,
    undoable: Vote | None = None,
    said: str = "",
    refused: str = "",
    typed: Typed | None = None,
) -> HttpResponse:
    versions = Versions(member.review)
    context: dict[str, Any] = {
        "stage": FT,
        "progress": progress(member, FT),
        "order": order_told(member.review_id, FT),
        "undo": undoable,
        "said": said,
        "refused": refused,
        "protocol": versions.active,
        "to_retrieve": queue.to_retrieve(member.review_id).count(),
        "labels": queue.reason_labels(member.review_id),
    }
    if item is not None:
        own, earlier = own_vote(member, item), earlier_vote(member, item)
        context |= screen_context(item, FT, own=own, versions=versions, typed=typed, earlier=earlier)
        context |= _reading(member, item) | {"reading": reading_of(member, item.pk)}
    template = f"{SCREEN}#screen" if request.htmx else SCREEN  # type: ignore[attr-defined]
    return render(request, template, context)


def _reading(member: Membership, item: Item) -> dict[str, Any]:
    """The files of the report, the one to read first, the words to mark in it, and one's own quotes."""
    files = queue.files_of(item.record)
    return {
        "files": files,
        "readable": [file for file in files if file.media_type == PDF],
        "report": queue.report_of(item.record),
        "links": queue.links_to(item.record),
        "words": words_to_mark(member),
        "quotes": own_quotes(member, item),
    }


@with_reader
@require_safe
@requires(Permission.SCREEN)
def screening_ft_record(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """One report by the number of its record: to come back to it, and to change one's vote while that is allowed."""
    return _screen(request, member, _item(member, number))


def _item(member: Membership, number: int) -> Item:
    return get_object_or_404(with_all_shown(items_of(member, FT)), record__number=number)


@require_POST
@requires(Permission.SCREEN)
def vote_ft(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Store a vote and show the next report. The same form twice is one vote (P31)."""
    form = request.POST
    if ASKED in form:
        return _screen(request, member, _item(member, number), typed=typed_from(form))
    turn = take_turn(
        member=member, stage=FT, number=number, choice=review_choice(form), key=submission_key(form), known=form.get("known", ""),
        versions=Versions(member.review), read=form.get("read", ""),
    )  # fmt: skip
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(request, member, turn.following, undoable=turn.undoable, said=turn.said, refused=turn.refused)
    if turn.refused:
        messages.warning(request, turn.refused)
    return redirect(f"{reverse('screening_ft', args=[member.review.slug])}?undo={number}")


@require_POST
@requires(Permission.SCREEN)
def vote_ft_take_back(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Undo: take one's vote back and return to that report."""
    withdraw_vote(member=member, item_id=_item(member, number).pk)
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(request, member, _item(member, number), said=f"Vote on record {number} taken back.")
    messages.success(request, f"Your vote on record {number} is taken back.")
    return redirect("screening_ft_record", member.review.slug, number)


@require_POST
@requires(Permission.SCREEN)
def vote_ft_postpone(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Put the report at the end of one's queue."""
    postpone(member=member, item_id=_item(member, number).pk, why=request.POST.get("note", ""))
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(request, member, next_item(member, FT), said=f"Record {number} comes at the end.")
    messages.success(request, f"Record {number} comes at the end.")
    return redirect("screening_ft", member.review.slug)


@require_POST
@requires(Permission.SCREEN)
def quote_keep(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Keep words of the report, with their page, as grounds for one's own vote."""
    item, form = _item(member, number), QuoteForm(request.POST)
    if not form.is_valid():
        raise NotAllowedNow(" ".join(str(error) for errors in form.errors.values() for error in errors))
    files = ReportFile.objects.filter(report__record=item.record, removed_at__isnull=True)
    file = get_object_or_404(files, pk=form.cleaned_data.pop("file"))
    quote = keep_quote(member=member, item_id=item.pk, file=file, selection=Selection(**form.cleaned_data))
    return _to_quotes(request, member, item, f"Quoted from page {quote.page}.")


@require_POST
@requires(Permission.SCREEN)
def quote_remove(request: HttpRequest, member: Membership, number: int, quote_id: uuid.UUID) -> HttpResponse:
    """Let one's own quote go."""
    item = _item(member, number)
    remove_quote(member=member, item_id=item.pk, quote_id=quote_id)
    return _to_quotes(request, member, item, "The quote is removed.")


def _to_quotes(request: HttpRequest, member: Membership, item: Item, said: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        context = {"record": item.record, "item": item, "said": said, **_reading(member, item)}
        return render(request, "screening/fulltexts/quotes.html", context)
    messages.success(request, said)
    return redirect(reverse("screening_ft_record", args=[member.review.slug, item.record.number]) + "#quotes")


TITLES = {
    "to-review": "To review",
    "my-votes": "My votes",
    "awaiting": "Awaiting other reviewer",
    "conflicts": "Conflicts",
    "excluded": "Excluded at full text",
    "included": "Included",
}


@require_safe
@requires(Permission.SEE_REVIEW)
def screening_ft_list(request: HttpRequest, member: Membership, name: str) -> HttpResponse:
    """One of the lists of the stage; outcomes and reasons only where they are revealed."""
    items = queue.stage_lists(member).get(name)
    if items is None:
        raise Http404
    labels, reason = queue.reason_labels(member.review_id), request.GET.get("reason", "")
    if name == "excluded" and reason in labels:
        items = items.filter(reason=reason)
    page = Paginator(items.select_related("record").order_by("order_key", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    own = own_votes(member, [item.pk for item in page])
    is_open = name in ("excluded", "included")
    rows = [(item, own.get(item.pk), labels.get(item.reason, "") if is_open else "") for item in page]
    context = {
        "stage": FT, "name": name, "title": TITLES[name], "page": page, "rows": rows, "progress": progress(member, FT), "labels": labels,
        "reasons": queue.reasons(member.review_id) if name == "excluded" else [], "reason": reason,
    }  # fmt: skip
    return render(request, "screening/fulltexts/list.html", context)
