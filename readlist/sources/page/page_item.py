"""One line of a page by its wording alone: text, or a label, count or date of the site; its Markdown removed."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import islice
from typing import NamedTuple

from msgspec import Struct

from readlist.model.paper import arxiv_id
from readlist.text.dates import Day, leading_day
from readlist.text.scan import unusual

INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# The rest of an address in Markdown, which may have brackets of its own.
ADDRESS_REST = r"[^\s()<>\[\]]{0,2000}(?:\([^\s()<>\[\]]{0,500}\)[^\s()<>\[\]]{0,2000}){0,3}"
_ADDRESS = rf"(?:https?://|/|#|mailto:|javascript:){ADDRESS_REST}"
_BRACKET = re.compile(
    r"(?P<image>!\[)|(?P<open>\[)"
    rf"|(?P<link>\]\(\s?<?(?P<address>{_ADDRESS})>?(?:\s+\"[^\"\n]{{0,300}}\")?\s?\))"
    r"|(?P<reference>\]\[(?P<label>\d{1,5})\])|(?P<close>\])"
)
_CLOSER = re.compile(rf"\]\(\s?<?{_ADDRESS}>?(?:\s+\"[^\"\n]{{0,300}}\")?\s?\)")
_DEFINITION = re.compile(r" {0,3}\[(\d{1,5})\]:[ \t]+<?(\S{1,2000}?)>?(?:[ \t].{0,300})?")
AUTOLINK = re.compile(r"<(https?://[^\s<>]{1,2000})>")
_TAG = re.compile(
    r"</?(?:a|p|div|span|img|br|b|i|em|strong|sub|sup|center|details|summary)(?:\s[a-z-]+=[^<>]{0,500})?\s?/?>"
)
_ESCAPE = re.compile(r"\\([-_*#+>])")
_IMAGE_TEXT = re.compile(r"\[(?:图片|圖片|画像|이미지|image)(?: \d+)?[:：][^\[\]]{0,300}\]", re.IGNORECASE)
_LINK_LABEL = "LINK: "
_DEPTH = 8


class Hyperlink(NamedTuple):
    """A link on a line: what it says, where it leads, and whether its text begins on this line."""

    text: str
    address: str
    whole: bool = True


class Syntax(NamedTuple):
    """Which marks a page uses, so that brackets and backslashes of a plain page stay as they are."""

    links: bool  # `[text](address)` occurs
    references: bool  # `[text][31]` occurs at line ends
    addresses: dict[str, str]  # of references, by label
    spaced: bool = False  # whether spaces are the only blanks inside its lines


def syntax_of(text: str) -> Syntax:
    """Return which marks a page uses."""
    spaced = not any(map(str.isspace, set(unusual(text))))
    ends = re.finditer(r"\]\[\d{1,5}\]$", text, re.MULTILINE)
    references = sum(1 for _ in islice(ends, 3)) == 3
    definitions = re.finditer(rf"^{_DEFINITION.pattern}$", text, re.MULTILINE) if references else ()
    return Syntax(_CLOSER.search(text) is not None, references, {found[1]: found[2] for found in definitions}, spaced)


def unwrap(line: str, syntax: Syntax) -> tuple[str, list[Hyperlink]]:
    """Return a line without its marks, and its links in order."""
    links: list[Hyperlink] = []
    if syntax.references and _DEFINITION.fullmatch(line):
        return "", []
    if "<" in line:
        line = _TAG.sub("", AUTOLINK.sub(r"\1", line))
    if syntax.links and "\\" in line:
        line = _ESCAPE.sub(r"\1", re.sub(r"\\{1,2}(?=\s{2}|\s*$)", "", line))
    if "[" in line or "]" in line:
        line = _IMAGE_TEXT.sub("", line)
        if syntax.links or syntax.references:
            line = _unlink(line, syntax, links)
    return line, links


def _unlink(line: str, syntax: Syntax, links: list[Hyperlink]) -> str:
    """Return the line with each link replaced by its text; a bracket that belongs to no link stays."""
    out: list[str] = []
    opened: list[tuple[int, bool]] = []  # where in `out` a bracket is, and whether it opens an image
    at = 0
    for found in _BRACKET.finditer(line):
        out.append(line[at : found.start()])
        at = found.end()
        if found["open"] or found["image"]:
            if len(opened) < _DEPTH:
                opened.append((len(out), bool(found["image"])))
            out.append(found[0])
        elif found["link"] or (found["reference"] and syntax.references):
            address = found["address"] or syntax.addresses.get(found["label"] or "", "")
            _close_link(out, opened, address, links)
        else:
            at = found.start() + 1
            del opened[-1:]
            out.append("]")
    out.append(line[at:])
    if opened and "]" not in out[opened[0][0] + 1 :] and not "".join(out[: opened[0][0]]).strip(" #*+-"):
        # A link whose text goes on in the next line.
        out[opened[0][0]] = ""
    return "".join(out)


def _close_link(out: list[str], opened: list[tuple[int, bool]], address: str, links: list[Hyperlink]) -> None:
    """Turn the text since the last open bracket into the text of a link."""
    if not opened:
        # Its text began on an earlier line.
        links.append(Hyperlink("", address, whole=False))
        return
    place, image = opened.pop()
    text = "".join(out[place + 1 :])
    del out[place:]
    if image:
        return
    # The picture inside a link is written as its description in brackets.
    text = re.sub(r"^\s*\[[^\[\]]{0,300}\]\s*", "", text).removeprefix(_LINK_LABEL)
    links.append(Hyperlink(text.strip(), address))
    # A number glued to the text before is a link of its own: `May 29[6](…#community)`.
    glued = out and out[-1] and out[-1][-1].isalnum() and text[:1].isdigit()
    out.append(f" {text}" if glued else text)


# Whole lines, divided by slashes; compared without case, blanks folded, closing punctuation dropped.
_PHRASES = """
new / subscribe / get trending papers in your email inbox / get trending papers in your email inbox once a day /
daily papers / trending papers / daily papers - hugging face / trending papers - hugging face /
trending papers ranked by github stars activity / papers / paper page / by / ak / by ak / byak /
join the discussion on this paper page / search by arxiv id or title / search papers / search models, datasets, users /
submit a paper / submit / copy markdown / copy / copied / hugging face / hugging face's logo /
hugging face's logo hugging face / log in / sign up / log in sign up / the ai community building the future /
team & enterprise / hugging face pro / enterprise support / enterprise hub / inference providers / inference endpoints /
storage buckets / system theme / hub status / hugging face © 2024 / © hugging face / company © hugging face / view all /
load more / previous / next / previous next / day / week / month / all time / ask huggingchat about this paper /
ask huggingchat / view arxiv page / view pdf / arxiv page / add to collection / project page / community / reply /
see translation / edit preview / editpreview / edit / preview / comment / comments /
tap or paste here to upload images / sign up or log in to comment / comment · sign up or log in to comment /
get this paper in your agent / don't have the latest cli / no model linking this paper / no dataset linking this paper /
no space linking this paper / browse state-of-the-art / skip to content / skip to main content / toggle navigation /
menu / share / follow / upvoted by / thumbnail / content truncated
"""
_LINES = frozenset(" ".join(_PHRASES.split()).split(" / "))

# A line of nothing but these is a navigation bar or a footer.
_WORDS = """
models datasets spaces posts docs solutions pricing website company tos privacy about jobs careers daily weekly
monthly buckets new enterprise community tasks huggingchat collections languages organizations blog learn discord
forum previous next log in sign up terms github storage team & hugging face papers changelog status · • | -
"""
_NAVIGATION = frozenset(_WORDS.split())

# Words of the navigation that the last line of a wrapped title may consist of.
TITLE_ENDS = frozenset(("Models", "Datasets", "Spaces", "Languages", "Tasks", "Papers", "Organizations", "Solutions"))

_PATTERNS = re.compile(
    r"get trending papers in your email inbox.{0,60}|cite arxiv\.org/(?:abs|pdf)/\S+ in a (?:model|dataset"
    r"|space) readme\.md to link it from this page|(?:models?|datasets?|spaces?|collections?) (?:citing"
    r"|including) this paper(?: \d+)?|browse \d+ (?:models?|datasets?|spaces?|collections?) (?:citing"
    r"|that include) this paper"
    r"|(?:don['’]t have the latest cli\? )?`?curl -lssf https://hf\.co/cli/install\.sh \| bash`?"
    r"|`?hf papers read \S+`?|upload images, audio, and videos by dragging in the text input.{0,40}|(?:©"
    r"|\(c\)) ?(?:20\d\d )?hugging ?face(?: 20\d\d)?(?:,? inc)?|(?:sign up|log in) or (?:sign up|log in) to comment"
    r"|\[?content truncated\]?"
    # What a browser prints at the edges of a page.
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}:\d\d(?: ?[ap]m)?(?: .{0,150})?|https?://\S+ \d{1,4} ?/ ?\d{1,4}"
    r"|(?:page )?\d{1,4} (?:of|/) \d{1,4}",
)

COMMUNITY = re.compile(r"(?:by ?\W{0,3}AK\W{0,3} ?)?and the research community", re.IGNORECASE)
INBOX = "get trending papers in your email inbox"

# What a capture tool writes above the page, with its value; the form of the value counts: a title may begin `URL: …`.
CAPTURE_NOTE = re.compile(
    r"\W{0,4}(?:(?:source[ _-]?url|page[ _-]?url|url|source|source html)\W{0,4}:\W{0,4}(?=\S*[/`])"
    r"|(?:captured|retrieved|crawled|saved|accessed|exported)(?: at| on| \(utc\))?\W{0,4}:\W{0,4}(?=\w{0,9}\W{0,2}\d)"
    r"|page title\W{0,4}:\W{0,4}|source (?:sha256|id)\W{0,4}:\W{0,4}|(?:generated from|extraction)\W{0,4}:\W{0,4}(?=`)"
    r"|status ?code\W{0,4}:\W{0,4}(?=\d))(\S.*)",
    re.IGNORECASE,
)
# A heading that a capture tool writes above or below a page.
CAPTURE_TITLE = re.compile(
    r"(?:.{0,80}[-–|·] )?(?:daily|trending) papers(?: [-–|·] .{0,60})?|web source|extracted text|content|metadata"
    r"|what is papers with code\?|paper page - .{1,400}",
    re.IGNORECASE,
)


def is_chrome(text: str) -> bool:
    """Return whether a line, its blanks folded, is part of the site and of no paper."""
    folded = text.casefold().rstrip(" !:?…").lstrip("[")
    words = folded.split()
    known = folded.rstrip("]") in _LINES or _PATTERNS.fullmatch(folded) is not None
    return known or (bool(words) and _NAVIGATION.issuperset(words))


class Role(Enum):
    """What a line can be; all but TEXT are recognised by wording alone."""

    TEXT = auto()
    CHROME = auto()
    COMMUNITY = auto()
    CAPTURE = auto()
    ADDRESS = auto()  # an address alone, or a link of the site such as "arXiv Page"
    SUBMITTED = auto()  # "Submitted by", with or without the name
    NAME = auto()  # the submitter's name on a line of its own
    COUNT = auto()
    DASH = auto()
    DOT = auto()
    AUTHORS = auto()  # "5 authors"
    BYLINE = auto()  # "Authors: A, B"
    ORGANIZATION = auto()
    DATE = auto()
    UPVOTE = auto()
    GITHUB = auto()
    IDENTIFIER = auto()  # "arxiv:2401.12345", or the id alone
    PAPER = auto()  # the "Paper" of a collection
    ABSTRACT = auto()  # the heading
    GENERATED = auto()  # "AI-generated summary"
    RANK = auto()  # "#3 Paper of the day"
    RULE = auto()
    CUT = auto()


class PageItem(Struct):
    """One thing on one line of a page."""

    line: int  # the line it is in, from 1
    role: Role
    text: str  # without Markdown, blanks folded, list marks kept
    bare: str = ""  # the same without list marks and labels
    number: int | None = None  # a count (upvotes, comments, stars)
    day: Day | None = None  # a date as written
    links: tuple[Hyperlink, ...] = ()
    blank: bool = False  # whether a blank line or the page's start is before it
    indented: bool = False
    heading: int = 0  # level of a Markdown heading, 0 for none
    mark: str = ""  # the list mark before it: "", "-", or a number in digits
    bold: bool = False  # whether all of it is bold
    label: str = ""  # "title" or "abstract" where the line says so itself

    @property
    def arxiv(self) -> str:
        """The arXiv id its links name, or empty."""
        return next((found for link in self.links if (found := arxiv_of(link.address))), "")


_COUNT = re.compile(
    r"\(?(?:\[-\] ?)?(\d{1,3}(?:,\d{3})+|\d{1,7}(?:\.\d{1,3})?)( ?[kKmM])?(?: ?(?:upvotes?|likes?|points?))?\)?"
)
_AUTHORS = re.compile(r"(?:[-*+] ?)?\(?\+? ?\d{1,4} (?:more )?authors?\)?", re.IGNORECASE)
_SUBMITTED = re.compile(r"(?:subscribe)?(?:[·•] ?)?submitted by:?(?: (?P<name>\S.{0,80}?))?", re.IGNORECASE)
_ON_DAY = re.compile(r"(?:(?:first )?(?:published|submitted):? )?(?:on )?", re.IGNORECASE)
_GITHUB = re.compile(r"(?:link: ?)?github(?: ?\(?([\d.,]+ ?[kKmM]?)(?: stars?)?\)?)?(?: auto)?", re.IGNORECASE)
_UPVOTE = re.compile(r"(?:upvoted?s?)(?: ?([\d.,]+ ?[kKmM]?|-)(?: ?\+ ?\d{1,5})?)?", re.IGNORECASE)
_IDENTIFIER = re.compile(
    r"(?:(?:papers[ /›>]{1,3})?arxiv(?: id)?: ?)?(?P<id>\d{4}\.\d{4,5})(?:v\d{1,2})?|arxiv(?: id)?: ?\S{5,40}",
    re.IGNORECASE,
)
# `Link: https://arxiv.org/abs/2401.12345`, `[arXiv:2401.12345]`
_LABELED = re.compile(
    r"\W{0,3}(?:links?|ur[li]|address|arxiv(?: ?(?:link|url|page|abs|id))?|paper(?: ?(?:link|url|id))?|pdf|abs|html"
    r"|(?:pre)?print|source|e-?print|doi|id)\W{0,3}?[:：]\W{0,3}?\s?(?P<rest>\S{5,300})",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[\[(（【]([^\[\]()（）【】]{5,60})[\])）】]")
_RANK = re.compile(r"#\d{1,3} paper of the (?:day|week|month)", re.IGNORECASE)
_GENERATED = re.compile(
    r"\W{0,3}(?:(?:AI|ai)[- ][Gg]enerated [Ss]ummary|Generated by \S{1,100}(?: \S{1,40}){0,3})\W{0,3}"
)
_ABSTRACT = re.compile(r"\W{0,3}abstract\W{0,3}", re.IGNORECASE)
_BYLINE = re.compile(r"\W{0,3}authors?\W{0,2}:\W{0,3}(?:(?<=\W)(.*))?", re.IGNORECASE)
# Two names or more, each of two to four words, and nothing else.
_PERSON = r"(?:[A-ZÀ-Ý][\w.'’-]*+|(?:de|van|von|der|den|la|di|le|el|al|bin|dos|da))"
_ONE_NAME = rf"[A-ZÀ-Ý][\w.'’-]*+(?: {_PERSON}){{1,3}}"
_MARKS = r"[\d*†‡,]{0,4}"
# There is one way to divide a line at most: a line of many names that ends otherwise takes no time.
_NAMES = re.compile(rf"{_ONE_NAME}(?:(?>{_MARKS}(?:, and|,|;| and| &) ){_ONE_NAME}){{1,200}}{_MARKS}(?:,? et al\.?)?")
_PAPER = re.compile("paper", re.IGNORECASE)
# `May 296` is May 29 with 6 comments, `Mar 8, 20246` is Mar 8, 2024 with 6.
_GLUED_DAY = re.compile(
    r"([A-Za-z]{3,9}\.? \d{1,2}, (?:19|20)\d\d|[A-Za-z]{3,9}\.? (?!(?:19|20)\d\d$)\d{1,2}(?=\d))(\d{1,4})"
)
_RULE = re.compile(r"[-=*_~#·•—– ]{3,}|`{3,}[a-z]{0,12}|~{3,}[a-z]{0,12}")
_PAPER_MORE = re.compile(r"\+ ?\d{1,4}")
_BARE_ADDRESS = re.compile(r"<?(?:https?://|www\.)\S+>?")
_SITE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:(?:huggingface\.co|hf\.co)(?:/?$|/(?:papers|login|join|front|docs|pricing|enterprise|posts|blog"
    r"|tasks|chat|storage|models/?$|datasets/?$|spaces/?$|terms-of-service|privacy|huggingface/?$|languages|learn|support"
    r"|inference|collections|avatars|settings)(?:[/?#]|$)|/[\w.-]+/?$)|apply\.workable\.com/huggingface|cdn-avatars\.)",
    re.IGNORECASE,
)
_PAPER_ADDRESS = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co))?/(?:papers/|login\?next=%2Fpapers%2F)"
    r"(\d{4}\.\d{4,5})(?:v\d+)?(?:[/?#].*)?",
    re.IGNORECASE,
)
_MARK = re.compile(r"(?:[-*+•‣◦–] |(\d{1,5})[.)] |\[(\d{1,5})\] )(?=\S)")
_HEADING = re.compile(r"(#{1,6}) (.*?)(?: #+)?")
_LABEL = re.compile(
    r"\W{0,3}(?:(?:paper )?(?P<title>title|标题|題目|题目)|(?P<abstract>abstract|摘要))"
    r"\W{0,3}?\s?[:：—]\W{0,3}?\s?(?=\S)",
    re.IGNORECASE,
)
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<text>[^*_].*[^*_])(?P=mark):?")
_SHORT = 300
_LABEL_LENGTH = 70
_NAMES_LENGTH = 4_000
# The letters that a line of one of these roles can begin with; other signs they all may have before their words.
_ROLE_LETTERS = frozenset("AaGgPpSs")
_ROLES = (
    (Role.SUBMITTED, _SUBMITTED), (Role.BYLINE, _BYLINE), (Role.ABSTRACT, _ABSTRACT), (Role.GENERATED, _GENERATED),
    (Role.RANK, _RANK), (Role.PAPER, _PAPER), (Role.RULE, _RULE), (Role.CHROME, _PAPER_MORE),
)  # fmt: skip
_EXACT = {"·": Role.DOT, "•": Role.DOT, "-": Role.DASH, "–": Role.DASH, "[-] -": Role.DASH}


def arxiv_of(address: str) -> str:
    """Return the arXiv id an address of a paper's page names; empty for any other address."""
    found = _PAPER_ADDRESS.fullmatch(address)
    return found[1] if found else arxiv_id(address) if "xiv" in address[:40].casefold() else ""


