"""The completion scripts of the shells, and how they ask."""

from __future__ import annotations

import os
import re

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

VARIABLE = "_READLIST_COMPLETE"
"""The environment variable by which a shell asks."""

# All three send the line up to the cursor and get one offer a line, `plain,VALUE` or `file,`; one that ends in a colon
# goes on without a blank.
_BASH = """\
%(complete_func)s() {
    local reply type value
    COMPREPLY=()
    reply=$(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" %(complete_var)s=bash_complete \\
        "$1" 2>/dev/null) || return 0
    while IFS=, read -r type value; do
        case $type in
            plain) COMPREPLY+=("$value"); [[ $value == *: ]] && compopt -o nospace ;;
            file) compopt -o default ;;
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
    for line in "${(@f)$(COMP_LINE="${(j: :)words[1,CURRENT-1]} $PREFIX" %(complete_var)s=zsh_complete \\
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


class _Shell(ShellComplete):
    """Reads the line as the shell sends it; whatever goes wrong, there are no offers."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the whole words before the one that is typed, and that one."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)[1:]
        start, quote, _ = _last_word(line)
        typed = start < len(line) or bool(quote)
        return (words[:-1], words[-1]) if typed and words else (words, "")

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return the offers; a line that is wrong so far has none."""
        try:
            return super().get_completions(args, incomplete)
        except Exception:
            return []

    def format_completion(self, item: CompletionItem) -> str:
        """Return an offer as the script reads it."""
        return f"file,{item.value}" if item.type in ("file", "dir") else f"plain,{item.value}"


class _Bash(_Shell):
    name = "bash"
    source_template = _BASH

    def format_completion(self, item: CompletionItem) -> str:
        """Return an offer as it is to stand on the line: escaped, and without what bash takes for words before it."""
        if item.type != "plain":
            return super().format_completion(item)
        line = os.environ.get("COMP_LINE", "")
        start, quote, divided = _last_word(line, os.environ.get("COMP_BREAKS", ""))
        value = str(item.value)
        if quote:
            return f"plain,{value}" if quote == "'" else "plain," + re.sub(r'([\\"$`])', r"\\\1", value)
        before = "".join(split_arg_string(line[start:divided])) if divided > start else ""
        return "plain," + re.sub(r"([^\w\-./:=@+,%])", r"\\\1", value[len(before) :])


class _Zsh(_Shell):
    name = "zsh"
    source_template = _ZSH


class _Fish(_Shell):
    name = "fish"
    source_template = _FISH


def _last_word(line: str, breaks: str = "") -> tuple[int, str, int]:
    """Return where the last word of a line begins, the quote it is open in, and the place behind its last break."""
    start, quote, divided, place = 0, "", 0, 0
    while place < len(line):
        letter = line[place]
        if letter == "\\" and quote != "'":
            place += 1
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter.isspace():
            start = place + 1
        elif letter in breaks:
            # What begins with one of these is one word with it to bash's line editor.
            divided = place if letter in "@$" else place + 1
        place += 1
    return start, quote, divided


def answer_shells() -> None:
    """Have the questions of shells answered by what is here."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell)


def script(command: click.Command, shell: str) -> str:
    """Return the script that makes a shell complete a command."""
    answer_shells()
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(command, {}, "readlist", VARIABLE).source()
