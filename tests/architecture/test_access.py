"""Every route x every actor, from one table (P9, P10, AR5)."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.core import signing
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from extraction.coding.actions import add_code, freeze_codebook, make_codebook, retire_code
from extraction.coding.marking import add_source, begin
from extraction.entries.actions import take_place
from extraction.tables.models import Form, FormVersion
from reviewapp.accounts.models import User
from screening.conflicts.actions import escalate
from screening.decisions.models import Item, Quote
from screening.dedupe.declaring import declare_removal
from screening.dedupe.models import CandidateCard, RemovedAs
from screening.fulltexts.actions import mark_retrieved
from screening.fulltexts.models import Arrival, IncomingFile, ReportFile, RetrievalAttempt
from screening.records.models import Record
from screening.reviews.models import Review
from screening.roles import Role, may
from screening.studies.actions import create_study
from screening.studies.models import Study
from screening.takeovers.models import Takeover
from tests.architecture.routes import OUTSIDE, TABLE, Route, routes
from tests.factories import (
    alice,
    bob,
    lead,
    make_import,
    make_member,
    make_review,
    make_user,
    open_screening,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db

ROLES = {
    "lead": (Role.LEAD,),
    "reviewer": (Role.REVIEWER,),
    "adjudicator": (Role.ADJUDICATOR,),
    "librarian": (Role.LIBRARIAN,),
    "observer": (Role.OBSERVER,),
}


@dataclass(frozen=True)
class World:
    """One review with something on every page, and what its addresses are made of."""

    review: Review
    values: dict[str, object]

    def address(self, route: Route, **other: object) -> str:
        """The route's address here; ``other`` replaces values."""
        values = {"slug": self.review.slug, **self.values, **_special(route.name, self.values), **other}
        return reverse(route.name, kwargs={name: values[name] for name in route.parameters})


def _special(name: str, values: dict[str, object]) -> dict[str, object]:
    found: dict[str, dict[str, object]] = {
        "team_invitation_revoke": {"pk": values["invitation"]},
        "team_member": {"pk": values["member"]},
        "team_member_end": {"pk": values["member"]},
        "team_member_resume": {"pk": values["member"]},
        "protocol_version": {"number": 1},
        "search_edit": {"number": 1},
        "search_remove": {"number": 1},
        "imports_upload": {"number": 1},
        "imports_describe": {"number": 1},
        "imports_forget": {"number": 1},
        "prisma_file": {"kind": "json"},
        "prisma_columns_file": {"kind": "json"},
        "amendment": {"number": 1},
        "amendment_records": {"number": 1, "stage": "ta"},
        "amendment_again": {"number": 1, "stage": "ta"},
        "record_automation_list": {"key": "language"},
        "record_automation_remove": {"key": "language"},
        "export_records": {"name": "records", "ending": "ris"},
        "manuscript_file": {"name": "manuscript", "ending": "md"},
        "form_version": {"number": 1},
        "form_file": {"ending": "json"},
        "codebook_version": {"number": 1},
        "code_act": {"act": "edit"},
        "coding_turn": {"act": "submit"},
        "synthesis_file": {"name": "matrix", "ending": "csv"},
    }
    return found.get(name, {})


