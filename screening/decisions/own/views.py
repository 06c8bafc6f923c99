"""Pages of what a reviewer keeps for herself: words to mark, tags, her own records, her time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item
from screening.decisions.own import actions, queue
from screening.decisions.own.spent import in_words
from screening.decisions.queue import items_of
from screening.decisions.verdict import Stage
from screening.dedupe.shown import as_shown
from screening.protocol.derived_words import Derived, derive
from screening.protocol.models import Desk, ReviewWords
from screening.protocol.versions import active_protocol, draft_of
from screening.protocol.words import fold
from screening.records.listing import page_of
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PAGES = {Stage.TITLE_ABSTRACT: "screening_ta_record", Stage.FULL_TEXT: "screening_ft_record"}


@requires(Permission.SEE_REVIEW)
@require_safe
def words(request: HttpRequest, member: Membership) -> HttpResponse:
    """The words that are marked while screening: the review's two lists, one's own, and on request what the criteria suggest."""
    return _words_page(request, member, queue.words_of_review(member.review_id), queue.desk_of(member))


def _words_page(
    request: HttpRequest, member: Membership, shared: ReviewWords, desk: Desk, refused: str = ""
) -> HttpResponse:
    known = [shared.speaks_for, shared.speaks_against, desk.speaks_for, desk.speaks_against]
    context = {
        "shared": shared,
        "desk": desk,
        "may_edit": member.may(Permission.EDIT_PROTOCOL),
        "may_keep": member.may(Permission.SCREEN),
        "derived": _derived(member, "\n".join(known)) if "derive" in request.GET else None,
        "refused": refused,
    }
    return render(request, "screening/decisions/words.html", context, status=422 if refused else 200)


def _derived(member: Membership, known: str) -> Derived:
    """What the criteria suggest and no list holds yet."""
    version = active_protocol(member.review) or draft_of(member.review)
    found = derive(version.criteria.all() if version else [])
    there = {fold(word)[0] for word in known.splitlines()}
    sides = ([word for word in side if fold(word)[0] not in there] for side in (found.speaks_for, found.speaks_against))
    return Derived(*sides)


@requires(Permission.EDIT_PROTOCOL)
@require_POST
def words_review(request: HttpRequest, member: Membership) -> HttpResponse:
    """Change the two lists of the review, or add ticked words to them. What cannot be read stays in the form."""
    shared = queue.words_of_review(member.review_id)
    shared.speaks_for, shared.speaks_against = _typed(request, shared)
    try:
        actions.set_review_words(member=member, speaks_for=shared.speaks_for, speaks_against=shared.speaks_against)
    except NotAllowedNow as refusal:
        return _words_page(request, member, shared, queue.desk_of(member), str(refusal))
    messages.success(request, "The words are marked for everybody from now on.")
    return redirect("words", member.review.slug)


@requires(Permission.SCREEN)
@require_POST
def words_own(request: HttpRequest, member: Membership) -> HttpResponse:
    """Change one's own lists, or add ticked words to them. What cannot be read stays in the form."""
    desk = queue.desk_of(member)
    desk.speaks_for, desk.speaks_against = _typed(request, desk)
    try:
        actions.set_own_words(member=member, speaks_for=desk.speaks_for, speaks_against=desk.speaks_against)
    except NotAllowedNow as refusal:
        return _words_page(request, member, queue.words_of_review(member.review_id), desk, str(refusal))
    messages.success(request, "Your own words are kept. Nobody else sees them.")
    return redirect("words", member.review.slug)


def _typed(request: HttpRequest, there: ReviewWords | Desk) -> tuple[str, str]:
    """Both lists as typed; with ticked words instead, those after what is there."""
    sent = request.POST
    lists = (("speaks_for", there.speaks_for), ("speaks_against", there.speaks_against))
    first, second = ("\n".join([sent.get(name, kept), *sent.getlist(f"add_{name}")]) for name, kept in lists)
    return first, second


