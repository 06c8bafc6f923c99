"""Runs one server for as long as somebody holds the other end of standard input, then ends it and removes its folder.

Run as a script: `keeper.py FOLDER COMMAND...`. A test run that is killed cannot clean up after itself; its pipe closes all the
same.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading

GRACE = 10  # seconds


def keep(folder: str, command: list[str]) -> int:
    """Run `command` as the owner of `folder`; its exit status, once it has ended or standard input has closed."""
    user = os.stat(folder).st_uid if os.geteuid() == 0 else None
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, cwd=folder, user=user)
    ending = threading.Event()
    parent = threading.Thread(target=_end_with_parent, args=(server, folder, ending), daemon=True)
    parent.start()
    status = server.wait()
    if ending.is_set():
        parent.join()
    return status


def _end_with_parent(server: subprocess.Popen[bytes], folder: str, ending: threading.Event) -> None:
    while os.read(0, 1):
        pass
    ending.set()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGQUIT)
    try:
        server.wait(GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the pipe says when to stop
    sys.exit(keep(sys.argv[1], sys.argv[2:]))
