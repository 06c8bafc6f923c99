"""Parts that many tests share: people, reviews, members. Made through the same actions as the pages use."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone

from reviewapp.accounts.models import User
from screening.decisions.actions import Choice, cast_vote
from screening.decisions.models import Item
from screening.decisions.verdict import Decision
from screening.fulltexts.actions import mark_retrieved
from screening.imports.models import Import
from screening.jobs.actions import due, enqueue
from screening.jobs.run import run
from screening.pipeline import HANDLERS
from screening.protocol.actions import freeze_protocol, set_up_review
from screening.protocol.versions import active_protocol, draft_of
from screening.records.changes import mark_moved
from screening.records.models import Change, Moved, Record, RecordText, Standing
from screening.reviews.actions import add_member
from screening.reviews.models import Membership, Review
from screening.roles import Role
from screening.searches.models import SearchRun, Source
from screening.studies.actions import create_study
from screening.studies.models import Study

PRESET = "medical-education"


def make_user(name: str = "Dana Stranger", **fields: Any) -> User:
    """The person of this name, made on first use: "Alice Archer" has alice@example.org, no password unless given."""
    email = fields.pop("email", f"{name.split()[0].lower()}@example.org")
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, fields.pop("password", None), name=name, **fields)


def make_review(
    title: str = "Taking part in research", *, preset: str | None = PRESET, frozen: bool = True, **fields: Any
) -> Review:
    """A review led by Lena Lead; its protocol is the preset, frozen as version 1 unless ``frozen`` is False."""
    leader = fields.pop("lead", None) or make_user("Lena Lead")
    review = set_up_review(title=title, lead=leader, preset=preset, **fields)
    draft = draft_of(review)
    if frozen and preset and draft:
        freeze_protocol(version=draft, actor=leader)
    return review


def make_member(review: Review, name: str, *roles: Role, languages: tuple[str, ...] = (), **fields: Any) -> Membership:
    """The member of this name; joins on first use with ``roles`` (a reviewer where none are given)."""
    user = make_user(name, **fields)
    found = Membership.objects.filter(review=review, user=user).first()
    return found or add_member(
        review=review, user=user, roles=roles or (Role.REVIEWER,), languages=languages, actor=user
    )


def lead(review: Review) -> Membership:
    """The member who leads ``review`` since its beginning."""
    return review.memberships.select_related("user", "review").filter(is_lead=True).order_by("pk")[0]


def alice(review: Review) -> Membership:
    """Alice Archer, who reviews."""
    return make_member(review, "Alice Archer")


def bob(review: Review) -> Membership:
    """Bob Baker, who reviews."""
    return make_member(review, "Bob Baker")


def carol(review: Review) -> Membership:
    """Carol Chen, who adjudicates."""
    return make_member(review, "Carol Chen", Role.ADJUDICATOR)


def make_import(
    review: Review,
    *,
    database: str = "MEDLINE",
    kind: str = "database",
    search: str = "Search 1",
    records: int = 1,
    **fields: Any,
) -> Import:
    """A stored import of ``records`` plain records, as if its job had run; ``fields`` go to every record."""
    run, _ = SearchRun.objects.get_or_create(
        review=review, label=search, defaults={"number": review.search_runs.count() + 1}
    )
    source, _ = Source.objects.get_or_create(review=review, name=database, kind=kind)
    stored = Import.objects.create(
        review=review, run=run, source=source, query="research AND engagement", searched_on=date(2022, 8, 1), file_name="hits.ris",
        sha256=uuid.uuid4().hex, state="stored", stored_at=timezone.now(), markers=records, parsed=records, uploaded_by=lead(review).user,
    )  # fmt: skip
    for position in range(records):
        make_record(stored, position=position, **fields)
    return stored


def make_record(imported_from: Import, *, position: int = 0, **fields: Any) -> Record:
    """One record that stands in the review, with a title of its own unless given."""
    review = imported_from.review
    Review.objects.filter(pk=review.pk).update(last_number=F("last_number") + 1)
    review.refresh_from_db(fields=["last_number"])
    number = review.last_number
    fields.setdefault("title", f"What clinicians say about research, part {number}")
    fields.setdefault("year", 2020)
    record = Record.objects.create(
        review=review, imported_from=imported_from, number=number, position=position, line=position + 1, **fields
    )
    RecordText.objects.create(record=record, raw=record.title, folded=record.title.casefold())
    Standing.objects.create(
        record=record, review=review, run=imported_from.run, source=imported_from.source, imported_from=imported_from,
        language=(record.languages or [""])[0],
    )  # fmt: skip
    mark_moved(review_id=review.pk, records=[record.pk])
    return record


def run_jobs(review: Review) -> None:
    """Do every job that waits in the review, and what follows from it, here and now."""
    while job := due().filter(review_id=review.pk).first():
        run(job.pk, HANDLERS)
        job.refresh_from_db()
        assert job.state == "done", (job.name, job.state, job.error)


def open_screening(review: Review) -> list[Item]:
    """Title and abstract items of every record of the review, in order."""
    enqueue(name="decisions.open_items", review_id=review.pk)
    run_jobs(review)
    return list(Item.objects.filter(review=review, stage="ta").order_by("order_key"))


def vote(member: Membership, item: Item, decision: str, **choice: Any) -> Item:
    """``member`` votes on ``item``."""
    return cast_vote(member=member, item_id=item.pk, choice=Choice(Decision(decision), **choice)).item


def reveal(review: Review) -> None:
    """Let every undo window of the review be over."""
    Item.objects.filter(review=review, reveal_at__gt=timezone.now()).update(reveal_at=timezone.now())
    for told in (Change, Moved):
        told.objects.filter(review=review, at__gt=timezone.now()).update(at=timezone.now())


def settled(review: Review, item: Item, first: str, second: str) -> Item:
    """Alice and Bob vote on ``item``, and the window passes."""
    vote(alice(review), item, first)
    vote(bob(review), item, second)
    reveal(review)
    item.refresh_from_db()
    return item


def included_record(review: Review) -> Record:
    """A record that both included at title and abstract: its report is sought."""
    record = make_record(make_import(review, records=0, search="Search 1"))
    item = next(item for item in open_screening(review) if item.record_id == record.pk)
    settled(review, item, "include", "include")
    return record


def included_study(review: Review, label: str = "Archibald 2017") -> Study:
    """A study told by one report that both included at full text."""
    record = included_record(review)
    mark_retrieved(member=lead(review), record=record)
    item = Item.objects.get(record=record, stage="ft")
    answers = {one.key: "met" for one in active_protocol(review).criteria.all()}  # type: ignore[union-attr]
    for member in (alice(review), bob(review)):
        vote(member, item, "include", answers=answers)
    reveal(review)
    return create_study(member=lead(review), label=label, records=[record])
