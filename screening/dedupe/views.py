"""Pages of duplicates: one card at a time, what was merged, the spot check, and what was removed before the import."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.audit.spreadsheet import spreadsheet_safe
from screening.dedupe import queue
from screening.dedupe.actions import (
    NO_LONGER_ASKED,
    accept_cards,
    answer_card,
    ask_for_duplicates,
    choose_kept,
    part_record,
    stop_search,
    undo_answer,
)
from screening.dedupe.declaring import declare_removal, declared_removals, numbers_of_duplicates, withdraw_declaration
from screening.dedupe.forms import (
    ActForm,
    AnswerForm,
    CardsForm,
    DeclarationForm,
    KeptForm,
    MergesForm,
    checked,
)
from screening.dedupe.keeping import picked
from screening.dedupe.models import Answer, CandidateCard, DeclaredRemoval, Judgement, KeptChoice
from screening.dedupe.spotcheck import SIZES, upper_bound
from screening.dedupe.stored import group_of
from screening.jobs.sweeper import worker_seen_seconds_ago
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission

PER_PAGE = 50


@require_safe
@requires(Permission.SEE_RESULTS)
def duplicates(request: HttpRequest, member: Membership) -> HttpResponse:
    """The surest open card."""
    return _card_page(request, member, queue.open_cards(member.review).first())


@require_safe
@requires(Permission.SEE_RESULTS)
def duplicate_card(request: HttpRequest, member: Membership, card_id: int) -> HttpResponse:
    """One card by its id; an answered one says so."""
    card = queue.card_of(member.review, card_id)
    return _card_page(request, member, card) if card else _gone(request, member)


def _gone(request: HttpRequest, member: Membership) -> HttpResponse:
    """A search that ran meanwhile asks otherwise, or no more."""
    messages.warning(request, NO_LONGER_ASKED)
    return redirect("duplicates", member.review.slug)


def _card_page(request: HttpRequest, member: Membership, card: CandidateCard | None) -> HttpResponse:
    review = member.review
    context: dict[str, Any] = {"open": queue.open_cards(review).count(), **_lists(member), **_job(member)}
    context["last"] = queue.last_act(member) if context["may_answer"] else None
    if card is not None:
        before, after = queue.neighbours(review, card)
        context |= {"side": queue.side_by_side(card), "before": before, "after": after}
    return render(request, "screening/dedupe/duplicates.html", context)


def _lists(member: Membership) -> dict[str, Any]:
    review = member.review
    return {
        "may_answer": member.may(Permission.RESOLVE_DUPLICATES),
        "by_rule": queue.merged(review.pk, "rule").count(),
        "by_person": queue.merged(review.pk, "person").count(),
        "apart": queue.apart_acts(review).count(),
    }


def _job(member: Membership) -> dict[str, Any]:
    job = queue.last_job(member.review)
    seen = worker_seen_seconds_ago()
    waits = job is not None and job.state == "queued"
    return {"job": job, "left": queue.time_left(job), "no_worker": waits and (seen is None or seen > 30)}


@require_safe
@requires(Permission.SEE_RESULTS)
def duplicates_progress(request: HttpRequest, member: Membership) -> HttpResponse:
    """The state of the search for duplicates; once it is over the page shows itself anew."""
    context = _job(member)
    if context["job"] is None or context["job"].is_over:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "screening/dedupe/job.html", context)


@require_POST
@requires(Permission.RESOLVE_DUPLICATES)
def duplicates_find(request: HttpRequest, member: Membership) -> HttpResponse:
    """Search the whole review for duplicates."""
    ask_for_duplicates(member=member)
    return redirect("duplicates", member.review.slug)


@require_POST
@requires(Permission.RESOLVE_DUPLICATES)
def duplicate_answer(request: HttpRequest, member: Membership, card_id: int) -> HttpResponse:
    """Same, related or different; then the card after it, so that what was left for later stays so. Sent twice it is one act (P31)."""
    card = queue.card_of(member.review, card_id)
    if card is None:
        return _gone(request, member)
    form = AnswerForm(request.POST)
    answer = Answer(checked(form)["answer"])
    if not _is_own_answer(member, card, answer):
        kept = picked(member.review_id, group_of(member.review_id, card.members), form.numbers())
        answer_card(member=member, card=card, answer=answer, kept=kept)
    _, after = queue.neighbours(member.review, card)
    return _to_card(member, after)


def _is_own_answer(member: Membership, card: CandidateCard, answer: Answer) -> bool:
    if card.act is None or card.answer != answer:
        return False
    return Judgement.objects.filter(act=card.act, by=member.user, lifted_at__isnull=True).exists()


@require_POST
@requires(Permission.RESOLVE_DUPLICATES)
def duplicates_stop(request: HttpRequest, member: Membership) -> HttpResponse:
    """Stop the search for duplicates."""
    stop_search(member=member)
    return redirect("duplicates", member.review.slug)


@require_POST
@requires(Permission.RESOLVE_DUPLICATES)
def duplicates_undo(request: HttpRequest, member: Membership) -> HttpResponse:
    """Take an answer back; the records stand as before."""
    act = checked(ActForm(request.POST))["act"]
    if not any(kind.objects.filter(act=act, review=member.review).exists() for kind in (Judgement, KeptChoice)):
        raise Http404
    cards = list(CandidateCard.objects.filter(review=member.review, act=act).values_list("pk", flat=True))
    undo_answer(member=member, act=act)
    messages.success(request, "The answer is taken back. The records stand as before.")
    again = queue.open_cards(member.review).filter(pk__in=cards).first()
    return _back(request, member) if "next" in request.POST else _to_card(member, again)


def _to_card(member: Membership, card: CandidateCard | None) -> HttpResponse:
    """To this card, else to the surest open one."""
    if card is None:
        return redirect("duplicates", member.review.slug)
    return redirect("duplicate_card", member.review.slug, card.pk)


def _back(request: HttpRequest, member: Membership) -> HttpResponse:
    """To the page of this site that the form names, else to the cards."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect("duplicates", member.review.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RESOLVE_DUPLICATES)
