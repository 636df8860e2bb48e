"""A digest of new papers: grouped by feed, counted, cut to what a mail can hold; and its texts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from readlist import __version__
from readlist.model.fit import Fit
from readlist.model.paper import Link
from readlist.pattern import pattern
from readlist.shelf import Entry
from readlist.text.clean import counted, drawable, readable
from readlist.text.host import host_of
from readlist.text.sentence import reasons

LIMIT = 50
"""Papers listed by default: large mail services hide what of a message exceeds 102 KB."""

_BLURB = 320
_AUTHORS = 3
_LINKS = 4
_LABELS = {"repo": "Code", "project": "Project page", "data": "Data", "paper": "Paper", "other": "Link"}

# What ends in a full stop and rarely ends a sentence; without that stop, in lower case.
_ABBREVIATIONS = frozenset({
    "al", "approx", "arxiv", "aka", "ca", "cf", "ch", "co", "def", "dept", "dr", "e.g", "eg", "eq", "eqn", "eqs", "etc",
    "fig", "figs", "i.e", "ie", "inc", "incl", "lem", "ltd", "mr", "mrs", "ms", "no", "nos", "p", "ph.d", "pp", "prof",
    "prop", "ref", "refs", "resp", "sec", "sect", "st", "tab", "thm", "u.k", "u.s", "viz", "vol", "vs", "w.l.o.g",
    "w.r.t", "wrt",
})  # fmt: skip
_END = pattern(r"(?<![.!?…])[.!?…]++[)\]\"'”’»]*+(?=\s)|[。！？]+[」』”’）]*")

FOOTER = (
    f"Made by readlist {__version__} on your own machine, from the feeds you follow.",
    "Stop it by removing `readlist digest --send` from your crontab or timers.",
)
"""How the digest was made, and how to stop it where it is mailed."""


class DigestItem(Struct, frozen=True):
    """One paper of a digest.

    Attributes:
        entry: the paper.
        feeds: the feeds that announced it, the one it is listed under first.
        fit: how well it fits, where that was asked for.
    """

    entry: Entry
    feeds: tuple[str, ...]
    fit: Fit = Fit()


class Group(Struct, frozen=True):
    """The papers of one feed, or all papers in one list.

    Attributes:
        feed: the feed's name; empty for papers of all feeds, the best match first.
        items: those listed.
        total: how many there are in all.
    """

    feed: str
    items: tuple[DigestItem, ...]
    total: int


class Digest(Struct, frozen=True):
    """New papers, chosen and counted.

    Attributes:
        items: all papers, in the order of the list.
        groups: the papers by feed; a group may have none of its papers listed.
        now: when they were chosen, in local time.
        since: the first day they were added.
        query: the words of the query; those that begin with @ name saved views.
        note: how far its order can be relied on, one sentence; may be empty.
        news: starred and noted papers with a newer version, or withdrawn.
    """

    items: tuple[DigestItem, ...]
    groups: tuple[Group, ...]
    now: datetime
    since: date
    query: tuple[str, ...]
    note: str = ""
    news: tuple[Entry, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say: neither new papers nor news."""
        return not (self.items or self.news)

    @property
    def total(self) -> int:
        """How many papers there are."""
        return len(self.items)

    @property
    def with_code(self) -> int:
        """How many of them have a repository."""
        return sum(bool(item.entry.paper.repo) for item in self.items)

    @property
    def starred(self) -> int:
        """How many of them are starred."""
        return sum(item.entry.mark.starred is not None for item in self.items)


