"""The user's actions: what is read, what is refused with its line, and how the values of a paper are put in."""

from __future__ import annotations

from pathlib import Path

import pytest

from readlist.config import Action, ConfigError, load
from readlist.model.paper import Link
from readlist.tui.keymap import KeyMap
from tests.support.papers import make_paper


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def refusal(settings: Path, text: str) -> str:
    """Return the error of a file without its path; keys are checked as the screen does it."""
    settings.write_text(text)
    with pytest.raises(ConfigError) as error:
        config = load(settings)
        KeyMap(config.keys, settings, config.actions)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(str(settings))


def test_actions_are_read_in_order(settings: Path) -> None:
    settings.write_text("""
[[actions]]
name = "Zotero"
key = "Z"
command = "zotero-cli add '{arxiv}' --title \\"{title}\\""

[[actions]]
name = "Connected  papers"
address = "https://www.connectedpapers.com/search?q={title}"

[[actions]]
name = "Preview"
command = "zathura {pdf}"
wait = false
""")
    assert load(settings).actions == (
        Action("Zotero", "Z", ("zotero-cli", "add", "{arxiv}", "--title", "{title}")),
        Action("Connected papers", address="https://www.connectedpapers.com/search?q={title}"),
        Action("Preview", command=("zathura", "{pdf}"), wait=False),
    )


