"""The folder that rings for a worker on one machine."""

from __future__ import annotations

from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from reviewapp.folder_broker import SCHEME, Channel

pytestmark = pytest.mark.once


def test_a_message_is_met_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(tmp_path)
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}
    with Connection(f"{SCHEME}://", transport_options=options) as connection, connection.channel() as channel:
        assert isinstance(channel, Channel)
        met: list[Any] = []

        def write(path: Path, text: str, **_options: str) -> None:
            with path.open("w") as file:
                file.write(text[:5])
                file.flush()
                with pytest.raises(Empty):
                    channel._get("celery")
                met.append(text)
                file.write(text[5:])

        monkeypatch.setattr(Path, "write_text", write)
        channel._put("celery", {"body": "job 7"})
        assert len(met) == 1
        assert channel._get("celery") == {"body": "job 7"}
        assert list(tmp_path.glob("*.part")) == []
