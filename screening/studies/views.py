"""Studies: included reports without one, and every study with its reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from screening.audit.refusal import NotAllowedNow
from screening.records.models import Record
from screening.reviews.access import requires
from screening.reviews.models import Membership, ReviewKind
from screening.roles import Permission
from screening.searches.models import SearchRun
from screening.studies import queue
from screening.studies.actions import (
    create_study,
    delete_study,
    link_report,
    mark_of_previous_version,
    merge_studies,
    rename_study,
    study_per_report,
    unlink_report,
)
from screening.studies.forms import LabelForm, NewStudyForm, StudyForm, VersionForm
from screening.studies.models import Study


@require_safe
@requires(Permission.SEE_RESULTS)
def studies(request: HttpRequest, member: Membership) -> HttpResponse:
    """What still lacks a study, and the studies; ``?search=`` shows those of one search alone, as its flow counts them."""
    run = _run(request, member)
    rows = queue.studies_of(member.review, run)
    context = {
        "run": run,
        "unlinked": [] if run else queue.unlinked(member.review),
        "rows": [row for row in rows if row.counts and not row.is_known],
        "known": [row for row in rows if row.counts and row.is_known],
        "is_update": member.review.kind == ReviewKind.UPDATE,
        "resting": [] if run else [row for row in rows if not row.counts],
        "all": [row.study for row in rows],
        "may_link": member.may(Permission.LINK_STUDIES),
    }
    return render(request, "screening/studies/studies.html", context)


def _run(request: HttpRequest, member: Membership) -> SearchRun | None:
    number = request.GET.get("search", "")
    if not number:
        return None
    if not number.isdecimal() or len(number) > 9:
        raise Http404
    return get_object_or_404(SearchRun, review=member.review, number=int(number))


def _study(member: Membership, study_id: int) -> Study:
    return get_object_or_404(Study, pk=study_id, review=member.review)


def _record(member: Membership, number: int) -> Record:
    return get_object_or_404(Record, review=member.review, number=number, standing__isnull=False)


def _checked(form: Form) -> dict[str, Any]:
    """The cleaned data. Raises NotAllowedNow with the form's own sentence."""
    if form.is_valid():
        return form.cleaned_data
    raise NotAllowedNow(" ".join(str(error) for errors in form.errors.values() for error in errors))


@require_POST
@requires(Permission.LINK_STUDIES)
def study_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """A new study of the chosen reports."""
    included = queue.included_records(member.review_id).values("record_id")
    form = NewStudyForm(request.POST, records=Record.objects.filter(review=member.review, pk__in=included))
    data = _checked(form)
    made = create_study(
        member=member,
        label=data["label"],
        records=list(data["records"]),
        of_previous_version=data["of_previous_version"],
    )
    n = len(data["records"])
    messages.success(request, f"Study {made.label}: {n} report{'' if n == 1 else 's'}.")
    return redirect("studies", member.review.slug)


@require_POST
@requires(Permission.LINK_STUDIES)
def studies_each(request: HttpRequest, member: Membership) -> HttpResponse:
    """One study per report for all that have none."""
    n = len(study_per_report(member=member))
    messages.success(request, f"{n} {'study' if n == 1 else 'studies'} made, one per report.")
    return redirect("studies", member.review.slug)


@require_POST
@requires(Permission.LINK_STUDIES)
def study_link(request: HttpRequest, member: Membership, number: int) -> HttpResponse:
    """A report joins a study."""
    chosen = _checked(StudyForm(request.POST, studies=Study.objects.filter(review=member.review)))["study"]
    link_report(member=member, study=chosen, record=_record(member, number))
    messages.success(request, f"The report of record {number} is linked to {chosen.label}.")
    return redirect("studies", member.review.slug)


@require_safe
@requires(Permission.SEE_RESULTS)
def study(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """One study: its reports, other names, what it can be merged with."""
    found = _study(member, study_id)
    row = next(row for row in queue.studies_of(member.review) if row.study == found)
    held = {report.record.pk for report in row.reports}
    included = queue.included_records(member.review_id).exclude(record_id__in=held).select_related("record")
    context = {
        "row": row,
        "study": found,
        "is_update": member.review.kind == ReviewKind.UPDATE,
        "others": Study.objects.filter(review=member.review).exclude(pk=found.pk),
        "linkable": [item.record for item in included.order_by("record__number")],
        "may_link": member.may(Permission.LINK_STUDIES),
    }
    return render(request, "screening/studies/study.html", context)


@require_POST
@requires(Permission.LINK_STUDIES)
def study_unlink(request: HttpRequest, member: Membership, study_id: int, number: int) -> HttpResponse:
    """A report leaves a study."""
    found = _study(member, study_id)
    unlink_report(member=member, study=found, record=_record(member, number))
    messages.success(request, f"The report of record {number} is no longer linked to {found.label}.")
    return redirect("study", member.review.slug, study_id)


@require_POST
@requires(Permission.LINK_STUDIES)
def study_rename(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Another label."""
    found = _study(member, study_id)
    rename_study(member=member, study=found, label=_checked(LabelForm(request.POST))["label"])
    return redirect("study", member.review.slug, study_id)


@require_POST
@requires(Permission.LINK_STUDIES)
def study_version(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Whether the previous version of the review included a study already."""
    found, value = _study(member, study_id), _checked(VersionForm(request.POST))["of_previous_version"]
    mark_of_previous_version(member=member, study=found, value=value)
    counted = "with the previous version" if value else "among the new studies"
    messages.success(request, f"{found.label} is counted {counted}.")
    return redirect("study", member.review.slug, study_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LINK_STUDIES)
def study_merge(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Two studies are one: first the effect in numbers, then the act (U4)."""
    kept = _study(member, study_id)
    form = StudyForm(
        request.POST or request.GET, studies=Study.objects.filter(review=member.review).exclude(pk=kept.pk)
    )
    other = _checked(form)["study"]
    if request.method != "POST":
        rows = {row.study.pk: row for row in queue.studies_of(member.review)}
        context = {"kept": rows[kept.pk], "other": rows[other.pk], **_effect_of_merging(rows, kept.pk, other.pk)}
        return render(request, "screening/studies/merge.html", context)
    merge_studies(member=member, kept=kept, other=other)
    messages.success(request, f"{other.label} is now part of {kept.label}.")
    return redirect("study", member.review.slug, kept.pk)


def _effect_of_merging(rows: Mapping[int, queue.StudyRow], kept: int, other: int) -> dict[str, int]:
    """How many new studies there are now, and then: one of the previous version makes both so."""
    new = {pk for pk, row in rows.items() if row.counts and not row.is_known}
    either = {kept, other}
    is_new = not any(rows[pk].is_known for pk in either) and any(rows[pk].counts for pk in either)
    return {"now": len(new), "then": len(new - either) + is_new}


@require_POST
@requires(Permission.LINK_STUDIES)
def study_delete(request: HttpRequest, member: Membership, study_id: int) -> HttpResponse:
    """Delete a study without reports."""
    found = _study(member, study_id)
    delete_study(member=member, study=found)
    messages.success(request, f"{found.label} is deleted. It had no reports.")
    return redirect("studies", member.review.slug)
