"""Reads of what a reviewer keeps for herself, and of tags, which open to others as votes do (B4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Sum

from reviewapp.compiled import compiled
from screening.decisions.models import Item, ItemQuerySet, Postponed, Tagging, Vote
from screening.decisions.own.spent import Time, time_of
from screening.decisions.queue import items_of, voted_by, waiting_for
from screening.decisions.verdict import Decision, Stage
from screening.protocol.models import Desk, ReviewWords
from screening.protocol.words import Marker, Marks, read_words
from screening.records.models import Record, Standing
from screening.reviews.models import Membership

NO_ITEM = 0
_WORDS = ("desk__speaks_for", "review__words__speaks_for", "desk__speaks_against", "review__words__speaks_against")


@dataclass(frozen=True)
class Reading:
    """How one member reads one item: the words that are marked, her own tags, and why she put the item off."""

    has_words: bool = False
    highlights_on: bool = True
    hides_authors: bool = False
    marks: Marks | None = None
    tags: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    put_off: str = ""


def reading_of(member: Membership, item_id: int) -> Reading:
    """Everything of `Reading` in one statement; nothing of another member (P19)."""
    rows = _reading(member.pk, item_id)
    if not rows:
        return Reading()
    on, hides, offered, *words, _, _ = rows[0]
    is_on = on is not False
    marks = Marks(_marker(member.pk, *(text or "" for text in words))) if is_on and any(words) else None
    tags = sorted({row[-2] for row in rows if row[-2]}, key=str.casefold)
    return Reading(
        has_words=any(words),
        highlights_on=is_on,
        hides_authors=bool(hides),
        marks=marks,
        tags=tags,
        offered=[name for name in (offered or "").splitlines() if name not in tags],
        put_off=rows[0][-1] or "",
    )


def readings_of(member: Membership, item_ids: Sequence[int]) -> dict[int, Reading]:
    """`reading_of` for many items, by id, in three statements."""
    bare = reading_of(member, NO_ITEM)
    tags: dict[int, list[str]] = defaultdict(list)
    for item_id, name in _own_tags(member).filter(item__in=item_ids).values_list("item_id", "name"):
        tags[item_id].append(name)
    why = dict(Postponed.objects.filter(reviewer=member, item__in=item_ids).values_list("item_id", "why"))
    return {pk: _of_item(bare, tags.get(pk, []), why.get(pk, "")) for pk in item_ids}


def _of_item(bare: Reading, tags: list[str], why: str) -> Reading:
    return replace(
        bare,
        marks=bare.marks.anew() if bare.marks else None,
        tags=sorted(tags, key=str.casefold),
        offered=[name for name in bare.offered if name not in tags],
        put_off=why,
    )


@compiled
def _reading(member_id: int, item_id: int) -> QuerySet[Membership, tuple[Any, ...]]:
    here = Membership.objects.filter(pk=member_id).annotate(
        on_item=FilteredRelation("taggings", condition=Q(taggings__item=item_id)),
        put_off=FilteredRelation("postponed", condition=Q(postponed__item=item_id)),
    )
    return here.values_list(
        "desk__highlights_on", "desk__hides_authors", "desk__tags", *_WORDS, "on_item__name", "put_off__why"
    )


@lru_cache(maxsize=256)
def _marker(member_id: int, own_for: str, shared_for: str, own_against: str, shared_against: str) -> Marker:
    """The four lists, one's own words first. Kept by member: nobody's pages depend on what another keeps for herself."""
    return Marker([*_lines(own_for), *_lines(shared_for)], [*_lines(own_against), *_lines(shared_against)])


def _lines(text: str) -> list[str]:
    return read_words(text) if text else []


def desk_of(member: Membership) -> Desk:
    """What the member keeps, empty where she has kept nothing yet; not stored."""
    return Desk.objects.filter(pk=member.pk).first() or Desk(member=member)


def words_of_review(review_id: int) -> ReviewWords:
    """The two lists of the review, empty where it has none yet; not stored."""
    return ReviewWords.objects.filter(pk=review_id).first() or ReviewWords(review_id=review_id)


@dataclass(frozen=True)
class Filters:
    """What a list of one's own records is asked for; "" asks for all."""

    stage: Stage = Stage.TITLE_ABSTRACT
    show: str = ""
    tag: str = ""
    note: str = ""
    language: str = ""
    first_year: int | None = None
    last_year: int | None = None

    @property
    def is_whole_list(self) -> bool:
        """True where nothing but the stage and one of `LISTS` is asked for."""
        return self == Filters(stage=self.stage, show=self.show)