@requires(Permission.SCREEN)
@require_POST
def words_view(request: HttpRequest, member: Membership) -> HttpResponse:
    """How records are shown to oneself while screening, and the tags that are kept ready."""
    sent = request.POST
    actions.set_view(member=member, highlights_on="highlights_on" in sent, hides_authors="hides_authors" in sent)
    actions.set_ready_tags(member=member, names=sent.get("tags", "").splitlines())
    messages.success(request, "Your settings for this review are kept.")
    return redirect("words", member.review.slug)


@requires(Permission.SCREEN)
@require_POST
def screening_highlights(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Switch the marks on or off; the record that one reads comes again, what is typed beside it stays."""
    actions.set_view(member=member, highlights_on=request.POST.get("highlights") == "on")
    item = _item(request, member, number)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(PAGES[Stage(item.stage)], member.review.slug, number)
    reading = queue.reading_of(member, item.pk)
    context = {"record": as_shown(item.record), "reading": reading, "item": item, "is_answer": True}
    return render(request, "screening/decisions/reading.html", context)


@requires(Permission.SCREEN)
@require_POST
def screening_tags(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """One's own tags on a record: those ticked, and new ones as typed; ``card`` where it was one of a list."""
    item, sent = _item(request, member, number), request.POST
    actions.set_tags(member=member, item=item, names=[*sent.getlist("tag"), *sent.get("new", "").split(",")])
    if not request.htmx and "card" in sent:  # type: ignore[attr-defined]
        return redirect(f"{reverse('screening_ta', args=[member.review.slug])}#card-{number}")
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(PAGES[Stage(item.stage)], member.review.slug, number)
    context = {"record": item.record, "reading": queue.reading_of(member, item.pk), "item": item, "is_answer": True}
    return render(request, f"screening/decisions/{'card_tags' if 'card' in sent else 'tags'}.html", context)


def _item(request: HttpRequest, member: Membership, number: int) -> Item:
    """The item of the record at the stage that the form names."""
    stage = Stage.FULL_TEXT if request.POST.get("stage") == "ft" else Stage.TITLE_ABSTRACT
    return get_object_or_404(items_of(member, stage).select_related("record"), record__number=number)


@requires(Permission.SCREEN)
@require_safe
def my_records(request: HttpRequest, member: Membership) -> HttpResponse:
    """One's own records at a stage, filtered and searched: votes, tags, notes, what one put off. Nothing of anybody else."""
    asked = queue.filters_from(request.GET)
    counts = queue.own_counts(member, asked.stage)
    total = counts[asked.show] if asked.is_whole_list else None
    listed = page_of(queue.own_records(member, asked), request, total)
    kept = queue.kept_on(member, asked.stage, listed["page"].records)
    context: dict[str, Any] = {
        **listed,
        "asked": asked,
        "rows": [(record, kept[record.pk]) for record in listed["page"].records],
        "lists": [(show, label, counts[show]) for show, label in queue.LISTS.items()],
        "title": queue.LISTS[asked.show],
        "stages": list(Stage),
        "tags": queue.own_tag_names(member),
        "languages": [(code, [code]) for code in queue.own_languages(member, asked.stage)],
        "hides_authors": queue.desk_of(member).hides_authors,
        "record_page": PAGES[asked.stage],
    }
    return render(request, "screening/decisions/my_records.html", context)


@requires(Permission.SEE_REVIEW)
@require_safe
def my_time(request: HttpRequest, member: Membership) -> HttpResponse:
    """One's own time by stage; to a lead also that of others, of votes that are open."""
    may_screen, is_lead = member.may(Permission.SCREEN), member.may(Permission.MANAGE_TEAM)
    team = queue.time_of_team(member) if is_lead else []
    context = {
        "own": [(stage, queue.own_time(member, stage)) for stage in Stage] if may_screen else [],
        "is_lead": is_lead,
        "team": [(name, n, in_words(total)) for name, n, total in team],
    }
    return render(request, "screening/decisions/time.html", context)
