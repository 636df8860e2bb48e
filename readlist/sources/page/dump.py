"""Dumps of the site's pages by text browsers and converters, without the marks of the tool.

Every line keeps its number, so that messages still name the lines of the file.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from itertools import islice, pairwise

from readlist.model.time import SHORT_MONTHS
from readlist.text.scan import sub_at, sub_lines

# The site's own words, with anything a tool sets between them. A page has several kinds of them, an abstract has one.
_SIGNS = re.compile(
    r"\b(?:(?P<submitted>submitted\W{1,8}by\b)|(?P<community>and\W{1,8}the\W{1,8}research\W{1,8}community)"
    r"|(?P<inbox>get\W{1,8}trending\W{1,8}papers\W{1,8}in\W{1,8}your\W{1,8}email)"
    r"|(?P<search>search\W{1,8}by\W{1,8}arxiv\W{1,8}id)|(?P<page>(?:view\W{1,8})?arxiv\W{1,8}page\b)"
    r"|(?P<collection>add\W{1,8}to\W{1,8}collection\b)|(?P<citing>citing\W{1,8}this\W{1,8}paper\b)"
    r"|(?P<entry>\bpaper\W{1,8}(?:<span[^<>]{0,80}>)?\d{4}\.\d{4,5}(?:</span>|\]\{[^{}]{0,80}\})?\W{1,8}published)"
    r"|(?P<upvote>upvote\b)|(?P<markup>SVELTE_HYDRATER)|(?P<identifier>arxiv:\d{4}\.\d{4,5}))".replace(
        r"\W{1,8}", r"(?:[^\w\n]|_|\n){1,8}"
    ),
    re.IGNORECASE,
)
_ENOUGH_SIGNS = 2
_SUBMITTERS = 2
_REFERENCE = re.compile(
    r"^[ \t]{0,6}(?:(\d{1,5})\.|\[(\d{1,5})\]) +(?:Visible links: *)?(?:[a-z]{3,5}:)?(/\S{1,2000})$", re.MULTILINE
)
_PAPER = re.compile(r"/papers/\d{4}\.\d{4,5}(?:v\d+)?(?:#community)?(?=$|[?#])")
_LINK_NUMBER = re.compile(r"\[(\d{1,5})\](?!\()")
_NEXT_NUMBERS = 6
_NUMBERED = 5
_STARS = 3
_NAME_TWICE = 130
_LINE = 200
_LIST_OF_LINKS = re.compile(
    r"\n[ \t]{0,3}(?:References|Document links|(?:Visible|Hidden) links):?\s{1,20}"
    r"(?=(?:(?:Visible|Hidden) links:?\s{1,20})?(?:\[1\] |\d{1,3}\. |[a-z]{4,6}:/\S*$))",
    re.MULTILINE,
)
_WRAPPED_DEFINITION = re.compile(r"\n( {0,3}\[\d{1,5}\]:)[ \t]*\n[ \t]*(\S+)$", re.MULTILINE)

_INLINE_DATA = re.compile(r"data:image/[\w+.-]{1,30}[;,][\w+/=%;,-]*")
# Marks that may go on over a few lines; what they hold is never text of a paper.
_WRAPPED = re.compile(
    r"!\[[^\[\]\n]{0,200}(?:\n[^\[\]\n]{0,200})?\](?:\([^()<>]{0,2000}\)|\[\d{1,5}\])(?:\{[^{}]{0,500}\})?|</?(?:a|p"
    r"|div|span|img|br|h[1-6]|ul|ol|li|main|header|section|article|nav|svg|form|button|input|label|footer"
    r"|hr)(?:\s[^<>]*)?>|(?<=[\])\w ])\{[#.][^{}]{0,1000}\}"
    # Where the page was cut.
    r"|<(?:a|p|div|span|img|svg)(?:\s[^<>]*)?\Z"
)
_WRAPPED_SIGN = re.compile(r"[!<{]")
# A picture, a link or a label in which the page was cut.
_CUT = re.compile(
    r"\[?!\[[^\[\]\n]{0,200}(?:\](?:\([^()\s]{0,2000})?)?\Z|\[([^\[\]]{0,300})\]\((?:/|https?:)[^()\s]{0,2000}\Z"
    r"|(?<=\n)[ \t]*Submi(?:t(?:t(?:e(?:d(?: b?)?)?)?)?)?\Z"
)
_CUT_REACH = 2_400
# The links of Markdown by number, `[title][12]` and `[12]: address`, which are read as they are.
_NUMBERED_LINK = re.compile(r"^ {0,3}\[\d{1,5}\]: |[^\[\]\d\s]\]\[\d{1,5}\]", re.MULTILINE)
_HTML_PICTURE = re.compile(r"<(?:img|svg|path|br)\b[^<>]*>|</?span\b[^<>]*>", re.IGNORECASE)
_HTML_LINK = re.compile(r'<a\s[^<>]{0,500}?href="([^"<>\s]{1,2000})"[^<>]{0,1000}>([^<>]{1,500})</a>', re.IGNORECASE)
_CONTAINER = re.compile(r"^[ \t]*\.\. container::[ \t]*\n[^\n]+$", re.MULTILINE)
_ORG_PICTURE = re.compile(r"\[\[[^\[\]\s]{1,2000}\](?:\[\s*\])?\]")
_EMPTY_LINK = re.compile(r"\[\s{0,20}\](?:\([^()\s]{0,2000}\)|\[\d{1,5}\])(?:\{[^{}]{0,500}\})?")
_ORG_LINK = re.compile(r"\[\[([^\[\]\s]{1,2000})\](?:\[([^\[\]]{0,500})\])?\]")
# A link whose text or whose address was wrapped.
_WRAPPED_LINK = re.compile(
    r"\[(?=[^()<>\[\]]{1,1500}+\]\()([^\[\]\n]{0,300}(?:\n(?![ \t]*\n)[^\[\]\n]{1,300}){0,5})\]"
    r"\(([^()\s]{1,500}(?:\n[^()\s]{1,500}){0,3})\)"
)
# A paper of a collection whose whole card is one link.
_ENTRY_LINK = re.compile(
    r"(?:#{2,5} ?)?\[([^\[\]]{1,400}?)\s{1,20}(Paper\s{1,20}•\s{1,20}\d{4}\.\d{4,5}\s{1,20}•\s{1,20}Published"
    r"(?:\s[^\[\]]{0,40})?)\]\([^()\s]{1,300}\)"
)
_ENTRY_SIGN = re.compile(r"•\s{1,20}\d{4}\.\d{4,5}\s{1,20}•\s{1,20}Published")
_SPAN = re.compile(r"\[([^\[\]]{1,300})\]\{[.#][^{}]{0,500}\}")
_COMMENTS = re.compile(r"(?<=\))[ \t]*(?=\[[ \t]*\d{1,4}[ \t]*\]\([^()\s]{1,200}#community\))")
_HARD_BREAK = re.compile(r"(?<![ \t\\])[ \t]*\\{1,2}$", re.MULTILINE)
_ORG_HEADING = re.compile(r"\n\*{2,6} (?=\[|[^\s*][^*\n]{0,500}$)", re.MULTILINE)
_RST_LINK = re.compile(r"`([^`<>]{0,500}?)\s{0,40}<([^<>\s]{1,2000})>`__")
# html-to-text writes the address after the text, lynx may write it before.
_TARGET = r"\[((?:https?://(?:www\.)?huggingface\.co)?/papers/\d{4}\.\d{4,5})\]"
_AFTER = re.compile(
    rf"\n([^\[\]\n]{{2,300}}(?:\n[^\[\]\n]{{1,200}}){{0,3}}?[^\s\[\]])(?: {{1,2}}|\n){_TARGET}$", re.MULTILINE
)
_BEFORE = re.compile(
    rf"\n[ \t]*{_TARGET}[ \t]*(?=[^\s\[])([^\[\]\n]{{3,300}}(?:\n[^\[\]\n]{{1,200}}){{0,3}})(?=\n[ \t]*\n|\n[ \t]*\[)",
    re.MULTILINE,
)
_BARE_TARGET = re.compile(r"\[(?:https?://[^\s\[\]]{1,2000}|/[^\s\[\]]{0,2000})\](?![\[(])")
_PICTURE = re.compile(r"\[(?:IMG|INLINE|[ _]*|[0-9a-f]{10}|papers-by)\](?![\[(:])|\(BUTTON\)|\|image\d{1,4}\||⁰")
_PICTURE_SIGNS = ("[", "(BUTTON)", "|image", "⁰")
# w3m names pictures by their files; in a line with other words such a bracket may belong to a text.
_FILE_NAMES = re.compile(r"\n[ \t•·*]*(?:\[(?:\d{4}|[\w-]{10})\][ \t•·*]*)+$", re.MULTILINE)
_FURNITURE = re.compile(
    r"\n[ \t]*(?:[━═─�]{3,}|(?:[*+-] {1,4})?:::.*|:[\w-]{1,30}:.*|\.\. +(?:container|\|[^|\n]{1,80}\| image|\|image"
    r"|image)\b.*|link: \w{1,20}|source|#\w{1,20}|[*•+](?:[ \t]+[*•+-])*|[*•+-](?:[ \t]+[*•+-])*[ \t]+(?:[*•+-]"
    r"|[━═─_=�-]{3,})|\][\[(].{0,200}|/papers/\d{4}\.\d{4,5}|``|[*/]|(?:\[?(?:models|datasets|spaces|pricing|docs"
    r"|tos|privacy|about|jobs|website)\b(?: ?\](?:\([^()\s]*\)|\[\d+\]))?[ \t]{0,2}){2,30}/?|\\ .*\\|(?:avatars"
    r"|thumbnails)\.\S+|.{0,5}© hugging face|\S+\.jpe?g|video: \S+|\S*thumbnails/papers/\S+"
    r"|\[(?:\]|[ \t]*+[*•+-]?))[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
# The pictures of a list; one dash alone means no upvotes.
_DASHES = re.compile(r"\n[ \t]*-[ \t]*$(?:(?:\s{1,40}^[ \t]*-[ \t]*$)+|(?=\s{1,40}·))", re.MULTILINE)
_ESCAPED_DASH = re.compile(r"\n[ \t]*\\-[ \t]*$", re.MULTILINE)
# The arrows to the days before and after.
_ARROW = re.compile(r"(?<!\S)/papers(?:\?date=|/date/)\d{4}-\d\d-\d\d(?!\S)")
_DOT = re.compile(r"\n[ \t]*(?:\[[ \t]*)?(?:[*•+-][ _]+){1,12}(?:·|Â·)", re.MULTILINE)
# The name of an organisation and the description of its picture, which is the same.
_TWICE = re.compile(r"(?:[*•+-] )?\[?([^\d\s\[\]·•](?:[^\[\]]{0,60}[^\s\[\]])?) ?\]? ?\1")
# The console's html2text sets headings between asterisks, and `_` for the blanks of what is underlined.
_STARRED = re.compile(r"^\*{2,6} ?([^\s*][^*\n]{0,500}(?:\n[^*\n]{1,200}){0,3}?)[ \n_]\*{2,6}$", re.MULTILINE)
_UNDERLINED = re.compile(r"(?<=[^\s_])_{1,2}(?=[^\s_])")
_ADDRESS = re.compile(r"(?:https?://|[\w.-]{2,60}\.[a-z]{2,4}/)\S*")
_RUBRIC = re.compile(r"^[ \t]*\.\. rubric:: ([^\n]+(?:\n[ \t]+(?![:. \t])[^\n]+){0,4})", re.MULTILINE)
# A picture at the beginning of a link leaves line ends.
_LINK_BEGUN = re.compile(r"\[(?:[ \t]*\n){1,6}(?=[^\W\d_])")
_MONTH = f"({'|'.join(SHORT_MONTHS)})"
_DATE = rf"[ \t]*\[?{_MONTH}\]?[ \t]*[\n\v](?:[ \t]*[\n\v]){{0,9}}[ \t]*\[?(\d{{1,2}})\]?[ \t]*(?=$|\v)"
_ANY_CASE = re.MULTILINE | re.IGNORECASE
_DATE_CHIP = re.compile(rf"\n{_DATE}", _ANY_CASE)
# What converters set between the parts of a page that they write into one line.
_SEPARATORS = {" | ": re.compile(r"(?<=\S) \| (?=\S)"), "\t": re.compile(r"(?<=\S)\t(?=\S)")}
_SEPARATED = 20
# Links and pictures of AsciiDoc, Jira, Textile, MediaWiki, DokuWiki, and attributes of Markua.
_FOREIGN = re.compile(
    r"\blink:/[^\s\[\]]{0,500}\[|\|/(?:papers|login)[^\s|\[\]]{0,200}\]|\":/(?:papers|login)|\[\[/?(?:papers/\d|login)[^\s\[\]|]{0,200}\|"
    r"|^\{(?:class|id): ",
    re.MULTILINE,
)
_FOREIGN_SIGNS = {"|": ("|/papers", "|/login"), "[": ("[[",), "{": ("{class: ", "{id: "), ":/": ("link:/", '":/')}
# Labels of a page of one paper, each beginning a part of its own.
_LABEL = re.compile(
    r"(?:\bPapers ?(?=arxiv:\d))|(?<=[ s])arxiv:\d{4}\.\d{4,5}|\bPublished on \w{3} \d{1,2}(?:, \d{4})?"
    r"|· ?Submitted by .{1,60}? on \w{3} \d{1,2}(?:, \d{4})?|# ?\d{1,3} Paper of the (?:day|week|month)"
    r"|\bUpvote \d+(?: ?\+\d+)?|\bAuthors:(?:(?!Authors:).){1,30000}?(?= ?Abstract)|\bAbstract(?=[ A-Z])"
    r"|\bAI-generated summary|\bGenerated by \S{1,60}|\bView arXiv page|View PDF|Project page|GitHub [\d.]+k?"
    r"|Add to collection|(?<=collection )Community\b|\bPaper submitter\b"
)
# In every label; found a hundred times as fast.
_LABEL_WORDS = (
    "arxiv:", "Published on", "Submitted by", "Paper of", "Upvote", "Authors:", "Abstract", "enerated", "View ",
    "Project page", "GitHub ", "Add to collection", "Community", "Paper submitter",
)  # fmt: skip
_LABELS_IN_LINE = 3
_LONG_LINE = 1_000
_CARD_END = re.compile(
    rf"\b\d{{1,4}} authors?\b|· ?(?:Published on )?{_MONTH}[a-z]{{0,6}} \d|\bUpvote,? \d", re.IGNORECASE
)
_CARDS_IN_LINE = 3
_FOOT = re.compile(r" ?(?:\bPrevious ?Next ?)?(?:\bCompany ?)?© ?(?:20\d\d )?Hugging Face.{0,300}$")
_SUBMITTED = re.compile(r" ?(?=\bSubmitted by\b)")
_HEAD = re.compile(
    r" ?(get trending papers in your email inbox!?|daily papers|by ?AK ?and the research community"
    r"|search by arxiv id or title|submit a paper|daily weekly monthly) ?",
    re.IGNORECASE,
)
_COMMUNITY = re.compile(r"and the research[ \t]*\n[ \t]*community", re.IGNORECASE)
_COMMUNITY_LINE = re.compile(r"\n[ \t]*community", re.IGNORECASE)


def without_marks(text: str) -> str:
    """Return a dump of a page of the site without its tool's marks. Linear in its length."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    for sign, separator in _SEPARATORS.items():
        if sign in text and _often(separator, text, _SEPARATED):
            text = separator.sub("\v", text)
    words = [word for word in _LABEL_WORDS if word in text]
    if words:
        text = "\n".join(_divided(line, words) if len(line) > _LINE else line for line in text.split("\n"))
    # Most marks are in few pages: what a mark can't do without is looked for first, a hundred times as fast.
    if _COMMUNITY_LINE.search(text):
        text = _COMMUNITY.sub("and the research community\n", text)
    if not (("][" in text or "]: " in text) and _often(_NUMBERED_LINK, text)):
        text = _without_list_of_links(_without_link_numbers(text))
    if "]:" in text:
        text = sub_lines(_WRAPPED_DEFINITION, r"\1 \2\n", text)
    text = _without_markup(text)
    if "](" in text:
        text = _ENTRY_LINK.sub(_entry, text) if _ENTRY_SIGN.search(text) else text
        text = _WRAPPED_LINK.sub(_one_line, text)
    if "#community)" in text:
        text = _COMMENTS.sub("\v", text)
    if "[" in text:
        text = _without_targets(_EMPTY_LINK.sub(_line_ends, text))
    if "/papers?date=" in text or "/papers/date/" in text:
        text = _ARROW.sub("", text)
    text = f"\n{text}"
    if "[" in text:
        text = sub_lines(_FILE_NAMES, "", text)
    if any(sign in text for sign in _PICTURE_SIGNS):
        text = _PICTURE.sub("", text)
    text = _with_names_once(sub_lines(_DOT, "·", text) if "·" in text else text)
    text = sub_lines(_FURNITURE, "", text)
    text = sub_lines(_ESCAPED_DASH, "-", text) if "\\-" in text else text
    text = sub_lines(_DASHES, _line_ends, text)
    return sub_lines(re.compile(f"[\n\v]{_DATE}", _ANY_CASE) if "\v" in text else _DATE_CHIP, _date, text)[1:]


