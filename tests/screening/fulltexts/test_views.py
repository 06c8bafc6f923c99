"""Full texts in the browser: the board, one report, its PDF, and the review of reports at hand."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from screening.decisions.models import Item, Vote
from screening.fulltexts.actions import add_file, mark_retrieved
from screening.fulltexts.models import Report, ReportFile, RetrievalAttempt
from screening.protocol.actions import edit_criterion, freeze_protocol, start_amendment
from screening.records.models import Record
from screening.reviews.models import Membership, Review
from screening.roles import Role
from tests.factories import (
    alice,
    bob,
    included_record,
    lead,
    make_import,
    make_member,
    make_record,
    make_review,
    make_user,
    open_screening,
    reveal,
    settled,
    vote,
)

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n% a report\n%%EOF\n"


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def review() -> Review:
    return make_review()


@pytest.fixture
def record(review: Review) -> Record:
    return included_record(review)


@pytest.fixture
def client(review: Review) -> Client:
    return signed_in(alice(review))


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(name: str, review: Review, *args: object) -> str:
    return reverse(name, args=[review.slug, *args])


#: What a form has anew each time.
NEW = ('name="csrfmiddlewaretoken"', 'name="key"', 'name="since"')


def page(client: Client, name: str, review: Review, *args: object, query: str = "") -> str:
    answer = client.get(url(name, review, *args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def upload(name: str = "report.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def more_included(review: Review, *fields: dict[str, Any]) -> list[Record]:
    """Further records included at title and abstract."""
    stored = make_import(review, records=0)
    records = [make_record(stored, position=n, **given) for n, given in enumerate(fields)]
    items = {item.record_id: item for item in open_screening(review)}
    for one in records:
        settled(review, items[one.pk], "include", "include")
    return records


def status(record: Record) -> str:
    return Report.objects.get(record=record).status


def ft_item(record: Record) -> Item:
    return Item.objects.get(record=record, stage="ft")


# The board


def test_every_number_of_the_board_opens_as_many_reports(client: Client, review: Review, record: Record) -> None:
    at_hand, _ = more_included(review, {}, {})
    mark_retrieved(member=alice(review), record=at_hand)
    html = page(client, "fulltexts", review)
    found = dict(re.findall(r'\?show=([a-z-]+)"[^>]*>[^<]*?(\d+)</a>', html))
    assert found == {"sought": "3", "to-retrieve": "2", "retrieved": "1", "not-retrieved": "0"}
    for name, n in found.items():
        html = page(client, "fulltexts", review, query=f"?show={name}")
        assert f"{n} report" in html
        assert html.count('class="row"') == int(n)


def test_the_board_is_searched_by_words(client: Client, review: Review, record: Record) -> None:
    more_included(review, {"title": "Mentors for young researchers"})
    html = page(client, "fulltexts", review, query="?show=sought&q=mentors")
    assert html.count('class="row"') == 1
    assert "No report in this list" in page(client, "fulltexts", review, query="?show=sought&q=zebra")


def test_an_empty_board_says_where_reports_come_from(client: Client, review: Review) -> None:
    assert "No reports are sought yet" in page(client, "fulltexts", review)


def test_a_record_whose_votes_are_sealed_is_not_sought_yet(client: Client, review: Review) -> None:
    make_import(review)
    item = open_screening(review)[0]
    vote(alice(review), item, "include")
    vote(bob(review), item, "include")
    assert "No reports are sought yet" in page(client, "fulltexts", review), "P20"
    assert client.get(url("report", review, item.record.number)).status_code == 404
    reveal(review)
    assert client.get(url("report", review, item.record.number)).status_code == 200


# Many files at once


@pytest.mark.parametrize("form", ["fulltexts_upload", "report_upload", "imports_upload"])
def test_u6_more_files_than_fit_are_told_how_many_to_send_and_nothing_is_stored(
    client: Client, review: Review, record: Record, form: str, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    args = {"report_upload": [record.number], "imports_upload": [1]}.get(form, [])
    here = f"http://testserver{url('fulltexts', review)}"
    files = [upload(f"{n}.pdf", PDF + b"%d" % n) for n in range(3)]
    answer = client.post(url(form, review, *args), {"files": files}, headers={"referer": here})
    assert answer.status_code == 413
    html = answer.content.decode()
    assert "At most 2 files can be sent at a time, so nothing was stored" in html
    assert f'href="{here}"' in html
    assert not ReportFile.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*"))


def test_u6_the_forms_for_many_files_say_how_many_they_take(client: Client, review: Review, record: Record) -> None:
    assert "Up to 200 at a time" in page(client, "fulltexts", review)
    assert 'data-most="200"' in page(client, "report", review, record.number)
    assert "Up to 200 at once" in page(signed_in(lead(review)), "imports_upload", review, 1)


# One report


def test_attempts_are_logged_with_day_way_and_outcome(client: Client, review: Review, record: Record) -> None:
    sent = {"on": "2024-05-02", "way": "Library", "outcome": "Ordered"}
    assert client.post(url("report_attempt", review, record.number), sent).status_code == 302
    html = page(client, "report", review, record.number)
    for word in ("2024-05-02", "Library", "Ordered", "Alice Archer"):
        assert word in html
    assert "Library" in page(client, "fulltexts", review), "the board shows the log"


def test_a_wrong_attempt_comes_back_with_what_was_typed(client: Client, review: Review, record: Record) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    for sent, sentence in (
        ({"on": tomorrow, "way": "Library", "outcome": "Ordered"}, "That day has not come yet"),
        ({"on": "yesterday", "way": "Library", "outcome": "Ordered"}, "valid date"),
    ):
        answer = client.post(url("report_attempt", review, record.number), sent)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert 'value="Ordered"' in answer.content.decode()
    assert not RetrievalAttempt.objects.exists()


def test_i32_not_retrieved_needs_an_attempt_and_a_cause_and_can_be_sought_again(
    client: Client, review: Review, record: Record
) -> None:
    there = url("report_not_retrieved", review, record.number)
    assert client.post(there, {"cause": ""}).status_code == 422
    refused = client.post(there, {"cause": "no_reply"})
    assert refused.status_code == 409
    assert "Log at least one attempt" in refused.content.decode()
    client.post(
        url("report_attempt", review, record.number), {"on": "2024-05-02", "way": "E-mail", "outcome": "No reply"}
    )
    assert client.post(there, {"cause": "no_reply"}).status_code == 302
    assert "no reply from the authors" in page(client, "report", review, record.number)
    client.post(url("report_seek_again", review, record.number), {"reason": "A new address"})
    assert status(record) == ""


def test_a_report_is_retrieved_by_a_link(client: Client, review: Review, record: Record) -> None:
    there = url("report_retrieved", review, record.number)
    assert client.post(there, {"url": "javascript:alert(1)"}).status_code == 422
    assert client.post(there, {"url": "https://example.org/full"}).status_code == 302
    assert status(record) == "retrieved"
    assert 'href="https://example.org/full"' in page(client, "screening_ft", review)


def test_a_pdf_makes_the_report_retrieved_and_anything_else_is_refused(
    client: Client, review: Review, record: Record
) -> None:
    assert "Choose a PDF file first" in sent_to_report(client, record)
    assert "x.pdf: It is a web page, not a PDF" in sent_to_report(client, record, upload("x.pdf", b"\n<!doctype html>"))
    assert "x.pdf: It is not a PDF" in sent_to_report(client, record, upload("x.pdf", b"PK\x03\x04"))
    assert "x.pdf: It is empty" in sent_to_report(client, record, upload("x.pdf", b""))
    assert not Report.objects.filter(status="retrieved").exists()
    assert "report.pdf is stored" in sent_to_report(client, record, upload(content=b"\xef\xbb\xbf\n" + PDF))
    assert status(record) == "retrieved"


def sent_to_report(client: Client, record: Record, *files: SimpleUploadedFile) -> str:
    """The page of a report after files were sent to it."""
    answer = client.post(url("report_upload", record.review, record.number), {"files": files}, follow=True)
    assert answer.redirect_chain == [(url("report", record.review, record.number), 302)]
    return answer.content.decode()


def test_u6_a_bad_file_among_good_ones_is_told_and_the_good_ones_are_stored(
    client: Client, review: Review, record: Record
) -> None:
    files = [upload("one.pdf"), upload("bad.pdf", b"<html>"), upload("two.pdf", PDF + b"2")]
    html = sent_to_report(client, record, *files)
    for sentence in (
        "one.pdf is stored",
        "bad.pdf: It is a web page, not a PDF, so it was not stored",
        "two.pdf is stored",
    ):
        assert sentence in html
    assert sorted(file.name for file in ReportFile.objects.all()) == ["one.pdf", "two.pdf"]
    assert status(record) == "retrieved"


def test_p28_a_pdf_is_served_in_a_box_of_its_own(client: Client, review: Review, record: Record) -> None:
    file = add_file(member=alice(review), record=record, upload=upload("Straße „1“.pdf"))
    answer = client.get(url("report_file", review, record.number, file.pk))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''Stra%C3%9Fe")
    saved = client.get(url("report_file", review, record.number, file.pk) + "?download=1")
    assert saved["Content-Disposition"].startswith("attachment")
    for one in (answer, saved):
        one.close()


def test_p28_a_part_of_a_pdf_is_served_as_a_part(client: Client, review: Review, record: Record) -> None:
    file = add_file(member=alice(review), record=record, upload=upload())
    there = url("report_file", review, record.number, file.pk)
    part = client.get(there, headers={"Range": "bytes=5-7"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 5-7/{len(PDF)}")
    assert b"".join(part.streaming_content) == PDF[5:8]  # type: ignore[attr-defined]
    assert "sandbox" in part["Content-Security-Policy"]
    assert client.head(there, headers={"Range": "bytes=5-7"})["Content-Length"] == "3"
    beyond = client.get(there, headers={"Range": "bytes=999-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(PDF)}")
    other = client.get(there, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert (other.status_code, other["Accept-Ranges"], other["ETag"]) == (200, "bytes", f'"{file.sha256}"')
    other.close()


def test_p28_what_is_no_pdf_is_a_download_and_never_the_report(client: Client, review: Review, record: Record) -> None:
    there = url("report_upload", review, record.number)
    sent = {"files": [upload("table.csv", b"a,b\n")], "kind": "supplement"}
    assert "table.csv is stored with record" in client.post(there, sent, follow=True).content.decode()
    file = ReportFile.objects.get()
    assert (file.kind, file.media_type, status(record)) == ("supplement", "text/plain", "")
    answer = client.get(url("report_file", review, record.number, file.pk))
    assert answer["Content-Disposition"].startswith("attachment")
    kind = url("report_file_kind", review, record.number, file.pk)
    assert client.post(kind, {"kind": "main"}).status_code == 409
    assert client.post(kind, {"kind": "protocol"}).status_code == 302
    assert "<b>Protocol</b>" in page(client, "report", review, record.number)
    assert (
        "neither a PDF nor"
        in client.post(there, {"files": [upload("x.exe", b"MZ\0")], "kind": "protocol"}, follow=True).content.decode()
    )
    answer.close()


def test_only_full_text_review_has_a_worker_of_its_own(client: Client, review: Review, record: Record) -> None:
    add_file(member=alice(review), record=record, upload=upload())
    assert "worker-src 'self'" in client.get(url("screening_ft", review))["Content-Security-Policy"]
    assert "worker-src" not in client.get(url("fulltexts", review))["Content-Security-Policy"]


def test_a_file_that_is_gone_from_the_disk_is_told_in_a_sentence(
    client: Client, review: Review, record: Record, settings: Settings
) -> None:
    file = add_file(member=alice(review), record=record, upload=upload())
    settings.MEDIA_ROOT = settings.MEDIA_ROOT / "elsewhere"
    answer = client.get(url("report_file", review, record.number, file.pk))
    assert answer.status_code == 409
    assert "missing on the server" in answer.content.decode()


def test_a_file_is_taken_off_with_a_reason(client: Client, review: Review, record: Record) -> None:
    file = add_file(member=alice(review), record=record, upload=upload())
    there = url("report_file_remove", review, record.number, file.pk)
    assert client.post(there, {"reason": " "}).status_code == 409
    assert client.post(there, {"reason": "Another article"}).status_code == 302
    assert client.get(url("report_file", review, record.number, file.pk)).status_code == 404
    assert "Removed on" in page(client, "report", review, record.number)


# Review


@pytest.fixture
def at_hand(review: Review, record: Record) -> Record:
    add_file(member=lead(review), record=record, upload=upload())
    return record


def cast(client: Client, review: Review, record: Record, **sent: Any) -> Any:
    return client.post(url("vote_ft", review, record.number), {"key": str(uuid.uuid4()), **sent})


def test_the_next_report_stands_beside_its_criteria(client: Client, review: Review, at_hand: Record) -> None:
    html = page(client, "screening_ft", review)
    for word in (at_hand.title, "Open the PDF", "data-reader", "Reason, for Exclude", "0 of 2 votes", "Review 1"):
        assert word in html
    assert page(client, "screening_ft_record", review, at_hand.number).count('class="reader"') == 1
    assert len(re.findall(r'<input type="radio" name="reason" value="[a-z_]+">', html)) == 7, "one choice a criterion"


def test_without_a_report_at_hand_the_page_leads_to_the_board(client: Client, review: Review, record: Record) -> None:
    html = page(client, "screening_ft", review)
    assert "No report is at hand yet; 1 report still to retrieve" in html
    assert url("fulltexts", review) in html
    assert client.get(url("screening_ft_record", review, record.number)).status_code == 404


def test_i17_the_first_criterion_not_met_is_the_reason_unless_another_is_chosen(
    client: Client, review: Review, at_hand: Record
) -> None:
    refused = cast(client, review, at_hand, decision="exclude")
    assert refused.status_code == 409
    assert "one reason" in refused.content.decode()
    answers = {"answer_study_design": "not_met", "answer_focus": "not_met", "answer_population": "met"}
    answer = cast(client, review, at_hand, decision="exclude", **answers)
    assert answer["Location"] == f"{url('screening_ft', review)}?undo={at_hand.number}"
    assert Vote.objects.get(item=ft_item(at_hand)).reason == "focus"
    assert "you voted Exclude, Focus" in client.get(answer["Location"]).content.decode()
    known = re.findall(r'name="known" value="([^"]+)"', page(client, "screening_ft_record", review, at_hand.number))[0]
    cast(client, review, at_hand, decision="exclude", reason="study_design", known=known, **answers)
    assert Vote.objects.get(item=ft_item(at_hand)).reason == "study_design"


def test_a_reason_that_is_chosen_answers_its_criterion(client: Client, review: Review, at_hand: Record) -> None:
    cast(client, review, at_hand, decision="exclude", reason="language")
    own = Vote.objects.get(item=ft_item(at_hand))
    assert (own.reason, own.answers) == ("language", {"language": "not_met"})


def test_a_reason_against_its_own_answer_is_refused(client: Client, review: Review, at_hand: Record) -> None:
    assert (
        cast(client, review, at_hand, decision="exclude", reason="language", answer_language="met").status_code == 409
    )
    assert not Vote.objects.filter(item=ft_item(at_hand)).exists()


def test_i18_include_with_a_criterion_not_met_needs_a_sentence(client: Client, review: Review, at_hand: Record) -> None:
    assert cast(client, review, at_hand, decision="include", answer_focus="not_met").status_code == 409
    cast(client, review, at_hand, decision="include", answer_focus="not_met", override="Focus is met in part two.")
    assert Vote.objects.get(item=ft_item(at_hand)).override == "Focus is met in part two."


def test_p31_the_same_form_twice_is_one_vote_and_a_stale_tab_is_told(
    client: Client, review: Review, at_hand: Record
) -> None:
    key = str(uuid.uuid4())
    for _ in range(2):
        assert cast(client, review, at_hand, decision="include", key=key).status_code == 302
    assert Vote.objects.filter(item=ft_item(at_hand)).count() == 1
    stale = cast(client, review, at_hand, decision="exclude", reason="focus")
    assert stale.status_code == 409
    assert "another tab" in stale.content.decode()


def test_p36_a_vote_on_a_report_under_other_criteria_than_those_on_its_page_is_refused(
    client: Client, review: Review, at_hand: Record
) -> None:
    actor = lead(review).user
    assert '<input type="hidden" name="read" value="1">' in client.get(url("screening_ft", review)).content.decode()
    draft = start_amendment(review=review, actor=actor, reason="a clearer population")
    edit_criterion(criterion=draft.criteria.get(key="focus"), actor=actor, met_when="Names a barrier or a help")
    freeze_protocol(version=draft, actor=actor)
    answer = cast(client, review, at_hand, decision="include", read="1")
    assert answer.status_code == 409
    assert "The criteria were amended while this page was open" in answer.content.decode()
    assert cast(client, review, at_hand, decision="include", read="2").status_code == 302


def test_a_vote_is_taken_back_and_a_report_postponed(client: Client, review: Review, at_hand: Record) -> None:
    cast(client, review, at_hand, decision="include")
    there = client.post(url("vote_ft_take_back", review, at_hand.number))["Location"]
    assert there == url("screening_ft_record", review, at_hand.number)
    assert not Vote.objects.filter(item=ft_item(at_hand), withdrawn_at__isnull=True).exists()
    assert client.post(url("vote_ft_take_back", review, at_hand.number)).status_code == 409
    assert client.post(url("vote_ft_postpone", review, at_hand.number)).status_code == 302
    assert "Review 1" in page(client, "screening_ft", review)


def test_with_htmx_the_next_report_is_swapped_in(client: Client, review: Review, at_hand: Record) -> None:
    answer = client.post(
        url("vote_ft", review, at_hand.number), {"decision": "include"}, headers={"HX-Request": "true"}
    )
    html = answer.content.decode()
    assert "<html" not in html
    assert 'data-announce="Included. Record' in html
    assert 'hx-swap-oob="outerHTML"' in html
    back = client.post(
        url("vote_ft_take_back", review, at_hand.number), headers={"HX-Request": "true"}
    ).content.decode()
    assert "taken back" in back
    later = client.post(
        url("vote_ft_postpone", review, at_hand.number), headers={"HX-Request": "true"}
    ).content.decode()
    assert "comes at the end" in later


def test_the_lists_of_the_stage_hold_what_their_numbers_say(client: Client, review: Review, at_hand: Record) -> None:
    other, third = more_included(review, {}, {})
    for one in (other, third):
        mark_retrieved(member=alice(review), record=one)
    for who in (alice(review), bob(review)):
        vote(who, ft_item(at_hand), "exclude", answers={"focus": "not_met"}, reason="focus")
        vote(who, ft_item(other), "include")
    vote(alice(review), ft_item(third), "include")
    reveal(review)
    html = page(client, "screening_ft_list", review, "excluded")
    assert "<b>Focus</b>" in html
    assert "Focus 1" in html
    assert "1 report" in page(client, "screening_ft_list", review, "excluded", query="?reason=focus")
    assert "No reports in this list" in page(client, "screening_ft_list", review, "excluded", query="?reason=language")
    for name, n in (("to-review", 0), ("my-votes", 3), ("awaiting", 1), ("conflicts", 0), ("included", 1)):
        assert f"{n} report" in page(client, "screening_ft_list", review, name), name
    assert client.get(url("screening_ft_list", review, "others")).status_code == 404
    assert "Excluded: Focus" in page(client, "report", review, at_hand.number)


def test_b2_two_worlds_that_differ_in_a_sealed_vote_look_the_same(review: Review, at_hand: Record) -> None:
    places = [
        ("screening_ft", ()), ("screening_ft_record", (at_hand.number,)), ("report", (at_hand.number,)), ("fulltexts", ()),
        *(("screening_ft_list", (name,)) for name in ("to-review", "awaiting", "conflicts", "excluded", "included")), ("studies", ()),
    ]  # fmt: skip
    worlds = []
    for choice in ({"decision": "include"}, {"decision": "exclude", "reason": "focus", "note": "Not ours"}):
        client = signed_in(alice(review))
        known = re.findall(r'name="known" value="([^"]*)"', page(client, "screening_ft_record", review, at_hand.number))
        assert cast(client, review, at_hand, known=known[0], **choice).status_code == 302
        seen = []
        for name, args in places:
            html = page(signed_in(bob(review)), name, review, *args)
            seen.append([line for line in html.splitlines() if not any(one in line for one in NEW)])
        worlds.append(seen)
    assert worlds[0] == worlds[1], "I26"


def test_s1_until_the_undo_window_ends_nobody_sees_that_the_pair_is_complete(
    client: Client, review: Review, at_hand: Record
) -> None:
    vote(alice(review), ft_item(at_hand), "include")
    before = page(client, "report", review, at_hand.number)
    vote(bob(review), ft_item(at_hand), "include")
    assert "In review" in before
    assert "In review" in page(client, "report", review, at_hand.number)
    assert "0 report" in page(client, "screening_ft_list", review, "included")
    reveal(review)
    assert "Included" in page(client, "report", review, at_hand.number)


def test_i31_a_report_under_review_stays_retrieved(client: Client, review: Review, at_hand: Record) -> None:
    vote(bob(review), ft_item(at_hand), "include")
    assert client.post(url("report_seek_again", review, at_hand.number)).status_code == 409
    assert "under review" in page(client, "report", review, at_hand.number)
    assert status(at_hand) == "retrieved"


def test_a_lead_reopens_a_settled_report_from_its_page(review: Review, at_hand: Record) -> None:
    settled(review, ft_item(at_hand), "include", "include")
    client = signed_in(lead(review))
    there = url("screening_reopen", review, ft_item(at_hand).pk)
    assert there in page(client, "report", review, at_hand.number)
    client.post(there, {"reason": "The erratum changes it"})
    assert ft_item(at_hand).round == 2


# Who may


ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("report_attempt", {"on": "2024-05-02", "way": "Library", "outcome": "Ordered"}),
    ("report_retrieved", {}),
    ("report_not_retrieved", {"cause": "no_reply"}),
    ("report_seek_again", {}),
    ("report_upload", {}),
    ("vote_ft", {"decision": "include"}),
    ("vote_ft_take_back", {}),
    ("vote_ft_postpone", {}),
)


@pytest.mark.parametrize(("name", "sent"), ACTS, ids=[name for name, _ in ACTS])
def test_an_observer_reads_and_changes_nothing(
    review: Review, at_hand: Record, name: str, sent: dict[str, Any]
) -> None:
    client = signed_in(make_member(review, "Olive Observer", Role.OBSERVER))
    assert client.post(url(name, review, at_hand.number), sent).status_code == 403
    for shown, args in (("fulltexts", ()), ("report", (at_hand.number,)), ("screening_ft_list", ("included",))):
        assert '<form method="post" action="/r/' not in page(client, shown, review, *args)
    assert client.get(url("screening_ft", review)).status_code == 403
    assert client.post(url("fulltexts_upload", review)).status_code == 403
    assert client.get(url("fulltexts_match", review)).status_code == 403


@pytest.mark.parametrize(("name", "sent"), ACTS, ids=[name for name, _ in ACTS])
def test_p10_the_numbers_and_files_of_another_review_are_not_found(
    review: Review, at_hand: Record, name: str, sent: dict[str, Any]
) -> None:
    stranger = make_user("Sam Stranger")
    other = make_review("Another review", lead=stranger)
    make_member(other, "Sam Stranger")
    Membership.objects.filter(review=other, user=stranger).update(is_reviewer=True)
    client = Client()
    client.force_login(stranger)
    assert client.post(url(name, other, at_hand.number), sent).status_code == 404
    assert client.post(url(name, review, at_hand.number), sent).status_code == 404
    file = ReportFile.objects.get()
    assert client.get(url("report_file", other, at_hand.number, file.pk)).status_code == 404
    assert client.post(url("report_file_remove", other, at_hand.number, file.pk), {"reason": "x"}).status_code == 404
    assert ReportFile.objects.filter(removed_at__isnull=True).count() == 1
