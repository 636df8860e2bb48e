"""One file with a note: front matter, the note, a line that ends it, and the user's own text below."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from readlist.model.mark import LONGEST_NOTE, Mark
from readlist.model.time import LAST_YEAR, parse_time, time_text
from readlist.notes.front_matter import LIMIT, Field, FrontMatterError, Value, parse_fields, update_fields
from readlist.pattern import pattern
from readlist.text.clean import clean

_NAMES = (
    "key title authors published arxiv doi url repo links organization keywords journal comment withdrawn read starred "
    "exact exported"
)
OWN = frozenset(_NAMES.split())
"""The fields in front matter that readlist writes; all others are the user's."""

END = "<!-- readlist: above this line is the note, below it what you write stays as it is -->"

# Any comment of readlist ends the note: later versions may word it differently.
_END = pattern(r"<!-- readlist:[^\n]*-->[ \t]*\r?\n?")
_ESCAPED = pattern(r"^(\\*)(?=<!-- readlist:)", re.MULTILINE)
_UNESCAPED = pattern(r"^\\(?=\\*<!-- readlist:)", re.MULTILINE)
_OPENING = pattern(r"---[ \t]*\r?\n")
_CLOSING = pattern(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_KEY = pattern(r"(?:arxiv|doi|title):\S.*")
_KEY_LINE = pattern(r"^key:[ \t]*[\"']?((?:arxiv|doi|title):[^\s\"']+)", re.MULTILINE)
_OURS = pattern(r"^exported:[ \t]*[\"']?\d{4}-\S+[ \t]+read=", re.MULTILINE)
_BASE = pattern(r"(?P<time>\S+) read=(?P<read>\S+) starred=(?P<starred>\S+) (?P<rest>[a-z]+=\S+(?: [a-z]+=\S+)*)")
_ABSTRACT = pattern(r"(?:\r?\n)*+## Abstract[ \t]*+\r?\n(?:[ \t]*+\r?\n)*+(?:>[^\n]*+(?:\n|\Z))++")
_YES = frozenset({"true", "yes", "on", "y"})
_NO = frozenset({"false", "no", "off", "n", "null", "~", ""})

Flag = bool | datetime | None
"""The value of `read` or `starred`: yes or no, a time, or nothing."""


class NotANote(ValueError):
    """Markdown that is not a readlist note; with the reason."""


class NoteError(ValueError):
    """A readlist note that can't be used; with place and reason."""


def key_in(text: str) -> str:
    """Return the paper's key in a note that can't be parsed, or empty."""
    found = _KEY_LINE.search(text[:LIMIT])
    return found[1] if found else ""


def looks_like_note(text: str) -> bool:
    """Tell by its beginning whether a text is a readlist note."""
    opening = _OPENING.match(text.removeprefix("\ufeff"))
    return opening is not None and bool(key_in(text.partition("\n---")[0]))


class ExportedState(Struct, frozen=True):
    """The state a file was exported with, for a later three-way merge.

    Attributes:
        exported: when.
        read: since when the paper was read, to the second; `starred` likewise.
        note: `checksum` of the note.
        noted: when the note was written, None without one.
        paper: `checksum` of the lines that describe the paper.
        abstract: `checksum` of the section with the abstract.
    """

    exported: datetime
    read: datetime | None
    starred: datetime | None
    note: str
    noted: datetime | None
    paper: str
    abstract: str

    def __str__(self) -> str:
        """Return the line for the front matter; the inverse is `_base`."""
        return (
            f"{time_text(self.exported)} read={time_text(self.read) or '-'} starred={time_text(self.starred) or '-'} "
            f"note={self.note} noted={time_text(self.noted) or '-'} paper={self.paper} abstract={self.abstract}"
        )


class NoteFile(Struct, frozen=True):
    """A file with a note, in parts; joined they are the file.

    Attributes:
        start: byte order mark and opening line.
        head: the lines of the front matter.
        fence: the line that closes it.
        body: the note with the blank lines around it.
        rest: the line that ends the note, and everything below it; may be empty.
        fields: the fields of the front matter that readlist writes.
        base: the state it was exported with; None for a file made by hand.
    """

    start: str
    head: str
    fence: str
    body: str
    rest: str
    fields: Mapping[str, Field]
    base: ExportedState | None

    @property
    def text(self) -> str:
        """The whole file."""
        return self.start + self.head + self.fence + self.body + self.rest

    @property
    def line_end(self) -> str:
        """The line end, LF or CRLF."""
        return "\r\n" if self.start.endswith("\r\n") else "\n"

    @property
    def key(self) -> str:
        """The paper's key."""
        return self.value("key")

    def value(self, name: str) -> str:
        """Return the text of a field, or empty."""
        value = self.fields[name].value if name in self.fields else None
        return value if isinstance(value, str) else ""

    def values(self, name: str) -> tuple[str, ...]:
        """Return the texts of a field that is a list."""
        value = self.fields[name].value if name in self.fields else None
        return value if isinstance(value, tuple) else (value,) if value else ()

    def flag(self, name: str) -> Flag:
        """Return the field `read` or `starred`.

        Raises:
            NoteError: it is invalid.
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
            raise NoteError(f"line {field.line}: {what} is not true, false or a time")
        return moment

    @property
    def note(self) -> str:
        """The note as in the file."""
        text = _plain(self.body)
        text = text.removeprefix("\n")
        text = text[:-2] if text.endswith("\n\n") else text.removesuffix("\n")
        return _UNESCAPED.sub("", text)

    @property
    def normalized(self) -> str:
        """The note as readlist stores it."""
        return normalize_note(self.note)

    def with_note(self, note: str) -> NoteFile:
        """Return the file with another note."""
        rest = self.rest or f"{END}{self.line_end}"
        return replace(self, body=_ended(body_of(note), self.line_end), rest=rest)

    def with_abstract(self, section: str) -> NoteFile:
        """Return the file with another section for the abstract, unless the user edited it."""
        found = self._abstract()
        before = found[0] if found is not None else ""
        if self.base is None or checksum(_plain(before)) != self.base.abstract or _plain(before) == section:
            return self
        line = _END.match(self.rest)
        cut = line.end() if line else 0
        ended = "" if self.rest[:cut].endswith("\n") else self.line_end
        return replace(
            self, rest=self.rest[:cut] + ended + _ended(section, self.line_end) + self.rest[cut + len(before) :]
        )

    @property
    def abstract(self) -> str:
        """The abstract in its section, or empty."""
        found = self._abstract()
        lines = _plain(found[0]).strip("\n").split("\n") if found is not None else []
        quoted = [line[1:].removeprefix(" ") for line in lines if line.startswith(">")]
        return "\n".join(quoted).replace("\\`", "`")

    def _abstract(self) -> re.Match[str] | None:
        line = _END.match(self.rest)
        return _ABSTRACT.match(self.rest, line.end() if line else 0)

    def with_values(self, values: Mapping[str, Value]) -> NoteFile:
        """Return the file with some fields of its front matter changed."""
        return parse_note(replace(self, head=update_fields(self.head, self.fields, values, self.line_end)).text)


def parse_note(text: str) -> NoteFile:
    """Return the parts of a file with a note.

    Raises:
        NotANote: it is not a readlist note.
        NoteError: it is one, but can't be used.
    """
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    opening = _OPENING.match(text, len(bom))
    if opening is None:
        raise NotANote("no front matter")
    closing = _CLOSING.search(text, opening.end())
    ours = _OURS.search(text[opening.end() : closing.start() if closing else None])
    if closing is None:
        if ours:
            raise NoteError("the line `---` at the end of the front matter is missing; is the file cut off?")
        raise NotANote("front matter without an end")
    head = text[opening.end() : closing.start()]
    try:
        fields = parse_fields(head, OWN)
    except FrontMatterError as error:
        problem = f"line {error.line}: invalid YAML front matter ({error.reason})"
        raise NoteError(problem) if ours else NotANote(problem) from error
    key = fields["key"].value if "key" in fields else None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        if ours:
            raise NoteError("the front matter lacks the paper's `key`; put it back")
        raise NotANote("front matter without a paper's `key`")
    return _split(text, opening.end(), closing, fields)


def _split(text: str, start: int, closing: re.Match[str], fields: Mapping[str, Field]) -> NoteFile:
    exported = fields["exported"].value if "exported" in fields else None
    base = _base(exported) if isinstance(exported, str) else None
    end = re.compile(f"^{_END.pattern}", re.MULTILINE).search(text, closing.end())
    if end is None and "exported" in fields:
        raise NoteError(
            f"the line `{END.partition(':')[0]}: …` at the end of the note is missing (is the file cut off?); put it "
            "back, or remove the line `exported` to make all of the text the note"
        )
    stop = end.start() if end else len(text)
    parts = (text[:start], text[start : closing.start()], closing[0], text[closing.end() : stop], text[stop:])
    file = NoteFile(*parts, fields=fields, base=base)
    if len(file.body) > LONGEST_NOTE:
        raise NoteError(f"the note is longer than {LONGEST_NOTE:,} characters")
    # Raises for invalid values, before any merge.
    file.flag("read"), file.flag("starred")
    return file


def _base(text: str) -> ExportedState | None:
    found = _BASE.fullmatch(text.strip())
    if found is None or (exported := time_in(found["time"])) is None:
        return None
    rest = dict(part.split("=", 1) for part in found["rest"].split(" "))
    return ExportedState(
        exported,
        time_in(found["read"]),
        time_in(found["starred"]),
        rest.get("note", ""),
        time_in(rest.get("noted", "")),
        rest.get("paper", ""),
        rest.get("abstract", ""),
    )


def body_of(note: str) -> str:
    """Return the body for a note; lines like the one that ends a note are escaped."""
    escaped = _ESCAPED.sub(r"\\\1", note)
    return f"\n{escaped}\n\n" if note else "\n"


def normalize_note(note: str) -> str:
    """Return a note from a file as readlist stores it: cleaned, without blank lines around it."""
    return clean(note, limit=max(len(note) * 2, LONGEST_NOTE), typed=True).strip("\n")


def checksum(text: str) -> str:
    """Return a short hash of a text; `-` for an empty one."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16] if text else "-"


def time_in(text: str) -> datetime | None:
    """Return the time in a text, UTC by default; None if it is not a time."""
    moment = parse_time(text)
    return moment if moment and moment.year < LAST_YEAR else None


def base_of(mark: Mark, now: datetime, paper: str, abstract: str) -> ExportedState:
    """Return the state of an export: a mark, and the checksums of the paper's lines and the abstract's section."""
    read, starred, noted = (each and time_in(time_text(each)) for each in (mark.read, mark.starred, mark.noted))
    return ExportedState(now, read, starred, checksum(normalize_note(mark.note)), noted, paper, abstract)


def flag_agrees(flag: Flag, since: datetime | None) -> bool:
    """Tell whether a flag in a file is that of a mark, to the second."""
    if isinstance(flag, datetime):
        return time_text(flag) == time_text(since)
    return flag is not None and flag == (since is not None)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _ended(text: str, line_end: str) -> str:
    return text if line_end == "\n" else _plain(text).replace("\n", line_end)
