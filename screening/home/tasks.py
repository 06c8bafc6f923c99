"""What waits for a member, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from screening.conflicts.queue import count_unruled, count_waiting
from screening.decisions.numbers import Numbers, numbers_for
from screening.decisions.piloting.waiting import end_pilot_task
from screening.decisions.rescreening.waiting import read_again_task
from screening.decisions.verdict import Stage
from screening.dedupe.models import CandidateCard
from screening.fulltexts.queue import overdue, to_retrieve
from screening.home.addresses import address_in
from screening.imports.models import Import, ImportState, WaitingFile
from screening.protocol.models import ProtocolVersion, StageMode
from screening.protocol.versions import active_protocol, draft_of
from screening.records.models import Standing
from screening.records.queue import waiting_for_title
from screening.reviews.models import Membership
from screening.reviews.waiting import Task
from screening.roles import Permission, Role
from screening.studies.queue import without_study

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
Count = Callable[[Membership, Stage], Numbers]


def next_task(member: Membership) -> Task | None:
    """The first thing that waits for a member; None where nothing does."""
    return next(tasks_of(member), None)


def tasks_of(member: Membership, count: Count = numbers_for) -> Iterator[Task]:
    """Everything that waits for a member, the most urgent first. Lazy: the first costs the queries of the first only.

    ``count`` gives the numbers of a stage: a page that shows them has them already.
    """
    yield from filter(None, (kind(member) for kind in _BEFORE_VOTES))
    yield from filter(None, (stage_task(member, stage, count) for stage in (TA, FT)))
    yield from filter(None, (kind(member) for kind in _AFTER_VOTES))
    yield from later_tasks(member)
    yield from filter(None, (_amendment(member),))


def later_tasks(member: Membership) -> Iterator[Task]:
    """What waits beyond the included studies, as the settings name it."""
    for source in settings.TASK_SOURCES:
        yield from import_string(source)(member)


def _protocol(member: Membership) -> Task | None:
    draft = _draft(member)
    if draft is None or draft.number > 1:
        return None
    url = address_in("protocol_version", member, draft.number)
    if not draft.criteria.exists():
        return Task("Write Table 1 or load a preset", url, "No criteria yet.", "Open the protocol")
    return Task("Freeze the protocol", url, "Screening starts once Table 1 is frozen.", "Read Table 1")


def _amendment(member: Membership) -> Task | None:
    """Comes last: the version in force holds meanwhile."""
    draft = _draft(member)
    if draft is None or draft.number == 1:
        return None
    url = address_in("protocol_version", member, draft.number)
    return Task(f"Freeze amendment {draft.number}", url, "The version in force holds until then.", "Read the draft")


def _draft(member: Membership) -> ProtocolVersion | None:
    return draft_of(member.review) if member.may(Permission.EDIT_PROTOCOL) else None


def import_task(member: Membership) -> Task | None:
    here = [kind.objects.filter(review_id=member.review_id) for kind in (Standing, WaitingFile)]
    if not member.may(Permission.IMPORT) or any(rows.exists() for rows in here):
        return None
    return _task(member, "searches", "Import the first search", "No records yet.", "Import")


def description_task(member: Membership) -> Task | None:
    """An uploaded file without its description counts nowhere yet either."""
    files = WaitingFile.objects.filter(review_id=member.review_id).select_related("run")
    first = files.first() if member.may(Permission.IMPORT) else None
    if first is None:
        return None
    n, url = files.filter(run=first.run_id).count(), address_in("imports_describe", member, first.run.number)
    told = "It waits" if n == 1 else "They wait"
    return Task(f"Describe {n} uploaded file{'' if n == 1 else 's'}", url, f"{told} to be imported.", "Describe")


def _question(member: Membership) -> Task | None:
    """A file that waits for an answer counts nowhere yet, so it is told before the rest."""
    asking = Import.objects.filter(review_id=member.review_id, state=ImportState.QUESTION)
    first = asking.first() if member.may(Permission.IMPORT) else None
    if first is None:
        return None
    url = address_in("import_report", member, first.pk)
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
    url = address_in("team", member, query=f"?roles={Role.REVIEWER.value}#invite")
    return Task("Invite a second reviewer" if n else "Invite two reviewers", url, f"The team has {has}.", "Invite")


def _adjudicator(member: Membership) -> Task | None:
    """What was handed over waits for ever where nobody may rule on it."""
    n = count_unruled(member.review_id) if member.may(Permission.MANAGE_TEAM) else 0
    if not n:
        return None
    detail = f"{_n(n, 'conflict')} wait{'s' if n == 1 else ''} for a ruling by somebody who has not voted on {'it' if n == 1 else 'them'}."
    url = address_in("team", member, query=f"?roles={Role.ADJUDICATOR.value}#invite")
    return Task("Invite an adjudicator", url, detail, "Invite")


def _conflicts(member: Membership) -> Task | None:
    n = count_waiting(member) if member.may(Permission.SEE_CONFLICTS) else 0
    act = "Settle" if member.may(Permission.DISCUSS) else "Rule on"
    return _task(member, "conflicts", f"{act} {_n(n, 'conflict')}", verb="Open conflicts") if n else None


def stage_task(member: Membership, stage: Stage, count: Count) -> Task | None:
    """The records of a stage that wait for the member's vote."""
    if not member.may(Permission.SCREEN):
        return None
    numbers, is_ta = count(member, stage), stage is TA
    if not numbers.left:
        return None
    detail = f"You have voted on {numbers.voted} of {numbers.voted + numbers.left}." if numbers.voted else ""
    title = f"Screen {_n(numbers.left, 'record')}" if is_ta else f"Review {_n(numbers.left, 'full text')}"
    return _task(
        member, "screening_ta" if is_ta else "screening_ft", title, detail, "Continue screening" if is_ta else "Continue review"
    )  # fmt: skip


