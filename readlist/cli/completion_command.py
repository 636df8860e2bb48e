"""`readlist completion`: scripts for bash, zsh and fish, and the offers they ask for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)
from msgspec import Struct

from readlist.cli.assembly import find_paths
from readlist.pattern import pattern

if TYPE_CHECKING:
    from readlist.library.library import Library

SHELLS = ("bash", "zsh", "fish")

_EXAMPLES = """\b
Examples:
  readlist completion bash > ~/.local/share/bash-completion/completions/readlist
  readlist completion zsh > ~/.zfunc/_readlist    # needs ~/.zfunc in fpath before compinit
  readlist completion fish > ~/.config/fish/completions/readlist.fish
"""

VARIABLE = "_READLIST_COMPLETE"
"""The environment variable by which a shell asks."""

_LATEST = 2_000
"""Papers whose keys are offered."""

# All three send the line up to the cursor and get one offer a line, `plain,VALUE` or `file,`; one that ends in a colon
# goes on without a blank.
_BASH = """\
%(complete_func)s() {
    local reply line value
    COMPREPLY=()
    reply=$(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" %(complete_var)s=bash_complete \\
        "$1" 2>/dev/null) || return 0
    while IFS= read -r line; do
        value=${line#*,}
        case $line in
            plain,*) COMPREPLY+=("$value"); [[ $value == *: ]] && compopt -o nospace ;;
            file,*) compopt -o default ;;
        esac
    done <<< "$reply"
    return 0
}
complete -F %(complete_func)s %(prog_name)s
"""
_ZSH = """\
#compdef %(prog_name)s
%(complete_func)s() {
    local line
    local -a plain open
    for line in "${(@f)$(COMP_LINE="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" %(complete_var)s=zsh_complete \\
        ${words[1]} 2>/dev/null)}"; do
        case $line in
            plain,*:) open+=("${line#plain,}") ;;
            plain,*) plain+=("${line#plain,}") ;;
            file,*) _files ;;
        esac
    done
    (( $#plain )) && compadd -- "${plain[@]}"
    (( $#open )) && compadd -S '' -- "${open[@]}"
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""
_FISH = """\
function %(complete_func)s
    set -l words (commandline -opc)
    for line in (COMP_LINE=(commandline -cp | string collect) %(complete_var)s=fish_complete $words[1] 2>/dev/null)
        switch $line
            case 'plain,*'
                string replace -r '^plain,' '' -- $line
            case 'file,*'
                __fish_complete_path (commandline -ct)
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


# In `…` a shell removes backslashes before it reads quotes: a word with one of these would come apart.
_NEVER = pattern(r"[\\`]")
# What can't be in the quotes that are open, even escaped: `!` recalls a line in "…", and in `…` a `\$` becomes `$`.
_UNQUOTABLE = {"'": pattern("'"), "$'": pattern("'"), '"': pattern("[$!]")}
_UNSAFE = pattern(r"[^\w\-./:=@+,%]")


class _Word(Struct, frozen=True):
    """The last word of a line that a shell sends, as far as it is typed.

    Attributes:
        text: the word without quotes.
        typed: whether anything of it is.
        quote: the quote that is open in it: `'`, `"`, `$'` or none.
        before: the text before the part that bash's line editor replaces: up to an open quote, or its last break.
        doubtful: whether there may be another quote open, or none.
    """

    text: str
    typed: bool
    quote: str
    before: str
    doubtful: bool


class _Shell(ShellComplete):
    """Reads the line as the shell sends it; on any error there are no offers."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the whole words before the one that is typed, and that one."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)[1:]
        last = _last_word(line)
        return (words[:-1], last.text) if last.typed and words else (words, "")

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return the offers that fit on the line as one word; a wrong line has none."""
        try:
            offers = super().get_completions(args, incomplete)
        except Exception:
            return []
        last = _last_word(os.environ.get("COMP_LINE", ""))
        unfit = _UNSAFE if last.doubtful else _UNQUOTABLE.get(last.quote, _NEVER)
        return [
            item
            for item in offers
            if item.type != "plain" or not (_NEVER.search(item.value) or unfit.search(item.value))
        ]

    def format_completion(self, item: CompletionItem) -> str:
        """Return an offer as the script reads it."""
        return f"file,{item.value}" if item.type in ("file", "dir") else f"plain,{item.value}"


class _Bash(_Shell):
    name = "bash"
    source_template = _BASH

    def format_completion(self, item: CompletionItem) -> str:
        """Return an offer as bash inserts it: escaped, and without the part before its last word break."""
        if item.type != "plain":
            return super().format_completion(item)
        last = self._typed
        value = str(item.value)[len(last.before) :]
        if last.quote:
            return "plain," + (value.replace('"', '\\"') if last.quote == '"' else value)
        return "plain," + _UNSAFE.sub(r"\\\g<0>", value)

    @cached_property
    def _typed(self) -> _Word:
        """The word that is typed, read once for all offers."""
        return _last_word(os.environ.get("COMP_LINE", ""), os.environ.get("COMP_BREAKS", ""))


class _Zsh(_Shell):
    name = "zsh"
    source_template = _ZSH


class _Fish(_Shell):
    name = "fish"
    source_template = _FISH


def _last_word(line: str, breaks: str = "") -> _Word:
    """Return the last word of a line typed up to the cursor; at `breaks`, too, bash's line editor divides words."""
    text, typed, quote, before, doubtful = "", False, "", 0, False
    letters = iter(line)
    for letter in letters:
        if letter == "\\" and quote != "'":
            following = next(letters, "")
            kept = quote == '"' and following not in '$`"\\'
            text += f"\\{following}" if kept else following
            # This parser doesn't know its meaning in $'…', nor where that quote ends.
            doubtful = doubtful or quote == "$'"
        elif quote:
            if letter != quote[-1]:
                text += letter
                continue
            quote = ""
            before = len(text) if letter in breaks else before
        elif letter in "'\"":
            quote = letter
            if letter == "'" and text.endswith("$"):
                quote, text = "$'", text[:-1]
            before = len(text)
        elif letter.isspace():
            text, typed, before = "", False, 0
            continue
        else:
            text += letter
            if letter in breaks:
                # A word that begins with one of these includes it.
                before = len(text) - (letter in "@$")
        typed = True
    return _Word(text, typed, quote, text[:before], doubtful)


def answer_shells() -> None:
    """Let click answer shells with these classes."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell)


def complete_file(incomplete: str) -> list[CompletionItem]:
    """Leave it to the shell to offer its files."""
    return [CompletionItem(incomplete, type="file")]


def complete_query(incomplete: str) -> list[str]:
    """Offer views, fields, and the values of a field."""
    from readlist.query.completion import completions

    sign = "-" if incomplete.startswith("-") else ""
    word = incomplete.removeprefix(sign)
    if word.startswith("@"):
        found = [f"@{name}" for name in _views() if not set(name) & set(" \t")]
    else:
        found = completions(word, lambda: (_quoted(name) for name in _feeds() if '"' not in name), _tags)
        if ":" not in word:
            found += [*([] if sign else ["@"]), *(_keys() if word else [])]
    return _begun((f"{sign}{offer}" for offer in found or _keys()), incomplete)


def complete_key(incomplete: str) -> list[str]:
    """Offer the keys of the latest papers; arXiv ids without `arxiv:` as well."""
    return _begun(_keys(), incomplete)


def complete_feed(incomplete: str) -> list[str]:
    """Offer the names of the feeds that are followed; one that begins with a hyphen would be an option."""
    return _begun((name for name in _configured("feeds") if not name.startswith("-")), incomplete)


def _begun(offers: Iterable[str], incomplete: str) -> list[str]:
    """Return the offers that begin so and are printable, each once."""
    begun = incomplete.casefold()
    return list(dict.fromkeys(offer for offer in offers if offer.casefold().startswith(begun) and offer.isprintable()))


def _quoted(name: str) -> str:
    return name if name.replace("-", "").isalnum() else f'"{name}"'


def _configured(what: Literal["feeds", "views"]) -> list[str]:
    """Return the names in config.toml, none if it is wrong."""
    with contextlib.suppress(Exception):
        from readlist.config import load

        return [each.name for each in getattr(load(find_paths().settings), what)]
    return []


def _views() -> list[str]:
    from readlist.model.view import VIEWS

    return [*(view.name.lower() for view in VIEWS), *_configured("views")]


def _from_library(ask: Callable[[Library], list[str]]) -> list[str]:
    """Return something of the library; nothing if there is none, or it can't be read within a key press."""
    from readlist.library.library import Library

    with contextlib.suppress(Exception):
        if (path := find_paths().library).exists():
            with contextlib.closing(Library(path, _no_time)) as library:
                return ask(library)
    return []


def _no_time(done: int, total: int) -> None:
    """Stop the rebuild of an index, which the next command does with progress."""
    raise TimeoutError


def _feeds() -> list[str]:
    return _from_library(lambda library: [feed.name for feed in library.feeds.all()])


def _tags() -> list[str]:
    return _from_library(lambda library: [tag.name for tag in library.mirror.tags()])


def _keys() -> list[str]:
    from readlist.query import Query

    keys = _from_library(lambda library: library.keys(library.first_ids(Query(), "added", _LATEST)))
    return [*keys, *(key.removeprefix("arxiv:") for key in keys if key.startswith("arxiv:"))]


@click.command("completion", epilog=_EXAMPLES)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a shell completion script."""
    answer_shells()
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, "readlist", VARIABLE).source(), nl=False)
