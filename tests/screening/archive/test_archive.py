"""P48: a review that is archived and brought back counts, agrees and tells as before; what was changed in between is found."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from pytest_django import Settings

from screening.archive import verify_archive
from screening.archive.contents import APPS, LEFT_OUT, kept_models, plain_rows
from screening.archive.restoring import restore_archive
from screening.archive.writing import MANIFEST, VERSION, write_archive
from screening.audit.chain import TOLD, chained
from screening.audit.models import AuditEvent
from screening.audit.refusal import NotAllowedNow
from screening.decisions.models import Item, Tagging
from screening.decisions.own.actions import set_tags
from screening.decisions.pairs import agreement_of
from screening.decisions.verdict import Stage
from screening.fulltexts.actions import StoredFile, attach
from screening.fulltexts.quoting import Selection, keep_quote
from screening.imports.storage import path_of, store
from screening.jobs.actions import enqueue
from screening.prisma.check import check
from screening.prisma.counts import flow_of
from screening.reviews.models import Review
from tests.factories import alice, bob, included_record, make_import, make_review, open_screening, run_jobs, vote
from tests.screening.exports.worlds import ruled, world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")


def lived_in() -> Review:
    """A review with a record in every place, a ruling, a title that a person gave, and a file on the disk."""
    review, records = world()
    ruled(review, records["conflict"])
    with (Path(__file__)).open("rb") as file:
        store(review_id=review.pk, name="hits.ris", upload=file)
    run_jobs(review)
    return review


def counted(review: Review) -> dict[str, object]:
    return {key: n for key, n in flow_of(review).counts().items() if key != "as_of"}


def log_head(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return str(list(verify_archive.rows(archive, "auditevent"))[-1]["hash"])


def test_p48_an_archive_that_is_brought_in_gives_the_same_review(tmp_path: Path) -> None:
    review = lived_in()
    write_archive(review=review, into=tmp_path / "one.zip")
    again = restore_archive(tmp_path / "one.zip")
    write_archive(review=again, into=tmp_path / "two.zip")
    assert again.pk != review.pk
    assert counted(again) == counted(review)
    for stage in Stage:
        assert [one.figures() for one in agreement_of(again, stage)] == [
            one.figures() for one in agreement_of(review, stage)
        ]
    assert log_head(tmp_path / "two.zip") == log_head(tmp_path / "one.zip")
    assert check(again).violations == check(review).violations
    for model in kept_models():
        assert len(list(plain_rows(model, again))) == len(list(plain_rows(model, review))), model.__name__
    (file,) = path_of(review_id=again.pk, sha256="x").parent.iterdir()
    assert file.read_bytes() == Path(__file__).read_bytes()


def test_p48_tags_and_quotes_come_along_under_keys_of_their_own(tmp_path: Path) -> None:
    review = make_review()
    report = included_record(review)
    file = attach(member=alice(review), record=report, stored=StoredFile("report.pdf", "a" * 64, 9))
    item = Item.objects.get(record=report, stage="ft")
    set_tags(member=alice(review), item=item, names=["Later"])
    keep_quote(member=alice(review), item_id=item.pk, file=file, selection=Selection(3, "Mentors helped"))
    write_archive(review=review, into=tmp_path / "one.zip")
    again = restore_archive(tmp_path / "one.zip")
    assert [(one.page, one.text, one.reviewer.review_id) for one in again.quotes.all()] == [
        (3, "Mentors helped", again.pk)
    ]
    assert Tagging.objects.get(item__review=again).name == "Later"


def test_p48_work_goes_on_where_it_was(tmp_path: Path) -> None:
    review = make_review()
    make_import(review, records=2)
    open_screening(review)
    run_jobs(review)
    write_archive(review=review, into=tmp_path / "one.zip")
    again = restore_archive(tmp_path / "one.zip")
    assert alice(again).user == alice(review).user
    for item in open_screening(again):
        vote(alice(again), item, "include")
    assert again.votes.count() == 2
    assert check(again).violations == []


@pytest.mark.once
def test_the_program_in_the_archive_checks_it_with_nothing_but_the_standard_library(tmp_path: Path) -> None:
    review = lived_in()
    write_archive(review=review, into=tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        archive.extract("verify_archive.py", tmp_path)
        crate = json.loads(archive.read("ro-crate-metadata.json"))
        assert {one["@id"] for one in crate["@graph"]} >= set(archive.namelist()) - {MANIFEST, "ro-crate-metadata.json"}
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify_archive.py"), str(tmp_path / "one.zip")]
    done = subprocess.run(command, capture_output=True, text=True)
    files, log, flow, agreement, whole, last = done.stdout.splitlines() if done.returncode == 0 else [done.stderr] * 6
    assert files.startswith("Files: ")
    assert log.endswith(log_head(tmp_path / "one.zip"))
    assert all(key in flow for key in ("records_screened", "dbr_excluded", "new_studies", "database_specific_results"))
    assert agreement.startswith("Agreement: that of ")
    assert whole.endswith(hashlib.sha256((tmp_path / "one.zip").read_bytes()).hexdigest())
    assert last == "Everything holds: files, log, flow and agreement."


def rewritten(path: Path, name: str, content: bytes) -> Path:
    """The archive with one member replaced, its hash listed anew as a forger would."""
    forged = path.with_name("forged.zip")
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(forged, "w") as made:
        for member in given.namelist():
            made.writestr(member, content if member == name else given.read(member))
    return forged


def refitted(path: Path, name: str, content: bytes) -> Path:
    """The archive with one member replaced, and the manifest made to fit."""
    with zipfile.ZipFile(path) as given:
        before, manifest = given.read(name), given.read(MANIFEST).decode()
    one, other = (f"{hashlib.sha256(each).hexdigest()}  " for each in (before, content))  # two spaces: not in a name
    fitting = manifest.replace(one, other)
    return rewritten(rewritten(path, name, content).rename(path.with_name("half.zip")), MANIFEST, fitting.encode())


def without(path: Path, name: str) -> Path:
    """The archive without one member, and the manifest made to fit."""
    shorter = path.with_name("shorter.zip")
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(shorter, "w") as made:
        for member in given.namelist():
            content = given.read(member)
            if member == MANIFEST:
                content = b"".join(line for line in content.splitlines(keepends=True) if name.encode() not in line)
            if member != name:
                made.writestr(member, content)
    return shorter


def forged_rows(path: Path, name: str, old: str, new: str) -> Path:
    """A row changed, and the manifest made to fit."""
    with zipfile.ZipFile(path) as given:
        before = given.read(name)
    after = before.replace(old.encode(), new.encode(), 1)
    assert after != before
    return refitted(path, name, after)


@pytest.mark.once
def test_p45_one_flipped_byte_is_found_and_nothing_is_stored(tmp_path: Path) -> None:
    review = lived_in()
    path = tmp_path / "one.zip"
    write_archive(review=review, into=path)
    with zipfile.ZipFile(path) as archive:
        content = bytearray(archive.read("data/vote.jsonl"))
    content[len(content) // 2] ^= 1
    forged = rewritten(path, "data/vote.jsonl", bytes(content))
    assert verify_archive.main(str(forged)) == 1
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert verify_archive.main(str(path)) == 1, f"byte {place}, also of what lies between the files"
    with pytest.raises(NotAllowedNow, match=r"data/vote\.jsonl was changed"):
        restore_archive(forged)
    assert Review.objects.count() == 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("data/auditevent.jsonl", '"cast vote"', '"lost vote"', "The log was changed at act"),
        ("data/item.jsonl", '"decision": "exclude"', '"decision": "include"', "The flow says"),
        (
            "data/vote.jsonl",
            '"decision": "exclude"',
            '"decision": "include"',
            "The agreement of Alice Archer and Bob Baker",
        ),
    ],
)
def test_a_forgery_that_fits_the_manifest_is_found_by_the_log_the_flow_or_the_agreement(
    tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    write_archive(review=lived_in(), into=tmp_path / "one.zip")
    with zipfile.ZipFile(forged_rows(tmp_path / "one.zip", name, old, new)) as forged:
        assert any(sentence.startswith(told) for one in verify_archive.check(forged) for sentence in one.failures)


@pytest.mark.once
def test_an_uploaded_file_is_known_by_its_name_whatever_the_manifest_says(tmp_path: Path) -> None:
    write_archive(review=lived_in(), into=tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        name = next(one for one in archive.namelist() if one.startswith("files/"))
        content = archive.read(name)
    with zipfile.ZipFile(refitted(tmp_path / "one.zip", name, content + b"x")) as forged:
        assert f"{name} is not the file that its name says." in verify_archive.check_files(forged).failures


def of_an_older_site(path: Path) -> Path:
    """The archive without a column, a table and a number that came later."""
    older, hashes = path.with_name("older.zip"), []
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(older, "w") as made:
        for name in sorted(set(given.namelist()) - {MANIFEST, "data/linkresolver.jsonl"}):
            content = given.read(name)
            if name == "data/study.jsonl":
                assert b', "of_previous_version": false' in content
                content = content.replace(b', "of_previous_version": false', b"")
            if name == "counts.json":
                content = json.dumps({k: n for k, n in json.loads(content).items() if k != "unfinished"}).encode()
            made.writestr(name, content)
            hashes.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        made.writestr(MANIFEST, "".join(hashes))
    return older


@pytest.mark.once
def test_p48_an_archive_of_an_older_site_takes_defaults_for_what_came_later(tmp_path: Path) -> None:
    review = lived_in()
    write_archive(review=review, into=tmp_path / "one.zip")
    back = restore_archive(of_an_older_site(tmp_path / "one.zip"))
    assert counted(back) == counted(review)
    assert back.studies.count() == review.studies.count() > 0


@pytest.mark.once
def test_an_archive_that_was_packed_anew_comes_back_with_a_word_about_it(tmp_path: Path) -> None:
    call_command("export_review", lived_in().slug, tmp_path / "one.zip", stdout=(out := StringIO()))
    assert "keep it from whoever screens" in out.getvalue()
    with zipfile.ZipFile(tmp_path / "one.zip") as old, zipfile.ZipFile(tmp_path / "two.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    for name, told in (("one.zip", False), ("two.zip", True)):
        call_command("import_review", tmp_path / name, stdout=StringIO(), stderr=(err := StringIO()))
        assert ("packed anew" in err.getvalue()) is told


@pytest.mark.once
def test_what_is_no_archive_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("hello.txt", "hello")
    for name in ("text.zip", "other.zip", "missing.zip"):
        with pytest.raises(CommandError, match=r"no whole archive of a review .* Nothing was stored"):
            call_command("import_review", tmp_path / name)
        assert verify_archive.main(str(tmp_path / name)) == 1


@pytest.mark.once
def test_an_archive_of_another_shape_is_told_in_a_sentence_and_nothing_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    write_archive(review=lived_in(), into=path)
    for name, content in (
        ("counts.json", b"[]"),
        ("counts.json", b'{"counted_at": 5, "version": %d}' % VERSION),
        ("data/auditevent.jsonl", b"[1]\n"),
        ("data/standing.jsonl", b"null\n"),
        ("data/item.jsonl", b'{"id": {}}\n'),
        ("data/vote.jsonl", b'{"id": 1, "review_id": "x"}\n'),
    ):
        forged = refitted(path, name, content)
        assert verify_archive.main(str(forged)) == 1
        with pytest.raises(NotAllowedNow, match=r"no whole archive of a review|would not count as it did"):
            restore_archive(forged)
    assert Review.objects.count() == 1


def test_no_archive_is_made_while_work_is_under_way_or_a_vote_may_be_taken_back(tmp_path: Path) -> None:
    review = make_review()
    make_import(review, records=1)
    (item,) = open_screening(review)
    run_jobs(review)
    job = enqueue(name="decisions.open_items", review_id=review.pk)
    with pytest.raises(NotAllowedNow, match="Work is under way"):
        write_archive(review=review, into=tmp_path / "one.zip")
    assert job is not None
    job.delete()
    for member in (alice(review), bob(review)):
        vote(member, item, "include")
    with pytest.raises(NotAllowedNow, match="can still be taken back"):
        write_archive(review=review, into=tmp_path / "one.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.once
def test_every_table_is_kept_or_named_as_left_out() -> None:
    every = [model.__name__ for app in APPS for model in apps.get_app_config(app).get_models()]
    assert len(set(every)) == len(every)  # a table is found by its name alone
    assert {model.__name__ for model in kept_models()} == set(every) - set(LEFT_OUT)
    assert set(LEFT_OUT) <= set(every)
    assert kept_models()[-1] is AuditEvent


@pytest.mark.once
def test_p45_the_chain_covers_every_word_of_an_act_and_their_order() -> None:
    event = dict.fromkeys(TOLD, "x")
    heads = {list(chained([event, {**event, name: "y"}]))[-1]["hash"] for name in TOLD}
    heads.add(list(chained([event, event]))[-1]["hash"])
    heads.add(list(chained([{**event, "at": "y"}, event]))[-1]["hash"])
    assert len(heads) == len(TOLD) + 2


@pytest.mark.once
def test_a_forgery_of_votes_that_fits_the_manifest_is_not_brought_in(tmp_path: Path) -> None:
    write_archive(review=lived_in(), into=tmp_path / "one.zip")
    forged = forged_rows(tmp_path / "one.zip", "data/vote.jsonl", '"decision": "exclude"', '"decision": "include"')
    with pytest.raises(NotAllowedNow, match="The agreement of Alice Archer and Bob Baker"):
        restore_archive(forged)
    with pytest.raises(NotAllowedNow, match=r"no whole archive of a review .*data/vote\.jsonl"):
        restore_archive(without(tmp_path / "one.zip", "data/vote.jsonl"))
    assert Review.objects.count() == 1


@pytest.mark.once
def test_a_damaged_log_is_told_as_damage_and_not_as_what_reading_it_raised(tmp_path: Path) -> None:
    write_archive(review=lived_in(), into=tmp_path / "one.zip")
    forged = rewritten(tmp_path / "one.zip", "data/auditevent.jsonl", b"\x95{")
    with pytest.raises(NotAllowedNow, match=r"The archive is damaged: data/auditevent\.jsonl was changed\."):
        restore_archive(forged)
