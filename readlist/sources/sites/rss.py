"""RSS, Atom and JSON Feed by address: anything feedparser can make sense of, and JSON Feed."""

from __future__ import annotations

from msgspec.structs import replace

from readlist.sources.batch import Batch, FeedRequest
from readlist.sources.formats import syndication
from readlist.sources.formats.feed_entry import Channel
from readlist.sources.formats.syndication import NoFeedError
from readlist.sources.http.client import FetchError, Http, Reply
from readlist.sources.http.failure import is_challenge
from readlist.text.host import site_of

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, "
    "application/feed+json;q=0.8, */*;q=0.5"
)


def fetch(request: FeedRequest, http: Http, *, address: str = "") -> Batch:
    """Ask for a feed by its address.

    Args:
        request: of a feed of kind rss: its query is the address, `today` the day of entries without one. It is one
            page, whatever `since` is.
        http: the client.
        address: asked instead of the query.

    Returns:
        The papers in the feed's order; `failure` set if it could not be had.
    """
    feed, today, address = request.feed.name, request.today, address or request.feed.query
    try:
        reply = http.get(address, accept=ACCEPT, validator=request.validators.get(address))
        if reply.status == 304:
            kept = {address: reply.validator}
            return Batch(address, "feed", feed, seen=today, unchanged=True, validators=kept, moved=reply.moved)
        channel = channel_of(reply)
    except (FetchError, ValueError) as error:
        return Batch(address, "feed", feed, seen=today, failure=f"{feed}: {error}")
    batch = syndication.batch(channel, origin=address, feed=feed, today=today)
    if batch.failure:
        return replace(batch, failure=f"{feed}{batch.failure.removeprefix(address)}")
    request.progress(len(batch.items))
    # With what a damaged answer was marked by, the server would say for ever that nothing changed.
    return replace(batch, validators={} if channel.skipped else reply.validator.at(address), moved=reply.moved)


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
