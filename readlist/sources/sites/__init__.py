"""The sites that papers come from, all with one protocol; a new one is a module here and a row of `SITES`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from readlist.model.feed import Feed
    from readlist.sources.batch import Batch
    from readlist.sources.http.client import Http

LOOKUP = "lookup"
"""The kind that takes a `LookupRequest`: papers by id. All others take a `FeedRequest`."""

SITES = {
    "huggingface": "huggingface:HuggingFace",
    "arxiv": "arxiv:Arxiv",
    "rss": "rss:Rss",
    LOOKUP: "lookup:Lookup",
}
"""By kind of feed, module and class."""

Request = TypeVar("Request", contravariant=True)


class Site(Protocol[Request]):
    """Fetches papers with an HTTP client."""

    def fetch(self, request: Request) -> Batch:
        """Return the papers in their order; expected failures are in `Batch.failure`, then without any papers."""


def open_site(kind: str, http: Http) -> Site[Any]:
    """Return the site for a kind of feed."""
    module, _, name = SITES[kind].partition(":")
    return cast(Site[Any], getattr(import_module(f"{__name__}.{module}"), name)(http))


def host_of_feed(feed: Feed) -> str:
    """Return what feeds of one host have in common, so that they can be fetched one after the other."""
    return (urlsplit(feed.query).hostname or feed.query) if feed.kind == "rss" else feed.kind
