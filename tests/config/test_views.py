"""The saved views in config.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.config import ConfigError, SavedView, add_feed, find_view, load, set_views
from readlist.config.feed import Feed

MINE = """\
theme = "nord"  # the cold one

[[views]]
name = "Code"
query = "is:unread  has:code"

[keys]
star = "f5"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_views_are_read_in_their_order(settings: Path) -> None:
    assert load(settings).views == ()
    settings.write_text(MINE)
    assert load(settings).views == (SavedView("Code", "is:unread has:code"),)


@pytest.mark.parametrize("text", ["", MINE, MINE.replace("\n", "\r\n"), "views = []\n", "# mine"])
def test_they_are_written_and_the_rest_stays(settings: Path, text: str) -> None:
    settings.write_bytes(text.encode())
    before = load(settings)
    wanted = [SavedView("Fresh", "date:7d"), *before.views]
    set_views(settings, wanted)
    after = load(settings)
    assert after.views == tuple(wanted)
    assert (after.theme, after.keys, after.feeds) == (before.theme, before.keys, before.feeds)
    assert ("# the cold one" in text) == ("# the cold one" in settings.read_text())
    add_feed(settings, Feed("L", "arxiv", "cs.LG"))
    assert load(settings).views == tuple(wanted)
    set_views(settings, [])
    assert load(settings).views == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[views]]\nname = "A"\n', "line 1: view 1 needs a `name` and a `query`"),
        ('[[views]]\nname = "A"\nquery = "a"\n[[views]]\nname = "a"\nquery = "b"\n', "line 5: there is a view `a`"),
        ('[[views]]\nname = "inbox"\nquery = "a"\n', "line 2: there is a view `inbox` already"),
        ('[[views]]\nname = ""\nquery = "a"\n', "line 2: a view's name has 1 to 40 characters"),
        ('[[views]]\nnam = "A"\nquery = "a"\n', "line 2: unknown key `nam` in a view; did you mean `name`?"),
        ('[[views]]\nname = "A"\nquery = 3\n', "line 3: a view's `query` must be text in quotes, not 3"),
        ('views = "a"\n', "line 1: `views` must be a list"),
        ('[views]\nname = "A"\n', "two brackets"),
        ("views = [1]\n", "line 1: view 1 must be a table"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(settings: Path, text: str, said: str) -> None:
    settings.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load(settings)
    assert said in str(raised.value)


def test_a_view_is_found_by_its_name() -> None:
    views = [SavedView("With code", "has:code")]
    assert find_view(views, "with CODE") == views[0]
    with pytest.raises(ConfigError, match="did you mean @With code"):
        find_view(views, "with cod")
    with pytest.raises(ConfigError, match="V in the list saves one"):
        find_view([], "x")
