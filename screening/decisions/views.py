"""Title and abstract screening: one citation at a time, and the lists of the stage."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from screening.audit.refusal import NotAllowedNow
from screening.decisions import queue
from screening.decisions.actions import reopen_item
from screening.decisions.ahead import ahead_context, cards_of, held_from, numbers_in
from screening.decisions.forms import ASKED, Typed, choice_from, submission_key, typed_from
from screening.decisions.lists import LISTS, listed, records_at_title_and_abstract
from screening.decisions.models import Item, Vote
from screening.decisions.own.queue import reading_of
from screening.decisions.screen import earlier_vote, own_vote, progress, progress_now, screen_context
from screening.decisions.sharing.plan import order_told
from screening.decisions.turn import put_off, take_back, take_turn, undoable_vote
from screening.decisions.verdict import Stage
from screening.protocol.versions import Versions
from screening.records.listing import page_of
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

TA = Stage.TITLE_ABSTRACT
PAGE = "screening/decisions/screen.html"


@require_GET
@requires(Permission.SCREEN)
def screening_ta(request: HttpRequest, member: Membership) -> HttpResponse:
    """The next citation of one's queue, or its next cards; ``after`` and ``before`` a record, the one beside it."""
    step = _step(request, member)
    if step is not None:
        return redirect("screening_ta_record", member.review.slug, step)
    undoable = undoable_vote(member, TA, request.GET.get("undo", ""))
    if member.user.screens_by_list and not request.htmx:  # type: ignore[attr-defined]
        return _cards(request, member, undoable)
    return _screen(request, member, queue.next_item(member, TA), undoable=undoable)


def _step(request: HttpRequest, member: Membership) -> int | None:
    """The number of the record beside the named one, None where none is named or none is there."""
    for number in numbers_in(request.GET.get("after", ""))[:1]:
        return next((found for _, found in queue.waiting_after(member, TA, number, 2) if found != number), None)
    for number in numbers_in(request.GET.get("before", ""))[:1]:
        return queue.before(member, TA, number)
    return None


def _screen(
    request: HttpRequest,
    member: Membership,
    item: Item | None,
    *,
    own: Vote | None = None,
    versions: Versions | None = None,
    undoable: Vote | None = None,
    said: str = "",
    refused: str = "",
    typed: Typed | None = None,
) -> HttpResponse:
    versions = versions or Versions(member.review)
    context = _about(member, versions, empty=item is None, said=said, refused=refused) | {"undo": undoable}
    if item is not None:
        earlier = earlier_vote(member, item)
        context |= screen_context(item, TA, own=own, versions=versions, typed=typed, earlier=earlier)
        context |= {"reading": reading_of(member, item.pk)}
    template = f"{PAGE}#screen" if request.htmx else PAGE  # type: ignore[attr-defined]
    return render(request, template, context)


def _about(member: Membership, versions: Versions, *, empty: bool, said: str = "", refused: str = "") -> dict[str, Any]:
    """What every answer of the stage tells beside the record; ``empty`` where there is none."""
    context: dict[str, Any] = {"stage": TA, "progress": progress_now(member, TA), "said": said, "refused": refused}
    context["order"] = order_told(member.review_id, TA) if context["progress"] else ""
    context["in_force"] = versions.active
    return context | ({"protocol": versions.active, "counts": progress(member, TA)} if empty else {})


def _cards(request: HttpRequest, member: Membership, undoable: Vote | None) -> HttpResponse:
    versions = Versions(member.review)
    context = _about(member, versions, empty=True) | {"undo": undoable, "cards": cards_of(member, versions)}
    return render(request, "screening/decisions/cards.html", context)