def _without_targets(text: str) -> str:
    """Return the text with the addresses that are in brackets beside a paper's title as its link, others dropped."""
    if "[/papers/" in text or "huggingface.co/papers/" in text:
        text = sub_lines(_BEFORE, lambda found: _link(found, found[2], found[1]), text)
        text = sub_lines(_AFTER, lambda found: _link(found, found[1], found[2]), text)
    return _BARE_TARGET.sub("", text) if _often(_BARE_TARGET, text) else text


def _without_markup(text: str) -> str:
    """Return the text without html2text's underlines, HTML, and what Pandoc writes for its spans, Org and reST."""
    underlined = "_" in text and ("_authors" in text or "_•_" in text)
    if underlined or ("*" in text and "\n**" in text and _often(_STARRED, text, _STARS)):
        text = _without_underlines(text)
    if "data:image/" in text:
        text = _INLINE_DATA.sub("", text)
    if "\\" in text and "\\\n" in text and _often(_HARD_BREAK, text):
        text = _HARD_BREAK.sub("", text)
    if "<" in text and "</a>" in text:
        text = _HTML_PICTURE.sub(_line_ends, text)
        text = _HTML_LINK.sub(lambda found: _link(found, found[2], found[1]), text)
    if "{" in text and "]{" in text:
        text = _SPAN.sub(r"\1", text)
    if "<" in text or "!" in text or "{" in text:
        text = sub_at(_WRAPPED_SIGN, _WRAPPED, _line_ends, text)
    if "[" in text:
        text = _LINK_BEGUN.sub(lambda found: _line_ends(found) + "[", text)
    text = _without_cut(text.rstrip())
    text = _ORG_PICTURE.sub("", text) if "[[" in text else text
    if "[" in text and "[[" in text:
        text = text.replace("[[]]", "").replace("[[] ", "[")
        text = _ORG_LINK.sub(lambda found: _link(found, found[2] or "", found[1]), text)
        text = sub_lines(_ORG_HEADING, "### ", text)
    if "`" in text and "`__" in text:
        text = _RUBRIC.sub(
            lambda found: " ".join(found[1].split()) + _line_ends(found), _CONTAINER.sub(_line_ends, text)
        )
        text = text.replace("|\\ ", "| ").replace("\\ |", " |")
        text = _RST_LINK.sub(lambda found: _link(found, found[1], found[2]), text)
    return text