def is_site(address: str) -> bool:
    """Return whether an address is the site's own navigation, or relative, and belongs to no paper."""
    return address[:1] in "/#" or _SITE.match(address) is not None


def number_of(text: str) -> int | None:
    """Return a count as pages write it: `94`, `1,204`, `2.14k`, `110k`; None for another text."""
    found = _COUNT.fullmatch(text)
    if not found:
        return None
    factor = {"k": 1_000, "m": 1_000_000}.get((found[2] or "").strip().lower(), 1)
    value = float(found[1].replace(",", "")) * factor
    return round(value) if value.is_integer() or factor > 1 else None


def plain_item(line: int, text: str, *, blank: bool = False, links: tuple[Hyperlink, ...] = ()) -> PageItem:
    """Return a line as an item, without Markdown's marks of blocks (headings, list marks, bold)."""
    item = PageItem(line, Role.TEXT, text, text, blank=blank, links=links)
    first = text[0]
    if first == "#" and (heading := _HEADING.fullmatch(text)) and heading[2].strip():
        item.heading = len(heading[1])
        item.text = item.bare = heading[2].strip()
    if first in "-*+•‣◦–[0123456789" and (mark := _MARK.match(item.bare)):
        item.mark = mark[1] or mark[2] or "-"
        item.bare = item.bare[mark.end() :]
    if item.bare[0] in "*_" and (bold := _BOLD.fullmatch(item.bare)):
        item.bold = True
        item.bare = bold["text"].strip() or item.bare
        item.text = item.text if item.mark else item.bare
    if label := _LABEL.match(item.bare[:40]):
        item.label = "title" if label["title"] else "abstract"
        item.bare = item.bare[label.end() :]
    return item


