"""Coding a study: the list of studies, its texts, and one text beside the codes."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from extraction.coding import marking
from extraction.coding.forms import PagesForm, TextForm
from extraction.coding.handing import hand_over, to_hand_over
from extraction.coding.models import Code, CodingMemo, SourceText
from extraction.coding.naming import names_for
from extraction.coding.overview import STATES, agreed, own_states, study_lines, text_page
from extraction.coding.passages import sentences
from extraction.coding.queue import codebook_of, codes
from extraction.entries.queue import files_of
from screening.audit.refusal import NotAllowedNow
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.models import Study
from screening.studies.queue import studies_that_count


@require_safe
@requires(Permission.SEE_RESULTS)
def coding(request: HttpRequest, member: Membership) -> HttpResponse:
    """Studies to code with one's own state, and the agreement on those that both have submitted."""
    codebook = codebook_of(member.review)
    if codebook is None:
        return redirect("codebook", member.review.slug)
    lines = study_lines(member, codebook)
    context = {
        "codebook": codebook,
        "lines": lines,
        "agreed": agreed(member.review, codebook),
        "may": member.may(Permission.CODE),
    }
    return render(request, "extraction/coding/coding.html", context)


def study_of(member: Membership, study_id: int) -> Study:
    return get_object_or_404(Study, pk=study_id, review=member.review)


def _source(member: Membership, source_id: int) -> SourceText:
    return get_object_or_404(SourceText.objects.select_related("study__review"), pk=source_id, review=member.review)