def _without_cut(text: str) -> str:
    """Return the text without a mark in which the page was cut: in its last line, or a link of limited size."""
    found = _CUT.search(text, min(max(len(text) - _CUT_REACH, 0), text.rfind("\n") + 1))
    return text[: found.start()] + (found[1] or "") if found else text


def _often(pattern: re.Pattern[str], text: str, times: int = _NUMBERED) -> bool:
    return sum(1 for _ in islice(pattern.finditer(text), times)) == times


def is_of_site(text: str) -> bool:
    """Return whether a text has words of the site of several kinds, or names submitters or ids more than once."""
    found: set[str] = set()
    papers = 0
    for sign in _SIGNS.finditer(text):
        found.add(sign.lastgroup or "")
        papers += sign.lastgroup in ("submitted", "entry")
        if len(found) >= _ENOUGH_SIGNS or papers >= _SUBMITTERS:
            return True
    return False


def in_foreign_markup(text: str) -> bool:
    """Return whether a page of the site is in a markup that isn't read: AsciiDoc, Textile, that of a wiki."""
    found = any(begun in text and any(sign in text for sign in signs) for begun, signs in _FOREIGN_SIGNS.items())
    return found and _often(_FOREIGN, text)


def in_one_line(text: str) -> bool:
    """Return whether several papers are in one part of a line, so that titles can't be distinguished from texts."""
    # Looked for in the whole text first: most have no such sign.
    if not _may_end_cards(text):
        return False
    lines = (line for line in text.split("\n") if len(line) > _LONG_LINE)
    return any(_holds_cards(part) for line in lines for part in line.split("\v"))