def _world(title: str) -> World:
    from screening.reviews.actions import invite

    review = make_review(title)
    stored = make_import(review, records=4)
    items = open_screening(review)
    settled(review, items[0], "include", "exclude")
    escalate(member=alice(review), item_id=items[0].pk)
    settled(review, items[1], "include", "include")
    vote(alice(review), items[2], "exclude")
    included = Record.objects.get(pk=items[1].record_id)
    mark_retrieved(member=alice(review), record=included)
    report = Item.objects.get(record=included, stage="ft")
    settled(review, report, "include", "include")
    study = create_study(member=lead(review), label="Archibald 2017", records=[included])
    card = CandidateCard.objects.create(
        review=review,
        key=title,
        members=[items[2].record_id, items[3].record_id],
        score=0.8,
        reason="Same title.",
        kind="same",
    )
    file = ReportFile.objects.create(
        review=review, report=included.report, sha256="0" * 64, name="report.pdf", size=1, by=alice(review).user
    )
    invitation = invite(
        review=review, email=f"new-{review.pk}@example.org", roles=[Role.REVIEWER], actor=lead(review).user
    )
    declared = declare_removal(
        member=lead(review), run=stored.run, source=stored.source, removed_as=RemovedAs.DUPLICATE, n=1
    )
    version = review.protocol_versions.get()
    criterion = version.criteria.first()
    assert criterion is not None
    values: dict[str, object] = {
        "pk": criterion.pk,
        "number": included.number,
        "item_id": items[0].pk,
        "import_id": stored.pk,
        "card_id": card.pk,
        "declared_id": declared.pk,
        "study_id": study.pk,
        "file_id": file.pk,
        **_of_reports(file, report),
        **_of_extraction(study),
        **_of_coding(study),
        "name": "included",
        "ending": "csv",
        "publication_id": 1,
        "stage": "title-abstract",
        "by": "rule",
        "kind": "json",
        "key": "focus",
        "decision": "include",
        "act": uuid.uuid4(),
        "member": bob(review).pk,
        "person_id": bob(review).pk,
        "takeover_id": _takeover(review).pk,
        "invitation": invitation.pk,
        "token": signing.Signer(salt="invitation").sign(str(invitation.pk)),
    }
    return World(review, values)


def _of_reports(file: ReportFile, item: Item) -> dict[str, object]:
    """A file in the tray, a request and a quote."""
    review, by = file.review, alice(file.review)
    incoming = IncomingFile.objects.create(
        review=review, sha256="2" * 64, name="scan.pdf", size=1, state=Arrival.TRAY, by=by.user
    )
    attempt = RetrievalAttempt.objects.create(
        review=review, report=file.report, on="2024-05-02", way="E-mail", outcome="Requested", asked="The authors",
        due_on="2024-05-16", by=by.user,
    )  # fmt: skip
    quote = Quote.objects.create(
        review=review, item=item, reviewer=by, round=1, sha256=file.sha256, page=1, text="Mentors helped"
    )
    return {"incoming_id": incoming.pk, "attempt_id": attempt.pk, "quote_id": quote.pk}


def _of_extraction(study: Study) -> dict[str, object]:
    """A place in the extraction of a study."""
    form = Form.objects.create(review=study.review, name="Facts")
    FormVersion.objects.create(
        review=study.review, form=form, number=1, content={"sections": []}, published_at=timezone.now()
    )
    entry = take_place(member=alice(study.review), study=study, form=form)
    return {"form_id": form.pk, "entry_id": entry.pk, "extraction_id": entry.extraction_id}


def _of_coding(study: Study) -> dict[str, object]:
    """A text of a study that is being coded, and a codebook with a version and a change."""
    by = alice(study.review)
    make_codebook(member=by, name="Themes")
    code = add_code(member=by, name="Mentors")
    freeze_codebook(member=by, reason="Piloted")
    change = retire_code(member=by, code=code, reason="Not used")
    source = add_source(member=by, study=study, kind="results", label="Results", text="Few mentors. No time.")
    begin(member=by, study=study)
    return {"code_id": code.pk, "change_id": change.pk, "source_id": source.pk}


def _takeover(review: Review) -> Takeover:
    """A file of votes whose bytes are gone."""
    by = lead(review).user
    return Takeover.objects.create(review=review, stage="ta", name="votes.csv", sha256="1" * 64, size=1, uploaded_by=by)


@pytest.fixture
def world() -> World:
    return _world("Taking part in research")


def _client(user: User | None) -> Client:
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    return client


def _status(client: Client, method: str, address: str) -> int:
    send: Callable[..., object] = client.get if method == "GET" else client.post
    return int(send(address).status_code)  # type: ignore[attr-defined]


OURS = [route for route in routes() if route.pattern.startswith("r/<")]


def test_ar5_every_route_has_a_row_and_every_row_a_route() -> None:
    found = {route.name: route.permission for route in routes()}
    assert found == {**TABLE, **OUTSIDE}


