"""The builder's pages: a form is built, published, changed, taken out of use and moved as a file, without a script."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from extraction.tables.fields import FormSpec
from extraction.tables.models import Form
from extraction.tables.queue import draft_version, present_spec, published_version
from screening.reviews.models import Membership
from tests.factories import alice, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def client(member: Membership) -> Client:
    made = Client()
    made.force_login(member.user)
    return made


def post(member: Membership, route: str, *arguments: object, query: str = "", **data: object) -> int:
    url = reverse(route, args=[member.review.slug, *arguments]) + query
    return client(member).post(url, data).status_code


def page(member: Membership, route: str, *arguments: object, query: str = "") -> str:
    answer = client(member).get(reverse(route, args=[member.review.slug, *arguments]) + query)
    assert answer.status_code == 200, answer.content.decode()[-1500:]
    return answer.content.decode()


def order(spec: FormSpec) -> list[str]:
    return [one.key for one in spec.fields]


def test_a_lead_builds_a_form_publishes_it_and_changes_it() -> None:
    review = make_review()
    mei = lead(review)
    assert "There is no form yet" in page(mei, "forms")
    assert "Study characteristics" in page(mei, "form_new")
    assert post(mei, "form_new", name="Ours", start="blank", mode="dual") == 302
    assert post(mei, "form_new", name="Ours", start="blank", mode="dual") == 422
    assert post(mei, "form_new", name="Other", start="file", mode="dual") == 422
    form = Form.objects.get()
    assert post(mei, "form_edit", form.pk, act="add-section", title="Study") == 302
    assert post(mei, "form_edit", form.pk, act="add-section", title=" ") == 409
    assert post(mei, "form_edit", form.pk, act="explode") == 404
    field = "?section=0&kind="
    assert "Answers, one a line" in page(mei, "form_field", form.pk, query=f"{field}choice")
    assert post(mei, "form_field", form.pk, query=f"{field}choice", label="Design", options="Trial\nSurvey") == 302
    assert post(mei, "form_field", form.pk, query=f"{field}choice", label="Design", options="Trial\ntrial") == 422
    assert (
        post(
            mei,
            "form_field",
            form.pk,
            query=f"{field}number",
            label="Dose",
            unit="mg",
            show_field="design",
            show_values="trial",
        )
        == 302
    )
    assert (
        post(mei, "form_field", form.pk, query=f"{field}number", label="Dose", show_field="design", show_values="None")
        == 422
    )
    assert post(mei, "form_field", form.pk, query=f"{field}computed", label="Twice", formula="dose * 2") == 302
    assert post(mei, "form_field", form.pk, query=f"{field}magic", label="X") == 404
    assert post(mei, "form_field", form.pk, query="?section=9&kind=text", label="X") == 404
    assert post(mei, "form_edit", form.pk, act="remove", key="design") == 409
    assert post(mei, "form_edit", form.pk, act="down", key="design") == 302
    assert order(present_spec(form)) == ["dose", "design", "twice"]
    assert "“Design” is “Trial”" in page(mei, "form", form.pk)
    assert post(mei, "form_publish", form.pk) == 302
    assert post(mei, "form_field", form.pk, query="?key=design", label="Design", options="Trial\nSurveys") == 302
    design = present_spec(form).field("design")
    assert design is not None
    assert [one.key for one in design.options] == ["trial", "survey"]
    assert "Why the form changes" in page(mei, "form", form.pk)
    assert post(mei, "form_publish", form.pk) == 409
    assert post(mei, "form_discard", form.pk) == 302
    assert draft_version(form) is None
    assert "Surveys" not in page(alice(review), "form_version", form.pk, 1)


def test_a_form_goes_out_as_a_file_and_comes_into_another() -> None:
    review = make_review()
    mei = lead(review)
    post(mei, "form_new", name="Ours", start="general", mode="single")
    form = Form.objects.get()
    for ending in ("json", "xlsx"):
        file = client(mei).get(reverse("form_file", args=[review.slug, form.pk, ending]))
        upload = SimpleUploadedFile(f"form.{ending}", file.getvalue())
        assert post(mei, "form_new", name=ending, start="file", mode="dual", file=upload) == 302
        assert present_spec(Form.objects.get(name=ending)) == present_spec(form)
    assert post(mei, "form_import", form.pk, file=SimpleUploadedFile("a.json", b"nothing")) == 409
    assert post(mei, "form_import", form.pk) == 409
    upload = SimpleUploadedFile(
        "form.json", client(mei).get(reverse("form_file", args=[review.slug, form.pk, "json"])).content
    )
    assert post(mei, "form_import", form.pk, file=upload) == 302
    assert post(mei, "form_settings", form.pk, name="", mode="dual") == 409
    assert post(mei, "form_settings", form.pk, name="Renamed", mode="dual") == 302
    assert post(mei, "form_retire", form.pk, reason="Another is better") == 302
    assert "Out of use" in page(mei, "forms")
    assert "Bring back" in page(mei, "form", form.pk)
    assert post(mei, "form_retire", form.pk, act="back") == 302


def test_a_reviewer_reads_what_a_form_asks_and_edits_nothing() -> None:
    review = make_review()
    post(lead(review), "form_new", name="Ours", start="general", mode="single")
    form = Form.objects.get()
    assert published_version(form) is None
    assert "Add a field" not in page(alice(review), "form", form.pk)
    assert post(alice(review), "form_publish", form.pk) == 403
    other = make_review()
    assert client(lead(other)).get(reverse("form", args=[other.slug, form.pk])).status_code == 404
