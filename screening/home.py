"""The home of a review: four steps with their counts, the equation, my next task, who has voted. Above all steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from screening.conflicts.queue import count_waiting
from screening.decisions.queue import awaiting_other, decided, in_conflict, my_votes, waiting_for
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.models import CandidateCard
from screening.fulltexts.queue import not_retrieved, to_retrieve
from screening.prisma.counts import flow_of
from screening.prisma.flow import Flow
from screening.protocol.models import StageMode
from screening.protocol.versions import active_protocol, draft_of
from screening.records.models import Standing
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.roles import Permission
from screening.studies.queue import without_study

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the address of exactly the things it counts; no address where nothing can be opened."""

    label: str
    n: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a member: what to do, why, and where."""

    title: str
    url: str
    detail: str = ""
    verb: str = "Continue"


@dataclass(frozen=True, slots=True)
class Box:
    """One of the four steps: its total with unit, its ledger, and the button that goes on with it."""

    title: str
    url: str
    total: Number
    rows: list[Number]
    button: Task | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the equation: the numbers of databases and registers, and of other methods where there are any."""

    label: str
    numbers: list[Number]


@requires(Permission.SEE_REVIEW)
@require_GET
def review_home(request: HttpRequest, member: Membership) -> HttpResponse:
    """Where the review stands and what waits for me."""
    flow = flow_of(member.review)
    tasks = list(tasks_of(member))
    context = {
        "protocol": active_protocol(member.review) or draft_of(member.review),
        "flow": flow,
        "equation": _equation(member, flow),
        "boxes": _boxes(member, flow),
        "task": tasks[0] if tasks else None,
        "then": tasks[1:],
        "progress": _progress(member),
    }
    return render(request, "screening/home.html", context)


def next_task(member: Membership) -> Task | None:
    """The first thing that waits for a member; None where nothing does."""
    return next(tasks_of(member), None)


def tasks_of(member: Membership) -> Iterator[Task]:
    """Everything that waits for a member, the most urgent first. Lazy: the first costs the queries of the first only."""
    for task in (_protocol, _import, _reviewers, _conflicts, _screening, _full_text, _retrieval, _duplicates, _studies):
        found = task(member)
        if found is not None:
            yield found


def _protocol(member: Membership) -> Task | None:
    draft = draft_of(member.review) if member.may(Permission.EDIT_PROTOCOL) else None
    if draft is None:
        return None
    url = _url("protocol_version", member, draft.number)
    if not draft.criteria.exists():
        return Task("Write Table 1 or load a preset", url, "No criteria yet.", "Open the protocol")
    if draft.number == 1:
        return Task("Freeze the protocol", url, "Screening starts once Table 1 is frozen.", "Read Table 1")
    return Task(f"Freeze amendment {draft.number}", url, "The version in force holds until then.", "Read the draft")


def _import(member: Membership) -> Task | None:
    if not member.may(Permission.IMPORT) or Standing.objects.filter(review_id=member.review_id).exists():
        return None
    return _task(member, "searches", "Import the first search", "No records yet.", "Import")


def _reviewers(member: Membership) -> Task | None:
    """Two independent votes need two people."""
    version = active_protocol(member.review)
    if version is None or version.ta_mode == StageMode.SINGLE or not member.may(Permission.MANAGE_TEAM):
        return None
    n = member.review.memberships.filter(is_reviewer=True, active_to__isnull=True).count()
    if n >= 2:
        return None
    has = "one reviewer" if n else "no reviewer"
    return _task(
        member, "team", "Invite a second reviewer" if n else "Invite two reviewers", f"The team has {has}.", "Invite"
    )


def _conflicts(member: Membership) -> Task | None:
    n = count_waiting(member) if member.may(Permission.SEE_CONFLICTS) else 0
    return _task(member, "conflicts", f"Settle {_n(n, 'conflict')}", verb="Open conflicts") if n else None


def _screening(member: Membership) -> Task | None:
    return _stage(member, TA, "screening_ta", "record")


def _full_text(member: Membership) -> Task | None:
    return _stage(member, FT, "screening_ft", "full text")


def _stage(member: Membership, stage: Stage, name: str, noun: str) -> Task | None:
    n = waiting_for(member, stage).count() if member.may(Permission.SCREEN) else 0
    if not n:
        return None
    verb = "Screen" if stage is TA else "Review"
    voted = my_votes(member, stage).count()
    detail = f"You have voted on {voted} of {voted + n}." if voted else ""
    return _task(
        member, name, f"{verb} {_n(n, noun)}", detail, "Continue screening" if stage is TA else "Continue review"
    )


def _retrieval(member: Membership) -> Task | None:
    n = to_retrieve(member.review_id).count() if member.may(Permission.RETRIEVE) else 0
    return _task(member, "fulltexts", f"Retrieve {_n(n, 'report')}", verb="Open full texts") if n else None


def _duplicates(member: Membership) -> Task | None:
    if not member.may(Permission.RESOLVE_DUPLICATES):
        return None
    n = CandidateCard.objects.filter(review_id=member.review_id, answered_at__isnull=True).count()
    return _task(member, "duplicates", f"Judge {_n(n, 'duplicate candidate')}", verb="Open duplicates") if n else None


def _studies(member: Membership) -> Task | None:
    n = without_study(member.review_id).count() if member.may(Permission.LINK_STUDIES) else 0
    return _task(member, "studies", f"Link {_n(n, 'included report')} to a study", verb="Open studies") if n else None