COMMAND = "the command of the action `Zotero`"
ONE = '[[actions]]\nname = "Zotero"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("actions = 3", ", line 1: `actions` must be a list of actions; not 3"),
        ('[actions]\nname = "x"', ", line 1: `actions` must be a list of actions; write each as a table [[actions]]"),
        ('actions = ["x"]', ", line 1: action 1 must be a table [[actions]], not 'x'"),
        (ONE, ", line 1: the action `Zotero` needs a `command` or an `address`, and has neither; add one"),
        (
            f'{ONE}command = "x"\naddress = "https://x.org"',
            ", line 1: the action `Zotero` needs a `command` or an `address`, and has both; remove one",
        ),
        ('[[actions]]\ncommand = "x"', ", line 1: an action needs a `name` of 1 to 40 printable characters"),
        (
            '[[actions]]\nname = " "\ncommand = "x"',
            ", line 2: an action needs a `name` of 1 to 40 printable characters",
        ),
        (
            f'{ONE}command = "x"\n[[actions]]\nname = "zotero"\ncommand = "y"',
            ", line 5: two actions have the name `zotero`; change one of them",
        ),
        (f'{ONE}comand = "x"', ", line 3: unknown key `comand` in an action; did you mean `command`?"),
        (f"{ONE}command = 3", ", line 3: an action's `command` must be text in quotes, not 3"),
        (f'{ONE}command = "x"\nwait = "no"', ", line 4: an action's `wait` must be true or false, not 'no'"),
        (
            f'{ONE}address = "https://x.org"\nwait = false',
            ", line 4: `wait` is for commands, and the action `Zotero` has an address",
        ),
        (
            f'{ONE}command = "x {{arxive}}"',
            ", line 3: unknown placeholder `{arxive}` in the action `Zotero`; did you mean `arxiv`?",
        ),
        (
            f'{ONE}address = "https://x.org/{{foo}}"',
            ", line 3: unknown placeholder `{foo}` in the action `Zotero`; "
            "use one of arxiv, doi, pdf, html, repo, url, title, key",
        ),
        (
            f'{ONE}command = "x \'y"',
            ", line 3: the command of the action `Zotero` has an open quote, or ends in a backslash",
        ),
        (f"{ONE}command = \"''\"", ", line 3: the command of the action `Zotero` names no program"),
        (
            f'{ONE}command = "{{title}}"',
            ", line 3: the command of the action `Zotero` must begin with the name of a program",
        ),
        *(
            (
                f'{ONE}address = "{address}"',
                ", line 3: the address of the action `Zotero` must begin with https:// and a host, "
                "or with {url}, {pdf}, {html} or {repo}",
            )
            for address in ("file:///etc/passwd", "x.org/{arxiv}", "https://{arxiv}/x", "{title}", "https://a{key}.org")
        ),
        (
            f'{ONE}address = "https://x.org/a b"',
            ", line 3: the address of the action `Zotero` has blanks; write them as %20",
        ),
        (
            f'{ONE}key = ""\ncommand = "x"',
            ", line 3: the action `Zotero` has an empty `key`; leave the line out for none",
        ),
        (f'{ONE}key = "strg+x"\ncommand = "x"', ", line 3: the action `Zotero`: unknown key `strg+x`"),
        (
            f'{ONE}key = "?"\ncommand = "x"\n[keys]\nhelp = ["f1", "?"]',
            ", line 3: the action `Zotero` can't have the key `?`, which `help` (Help) has; choose another key",
        ),
        (
            f'{ONE}key = "B"\ncommand = "x"\n[[actions]]\nname = "Second"\nkey = "B"\ncommand = "y"',
            ", line 7: the action `Second` can't have the key `B`, which the action `Zotero` has; choose another key",
        ),
        (
            f'[keys]\nstar = "B"\n{ONE}key = "B"\ncommand = "x"',
            ", line 5: the action `Zotero` can't have the key `B`, which `star` (Star) has; choose another key",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_what_to_do(settings: Path, text: str, said: str) -> None:
    assert refusal(settings, text) == said


@pytest.mark.parametrize("more", ["", '[keys]\ndone = "ctrl+x"\n'])
def test_its_key_may_be_one_that_a_command_has_by_default(settings: Path, more: str) -> None:
    settings.write_text(f'{ONE}key = "x"\ncommand = "x"\n{more}')
    config = load(settings)
    keys = KeyMap(config.keys, settings, config.actions)
    assert keys["action_1"] == ("x",) and keys.command("action_1").title == "Zotero"
    assert keys["done"] == (("ctrl+x",) if more else ())


def action(command: str = "", address: str = "") -> Action:
    """Return an action of a command whose words are divided by blanks, or of an address."""
    return Action("Test", command=tuple(command.split(" ")) if command else (), address=address)


def test_a_value_is_data_inside_of_one_argument() -> None:
    paper = make_paper(2, title="A \"quoted\" `title`; $(rm) 'x' {key}")
    filled = action("tool add {arxiv} --title={title} {key} {{title}} {title}!").arguments(paper)
    title = "A \"quoted\" `title`; $(rm) 'x' {key}"
    assert filled == ["tool", "add", "2608.00002", f"--title={title}", "arxiv:2608.00002", "{title}", f"{title}!"]


def test_a_value_is_never_an_option() -> None:
    paper = make_paper(1, title="--help me")
    assert action("tool {title} --x -{title} a{title}").arguments(paper)[1:] == [
        " --help me", "--x", "---help me", "a--help me",
    ]  # fmt: skip


def test_the_users_folder_is_found_in_a_command_but_not_in_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    paper = make_paper(1, title="~/x")
    assert action("~/bin/tool {title} ~/{title}/").arguments(paper) == ["/home/ada/bin/tool", "~/x", "/home/ada/~/x/"]


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://x.org/{arxiv}", "https://x.org/hep-th/9901001"),
        ("https://x.org/?q={title}#{key}", "https://x.org/?q=A%26B%20%2F%20%23%3F%20%C3%A9#arxiv%3Ahep-th%2F9901001"),
        ("https://x.org/?u={url}", "https://x.org/?u=https%3A%2F%2Farxiv.org%2Fabs%2Fhep-th%2F9901001"),
        ("{pdf}", "https://arxiv.org/pdf/hep-th/9901001"),
        ("{repo}/issues?q={arxiv}", "https://github.com/a/b/issues?q=hep-th/9901001"),
        ("https://x.org/{{title}}", "https://x.org/%7Btitle%7D"),
    ],
)
def test_a_value_in_an_address_is_encoded(address: str, target: str) -> None:
    links = (Link("https://github.com/a/b", "repo"),)
    paper = make_paper(1, key="arxiv:hep-th/9901001", arxiv="hep-th/9901001", title="A&B / #? é", links=links)
    assert action(address=address).target(paper) == target


def test_a_doi_leads_to_no_other_folder() -> None:
    paper = make_paper(1, doi="10.1/../../admin")
    assert action(address="https://x.org/doi/{doi}").target(paper) == "https://x.org/doi/10.1%2F..%2F..%2Fadmin"


@pytest.mark.parametrize(
    ("command", "lacks"),
    [("x {title}", ""), ("x {doi} {repo}", "DOI"), ("x {title} {repo}", "repo link"), ("x {{doi}}", "")],
)
def test_what_a_paper_lacks_is_known_before(command: str, lacks: str) -> None:
    assert action(command).lacks(make_paper(1)) == lacks
