"""The drawing as an image."""

import shutil
import struct
import subprocess

import pytest

from screening.prisma.buckets import Bucket, SourceKind, Tally
from screening.prisma.flow import build_flow
from screening.prisma.png import png
from screening.prisma.svg import draw
from tests.screening.prisma.flows import worked


def test_the_image_has_the_width_that_was_asked_for() -> None:
    image = png(draw(worked(), title="Flow"), width=900)
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    across, down = struct.unpack(">II", image[16:24])
    assert across == 900
    assert 500 < down < 900


def test_text_that_is_no_drawing_is_refused() -> None:
    with pytest.raises(ValueError):
        png("<p>no drawing</p>")


def faces_for_chinese() -> bool:
    lister = shutil.which("fc-list")
    return bool(lister and subprocess.run([lister, ":lang=zh-tw"], capture_output=True, check=True).stdout)


@pytest.mark.skipif(not faces_for_chinese(), reason="no face for Chinese on this machine")
def test_chinese_labels_are_drawn_and_not_replaced_by_one_empty_box() -> None:
    def image(name: str) -> bytes:
        flow = build_flow([Tally(name, SourceKind.DATABASE, Bucket.INCLUDED, n=1)])
        return png(draw(flow, title="Flow"), width=700)

    assert image("華藝線上") != image("中國知網")