def _task(member: Membership, name: str, title: str, detail: str = "", verb: str = "Continue") -> Task | None:
    url = _url(name, member)
    return Task(title, url, detail, verb) if url else None


def _n(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _url(name: str, member: Membership, *args: str | int, query: str = "") -> str:
    """An address inside the review; empty where the site has no such page."""
    try:
        return reverse(name, args=[member.review.slug, *args]) + query
    except NoReverseMatch:
        return ""


def _equation(member: Membership, flow: Flow) -> list[Term]:
    """Records in = duplicates + removed + excluded + sought + pending: every record stands in one of the terms (L2, L3, L6)."""
    keys = (
        ("records in", "dbr_identified", "other_identified"),
        ("duplicates", "duplicates", "other_duplicates"),
        ("removed by a tool", "excluded_automatic", "other_excluded_automatic"),
        ("removed otherwise", "excluded_other", "other_removed"),
        ("excluded", "records_excluded", "other_records_excluded"),
        ("sought", "dbr_sought_reports", "other_sought_reports"),
        ("pending", "dbr_pending_title_abstract", "other_pending_title_abstract"),
    )
    terms = [Term(label, [_counted(member, flow, key) for key in pair]) for label, *pair in keys]
    always = ("records in", "duplicates", "excluded", "sought", "pending")
    kept = [term for term in terms if term.label in always or any(number.n for number in term.numbers)]
    if flow.other:
        return kept
    return [Term(term.label, term.numbers[:1]) for term in kept]


def _counted(member: Membership, flow: Flow, key: str, label: str = "") -> Number:
    return Number(label, flow.number(key), _url("prisma_box", member, key))


def _boxes(member: Membership, flow: Flow) -> list[Box]:
    return [
        _import_box(member, flow),
        _screening_box(member, flow),
        _full_text_box(member, flow),
        _studies_box(member, flow),
    ]


def _import_box(member: Membership, flow: Flow) -> Box:
    identified = flow.number("dbr_identified") + flow.number("other_identified")
    rows = [
        Number(name, n, _url("prisma_box", member, f"{key}:{name}"))
        for key in ("database_specific_results", "register_specific_results")
        for name, n in flow.parts[key].items()
    ]
    rows += [
        _counted(member, flow, key, label)
        for key, label in (
            ("website_results", "Websites"),
            ("organisation_results", "Organisations"),
            ("citations_results", "Citation searching"),
        )
        if flow.number(key)
    ]
    button = _import(member) or _duplicates(member)
    url = _url("searches", member)
    return Box("Import", url, Number("records", identified, url), rows, button)


def _screening_box(member: Membership, flow: Flow) -> Box:
    review_id = member.review_id
    url = _url("screening_ta", member)
    rows = [] if not member.may(Permission.SCREEN) else [
        Number("Screen", waiting_for(member, TA).count(), url),
        Number("Awaiting other reviewer", awaiting_other(member, TA).count(), _url("screening_ta_list", member, "awaiting")),
    ]  # fmt: skip
    rows += [
        Number("Resolve conflicts", in_conflict(review_id, TA).count(), _url("conflicts", member)),
        Number(
            "Excluded", decided(review_id, TA, Decision.EXCLUDE).count(), _url("screening_ta_list", member, "excluded")
        ),
        Number(
            "To full text",
            flow.number("dbr_sought_reports") + flow.number("other_sought_reports"),
            _url("fulltexts", member),
        ),
    ]
    total = flow.number("records_screened") + flow.number("other_identified") - flow.number("other_not_sought")
    total += flow.number("other_records_excluded")
    return Box("Title and abstract", url, Number("records", total, url), rows, _screening(member))


def _full_text_box(member: Membership, flow: Flow) -> Box:
    review_id = member.review_id
    url = _url("fulltexts", member)
    sought = flow.number("dbr_sought_reports") + flow.number("other_sought_reports")
    rows = [
        Number("To retrieve", to_retrieve(review_id).count(), url),
        Number("Not retrieved", not_retrieved(review_id).count(), url),
        _counted(member, flow, "pending_full_text", "In review"),
        Number("Excluded", flow.number("dbr_excluded") + flow.number("other_excluded"), url),
        _counted(member, flow, "new_reports", "Included"),
    ]
    return Box("Full text", url, Number("reports sought", sought, url), rows, _full_text(member) or _retrieval(member))


def _studies_box(member: Membership, flow: Flow) -> Box:
    url = _url("studies", member)
    rows = [
        _counted(member, flow, "new_reports", "Included reports"),
        _counted(member, flow, "included_unlinked", "Not yet linked to a study"),
    ]
    return Box("Included studies", url, Number("studies", flow.number("new_studies"), url), rows, _studies(member))


def _progress(member: Membership) -> list[dict[str, object]]:
    """How many votes each reviewer has given at title and abstract, never which (I27)."""
    reviewers = member.review.memberships.filter(is_reviewer=True, active_to__isnull=True).select_related("user")
    rows: list[dict[str, object]] = []
    for one in reviewers.order_by("user__name", "pk"):
        voted, left = my_votes(one, TA).count(), waiting_for(one, TA).count()
        rows.append(
            {"name": str(one.user), "voted": voted, "left": left, "all": voted + left, "me": one.pk == member.pk}
        )
    return rows
