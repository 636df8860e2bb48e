"""A paper with its mark as a Markdown file for people: front matter, the note, the abstract; and the file's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from readlist.exports.formats import dumps
from readlist.model.mark import Mark
from readlist.model.paper import Paper
from readlist.model.tag import fold_tag, tags_of
from readlist.model.time import time_text
from readlist.notes.front_matter import FrontMatterError, Plain, Value, dump_fields, parse_fields, update_fields
from readlist.notes.note_file import END, NoteFile, base_of, body_of, checksum, flag_agrees, normalize_note, parse_note
from readlist.shelf import Entry
from readlist.sources.formats.exact_values import differences, values_of
from readlist.sources.formats.readlist_export import paper_of
from readlist.text.clean import clean, clean_line, drawable, readable

SUFFIX = ".md"

_LATER = frozenset({"organization", "keywords"})
"""Lines that earlier versions didn't write: added where missing; existing ones may be the user's."""
_LATEST = frozenset({"journal", "comment", "withdrawn"})
"""Likewise, since a later version than the others."""

_LONGEST_NAME = 120
"""Bytes of a file's name without its suffix: room for macOS to decompose letters, and for long folders on Windows."""

# What Windows forbids in names, and what Obsidian does because of its links.
_FORBIDDEN = re.compile(r'[/\\|<>*?"#^\[\]\x00-\x1f\x7f]+')
_COLON = re.compile(r"(?:(?<!\s)\s++)?+:\s+")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?")
# More than text in a viewer of Markdown: tags, pictures (fetched!), code that plugins run, templates.
_LIVELY = re.compile(r"<(?=[A-Za-z/!?%])|!(?=\[)|\{(?=\{)")


def described(paper: Paper) -> dict[str, Value]:
    """Return the lines of front matter that describe a paper, without empty ones."""
    others = tuple(link.target for link in paper.links if link.target not in (paper.repo, paper.page))
    values: dict[str, Value] = {
        "title": clean_line(paper.title),
        "authors": tuple(clean_line(name) for name in paper.authors),
        "published": Plain(paper.published.isoformat() if paper.published else ""),
        "arxiv": paper.arxiv,
        "doi": paper.doi,
        "url": paper.page,
        "repo": paper.repo,
        "links": others,
        "organization": clean_line(paper.organization),
        "keywords": tuple(clean_line(word) for word in paper.keywords),
        "journal": clean_line(paper.journal),
        "comment": clean_line(paper.comment),
        "withdrawn": clean_line(paper.withdrawn),
    }
    return {name: value for name, value in values.items() if value}


def abstract_section(paper: Paper) -> str:
    """Return the section that shows a paper's abstract, quoted so that nothing in it is Markdown; may be empty."""
    text = _LIVELY.sub(r"\g<0> ", readable(clean(paper.abstract)).strip()).replace("`", "\\`")
    return "\n## Abstract\n\n" + "".join(f"> {line}".rstrip() + "\n" for line in text.split("\n")) if text else ""


def rendered(entry: Entry, now: datetime) -> str:
    """Return the text of a new file for an entry."""
    values, section, mark = described(entry.paper), abstract_section(entry.paper), _storable(entry.mark)
    base = base_of(mark, now, _digest_of(values), checksum(section))
    head: dict[str, Value] = {"key": entry.paper.key, **values, **_flags(mark)}
    head |= {"tags": tags} if (tags := tags_of(mark.note)) else {}
    exact = _exact(entry.paper, parse_note(f"---\n{dump_fields(head)}---\n{END}\n{section}"))
    head |= {**({"exact": exact} if exact else {}), "exported": str(base)}
    return f"---\n{dump_fields(head)}---\n{body_of(mark.note)}{END}\n{section}"


