"""The feeds in config.toml: read, added, removed and brought back; everything else stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from readlist.config import Config, ConfigError, add_feed, add_feeds, load, move_feed, remove_feed
from readlist.config.feed_parser import parse_feed
from readlist.model.feed import DEFAULT_FEEDS, Feed

LEARNING = Feed("Learning", "arxiv", "cs.LG", 90)
MINE = """\
theme = "nord"

[[feeds]]
# what the group reads
name = "Learning"
kind = "arxiv"
query = "cs.LG"
keep = "90d"

[[feeds]]
query = "hf:daily"  # the day

[keys]
star = "f5"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def names(path: Path) -> list[str]:
    return [feed.name for feed in load(path).feeds]


def test_a_new_machine_follows_what_trends_and_the_day(settings: Path) -> None:
    assert load(settings).feeds == DEFAULT_FEEDS
    settings.write_text("mouse = false\n")
    assert load(settings).feeds == DEFAULT_FEEDS
    settings.write_text("feeds = []\n")
    assert load(settings).feeds == ()


def test_feeds_are_tables_or_short_forms(settings: Path) -> None:
    settings.write_text(MINE)
    assert load(settings).feeds == (LEARNING, Feed("HF daily", "huggingface", "daily"))
    settings.write_text('feeds = ["hf:daily", {query = "https://lab.example/x", name = "Lab", keep = 7}]\n')
    assert load(settings).feeds == (
        Feed("HF daily", "huggingface", "daily"), Feed("Lab", "rss", "https://lab.example/x", 7),
    )  # fmt: skip
    settings.write_text('[[feeds]]\nkind = "hf"\nquery = "search:flow"\n')
    assert load(settings).feeds == (Feed("HF flow", "huggingface", "search:flow"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[feeds]]\nquery = "hf:daily"\n\n[[feeds]]\nname = "X"\nqery = "a"\n',
            "line 6: unknown key `qery` in a feed; did you mean `query`?",
        ),
        ('[[feeds]]\nname = "X"\n', "line 1: feed 1: needs a `query`"),
        (
            '[[feeds]]\nname = "X"\nkind = "arxive"\nquery = "cs.LG"\n',
            "line 3: unknown kind of feed `arxive`; did you mean `arxiv`?",
        ),
        ('[[feeds]]\nkind = "rss"\nquery = "ftp://x/y"\n', "line 1: feed 1: `ftp://x/y` is not an http(s) address"),
        ('[[feeds]]\nkind = "huggingface"\nquery = "dayly"\n', "did you mean hf:daily?"),
        ('[[feeds]]\nquery = "hf:daily"\nkeep = "soon"\n', "line 3: `keep`: `soon` is not a time; use 90d"),
        ('[[feeds]]\nquery = "hf:daily"\nkeep = 0\n', "line 3: `keep`:"),
        ('[[feeds]]\nquery = "hf:daily"\nkeep = true\n', "line 3: a feed's `keep` must be a time in quotes"),
        ("[[feeds]]\nquery = 5\n", "line 2: a feed's `query` must be text in quotes, not 5"),
        ('[[feeds]]\nquery = "hf:daily"\nname = ""\n', "invalid feed name ``; use 1 to 60"),
        ('[[feeds]]\nquery = "hf:daily"\nname = "added"\n', "line 3: the name `added` is reserved"),
        (
            '[[feeds]]\nname = "A"\nquery = "hf:daily"\n[[feeds]]\nname = "a"\nquery = "hf:trending"\n',
            "line 5: two feeds are named `a`",
        ),
        ('feeds = ["hf:daily", "hf:nope"]\n', "line 1: feed 2: unknown Hugging Face listing `nope`"),
        ("feeds = [3]\n", "line 1: feed 1: must be a table"),
        ('feeds = "hf:daily"\n', "line 1: `feeds` must be a list"),
        ('[feeds]\nquery = "hf:daily"\n', "line 1: `feeds` must be a list of feeds; write each as a table [[feeds]]"),
        ('refresh = "often"\n', "line 1: `refresh`: `often` is not an age; use"),
        ("refresh = 6\n", "line 1: `refresh` must be an age in quotes"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(settings: Path, text: str, said: str) -> None:
    settings.write_text(text)
    with pytest.raises(ConfigError) as raised:
        load(settings)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_age_of_feeds(settings: Path) -> None:
    assert load(settings).refresh == timedelta(hours=6)
    settings.write_text('refresh = "never"\n')
    assert load(settings).refresh is None


def test_the_first_feed_added_comes_after_the_default_ones(settings: Path) -> None:
    assert add_feed(settings, LEARNING) == LEARNING
    assert load(settings).feeds == (*DEFAULT_FEEDS, LEARNING)


@pytest.mark.parametrize(
    "text",
    [
        "",
        MINE,
        "feeds = []\n",
        "feeds = []\n\n[keys]\nstar = 'f5'\n",
        'feeds = ["hf:daily"]\nmouse = false\n',
        'feeds = [  # mine\n  "hf:daily",  # first\n  {query = "arxiv:hep-th"},\n]\n[keys]\nstar = "f5"\n',
        '[keys]\nstar = "f5"\n[[feeds]]\nquery = "hf:daily"\n',
        "# only this",
        MINE.replace("\n", "\r\n"),
    ],
)
def test_adding_removing_and_bringing_back_works_however_the_file_is_written(settings: Path, text: str) -> None:
    settings.write_bytes(text.encode())
    before = load(settings)
    flow = parse_feed("hf:search:flow matching")
    add_feed(settings, flow)
    assert load(settings).feeds == (*before.feeds, flow)
    for place, feed in [*enumerate(before.feeds)][::-1]:
        assert remove_feed(settings, feed.name.upper()) == (feed, place)
    assert load(settings).feeds == (flow,)
    assert remove_feed(settings, flow.name) == (flow, 0)
    assert load(settings).feeds == ()
    for place, feed in enumerate(before.feeds):
        add_feed(settings, feed, place)
    after = load(settings)
    assert after == before
    for comment in ("# only this", 'theme = "nord"'):
        assert (comment in text) == (comment in settings.read_text())
    assert (b"\r\n" in settings.read_bytes()) == ("\r\n" in text)


def test_what_is_written_about_other_feeds_stays(settings: Path) -> None:
    settings.write_text(MINE)
    add_feed(settings, parse_feed("hf:trending"))
    remove_feed(settings, "HF trending")
    assert settings.read_text().rstrip() == MINE.rstrip()


def test_a_comment_stays_with_what_it_is_above(settings: Path) -> None:
    settings.write_text('[[feeds]]\nquery = "hf:daily"\n\n# the lab\n[[feeds]]\nquery = "hf:trending"\n# the end\n')
    remove_feed(settings, "HF daily")
    assert settings.read_text() == '# the lab\n[[feeds]]\nquery = "hf:trending"\n# the end\n'


def test_one_feed_is_followed_once(settings: Path) -> None:
    with pytest.raises(ConfigError, match="hf:daily is followed already, as `HF daily`"):
        add_feed(settings, Feed("Mine", "huggingface", "daily"))
    assert not settings.exists()


def test_several_feeds_are_followed_each_by_itself(settings: Path) -> None:
    settings.write_text(MINE)
    followed = add_feeds(settings, [parse_feed("arxiv:cs.CL"), parse_feed("arxiv:cs.LG"), parse_feed("arxiv:cs.CV")])
    assert [feed.query for feed in followed.feeds] == ["cs.CL", "cs.CV"]
    assert (followed.known, followed.failures) == (["arxiv:cs.LG is followed already, as `Learning`"], [])
    settings.write_text("[[feeds")
    followed = add_feeds(settings, [parse_feed("arxiv:cs.CL")])
    assert (followed.feeds, followed.known, len(followed.failures)) == ([], [], 1)


def test_two_feeds_have_two_names(settings: Path) -> None:
    assert add_feed(settings, Feed("hf daily", "arxiv", "cs.LG")).name == "hf daily 2"
    assert add_feed(settings, Feed("HF daily", "arxiv", "cs.CL")).name == "HF daily 3"
    assert add_feed(settings, Feed("Added", "arxiv", "cs.CV")).name == "Added 2"
    assert add_feed(settings, Feed("sample", "arxiv", "cs.AI")).name == "sample 2"


def test_a_feed_that_is_not_followed_is_named_with_the_nearest(settings: Path) -> None:
    with pytest.raises(ConfigError, match="unknown feed `HF dayly`; did you mean `HF daily`"):
        remove_feed(settings, "HF dayly")
    with pytest.raises(ConfigError, match="you follow `HF trending`, `HF daily`"):
        remove_feed(settings, "zzz")


def test_a_file_that_is_wrong_is_left_alone(settings: Path) -> None:
    settings.write_text("feeds = 3\n")
    for change in (lambda: add_feed(settings, LEARNING), lambda: remove_feed(settings, "x")):
        with pytest.raises(ConfigError, match="must be a list"):
            change()
    assert settings.read_text() == "feeds = 3\n"
    assert Config().feeds == DEFAULT_FEEDS


def test_a_feed_that_moves_keeps_name_place_and_comments(settings: Path) -> None:
    settings.write_text(MINE)
    assert move_feed(settings, "learning", parse_feed("https://lab.example/new")).name == "Learning"
    assert move_feed(settings, "HF daily", parse_feed("https://lab.example/day")).name == "HF daily"
    assert load(settings).feeds == (
        Feed("Learning", "rss", "https://lab.example/new", 90), Feed("HF daily", "rss", "https://lab.example/day")
    )  # fmt: skip
    text = settings.read_text()
    assert text.startswith('theme = "nord"') and "# what the group reads" in text and 'star = "f5"' in text


def test_a_feed_in_a_list_of_short_forms_moves(settings: Path) -> None:
    settings.write_text('feeds = ["hf:daily", "hf:trending"] # mine\n')
    move_feed(settings, "HF daily", parse_feed("https://lab.example/new"))
    assert load(settings).feeds[0] == Feed("HF daily", "rss", "https://lab.example/new")
    assert names(settings) == ["HF daily", "HF trending"]
    assert "# mine" in settings.read_text()


def test_the_default_feeds_can_move(settings: Path) -> None:
    first = DEFAULT_FEEDS[0]
    move_feed(settings, first.name, parse_feed("https://lab.example/new"))
    assert load(settings).feeds == (Feed(first.name, "rss", "https://lab.example/new", first.keep), *DEFAULT_FEEDS[1:])


def test_a_feed_does_not_move_onto_another_one(settings: Path) -> None:
    settings.write_text(MINE)
    with pytest.raises(ConfigError, match="followed already, as `HF daily`"):
        move_feed(settings, "Learning", parse_feed("hf:daily"))
    assert settings.read_text() == MINE


DAILY_LIST = """\
[[feeds]]
name = "All of it"
query = "arxiv:daily:cs.LG"
replacements = true  # later versions, too
"""


def test_later_versions_of_unknown_papers_are_a_choice_of_each_daily_list(settings: Path) -> None:
    settings.write_text(DAILY_LIST)
    assert load(settings).feeds == (Feed("All of it", "arxiv", "daily:cs.LG", replacements=True),)
    add_feed(settings, parse_feed("hf:daily"))
    assert load(settings).feeds[0].replacements
    assert "# later versions, too" in settings.read_text()
    feed, place = remove_feed(settings, "All of it")
    add_feed(settings, feed, place)
    assert load(settings).feeds[0] == feed and feed.replacements


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('query = "arxiv:daily:cs.LG"\nreplacements = "yes"', "line 3: a feed's `replacements` must be true or false"),
        ('query = "arxiv:cs.LG"\nreplacements = true', "line 3: `replacements` is for the daily lists of arXiv"),
        ('query = "hf:daily"\nreplacement = true', "did you mean `replacements`"),
    ],
)
def test_a_wrong_choice_is_named_with_its_line(settings: Path, text: str, words: str) -> None:
    settings.write_text(f"[[feeds]]\n{text}\n")
    with pytest.raises(ConfigError) as caught:
        load(settings)
    assert words in str(caught.value)


def test_a_daily_list_that_moves_to_another_kind_loses_the_choice(settings: Path) -> None:
    settings.write_text(DAILY_LIST)
    move_feed(settings, "All of it", parse_feed("arxiv:daily:cs.CL"))
    assert load(settings).feeds == (Feed("All of it", "arxiv", "daily:cs.CL", replacements=True),)
    move_feed(settings, "All of it", parse_feed("hf:daily"))
    assert load(settings).feeds == (Feed("All of it", "huggingface", "daily"),)
