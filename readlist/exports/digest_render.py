"""The digest as plain text in columns, as HTML for mail programs, and as a message with both (RFC 2046)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from html import escape

from readlist import __version__
from readlist.exports import digest_content
from readlist.exports.digest_content import Digest, DigestItem, Group
from readlist.shelf import Entry
from readlist.text.clean import counted, title_line

UNKNOWN = "readlist@localhost"
"""Sender and recipient of a message without mail settings."""

_WIDTH = 72
_INDENT = "    "
_LABEL = 15
# A line may break between these without a blank.
_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
)
_PIECE = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}]+|\s+")
_NEVER_FIRST = frozenset("、。，．：；！？）」』】〉》”’")

_SANS = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_SERIF = "Charter,'Iowan Old Style',Georgia,Cambria,serif"
_MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
# Inline, for mail programs without style sheets; the classes are for the dark theme.
_LOOKS = {
    "page": f"margin:0;padding:0;background:#f3f1ec;color:#24262b;font-family:{_SANS}",
    "sheet": "background:#ffffff;border-radius:10px",
    "over": "color:#8a6a3b;font-size:12px;letter-spacing:.12em;text-transform:uppercase",
    "head": f"margin:6px 0 4px;font-family:{_SERIF};font-size:28px;line-height:1.2;font-weight:700",
    "soft": "color:#6a6f78;font-size:13px;line-height:1.5",
    "group": "padding:26px 28px 0",
    "name": "padding:0 0 7px;border-bottom:2px solid #d9c9a8;font-size:15px;font-weight:700",
    "count": "padding:0 0 7px 12px;border-bottom:2px solid #d9c9a8;color:#6a6f78;font-size:13px;white-space:nowrap",
    "paper": "padding:16px 28px 0;overflow-wrap:anywhere",
    "title": f"font-family:{_SERIF};font-size:18px;line-height:1.32;font-weight:700",
    "link": "color:#174a7c;text-decoration:none",
    "star": "color:#b8860b",
    "blurb": "padding:5px 0 0;font-size:15px;line-height:1.5",
    "facts": "padding:6px 0 0;color:#6a6f78;font-size:13px;line-height:1.9",
    "pill": (
        "color:#174a7c;text-decoration:none;border:1px solid #bccfe2;border-radius:11px;padding:2px 9px;"
        "margin-right:6px"
    ),
    "code": f"font-family:{_MONO};font-size:12px;background:#f3f1ec;border-radius:4px;padding:2px 5px",
    "foot": "padding:26px 28px 28px;color:#6a6f78;font-size:12px;line-height:1.6",
    "rule": "border-top:1px solid #e6e2d8;padding:16px 0 0",
}
_DARK = {
    "page": "background:#131519;color:#e4e4e0",
    "sheet": "background:#1c1f25",
    "over": "color:#c9a66b",
    "soft": "color:#9aa0aa",
    "name": "border-color:#5a4d34",
    "count": "border-color:#5a4d34;color:#9aa0aa",
    "link": "color:#8fbcea",
    "star": "color:#e3b341",
    "facts": "color:#9aa0aa",
    "pill": "color:#8fbcea;border-color:#3b4f66",
    "code": "background:#2a2e36;color:#e4e4e0",
    "foot": "color:#9aa0aa",
    "rule": "border-color:#31353d",
}
_NARROW = {"group": "padding-left:18px;padding-right:18px", "head": "font-size:24px"}
_NARROW |= dict.fromkeys(("paper", "foot", "top"), _NARROW["group"])
_PREVIEWED = 6


def message_of(digest: Digest, *, sender: str, recipient: str) -> EmailMessage:
    """Return the digest as a message for one recipient; both are bare addresses in ASCII, already checked.

    Its bodies are ASCII, which every server accepts.
    """
    domain = sender.rpartition("@")[2]
    # An address literal is no domain: RFC 2919 lets those without one use localhost.
    named = domain if not domain.startswith("[") else "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("readlist", addr_spec=sender)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = digest_content.subject(digest)
    message["Date"] = digest.now
    message["Message-ID"] = make_msgid("readlist", named)
    message["List-Id"] = f"readlist digest <digest.readlist.{named}>"
    # Vacation responders shall not answer it (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["User-Agent"] = f"readlist/{__version__}"
    text, html = text_of(digest, mailed=True), html_of(digest, mailed=True)
    message.set_content(text, cte=_encoding(text))
    message.add_alternative(html, subtype="html", cte=_encoding(html))
    return message


def _encoding(text: str) -> str:
    """Return the encoding that makes a text ASCII: a readable one where most of it is ASCII already."""
    foreign = sum(not character.isascii() for character in text)
    return "base64" if foreign > len(text) / 6 else "quoted-printable"


def text_of(digest: Digest, *, mailed: bool = False) -> str:
    """Return the digest as plain text, lines of up to 72 columns; addresses may be longer.

    A mailed one says how to stop it.
    """
    lines = [digest_content.headline(digest), digest_content.counts(digest), *wrapped(digest.note)]
    number = 0
    if digest.news:
        lines += ["", "", *_text_news(digest)]
    for group in digest.groups:
        if group.total:
            lines += ["", "", *_text_group(digest, group, number)]
            number += len(group.items)
    lines += ["", "", "-- ", *(line for part in digest_content.FOOTER[: 1 + mailed] for line in wrapped(part))]
    return "\n".join(lines) + "\n"


def _text_news(digest: Digest) -> Iterator[str]:
    entries, left, command = digest_content.news_in(digest)
    yield from _text_heading(digest_content.NEWS, len(digest.news))
    for entry in entries:
        star = "★ " if entry.mark.starred else ""
        yield ""
        yield from wrapped(star + title_line(entry.paper, why=False), first=_INDENT, indent=_INDENT)
        yield from wrapped(digest_content.news_of(entry, digest.now.date()), indent=_INDENT)
        if page := digest_content.page_of(entry):
            yield f"{_INDENT}Paper: {page}"
    if left:
        yield from ("", f"{_INDENT}{left}; to see them:", f"{_INDENT}{command}")


def _text_heading(name: str, papers: int) -> Iterator[str]:
    count = counted(papers, "paper")
    name = next(iter(wrapped(name, _WIDTH - len(count) - 2)), "")
    yield f"{name}{' ' * (_WIDTH - columns(name) - len(count))}{count}"
    yield "-" * _WIDTH


def _text_group(digest: Digest, group: Group, number: int) -> Iterator[str]:
    yield from _text_heading(digest_content.name_of(group), group.total)
    for place, item in enumerate(group.items, number + 1):
        yield ""
        yield from _text_paper(item, group, place)
    left, command = digest_content.rest_of(digest, group)
    if left:
        yield from ("", f"{_INDENT}{left}; to see them:", f"{_INDENT}{command}")


def _text_paper(item: DigestItem, group: Group, place: int) -> Iterator[str]:
    star = "★ " if item.entry.mark.starred else ""
    yield from wrapped(star + title_line(item.entry.paper, why=False), first=f"{place:>2}. ", indent=_INDENT)
    facts = " · ".join(digest_content.facts_of(item, group))
    for line in (digest_content.authors_of(item.entry), facts, *digest_content.reasons_of(item)):
        yield from wrapped(line, indent=_INDENT)
    yield from wrapped(digest_content.blurb_of(item.entry), indent=_INDENT)
    page = digest_content.page_of(item.entry)
    links = ([("Paper", page)] if page else []) + digest_content.links_of(item.entry)
    widest = max((len(label) for label, _ in links if len(label) < _LABEL), default=0)
    for label, address in links:
        # Addresses stay in one piece, to be clicked.
        yield f"{_INDENT}{label + ':':<{widest + 1}} {address}"


def wrapped(text: str, width: int = _WIDTH, *, indent: str = "", first: str | None = None) -> Iterator[str]:
    """Yield the lines of a paragraph, none for an empty one.

    Args:
        text: words.
        width: columns, the indent among it.
        indent: before each line.
        first: before the first line instead.
    """
    line, empty, blank = indent if first is None else first, True, ""
    for piece in _pieces(text, width - len(indent)):
        if piece.isspace():
            blank = "" if empty else " "
        elif empty or columns(line) + len(blank) + columns(piece) <= width or piece in _NEVER_FIRST:
            line, empty, blank = line + blank + piece, False, ""
        else:
            yield line
            line, blank = indent + piece, ""
    if not empty:
        yield line


def _pieces(text: str, room: int) -> Iterator[str]:
    """Yield words, blanks and single wide letters; words too long for a line in parts."""
    for found in _PIECE.finditer(text):
        piece = found[0]
        if "://" in piece or piece.isspace():
            yield piece
        else:
            yield from (piece[start : start + room] for start in range(0, len(piece), room))


def columns(text: str) -> int:
    """Return how many columns a text takes in a monospaced font."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(each) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in text
    )


