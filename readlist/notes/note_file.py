"""One file of notes: front matter, the note, a line that ends it, and what the user keeps below."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.mark import LONGEST_NOTE, Mark
from readlist.model.time import LAST_YEAR, parse_time, time_text
from readlist.notes.front_matter import LIMIT, Field, FrontMatterError, Value, changed, read
from readlist.text.clean import clean

OWN = frozenset(
    {
        "key",
        "title",
        "authors",
        "published",
        "arxiv",
        "doi",
        "url",
        "repo",
        "links",
        "organization",
        "keywords",
        "read",
        "starred",
        "exact",
        "exported",
    }
)
"""The names in front matter that are readlist's; every other one is the user's."""

END = "<!-- readlist: above this line is the note, below it what you write stays as it is -->"

# Any comment of readlist's ends the note, whatever a later one says in it.
_END = re.compile(r"<!-- readlist:[^\n]*-->[ \t]*\r?\n?")
_ESCAPED = re.compile(r"^(\\*)(?=<!-- readlist:)", re.MULTILINE)
_UNESCAPED = re.compile(r"^\\(?=\\*<!-- readlist:)", re.MULTILINE)
_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_KEY = re.compile(r"(?:arxiv|doi|title):\S.*")
_KEY_LINE = re.compile(r"^key:[ \t]*[\"']?((?:arxiv|doi|title):[^\s\"']+)", re.MULTILINE)
_OURS = re.compile(r"^exported:[ \t]*[\"']?\d{4}-\S+[ \t]+read=", re.MULTILINE)
_BASE = re.compile(r"(?P<time>\S+) read=(?P<read>\S+) starred=(?P<starred>\S+) (?P<rest>[a-z]+=\S+(?: [a-z]+=\S+)*)")
_ABSTRACT = re.compile(r"(?:\r?\n)*## Abstract[ \t]*\r?\n(?:[ \t]*\r?\n)*(?:>[^\n]*(?:\n|\Z))+")
_YES = frozenset({"true", "yes", "on", "y"})
_NO = frozenset({"false", "no", "off", "n", "null", "~", ""})

Said = bool | datetime | None
"""What a file says of read or starred: yes or no, since when, or nothing."""


class Foreign(ValueError):
    """Markdown that is no note of readlist's; the text says why."""


class Unreadable(ValueError):
    """A note of readlist's that can't be used; the text says where and why."""


def key_in(text: str) -> str:
    """Return the key of the paper that a note is of, as far as one can tell where it can't be used; else empty."""
    found = _KEY_LINE.search(text[:LIMIT])
    return found[1] if found else ""


def looks_like_note(text: str) -> bool:
    """Tell by its beginning whether a text is a note of readlist's."""
    opening = _OPENING.match(text.removeprefix("\ufeff"))
    return opening is not None and bool(key_in(text.partition("\n---")[0]))


class Base(Struct, frozen=True):
    """What a file was written with, for a later merge.

    Attributes:
        exported: when.
        read: since when the paper was read then, to the second; so is starred.
        note: `digest` of the note.
        noted: when the note was written, None for none.
        paper: `digest` of the lines that describe the paper, and
        abstract: of the section that shows its abstract.
    """

    exported: datetime
    read: datetime | None
    starred: datetime | None
    note: str
    noted: datetime | None
    paper: str
    abstract: str

    def __str__(self) -> str:
        """Write it in one line."""
        return (
            f"{time_text(self.exported)} read={time_text(self.read) or '-'} starred={time_text(self.starred) or '-'} "
            f"note={self.note} noted={time_text(self.noted) or '-'} paper={self.paper} abstract={self.abstract}"
        )