def _holds_cards(part: str) -> bool:
    return len(part) > _LONG_LINE and _may_end_cards(part) and _often(_CARD_END, part, _CARDS_IN_LINE)


def _may_end_cards(text: str) -> bool:
    """Return whether a text has what `_CARD_END` can't do without."""
    if "·" in text:
        return True
    letters = text.encode("ascii", "ignore").lower()
    return b"author" in letters or b"upvote" in letters


def _divided(line: str, words: Sequence[str]) -> str:
    """Return a page that was written into one line with a break before each of its parts, in the same line.

    `words` are those of `_LABEL_WORDS` that the whole text has.
    """
    # An id may end one label and be the next.
    labels = sum(map(line.count, words)) + line.count("arxiv:")
    if labels >= _LABELS_IN_LINE and _often(_LABEL, line, _LABELS_IN_LINE):
        return _LABEL.sub(lambda found: f"\v{found[0]}\v", line)
    # Between commas the parts of a title look like the parts of a card.
    if line.count("Submitted by") < 2 or "Submitted by, " in line:
        return line
    head, _, rest = _FOOT.sub("", line).partition("Submitted by")
    parts = _SUBMITTED.sub("\v", _HEAD.sub("\v\\1\v", f"Submitted by{rest}"))
    return _HEAD.sub("\v\\1\v", head) + parts


