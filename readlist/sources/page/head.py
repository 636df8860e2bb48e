"""What stands above a page's papers: the capture tool's notes (YAML, `Source URL:`) and the site's own head."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.sources.page import chrome
from readlist.sources.page.dates import Day, iso_day, whole_period
from readlist.sources.page.form import Form, Item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from readlist.sources.page.dates import Period

_FIELD = re.compile(r"([A-Za-z_][\w -]{0,40}): *(.*)")
_FENCE = "---"
_YAML_LINES = 80
_NOTE_LINES = 40
_SITE_ADDRESS = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co|paperswithcode\.com)(?:/\S*)?", re.IGNORECASE)
_ADDRESS_FIELDS = ("url", "source_url", "source", "link", "page_url", "original_url")
_CAPTURE_FIELDS = (
    "captured",
    "retrieved",
    "exported",
    "fetched",
    "accessed",
    "crawled",
    "saved",
    "timestamp",
    "clipped",
)
_PUBLISHED_FIELDS = ("published_at", "published", "date_published")
_CAPTURE_LABEL = re.compile(r"\W{0,4}(?:captured|retrieved|crawled|saved|accessed)", re.IGNORECASE)
_AFTER = 15
_SHORT_TEXT = 80
_LONG_TEXT = 200
_FURNITURE = {Form.CHROME, Form.CAPTURE, Form.RULE, Form.ADDRESS, Form.DASH, Form.COMMUNITY}
_REACH = 6


class Head(Struct):
    """What a page says of itself before its papers.

    Attributes:
        lines: how many lines at the start hold nothing else (a YAML head).
        address: the page's own address, or empty.
        title: the page's title as the browser showed it, or empty.
        captured: the day it was captured, where a tool noted it.
        published: the day of publication, where a tool noted it.
    """

    lines: int = 0
    address: str = ""
    title: str = ""
    captured: date | None = None
    published: date | None = None


def head_of(text: str) -> Head:
    """Return what the first lines of a page tell: a YAML head, or notes like `- URL: https://…`."""
    lines = re.split(r"\r\n|\r|\n", text[:20_000].lstrip("\ufeff"))[: _YAML_LINES + _NOTE_LINES]
    head = Head()
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() == _FENCE:
        end = next(
            (n for n, line in enumerate(lines[start + 1 : start + _YAML_LINES], start + 1) if line.strip() == _FENCE), 0
        )
        if end:
            _read_yaml(lines[start + 1 : end], head)
            head.lines = end + 1
            start = end + 1
    for line in lines[start : start + _NOTE_LINES]:
        _read_note(line.strip(), head)
    return head


def _read_yaml(lines: Sequence[str], head: Head) -> None:
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found:
            name = found[1].lower().replace(" ", "_")
            fields.setdefault(name, found[2].strip())
        elif line[:1].isspace() and name and not line.strip().startswith("-"):
            fields[name] += " " + line.strip()
    for name, value in fields.items():
        value = value.strip().strip("\"'").strip()
        if name in _ADDRESS_FIELDS and _SITE_ADDRESS.fullmatch(value):
            head.address = head.address or value
        elif name == "title":
            head.title = " ".join(value.split())
        elif name in _PUBLISHED_FIELDS:
            head.published = iso_day(value)
        elif name.startswith(_CAPTURE_FIELDS) and iso_day(value):
            head.captured = iso_day(value)


def _read_note(line: str, head: Head) -> None:
    note = chrome.capture_note(line)
    if not note:
        return
    address = _SITE_ADDRESS.search(note)
    label = line.split(":", 1)[0].casefold()
    if address and "url" in label:
        head.address = head.address or address[0].rstrip("*`>)")
    elif "title" in label:
        head.title = head.title or note
    elif _CAPTURE_LABEL.match(line):
        head.captured = head.captured or iso_day(note)


class Zone(Struct, frozen=True):
    """A site's head inside the items of a page: `start` to `end` (excluded), and what it names.

    `name` is the list's, `daily` or `trending`, or empty.
    """

    start: int
    end: int
    day: Day | None = None
    period: Period | None = None
    name: str = ""


def zones_of(items: Sequence[Item], made: date) -> list[Zone]:
    """Return the heads of list pages among the items: one, or more where pages were put together."""
    found: list[Zone] = []
    at = 0
    while at < len(items):
        if items[at].form is Form.COMMUNITY or (items[at].form is Form.CHROME and chrome.is_inbox(items[at].text)):
            zone = _zone(items, at, found[-1].end if found else 0, made)
            found.append(zone)
            at = max(zone.end, at + 1)
        else:
            at += 1
    return found


def _zone(items: Sequence[Item], at: int, floor: int, made: date) -> Zone:
    """Return the head around the item at `at`: back over what is the site's, on to the day of the list."""
    start = _start(items, at, floor)
    end, last = at + 1, at
    for place in range(at + 1, min(at + 1 + _AFTER * 2, len(items))):
        item = items[place]
        if item.form is Form.DATE and item.number is None and place - last <= _AFTER:
            return Zone(start, place + 1, item.day, name=_name(items[start:place]))
        if item.form is Form.TEXT and (period := whole_period(item.bare, made)) and _is_framed(items, place):
            return Zone(start, place + 1, None, period, _name(items[start:place]))
        if item.form in (Form.CHROME, Form.COMMUNITY, Form.RULE, Form.CAPTURE, Form.ADDRESS, Form.DASH, Form.DOT):
            end, last = place + 1, place
        elif (
            item.form is not Form.TEXT
            or item.heading > 1
            or len(item.text) > _SHORT_TEXT
            or not _is_framed(items, place)
        ):
            break
    return Zone(start, end, name=_name(items[start:end]))


def _start(items: Sequence[Item], at: int, floor: int) -> int:
    """Return where the head around the item at `at` begins: back over what is the site's or the capture tool's."""
    start, texts = at, 0
    for place in range(at - 1, floor - 1, -1):
        item = items[place]
        if item.form in _FURNITURE or (item.form is Form.TEXT and chrome.is_capture_title(item.bare)):
            start, texts = place, 0
        elif item.form is Form.TEXT and len(item.text) <= _LONG_TEXT and texts < _REACH:
            texts += 1
            start = 0 if place == 0 else start
        elif item.form not in (Form.GITHUB, Form.COUNT, Form.DOT, Form.PAPER):
            break
    return start


def _is_framed(items: Sequence[Item], place: int) -> bool:
    """Return whether a short line stands before more of the head: the words searched for, a selected week."""
    for item in items[place + 1 : place + 4]:
        if item.form in (Form.CHROME, Form.DATE, Form.SUBMITTED):
            return True
        if item.form is Form.TEXT and len(item.text) > _SHORT_TEXT:
            return False
    return False


def _name(items: Sequence[Item]) -> str:
    """Return which list the head names just above `by AK and the research community`; empty if none."""
    above = next((place for place, item in enumerate(items) if item.form is Form.COMMUNITY), len(items))
    names = [item.text.casefold() for item in items[:above] if item.form is Form.CHROME]
    listed = [name.split()[0] for name in names if name in ("daily papers", "trending papers")]
    return listed[-1] if listed else ""