def recognise(item: PageItem) -> PageItem:
    """Set an item's role by its wording alone, with the count, day or name in it, and return it."""
    if item.label:
        return item
    if len(item.text) <= _SHORT:
        item.role = _EXACT.get(item.text) or _role_of(item, item.bare)
    elif _BYLINE.match(item.bare[:20]):
        item.role = Role.BYLINE
    return item


def _role_of(item: PageItem, text: str) -> Role:
    is_short = len(text) <= _LABEL_LENGTH
    if is_short and (role := _counted(item, text) or _dated(item, text)):
        return role
    # Most text is ruled out by its first character.
    first = text[:1]
    named = first in "aApP" or first.isdecimal()
    if named and (found := _IDENTIFIER.fullmatch(text)) and (found["id"] or arxiv_id(text)):
        item.bare = found["id"] or item.bare
        return Role.IDENTIFIER
    other = first.isascii() and first.isalpha() and first not in _ROLE_LETTERS
    labels = () if other else _ROLES
    if role := next((role for role, label in labels if label.fullmatch(text)), None) or _addressed(item, text):
        return role
    if first in "aAbB" and COMMUNITY.fullmatch(text):
        return Role.COMMUNITY
    if is_chrome(text):
        return Role.CUT if is_short and "truncated" in text.casefold() else Role.CHROME
    noted = not item.heading and ":" in text and CAPTURE_NOTE.fullmatch(text)
    return Role.CAPTURE if noted else Role.TEXT


