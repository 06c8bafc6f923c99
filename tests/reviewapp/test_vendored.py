"""FE7: what other projects wrote lies in static/vendor as it was published, and the command brings it there."""

from __future__ import annotations

import io
import json
import re
import stat
import tarfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from reviewapp.vendored import differences, integrity_of, listed

pytestmark = pytest.mark.once

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
NPM = """#!/bin/sh
case "$1" in
pack) cp "{tarball}" "$5/thing.tgz"; echo '[{{"filename": "thing.tgz", "integrity": "{integrity}"}}]' ;;
view) echo '"MIT"' ;;
esac
"""


def test_fe7_every_vendored_file_is_the_one_that_was_published() -> None:
    packages = listed(VENDOR)
    assert packages
    assert {package.name: differences(VENDOR, package) for package in packages} == {"pdfjs-dist": []}
    assert sorted(path.name for path in VENDOR.iterdir()) == sorted(
        [*(one.folder for one in packages), "vendored.toml"]
    )


def test_fe7_templates_name_vendored_folders_that_are_here() -> None:
    templates = (Path(settings.BASE_DIR) / "templates").rglob("*.html")
    named = {found for path in templates for found in re.findall(r"vendor/([^/']+)/", path.read_text())}
    assert named == {package.folder for package in listed(VENDOR)}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that knows one package, with a file that climbs out of it; returns its tarball."""
    tarball = tmp_path / "thing.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        for name, content in (("package/a.js", b"a"), ("package/b.map", b"b"), ("package/../../out.js", b"c")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(NPM.format(tarball=tarball, integrity=integrity_of(tarball)))
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{npm.parent}:/usr/bin:/bin")
    return tarball


def vendor(tmp_path: Path, package: str, *take: str) -> None:
    patterns = [word for pattern in take for word in ("--take", pattern)]
    call_command("vendor_static", package, *patterns, "--vendor", str(tmp_path / "vendor"), stdout=io.StringIO())


def test_fe7_the_command_takes_the_files_that_match_and_a_newer_version_takes_their_place(
    registry: Path, tmp_path: Path
) -> None:
    (tmp_path / "vendor").mkdir()
    vendor(tmp_path, "@scope/thing@1.0.0", "*.js")
    vendor(tmp_path, "@scope/thing@1.0.1")
    (package,) = listed(tmp_path / "vendor")
    assert (package.folder, package.licence, list(package.files)) == ("scope-thing-1.0.1", "MIT", ["a.js"])
    assert differences(tmp_path / "vendor", package) == []
    assert not list(tmp_path.rglob("out.js"))
    assert not (tmp_path / "vendor" / "scope-thing-1.0.0").exists()
    (tmp_path / "vendor" / package.folder / "a.js").write_text("changed")
    assert differences(tmp_path / "vendor", package) == ["a.js"]


def test_fe7_another_tarball_than_the_published_one_is_refused(registry: Path, tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    registry.write_bytes(registry.read_bytes() + b" ")
    with pytest.raises(CommandError, match="not the one that the registry names"):
        vendor(tmp_path, "thing@1.0.0", "*.js")
    assert not list((tmp_path / "vendor").iterdir())


@pytest.mark.parametrize(("package", "sentence"), [("thing", "exact version"), ("thing@2.0.0", "--take")])
def test_the_command_says_what_it_needs(package: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    with pytest.raises(CommandError, match=sentence):
        vendor(tmp_path, package)


def test_a_list_is_read_back_as_it_was_written() -> None:
    text = (VENDOR / "vendored.toml").read_text(encoding="utf-8")
    assert all(json.dumps(path) in text for package in listed(VENDOR) for path in package.files)
