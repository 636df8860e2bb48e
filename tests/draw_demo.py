"""Draws screenshots/demo.gif, a morning's triage of forty papers key by key: `python -m tests.draw_demo`.

Needs `rsvg-convert` (librsvg) and a monospaced font.
"""

from __future__ import annotations

import asyncio
import html
import io
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from textual.pilot import Pilot

from readlist.config import Config
from readlist.tui.app import ReadlistApp
from readlist.tui.keymap import KeyMap
from tests.support import demo
from tests.support.papers import make_shelf
from tests.support.tui import press, quiet

TARGET = Path(__file__).resolve().parents[1] / "screenshots" / "demo.gif"
SIZE = (100, 28)
WIDTH = 1100
"""Pixels of a frame."""

_COLOURS = 256
_TYPED, _SHORT, _LONG, _END = 60, 1100, 2200, 4500
"""Milliseconds a frame stays: of a letter typed, of a key, of what is to be read, and of the end."""

NOTE = "Ask Lin whether the gate is trained end to end. #worldmodels"


class Step(NamedTuple):
    """A key, or text that is typed, and what it does, in the words below the picture."""

    keys: tuple[str, ...]
    caption: str
    stays: int = _SHORT
    typed: str = ""


STEPS = (
    Step((), "Forty papers this morning. What is worth reading?", _LONG),
    Step(("s",), "s  star it"),
    Step(("e",), "e  write a note", typed=NOTE),
    Step(("escape",), "Esc  saved"),
    Step(("y",), "y  copy the link of its repo", _LONG),
    Step(("x",), "x  done, on to the next"),
    Step(("s",), "s  star"),
    Step(("x",), "x  done"),
    Step(("x",), "x  done: that was too fast …"),
    Step(("u",), "u  … undo", _LONG),
    Step(("s",), "s  it deserves a star"),
    Step(("A",), "A  the others are not for me", _LONG),
    Step(("2",), "2  mark all of them read", _LONG),
    Step(("1",), "1  inbox zero", _END),
)
"""The keys of a morning; typing the note aside, there are `KEYS` of them."""

KEYS = sum(len(step.keys) for step in STEPS)


class Frame(NamedTuple):
    """A picture of the screen, in SVG, and how long it stays, in milliseconds."""

    svg: str
    stays: int


async def _play() -> list[Frame]:
    frames: list[Frame] = []
    with tempfile.TemporaryDirectory() as folder:
        shelf = make_shelf(Path(folder))
        demo.fill(shelf)
        app = ReadlistApp(shelf, Config(feeds=demo.FEEDS, clipboard="osc52"), KeyMap(), clock=lambda: demo.NOW)
        async with app.run_test(size=SIZE) as pilot:
            for number, step in enumerate(STEPS):
                await _carry_out(step, f"{number} of {KEYS} keys" if number else "", app, pilot, frames)
            if app.reading.state.ids:
                raise AssertionError("the inbox is not empty")
        shelf.close()
    return frames


async def _carry_out(step: Step, count: str, app: ReadlistApp, pilot: Pilot[None], frames: list[Frame]) -> None:
    await press(pilot, *step.keys)
    frames.append(_frame(app, step.caption, count, _SHORT if step.typed else step.stays))
    for start in range(0, len(step.typed), 3):
        await pilot.press(*step.typed[start : start + 3])
        await quiet(pilot)
        frames.append(_frame(app, step.caption, count, 3 * _TYPED))


def _frame(app: ReadlistApp, caption: str, count: str, stays: int) -> Frame:
    """Return the screen with a caption and the number of keys so far below it."""
    svg = app.export_screenshot(title="readlist").replace("<svg ", '<svg xml:space="preserve" ', 1)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box is not None
    width, height = float(box[1]), float(box[2])
    key, _, words = caption.partition("  ")
    text = f'<tspan fill="#e0b15e" font-weight="bold">{html.escape(key)}</tspan>  {html.escape(words)}'
    look = f'y="{height + 40}" font-family="monospace" font-size="30"'
    below = (
        f'<text x="24" {look} fill="#e6e3da">{text if words else html.escape(caption)}</text>'
        f'<text x="{width - 24}" {look} text-anchor="end" fill="#a3a29d">{count}</text></svg>'
    )
    svg = svg.replace(box[0], f'viewBox="0 0 {width} {height + 64}"', 1)
    ground = f'<rect width="{width}" height="{height + 64}" fill="#0c0e10"/>'
    svg = re.sub(r"(<svg [^>]*>)", rf"\1{ground}", svg, count=1)
    return Frame(svg.removesuffix("\n").removesuffix("</svg>") + below, stays)


def _image(svg: str) -> Image.Image:
    # librsvg ignores `textLength`: a letter of this size is as wide as the cells that Textual counts on.
    svg = svg.replace("font-size: 20px", "font-size: 20.265px")
    done = subprocess.run(["rsvg-convert", "-w", str(WIDTH)], input=svg.encode(), capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def main() -> None:
    """Draw it with the colours of a terminal that shows them all."""
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    frames = asyncio.run(_play())
    images = [_image(frame.svg) for frame in frames]
    # One palette for all frames: colours must not flicker, and a star is small but must not lose its own.
    every = Image.new("RGB", (images[0].width, sum(image.height for image in images[:: max(1, len(images) // 8)])))
    for place, image in enumerate(images[:: max(1, len(images) // 8)]):
        every.paste(image, (0, place * image.height))
    named = sorted({bytes.fromhex(name) for frame in frames for name in re.findall(r"#([0-9a-f]{6})\b", frame.svg)})
    shades = every.quantize(_COLOURS - len(named)).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*b"".join(named), *shades][: 3 * _COLOURS])
    drawn = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    durations = [frame.stays for frame in frames]
    drawn[0].save(TARGET, save_all=True, append_images=drawn[1:], duration=durations, loop=0, optimize=True)
    print(f"{TARGET.name}: {len(drawn)} frames, {sum(durations) / 1000:.1f} s, {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
