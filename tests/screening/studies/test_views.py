"""Studies in the browser: included reports find their study, and nothing here moves a report box."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.decisions.actions import reopen_item
from screening.decisions.models import Item
from screening.dedupe.models import Judgement
from screening.fulltexts.actions import mark_retrieved
from screening.prisma.counts import flow_of
from screening.prisma.views import box_address
from screening.records.models import Record, Standing
from screening.reviews.actions import edit_review
from screening.reviews.models import Membership, Review
from screening.roles import Role
from screening.searches.models import SearchRun
from screening.studies.actions import create_study
from screening.studies.models import Study, StudyReport
from tests.factories import (
    alice,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    make_user,
    open_screening,
    settled,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def client(review: Review) -> Client:
    return signed_in(alice(review))


@pytest.fixture
def reports(review: Review) -> list[Record]:
    """Two reports of Okafor 2019 and one of Lind 2021, all included."""
    return included(
        review,
        {"authors": ["Okafor, N.", "Lind, E."], "year": 2019},
        {"authors": ["Okafor, N."], "year": 2019},
        {"authors": ["Lind, E."], "year": 2021},
    )


def included(review: Review, *fields: dict[str, Any]) -> list[Record]:
    stored = make_import(review, records=0)
    records = [make_record(stored, position=n, **given) for n, given in enumerate(fields)]
    items = {item.record_id: item for item in open_screening(review)}
    for record in records:
        settled(review, items[record.pk], "include", "include")
        mark_retrieved(member=alice(review), record=record)
        settled(review, Item.objects.get(record=record, stage="ft"), "include", "include")
    return records


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(name: str, review: Review, *args: object) -> str:
    return reverse(name, args=[review.slug, *args])


def page(client: Client, name: str, review: Review, *args: object, query: str = "") -> str:
    answer = client.get(url(name, review, *args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def labels(review: Review) -> dict[str, list[int]]:
    links = StudyReport.objects.filter(review=review).order_by("record__number")
    found: dict[str, list[int]] = {study.label: [] for study in Study.objects.filter(review=review)}
    for label, number in links.values_list("study__label", "record__number"):
        found[label].append(number)
    return found


def boxes(review: Review) -> dict[str, Any]:
    return {key: n for key, n in flow_of(review).counts().items() if "report" in key}


def test_before_any_report_is_included_the_page_says_where_studies_come_from(client: Client, review: Review) -> None:
    assert "No report is included yet" in page(client, "studies", review)


def test_one_press_gives_every_report_a_study_of_its_own(client: Client, review: Review, reports: list[Record]) -> None:
    html = page(client, "studies", review)
    assert "0 studies included; 3 included reports without one" in html
    assert 'value="Okafor 2019"' in html
    before = boxes(review)
    client.post(url("studies_each", review))
    assert labels(review) == {"Lind 2021": [3], "Okafor 2019": [1], "Okafor 2019b": [2]}
    assert "3 studies included" in page(client, "studies", review)
    assert client.post(url("studies_each", review)).status_code == 409, "nothing is left to link"
    after = boxes(review)
    assert {key: after[key] for key in before if "unlinked" not in key} == {
        key: before[key] for key in before if "unlinked" not in key
    }, "I34"


def test_a_study_is_made_of_one_report_and_another_joins(client: Client, review: Review, reports: list[Record]) -> None:
    client.post(url("study_new", review), {"label": "Okafor 2019", "records": "1"})
    study = Study.objects.get()
    client.post(url("study_link", review, 2), {"study": study.pk})
    assert labels(review) == {"Okafor 2019": [1, 2]}
    client.post(url("study_unlink", review, study.pk, 2))
    assert labels(review) == {"Okafor 2019": [1]}


def test_what_a_person_judged_related_is_offered_as_one_study(
    client: Client, review: Review, reports: list[Record]
) -> None:
    first, second, _ = reports
    Judgement.objects.create(
        review=review, first=first, second=second, answer="related", act="6a0f2f0e-8d6e-4a58-9b54-000000000001", by=lead(review).user
    )  # fmt: skip
    html = page(client, "studies", review)
    assert html.count("One study of these 2") == 2
    client.post(url("study_new", review), {"label": "Okafor 2019", "records": ["1"]})
    assert "Link to <bdi>Okafor 2019</bdi>" in page(client, "studies", review)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"label": " ", "records": "1"}, "needs a label"),
        ({"label": "okay", "records": "99"}, "Only included reports"),
        ({"label": "Taken", "records": "1"}, "There is a study called Taken already"),
    ],
)
def test_a_study_that_cannot_be_is_refused_in_a_sentence(
    client: Client, review: Review, reports: list[Record], sent: dict[str, str], sentence: str
) -> None:
    create_study(member=alice(review), label="Taken")
    answer = client.post(url("study_new", review), sent)
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert labels(review) == {"Taken": []}


def test_i33_a_record_that_is_not_included_joins_no_study(
    client: Client, review: Review, reports: list[Record]
) -> None:
    study = create_study(member=alice(review), label="One")
    other = make_record(make_import(review, records=0))
    assert client.post(url("study_link", review, other.number), {"study": study.pk}).status_code == 409
    assert client.post(url("study_link", review, 1), {"study": ""}).status_code == 409


def test_a_study_is_renamed_to_a_free_label_only(client: Client, review: Review, reports: list[Record]) -> None:
    study = create_study(member=alice(review), label="One")
    create_study(member=alice(review), label="Two")
    client.post(url("study_rename", review, study.pk), {"label": "Three"})
    assert "Three" in page(client, "study", review, study.pk)
    assert client.post(url("study_rename", review, study.pk), {"label": "Two"}).status_code == 409
    assert client.post(url("study_rename", review, study.pk), {"label": ""}).status_code == 409


def test_u4_merging_shows_its_effect_in_numbers_before_it_is_done(
    client: Client, review: Review, reports: list[Record]
) -> None:
    client.post(url("studies_each", review))
    kept, other = Study.objects.get(label="Okafor 2019"), Study.objects.get(label="Okafor 2019b")
    html = page(client, "study_merge", review, kept.pk, query=f"?study={other.pk}")
    assert "Moves 1 report from" in html
    assert "Included studies: 3 to 2" in html
    assert client.get(url("study_merge", review, kept.pk) + f"?study={kept.pk}").status_code == 409
    assert client.get(url("study_merge", review, kept.pk)).status_code == 409
    before = boxes(review)
    client.post(url("study_merge", review, kept.pk), {"study": other.pk})
    assert labels(review) == {"Lind 2021": [3], "Okafor 2019": [1, 2]}
    assert boxes(review) == before, "I34"


def test_only_an_empty_study_is_deleted(client: Client, review: Review, reports: list[Record]) -> None:
    study = create_study(member=alice(review), label="One", records=[reports[0]])
    assert "Delete this study" not in page(client, "study", review, study.pk)
    assert client.post(url("study_delete", review, study.pk)).status_code == 409
    client.post(url("study_unlink", review, study.pk, 1))
    assert "Delete this study" in page(client, "study", review, study.pk)
    client.post(url("study_delete", review, study.pk))
    assert not Study.objects.exists()


def test_i33_a_study_without_an_included_report_is_counted_nowhere(
    client: Client, review: Review, reports: list[Record]
) -> None:
    client.post(url("studies_each", review))
    item = Item.objects.get(record=reports[2], stage="ft")
    reopen_item(item_id=item.pk, lead=lead(review), reason="An erratum")
    html = page(client, "studies", review)
    assert "2 studies included" in html
    assert "Without an included report: 1" in html
    assert "not included at present" in html
    assert flow_of(review).counts()["new_studies"] == 2, "U1: the page lists what the flow counts"


ACTS: tuple[tuple[str, bool, dict[str, Any]], ...] = (
    ("study_new", False, {"label": "New", "records": "1"}),
    ("studies_each", False, {}),
    ("study_rename", True, {"label": "New"}),
    ("study_merge", True, {}),
    ("study_delete", True, {}),
)


def test_u1_the_studies_of_one_search_are_those_that_its_flow_counts(
    client: Client, review: Review, reports: list[Record]
) -> None:
    create_study(member=lead(review), label="Okafor 2019", records=reports[:2])
    create_study(member=lead(review), label="Lind 2021", records=reports[2:])
    first = review.search_runs.get()
    update = SearchRun.objects.create(review=review, number=2, label="Update", protocol=first.protocol)
    Standing.objects.filter(record=reports[1]).update(run=update)
    for run, expected in ((first, 2), (update, 1)):
        flow = client.get(reverse("prisma", args=[review.slug]), {"search": run.number}).content.decode()
        address = f"{reverse('studies', args=[review.slug])}?search={run.number}"
        assert flow_of(review, run=run).number("new_studies") == expected
        assert f'href="{address}"' in flow
        page = client.get(address).content.decode()
        assert f"{expected} stud{'y' if expected == 1 else 'ies'} included of {run.label}" in page
        assert f"Included studies: {expected}" in page
    assert client.get(reverse("studies", args=[review.slug]), {"search": "9"}).status_code == 404
    assert client.get(reverse("studies", args=[review.slug]), {"search": "x"}).status_code == 404


def test_u1_a_total_with_studies_of_a_former_version_opens_no_list_of_fewer(review: Review) -> None:
    assert box_address(review.slug, "total_studies") == ""
    assert box_address(review.slug, "new_studies") == reverse("studies", args=[review.slug])


@pytest.mark.parametrize("role", [Role.LIBRARIAN, Role.OBSERVER, Role.ADJUDICATOR])
def test_who_may_not_link_reads_and_changes_nothing(review: Review, reports: list[Record], role: Role) -> None:
    study = create_study(member=alice(review), label="One", records=[reports[0]])
    client = signed_in(make_member(review, f"{role.label} Onlooker", role))
    for name, of_study, sent in ACTS:
        assert client.post(url(name, review, *([study.pk] if of_study else [])), sent).status_code == 403
    assert client.post(url("study_link", review, 2), {"study": study.pk}).status_code == 403
    assert client.post(url("study_unlink", review, study.pk, 1)).status_code == 403
    for name, args in (("studies", ()), ("study", (study.pk,))):
        assert "<form" not in page(client, name, review, *args).partition("<main")[2].partition("</main>")[0]


def test_p10_studies_and_records_of_another_review_are_not_found(review: Review, reports: list[Record]) -> None:
    study = create_study(member=alice(review), label="One", records=[reports[0]])
    other = make_review("Another review", lead=make_user("Sam Stranger"))
    client = signed_in(lead(other))
    for name, of_study, sent in ACTS:
        if of_study:
            assert client.post(url(name, other, study.pk), sent).status_code == 404
    assert client.get(url("study", other, study.pk)).status_code == 404
    assert client.post(url("study_unlink", other, study.pk, 1)).status_code == 404
    assert client.post(url("study_new", other), {"label": "Theirs", "records": "1"}).status_code == 409
    mine = create_study(member=lead(other), label="Mine")
    assert client.post(url("study_link", other, 1), {"study": study.pk}).status_code == 409
    assert client.post(url("study_link", other, 1), {"study": mine.pk}).status_code == 404
    assert client.post(url("study_merge", other, mine.pk), {"study": study.pk}).status_code == 409
    assert labels(review) == {"One": [1]}


def test_r9_in_an_update_whoever_links_says_that_a_study_is_of_the_previous_version(
    client: Client, review: Review, reports: list[Record]
) -> None:
    assert "of the previous version" not in page(client, "studies", review)
    refused = client.post(url("study_new", review), {"label": "Okafor 2019", "records": 1, "of_previous_version": 1})
    assert refused.status_code == 409
    edit_review(review=review, actor=lead(review).user, kind="update", previous_studies=4)
    assert page(client, "studies", review).count('name="of_previous_version"') == 3
    client.post(url("study_new", review), {"label": "Okafor 2019", "records": [1, 2], "of_previous_version": 1})
    client.post(url("study_new", review), {"label": "Lind 2021", "records": 3})
    html = page(client, "studies", review)
    assert "1 new study included, 1 of the previous version with new reports" in html
    assert (
        html.index("New studies: 1") < html.rindex("Lind 2021") < html.index('id="known"') < html.rindex("Okafor 2019")
    )
    assert box_address(review.slug, "previous_studies_with_new_reports").endswith("/studies/#known")
    new, known = Study.objects.order_by("of_previous_version")
    assert "New studies: 1 to 0" in page(client, "study_merge", review, new.pk, query=f"?study={known.pk}")
    assert "counted with the previous version" in page(client, "study", review, known.pk)
    client.post(url("study_version", review, known.pk))
    client.post(url("study_version", review, new.pk), {"of_previous_version": 1})
    assert set(Study.objects.filter(of_previous_version=True)) == {new}
    assert flow_of(Review.objects.get(pk=review.pk)).number("new_studies") == 1