def html_of(digest: Digest, *, mailed: bool = False) -> str:
    """Return the digest as one HTML document: no scripts, nothing remote, links to http and https alone.

    A mailed one says how to stop it.
    """
    rows = [_top(digest), *(_html_news(digest) if digest.news else ())]
    for group in digest.groups:
        if group.total:
            rows += _html_group(digest, group)
    rows.append(_bottom(mailed=mailed))
    sheet = _table("".join(rows), _look("sheet"), width="100%", more=";max-width:640px")
    body = _table(f'<tr><td align="center" style="padding:22px 10px">{sheet}</td></tr>', _look("page"), width="100%")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(digest_content.subject(digest))}</title><style>{_sheet()}</style></head>\n"
        f"<body {_look('page')}>{_preview(digest)}{body}</body></html>\n"
    )


def _sheet() -> str:
    def rules(looks: dict[str, str]) -> str:
        return "".join(
            f".{name}{{{';'.join(f'{part} !important' for part in look.split(';'))}}}" for name, look in looks.items()
        )

    return (
        ":root{color-scheme:light dark;supported-color-schemes:light dark}"
        f"@media (max-width:480px){{{rules(_NARROW)}}}@media (prefers-color-scheme:dark){{{rules(_DARK)}}}"
    )


def _look(name: str) -> str:
    return f'class="{name}" style="{_LOOKS[name]}"'


