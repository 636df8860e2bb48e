"""Every screen of the program, by the keys that show it."""

from __future__ import annotations

from datetime import timedelta

from textual.pilot import Pilot

from readlist.model.feed import Feed
from readlist.model.list_day import ListDay
from readlist.services.refresh import FeedStatus
from readlist.tui.app import ReadlistApp
from readlist.tui.dialogs.feed_list import FeedList
from readlist.tui.keymap import KeyMap
from tests.support.papers import DAY
from tests.support.tui import Fill, press, quiet

SCENES = {
    "list": ("space", "j", "s", "j", "r", "j", "x", "k"),
    "cursor on a selected one": ("k", "k", "k"),
    "detail": ("enter",),
    "search": ("2", "slash", Fill("sparse has:code attntion")),
    "wrong search": ("slash", Fill("upvtes:>2")),
    "hits": ("2", "slash", Fill("sparse"), "enter"),
    "nothing to show": ("2", "slash", Fill("qqqq")),
    "note": ("e", Fill("Read the proof #later")),
    "question": ("A",),
    "menu": ("Y", "j"),
    "prompt": ("i", Fill("/nowhere/at/all"), "enter"),
    "palette": ("colon", Fill("s"), "down"),
    "nothing found": ("colon", Fill("zzzz")),
    "themes": ("colon", Fill("theme"), "enter"),
    "help": ("question_mark",),
    "filter": ("question_mark", "slash", Fill("star")),
    "manual": ("question_mark", "tab"),
    "messages": ("y", "U", "exclamation_mark"),
    "similar": ("1", "tilde"),
    "match": ("1", "s", "colon", Fill("why this"), "enter"),
    "feeds": (),
    "missing": (),
}

LEARNING = Feed("Learning", "arxiv", "daily:cs.LG")
DAYS = (ListDay(DAY, 214, 214), ListDay(DAY - timedelta(days=1), 214, 209))
FEEDS = (
    FeedStatus("HF daily", Feed("HF daily", "huggingface", "daily"), 12, 3, ago="now", new=2),
    FeedStatus("Lab", Feed("Lab", "rss", "https://lab.example/feed"), 0, 0, failure="gone", state="failed: gone"),
    FeedStatus("Captured", None, 5, 5),
    FeedStatus("Learning", LEARNING, 423, 9, ago="now", new=2, days=DAYS),
)


async def show(app: ReadlistApp, pilot: Pilot[None], scene: str) -> None:
    """Show a scene from the list of papers, whatever is shown."""
    await press(pilot, *["escape"] * 4, *SCENES[scene])
    if scene in ("feeds", "missing"):
        feeds = FeedList(KeyMap(), lambda act, name: None)
        app.push_screen(feeds)
        await quiet(pilot)
        feeds.rows = FEEDS
        await press(pilot, *("j" if scene == "feeds" else "jjj"))
