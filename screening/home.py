"""The home of a review: four steps with their counts, the equation, my next task, who has voted. Above all steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from screening.conflicts.queue import count_unruled, count_waiting
from screening.decisions.models import ItemQuerySet
from screening.decisions.own.queue import come_back_to
from screening.decisions.piloting.waiting import end_pilot_task
from screening.decisions.queue import awaiting_other, decided, in_conflict, my_votes, voted_and_left, waiting_for
from screening.decisions.rescreening.waiting import read_again_task
from screening.decisions.verdict import Decision, Stage
from screening.dedupe.models import CandidateCard
from screening.fulltexts.queue import overdue, to_retrieve
from screening.imports.models import Import, ImportState, WaitingFile
from screening.prisma.counts import flow_of
from screening.prisma.flow import Flow
from screening.protocol.models import ProtocolVersion, StageMode
from screening.protocol.versions import active_protocol, draft_of
from screening.records.models import Standing
from screening.records.queue import waiting_for_title
from screening.reviews.access import requires
from screening.reviews.models import Membership
from screening.reviews.waiting import Task
from screening.roles import Permission, Role
from screening.studies.queue import without_study

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the address of exactly the things it counts; no address where nothing can be opened (U1)."""

    n: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A label and its number; two numbers where databases and registers and other methods are counted apart."""

    label: str
    numbers: tuple[Number, ...]

    @property
    def n(self) -> int:
        """The sum."""
        return sum(number.n for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Box:
    """One of the four steps: its total with unit, its ledger, and the button that goes on with it."""

    title: str
    url: str
    total: Line
    rows: list[Line]
    button: Task | None = None


@requires(Permission.SEE_REVIEW)
@require_safe
def review_home(request: HttpRequest, member: Membership) -> HttpResponse:
    """Where the review stands and what waits for me."""
    flow = flow_of(member.review)
    tasks = list(tasks_of(member))
    context = {
        "protocol": active_protocol(member.review) or draft_of(member.review),
        "flow": flow,
        "equation": _equation(member, flow),
        "boxes": [step(member, flow) for step in (_import_box, _screening_box, _full_text_box, _studies_box)],
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
    yield from filter(None, (kind(member) for kind in _KINDS))
    yield from _later(member)
    yield from filter(None, (_amendment(member),))


def _later(member: Membership) -> Iterator[Task]:
    """What waits beyond the included studies, as the settings name it."""
    for source in settings.TASK_SOURCES:
        yield from import_string(source)(member)


def _protocol(member: Membership) -> Task | None:
    draft = _draft(member)
    if draft is None or draft.number > 1:
        return None
    url = _url("protocol_version", member, draft.number)
    if not draft.criteria.exists():
        return Task("Write Table 1 or load a preset", url, "No criteria yet.", "Open the protocol")
    return Task("Freeze the protocol", url, "Screening starts once Table 1 is frozen.", "Read Table 1")


def _amendment(member: Membership) -> Task | None:
    """Comes last: the version in force holds meanwhile."""
    draft = _draft(member)
    if draft is None or draft.number == 1:
        return None
    url = _url("protocol_version", member, draft.number)
    return Task(f"Freeze amendment {draft.number}", url, "The version in force holds until then.", "Read the draft")


def _draft(member: Membership) -> ProtocolVersion | None:
    return draft_of(member.review) if member.may(Permission.EDIT_PROTOCOL) else None


def _import(member: Membership) -> Task | None:
    here = [kind.objects.filter(review_id=member.review_id) for kind in (Standing, WaitingFile)]
    if not member.may(Permission.IMPORT) or any(rows.exists() for rows in here):
        return None
    return _task(member, "searches", "Import the first search", "No records yet.", "Import")


def _description(member: Membership) -> Task | None:
    """An uploaded file without its description counts nowhere yet either."""
    files = WaitingFile.objects.filter(review_id=member.review_id).select_related("run")
    first = files.first() if member.may(Permission.IMPORT) else None
    if first is None:
        return None
    n, url = files.filter(run=first.run_id).count(), _url("imports_describe", member, first.run.number)
    told = "It waits" if n == 1 else "They wait"
    return Task(f"Describe {n} uploaded file{'' if n == 1 else 's'}", url, f"{told} to be imported.", "Describe")


def _question(member: Membership) -> Task | None:
    """A file that waits for an answer counts nowhere yet, so it is told before the rest."""
    asking = Import.objects.filter(review_id=member.review_id, state=ImportState.QUESTION)
    first = asking.first() if member.may(Permission.IMPORT) else None
    if first is None:
        return None
    url = _url("import_report", member, first.pk)
    return Task(
        f"Answer a question about {first.file_name}", url, "None of its records is in the review yet.", "Answer"
    )


def _reviewers(member: Membership) -> Task | None:
    """Two independent votes need two people."""
    version = active_protocol(member.review)
    if version is None or version.ta_mode == StageMode.SINGLE or not member.may(Permission.MANAGE_TEAM):
        return None
    n = member.review.memberships.filter(is_reviewer=True, active_to__isnull=True).count()
    if n >= 2:
        return None
    has = "one reviewer" if n else "no reviewer"
    url = _url("team", member, query=f"?roles={Role.REVIEWER.value}#invite")
    return Task("Invite a second reviewer" if n else "Invite two reviewers", url, f"The team has {has}.", "Invite")


def _adjudicator(member: Membership) -> Task | None:
    """What was handed over waits for ever where nobody may rule on it."""
    n = count_unruled(member.review_id) if member.may(Permission.MANAGE_TEAM) else 0
    if not n:
        return None
    detail = f"{_n(n, 'conflict')} wait{'s' if n == 1 else ''} for a ruling by somebody who has not voted on {'it' if n == 1 else 'them'}."
    url = _url("team", member, query=f"?roles={Role.ADJUDICATOR.value}#invite")
    return Task("Invite an adjudicator", url, detail, "Invite")


def _conflicts(member: Membership) -> Task | None:
    n = count_waiting(member) if member.may(Permission.SEE_CONFLICTS) else 0
    act = "Settle" if member.may(Permission.DISCUSS) else "Rule on"
    return _task(member, "conflicts", f"{act} {_n(n, 'conflict')}", verb="Open conflicts") if n else None


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


def _overdue(member: Membership) -> Task | None:
    """Somebody was asked for a report and has not answered by the day on which an answer was expected."""
    n = overdue(member.review_id).count() if member.may(Permission.RETRIEVE) else 0
    url = _url("fulltexts", member, query="?show=overdue")
    return Task(f"Follow up {_n(n, 'overdue request')}", url, "No answer has come yet.", "Follow up") if n else None


def _retrieval(member: Membership) -> Task | None:
    n = to_retrieve(member.review_id).count() if member.may(Permission.RETRIEVE) else 0
    return _task(member, "fulltexts", f"Retrieve {_n(n, 'report')}", verb="Open full texts") if n else None


def _untitled(member: Membership) -> Task | None:
    """Records that no one can screen before they have a title."""
    waiting = waiting_for_title(member.review_id) if member.may(Permission.IMPORT) else None
    n = waiting.count() if waiting is not None else 0
    if waiting is None or not n:
        return None
    one = waiting.values_list("number", flat=True).first() if n == 1 else None
    url = _url("record", member, one) + "#title" if one else _url("records", member, query="?untitled=1")
    return Task(f"Give {_n(n, 'record')} a title", url, "Not screened until then.", "Give a title")


def _duplicates(member: Membership) -> Task | None:
    if not member.may(Permission.RESOLVE_DUPLICATES):
        return None
    n = CandidateCard.objects.filter(review_id=member.review_id, answered_at__isnull=True).count()
    return _task(member, "duplicates", f"Judge {_n(n, 'duplicate candidate')}", verb="Open duplicates") if n else None


def _studies(member: Membership) -> Task | None:
    n = without_study(member.review_id).count() if member.may(Permission.LINK_STUDIES) else 0
    return _task(member, "studies", f"Link {_n(n, 'included report')} to a study", verb="Open studies") if n else None


_KINDS = (
    _protocol,
    _description,
    _import,
    _question,
    _reviewers,
    _adjudicator,
    _conflicts,
    end_pilot_task,
    _screening,
    _full_text,
    read_again_task,
    _overdue,
    _retrieval,
    _untitled,
    _duplicates,
    _studies,
)


def _task(member: Membership, name: str, title: str, detail: str = "", verb: str = "Continue") -> Task | None:
    url = _url(name, member)
    return Task(title, url, detail, verb) if url else None


def _n(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _url(name: str, member: Membership, *args: str | int, query: str = "") -> str:
    """An address inside the review; empty where the member may not open the page."""
    permission = page_permissions().get(name)
    if permission is None or not member.may(permission):
        return ""
    return reverse(name, args=[member.review.slug, *args]) + query


@cache
def page_permissions() -> dict[str, Permission]:
    """What each page of the site asks of a member, by url name."""
    found: dict[str, Permission] = {}
    waiting: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    while waiting:
        one = waiting.pop()
        if isinstance(one, URLResolver):
            waiting += one.url_patterns
        elif one.name and hasattr(one.callback, "permission"):
            found[one.name] = one.callback.permission
    return found


def _equation(member: Membership, flow: Flow) -> list[Line]:
    """Records in = duplicates + removed + excluded + sought + pending: each record stands in one term (L2, L3, L6)."""
    always = [
        _line(member, flow, "records in", "dbr_identified", "other_identified"),
        _line(member, flow, "duplicates", "duplicates", "other_duplicates"),
        _line(member, flow, "excluded", "records_excluded", "other_records_excluded"),
        _line(member, flow, "sought", "dbr_sought_reports", "other_sought_reports"),
        _line(member, flow, "pending", "dbr_pending_title_abstract", "other_pending_title_abstract"),
    ]
    at_times = [
        _line(member, flow, "removed by a tool", "excluded_automatic", "other_excluded_automatic"),
        _line(member, flow, "removed otherwise", "excluded_other", "other_removed"),
    ]
    return always[:2] + [line for line in at_times if line.n] + always[2:]


def _line(member: Membership, flow: Flow, label: str, *keys: str) -> Line:
    """The numbers under these keys, without zeros where another is none: each opens its own records."""
    found = [Number(flow.number(key), _box_url(member, key)) for key in keys]
    return Line(label, tuple(number for number in found if number.n) or tuple(found[:1]))


def _box_url(member: Membership, key: str) -> str:
    return _url("prisma_box", member, query=f"?box={quote(key)}")


def _list(member: Membership, label: str, name: str, items: ItemQuerySet) -> Line:
    return Line(label, (Number(items.count(), _url("screening_ta_list", member, name)),))


def _import_box(member: Membership, flow: Flow) -> Box:
    rows = [
        Line(name, (Number(n, _box_url(member, f"{key}:{name}")),))
        for key in ("database_specific_results", "register_specific_results")
        for name, n in flow.parts[key].items()
    ]
    by_other_methods = [
        _line(member, flow, "Websites", "website_results"),
        _line(member, flow, "Organisations", "organisation_results"),
        _line(member, flow, "Citation searching", "citations_results"),
    ]
    rows += [line for line in by_other_methods if line.n]
    total = _line(member, flow, "records", "dbr_identified", "other_identified")
    return Box(
        "Import", _url("searches", member), total, rows, _description(member) or _import(member) or _duplicates(member)
    )


def _screening_box(member: Membership, flow: Flow) -> Box:
    review_id = member.review_id
    mine = [
        _list(member, "Screen", "to-screen", waiting_for(member, TA)),
        _list(member, "Awaiting other reviewer", "awaiting", awaiting_other(member, TA)),
    ]
    put_off = come_back_to(member, TA).count()
    if put_off:
        mine.insert(1, Line("Come back to", (Number(put_off, _url("my_records", member, query="?show=put-off")),)))
    all_of_us = [
        _list(member, "Resolve conflicts", "conflicts", in_conflict(review_id, TA)),
        _list(member, "Excluded", "excluded", decided(review_id, TA, Decision.EXCLUDE)),
        _list(member, "To full text", "included", decided(review_id, TA, Decision.INCLUDE)),
    ]
    untitled = waiting_for_title(review_id).count()
    if untitled:
        without = Number(untitled, _url("records", member, query="?untitled=1"))
        all_of_us.insert(0, Line("Waiting for a title", (without,)))
    rows = mine + all_of_us if member.may(Permission.SCREEN) else all_of_us
    total = _line(member, flow, "records", "records_screened", "other_records_screened")
    return Box("Title and abstract", _url("screening_ta", member), total, rows, _screening(member))


def _full_text_box(member: Membership, flow: Flow) -> Box:
    total = _line(member, flow, "reports sought", "dbr_sought_reports", "other_sought_reports")
    rows = [
        _line(member, flow, "To retrieve", "pending_retrieval"),
        _line(member, flow, "Not retrieved", "dbr_notretrieved_reports", "other_notretrieved_reports"),
        _line(member, flow, "To review", "pending_full_text"),
        _line(member, flow, "Excluded", "dbr_excluded", "other_excluded"),
        _line(member, flow, "Included", "new_reports"),
    ]
    return Box("Full text", _url("fulltexts", member), total, rows, _full_text(member) or _retrieval(member))


def _studies_box(member: Membership, flow: Flow) -> Box:
    url = _url("studies", member)
    rows = [
        _line(member, flow, "Included reports", "new_reports"),
        _line(member, flow, "Not yet linked to a study", "included_unlinked"),
    ]
    total = Line("studies", (Number(flow.number("new_studies"), url),))
    return Box("Included studies", url, total, rows, _studies(member) or next(_later(member), None))


def _progress(member: Membership) -> list[dict[str, object]]:
    """How many votes each reviewer has given at title and abstract, never which (I27)."""
    present = member.review.memberships.filter(is_reviewer=True, active_to__isnull=True).select_related("user")
    reviewers = list(present.order_by("user__name", "pk"))
    numbers = voted_and_left(reviewers, TA)
    return [
        {"name": str(one.user), "voted": voted, "left": left, "all": voted + left, "me": one.pk == member.pk}
        for one in reviewers
        for voted, left in [numbers[one.pk]]
    ]