@require_safe
@requires(Permission.SEE_RESULTS)
def coding_study(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """The texts of a study, memos on it, and handing in."""
    study = study_of(member, study_id)
    codebook = codebook_of(member.review)
    if codebook is None:
        return redirect("codebook", member.review.slug)
    state, named = own_states(member, codebook).get(study.pk, "new"), names_for(member, study)
    memos = CodingMemo.objects.visible_to(member).filter(study=study).select_related("author__user", "segment")
    files, may_edit = files_of(study), member.may(Permission.EDIT_CODEBOOK)
    context = {
        "study": study, "codebook": codebook, "state": state, "words": STATES[state], "form": TextForm(),
        "texts": study.source_texts.all(),
        "counts": studies_that_count(member.review).filter(pk=study.pk).exists(),
        "memos": [(memo, named(memo.author)) for memo in memos],
        "pages_form": PagesForm(files=files) if files and may_edit else None,
        "may_edit": may_edit, "may_code": member.may(Permission.CODE),
        "handing": to_hand_over(study) if member.may(Permission.REOPEN) else None,
    }  # fmt: skip
    return render(request, "extraction/coding/study.html", context)


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def coding_text_new(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Add a text that was pasted."""
    study, form = study_of(member, study_id), TextForm(request.POST)
    if not form.is_valid():
        raise NotAllowedNow(_why_not(form))
    data = {name: form.cleaned_data[name] for name in ("kind", "label", "text", "page")}
    source = marking.add_source(member=member, study=study, **data)
    messages.success(request, f"{source.label} is added.")
    return redirect("coding_study", member.review.slug, study.pk)


def _why_not(form: TextForm) -> str:
    told = [str(each) for name in ("label", "page") for each in form.errors.get(name, ()) if form.data.get(name)]
    return " ".join(told) or "A text needs a kind, a label such as Reflection 13, and some words."


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def coding_text_pages(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Add pages of one of the study's PDFs."""
    study = study_of(member, study_id)
    form = PagesForm(request.POST, files=files_of(study))
    if not form.is_valid():
        raise NotAllowedNow("Choose a PDF of this study, its first and its last page, and whose words they are.")
    source = marking.take_pages(member=member, study=study, **form.cleaned_data)
    messages.success(
        request, f"{source.label} is added. Read it before you code: columns and tables may have run into each other."
    )
    return redirect("coding_text", member.review.slug, source.pk)


@require_POST
@requires(Permission.EDIT_CODEBOOK)
def coding_text_aside(request: HttpRequest, member: Membership, source_id: int) -> HttpResponse:
    """Set a text aside, or bring it back."""
    source = _source(member, source_id)
    marking.set_text_aside(member=member, source=source, aside=source.set_aside_at is None)
    return redirect("coding_study", member.review.slug, source.study_id)


@require_POST
@requires(Permission.CODE)
def coding_turn(request: HttpRequest, member: Membership, study_id: int, act: str) -> HttpResponse:
    """Submit one's coding of a study, take it back, or write a memo on the study."""
    study = study_of(member, study_id)
    if act == "submit":
        marking.submit(member=member, study=study)
        messages.success(request, f"Your coding of {study.label} is submitted.")
    elif act == "take-back":
        marking.take_back(member=member, study=study)
    elif act == "memo":
        marking.add_memo(member=member, study=study, text=request.POST.get("text", ""))
    else:
        raise Http404
    return redirect("coding_study", member.review.slug, study.pk)


@require_POST
@requires(Permission.REOPEN)
def coding_hand_over(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Another goes on with the unfinished coding of somebody."""
    study = study_of(member, study_id)
    coder, to = (number(request.POST.get(name, "")) for name in ("coder", "to"))
    turn = hand_over(member=member, study=study, coder=coder, to=to)
    messages.success(request, f"{turn.coder.user} goes on with the coding of {study.label}.")
    return redirect("coding_study", member.review.slug, study.pk)


@require_safe
@requires(Permission.SEE_RESULTS)
def coding_text(request: HttpRequest, member: Membership, source_id: int) -> HttpResponse:
    """One text, sentence by sentence, beside the codes."""
    source = _source(member, source_id)
    codebook = codebook_of(member.review)
    if codebook is None:
        return redirect("codebook", member.review.slug)
    page, lines = text_page(member, source, request.GET.get("page", ""))
    state = own_states(member, codebook).get(source.study_id, "new")
    is_open = state in {"new", "begun"} and source.set_aside_at is None
    context = {
        "source": source, "study": source.study, "codebook": codebook, "page": page, "lines": lines, "words": STATES[state],
        "codes": codes(member.review), "may_code": is_open and member.may(Permission.CODE),
        "is_opened": state in {"compare", "settled"}, "last": request.GET.get("last", ""), "did": request.GET.get("did", ""),
        "marks": request.META.get("QUERY_STRING", ""),
    }  # fmt: skip
    return render(request, "extraction/coding/text.html", context)


@require_POST
@requires(Permission.CODE)
def coding_mark(request: HttpRequest, member: Membership, source_id: int) -> HttpResponse:
    """Code the chosen words or sentences, take a code off, or put it back; ``code`` codes, ``remove`` and ``again`` are start-end-code."""
    source = _source(member, source_id)
    act = next((name for name in ("remove", "again") if request.POST.get(name)), "code")
    if act == "code":
        start, end, code_id = *passage_of(request, source), number(request.POST.get("code", ""))
    else:
        start, end, code_id = _named(request.POST[act])
    code = get_object_or_404(Code, pk=code_id, review=member.review)
    does = marking.remove_coding if act == "remove" else marking.code_segment
    does(member=member, source=source, start=start, end=end, code=code)
    if memo := request.POST.get("memo", "").strip():
        marking.add_memo(member=member, segment=marking.segment_of(source, start, end), text=memo)
    query = {"last": f"{start}-{end}-{code.pk}", "did": act, "page": request.POST.get("page", "1")}
    where = reverse("coding_text", args=[member.review.slug, source.pk])
    return redirect(f"{where}?{urlencode(query)}#at-{_line_at(source, start)}")


def number(text: str) -> int:
    """A number that was sent. Raises NotAllowedNow for anything else."""
    if not text.isdecimal() or len(text) > 18:
        raise NotAllowedNow("Choose some words of the text and a code.")
    return int(text)


def _named(text: str) -> tuple[int, int, int]:
    parts = text.split("-")
    if len(parts) != 3:
        raise NotAllowedNow("Choose some words of the text and a code.")
    return number(parts[0]), number(parts[1]), number(parts[2])


def passage_of(request: HttpRequest, source: SourceText) -> tuple[int, int]:
    """The words that were selected, else the sentences that were ticked, from the first to the last."""
    if request.POST.get("start") and request.POST.get("end"):
        return number(request.POST["start"]), number(request.POST["end"])
    wanted = {number(one) for one in request.POST.getlist("sentence")}
    chosen = [one for one in sentences(source.text) if one.number in wanted]
    if not chosen:
        raise NotAllowedNow("Choose some words of the text first, or tick one or more sentences.")
    return chosen[0].start, chosen[-1].end


def _line_at(source: SourceText, start: int) -> int:
    return next((one.number for one in sentences(source.text) if one.end > start), 1)
