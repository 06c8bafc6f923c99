"""Bring a package of npm into static/vendor, so that neither the site nor its image needs node (FE7)."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewapp.vendored import NotAsPublished, Package, listed, unpack, write_list

MINUTES = 5


class Command(BaseCommand):
    help = "Copy the files of an npm package to static/vendor and write down their hashes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("package", help="NAME@VERSION, with the exact version")
        parser.add_argument(
            "--take", action="append", metavar="PATTERN",
            help="a path inside the package, * for any letters; without it as in the version that is here",
        )  # fmt: skip
        parser.add_argument("--vendor", type=Path, default=settings.BASE_DIR / "static" / "vendor")

    def handle(self, *args: Any, **options: Any) -> None:
        vendor: Path = options["vendor"]
        name, _, version = options["package"].rpartition("@")
        if not name or not version[:1].isdigit():
            raise CommandError("Name the package with its exact version: NAME@1.2.3.")
        before = next((one for one in listed(vendor) if one.name == name), None)
        take = tuple(options["take"] or (before.take if before else ()))
        if not take:
            raise CommandError("Say with --take which files are wanted; this package is not here yet.")
        package = _vendored(vendor, name, version, take)
        if before is not None and before.folder != package.folder:
            shutil.rmtree(vendor / before.folder, ignore_errors=True)
        write_list(vendor, [*(one for one in listed(vendor) if one.name != name), package])
        self.stdout.write(f"{len(package.files)} files in {vendor.name}/{package.folder}, licence {package.licence}")


def _vendored(vendor: Path, name: str, version: str, take: tuple[str, ...]) -> Package:
    with tempfile.TemporaryDirectory() as aside:
        packed = _pack(f"{name}@{version}", aside)
        bare = Package(name, version, _licence(f"{name}@{version}"), packed["integrity"], take, {})
        fresh = Path(aside) / "files"
        try:
            files = unpack(Path(aside) / packed["filename"], bare.integrity, take, fresh)
        except NotAsPublished as refusal:
            raise CommandError(str(refusal)) from refusal
        shutil.rmtree(vendor / bare.folder, ignore_errors=True)
        shutil.copytree(fresh, vendor / bare.folder)
    return Package(name, version, bare.licence, bare.integrity, take, files)


def _pack(package: str, aside: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = json.loads(_npm("pack", package, "--json", "--pack-destination", aside))
    return rows[0]


def _licence(package: str) -> str:
    return str(json.loads(_npm("view", package, "license", "--json")))


def _npm(*arguments: str) -> str:
    npm = shutil.which("npm")
    if npm is None:
        raise CommandError("npm is needed to bring in a package; the site itself runs without it.")
    done = subprocess.run([npm, *arguments], capture_output=True, text=True, timeout=60 * MINUTES, check=False)  # noqa: S603
    if done.returncode:
        raise CommandError(f"npm could not do it: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
    return done.stdout
