"""P48: a site that is backed up and restored into an empty place is the same site; anything else is refused with a sentence."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from reviewapp.accounts.models import User
from reviewapp.backup import MANIFEST, _step_back_to, back_up, restore
from screening.archive.contents import kept_models, plain_rows
from screening.audit import guards
from screening.audit.refusal import NotAllowedNow
from screening.imports.storage import path_of, store
from screening.prisma.check import check
from screening.reviews.models import Review
from tests.factories import alice, make_import, make_review, open_screening, vote

pytestmark = pytest.mark.django_db(transaction=True)


def lived_in() -> Review:
    review = make_review()
    make_import(review, records=3)
    vote(alice(review), open_screening(review)[0], "include")
    with Path(__file__).open("rb") as file:
        store(review_id=review.pk, name="hits.ris", upload=file)
    return review


def everything(review: Review) -> dict[str, list[object]]:
    return {model.__name__: list(plain_rows(model, review)) for model in kept_models()}


def emptied() -> None:
    """As a new site is."""
    with guards.lifted():
        call_command("flush", interactive=False, verbosity=0)


def test_p48_what_was_backed_up_comes_back_and_work_goes_on(tmp_path: Path) -> None:
    review = lived_in()
    before = everything(review)
    sha256 = back_up(tmp_path / "site.tar")
    stored = next(path_of(review_id=review.pk, sha256="x").parent.glob("[0-9a-f]*"))
    content = stored.read_bytes()
    with pytest.raises(NotAllowedNow, match="This site is not empty"):
        restore(tmp_path / "site.tar")
    emptied()
    stored.unlink()
    assert not Review.objects.exists()
    said = io.StringIO()
    call_command("restore", tmp_path / "site.tar", "--json", stdout=said)
    assert json.loads(said.getvalue()) == {"sha256": sha256}
    again = Review.objects.get()
    assert everything(again) == before
    assert stored.read_bytes() == content
    assert {guard.name for guard in guards.GUARDS} <= guards.installed()
    make_import(again, records=1, search="Search 2")  # the numbers of new rows go on behind the old ones
    vote(alice(again), open_screening(again)[-1], "exclude")
    assert check(again).violations == []


def rewritten(path: Path, name: str, content: bytes) -> Path:
    changed = path.with_name("changed.tar")
    with tarfile.open(path) as given, tarfile.open(changed, "w") as made:
        for member in given.getmembers():
            if member.name == name:
                member.size = len(content)
                made.addfile(member, io.BytesIO(content))
            else:
                made.addfile(member, given.extractfile(member))
    return changed


@pytest.mark.once
def test_a_backup_that_was_changed_or_is_of_another_database_is_refused(tmp_path: Path) -> None:
    back_up(tmp_path / "site.tar")
    with tarfile.open(tmp_path / "site.tar") as packed:
        kept = packed.extractfile(MANIFEST)
        assert kept is not None
        manifest = json.load(kept)
    (tmp_path / "text.tar").write_text("no tar")
    first = next(iter(manifest["sha256"]))
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    refused = {
        rewritten(tmp_path / "site.tar", first, b"changed"): "was changed",
        tmp_path / "text.tar": "no whole backup",
        tmp_path / "missing.tar": "no whole backup",
    }
    for path, sentence in refused.items():
        with pytest.raises(CommandError, match=sentence):
            call_command("restore", path)
    elsewhere = json.dumps({**manifest, "database": other}).encode()
    with pytest.raises(CommandError, match="export_review and import_review"):
        call_command("restore", rewritten(tmp_path / "site.tar", MANIFEST, elsewhere))
    assert not User.objects.exists()


with_tables_apart = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a backup of SQLite is the file with its own tables"
)


@with_tables_apart
def test_a_backup_of_a_later_release_is_refused() -> None:
    applied = [[app, name] for app, name in MigrationRecorder(connection).applied_migrations()]
    with pytest.raises(NotAllowedNow, match="newer release"):
        _step_back_to([*applied, ["screening", "9999_in_years"]])


@pytest.mark.slow
@with_tables_apart
def test_a_backup_of_an_earlier_release_meets_its_tables() -> None:
    applied = [[app, name] for app, name in MigrationRecorder(connection).applied_migrations()]
    earlier = [[app, name] for app, name in applied if (app, name[:4]) < ("screening", "0014") and app != "extraction"]
    with guards.lifted():
        _step_back_to([*earlier, ["screening", "0014_a_final_flow_is_published"]])
        assert "screening_apitoken" not in connection.introspection.table_names()
        assert "screening_publication" in connection.introspection.table_names()
        call_command("migrate", interactive=False, verbosity=0)
    assert "screening_apitoken" in connection.introspection.table_names()