def digest_of(
    found: Iterable[tuple[Entry, Sequence[str]]],
    *,
    order: Sequence[str],
    limit: int,
    ranked: bool,
    now: datetime,
    since: date,
    query: Sequence[str],
    together: bool = False,
    fits: Callable[[Sequence[Entry]], Mapping[int, Fit]] | None = None,
    note: str = "",
    news: Sequence[Entry] = (),
) -> Digest:
    """Return the digest of papers in the order of the list, each with the names of the feeds that announced it.

    Papers are listed under the first of their feeds in `order`. Of more than `limit` each feed gets its share, unless
    they are `ranked`: then the first papers are listed, of any feed.

    Args:
        found: the papers.
        order: names of feeds.
        limit: the most papers to list.
        ranked: whether the first ones are the best.
        now: when they were chosen.
        since: the first day they were added.
        query: its words.
        together: whether all are in one list, instead of one for each feed.
        fits: gives how well papers fit, by their ids, for those that are listed; None if that wasn't asked for.
        note: how far the order can be relied on.
        news: starred and noted papers that there is news of.
    """
    rank = {name: place for place, name in enumerate(order)}

    def sign(feed: str) -> tuple[int, str]:
        return rank.get(feed, len(rank)), feed

    items = [DigestItem(entry, tuple(sorted({*feeds, entry.feed}, key=sign))) for entry, feeds in found]
    groups: dict[str, list[DigestItem]] = {}
    for item in items:
        groups.setdefault("" if together else item.feeds[0], []).append(item)
    names = sorted(groups, key=sign)
    # The first of each feed, then the second of each, ….
    turns = zip_longest(*(groups[name] for name in names))
    first = items if ranked else [item for turn in turns for item in turn if item is not None]
    kept = {item.entry.id: item for item in first[:limit]}
    known = fits([item.entry for item in kept.values()]) if fits is not None else {}
    kept = {number: replace(item, fit=known.get(number, item.fit)) for number, item in kept.items()}
    listed = [
        Group(name, tuple(kept[one.entry.id] for one in groups[name] if one.entry.id in kept), len(groups[name]))
        for name in names
    ]
    return Digest(tuple(items), tuple(listed), now, since, tuple(query), note, tuple(news))


def day_in_words(day: date, now: date) -> str:
    """Return a day for reading: `Wednesday, 18 November`, with the year where it is another."""
    return f"{day:%A}, {day.day} {day:%B}" + (f" {day.year}" if day.year != now.year else "")


def name_of(group: Group) -> str:
    """Return what is above the papers of a group."""
    return drawable(group.feed) if group.feed else "Best matches"


def headline(digest: Digest) -> str:
    """Return what the digest holds: `23 new papers`, without any `News of 2 papers`."""
    if digest.news and not digest.items:
        return f"News of {counted(len(digest.news), 'paper')}"
    return counted(digest.total, "new paper")


def counts(digest: Digest) -> str:
    """Return the counts below the headline, with the day it begins."""
    parts = [
        f"{digest.with_code:,} with code" if digest.with_code else "",
        f"{digest.starred:,} starred" if digest.starred else "",
        f"news of {len(digest.news):,} of yours" if digest.news and digest.items else "",
        f"since {day_in_words(digest.since, digest.now.date())}",
    ]
    return " · ".join(part for part in parts if part)


def subject(digest: Digest) -> str:
    """Return the subject of a message: counts and the day in ASCII, no word from outside."""
    code = f", {digest.with_code:,} with code" if digest.with_code else ""
    return f"{headline(digest)}{code} ({digest.now:%A}, {digest.now.day} {digest.now:%B %Y})"


NEWS = "News of your papers"
"""What is above the starred and noted papers that there is news of."""

_NEWS = 20


def news_in(digest: Digest) -> tuple[tuple[Entry, ...], str, str]:
    """Return the papers whose news are listed; how many are left out, and the command for them: empty for none."""
    left = len(digest.news) - _NEWS
    if left <= 0:
        return digest.news, "", ""
    return digest.news[:_NEWS], f"and {left:,} more", "readlist list is:revised"


def news_of(entry: Entry, now: date) -> str:
    """Return the news of a paper: `version 3 since Tuesday, 24 November`, `withdrawn: a sign error`."""
    paper, revision = entry.paper, entry.revision
    if paper.withdrawn:
        return f"withdrawn: {drawable(readable(paper.withdrawn))}"
    since = f" since {day_in_words(revision.since, now)}" if revision is not None else ""
    return f"version {paper.version}{since}"


def authors_of(entry: Entry) -> str:
    """Return the first authors: `Ada Author, Ben Writer, Cy Coder and 4 others`."""
    names = [drawable(readable(name)) for name in entry.paper.authors]
    more = len(names) - _AUTHORS
    if more <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:_AUTHORS])} and {more} others"