#: The lists of one's own records: words on screen by value of ``show``.
LISTS = {
    "": "All of mine",
    "include": "Include",
    "maybe": "Maybe",
    "exclude": "Exclude",
    "noted": "With my note",
    "tagged": "With my tags",
    "put-off": "Come back to",
}


def filters_from(asked: Mapping[str, str]) -> Filters:
    """The filters in an address; what is unknown is left out."""
    return Filters(
        stage=Stage.FULL_TEXT if asked.get("stage") == "ft" else Stage.TITLE_ABSTRACT,
        show=asked["show"] if asked.get("show") in LISTS else "",
        tag=asked.get("tag", "")[:40],
        note=asked.get("note", "").strip()[:200],
        language=asked.get("language", "")[:8],
        first_year=_year(asked.get("from", "")),
        last_year=_year(asked.get("to", "")),
    )


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


def own_items(member: Membership, stage: Stage, show: str = "") -> ItemQuerySet:
    """Items of the stage on which the member has voted, which she has tagged, or which she put off; or one of `LISTS` of them."""
    if show == "put-off":
        return come_back_to(member, stage)
    if show == "tagged":
        return items_of(member, stage).filter(pk__in=_tagged(member))
    if show in ("include", "maybe", "exclude", "noted"):
        said = ~Q(note="") if show == "noted" else Q(decision=show)
        return items_of(member, stage).filter(pk__in=_votes_of(member).filter(said).values("item"))
    mine = Q(voted_by(member.pk)) | Q(pk__in=_tagged(member)) | Q(pk__in=_put_off(member))
    return items_of(member, stage).filter(mine)


def come_back_to(member: Membership, stage: Stage) -> ItemQuerySet:
    """What the member put off and what still takes her vote."""
    return waiting_for(member, stage).filter(pk__in=_put_off(member))


def _votes_of(member: Membership) -> QuerySet[Vote]:
    return Vote.objects.filter(reviewer=member, withdrawn_at__isnull=True, round=F("item__round"))


def _tagged(member: Membership, name: str = "") -> QuerySet[Tagging, Any]:
    tags = Tagging.objects.filter(reviewer=member)
    return (tags.filter(name=name) if name else tags).values("item")


def _put_off(member: Membership) -> QuerySet[Postponed, Any]:
    return Postponed.objects.filter(reviewer=member).values("item")


def _marked(member: Membership) -> QuerySet[Any, Any]:
    """Tagged or put off."""
    return _tagged(member).union(_put_off(member), all=True)


def own_records(member: Membership, asked: Filters) -> QuerySet[Record]:
    """The records of one's own items that the filters leave; `records.listing.page_of` searches, sorts and pages them."""
    items = own_items(member, asked.stage, asked.show)
    if asked.tag:
        items = items.filter(pk__in=_tagged(member, asked.tag))
    if asked.note:
        items = items.filter(pk__in=_votes_of(member).filter(note__icontains=asked.note).values("item"))
    records = Record.objects.filter(review_id=member.review_id, pk__in=items.order_by().values("record"))
    if asked.language:
        records = records.filter(standing__language=asked.language)
    if asked.first_year is not None:
        records = records.filter(year__gte=asked.first_year)
    if asked.last_year is not None:
        records = records.filter(year__lte=asked.last_year)
    return records