def _link(found: re.Match[str], label: str, address: str) -> str:
    """Return a link as Markdown in one line; the lines it was wrapped over stay, empty."""
    label = " ".join(label.split())
    return (f"[{label}]({address})" if label else "") + _line_ends(found)


def _entry(found: re.Match[str]) -> str:
    """Return a paper of a collection as a heading and the line below it, in the line it begins in."""
    title, rest = (" ".join(part.split()) for part in found.groups())
    return f"\v### {title}\v{rest}\v{_line_ends(found)}"


def _with_names_once(text: str) -> str:
    """Return the text with what is written twice in succession, on a line or wrapped over two or three, once."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        whole = _short(line)
        for end in range(at + 1, at + 4):
            if not 3 < len(whole) <= _NAME_TWICE:
                break
            if twice := _TWICE.fullmatch(whole):
                lines[at:end] = [twice[1]] + [""] * (end - at - 1)
                break
            if end == len(lines) or not lines[end].strip():
                break
            whole += " " + _short(lines[end])
    return "\n".join(lines)


def _short(line: str) -> str:
    """Return a line with its blanks folded; of one that is longer than a name written twice perhaps only a part."""
    begun = " ".join(line[:_LINE].split())
    return begun if len(begun) > _NAME_TWICE or len(line) <= _LINE else " ".join(line.split())


def _without_underlines(text: str) -> str:
    """Return a dump of the console's html2text with blanks for its underlines, and headings as Markdown."""
    text = _STARRED.sub(lambda found: f"\n### {' '.join(found[1].split()).strip('_')}{_line_ends(found)[1:]}\n", text)
    parts = []
    at = 0
    for found in _ADDRESS.finditer(text):
        # What is underlined before an address ends at its host, which has no `_`.
        start = found.start() if found[0].startswith("http") else found.start() + found[0].split("/")[0].rfind("_") + 1
        parts += [_UNDERLINED.sub(" ", text[at:start]), text[start : found.end()]]
        at = found.end()
    return html.unescape("".join([*parts, _UNDERLINED.sub(" ", text[at:])])).replace("*_", "* ")