@pytest.mark.parametrize(
    "name", ["lead", *(pytest.param(one, marks=pytest.mark.once) for one in ROLES if one != "lead")]
)
def test_p9_each_role_opens_what_the_table_grants_and_nothing_else(world: World, name: str) -> None:
    member = make_member(world.review, f"{name.capitalize()} Tester", *ROLES[name])
    client = _client(member.user)
    wrong = []
    for route in OURS:
        allowed = may(member.roles, TABLE[route.name])
        got = _status(client, "GET", world.address(route))
        expected = {200, 302, 404, 405, 409} if allowed else {403, 405}
        if got not in expected:
            wrong.append((route.name, got))
    assert wrong == []


@pytest.mark.once  # refused at the door, before any page asks the database
@pytest.mark.parametrize("name", ROLES)
def test_p9_no_role_posts_what_the_table_does_not_grant(world: World, name: str) -> None:
    member = make_member(world.review, f"{name.capitalize()} Tester", *ROLES[name])
    client = _client(member.user)
    before = _checksum()
    refused = [route for route in OURS if not may(member.roles, TABLE[route.name])]
    wrong = [
        (route.name, got)
        for route in refused
        if (got := _status(client, "POST", world.address(route))) not in (403, 405)
    ]
    assert (wrong, _checksum()) == ([], before)


@pytest.mark.once
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_p9_nobody_enters_without_signing_in(world: World, method: str) -> None:
    client = _client(None)
    wrong = [(route.name, got) for route in OURS if (got := _status(client, method, world.address(route))) != 302]
    assert wrong == []


@pytest.mark.once
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_p9_to_a_stranger_a_review_does_not_exist(world: World, method: str) -> None:
    client = _client(make_user("Dana Stranger"))
    before = _checksum()
    wrong = [
        (route.name, got) for route in OURS if (got := _status(client, method, world.address(route))) not in (404, 405)
    ]
    assert (wrong, _checksum()) == ([], before)
    there, nowhere = (client.get(f"/r/{slug}/").content for slug in (world.review.slug, "no-such-review"))
    assert _bare(there.replace(world.review.slug.encode(), b"no-such-review")) == _bare(nowhere)


def _bare(page: bytes) -> bytes:
    """The page without its CSRF token, which is random each time."""
    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", page)


@pytest.mark.once
def test_p11_a_member_who_left_is_a_stranger_from_the_next_request_on(world: World) -> None:
    member = alice(world.review)
    client = _client(member.user)
    assert client.get(reverse("review_home", args=[world.review.slug])).status_code == 200
    from screening.reviews.actions import end_membership

    end_membership(member=member, actor=lead(world.review).user)
    wrong = [
        (route.name, got) for route in OURS if (got := _status(client, "GET", world.address(route))) not in (404, 405)
    ]
    assert wrong == []


@pytest.mark.once
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_p10_another_reviews_ids_give_404_and_change_nothing(world: World, method: str) -> None:
    other = _world("Another review")
    everything = make_member(world.review, "Eve Everything", *Role)
    client = _client(everything.user)
    before = _checksum()
    wrong = []
    for route in OURS:
        ids = {name: other.values[name] for name in route.parameters if name.endswith("_id") or name == "pk"}
        if not ids:
            continue
        foreign = {**ids, **{name: value for name, value in _special(route.name, other.values).items() if name in ids}}
        got = _status(client, method, world.address(route, **foreign))
        if got not in (404, 405, 409):
            wrong.append((route.name, got))
    assert (wrong, _checksum()) == ([], before)


@pytest.mark.once
def test_a_deactivated_account_opens_nothing(world: World) -> None:
    user = alice(world.review).user
    client = _client(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("review_home", args=[world.review.slug])).status_code in (302, 404)


@pytest.mark.once  # the lead's pages are opened on both
def test_p14_get_never_writes(world: World) -> None:
    everything = make_member(world.review, "Eve Everything", *Role)
    client = _client(everything.user)
    client.get("/")
    before = _checksum()
    for route in OURS:
        client.get(world.address(route))
    assert _checksum() == before


def _checksum() -> dict[str, str]:
    """A digest of every table but sessions and cache."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in ("sessions", "usersessions"):
            continue
        rows = _rows(model)
        found[model._meta.label] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def _rows(model: type[models.Model]) -> list[tuple[object, ...]]:
    fields = [field.attname for field in model._meta.concrete_fields if field.attname != "last_login"]
    return list(model._default_manager.order_by("pk").values_list(*fields))
