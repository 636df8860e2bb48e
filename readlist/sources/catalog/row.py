"""The rows of a text, of Markdown or of HTML: what each says, where its links lead, what its markup makes of it."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator

from msgspec import Struct

from readlist.sources.catalog import phrase
from readlist.sources.formats.markup import attributes, without_comments
from readlist.sources.page.dump import with_links
from readlist.sources.page.page_item import ADDRESS_REST, AUTOLINK, INVISIBLE
from readlist.text.clean import LINE_END
from readlist.text.scan import find_at, unusual

BREAK = "\n"
"""A line end inside a cell or a paragraph, in a row's text."""


class Anchor(Struct, frozen=True):
    """A link in a row: its label's place in the text, and where it leads."""

    start: int
    end: int
    address: str


class Row(Struct):
    """One line of a text, or one block of a page; places are start and end in its text."""

    line: int  # from 1
    text: str  # without markup and list mark
    anchors: tuple[Anchor, ...] = ()
    bold: tuple[tuple[int, int], ...] = ()
    blank: bool = False  # whether a blank line, or the end of a paragraph, is before it
    indent: int = 0  # in HTML, the depth of a list
    heading: int = 0  # the level of a heading, 0 for none
    mark: str = ""  # its list mark: "", "-", or a number in digits
    cells: tuple[tuple[int, int], ...] = ()  # in a row of a table
    rule: bool = False  # whether it only divides what is above from what is below

    @property
    def marked(self) -> bool:
        """Whether it is a heading or an item of a list, or has anything bold."""
        return bool(self.heading or self.mark or self.bold)

    def label(self, anchor: Anchor) -> str:
        """Return what a link says."""
        return self.text[anchor.start : anchor.end]


