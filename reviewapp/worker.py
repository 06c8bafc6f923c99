"""A celery worker that ends when its standard input closes (`python -m reviewapp.worker`).

The parent holds the other end of the pipe. However the parent ends, by Ctrl-C, SIGTERM or SIGKILL, the kernel closes
it.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings

from reviewapp.processes import GRACE

PROCESSES = 2
COMMAND = ["--quiet", "worker", "--loglevel=WARNING", f"--concurrency={PROCESSES}"]
ALONE = ["--without-gossip", "--without-mingle", "--without-heartbeat"]  # no worker needs to hear of another


def main() -> None:
    """Run the worker until it is told to end, or its parent is gone."""
    from celery.exceptions import SecurityWarning

    from reviewapp.celery import app

    warnings.simplefilter("ignore", SecurityWarning)  # it warns root of pickled messages; ours are JSON
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    app.worker_main([*COMMAND, *ALONE])


def _end_with_parent() -> None:
    from celery.worker import state

    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # celery takes on nothing new and finishes what it has begun
    deadline = time.monotonic() + GRACE
    while state.reserved_requests and time.monotonic() < deadline:
        time.sleep(0.05)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)  # idle, celery would only wait for its own timeouts
    os._exit(1)


if __name__ == "__main__":
    main()
