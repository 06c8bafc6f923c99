"""Runs one server for as long as somebody holds the other end of standard input, then ends it and removes its folder.

Run as a script: `keeper.py FOLDER COMMAND...`. A test run that is killed cannot clean up after itself; its pipe
closes all the same.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys


def keep(folder: str, command: list[str]) -> int:
    """Run `command` as the owner of `folder`, return its exit status after standard input has closed."""
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        cwd=folder,
        user=os.stat(folder).st_uid if os.geteuid() == 0 else None,
    )
    sys.stdin.buffer.read()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGQUIT)
    try:
        status = server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        status = server.wait()
    shutil.rmtree(folder, ignore_errors=True)
    return status


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the pipe says when to stop
    sys.exit(keep(sys.argv[1], sys.argv[2:]))
