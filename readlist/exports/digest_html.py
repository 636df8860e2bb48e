"""The digest as HTML for mail programs: tables and inline styles, light and dark, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from readlist.exports import digest_content as content
from readlist.exports.digest_content import Digest, Group, Item
from readlist.text.clean import counted, drawable, title_line

_SANS = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_SERIF = "Charter,'Iowan Old Style',Georgia,Cambria,serif"
_MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
# Mail programs that know no style sheets get these with each element; the classes are for the dark.
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


def html_of(digest: Digest) -> str:
    """Return the digest as one HTML document: no scripts, nothing remote, links to http and https alone."""
    rows = [_top(digest)]
    for group in digest.groups:
        if group.total:
            rows += _group(digest, group)
    rows.append(_bottom())
    sheet = _table("".join(rows), _look("sheet"), width="100%", more=";max-width:640px")
    body = _table(f'<tr><td align="center" style="padding:22px 10px">{sheet}</td></tr>', _look("page"), width="100%")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(content.subject(digest))}</title><style>{_sheet()}</style></head>\n"
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
    """Return what a list of messages shows behind the subject: the first titles; unseen in the message itself."""
    titles = [title_line(item.entry.paper, why=False) for group in digest.groups for item in group.items][:_PREVIEWED]
    hidden = "display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px"
    return f'<div style="{hidden}" aria-hidden="true">{escape(" · ".join(titles))}</div>\n'


def _top(digest: Digest) -> str:
    return (
        '<tr><td class="top" style="padding:28px 28px 0">'
        f"<div {_look('over')}>readlist</div><h1 {_look('head')}>{escape(content.headline(digest))}</h1>"
        f"<div {_look('soft')}>{escape(content.counts(digest))}</div></td></tr>\n"
    )


def _group(digest: Digest, group: Group) -> Iterator[str]:
    name = f"<td {_look('name')}>{escape(drawable(group.feed))}</td>"
    count = f'<td align="right" {_look("count")}>{counted(group.total, "paper")}</td>'
    heading = _table(f"<tr>{name}{count}</tr>", 'style=""', width="100%")
    yield f"<tr><td {_look('group')}>{heading}</td></tr>\n"
    for item in group.items:
        yield f"<tr><td {_look('paper')}>{''.join(_paper(item))}</td></tr>\n"
    left, command = content.rest_of(digest, group)
    if left:
        shown = f"{escape(left)}: <span {_look('code')}>{escape(command)}</span>"
        yield f"<tr><td {_look('paper')}><div {_look('facts')}>{shown}</div></td></tr>\n"


def _paper(item: Item) -> Iterator[str]:
    entry, page = item.entry, content.page_of(item.entry)
    title = escape(title_line(entry.paper, why=False))
    linked = f'<a href="{escape(page)}" {_look("link")}>{title}</a>' if page else title
    star = f"<span {_look('star')}>★</span> " if entry.mark.starred else ""
    yield f"<div {_look('title')}>{star}{linked}</div>"
    if authors := content.authors_of(entry):
        yield f"<div {_look('soft')}>{escape(authors)}</div>"
    if blurb := content.blurb_of(entry):
        yield f"<div {_look('blurb')}>{escape(blurb)}</div>"
    pills = [
        f'<a href="{escape(address)}" {_look("pill")}>{escape(label)}</a>' for label, address in content.links_of(entry)
    ]
    facts = escape(" · ".join(content.facts_of(item)))
    if pills or facts:
        yield f"<div {_look('facts')}>{' '.join([*pills, facts]).strip()}</div>"


def _bottom() -> str:
    made, stop = map(escape, content.FOOTER)
    # What is to be typed stands between backticks there.
    before, command, behind = stop.split("`")
    told = f"{made}<br>{before}<span {_look('code')}>{command}</span>{behind}"
    return f"<tr><td {_look('foot')}><div {_look('rule')}>{told}</div></td></tr>\n"