def _addressed(item: PageItem, text: str) -> Role | None:
    """Recognise an address alone, and an arXiv address or id after a label or in brackets."""
    if _BARE_ADDRESS.fullmatch(text):
        item.links = item.links or (Hyperlink("", text.strip("<>")),)
        return Role.ADDRESS
    labeled = _LABELED.fullmatch(text) if ":" in text or "：" in text else None
    bracketed = _BRACKETED.fullmatch(text)
    rest = (labeled["rest"] if labeled else bracketed[1] if bracketed else "").strip("<>[]()*_.,")
    if not rest:
        return None
    if labeled and item.arxiv and any(link.text == rest for link in item.links):
        return Role.ADDRESS
    if not arxiv_id(rest) or (is_site(rest) and CAPTURE_NOTE.fullmatch(text)):
        return None
    if _BARE_ADDRESS.fullmatch(rest):
        item.links = item.links or (Hyperlink("", rest),)
        return Role.ADDRESS
    item.bare = rest
    return Role.IDENTIFIER


def _counted(item: PageItem, text: str) -> Role | None:
    if text[:1] in "(0123456789[" and _COUNT.fullmatch(text):
        item.number = number_of(text)
        return Role.COUNT if item.number is not None else None
    if text[:1] in "+-*(0123456789" and (_AUTHORS.fullmatch(text) or _AUTHORS.fullmatch(item.text)):
        return Role.AUTHORS
    if text[:1] in "uU" and (found := _UPVOTE.fullmatch(text)):
        item.number = number_of((found[1] or "").strip()) if found[1] != "-" else 0
        return Role.UPVOTE
    if text[:1] in "gGlL" and (found := _GITHUB.fullmatch(text)):
        item.number = number_of(found[1] or "")
        return Role.GITHUB
    return None


