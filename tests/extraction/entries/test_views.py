"""The pages of extraction: what is typed is kept, nothing of another's entry shows before the reveal, and pages stay few queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from extraction.entries.actions import assign, submit_entry, take_place
from extraction.entries.filling import Said
from extraction.entries.models import Entry, EntryValue, Extraction
from extraction.entries.shown import Asked
from extraction.tables.actions import edit_draft, publish
from extraction.tables.countries import COUNTRIES
from extraction.tables.fields import Field
from extraction.tables.models import Form
from screening.fulltexts.models import ReportFile
from screening.reviews.models import Membership, Review
from screening.studies.models import Study
from tests.extraction.consensus.test_actions import CONTENT, both, enter, make_form
from tests.factories import alice, bob, carol, included_study, lead, make_member, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def study(review: Review) -> Study:
    return included_study(review)


def page(member: Membership, name: str, *args: int) -> str:
    client = Client()
    client.force_login(member.user)
    return client.get(reverse(name, args=[member.review.slug, *args])).content.decode()


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def sent(people: str, many: str = "", saves: int = 0) -> dict[str, str]:
    """What the page of an entry sends."""
    said = {
        "f-people": people,
        "s-people": "reported",
        "n-people": "",
        "f-many": many,
        "s-many": "reported",
        "n-many": "",
    }
    return said | {"saves": str(saves), "act": "save"}


def test_a_bad_value_gets_a_sentence_and_the_rest_is_kept(review: Review, study: Study) -> None:
    form, client = make_form(review), signed_in(alice(review))
    client.post(reverse("extraction_start", args=[review.slug]), {"study": study.pk, "form": form.pk})
    entry = Entry.objects.get(extractor=alice(review))
    save = reverse("entry_save", args=[review.slug, entry.pk])
    answer = client.post(save, sent("Physicians", "many"))
    assert answer.status_code == 422
    assert 'value="many"' in answer.content.decode()
    assert "write a whole number" in answer.content.decode()
    assert EntryValue.objects.get(entry=entry).value == "Physicians"
    stale = client.post(save, sent("Nurses", "6"), headers={"Accept": "application/json"})
    assert (stale.status_code, stale.json()["saved"]) == (409, "")
    kept = client.post(save, sent("Physicians", "6", saves=1), headers={"Accept": "application/json"})
    assert (kept.status_code, kept.json()["saves"], kept.json()["asked"]) == (200, 2, ["people", "many"])
    refused = client.post(reverse("entry_submit", args=[review.slug, entry.pk]), sent("", "6", saves=2))
    assert "Fill it in" in refused.content.decode()
    done = client.post(reverse("entry_submit", args=[review.slug, entry.pk]), sent("Physicians", "6", saves=3))
    assert (done.status_code, Entry.objects.get(pk=entry.pk).state) == (302, "submitted")
    pressed_twice = client.post(reverse("entry_submit", args=[review.slug, entry.pk]), sent("Physicians", "6", saves=3))
    assert (pressed_twice.status_code, pressed_twice.url) == (302, done.url)  # type: ignore[attr-defined]
    changed_since = client.post(reverse("entry_submit", args=[review.slug, entry.pk]), sent("Nurses", "6", saves=3))
    assert changed_since.status_code == 409
    assert "Nurses" in changed_since.content.decode()


def test_p15_worlds_that_differ_in_a_sealed_entry_give_others_the_same_pages(review: Review, study: Study) -> None:
    form = make_form(review)
    assign(member=lead(review), study=study, form=form, people=[alice(review), bob(review)])
    entry = enter(alice(review), study, form, "Physicians", 6)
    own = Entry.objects.get(extractor=bob(review))
    told = []
    for value in ("Zebra", "Quokka"):
        EntryValue.objects.filter(entry=entry, field="people").update(value=value)
        Entry.objects.filter(pk=entry.pk).update(saves=len(value))
        told.append(_everything(review, own))
    assert told[0] == told[1]
    for member in (bob(review), carol(review), lead(review)):
        client = signed_in(member)
        assert client.get(reverse("entry", args=[review.slug, entry.pk])).status_code in (403, 404)
        assert client.get(reverse("consensus", args=[review.slug, entry.extraction_id])).status_code == 404
    assert "Zebra" not in str(told)


def _everything(review: Review, own: Entry) -> list[str]:
    pages = [
        page(one, name) for one in (bob(review), carol(review), lead(review)) for name in ("extraction", "history")
    ]
    return [_steady(one) for one in (*pages, page(bob(review), "entry", own.pk))]


def _steady(text: str) -> str:
    """Without what changes with every request."""
    return "\n".join(line for line in text.splitlines() if "csrf" not in line and "nonce" not in line)


def test_an_answer_that_a_later_version_no_longer_has_stays_until_its_author_chooses_another(
    review: Review, study: Study
) -> None:
    design = {"key": "people", "kind": "choice", "label": "Design", "options": ["Trial", "Survey"]}
    rate = {"key": "rate", "kind": "computed", "label": "Twice", "formula": "many * 2"}
    many = CONTENT["sections"][0]["fields"][1]
    form = make_form(review, "dual", {"sections": [{"title": "S", "fields": [design, many, rate]}]})
    entry = enter(alice(review), study, form, "trial", 6)
    changed = {"sections": [{"title": "S", "fields": [design | {"options": ["Survey", "Cohort"]}, many, rate]}]}
    edit_draft(member=lead(review), form=form, content=changed)
    publish(member=lead(review), form=form, reason="Pilot")
    told = page(alice(review), "entry", entry.pk)
    assert "New answer: Cohort. Answer removed: Trial" in told
    assert "Trial (no longer an answer)" in told
    assert ">12</output>" in told
    client, save = signed_in(alice(review)), reverse("entry_save", args=[review.slug, entry.pk])
    answer = client.post(save, sent("trial", "7", saves=1), headers={"Accept": "application/json"}).json()
    assert (answer["problems"], answer["computed"]) == (
        {"people": "Design: choose one of the answers."},
        {"rate": "14"},
    )
    assert EntryValue.objects.get(entry=entry, field="people").value == "trial"
    submit = reverse("entry_submit", args=[review.slug, entry.pk])
    old_page = client.post(submit, sent("survey", "7", saves=2) | {"version": str(entry.extraction.version_id)})
    assert (old_page.status_code, Entry.objects.get(pk=entry.pk).state) == (409, "draft")
    assert "The form has changed since this page was opened" in old_page.content.decode()
    assert "form changed" in page(alice(review), "extraction")
    assert "form changed" not in page(bob(review), "extraction") + page(lead(review), "extraction")


def test_a_form_is_tried_with_its_inputs_and_nothing_is_kept(review: Review) -> None:
    form = make_form(review)
    tried = reverse("form_preview", args=[review.slug, form.pk])
    client = signed_in(carol(review))
    assert 'name="f-many"' in client.get(tried).content.decode()
    told = client.post(tried, sent("", "many")).content.decode()
    assert "write a whole number" in told
    assert "could not be submitted yet" in told
    assert "This entry could be submitted" in client.post(tried, sent("Nurses", "6")).content.decode()
    assert not EntryValue.objects.exists()


def test_a_lead_gives_a_begun_place_to_another_who_goes_on_from_it(review: Review, study: Study) -> None:
    form, dan = make_form(review), make_member(review, "Dan Dover")
    enter(alice(review), study, form, "Physicians")
    Membership.objects.filter(pk=alice(review).pk).update(active_to=timezone.now())
    client = signed_in(lead(review))
    assert "Alice Archer, who left the review" in client.get(reverse("extraction", args=[review.slug])).content.decode()
    sent_on = {"study": study.pk, "form": form.pk, "people": [dan.pk], "goes_on": "on"}
    assert client.post(reverse("extraction_assign", args=[review.slug]), sent_on).status_code == 302
    assert "Physicians" in page(dan, "entry", Entry.objects.get(extractor=dan).pk)


def test_the_countries_that_were_chosen_are_chosen_when_the_page_opens_again() -> None:
    asked = Asked(Field("f", "countries", "Where"), Said(), "", ["CI", "gone"])
    assert asked.country_options.count("<option ") == len(COUNTRIES)
    assert asked.country_options.count("selected") == 1
    assert '<option value="CI" selected>Côte d&#x27;Ivoire</option>' in asked.country_options


def test_a_refused_quote_is_a_problem_of_its_field_and_keeps_the_draft_going(review: Review, study: Study) -> None:
    entry = enter(alice(review), study, make_form(review), "Nurses")
    record = study.study_reports.get().record
    file = ReportFile.objects.create(
        review=review,
        report=record.report,
        sha256="0" * 64,
        size=9,
        media_type="application/pdf",
        name="a.pdf",
        by=alice(review).user,
    )
    client, save = signed_in(alice(review)), reverse("entry_save", args=[review.slug, entry.pk])
    pin = sent("Nurses", "6", saves=1) | {
        "act": "pin",
        "field": "people",
        "file": str(file.pk),
        "page": "1",
        "text": " ",
    }
    refused = client.post(save, pin, headers={"Accept": "application/json"})
    assert (refused.status_code, list(refused.json()["problems"])) == (200, ["people"])
    kept = client.post(
        save, pin | {"text": "We asked nurses", "saves": "2"}, headers={"Accept": "application/json"}
    ).json()
    assert "We asked nurses" in kept["quotes"]["people"]


def test_a_verifier_waits_until_there_is_an_entry_to_check(review: Review, study: Study) -> None:
    form = make_form(review, "verify")
    entry = enter(alice(review), study, form, "Nurses")
    own = take_place(member=bob(review), study=study, form=form)
    assert "You check it once it is submitted" in page(bob(review), "extraction")
    assert "is not submitted yet" in page(bob(review), "entry", own.pk)
    submit_entry(member=alice(review), entry_id=entry.pk)
    assert "Go on" in page(bob(review), "extraction")
    assert "You check the entry of another" in page(bob(review), "entry", own.pk)


def test_what_differs_stands_side_by_side_and_an_adjudicator_is_told_no_names(review: Review, study: Study) -> None:
    extraction = both(review, study, make_form(review), "Physicians", "Nurses")
    told = page(carol(review), "consensus", extraction.pk)
    assert "Physicians" in told
    assert "Nurses" in told
    assert "Alice Archer" not in told
    assert "Alice Archer" in page(lead(review), "consensus", extraction.pk)
    client = signed_in(carol(review))
    settle = reverse("consensus_settle", args=[review.slug, extraction.pk])
    refused = client.post(settle, {"field": "people", "chosen": "new", "f-people": "Both", "s-people": "reported"})
    assert refused.status_code == 422
    assert 'value="Both"' in refused.content.decode()
    assert client.post(settle, {"field": "people", "chosen": "second"}).status_code == 302
    client.post(reverse("consensus_lock", args=[review.slug, extraction.pk]))
    assert Extraction.objects.get().state == "locked"


def test_pages_ask_no_more_of_the_database_for_more_studies_and_fields(review: Review, study: Study) -> None:
    few = _asks(review, make_form(review))
    Form.objects.update(retired_at="2024-01-01T00:00:00Z")
    included_study(review, "Tavakol 2008")
    fields = [{"key": f"t{n}", "kind": "text", "label": f"T {n}"} for n in range(40)]
    content = {"sections": [{"title": "Much", "fields": [{"key": "people", "kind": "text", "label": "P"}, *fields]}]}
    more = _asks(review, make_form(review, "dual", content))
    assert more == few


def _asks(review: Review, form: Form) -> list[int]:
    for study in review.studies.all():
        assign(member=lead(review), study=study, form=form, people=[alice(review), bob(review)])
    own = Entry.objects.filter(extractor=alice(review), extraction__form=form)[0]
    asks = []
    client = signed_in(alice(review))
    for url in (reverse("extraction", args=[review.slug]), reverse("entry", args=[review.slug, own.pk])):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        asks.append(len(queries))
    return asks