def _one_line(found: re.Match[str]) -> str:
    """Return a wrapped link in one line, and any other link as it is."""
    return _link(found, found[1], "".join(found[2].split())) if "\n" in found[0] else found[0]


def _date(found: re.Match[str]) -> str:
    return f"{found[1]} {found[2]}{_line_ends(found)}"


def _line_ends(found: re.Match[str]) -> str:
    # A pattern of lines begins with the line feed before them.
    return "\n" * found[0].count("\n", 1)


def _without_link_numbers(text: str) -> str:
    """Return the text without the numbers that text browsers set before links, and papers' links as Markdown."""
    rising: set[int] = set()
    last = 0
    for found in _LINK_NUMBER.finditer(text):
        # A number in a title is not the next one of the list of links.
        if last < int(found[1]) <= last + _NEXT_NUMBERS:
            last = int(found[1])
            rising.add(found.start())
    if len(rising) < _NUMBERED:
        return text
    addresses = {found[1] or found[2]: found[3] for found in _REFERENCE.finditer(text)}
    lines = []
    at = 0
    for line in text.split("\n"):
        lines.append(_without_numbers(line, at, rising, addresses) if "[" in line else line)
        at += len(line) + 1
    text = "\n".join(lines)
    return _without_list_of_links(text) if addresses else text