class NoteFile(Struct, frozen=True):
    """The text of a file of notes in its parts; put together they are the file.

    Attributes:
        start: byte order mark and opening line.
        head: the front matter's lines.
        fence: the line that closes them.
        body: what stands between that and the end of the note, blank lines included.
        rest: the line that ends the note, and everything below it; empty if there is no such line.
        fields: the entries of the front matter that are readlist's.
        base: what it was written with; None for a file made by hand.
    """

    start: str
    head: str
    fence: str
    body: str
    rest: str
    fields: Mapping[str, Field]
    base: Base | None

    @property
    def text(self) -> str:
        """The whole file."""
        return self.start + self.head + self.fence + self.body + self.rest

    @property
    def line_end(self) -> str:
        """What its lines end with."""
        return "\r\n" if self.start.endswith("\r\n") else "\n"

    @property
    def key(self) -> str:
        """The key of the paper."""
        return self.said("key")

    def said(self, name: str) -> str:
        """Return the text of an entry, empty if it has none."""
        value = self.fields[name].value if name in self.fields else None
        return value if isinstance(value, str) else ""

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the texts of an entry that is a list."""
        value = self.fields[name].value if name in self.fields else None
        return value if isinstance(value, tuple) else (value,) if value else ()

    def flag(self, name: str) -> Said:
        """Return what is said of read or starred.

        Raises:
            Unreadable: that makes no sense.
        """
        if name not in self.fields:
            return None
        field = self.fields[name]
        text = field.value.strip() if isinstance(field.value, str) else None
        if text is not None and text.lower() in _YES | _NO:
            return text.lower() in _YES
        moment = time_in(text or "")
        if moment is None:
            what = f"`{name}: {text}`" if text else f"`{name}`"
            raise Unreadable(f"line {field.line}: {what} is neither true nor false nor a time")
        return moment

    @property
    def note(self) -> str:
        """The note as it stands there."""
        text = _plain(self.body)
        text = text.removeprefix("\n")
        text = text[:-2] if text.endswith("\n\n") else text.removesuffix("\n")
        return _UNESCAPED.sub("", text)

    @property
    def meaning(self) -> str:
        """The note as readlist keeps it."""
        return meaning(self.note)

    def with_note(self, note: str) -> NoteFile:
        """Return the file with another note, and with the line that ends it."""
        rest = self.rest or f"{END}{self.line_end}"
        return replace(self, body=_ended(body_of(note), self.line_end), rest=rest)

    def with_abstract(self, section: str) -> NoteFile:
        """Return the file with another section for the abstract, unless the user changed the one that is there."""
        found = self._abstract()
        before = found[0] if found is not None else ""
        if self.base is None or digest(_plain(before)) != self.base.abstract or _plain(before) == section:
            return self
        line = _END.match(self.rest)
        cut = line.end() if line else 0
        ended = "" if self.rest[:cut].endswith("\n") else self.line_end
        return replace(
            self, rest=self.rest[:cut] + ended + _ended(section, self.line_end) + self.rest[cut + len(before) :]
        )

    @property
    def abstract(self) -> str:
        """The abstract as its section shows it, empty for none."""
        found = self._abstract()
        lines = _plain(found[0]).strip("\n").split("\n") if found is not None else []
        quoted = [line[1:].removeprefix(" ") for line in lines if line.startswith(">")]
        return "\n".join(quoted).replace("\\`", "`")

    def _abstract(self) -> re.Match[str] | None:
        line = _END.match(self.rest)
        return _ABSTRACT.match(self.rest, line.end() if line else 0)

    def with_values(self, values: Mapping[str, Value]) -> NoteFile:
        """Return the file with some entries of its front matter changed."""
        return parsed(replace(self, head=changed(self.head, self.fields, values, self.line_end)).text)


def parsed(text: str) -> NoteFile:
    """Return a file of notes.

    Raises:
        Foreign: it is none of readlist's.
        Unreadable: it is one, but can't be used.
    """
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    opening = _OPENING.match(text, len(bom))
    if opening is None:
        raise Foreign("no front matter")
    closing = _CLOSING.search(text, opening.end())
    ours = _OURS.search(text[opening.end() : closing.start() if closing else None])
    if closing is None:
        if ours:
            raise Unreadable("the line `---` that ends the front matter is missing: the file is cut off, or was edited")
        raise Foreign("front matter without end")
    head = text[opening.end() : closing.start()]
    try:
        fields = read(head, OWN)
    except FrontMatterError as error:
        problem = f"line {error.line}: front matter that isn't YAML ({error.reason})"
        raise Unreadable(problem) if ours else Foreign(problem) from error
    key = fields["key"].value if "key" in fields else None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        if ours:
            raise Unreadable("the front matter has lost its `key`, which says what paper it is of; put it back")
        raise Foreign("front matter without a paper's `key`")
    return _divided(text, opening.end(), closing, fields)


def _divided(text: str, start: int, closing: re.Match[str], fields: Mapping[str, Field]) -> NoteFile:
    said = fields["exported"].value if "exported" in fields else None
    base = _base(said) if isinstance(said, str) else None
    end = re.compile(f"^{_END.pattern}", re.MULTILINE).search(text, closing.end())
    if end is None and "exported" in fields:
        raise Unreadable(
            f"the line `{END.partition(':')[0]}: …` that ends the note is missing: the file is cut off, or was edited; "
            "put it back, or take the line `exported` out to have all of it read as the note"
        )
    stop = end.start() if end else len(text)
    parts = (text[:start], text[start : closing.start()], closing[0], text[closing.end() : stop], text[stop:])
    file = NoteFile(*parts, fields=fields, base=base)
    if len(file.body) > LONGEST_NOTE:
        raise Unreadable(f"a note of more than {LONGEST_NOTE:,} characters")
    # What makes no sense is found here, not when it is merged.
    file.flag("read"), file.flag("starred")
    return file


def _base(text: str) -> Base | None:
    found = _BASE.fullmatch(text.strip())
    if found is None or (exported := time_in(found["time"])) is None:
        return None
    rest = dict(part.split("=", 1) for part in found["rest"].split(" "))
    return Base(
        exported,
        time_in(found["read"]),
        time_in(found["starred"]),
        rest.get("note", ""),
        time_in(rest.get("noted", "")),
        rest.get("paper", ""),
        rest.get("abstract", ""),
    )


def body_of(note: str) -> str:
    """Return what stands between front matter and the line that ends a note; lines that look like that are escaped."""
    escaped = _ESCAPED.sub(r"\\\1", note)
    return f"\n{escaped}\n\n" if note else "\n"


def meaning(note: str) -> str:
    """Return a note as readlist keeps one that was edited in a file: made harmless, without blank lines around it."""
    return clean(note, limit=max(len(note) * 2, LONGEST_NOTE), typed=True).strip("\n")


def digest(text: str) -> str:
    """Return what tells two texts apart, in a few letters; `-` for an empty one."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16] if text else "-"


def time_in(text: str) -> datetime | None:
    """Return the time that a text names, in UTC unless it says otherwise; None for what is none."""
    moment = parse_time(text)
    return moment if moment and moment.year < LAST_YEAR else None


def base_of(mark: Mark, now: datetime, paper: str, abstract: str) -> Base:
    """Return what a file is written with: a mark and the digests of the paper's lines and of its abstract's section."""
    read, starred, noted = (each and time_in(time_text(each)) for each in (mark.read, mark.starred, mark.noted))
    return Base(now, read, starred, digest(meaning(mark.note)), noted, paper, abstract)


def agree(said: Said, since: datetime | None) -> bool:
    """Tell whether a file says the same of read or starred as a mark does, to the second."""
    if isinstance(said, datetime):
        return time_text(said) == time_text(since)
    return said is not None and said == (since is not None)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _ended(text: str, line_end: str) -> str:
    return text if line_end == "\n" else _plain(text).replace("\n", line_end)
