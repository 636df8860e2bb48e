"""Settings are read, and every mistake in them is answered with its place and what is right."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.config import Config, ConfigError, load, place
from readlist.model.view import ALL_SORTS, SORTS


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def refusal(settings: Path, text: str | bytes) -> str:
    """Return what is said of a file after its name, having seen that it is one line and starts with it."""
    settings.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigError) as caught:
        load(settings)
    said = str(caught.value)
    assert said.startswith(str(settings))
    assert said.isprintable()
    return said.removeprefix(str(settings))


def test_without_a_file_there_are_defaults(settings: Path) -> None:
    assert load(settings) == Config()


def test_every_setting_is_read(settings: Path) -> None:
    settings.write_text(
        "# mine\n"
        'theme = "nord"\nascii = true\nmouse = false\nquiet = true\nsort = "upvotes"\neditor = "vim -c startinsert"\n'
        '[keys]\nstar = ["f5", "*", "f5"]\nhelp = "H"\nread = []\n'
    )
    config = load(settings)
    assert (config.theme, config.ascii, config.mouse, config.sort) == ("nord", True, False, "upvotes")
    assert config.quiet
    assert config.editor == "vim -c startinsert"
    assert dict(config.keys) == {"star": ("f5", "*", "f5"), "help": ("H",), "read": ()}


def test_the_orders_are_those_of_the_query_language() -> None:
    assert get_args(get_type_hints(Config)["sort"]) == ALL_SORTS


@pytest.mark.parametrize("order", ALL_SORTS)
def test_every_order_is_a_setting(settings: Path, order: str) -> None:
    settings.write_text(f'sort = "{order}"')
    assert load(settings).sort == order


def test_settings_are_values(settings: Path) -> None:
    settings.write_text('keys.star = "f5"')
    with pytest.raises(TypeError):
        load(settings).keys["star"] = ()  # type: ignore[index]


def test_windows_files_are_read(settings: Path) -> None:
    settings.write_bytes(b'\xef\xbb\xbfsort = "title"\r\nmouse = false\r\n')
    assert load(settings) == Config(sort="title", mouse=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('thme = "nord"', ", line 1: unknown key `thme`; did you mean `theme`?"),
        ("\n# x\nMouse = true", ", line 3: unknown key `Mouse`; did you mean `mouse`?"),
        (
            "[ui]\nx = 1",
            f", line 1: unknown key `ui`; use one of {', '.join(Config.__struct_fields__)}",
        ),
        ("theme = 3", ", line 1: `theme` must be a name in quotes, not 3"),
        ("mute = 3", ", line 1: `mute` must be a list of queries in quotes, not 3"),
        ("\nmute = [1]", ", line 2: `mute` must be a list of queries in quotes, not [1]"),
        (
            '[[views]]\nname = "A"\nquery = "x"\nwatch = 1',
            ", line 4: a view's `watch` must be true or false, not 1",
        ),
        ('\nmouse = "yes"', ", line 2: `mouse` must be true or false, not 'yes'"),
        ("ascii = 1", ", line 1: `ascii` must be true or false, not 1"),
        ("editor = true", ", line 1: `editor` must be a command in quotes, not true"),
        ("editor = 2026-08-01", ", line 1: `editor` must be a command in quotes, not 2026-08-01"),
        (
            'sort = "dat"',
            f", line 1: `sort` must be one of {', '.join(SORTS)}, not 'dat'; did you mean `date`?",
        ),
        (
            'layout = "stack"',
            ", line 1: `layout` must be one of auto, side, stacked, detail, list, not 'stack'; did you mean `stacked`?",
        ),
        ("list_width = 300", ", line 1: `list_width` must be a number from 20 to 80, not 300"),
        ("mouse = true\nlist_height = 0", ", line 2: `list_height` must be a number from 20 to 80, not 0"),
        ("list_height = true", ", line 1: `list_height` must be a number from 20 to 80, not true"),
        (
            'sort = "?"',
            f", line 1: `sort` must be one of {', '.join(SORTS)}, not '?'",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_right(settings: Path, text: str, said: str) -> None:
    assert refusal(settings, text) == said


def test_a_wrong_layout_keeps_nobody_from_the_list(settings: Path) -> None:
    settings.write_text('list_width = 900\nlayout = "foo"\nlist_height = 30\nquiet = true', encoding="utf-8")
    problems: list[str] = []
    assert load(settings, problems) == Config(list_height=30, quiet=True)
    width, layout = sorted(problems)
    assert "line 1: `list_width` must be a number from 20 to 80, not 900" in width
    assert "line 2: `layout` must be one of auto, side, stacked, detail, list, not 'foo'" in layout
    settings.write_text('layout = "foo"\nquiet = 3', encoding="utf-8")
    with pytest.raises(ConfigError, match="`quiet` must be true or false"):
        load(settings, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[keys]\nstar = 5", ", line 2: `keys.star` must be a key in quotes or a list of keys in quotes, not 5"),
        ("[keys]\nstar = [5]", ", line 2: `keys.star` must be a key in quotes or a list of keys in quotes, not [5]"),
        ('keys = "star"', ", line 1: `keys` must be a table of commands and keys, not 'star'"),
    ],
)
def test_keys_of_another_form_are_named(settings: Path, text: str, said: str) -> None:
    assert refusal(settings, text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mouse = true\n" + "a." * 200 + "b = 1", ", line 2: a key of more than 100 parts"),
        ("mouse = \n", ", line 1, column 9: not valid TOML: invalid value"),
        ('mouse = true\ntheme = "x\n', ", line 2, column 11: not valid TOML: illegal character"),
        ('mouse = true\n\ntheme = "x', ", line 3: not valid TOML: unterminated string"),
        ('theme = "a"\ntheme = "b"\n', ", line 2, column 12: not valid TOML: cannot overwrite a value"),
        ("a = " + "[" * 5_000, ": nested too deeply"),
        ("\x00", ", line 1, column 1: not valid TOML"),
        (b'theme = "x"\neditor = "\xe9"\n', ", line 2: not valid UTF-8 (byte 0xe9); save it as UTF-8"),
        (b"\xff\xfet\x00", ", line 1: not valid UTF-8 (byte 0xff); save it as UTF-8"),
        (b"#" * 2_000_000, ": too large for a settings file (2 MB)"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_with_its_place(settings: Path, text: str | bytes, said: str) -> None:
    assert refusal(settings, text).startswith(said)


def test_a_folder_and_other_things_in_the_files_place_are_named(settings: Path, tmp_path: Path) -> None:
    settings.mkdir()
    with pytest.raises(ConfigError, match="is a folder"):
        load(settings)
    with pytest.raises(ConfigError, match="not a regular file"):
        load(Path(os.devnull))
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="can't be read: Not a directory"):
        load(tmp_path / "file" / "config.toml")
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "gone")
    with pytest.raises(ConfigError, match="link to a file that doesn't exist"):
        load(link)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_one_may_not_read_is_named(settings: Path) -> None:
    settings.touch(mode=0)
    with pytest.raises(ConfigError, match="can't be read: Permission denied"):
        load(settings)


def test_names_are_shown_harmless(settings: Path) -> None:
    assert "th\\x1bme" in refusal(settings, '"th\\u001bme" = 1')
    assert "\\x1b" in refusal(settings, 'sort = "\\u001b]52;c;AAAA"')


def test_the_place_of_a_setting_can_be_asked_for(settings: Path) -> None:
    assert place(settings, "theme") == str(settings)
    settings.write_text('mouse = true\ntheme = "x"\n[keys]\nstar = "f5"\n')
    assert place(settings, "theme") == f"{settings}, line 2"
    assert place(settings, "keys", "star") == f"{settings}, line 4"
    settings.write_bytes(b"\xff")
    assert place(settings, "theme") == str(settings)


@given(st.text() | st.from_regex(r'(theme|mouse|sort|keys|keys\.star) = ("[a-z]*"|true|\[\]|\{\}|3)\n', fullmatch=True))
def test_any_text_is_settings_or_one_line_about_the_file(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    settings = tmp_path_factory.getbasetemp() / "any.toml"
    settings.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(load(settings), Config)
    except ConfigError as error:
        assert str(error).startswith(str(settings))
        assert str(error).isprintable()