@require_GET
@requires(Permission.SCREEN)
def screening_ta_record(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """One citation by its number: to come back to it, and to change one's vote while that is allowed."""
    item = _item(member, number)
    return _screen(request, member, item, own=own_vote(member, item))


def _item(member: Membership, number: int) -> Item:
    return get_object_or_404(queue.with_all_shown(queue.items_of(member, TA)), record__number=number)


@require_GET
@requires(Permission.SCREEN)
def screening_ta_ahead(request: HttpRequest, member: Membership) -> HttpResponse:
    """For a page that shows the next record by itself: its queue, and the records that it lacks."""
    return _ahead(request, member, request.GET)


def _ahead(
    request: HttpRequest, member: Membership, told: QueryDict, *, said: str = "", refused: str = ""
) -> HttpResponse:
    """The answer to a page that keeps its votes until they are acknowledged: what came of one, and what it lacks."""
    versions = Versions(member.review)
    context = ahead_context(request, member, held_from(told), versions)
    context |= _about(member, versions, empty=not context["waiting"], said=said, refused=refused)
    return render(request, "screening/decisions/ahead.html", context)


def _keeps_votes(request: HttpRequest, member: Membership) -> bool:
    """True where the form comes from a page that keeps votes. Nobody's vote is taken from whoever is signed in by now."""
    voter = request.POST.get("voter")
    if voter is not None and voter != str(member.pk):
        raise NotAllowedNow("This was done by somebody else in this browser. It was not stored.", rule="I14")
    return voter is not None


@require_POST
@requires(Permission.SCREEN)
def vote_ta(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Store a vote and show the next citation. The same form twice is one vote (P31)."""
    form, versions, keeps = request.POST, Versions(member.review), _keeps_votes(request, member)
    if ASKED in form:
        item = _item(member, number)
        return _screen(request, member, item, own=own_vote(member, item), typed=typed_from(form))
    turn = take_turn(
        member=member, stage=TA, number=number, choice=choice_from(form), key=submission_key(form), known=form.get("known", ""),
        versions=versions, read=form.get("read", ""),
    )  # fmt: skip
    if keeps:
        return _ahead(request, member, form, said=turn.said, refused=turn.refused)
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(
            request, member, turn.following, versions=versions, undoable=turn.undoable, said=turn.said, refused=turn.refused
        )  # fmt: skip
    if turn.refused:
        messages.warning(request, turn.refused)
    return redirect(f"{reverse('screening_ta', args=[member.review.slug])}?undo={number}")


@require_POST
@requires(Permission.SCREEN)
def vote_ta_take_back(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Undo: take one's vote back and return to that citation."""
    keeps = _keeps_votes(request, member)
    take_back(member=member, item_id=_item(member, number).pk, key=submission_key(request.POST))
    if keeps:
        return _ahead(request, member, request.POST, said=f"Vote on record {number} taken back.")
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(request, member, _item(member, number), said=f"Vote on record {number} taken back.")
    messages.success(request, f"Your vote on record {number} is taken back.")
    return redirect("screening_ta_record", member.review.slug, number)


@require_POST
@requires(Permission.SCREEN)
def vote_ta_postpone(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Put the citation at the end of one's queue. The same form twice is done once (P31)."""
    form, keeps = request.POST, _keeps_votes(request, member)
    put_off(member=member, item_id=_item(member, number).pk, why=form.get("note", ""), key=submission_key(form))
    if keeps:
        return _ahead(request, member, form, said=f"Record {number} comes at the end.")
    if request.htmx:  # type: ignore[attr-defined]
        return _screen(request, member, queue.next_item(member, TA), said=f"Record {number} comes at the end.")
    messages.success(request, f"Record {number} comes at the end.")
    return redirect("screening_ta", member.review.slug)


@require_POST
@requires(Permission.SCREEN)
def screening_ta_view(request: HttpRequest, member: Membership) -> HttpResponse:
    """One record at a time, or a list of cards; the account remembers it."""
    member.user.screens_by_list = request.POST.get("view") == "list"
    member.user.save(update_fields=["screens_by_list"])
    return redirect("screening_ta", member.review.slug)


@require_GET
@requires(Permission.SEE_REVIEW)
def screening_ta_progress(request: HttpRequest, member: Membership) -> HttpResponse:
    """The stage bar's numbers, asked for separately in a very large review; ``list`` is the list that it stands above."""
    context = {"stage": TA, "progress": progress(member, TA), "order": order_told(member.review_id, TA)}
    context["name"] = request.GET.get("list", "") if request.GET.get("list") in TITLES else ""
    return render(request, "screening/decisions/stage_bar.html", context)


@require_GET
@requires(Permission.SEE_REVIEW)
def screening_ta_list(request: HttpRequest, member: Membership, name: str) -> HttpResponse:
    """One of the lists of the stage; outcomes only where they are revealed."""
    if name not in LISTS:
        raise Http404
    records = records_at_title_and_abstract(member, name)
    counted = progress_now(member, TA)
    total = counted[_COUNTED_AS[name]] if counted else None
    page = page_of(records, request, total=total, counts=False)
    context = {
        "stage": TA,
        "name": name,
        "title": TITLES[name],
        "rows": listed(member, TA, page["page"].records),
        "may_reopen": name in ("included", "excluded") and member.may(Permission.REOPEN),
        "progress": counted,
        "order": order_told(member.review_id, TA),
    }
    return render(request, "screening/decisions/list.html", context | page)


TITLES = {
    "to-screen": "To screen",
    "my-votes": "My votes",
    "awaiting": "Awaiting other reviewer",
    "conflicts": "Conflicts",
    "excluded": "Excluded at title and abstract",
    "included": "Included at title and abstract",
}


_COUNTED_AS = {
    "to-screen": "left",
    "my-votes": "voted",
    "awaiting": "awaiting",
    "conflicts": "conflicts",
    "excluded": "excluded",
    "included": "included",
}


@require_POST
@requires(Permission.REOPEN)
def screening_reopen(request: HttpRequest, member: Membership, item_id: int) -> HttpResponse:
    """A lead opens a settled item for a new round, with a reason."""
    item = get_object_or_404(Item, pk=item_id, review_id=member.review_id)
    reopen_item(item_id=item.pk, lead=member, reason=request.POST.get("reason", ""))
    messages.success(
        request, f"Record {item.record.number} is open again. The earlier votes are kept and no longer count."
    )
    return redirect("record", member.review.slug, item.record.number)