def _overdue(member: Membership) -> Task | None:
    """Somebody was asked for a report and has not answered by the day on which an answer was expected."""
    n = overdue(member.review_id).count() if member.may(Permission.RETRIEVE) else 0
    url = address_in("fulltexts", member, query="?show=overdue")
    return Task(f"Follow up {_n(n, 'overdue request')}", url, "No answer has come yet.", "Follow up") if n else None


def retrieval_task(member: Membership) -> Task | None:
    n = to_retrieve(member.review_id).count() if member.may(Permission.RETRIEVE) else 0
    return _task(member, "fulltexts", f"Retrieve {_n(n, 'report')}", verb="Open full texts") if n else None


def _untitled(member: Membership) -> Task | None:
    """Records that no one can screen before they have a title."""
    waiting = waiting_for_title(member.review_id) if member.may(Permission.IMPORT) else None
    n = waiting.count() if waiting is not None else 0
    if waiting is None or not n:
        return None
    one = waiting.values_list("number", flat=True).first() if n == 1 else None
    url = address_in("record", member, one) + "#title" if one else address_in("records", member, query="?untitled=1")
    return Task(f"Give {_n(n, 'record')} a title", url, "Not screened until then.", "Give a title")


def duplicates_task(member: Membership) -> Task | None:
    if not member.may(Permission.RESOLVE_DUPLICATES):
        return None
    n = CandidateCard.objects.filter(review_id=member.review_id, answered_at__isnull=True).count()
    return _task(member, "duplicates", f"Judge {_n(n, 'duplicate candidate')}", verb="Open duplicates") if n else None


def studies_task(member: Membership) -> Task | None:
    n = without_study(member.review_id).count() if member.may(Permission.LINK_STUDIES) else 0
    return _task(member, "studies", f"Link {_n(n, 'included report')} to a study", verb="Open studies") if n else None


_BEFORE_VOTES = (
    _protocol,
    description_task,
    import_task,
    _question,
    _reviewers,
    _adjudicator,
    _conflicts,
    end_pilot_task,
)
_AFTER_VOTES = (read_again_task, _overdue, retrieval_task, _untitled, duplicates_task, studies_task)


def _task(member: Membership, name: str, title: str, detail: str = "", verb: str = "Continue") -> Task | None:
    url = address_in(name, member)
    return Task(title, url, detail, verb) if url else None


def _n(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n:,} {noun}s"
