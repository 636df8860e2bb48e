"""What can be copied of papers: links, title, citation, note, references; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from readlist.text.clean import drawable
from readlist.text.host import Host

if TYPE_CHECKING:
    from readlist.model.paper import Paper
    from readlist.shelf import Entry

_AUTHORS = 6
_KEYS = 3
_HOSTS = 5


class Offer(Struct, frozen=True):
    """One thing that can be copied of a paper.

    Attributes:
        name: what it is called.
        text: what is copied.
        is_link: whether that is an address.
    """

    name: str
    text: str
    is_link: bool = False


def offers(entry: Entry) -> list[Offer]:
    """Return what can be copied of an entry, links first."""
    paper = entry.paper
    found = [Offer(f"{link.kind} link".capitalize(), link.target, is_link=True) for link in paper.links]
    if paper.page:
        found.append(Offer("Paper page", paper.page, is_link=True))
    found += [Offer("Title", paper.title), Offer("Citation", citation(paper))]
    if entry.mark.note:
        found.append(Offer("Note", entry.mark.note))
    return found


def citation(paper: Paper) -> str:
    """Return a paper on one line: authors, year, title, page."""
    names = ", ".join(paper.authors[:_AUTHORS]) + (" et al." if len(paper.authors) > _AUTHORS else "")
    year = f" ({paper.published.year})" if paper.published else ""
    if names:
        return f"{names}{year}. {paper.title}. {paper.page}".strip(" .")
    return f"{paper.title}{year}. {paper.page}".strip(" .")


def citation_keys(entries: Sequence[Entry]) -> str:
    """Return the citation keys of the first few entries, to show which references are copied."""
    from readlist.exports.citation_key import citation_key

    return ", ".join(citation_key(entry.paper) for entry in entries[:_KEYS]) + (" …" if entries[_KEYS:] else "")


def is_web(url: str) -> bool:
    """Tell whether an address is one of the web, with nothing in it that can't be seen."""
    return url.lower().startswith(("http://", "https://")) and drawable(url) == url


def hosts_in_words(hosts: Sequence[Host]) -> str:
    """Return the hosts of some addresses, each once."""
    names = list(dict.fromkeys(host.shown or "an unknown host" for host in hosts))
    return ", ".join(names[:_HOSTS]) + (f" and {len(names) - _HOSTS} more" if names[_HOSTS:] else "")
