"""A folder as the broker of a site on one machine: that of kombu, whose reader may meet a message which is still being written."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "folder"


class Channel(filesystem.Channel):
    """Messages appear whole or not at all."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # kombu's own two differ
        name = f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}"
        written = Path(self.data_folder_out) / f"{name}.part"
        written.write_text(dumps(payload), encoding="utf-8")
        written.replace(written.with_name(f"{name}.msg"))


class Transport(filesystem.Transport):
    """What `folder://` in a broker's address stands for."""

    Channel = Channel


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