def _table(rows: str, look: str, *, width: str, more: str = "") -> str:
    styled = look.removesuffix('"') + more + '"'
    return (
        f'<table role="presentation" width="{width}" cellpadding="0" cellspacing="0" border="0" {styled}>{rows}</table>'
    )


def _preview(digest: Digest) -> str:
    """Return what a list of messages shows after the subject: the first titles; hidden in the message itself."""
    entries = [*(item.entry for group in digest.groups for item in group.items), *digest.news]
    titles = [title_line(entry.paper, why=False) for entry in entries[:_PREVIEWED]]
    hidden = "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px"
    return f'<div style="{hidden}" aria-hidden="true">{escape(" · ".join(titles))}</div>\n'


def _top(digest: Digest) -> str:
    return (
        '<tr><td class="top" style="padding:28px 28px 0">'
        f"<div {_look('over')}>readlist</div><h1 {_look('head')}>{escape(digest_content.headline(digest))}</h1>"
        f"<div {_look('soft')}>{escape(digest_content.counts(digest))}</div>"
        f"{_soft(digest.note)}</td></tr>\n"
    )


def _html_news(digest: Digest) -> Iterator[str]:
    entries, left, command = digest_content.news_in(digest)
    yield _html_heading(digest_content.NEWS, len(digest.news))
    for entry in entries:
        news = _soft(digest_content.news_of(entry, digest.now.date()))
        yield f"<tr><td {_look('paper')}>{_html_title(entry)}{news}</td></tr>\n"
    yield from _html_rest(left, command)


def _html_heading(name: str, papers: int) -> str:
    cell = f"<td {_look('name')}>{escape(name)}</td>"
    count = f'<td align="right" {_look("count")}>{counted(papers, "paper")}</td>'
    heading = _table(f"<tr>{cell}{count}</tr>", 'style=""', width="100%")
    return f"<tr><td {_look('group')}>{heading}</td></tr>\n"


def _html_rest(left: str, command: str) -> Iterator[str]:
    if left:
        shown = f"{escape(left)}: <span {_look('code')}>{escape(command)}</span>"
        yield f"<tr><td {_look('paper')}><div {_look('facts')}>{shown}</div></td></tr>\n"


def _html_group(digest: Digest, group: Group) -> Iterator[str]:
    yield _html_heading(digest_content.name_of(group), group.total)
    for item in group.items:
        yield f"<tr><td {_look('paper')}>{''.join(_html_paper(item, group))}</td></tr>\n"
    yield from _html_rest(*digest_content.rest_of(digest, group))


def _soft(text: str) -> str:
    return f"<div {_look('soft')}>{escape(text)}</div>" if text else ""


def _html_title(entry: Entry) -> str:
    page, title = digest_content.page_of(entry), escape(title_line(entry.paper, why=False))
    linked = f'<a href="{escape(page)}" {_look("link")}>{title}</a>' if page else title
    star = f"<span {_look('star')}>★</span> " if entry.mark.starred else ""
    return f"<div {_look('title')}>{star}{linked}</div>"


def _html_paper(item: DigestItem, group: Group) -> Iterator[str]:
    entry = item.entry
    yield _html_title(entry)
    yield _soft(digest_content.authors_of(entry))
    yield from map(_soft, digest_content.reasons_of(item))
    if blurb := digest_content.blurb_of(entry):
        yield f"<div {_look('blurb')}>{escape(blurb)}</div>"
    pills = [
        f'<a href="{escape(address)}" {_look("pill")}>{escape(label)}</a>'
        for label, address in digest_content.links_of(entry)
    ]
    facts = escape(" · ".join(digest_content.facts_of(item, group)))
    if pills or facts:
        yield f"<div {_look('facts')}>{' '.join([*pills, facts]).strip()}</div>"


def _bottom(*, mailed: bool) -> str:
    text, stop = map(escape, digest_content.FOOTER)
    if mailed:
        before, command, after = stop.split("`")
        text += f"<br>{before}<span {_look('code')}>{command}</span>{after}"
    return f"<tr><td {_look('foot')}><div {_look('rule')}>{text}</div></td></tr>\n"
