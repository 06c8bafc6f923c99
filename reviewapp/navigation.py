"""The pages of one review, as the masthead lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from screening.conflicts.queue import count_waiting
from screening.home.addresses import page_permissions
from screening.reviews.models import Membership


@dataclass(frozen=True, slots=True)
class Page:
    """One entry: ``name`` is the url name; ``words`` begin the url names of the pages below it; ``gives_way`` where a line is full."""

    label: str
    name: str
    words: tuple[str, ...]
    gives_way: bool = False


PAGES = (
    Page("Home", "review_home", ("review_",)),
    Page("Progress", "progress", ("progress", "takeover")),
    Page("Protocol", "protocol", ("protocol",)),
    Page("Searches", "searches", ("search", "source", "import", "record")),
    Page("Duplicates", "duplicates", ("duplicate",)),
    Page("Screening", "screening_ta", ("screening_ta", "screening", "vote", "my_", "words")),
    Page("Conflicts", "conflicts", ("conflict", "ruling", "adjudicat")),
    Page("Full text", "fulltexts", ("fulltext", "report", "screening_ft", "vote_ft", "retrieval")),
    Page("Studies", "studies", ("stud",)),
    Page("PRISMA", "prisma", ("prisma", "publication")),
    Page("Extraction", "extraction", ("extraction", "form", "entry", "consensus")),
    Page("Appraisal", "appraisal", ("appraisal",)),
    Page("Coding", "coding", ("coding", "code")),
    Page("Synthesis", "synthesis", ("synthesis",)),
    Page("Team", "team", ("team",)),
    Page("Agreement", "agreement", ("agreement",), gives_way=True),
    Page("Exports", "exports", ("export", "manuscript"), gives_way=True),
    Page("History", "history", ("history",), gives_way=True),
)

#: So many entries stand in one line of a page 1280 pixels wide; of more, some give way to a sheet at its end.
IN_A_LINE = 15

#: How many things wait for a member on a page, by url name; a page without an entry shows no number.
COUNTS: dict[str, Callable[[Membership], int]] = {"conflicts": count_waiting}


def review_nav(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: ``review``, ``member`` and ``nav`` inside a review, nothing outside.

    ``nav`` lists ``{label, url, current, count, gives_way}`` for the pages that the member may open, ``count`` None where none is told.
    """
    member: Membership | None = getattr(request, "member", None)
    if member is None:
        return {}
    name = request.resolver_match.url_name if request.resolver_match else ""
    # Counted only where a page shows it: the answer to a vote is a part of a page, without the menu.
    nav = SimpleLazyObject(partial(_entries, member, current_page(name or "")))
    return {"review": member.review, "member": member, "nav": nav}


def _entries(member: Membership, current: Page | None) -> list[dict[str, Any]]:
    shown = [_entry(page, member, current) for page in PAGES if _may_open(page, member)]
    is_full = len(shown) > IN_A_LINE
    return [{**entry, "gives_way": is_full and entry["gives_way"]} for entry in shown]


def current_page(url_name: str) -> Page | None:
    """The entry to which a page belongs: by its own name, else the longest of the words that begin the name."""
    fitting = [(len(word), page) for page in PAGES for word in page.words if url_name.startswith(word)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def _entry(page: Page, member: Membership, current: Page | None) -> dict[str, Any]:
    count = COUNTS.get(page.name)
    return {
        "label": page.label,
        "url": reverse(page.name, args=[member.review.slug]),
        "current": page is current,
        "count": count(member) if count else None,
        "gives_way": page.gives_way,
    }


def _may_open(page: Page, member: Membership) -> bool:
    permission = page_permissions().get(page.name)
    return permission is not None and member.may(permission)
