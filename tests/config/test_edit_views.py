"""The saved views in config.toml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from readlist.config import (
    ConfigError,
    SavedView,
    add_feed,
    add_view,
    find_view,
    load,
    move_view,
    mute_query,
    remove_view,
    rename_view,
    watch_view,
)
from readlist.model.feed import Feed

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


@pytest.mark.parametrize(
    "text", ["", MINE, 'ascii = true\nmute = [\n  "a  b", # said of it\n]\n\n[keys]\nstar = "f5"\n', "mute = []\n"]
)
def test_queries_mute_and_mute_no_longer(settings: Path, text: str) -> None:
    settings.write_text(text)
    before = load(settings)
    for _ in range(2):
        assert mute_query(settings, 'title:"x"') == load(settings).mute == (*before.mute, 'title:"x"')
    assert replace(load(settings), mute=before.mute) == before and ("said of it" in text) == (
        "said of it" in settings.read_text()
    )
    for _ in range(2):
        assert mute_query(settings, 'title:"x"', mute=False) == load(settings).mute == before.mute
    assert load(settings) == before


def test_views_are_read_in_their_order(settings: Path) -> None:
    assert load(settings).views == ()
    settings.write_text(MINE)
    assert load(settings).views == (SavedView("Code", "is:unread has:code"),)


INLINE = (
    'theme = "nord"  # the cold one\nviews = [{name = "Code", query = "is:unread has:code"}]\n\n[keys]\nstar = "f5"\n'
)
COMMENTED = """\
# all of mine

# what I could run
[[views]]
query = "has:code"  # the query first
# said of it
name = "Code"

[keys]
star = "f5"  # a key

# what is long
[[views]]
name = 'Long'
query = "video OR \\"long form\\""

# the end
"""


WATCHED = COMMENTED.replace('name = "Code"', 'name = "Code"\nwatch = true  # closely')


TEXTS = ["", MINE, MINE.replace("\n", "\r\n"), "views = []\n", "# mine", INLINE, COMMENTED, WATCHED]


@pytest.mark.parametrize("text", TEXTS)
def test_they_are_written_and_the_rest_stays(settings: Path, text: str) -> None:
    settings.write_bytes(text.encode())
    before = load(settings)
    fresh = SavedView("Fresh", 'date:7d -"a b"')
    last, end = SavedView("Last", "x"), len(before.views) + 1
    assert add_view(settings, fresh, 0) == ((fresh, *before.views), 0)
    assert add_view(settings, last) == (load(settings).views, end) == ((fresh, *before.views, last), end)
    assert move_view(settings, "last", -1) == (load(settings).views, end - 1)
    assert move_view(settings, "Last", 1) == (load(settings).views, end) == ((fresh, *before.views, last), end)
    assert move_view(settings, "Last", 1) == (load(settings).views, end)
    assert move_view(settings, "Fresh", -1) == (load(settings).views, 0)
    assert rename_view(settings, "FRESH", "fresh") == ((SavedView("fresh", fresh.query), *before.views, last), 0)
    after = load(settings)
    assert (after.theme, after.keys, after.feeds) == (before.theme, before.keys, before.feeds)
    add_feed(settings, Feed("L", "arxiv", "cs.LG"))
    for watch in (True, False):
        watched = SavedView("fresh", fresh.query, watch)
        assert watch_view(settings, "fresh", watch=watch) == ((watched, *before.views, last), 0)
        assert load(settings).views[0] == watched
    assert remove_view(settings, "fresh") == (load(settings).views, 0)
    assert remove_view(settings, "Last") == (before.views, len(before.views))
    assert load(settings).views == before.views
    lines = settings.read_text().splitlines()
    assert [line for line in text.splitlines() if line.strip() and line not in lines and line != "views = []"] == []
    for view in before.views:
        remove_view(settings, view.name)
    assert load(settings).views == ()


def test_comments_and_order_stay_with_their_view(settings: Path) -> None:
    settings.write_text(COMMENTED)
    code = '# what I could run\n[[views]]\nquery = "has:code"  # the query first\n# said of it\nname = "Code"\n'
    long = '# what is long\n[[views]]\nname = \'Long\'\nquery = "video OR \\"long form\\""\n'
    move_view(settings, "Code", 1)
    assert settings.read_text() == f'# all of mine\n\n{long}\n[keys]\nstar = "f5"  # a key\n\n{code}\n# the end\n'
    move_view(settings, "Code", -1)
    assert settings.read_text() == COMMENTED
    views, place = remove_view(settings, "Code")
    assert place == 0 and [view.name for view in views] == ["Long"]
    add_view(settings, SavedView("Code", "has:code"), place)
    rename_view(settings, "Long", "Longer")
    lines = settings.read_text().splitlines()
    others = [line for line in COMMENTED.splitlines() if "has:code" not in line and "# said" not in line]
    assert [line for line in others if line.replace("'Long'", '"Longer"') not in lines] == []
    assert [view.name for view in load(settings).views] == ["Code", "Longer"]


def test_what_was_written_into_the_file_meanwhile_stays(settings: Path) -> None:
    settings.write_text(MINE)
    settings.write_text(MINE + '\n[[views]]\nname = "By hand"\nquery = "video"\n')
    add_view(settings, SavedView("Mine", "audio"))
    assert [view.name for view in load(settings).views] == ["Code", "By hand", "Mine"]
    changes: list[Callable[[], object]] = [
        lambda: add_view(settings, SavedView("by HAND", "x")),
        lambda: rename_view(settings, "Mine", "Code"),
        lambda: remove_view(settings, "Gone"),
        lambda: move_view(settings, "Gone", 1),
    ]
    for change in changes:
        before = settings.read_text()
        with pytest.raises(ConfigError):
            change()
        assert settings.read_text() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[views]]\nname = "A"\n', "line 1: view 1 needs a `name` and a `query`"),
        ('[[views]]\nname = "A"\nquery = "a"\n[[views]]\nname = "a"\nquery = "b"\n', "line 5: a view `a` exists"),
        ('[[views]]\nname = "inbox"\nquery = "a"\n', "line 2: a view `inbox` exists already"),
        ('[[views]]\nname = ""\nquery = "a"\n', "line 2: invalid view name ``; use 1 to 40"),
        ('[[views]]\nnam = "A"\nquery = "a"\n', "line 2: unknown key `nam` in a view; did you mean `name`?"),
        ('[[views]]\nname = "A"\nquery = 3\n', "line 3: a view's `query` must be text in quotes, not 3"),
        ('views = "a"\n', "line 1: `views` must be a list"),
        ('[views]\nname = "A"\n', "[[views]]"),
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
    with pytest.raises(ConfigError, match="save a search in the list to make one"):
        find_view([], "x")
