"""P48 on another site: from PostgreSQL to SQLite and back, the review counts, agrees and tells the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from pytest_django import Settings

from screening.archive import verify_archive
from screening.archive.restoring import restore_archive
from screening.archive.writing import write_archive
from tests.screening.archive.test_archive import lived_in, log_head

pytestmark = pytest.mark.django_db


# One process for all of it: another site, on SQLite, takes the archive in and makes its own.
THERE = """
import os, sys, pathlib, django
os.environ["DJANGO_SETTINGS_MODULE"] = "reviewapp.settings"
django.setup()
from django.core.management import call_command
from screening.archive.restoring import restore_archive
from screening.archive.writing import write_archive
call_command("migrate", verbosity=0)
call_command("createcachetable")
write_archive(review=restore_archive(pathlib.Path(sys.argv[1])), into=pathlib.Path(sys.argv[2]))
"""


def told(path: Path) -> tuple[dict[str, Any], list[Any], str]:
    """Counts without their moment, agreement, and the last hash of the log."""
    with zipfile.ZipFile(path) as archive:
        counts = json.loads(archive.read("counts.json"))
        return (
            {key: n for key, n in counts.items() if key != "counted_at"},
            json.loads(archive.read("agreement.json")),
            log_head(path),
        )


def test_p48_a_review_moves_to_the_other_database_and_back(settings: Settings, tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("begins on PostgreSQL")
    settings.MEDIA_ROOT = tmp_path / "here"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # making the other site takes its time
    write_archive(review=lived_in(), into=tmp_path / "one.zip")
    there = {
        **os.environ,
        "REVIEWAPP_DATA": str(tmp_path / "there"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/there.sqlite3",
    }

    command = [sys.executable, "-c", THERE, str(tmp_path / "one.zip"), str(tmp_path / "two.zip")]
    done = subprocess.run(command, cwd=site.BASE_DIR, env=there, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    again = restore_archive(tmp_path / "two.zip")
    write_archive(review=again, into=tmp_path / "three.zip")
    assert told(tmp_path / "one.zip") == told(tmp_path / "two.zip") == told(tmp_path / "three.zip")
    assert [verify_archive.main(str(tmp_path / f"{name}.zip")) for name in ("one", "two", "three")] == [0, 0, 0]
