"""RSS, Atom and JSON Feed by address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from readlist.sources.batch import Batch, FeedRequest
from readlist.sources.http.client import Http, Reply
from readlist.sources.http.failure import LOGIN_PAGE, FetchError, is_challenge
from readlist.text.host import site_of

if TYPE_CHECKING:
    from readlist.sources.formats.feed_entry import Channel

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, "
    "application/feed+json;q=0.8, */*;q=0.5"
)


class Rss:
    """Feeds by address: the query of a feed of kind rss."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def fetch(self, request: FeedRequest) -> Batch:
        """Fetch a feed: one page, also if it was last fetched long ago. Entries without a day get the request's."""
        return fetch_address(request, request.feed.query, self._http)


def fetch_address(request: FeedRequest, address: str, http: Http) -> Batch:
    """Fetch the feed at an address."""
    feed, today = request.feed.name, request.today
    try:
        reply = http.get(address, accept=ACCEPT, validator=request.validators.get(address))
        if reply.status == 304:
            validators = {address: reply.validator}
            return Batch(address, "feed", feed, seen=today, unchanged=True, validators=validators, moved=reply.moved)
        channel = channel_of(reply)
    except (FetchError, ValueError) as error:
        silent = getattr(error, "silent", "")
        return Batch(address, "feed", feed, seen=today, failure=f"{feed}: {error}", silent=silent)
    # What parses feeds is loaded where there is one to parse: mostly nothing has changed.
    from readlist.sources.formats import syndication

    batch = syndication.batch(channel, origin=address, feed=feed, today=today)
    if batch.failure:
        return replace(batch, failure=f"{feed}{batch.failure.removeprefix(address)}")
    request.progress(len(batch.items))
    # With the validator of a damaged answer, the server would go on saying that nothing changed.
    return replace(batch, validators={} if channel.skipped else reply.validator.at(address), moved=reply.moved)


def channel_of(reply: Reply, wanted: str = "a feed") -> Channel:
    """Return the feed in an answer.

    Raises:
        ValueError: it is something else than `wanted`; one line that begins with the host.
    """
    from readlist.sources.formats import syndication
    from readlist.sources.formats.syndication import NoFeedError

    try:
        return syndication.parse(reply.body, base=reply.url, headers=reply.headers)
    except NoFeedError as error:
        host = site_of(reply.url)
        advice = error.advice
        if is_challenge(reply.headers, reply.body):
            reason = f"{host} sent a bot check instead of {wanted}; open the address in a browser"
            raise ValueError(reason) from error
        if error.page and not error.address:
            advice = LOGIN_PAGE
        elif not error.page:
            advice = "check the address, or try again later"
        what = error.what.removesuffix(", not a feed").replace("empty", "nothing")
        raise ValueError(f"{host} sent {what} instead of {wanted}; {advice}") from error
