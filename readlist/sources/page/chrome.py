"""What the site's pages hold around the papers: navigation, calls to subscribe, labels, footers."""

from __future__ import annotations

import re

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
    r"get trending papers in your email inbox.{0,60}"
    r"|cite arxiv\.org/(?:abs|pdf)/\S+ in a (?:model|dataset|space) readme\.md to link it from this page"
    r"|(?:models?|datasets?|spaces?|collections?) (?:citing|including) this paper(?: \d+)?"
    r"|browse \d+ (?:models?|datasets?|spaces?|collections?) (?:citing|that include) this paper"
    r"|(?:don['’]t have the latest cli\? )?`?curl -lssf https://hf\.co/cli/install\.sh \| bash`?"
    r"|`?hf papers read \S+`?"
    r"|upload images, audio, and videos by dragging in the text input.{0,40}"
    r"|(?:©|\(c\)) ?(?:20\d\d )?hugging ?face(?: 20\d\d)?(?:,? inc)?"
    r"|(?:sign up|log in) or (?:sign up|log in) to comment"
    r"|\[?content truncated\]?"
    # What a browser prints at the edges of a page.
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}:\d\d(?: ?[ap]m)?(?: .{0,150})?|https?://\S+ \d{1,4} ?/ ?\d{1,4}"
    r"|(?:page )?\d{1,4} (?:of|/) \d{1,4}",
)

_COMMUNITY = re.compile(r"(?:by ?\W{0,3}AK\W{0,3} ?)?and the research community", re.IGNORECASE)
_INBOX = "get trending papers in your email inbox"

# What a capture tool writes above the page; the values are told too, for a title may begin `URL: …`.
_CAPTURE = re.compile(
    r"\W{0,4}(?:(?:source[ _-]?url|page[ _-]?url|url|source|source html)\W{0,4}:\W{0,4}(?=\S*[/`])"
    r"|(?:captured|retrieved|crawled|saved|accessed|exported)(?: at| on| \(utc\))?\W{0,4}:\W{0,4}(?=\w{0,9}\W{0,2}\d)"
    r"|page title\W{0,4}:\W{0,4}|source (?:sha256|id)\W{0,4}:\W{0,4}|(?:generated from|extraction)\W{0,4}:\W{0,4}(?=`)"
    r"|status ?code\W{0,4}:\W{0,4}(?=\d))(\S.*)",
    re.IGNORECASE,
)
_CAPTURE_TITLE = re.compile(
    r"(?:.{0,80}[-–|·] )?(?:daily|trending) papers(?: [-–|·] .{0,60})?|web source|extracted text|content|metadata"
    r"|what is papers with code\?|paper page - .{1,400}",
    re.IGNORECASE,
)


def is_chrome(text: str) -> bool:
    """Return whether a line, its blanks folded, is part of the site and of no paper."""
    folded = text.casefold().rstrip(" !:?…").lstrip("[")
    if folded.rstrip("]") in _LINES or _PATTERNS.fullmatch(folded):
        return True
    words = folded.split()
    return bool(words) and all(word in _NAVIGATION for word in words)


def is_community(text: str) -> bool:
    """Return whether a line is the list pages' `byAK and the research community`."""
    return _COMMUNITY.fullmatch(text) is not None


def is_inbox(text: str) -> bool:
    """Return whether a line is the list pages' call to subscribe."""
    return text.casefold().startswith(_INBOX)


def capture_note(text: str) -> str:
    """Return what follows a label such as `Source URL:` that a capture tool writes; empty if there is none."""
    found = _CAPTURE.fullmatch(text)
    return found[1] if found else ""


def is_capture_title(text: str) -> bool:
    """Return whether a line is a heading that a capture tool writes above or below a page."""
    return _CAPTURE_TITLE.fullmatch(text) is not None