def _without_list_of_links(text: str) -> str:
    """Return the text without the addresses that text browsers set below it."""
    found = _LIST_OF_LINKS.search(f"\n{text}") if "References" in text or " links" in text else None
    return text[: found.start()] + "\n" * text.count("\n", found.start()) if found else text


def _without_numbers(line: str, at: int, rising: set[int], addresses: dict[str, str]) -> str:
    out: list[str] = []
    end, target = 0, ""
    for found in _LINK_NUMBER.finditer(line):
        if at + found.start() in rising:
            out.append(line[end : found.start()])
            end = found.end()
            paper = _PAPER.search(addresses.get(found[1], ""))
            target = paper[0] if paper else ""
    rest = line[end:].strip()
    out.append(f"[{rest}]({target})" if target and rest and "[" not in rest else line[end:])
    return "".join(out)


_NUMBERED_LIST = re.compile(
    r"\n[ \t]{0,3}(?:References|Document links|Visible links):?[ \t]*\n(?:[ \t]*\n){0,3}"
    r"(?:[ \t]*Visible links:?[ \t]*\n(?:[ \t]*\n){0,3})?(?=[ \t]*(?:\d{1,3}\. |\[\d{1,3}\] )\S{1,2000}$)",
    re.MULTILINE,
)
_LIST_ENTRY = re.compile(
    r"^[ \t]{0,6}(?:(\d{1,5})\.|\[(\d{1,5})\]) (?:\w{3,5}://\S{1,2000}|mailto:\S{1,500})$", re.MULTILINE
)
_LIST_NUMBER = re.compile(r"\[(\d{1,5})\](?=[\w\"“«‘'(])")
_NEW_LINE = re.compile(r"[ \t]*(?:$|[-*+•o] |\d{1,3}[.)] |\[\d{1,5}\]|[-─═]{3,})")
_COLUMNS = re.compile(r"[^\s*+•.-] {3,}\S")
_FEWEST = 3
_RISING = 0.9
_WRAP = 60
"""A shorter line is not wrapped."""


def with_links(text: str) -> str:
    """Return a text whose links are in a list below it as Markdown, without the list; any other text as it is."""
    found = _NUMBERED_LIST.search(f"\n{text}") if "References" in text or " links" in text else None
    if not found:
        return text
    addresses = {
        entry[1] or entry[2]: entry[0].rsplit(" ", 1)[1] for entry in _LIST_ENTRY.finditer(text, found.end() - 1)
    }
    body = text[: found.start()]
    numbers = [int(number[1]) for number in _LIST_NUMBER.finditer(body) if number[1] in addresses]
    rising = sum(1 for one, following in pairwise(numbers) if one < following)
    if len(numbers) < _FEWEST or rising < _RISING * (len(numbers) - 1):
        return text
    lines = body.split("\n")
    if sum(1 for line in lines if _COLUMNS.search(line.strip())) >= _FEWEST:
        # In a table the links of a paper are in other lines than its title.
        return text
    for at, line in enumerate(lines):
        if "[" in line and _LIST_NUMBER.search(line):
            _link_numbers(lines, at, addresses)
    return "\n".join(lines)


def _link_numbers(lines: list[str], at: int, addresses: dict[str, str]) -> None:
    """Make Markdown of the numbered links of a line; what its last one says may go on in the next."""
    line = lines[at]
    numbers = [number for number in _LIST_NUMBER.finditer(line) if number[1] in addresses]
    if not numbers:
        return
    out, end = [], 0
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        out.append(line[end : number.start()])
        end = following.start() if following else len(line)
        label = line[number.end() : end].rstrip()
        if following is None and len(line) > _WRAP:
            more = _continued(lines, at)
            if more > 1:
                # Where a link ends in a paragraph is unknown.
                out.append(label)
                break
            if more:
                label = f"{label} {lines[at + 1].strip()}"
                lines[at + 1] = ""
        out.append(label if set("[]") & set(label) else f"[{label}]({addresses[number[1]]})")
        out.append(" " if following else "")
    lines[at] = "".join(out)


def _continued(lines: list[str], at: int) -> int:
    """Return over how many lines the text of a line goes on, no more than two."""
    more = 0
    while more < 2 and at + more + 1 < len(lines) and not _NEW_LINE.match(lines[at + more + 1]):
        more += 1
    return more
