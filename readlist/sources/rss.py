"""RSS, Atom and JSON Feed by address: anything feedparser can make sense of, and JSON Feed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from msgspec.structs import replace

from readlist.model.feed import Feed
from readlist.sources import syndication
from readlist.sources.base import Batch, Validator
from readlist.sources.entry import Channel
from readlist.sources.http import FetchError, Http, Reply
from readlist.sources.status import is_challenge
from readlist.sources.syndication import NoFeedError
from readlist.text.host import site_of

__all__ = ["ACCEPT", "ask", "channel_of", "decode", "fetch"]

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, "
    "application/feed+json;q=0.8, */*;q=0.5"
)

_NONE: Mapping[str, Validator] = MappingProxyType({})

decode = syndication.decode


def fetch(
    feed: Feed,
    http: Http,
    *,
    today: date,
    since: date | None = None,
    validators: Mapping[str, Validator] = _NONE,
    progress: Callable[[int], None] | None = None,
) -> Batch:
    """Ask for a feed by its address.

    Args:
        feed: one of kind rss; its query is the address.
        http: the client.
        today: the present day, UTC: that of entries without one.
        since: taken for the sake of the other sources; a feed is one page.
        validators: by address, what the last good fetch was given.
        progress: told how many papers are in.

    Returns:
        The papers in the feed's order; `failure` set if it could not be had.
    """
    return ask(feed, feed.query, http, today=today, validators=validators, progress=progress)


def ask(
    feed: Feed,
    address: str,
    http: Http,
    *,
    today: date,
    validators: Mapping[str, Validator] = _NONE,
    progress: Callable[[int], None] | None = None,
) -> Batch:
    """Ask one address for a feed; see `fetch`."""
    try:
        reply = http.get(address, accept=ACCEPT, validator=validators.get(address))
        if reply.status == 304:
            kept = {address: reply.validator}
            return Batch(address, "feed", feed.name, seen=today, unchanged=True, validators=kept, moved=reply.moved)
        channel = channel_of(reply)
    except (FetchError, ValueError) as error:
        return Batch(address, "feed", feed.name, seen=today, failure=f"{feed.name}: {error}")
    batch = syndication.batch(channel, origin=address, feed=feed.name, today=today)
    if batch.failure:
        return replace(batch, failure=f"{feed.name}{batch.failure.removeprefix(address)}")
    if progress is not None:
        progress(len(batch.items))
    # With what a damaged answer was marked by, the server would say for ever that nothing changed.
    given = reply.validator if not channel.skipped and (reply.validator.etag or reply.validator.modified) else None
    return replace(batch, validators={address: given} if given else {}, moved=reply.moved)


def channel_of(reply: Reply, wanted: str = "a feed") -> Channel:
    """Return the feed that an answer bears.

    Raises:
        ValueError: it bears something else, in one line that goes on after the feed's name.
    """
    try:
        return syndication.parse(reply.body, base=reply.url, headers=reply.headers)
    except NoFeedError as error:
        host = site_of(reply.url)
        advice = error.advice
        if is_challenge(reply.headers, reply.body):
            reason = f"{host} answered with a page that wants a browser instead of {wanted}; open the address in one"
            raise ValueError(reason) from error
        if error.page and not error.address:
            advice = "a login page of the network? open any page in a browser, then try again"
        elif not error.page:
            advice = "check the address, or try again later"
        what = error.what.removesuffix(", no feed").replace("empty", "nothing")
        raise ValueError(f"{host} answered with {what} instead of {wanted}; {advice}") from error
