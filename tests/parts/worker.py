"""A worker process as `manage.py up` starts it, pointed at the test's database and broker."""

from __future__ import annotations

import os
import signal
from typing import Any
from urllib.parse import quote

from reviewapp.celery import app
from reviewapp.processes import Worker


def database_url(config: dict[str, Any]) -> str:
    """The DATABASE_URL of a connection's settings."""
    if config["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{config['NAME']}"
    password = f":{quote(config['PASSWORD'], safe='')}" if config.get("PASSWORD") else ""
    port = f":{config['PORT']}" if config.get("PORT") else ""
    return f"postgresql://{config['USER']}{password}@{quote(config['HOST'], safe='')}{port}/{config['NAME']}"


class RunningWorker:
    """Start, kill, start again."""

    def __init__(self, config: dict[str, Any], broker: str = "") -> None:
        self._environment = {**os.environ, "DATABASE_URL": database_url(config)}
        self._broker_before = app.conf.broker_url, app.conf.broker_transport_options
        if broker:
            self._environment["CELERY_BROKER_URL"] = broker
            _send_to(broker, {"visibility_timeout": 3600})
        self._worker: Worker | None = None

    @property
    def pid(self) -> int:
        """The process id of the worker's main process, which leads its process group."""
        assert self._worker is not None, "the worker was not started"
        return self._worker.pid

    def start(self) -> None:
        """Start a worker process."""
        self._worker = Worker.start(self._environment)

    def kill(self) -> None:
        """SIGKILL to the whole group, as a power cut would."""
        os.killpg(self.pid, signal.SIGKILL)
        assert self._worker is not None, "the worker was not started"
        self._worker.stop()

    def stop(self) -> None:
        """End the worker, and send where this process sent before."""
        if self._worker is not None:
            self._worker.stop()
        _send_to(*self._broker_before)


def _send_to(url: str, options: dict[str, Any]) -> None:
    if app.conf.broker_url == url:
        return
    app.conf.update(broker_url=url, broker_transport_options=options)
    app._pool = None  # type: ignore[attr-defined]
    app.amqp._producer_pool = None  # type: ignore[attr-defined]