def renewed(file: NoteFile, entry: Entry, now: datetime) -> NoteFile:
    """Return a file brought up to date; what the user wrote and what is still right stays as it is.

    The lines that describe the paper change only if the paper changed since the file was written: until then the user
    may shorten or remove them.
    """
    values, section, mark = described(entry.paper), abstract_section(entry.paper), _storable(entry.mark)
    known, base = file.base, base_of(mark, now, _digest_of(values), checksum(section))
    changes: dict[str, Value] = {}
    redescribed = known is not None and (known.paper, known.abstract) != (base.paper, base.abstract)
    if known is not None and known.paper != base.paper:
        earlier = any(
            known.paper == _digest_of({name: value for name, value in values.items() if name not in lines})
            for lines in (_LATEST, _LATEST | _LATER)
        )
        changes |= {
            name: value
            for name, value in values.items()
            if (name not in file.fields if name in _LATER | _LATEST else not earlier and _said(file, name) != value)
        }
    for name, value in _flags(mark).items():
        since, before = (mark.read, base.read) if name == "read" else (mark.starred, base.starred)
        if known is not None:
            before = known.read if name == "read" else known.starred
        removed = name not in file.fields and time_text(before) == time_text(since)
        if not removed and not flag_agrees(file.flag(name), since):
            changes[name] = value
    after = file.with_note(mark.note) if file.normalized != normalize_note(mark.note) or not file.rest else file
    after = _with_tags(after, file.normalized, mark.note).with_abstract(section)
    if redescribed:
        exact = _exact(entry.paper, after.with_values(changes))
        if exact != Plain(after.value("exact")) and (exact or "exact" in file.fields):
            changes["exact"] = exact or Plain("''")
    if known is None or base != replace(known, exported=now) or after is not file or changes:
        changes["exported"] = str(base)
    return after.with_values(changes) if changes else file


def _with_tags(file: NoteFile, before: str, note: str) -> NoteFile:
    """Return a file whose `tags` follow its note; tags that were never in the note are the user's and stay.

    A line that was removed comes back only with a new tag.
    """
    tags = {fold_tag(tag): tag for tag in tags_of(note)}
    earlier = {fold_tag(tag) for tag in tags_of(before)}
    try:
        field = parse_fields(file.head, frozenset({"tags"})).get("tags")
    except FrontMatterError:
        return file
    listed = field.value if field is not None else ()
    if listed is None or (listed and isinstance(listed, str)) or (field is None and tags.keys() <= earlier):
        return file
    kept = {fold_tag(each.removeprefix("#")): each for each in listed}
    wanted = {folded: each for folded, each in kept.items() if folded in tags or folded not in earlier}
    wanted |= {folded: each for folded, each in tags.items() if folded not in wanted}
    if wanted == kept:
        return file
    fields = {"tags": field} if field is not None else {}
    head = update_fields(file.head, fields, {"tags": tuple(wanted.values())}, file.line_end)
    return parse_note(replace(file, head=head).text)


def _exact(paper: Paper, file: NoteFile) -> Plain:
    """Return the parts of a paper that would be read back differently from a file, as a text of YAML; may be empty."""
    read = paper_of(file)
    lost = differences(values_of(paper), values_of(read or Paper(paper.key, "")))
    text = dumps(lost).replace("'", "''")
    return Plain(f"'{text}'" if lost else "")


def file_name(paper: Paper, number: int = 1) -> str:
    """Return the name of a paper's file: its title, as every system and note-taker allows it.

    Args:
        paper: the paper.
        number: which name to return, when those before are in use: 1 the title, 2 that and the paper's id, and so on.
    """
    title = "".join(filter(str.isprintable, unicodedata.normalize("NFC", readable(clean_line(paper.title)))))
    stem = " ".join(_FORBIDDEN.sub(" ", _COLON.sub(" - ", title).replace(":", "-")).split()).lstrip(" .-~")
    kind, _, name = paper.key.partition(":")
    own = _FORBIDDEN.sub("-", drawable(name)).replace(":", "-")
    tail = "" if number == 1 else f" ({_cut(own, 40) if kind != 'title' else number})"
    tail += f" {number - 1}" if number > 2 and kind != "title" else ""
    stem = _cut(stem, _LONGEST_NAME - len(tail.encode())) or _cut(own.strip(" ."), 80) or "paper"
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}{tail}{SUFFIX}"


def _cut(text: str, size: int) -> str:
    """Return the beginning of a text in at most `size` bytes, at a word's end where one is near."""
    data = text.encode("utf-8", "ignore")
    if len(data) > size:
        text = data[:size].decode("utf-8", "ignore")
        text = text.rsplit(" ", 1)[0] if " " in text[len(text) // 2 :] else text
    return text.rstrip(" .,;-")


def _flags(mark: Mark) -> dict[str, Plain]:
    return {"read": Plain(time_text(mark.read) or "false"), "starred": Plain(time_text(mark.starred) or "false")}


def _storable(mark: Mark) -> Mark:
    """Return a mark with a note that can be written as UTF-8."""
    try:
        mark.note.encode()
    except UnicodeEncodeError:
        return replace(mark, note=clean(mark.note, limit=len(mark.note) + 1, typed=True))
    return mark


def _said(file: NoteFile, name: str) -> Value:
    return file.values(name) if name in ("authors", "links", "keywords") else file.value(name)


def _digest_of(values: Mapping[str, Value]) -> str:
    return checksum(dump_fields(values))
