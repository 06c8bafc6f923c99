"""Keeping words, tags and settings. What is private leaves no trace that others can read."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from screening.audit.actions import record as audit
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item, Tagging
from screening.protocol.models import Desk, ReviewWords
from screening.protocol.words import UnreadableWordError, fold, read_words
from screening.reviews.models import Membership

LONGEST_TAG = 40  # characters
MOST_TAGS = 20  # on one record
MOST_OFFERED = 60  # names that are kept ready


@transaction.atomic
def set_review_words(*, member: Membership, speaks_for: str, speaks_against: str) -> ReviewWords:
    """The two lists of the review, as typed. Raises NotAllowedNow with a sentence where a list cannot be read."""
    lists = _both(speaks_for, speaks_against)
    words, _ = ReviewWords.objects.select_for_update().get_or_create(review_id=member.review_id)
    before = {"speaks_for": words.speaks_for.splitlines(), "speaks_against": words.speaks_against.splitlines()}
    words.speaks_for, words.speaks_against = lists
    words.save()
    after = {"speaks_for": words.speaks_for.splitlines(), "speaks_against": words.speaks_against.splitlines()}
    if after != before:
        audit(
            verb="edit highlighted words", review_id=member.review_id, actor=member.user,
            subject=("review", member.review_id, member.review.title), before=before, after=after,
        )  # fmt: skip
    return words


def _both(speaks_for: str, speaks_against: str) -> tuple[str, str]:
    try:
        first, second = read_words(speaks_for), read_words(speaks_against)
    except UnreadableWordError as unreadable:
        raise NotAllowedNow(f"{unreadable} Nothing was changed.") from unreadable
    twice = {fold(word)[0] for word in first} & {fold(word)[0] for word in second}
    if twice:
        raise NotAllowedNow(f"“{min(twice)}” stands in both lists. Keep it in one. Nothing was changed.")
    return "\n".join(first), "\n".join(second)


def _desk(member: Membership) -> Desk:
    return Desk.objects.select_for_update().get_or_create(member=member)[0]


@transaction.atomic
def set_own_words(*, member: Membership, speaks_for: str, speaks_against: str) -> Desk:
    """One's own two lists. They are private for good, so the log is silent on them. Raises NotAllowedNow as `set_review_words`."""
    lists = _both(speaks_for, speaks_against)
    desk = _desk(member)
    desk.speaks_for, desk.speaks_against = lists
    desk.save(update_fields=["speaks_for", "speaks_against"])
    return desk


@transaction.atomic
def set_ready_tags(*, member: Membership, names: Iterable[str]) -> Desk:
    """The names that are kept ready for tagging; tags that records have stay. Raises NotAllowedNow for a name that is too long."""
    desk = _desk(member)
    desk.tags = "\n".join(_plain(names)[:MOST_OFFERED])
    desk.save(update_fields=["tags"])
    return desk


@transaction.atomic
def set_view(*, member: Membership, highlights_on: bool | None = None, hides_authors: bool | None = None) -> Desk:
    """How records are shown to the member; None leaves a setting as it is."""
    desk = _desk(member)
    desk.highlights_on = desk.highlights_on if highlights_on is None else highlights_on
    desk.hides_authors = desk.hides_authors if hides_authors is None else hides_authors
    desk.save(update_fields=["highlights_on", "hides_authors"])
    return desk


@transaction.atomic
def set_tags(*, member: Membership, item: Item, names: Iterable[str]) -> list[str]:
    """One's own tags on an item, all of them; new names are kept ready for other records.

    Raises NotAllowedNow for a name of more than 40 characters and for more than 20 tags. The log keeps it sealed, as a vote.
    """
    wanted = _plain(names)
    if len(wanted) > MOST_TAGS:
        raise NotAllowedNow(f"A record takes at most {MOST_TAGS} tags of yours. Nothing was stored.")
    before = sorted(Tagging.objects.filter(item=item, reviewer=member).values_list("name", flat=True))
    Tagging.objects.filter(item=item, reviewer=member).exclude(name__in=wanted).delete()
    added = [name for name in wanted if name not in before]
    Tagging.objects.bulk_create(
        [Tagging(item=item, reviewer=member, name=name, round=item.round) for name in added], ignore_conflicts=True
    )
    if sorted(wanted) != before:
        _keep_ready(member, added)
        audit(
            verb="tag record", review_id=item.review_id, actor=member.user, subject=("record", item.record_id, item.record.title),
            before={"tags": before}, after={"tags": sorted(wanted)}, item=(item.pk, item.round), sealed=True,
        )  # fmt: skip
    return wanted


def _plain(names: Iterable[str]) -> list[str]:
    """Each name once, without blanks around it."""
    found: dict[str, str] = {}
    for name in names:
        plain = " ".join(name.replace("\0", "").split())
        if len(plain) > LONGEST_TAG:
            raise NotAllowedNow(
                f"A tag has at most {LONGEST_TAG} characters. Shorten “{plain[:20]}…”; nothing was stored."
            )
        if plain:
            found.setdefault(plain.casefold(), plain)
    return list(found.values())


def _keep_ready(member: Membership, added: list[str]) -> None:
    desk = _desk(member)
    known = desk.tags.splitlines()
    fresh = [name for name in added if name not in known]
    if fresh:
        desk.tags = "\n".join([*fresh, *known][:MOST_OFFERED])
        desk.save(update_fields=["tags"])