def own_counts(member: Membership, stage: Stage) -> dict[str, int]:
    """How many records each of `LISTS` holds: of one's own votes, tags and put-off records only."""
    mine = {"votes__reviewer": member, "votes__withdrawn_at__isnull": True, "votes__round": F("round")}
    told = items_of(member, stage).filter(**mine).aggregate(
        **{one.value: Count("pk", filter=Q(votes__decision=one)) for one in Decision},
        noted=Count("pk", filter=~Q(votes__note="")),
    )  # fmt: skip
    told |= {show: own_items(member, stage, show).count() for show in ("tagged", "put-off")}
    unvoted = items_of(member, stage).filter(pk__in=_marked(member)).exclude(pk__in=_votes_of(member).values("item"))
    told[""] = sum(told[one.value] for one in Decision) + unvoted.count()
    return {show: told[show] for show in LISTS}


@dataclass(frozen=True)
class Kept:
    """What a member has on one record of her list."""

    vote: Vote | None
    tags: list[str]
    put_off: bool
    why: str


def kept_on(member: Membership, stage: Stage, records: Iterable[Record]) -> dict[int, Kept]:
    """One's own vote, tags and reason to come back, by record id."""
    items = dict(Item.objects.filter(record__in=list(records), stage=stage).values_list("pk", "record_id"))
    votes = {vote.item_id: vote for vote in _votes_of(member).filter(item__in=items)}
    tags: dict[int, list[str]] = defaultdict(list)
    for item_id, name in _own_tags(member).filter(item__in=items).order_by("name").values_list("item_id", "name"):
        tags[item_id].append(name)
    put_off = dict(Postponed.objects.filter(reviewer=member, item__in=items).values_list("item_id", "why"))
    return {
        record_id: Kept(votes.get(pk), tags.get(pk, []), pk in put_off and pk not in votes, put_off.get(pk, ""))
        for pk, record_id in items.items()
    }


def _own_tags(member: Membership) -> QuerySet[Tagging]:
    return Tagging.objects.filter(reviewer=member)


def own_languages(member: Membership, stage: Stage) -> list[str]:
    """The languages of one's own records, for the filter."""
    mine = Standing.objects.filter(record__in=own_items(member, stage).order_by().values("record"))
    return sorted(mine.exclude(language="").order_by().values_list("language", flat=True).distinct())


def own_tag_names(member: Membership) -> list[str]:
    """Every tag that the member uses or keeps ready, each once."""
    used = set(_own_tags(member).order_by().values_list("name", flat=True).distinct())
    return sorted(used | set(desk_of(member).tags.splitlines()), key=str.casefold)


def tags_open_to(member: Membership, item: Item) -> dict[int, list[str]]:
    """Tags on an item by the id of the membership that put them, as far as this member may see them (B4)."""
    found: dict[int, list[str]] = defaultdict(list)
    visible = Tagging.objects.visible_to(member).filter(item=item).order_by("name")
    for reviewer_id, name in visible.values_list("reviewer_id", "name"):
        found[reviewer_id].append(name)
    return dict(found)


def own_time(member: Membership, stage: Stage) -> Time:
    """The time of one's own votes at a stage, those of items that left screening included: it was spent all the same."""
    votes = Vote.objects.filter(reviewer=member, item__stage=stage, withdrawn_at__isnull=True)
    return time_of([seconds for seconds in votes.values_list("seconds", flat=True) if seconds is not None])


def time_of_team(member: Membership) -> list[tuple[str, int, int]]:
    """(name, votes, seconds in all) of each person, of votes that are open to this member only (B2)."""
    open_votes = Vote.objects.visible_to(member).filter(withdrawn_at__isnull=True, seconds__isnull=False)
    by_person = open_votes.order_by().values("reviewer").annotate(n=Count("pk"), total=Sum("seconds"))
    people = Membership.objects.filter(review_id=member.review_id).select_related("user")
    names = {one.pk: str(one.user) for one in people}
    return sorted((names[row["reviewer"]], row["n"], row["total"]) for row in by_person)
