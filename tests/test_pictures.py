"""The pictures of the front page: there, of today's names, and the moving one short and small."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image, ImageSequence

from tests.draw_demo import KEYS
from tests.draw_screenshots import PICTURES

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "screenshots"


def test_every_picture_of_the_front_page_is_there_and_no_other() -> None:
    shown = set(re.findall(r"screenshots/([\w.-]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert shown == {path.name for path in FOLDER.iterdir()}
    assert {f"{picture.name}.svg" for picture in PICTURES} <= shown


def test_the_moving_picture_is_short_and_small() -> None:
    assert KEYS == 13 and "in thirteen keys](screenshots/demo.gif)" in (ROOT / "README.md").read_text(encoding="utf-8")
    path = FOLDER / "demo.gif"
    assert path.stat().st_size <= 3_000_000
    with Image.open(path) as image:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert len(durations) >= 20 and sum(durations) <= 30_000
    assert min(durations) >= 100
