"""The pages of coding: a study is coded without a script, compared, and settled; each member is shown what is open to them."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from extraction.coding.actions import add_code, make_codebook
from extraction.coding.grouping import sets_of
from extraction.coding.marking import add_source, code_segment, submit
from extraction.coding.models import Code, Codebook, Coding, SourceText
from extraction.coding.queue import codes, settled_codings
from screening.reviews.models import Membership
from tests.factories import alice, bob, included_study, lead, make_review

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _page(member: Membership, name: str, *arguments: object) -> str:
    answer = _client(member).get(reverse(name, args=[member.review.slug, *arguments]))
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return answer.content.decode()


def _post(member: Membership, route: str, /, *arguments: object, **data: object) -> int:
    url = reverse(route, args=[member.review.slug, *arguments])
    return _client(member).post(url, data).status_code


def test_a_study_is_coded_by_two_people_without_a_script_compared_and_settled() -> None:
    review = make_review()
    first, second, study = alice(review), bob(review), included_study(review)
    assert _post(first, "codebook_new", name="Themes", mode="codebook", preset="ecological", threshold=50) == 302
    assert _post(first, "code_new", name="Time", direction="barrier", level="Environmental", colour="#1A6840") == 302
    time = Code.objects.get()
    assert (
        _post(first, "coding_text_new", study.pk, kind="results", label="Results", text="Few. 時間不足。 Money.") == 302
    )
    source = SourceText.objects.get()
    assert _post(first, "coding_mark", source.pk, code=time.pk) == 409, "nothing is chosen"
    assert _post(first, "coding_mark", source.pk, code=time.pk, sentence=["2", "3"], memo="Quokka") == 302
    assert Coding.objects.get().segment.quote == "時間不足。 Money."
    assert _post(first, "coding_mark", source.pk, remove=f"5-17-{time.pk}") == 302
    assert (
        "Put it back"
        in _client(first)
        .get(reverse("coding_text", args=[review.slug, source.pk]), {"last": f"5-17-{time.pk}", "did": "remove"})
        .content.decode()
    )
    assert _post(first, "coding_mark", source.pk, again=f"5-17-{time.pk}") == 302
    assert _post(first, "coding_turn", study.pk, "submit") == 302
    for page in (
        _page(second, "coding_text", source.pk),
        _page(second, "coding_study", study.pk),
        _page(lead(review), "code", time.pk),
    ):
        assert "Quokka" not in page
        assert "look-0" not in page
    assert _client(second).get(reverse("coding_compare", args=[review.slug, study.pk])).status_code == 409
    assert _post(second, "coding_mark", source.pk, code=time.pk, start=0, end=4) == 302
    assert _post(second, "coding_turn", study.pk, "submit") == 302
    assert "Quokka" in _page(second, "coding_study", study.pk)
    assert "2 differences left" in _page(second, "coding_compare", study.pk)
    assert "undefined" in _page(second, "coding"), "one study carries no kappa"
    for at, how in ((0, "second"), (5, "edit")):
        sent = {
            "source": source.pk,
            "code_id": time.pk,
            "at": at,
            "how": how,
            "reason": "Too wide",
            "code": time.pk,
            "sentence": "2",
        }
        assert _post(second, "coding_settle", study.pk, **sent) == 302
    assert "Everything is settled" in _page(second, "coding_compare", study.pk)
    assert len(settled_codings(review)) == 2
    assert _page(lead(review), "codebook").count("swatch") == 1


def test_codes_are_changed_and_files_brought_in_on_the_pages() -> None:
    review = make_review()
    member = alice(review)
    assert _client(member).get(reverse("coding", args=[review.slug])).status_code == 302
    assert "There is none yet" in _page(member, "codebook")
    make_codebook(member=member, name="Themes", mode="reflexive", preset="i-parihs")
    assert "kappa would measure nothing" in _page(member, "coding")
    one, other = Code.objects.all()[:2]
    acts: dict[str, dict[str, object]] = {
        "edit": {"definition": "Zebra"}, "move": {"parent": other.pk}, "rename": {"name": "Okapi", "reason": "Plainer"},
        "memo": {"text": "Ocelot"}, "split": {"names": "A\nB", "reason": "Two"}, "merge": {"into": other.pk, "reason": "Same"},
        "retire": {},
    }  # fmt: skip
    assert {act: _post(member, "code_act", one.pk, act, **sent) for act, sent in acts.items()} == {
        act: 409 if act == "retire" else 302 for act in acts
    }
    page = _page(member, "code", one.pk)
    assert all(word in page for word in ("Okapi", "Zebra", "Ocelot"))
    assert _post(member, "code_undo", one.changes.get(act="merge").pk) == 302
    qdc = _client(member).get(reverse("codebook_file", args=[review.slug, "qdc"])).content
    table = _client(member).get(reverse("codebook_file", args=[review.slug, "csv"])).content
    n = len(codes(review))
    for name, content in (("a.qdc", qdc), ("a.csv", table)):
        assert _post(member, "codebook_import", file=SimpleUploadedFile(name, content)) == 302
    assert len(codes(review)) == n
    assert _post(member, "codebook_import", file=SimpleUploadedFile("a.qdc", b"no")) == 409
    assert _post(member, "codebook_freeze", reason="Kept") == 302
    assert "Okapi" in _page(member, "codebook_version", 1)


def test_a_set_of_codes_is_kept_goes_into_another_codebook_by_file_and_is_removed() -> None:
    review, other = make_review("One"), make_review("Other")
    for each in (review, other):
        make_codebook(member=lead(each), name="Themes", preset="blank")
    member, guids = alice(review), [str(add_code(member=alice(review), name=name).guid) for name in ("Time", "Money")]
    assert _post(member, "codebook_sets", name="Scarce", code=guids[:1]) == 302
    assert _post(member, "codebook_sets", name=" Scarce ", code=[*guids, str(uuid.uuid4())]) == 302
    assert _post(member, "codebook_sets", name="Empty") == 409
    file = _client(member).get(reverse("codebook_file", args=[review.slug, "qdc"])).content
    assert _post(alice(other), "codebook_import", file=SimpleUploadedFile("a.qdc", file)) == 302
    assert sets_of(Codebook.objects.get(review=other)) == sets_of(Codebook.objects.get(review=review))
    assert "Time</bdi>; <bdi>Money" in _page(alice(other), "codebook")
    only = sets_of(Codebook.objects.get(review=other))[0]
    assert [_post(alice(other), "codebook_sets", remove=only.guid) for _ in "12"] == [302, 409]
    assert "Scarce" not in _page(alice(other), "codebook")


def test_the_pages_ask_the_database_as_often_for_many_passages_as_for_few() -> None:
    review = make_review()
    member, study = alice(review), included_study(review)
    make_codebook(member=member, name="Themes", mode="codebook")
    text = " ".join(f"Sentence number {n} says something." for n in range(60))
    source = add_source(member=member, study=study, kind="results", label="Results", text=text)
    made = [add_code(member=member, name=f"Code {n}") for n in range(6)]
    pages = [("coding", ()), ("codebook", ()), ("coding_study", (study.pk,)), ("coding_text", (source.pk,))]

    def asked() -> list[int]:
        found = []
        for name, arguments in pages:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                _page(member, name, *arguments)
            found.append(len(queries))
        return found

    code_segment(member=member, source=source, start=0, end=9, code=made[0])
    _page(member, "coding_text", source.pk)
    few = asked()
    for place in range(30):
        code_segment(member=member, source=source, start=10 * place, end=10 * place + 20, code=made[place % 6])
    assert asked() == few
    submit(member=member, study=study)
