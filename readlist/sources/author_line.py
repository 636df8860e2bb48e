"""Lines of authors as sources write them: one name, or many divided by commas, semicolons and `and`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from readlist.sources import hypertext
from readlist.sources.fields import as_line

OTHERS = "et al."
_OTHERS = re.compile(
    r"(?i)(?:(?:\A|[,;]|\s)\s*(?:and\s+|&\s*)?(?:et(?:\.[\s~]*|[\s~]+)al\b\.?|et\s+alii)|(?:\A|\s(?:and|&)\s+)others),?\s*\Z"
)
_EMAIL = re.compile(r"[<(\[]?\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b[>)\]]?")
_BRACKETS = re.compile(r"\([^()]{0,500}\)")
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV|Ph\.?D\.?|M\.?D\.?")
_INITIALS = re.compile(r"(?:\w\.?[\s-]?){1,4}")


def with_others(names: Iterable[str]) -> Iterator[str]:
    """Yield names as they are written; that there are more of them is a name of its own, `et al.`, as sources have it.

    BibTeX says `others`, other files `et al.`, also behind the last name.
    """
    for name in map(str.strip, names):
        more = _OTHERS.search(name[-40:])
        before = name[: more.start() - min(len(name), 40)] if more else name
        if before:
            yield before
        if more:
            yield OTHERS


def authors_in(names: Iterable[str], *, split: bool) -> Iterator[str]:
    """Yield each author's name, without address and affiliation.

    Args:
        names: a name each, or many in one.
        split: whether commas certainly stand between names.
    """
    given = [name for name in (_name(each) for each in names) if name]
    for name in given:
        if ";" in name:
            yield from filter(None, map(_forward, name.split(";")))
        elif len(given) > 1 and name.count(",") < 2:
            yield _forward(name)
        else:
            yield from _parted(name, split=split)


def _parted(text: str, *, split: bool) -> Iterator[str]:
    """Yield the names in a line of names."""
    parts = [part for part in re.split(r"\s*,\s*(?:and\s+|&\s*)?", text) if part]
    if len(parts) % 2 == 0 and parts and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        # Surnames first: `Smith, J., Doe, A. B.`
        yield from (f"{first} {last}" for last, first in zip(parts[::2], parts[1::2], strict=True))
        return
    joined: list[str] = []
    for part in parts:
        if joined and _SUFFIX.fullmatch(part):
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    if not split and len(joined) > 1 and not all(" " in part for part in joined):
        yield _forward(text)
        return
    *most, last = joined or [""]
    yield from most
    # A group's name may hold an "and" of its own.
    pair = re.split(r"\s+(?:and|&)\s+", last)
    yield from pair if len(pair) == 2 and all(" " in name for name in pair) else filter(None, [last])


def _forward(name: str) -> str:
    """Return a name with its given name first."""
    name = name.strip(" ,")
    last, comma, rest = (part.strip() for part in name.partition(","))
    return f"{rest} {last}" if comma and rest and "," not in rest and not _SUFFIX.fullmatch(rest) else name


def _name(text: str) -> str:
    """Return a name without e-mail address and affiliation; of `jane@x.org (Jane)` the name."""
    text = as_line(hypertext.text(text), 200_000) or ""
    if "@" in text:
        text = _EMAIL.sub(" ", text).strip()
        text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    for _ in range(3):
        if "(" not in text:
            break
        text = _BRACKETS.sub("", text)
    return " ".join(text.split()).strip(" ,;")
