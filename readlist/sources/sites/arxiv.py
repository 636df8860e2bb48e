"""arXiv: categories and searches of its API, its daily lists, single papers by id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from readlist.model.feed import is_daily
from readlist.model.paper import Paper
from readlist.sources.batch import Batch, FeedRequest
from readlist.sources.http.client import Http
from readlist.sources.sites.arxiv_api import ArxivApi


class Arxiv:
    """Categories, searches and daily lists: the query of a feed of kind arxiv."""

    def __init__(self, http: Http) -> None:
        self._http, self._api = http, ArxivApi(http)

    def fetch(self, request: FeedRequest) -> Batch:
        """Fetch a feed, newest first, back to what was announced before `since`.

        Returns:
            The papers, each of the day it was submitted, those of a daily list of the list's day; what is long is given
            to `request.store` in pieces before. Without papers, and with `failure`, if a page failed.
        """
        if is_daily(request.feed):
            from readlist.sources.sites.arxiv_daily import DailyLists

            return DailyLists(self._http, self._api).fetch(request)
        from readlist.sources.sites.arxiv_pages import fetch_pages

        return fetch_pages(self._api, request)

    def papers(self, ids: Sequence[str], today: date) -> dict[str, Paper]:
        """Fetch single papers; returns those that arXiv knows, by id.

        Raises:
            ValueError: a request failed, or its answer can't be used; one line.
        """
        return self._api.papers(ids, today)