def _dated(item: PageItem, text: str) -> Role | None:
    """Recognise a day, alone or after `Published on`, with the comments that captures glue to it."""
    text = text[lead.end() :] if (lead := _ON_DAY.match(text)) else text
    found = leading_day(text[:60])
    rest = text[found[1] :].strip() if found else ""
    count = number_of(rest.strip("[] ")) if rest else None
    if found and (not rest or count is not None):
        item.day, item.number = found[0], count
        return Role.DATE
    if (glued := _GLUED_DAY.fullmatch(text)) and (found := leading_day(glued[1])):
        item.day, item.number = found[0], int(glued[2])
        return Role.DATE
    return None


def are_names(item: PageItem) -> bool:
    """Return whether a line is names of people and nothing else: `Ada Lovelace, Bo Li and Cy van Dam`."""
    if item.heading or item.mark or item.links or ":" in item.bare or len(item.bare) > _NAMES_LENGTH:
        return False
    return _NAMES.fullmatch(item.bare) is not None


def submitter_of(item: PageItem) -> str:
    """Return the name after `Submitted by`, or on the line below it, without the day; empty if there is none."""
    found = _SUBMITTED.fullmatch(f"Submitted by {item.text}" if item.role is Role.NAME else item.text)
    name = (found["name"] or "") if found else ""
    return re.split(r"(?:^| )on (?=\w+ \d)", name)[0].strip()


def byline_of(text: str) -> str:
    """Return the names after `Authors:`; empty if the line holds none."""
    if found := _BYLINE.fullmatch(text):
        return found[1] or ""
    return re.sub(r",? (?:and|&) |; ", ", ", text) if _NAMES.fullmatch(text) else ""
