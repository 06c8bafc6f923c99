"""What an archive that a member downloads must not hold: votes and entries that are still their author's alone (I52).

Leaving single values out would break the chain of the log, which covers them, so that such an archive is refused until nothing is sealed.
`manage.py export_review`, for whoever runs the site, refuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, Q, QuerySet
from django.utils import timezone

from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item, Quote, Tagging, Vote
from screening.decisions.rescreening.models import Reading
from screening.prisma.counts import flow_of
from screening.reviews.models import Review

# Tables that nobody but their author ever reads; nothing points to them, and a review goes on without.
PRIVATE = frozenset({"Desk", "Postponed"})

_BLIND = "codebook"  # the mode of a codebook whose coders do not see each other


def _sealed() -> Q:
    """On a row of an item: neither revealed nor of an earlier round (B2)."""
    hidden = Q(item__reveal_at__isnull=True) | Q(item__reveal_at__gt=timezone.now())
    return hidden & Q(round=F("item__round"))


def _votes(review: Review) -> QuerySet[Any]:
    return Vote.objects.filter(_sealed(), review=review)


def _tags(review: Review) -> QuerySet[Any]:
    return Tagging.objects.filter(_sealed(), item__review=review)


def _quotes(review: Review) -> QuerySet[Any]:
    return Quote.objects.filter(_sealed(), review=review)


def _readings(review: Review) -> QuerySet[Any]:
    return Reading.objects.filter(rescreen__review=review, rescreen__ended_at__isnull=True)


def _entries(review: Review) -> QuerySet[Any]:
    entries = apps.get_model("extraction", "Entry")._default_manager.filter(review=review)
    # What somebody who gave up the place had entered stays with its author for good.
    hidden = Q(round=F("extraction__round"), extraction__revealed_at__isnull=True) | Q(
        left_at__isnull=False, saves__gt=0
    )
    return entries.filter(hidden)


def _codings(review: Review) -> QuerySet[Any]:
    codings = apps.get_model("extraction", "Coding")._default_manager.filter(review=review)
    return codings.filter(code__codebook__mode=_BLIND, segment__source__study__coding__revealed_at__isnull=True)


def _memos(review: Review) -> QuerySet[Any]:
    memos = apps.get_model("extraction", "CodingMemo")._default_manager.filter(review=review)
    studies = apps.get_model("extraction", "CodedStudy")._default_manager.filter(review=review)
    return memos.filter(Exists(studies.filter(revealed_at__isnull=True)), review__codebook__mode=_BLIND)


def _turns(review: Review) -> QuerySet[Any]:
    begun = apps.get_model("extraction", "CodingTurn")._default_manager
    return begun.filter(review=review, review__codebook__mode=_BLIND, study__coding__revealed_at__isnull=True)


#: Table -> its rows that are sealed now.
SEALED: dict[str, Callable[[Review], QuerySet[Any]]] = {
    "Vote": _votes,
    "Tagging": _tags,
    "Quote": _quotes,
    "Reading": _readings,
    "Entry": _entries,
    "Coding": _codings,
    "CodingMemo": _memos,
    "CodingTurn": _turns,
}


def holds_sealed(review: Review) -> bool:
    """Whether an archive of the review, as it stands, tells what is still one person's."""
    return any(sealed(review).exists() for sealed in SEALED.values())


def in_the_way(review: Review) -> Iterator[str]:
    """A sentence for each thing that keeps the archive from being downloaded. Told of what everybody may know, never of a vote."""
    pending = flow_of(review).pending
    if pending["title_abstract"] or pending["full_text"]:
        yield "Decisions are still pending, so votes are sealed. The archive can be made once every record is settled."
    elif Item.objects.filter(review=review, reveal_at__gt=timezone.now()).exists():
        yield "A vote was cast just now and can still be taken back. Make the archive in a minute."
    elif any(SEALED[name](review).exists() for name in ("Vote", "Tagging", "Quote")):
        yield (
            "Some records became duplicates, or were removed, after one person had voted on them, and these votes stay sealed. "
            "Whoever runs this site can make the archive with them: manage.py export_review."
        )
    if _readings(review).exists():
        yield "A re-screen is open. End it first."
    if _entries(review).exists():
        yield (
            "Some entries of the extraction are still their author's alone: until a study's extraction is complete, or for good where "
            "somebody gave up the place. Whoever runs this site can make the archive with them: manage.py export_review."
        )
    if any(SEALED[name](review).exists() for name in ("Coding", "CodingMemo", "CodingTurn")):
        yield "The coding of some studies is not complete, and codings stay sealed until two people have submitted them."


def refuse_if_sealed(review: Review) -> None:
    """Raises NotAllowedNow with the first sentence of `in_the_way` (I52)."""
    for sentence in in_the_way(review):
        raise NotAllowedNow(sentence, rule="I52")
