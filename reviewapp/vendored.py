"""Files of other projects that the site serves: what `static/vendor/vendored.toml` says of them, and whether it is so (FE7)."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

LIST = "vendored.toml"
INSIDE = "package/"  # what every npm tarball puts before its paths


class NotAsPublished(Exception):
    """The tarball is not what the registry said it is, or holds none of the files asked for."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package as it lies in ``static/vendor/NAME-VERSION/``.

    ``integrity`` is npm's (Subresource Integrity, sha512); ``take`` are the patterns of paths that are kept; ``files`` maps each
    path to its sha256.
    """

    name: str
    version: str
    licence: str
    integrity: str
    take: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return f"{self.name.replace('/', '-').lstrip('@')}-{self.version}"


def listed(vendor: Path) -> list[Package]:
    """Every package of the list; none where there is no list yet."""
    path = vendor / LIST
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("package", []) if path.exists() else []
    return [Package(**{**row, "take": tuple(row["take"])}) for row in rows]


def write_list(vendor: Path, packages: Iterable[Package]) -> None:
    """Write the list anew, packages and files in the order of their names."""
    ordered = sorted(packages, key=lambda package: package.name)
    text = "\n".join(_table(package) for package in ordered)
    head = "# Written by `manage.py vendor_static NAME@VERSION`; tests/reviewapp/test_vendored.py hashes the files again.\n\n"
    (vendor / LIST).write_text(head + text, encoding="utf-8")


def _table(package: Package) -> str:
    """One package in TOML: its strings are ASCII without control characters, so JSON's quoting is TOML's."""
    lines = ["[[package]]"]
    lines += [f"{key} = {json.dumps(getattr(package, key))}" for key in ("name", "version", "licence", "integrity")]
    lines += [f"take = {json.dumps(list(package.take))}", "", "[package.files]"]
    lines += [f"{json.dumps(path)} = {json.dumps(digest)}" for path, digest in sorted(package.files.items())]
    return "\n".join(lines) + "\n"


def unpack(tarball: Path, integrity: str, take: Iterable[str], folder: Path) -> dict[str, str]:
    """Put the files whose paths match ``take`` into ``folder``; returns path -> sha256. Raises NotAsPublished."""
    if integrity != integrity_of(tarball):
        raise NotAsPublished("The tarball is not the one that the registry names. Nothing was changed.")
    wanted = tuple(take)
    files = {path: content for path, content in _members(tarball) if any(fnmatchcase(path, one) for one in wanted)}
    if not files:
        raise NotAsPublished("No file of the package matches. Nothing was changed.")
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def _members(tarball: Path) -> Iterable[tuple[str, bytes]]:
    with tarfile.open(tarball) as archive:
        for member in archive:
            path = member.name.removeprefix(INSIDE)
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None and member.name.startswith(INSIDE) and ".." not in PurePosixPath(path).parts:
                yield path, content.read()


def integrity_of(tarball: Path) -> str:
    """The tarball's hash as npm writes it: ``sha512-`` and base64."""
    return "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()


def differences(vendor: Path, package: Package) -> list[str]:
    """Paths of a package that are missing, changed or not listed; none where all is as it was vendored."""
    folder = vendor / package.folder
    here = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    changed = [
        path
        for path, digest in package.files.items()
        if path in here and hashlib.sha256(here[path].read_bytes()).hexdigest() != digest
    ]
    return sorted([*(set(here) ^ set(package.files)), *changed])