def duplicates_accept(request: HttpRequest, member: Membership) -> HttpResponse:
    """Cards in which no field differs, to be accepted together: first the list with its effect, then the act (U4)."""
    cards = queue.undiffering_cards(member.review)
    if request.method != "POST":
        context = {"rows": queue.records_of(cards), "left": queue.open_cards(member.review).count()}
        return render(request, "screening/dedupe/accept.html", context)
    ticked = checked(CardsForm(request.POST, offered=[card.pk for card in cards]))["cards"]
    accept_cards(member=member, cards=[card for card in cards if card.pk in ticked])
    messages.success(request, f"Same record for {len(ticked)} candidate{'' if len(ticked) == 1 else 's'}.")
    return redirect("duplicates", member.review.slug)


@require_safe
@requires(Permission.SEE_RESULTS)
def duplicates_merged(request: HttpRequest, member: Membership, by: str) -> HttpResponse:
    """Records merged by rule, or by a person, each with its reason and the way back."""
    if by not in ("rule", "person"):
        raise Http404
    form = MergesForm(request.GET, review=member.review, rules=queue.rules_at_work(member.review_id))
    rows = queue.merged(member.review_id, by, form.chosen())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "by": by,
        "page": page,
        "merges": queue.explained(list(page)),
        "form": form,
        "query": form.as_query(),
        **_lists(member),
    }
    return render(request, "screening/dedupe/merged.html", context)


@require_safe
@requires(Permission.SEE_RESULTS)
def duplicates_apart(request: HttpRequest, member: Membership) -> HttpResponse:
    """What people kept apart: different or related, by whom, each to be undone."""
    page = Paginator(queue.apart_acts(member.review), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "said": queue.told(member.review, list(page)), **_lists(member)}
    return render(request, "screening/dedupe/apart.html", context)


