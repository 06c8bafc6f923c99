"""The four steps of a review with their counts, and the equation that every record stands in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from screening.decisions.own.queue import come_back_to
from screening.decisions.verdict import Stage
from screening.home.addresses import address_in
from screening.home.tasks import (
    Count,
    description_task,
    duplicates_task,
    import_task,
    later_tasks,
    retrieval_task,
    stage_task,
    studies_task,
)
from screening.prisma.flow import Flow
from screening.records.queue import waiting_for_title
from screening.reviews.models import Membership
from screening.reviews.waiting import Task
from screening.roles import Permission

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


@dataclass(frozen=True, slots=True)
class Here:
    """Who looks, and what is counted already: the flow, and the numbers of a stage."""

    member: Membership
    flow: Flow
    count: Count


def steps(here: Here) -> list[Box]:
    """The four steps in their order."""
    return [_import_box(here), _screening_box(here), _full_text_box(here), _studies_box(here)]


def equation(here: Here) -> list[Line]:
    """Records in = duplicates + removed + excluded + sought + pending: each record stands in one term (L2, L3, L6)."""
    always = [
        _line(here, "records in", "dbr_identified", "other_identified"),
        _line(here, "duplicates", "duplicates", "other_duplicates"),
        _line(here, "excluded", "records_excluded", "other_records_excluded"),
        _line(here, "sought", "dbr_sought_reports", "other_sought_reports"),
        _line(here, "pending", "dbr_pending_title_abstract", "other_pending_title_abstract"),
    ]
    at_times = [
        _line(here, "removed by a tool", "excluded_automatic", "other_excluded_automatic"),
        _line(here, "removed otherwise", "excluded_other", "other_removed"),
    ]
    return always[:2] + [line for line in at_times if line.n] + always[2:]


def _line(here: Here, label: str, *keys: str) -> Line:
    """The numbers under these keys, without zeros where another is none: each opens its own records."""
    found = [Number(here.flow.number(key), _box_url(here.member, key)) for key in keys]
    return Line(label, tuple(number for number in found if number.n) or tuple(found[:1]))


def _total(line: Line, one: str) -> Line:
    """The line with its unit in the singular, ``one``, where there is one."""
    return replace(line, label=one) if line.n == 1 else line


def _box_url(member: Membership, key: str) -> str:
    return address_in("prisma_box", member, query=f"?box={quote(key)}")


def _list(here: Here, label: str, name: str, n: int) -> Line:
    return Line(label, (Number(n, address_in("screening_ta_list", here.member, name)),))


def _import_box(here: Here) -> Box:
    rows = [
        Line(name, (Number(n, _box_url(here.member, f"{key}:{name}")),))
        for key in ("database_specific_results", "register_specific_results")
        for name, n in here.flow.parts[key].items()
    ]
    by_other_methods = [
        _line(here, "Websites", "website_results"),
        _line(here, "Organisations", "organisation_results"),
        _line(here, "Citation searching", "citations_results"),
    ]
    rows += [line for line in by_other_methods if line.n]
    total = _total(_line(here, "records", "dbr_identified", "other_identified"), "record")
    button = description_task(here.member) or import_task(here.member) or duplicates_task(here.member)
    return Box("Import", address_in("searches", here.member), total, rows, button)


def _screening_box(here: Here) -> Box:
    member, numbers = here.member, here.count(here.member, TA)
    mine = [
        _list(here, "Screen", "to-screen", numbers.left),
        _list(here, "Awaiting other reviewer", "awaiting", numbers.awaiting),
    ]
    put_off = come_back_to(member, TA).count()
    if put_off:
        come_back = Number(put_off, address_in("my_records", member, query="?show=put-off"))
        mine.insert(1, Line("Come back to", (come_back,)))
    all_of_us = [
        _list(here, "Resolve conflicts", "conflicts", numbers.conflicts),
        _list(here, "Excluded", "excluded", numbers.excluded),
        _list(here, "To full text", "included", numbers.included),
    ]
    untitled = waiting_for_title(member.review_id).count()
    if untitled:
        without = Number(untitled, address_in("records", member, query="?untitled=1"))
        all_of_us.insert(0, Line("Waiting for a title", (without,)))
    rows = mine + all_of_us if member.may(Permission.SCREEN) else all_of_us
    total = _total(_line(here, "records", "records_screened", "other_records_screened"), "record")
    return Box(
        "Title and abstract", address_in("screening_ta", member), total, rows, stage_task(member, TA, here.count)
    )


def _full_text_box(here: Here) -> Box:
    total = _total(_line(here, "reports sought", "dbr_sought_reports", "other_sought_reports"), "report sought")
    rows = [
        _line(here, "To retrieve", "pending_retrieval"),
        _line(here, "Not retrieved", "dbr_notretrieved_reports", "other_notretrieved_reports"),
        _line(here, "To review", "pending_full_text"),
        _line(here, "Excluded", "dbr_excluded", "other_excluded"),
        _line(here, "Included", "new_reports"),
    ]
    button = stage_task(here.member, FT, here.count) or retrieval_task(here.member)
    return Box("Full text", address_in("fulltexts", here.member), total, rows, button)


def _studies_box(here: Here) -> Box:
    url = address_in("studies", here.member)
    rows = [
        _line(here, "Included reports", "new_reports"),
        _line(here, "Not yet linked to a study", "included_unlinked"),
    ]
    total = _total(Line("studies", (Number(here.flow.number("new_studies"), url),)), "study")
    button = studies_task(here.member) or next(later_tasks(here.member), None)
    return Box("Included studies", url, total, rows, button)
