"""The server of the image knows every setting that it is given."""

from __future__ import annotations

import pytest
from gunicorn.config import Config

from reviewapp import serving

pytestmark = pytest.mark.once


def test_gunicorn_takes_every_setting() -> None:
    settings = {name: value for name, value in vars(serving).items() if not name.startswith("_") and name != "os"}
    config = Config()
    for name, value in settings.items():
        config.set(name, value)
    assert config.preload_app
    assert config.worker_class_str == "sync"