def facts_of(item: DigestItem, group: Group) -> list[str]:
    """Return further facts of a paper: its match, upvotes, stars, organisation, feeds other than that of its group."""
    entry = item.entry
    others = [feed for feed in item.feeds if feed != group.feed]
    return [
        *([f"match {item.fit.match}"] if item.fit.match is not None else []),
        *([f"▲ {entry.upvotes:,}"] if entry.upvotes else []),
        *([counted(entry.stars, "GitHub star")] if entry.stars else []),
        *([drawable(entry.paper.organization)] if entry.paper.organization else []),
        *([f"{'also in ' if group.feed else ''}{', '.join(map(drawable, others))}"] if others else []),
    ]


def reasons_of(item: DigestItem) -> list[str]:
    """Return why a paper is in the digest, a sentence each; none if that wasn't asked for."""
    return [f"{why[0].upper()}{why[1:]}" for why in map(drawable, reasons(item.fit))]


def blurb_of(entry: Entry) -> str:
    """Return the feed's short summary, else the first sentences of the abstract; may be empty."""
    text = entry.paper.summary.strip() or entry.paper.abstract
    return beginning(drawable(readable(text)), _BLURB)


def page_of(entry: Entry) -> str:
    """Return the address that a paper's title links to, or empty."""
    return next((url for url in (entry.paper.page, *(link.target for link in entry.paper.links)) if _is_web(url)), "")


def links_of(entry: Entry) -> list[tuple[str, str]]:
    """Return (label, address) of the first links beside the paper's page.

    A host with a warning is named in the label.
    """
    page = page_of(entry)
    links = [
        link for link in entry.paper.links if link.kind != "paper" and link.target != page and _is_web(link.target)
    ]
    return [(_label(link), link.target) for link in links[:_LINKS]]


def _label(link: Link) -> str:
    host = host_of(link.target)
    return _LABELS[link.kind] + (f" (at {host.shown}: {host.warning})" if host.warning else "")


def _is_web(url: str) -> bool:
    return re.fullmatch(r"https?://[^\s\"<>]+", url) is not None and url.isprintable()


def rest_of(digest: Digest, group: Group) -> tuple[str, str]:
    """Return how many papers of a group are left out, and the command that lists them all; empty for none."""
    left = group.total - len(group.items)
    if not left:
        return "", ""
    # Names of imported files may hold quotes, which a query can't: the longest part between them is enough.
    named = max(drawable(group.feed).split('"'), key=len)
    feed = f'feed:"{named}"' if group.feed else ""
    day = f"seen:>={digest.since.isoformat()}"
    views = [word for word in digest.query if word.startswith("@")]
    asked = " ".join(word for word in digest.query if not word.startswith("@"))
    # OR binds less than the terms added after it.
    asked = f"({asked})" if re.search(r"\bOR\b", asked) else asked
    words = [*views, " ".join(part for part in (asked, feed, day) if part)]
    command = shlex.join(["readlist", "list", *map(drawable, words)])
    return f"and {left:,} more" if group.items else counted(left, "paper"), command


def beginning(text: str, limit: int) -> str:
    """Return the first sentences of a text, as many as fit, and at least one, cut between words if it is too long.

    Args:
        text: any text; line ends are blanks.
        limit: the most characters; a first sentence may be longer by a third, so as not to lose its end.
    """
    text = " ".join(text.split())
    end = 0
    for place in _ends(text):
        if place > limit and end:
            break
        end = place
        if place > limit:
            break
    if end <= limit * 4 // 3:
        return text[:end].rstrip()
    cut = text[: limit - 1]
    # Without blanks, as in Chinese, anywhere will do.
    words = cut.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else cut).rstrip(" ,;:–—-") + "…"


def _ends(text: str) -> Iterator[int]:
    """Yield where sentences end, the end of the text last."""
    start = 0
    for found in _END.finditer(text):
        if _divides(text, start, found):
            yield found.end()
            start = found.end()
    if start < len(text) or not text:
        yield len(text)


def _divides(text: str, start: int, found: re.Match[str]) -> bool:
    """Return whether the sentence that began at a place ends at this punctuation."""
    sentence, after = text[start : found.start()], text[found.end() :][:2].lstrip()
    if sentence.count("$") % 2 or sentence.count("(") > sentence.count(")") + found[0].count(")"):
        return False
    if after[:1].islower():
        return False
    if found[0] != ".":
        return True
    word = sentence.rpartition(" ")[2].lstrip("([\"'“‘")
    # A capital alone is an initial more often than the name of a thing.
    return word.lower() not in _ABBREVIATIONS and not (len(word) == 1 and word.isupper())
