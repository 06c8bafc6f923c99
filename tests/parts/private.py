"""Private servers: each in a temporary folder, owned by a user other than root, gone when the test run is gone."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

KEEPER = Path(__file__).with_name("keeper.py")
PATIENCE = 30  # seconds until a server must answer


class PartError(RuntimeError):
    """A server that is there, but did not start; carries the end of its log."""


@dataclass(frozen=True)
class Keeper:
    """A running server; it ends when this object's process does, or at `stop()`."""

    folder: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server and remove its folder."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL to every process of the server, as a power cut would; the folder stays, to be served again."""
        while pids := _working_in(self.folder):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        self.process.wait(PATIENCE)
        assert self.process.stdin is not None
        self.process.stdin.close()


def _working_in(folder: Path) -> list[int]:
    """The processes whose working folder is this one or lies in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(int(process.name))
    return found


def account() -> pwd.struct_passwd:
    """The account that servers run under: our own, or for root one that PostgreSQL accepts."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def make_folder(part: str) -> Path:
    """A folder of that account; short, because a socket's path may have at most 100 characters."""
    folder = Path(tempfile.mkdtemp(prefix=f"{part}-"))
    if os.geteuid() == 0:
        os.chown(folder, account().pw_uid, account().pw_gid)
    return folder


def run_as_owner(command: Sequence[str | Path], folder: Path) -> None:
    """Run a command to its end as the owner of the folder; raise with its output if it fails."""
    user = account().pw_uid if os.geteuid() == 0 else None
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, user=user)
    if done.returncode:
        raise PartError(f"{command[0]} failed: {done.stderr[-500:]}")


def start(folder: Path, command: Sequence[str | Path], answers: Callable[[], bool]) -> Keeper:
    """Start a server under a keeper and wait until `answers()` is true."""
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-S", KEEPER, folder, *command], stdin=subprocess.PIPE, stdout=output, stderr=output
        )
    keeper = Keeper(folder, process)
    deadline = time.monotonic() + PATIENCE
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            text = log.read_text(errors="replace")[-500:] if log.exists() else "it ended at once"
            keeper.stop()
            raise PartError(f"{command[0]} did not start: {text}")
        time.sleep(0.01)
    return keeper