_TARGET = rf"(?:https?://|/|\?){ADDRESS_REST}"
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\](?:\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)|\[[^\[\]\n]{0,60}\])")
_INNER = r"(?:[^\[\]\n]|\[[^\[\]\n]{0,300}\]){0,600}?"
_LINK = re.compile(
    rf"\[(?P<label>{_INNER})\]\(\s?<?(?P<address>{_TARGET})>?(?:\s+(?:\"[^\"\n]{{0,300}}\"|'[^'\n]{{0,300}}'))?\s?\)"
    r"|\[(?P<named>[^\[\]\n]{1,600})\]\s?\[(?P<reference>[^\[\]\n]{0,60})\]"
    r"|(?P<bold>\*\*|(?<!\w)__(?=\S)|(?<=\S)__(?!\w))|\\(?P<escaped>[-\\`*_{}\[\]()#+.!|<>~])"
)
_LINK_SIGN = re.compile(r"[\[*_\\]")
_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]\n]{1,60})\]:[ \t]*<?(\S{1,2000}?)>?(?:[ \t].{0,300})?$", re.MULTILINE)
_WRAPPED = re.compile(r"\[[^\[\]\n]{1,300}\n[^\[\]\n]{1,300}\](?=\([</h])")
_ORG_LINK = re.compile(r"\[\[(https?://[^\s\[\]]{1,2000})\]\[([^\[\]\n]{1,600})\]\]")
_ORG_STARS = re.compile(r"^\*{1,6} (?!.*\*\*)", re.MULTILINE)
_ORG_HEADING = re.compile(r"^(\*{1,6}) (?:(?:TODO|DONE|WAITING|NEXT) )?", re.MULTILINE)
_HTML_LINK = re.compile(
    r"<a\s[^<>]{0,1000}?href\s*+=\s*+[\"']?+([^\s\"'<>]{1,2000}+)[\"']?+[^<>]{0,1000}+>((?:[^<]|<(?!/a)){0,600}+)</a\s*>",
    re.IGNORECASE | re.DOTALL,
)
_HTML_BOLD = re.compile(r"</?(?:b|strong)>", re.IGNORECASE)
_HTML_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HTML_TAG = re.compile(r"</?[a-z][a-z0-9]{0,12}(?:\s[^<>]{0,1000})?/?>", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*(?<![\w*]\*)(?=[^\s*])([^*\n]{1,500})(?<=[^\s*])\*(?![\w*])")
_ATTRIBUTES = re.compile(r"\{[#.][^{}]{0,300}\}$")
_MARK = re.compile(
    r"(?:[-*+•‣◦▪●·▸▹►➤] |[-=]{2,3} (?=\d+[.)])|#(?=\d))?"
    r"(?:(\d{1,4})(?:[.)、:]|/(?:n|\d{1,3})?(?= )|(?<=#\d)|(?<=#\d\d)|(?<=#\d\d\d)) ?(?=\D)|\[(\d{1,4})\] )?"
)
_RULE = re.compile(r"\s*(?:[-=*_~─═—]\s?){3,}\s*|\s*%{2,3}-+%[%-]*\s*|\\\\\s*")
_TABLE_RULE = re.compile(r"\s*+\|?+(?:\s*+:?-++:?\s*+\|)++\s*+(?::?-++:?)?\s*+")
_PIPE = re.compile(r"(?<!\\)\|")
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
# What arXiv shows instead of an address.
_NAMELESS = re.compile(r"this https?\s?URL", re.IGNORECASE)
_UNDERLINED = 300
_TAB = 4
_PAIR = 2
_CELLS = 40


def rows_of_text(text: str) -> list[Row]:
    """Return the rows of a text, read as Markdown where it holds any."""
    odd = unusual(text)
    text = INVISIBLE.sub("", text) if INVISIBLE.search(odd) else text
    text = LINE_END.sub("\n", text) if LINE_END.search(odd) else text
    text = text.replace("\u00a0", " ")
    text = with_links(_KEYCAP.sub(r"\1.", text) if "\u20e3" in odd else text)
    # A text without links may be LaTeX: its backslashes are its own.
    marked = "](" in text
    if marked:
        text = _WRAPPED.sub(lambda found: found[0].replace("\n", " "), text)
    org = "][" in text and _ORG_LINK.search(text) is not None
    if org or ("\n** " in text and "** " not in _ORG_STARS.sub("", text)):
        # Emacs's Org: its headings are stars.
        text = _ORG_HEADING.sub(lambda found: "#" * len(found[1]) + " ", _ORG_LINK.sub(r"[\2](\1)", text))
        marked = marked or org
    references = {found[1].casefold(): found[2] for found in _DEFINITION.finditer(text)} if "]:" in text else {}
    rows: list[Row] = []
    blank = True
    for number, line in enumerate(_with_pipes(text.split("\n")), 1):
        if not line or line.isspace() or line.strip() == ">":
            blank = True
            continue
        if references and _DEFINITION.match(line):
            continue
        row = _row(line, number, references, escapes=marked)
        if row is None or (row.rule and _underlines(row, rows, blank=blank)):
            continue
        row.blank = blank
        blank = False
        rows.append(row)
    return rows


def _with_pipes(lines: list[str]) -> list[str]:
    """Return lines with a pipe around each row of tables that are written without."""
    inside = False
    for at, line in enumerate(lines):
        if at and line[:1] in ("-", ":") and "|" in line and _TABLE_RULE.fullmatch(line) and "|" in lines[at - 1]:
            inside = True
            lines[at - 1] = f"| {lines[at - 1].strip('| ')} |"
        elif inside and "|" in line:
            lines[at] = line if line.lstrip().startswith("|") else f"| {line.strip()} |"
        else:
            inside = False
    return lines


def _underlines(row: Row, rows: list[Row], *, blank: bool) -> bool:
    """Make a heading of the row above if the line is its underline."""
    if blank or row.text[:1] not in ("=", "-"):
        return False
    above = rows[-1]
    if above.rule or above.cells or above.mark == "-" or len(above.text) > _UNDERLINED or not above.blank:
        return False
    above.heading = above.heading or (1 if row.text[0] == "=" else 2)
    return True


def _row(line: str, number: int, references: dict[str, str], *, escapes: bool) -> Row | None:
    if _RULE.fullmatch(line):
        return Row(number, line.strip(), rule=True)
    if "|" in line and _TABLE_RULE.fullmatch(line):
        return None
    expanded = line.expandtabs(_TAB) if line[0] == "\t" else line
    indent = len(expanded) - len(expanded.lstrip(" "))
    line = line.strip().removeprefix("> ")
    heading = 0
    if line[:1] == "#" and (found := re.match(r"(#{1,6})\s+(?=\S)", line)):
        heading = len(found[1])
        line = _ATTRIBUTES.sub("", line[found.end() :].rstrip("# "))
    parts = _cells(line)
    mark = ""
    # A number may be in bold, too: `**1. Title**`.
    start = 2 if line.startswith("**") else 0
    if len(parts) < 2 and (found := _MARK.match(line, start)) and found.end() > start:
        mark = found[1] or found[2] or "-"
        line = line[:start] + line[found.end() :].lstrip()
        line = line.removesuffix(" ---").removesuffix(" ===")
        parts = [line]
    row = Row(number, "", heading=heading, mark=mark, indent=indent)
    for count, part in enumerate(parts):
        _append(row, part, references, escapes=escapes, cell=len(parts) > 1, first=count == 0)
    return row if row.text.strip() or row.anchors else None


def _cells(line: str) -> list[str]:
    """Return the cells of a row of a table; the line itself where it is not one."""
    if line.count("\t") and not line.startswith("|"):
        parts = line.split("\t")
        if len(parts) == _PAIR and phrase.is_label(f"{parts[0].strip()}:"):
            # `URL⇥https://…` is a field.
            return [f"{parts[0].strip()}: {parts[1]}"]
        return parts if len(parts) <= _CELLS and all(parts[:2]) else [line]
    if not line.startswith("|") or line.count("|") < 3:
        return [line]
    parts = _PIPE.split(line.strip().removeprefix("|").removesuffix("|"))
    return [part.strip() for part in parts] if len(parts) <= _CELLS else [line]


def _append(row: Row, raw: str, references: dict[str, str], *, escapes: bool, cell: bool, first: bool) -> None:
    """Append a piece of Markdown to a row's text, with its links and what is bold."""
    if "<" in raw:
        raw = _HTML_LINK.sub(lambda found: f"[{_HTML_TAG.sub('', found[2])}]({found[1]})", AUTOLINK.sub(r" \1 ", raw))
        raw = _HTML_TAG.sub("", _HTML_BOLD.sub("**", _HTML_BREAK.sub(BREAK, raw)))
    if "&" in raw:
        raw = html.unescape(raw)
    if "![" in raw:
        raw = _IMAGE.sub("", raw)
    out = row.text if first else row.text + " | "
    begin = len(out)
    anchors, bold = list(row.anchors), list(row.bold)
    opened = -1
    at = 0
    for found in find_at(_LINK_SIGN, _LINK, raw) if any(sign in raw for sign in "[*_\\") else ():
        out += _plain(raw[at : found.start()])
        at = found.end()
        if found["escaped"]:
            out += found["escaped"] if escapes else found[0]
        elif found["bold"]:
            bold += [(opened, len(out))] if opened >= 0 else []
            opened = -1 if opened >= 0 else len(out)
        elif address := found["address"] or references.get((found["reference"] or found["named"] or "").casefold(), ""):
            label = (found["label"] if found["address"] else found["named"]) or ""
            strong = label.strip().startswith(("**", "__"))
            label = re.sub(r"\*\*|__|\\(?=[-_*#\[\]])|`", "", label).strip()
            label = address if _NAMELESS.fullmatch(label) else _plain(label)
            end = len(out) + len(label)
            anchors.append(Anchor(len(out), end, address))
            bold += [(len(out), end)] if strong else []
            out += label
        else:
            out += found[0]
    out += _plain(raw[at:])
    row.text, row.anchors, row.bold = out, tuple(anchors), tuple(bold)
    if cell:
        row.cells += ((begin, len(out)),)


def _plain(text: str) -> str:
    return _EMPHASIS.sub(r"\1", text) if "*" in text else text


def table_of(text: str) -> str:
    """Return a table as tab-separated lines, one a record; empty if the text is not a table with a header."""
    header = text.lstrip("\ufeff\n\r ").split("\n", 1)[0]
    delimiter = max("\t,;", key=header.count)
    if not header.count(delimiter):
        return ""
    try:
        lines = text.lstrip("\ufeff").splitlines(keepends=True)
        records = [record for record in csv.reader(lines, delimiter=delimiter) if record]
    except (csv.Error, ValueError):
        return ""
    widths = {len(record) for record in records}
    if len(records) < _PAIR or len(widths) > 1 or not _PAIR <= widths.pop() <= _CELLS:
        return ""
    # What is empty would end a line's cells.
    return "\n".join("\t".join(" ".join(cell.split()) or "-" for cell in record) for record in records)


_UNSEEN = re.compile(
    r"<(script|style|template|noscript|svg|math|mjx-container|select|textarea|button|iframe)\b.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_PIECE = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40})(?P<rest>(?:\"[^\"]{0,4000}\"|'[^']{0,4000}'"
    r"|[^<>\"']){0,400}+)>|<![^>]{0,2000}+>"
)
_PARAGRAPHS = re.compile(
    r"p|h[1-6]|article|section|main|header|footer|nav|ul|ol|dl|table|blockquote|pre|hr|aside|figure", re.IGNORECASE
)
_BLOCKS = re.compile(
    rf"{_PARAGRAPHS.pattern}|div|li|dt|dd|tr|form|fieldset|address|details|summary|center|title|option", re.IGNORECASE
)
_LAYOUT = re.compile(r"h[1-6]|hr|article|section|blockquote", re.IGNORECASE)
_LISTS = frozenset(("ul", "ol", "dl"))


def rows_of_html(page: str) -> list[Row]:
    """Return the rows of a page: one for each block, a line break ends one too."""
    page = INVISIBLE.sub("", _UNSEEN.sub(" ", without_comments(page)))
    body = re.search(r"<body\b", page, re.IGNORECASE)
    start = body.start() if body else 0
    writer = _Writer(page.count("\n", 0, start) + 1, _are_data(page, start))
    at = start
    for found in _PIECE.finditer(page, start):
        writer.say(page[at : found.start()])
        at = found.end()
        if found["name"]:
            writer.tag(found["name"].lower(), found["rest"], end=bool(found["end"]))
    writer.say(page[at:])
    writer.finish(blank=True)
    return writer.rows


def _are_data(page: str, start: int) -> list[bool]:
    """Return of each table, in order, whether it is one of data: mails are laid out by tables too."""
    wide: list[bool] = []
    layout: set[int] = set()
    opened: list[int] = []
    cells = 0
    for found in _PIECE.finditer(page, start):
        name, end = (found["name"] or "").lower(), bool(found["end"])
        if name == "table" and not end:
            layout.update(opened[-1:])
            opened.append(len(wide))
            wide.append(False)
        elif name == "table":
            del opened[-1:]
        elif not opened or end:
            continue
        elif name == "tr":
            cells = 0
        elif name in ("td", "th"):
            cells += 1
            wide[opened[-1]] = wide[opened[-1]] or cells == _PAIR
        elif _LAYOUT.fullmatch(name):
            layout.add(opened[-1])
    return [each and at not in layout for at, each in enumerate(wide)]


class _Writer:
    """Writes the rows of a page, tag by tag."""

    def __init__(self, line: int, data: list[bool]) -> None:
        self.rows: list[Row] = []
        self._line = line
        self._out: list[str] = []
        self._size = 0
        self._anchors: list[Anchor] = []
        self._bold: list[tuple[int, int]] = []
        self._cells: list[tuple[int, int]] = []
        self._opened: tuple[int, str] | None = None
        self._strong = -1
        self._cell = -1
        self._blank = True
        self._heading = 0
        self._depth = 0
        self._item = False
        self._in_row = False
        self._data = iter(data)
        self._tables: list[bool] = []
        self._lines = False

    def say(self, raw: str) -> None:
        """Write what is read between two tags."""
        text = re.sub(r"[\s\u00a0]+", " ", html.unescape(raw))
        if text.startswith(" ") and (not self._size or self._out[-1].endswith((" ", BREAK))):
            text = text[1:]
        if text:
            self._out.append(text)
            self._size += len(text)
        self._line += raw.count("\n")

    def tag(self, name: str, rest: str, *, end: bool) -> None:
        """Apply a tag."""
        if name == "a":
            self._close_link()
            address = "" if end else html.unescape(attributes(rest).get("href", ""))
            if address and not address.startswith(("#", "javascript:", "mailto:")):
                self._opened = (self._size, address.strip())
        elif name in ("b", "strong"):
            if end and self._strong >= 0:
                self._bold.append((self._strong, self._size))
            self._strong = -1 if end else self._size
        elif name == "br":
            self._part()
            self._lines = True
        elif name in ("td", "th") and not self._in_row:
            self.finish(blank=True)
        elif name in ("td", "th"):
            self._close_cell()
            if not end:
                if self._cells:
                    self.say(" | ")
                self._cell = self._size
        elif self._in_row and name not in ("tr", "table") and _BLOCKS.fullmatch(name):
            self._part()
        elif _BLOCKS.fullmatch(name):
            self._block(name, end=end)
        self._line += rest.count("\n")

    def _block(self, name: str, *, end: bool) -> None:
        self._close_cell()
        # A block whose lines are divided by breaks is a paragraph too.
        self.finish(blank=_PARAGRAPHS.fullmatch(name) is not None or self._lines)
        self._lines = False
        if name in _LISTS:
            self._depth = max(self._depth + (-1 if end else 1), 0)
        elif name == "tr":
            self._in_row = not end and bool(self._tables) and self._tables[-1]
        elif name == "table" and end:
            del self._tables[-1:]
            self._in_row = False
        elif name == "table":
            self._tables.append(next(self._data, False))
            self._in_row = False
        elif re.fullmatch(r"h[1-6]", name):
            self._heading = 0 if end else int(name[1])
        elif name == "hr":
            self.rows.append(Row(self._line, "---", rule=True))
        if name == "li":
            self._item = not end

    def _part(self) -> None:
        """End a line: inside a cell, the row goes on."""
        if not self._in_row:
            self.finish(blank=False)
        elif self._size and not self._out[-1].endswith((BREAK, " | ")):
            self._out.append(BREAK)
            self._size += 1

    def _close_link(self) -> None:
        if self._opened:
            start, address = self._opened
            if _NAMELESS.fullmatch("".join(self._out)[start:].strip()):
                self._out = ["".join(self._out)[:start], address]
                self._size = start + len(address)
            self._anchors.append(Anchor(start, self._size, address))
        self._opened = None

    def _close_cell(self) -> None:
        if self._cell >= 0:
            self._cells.append((self._cell, self._size))
        self._cell = -1

    def finish(self, *, blank: bool) -> None:
        """End a row; what is open goes on in the next."""
        opened, strong = self._opened, self._strong >= 0
        if opened and opened[0] == self._size:
            # It begins with a block: what it says is in the next row.
            self._opened = None
        self._close_link()
        if strong:
            self._bold.append((self._strong, self._size))
        text = "".join(self._out)
        if text.strip():
            anchors = tuple(anchor for anchor in self._anchors if anchor.end > anchor.start or anchor.address)
            row = Row(self._line, text.rstrip(), anchors, tuple(self._bold), self._blank, max(self._depth - 1, 0))
            row.heading = self._heading
            row.cells = tuple(self._cells)
            _number(row)
            if self._item:
                row.mark = row.mark or "-"
                self._item = False
            self.rows.append(row)
            self._blank = False
        elif self._anchors and self.rows:
            # A link that shows only a picture belongs to the text before it.
            place = len(self.rows[-1].text)
            self.rows[-1].anchors += tuple(Anchor(place, place, anchor.address) for anchor in self._anchors)
        self._blank = self._blank or blank
        self._out, self._size = [], 0
        self._anchors, self._bold, self._cells = [], [], []
        self._opened = (0, opened[1]) if opened else None
        self._strong = 0 if strong else -1


def _number(row: Row) -> None:
    """Remove the number before a row's text, and move the places of its links and bold parts."""
    found = _MARK.match(row.text)
    if row.cells or not found or not found.end() or any(anchor.start < found.end() for anchor in row.anchors):
        return
    row.mark = found[1] or found[2] or "-"
    gone = found.end()
    row.text = row.text[gone:]
    row.anchors = tuple(Anchor(a.start - gone, a.end - gone, a.address) for a in row.anchors)
    row.bold = tuple((max(start - gone, 0), max(end - gone, 0)) for start, end in row.bold)


def parts_of(text: str) -> Iterator[str]:
    """Yield the lines inside a row or a cell."""
    for part in text.split(BREAK):
        if part.strip(" |"):
            yield part.strip(" |")