@require_safe
@requires(Permission.SEE_RESULTS)
def duplicates_check(request: HttpRequest, member: Membership) -> HttpResponse:
    """A random sample of the merges by rule, and the upper bound of their error."""
    asked = request.GET.get("n", "")
    size = int(asked) if asked in {str(one) for one in SIZES} else SIZES[0]
    check = queue.spot_check(member.review, size)
    context = {
        "check": check,
        "size": size,
        "sizes": SIZES,
        "merges": queue.check_rows(member.review_id, check),
        "percent": 100 * upper_bound(len(check.wrong), len(check.drawn)),
        **_lists(member),
    }
    return render(request, "screening/dedupe/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RESOLVE_DUPLICATES)
def duplicate_kept(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """A merged group: which of its records leads, and whose values are shown."""
    record = queue.record_in_play(member.review, number)
    if request.method != "POST":
        context = {
            "record": record,
            "side": queue.kept_group(record),
            "last": queue.last_choice(member, record),
            **_lists(member),
        }
        return render(request, "screening/dedupe/kept.html", context)
    form = KeptForm(request.POST)
    checked(form)
    kept = picked(member.review_id, group_of(member.review_id, [record.pk]), form.numbers())
    choose_kept(member=member, record=record, kept=kept)
    messages.success(request, "Chosen. Every record keeps its own values; the choice can be undone below.")
    return redirect("duplicate_kept", member.review.slug, number)


@require_POST
@requires(Permission.RESOLVE_DUPLICATES)
def duplicate_part(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """Not a duplicate: the record leaves its group."""
    part_record(member=member, record=queue.record_in_play(member.review, number))
    messages.success(
        request, f"Record {number} is no duplicate any more. It can be merged again under Different, related."
    )
    return _back(request, member)


class _Echo:
    """A file that hands back what is written: the csv module writes, the response streams."""

    def write(self, text: str) -> str:
        return text


@require_safe
@requires(Permission.SEE_RESULTS)
def duplicates_csv(request: HttpRequest, member: Membership) -> HttpResponseBase:
    """Every merged record with group, lead, rule, score, reason, who and when."""
    writer = csv.writer(_Echo())
    rows: Iterator[tuple[object, ...]] = chain([queue.CSV_HEAD], queue.csv_rows(member.review))
    lines = (writer.writerow([spreadsheet_safe(str(cell)) for cell in row]) for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{member.review.slug}-duplicates.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@requires(Permission.SEE_RESULTS)
def duplicates_numbers(request: HttpRequest, member: Membership) -> HttpResponse:
    """Duplicates by search and source, by rule and by a person; and what was removed before import, as declared (R10)."""
    return _numbers_page(request, member, DeclarationForm(review=member.review))


def _numbers_page(request: HttpRequest, member: Membership, form: DeclarationForm) -> HttpResponse:
    context = {
        "lines": numbers_of_duplicates(member.review),
        "declared": declared_removals(member.review),
        "form": form,
        "may_declare": member.may(Permission.IMPORT),
        **_lists(member),
    }
    return render(request, "screening/dedupe/numbers.html", context, status=400 if form.errors else 200)


@require_POST
@requires(Permission.IMPORT)
def duplicates_declare(request: HttpRequest, member: Membership) -> HttpResponse:
    """Declare records removed before import."""
    form = DeclarationForm(request.POST, review=member.review)
    if not form.is_valid():
        return _numbers_page(request, member, form)
    declare_removal(member=member, **form.cleaned_data)
    messages.success(request, "Declared. PRISMA counts it in boxes 2 and 3, marked as declared.")
    return redirect("duplicates_numbers", member.review.slug)


@require_POST
@requires(Permission.IMPORT)
def duplicates_withdraw(request: HttpRequest, member: Membership, declared_id: int) -> HttpResponse:
    """Take a declaration back."""
    declared = get_object_or_404(DeclaredRemoval, pk=declared_id, review=member.review)
    withdraw_declaration(member=member, declared=declared)
    messages.success(request, "The declaration is withdrawn.")
    return redirect("duplicates_numbers", member.review.slug)
