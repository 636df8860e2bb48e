"""A real web server on 127.0.0.1 that plays arXiv for twenty days: lists, API and RSS, with faults by day and path."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

from readlist.sources.http.endpoints import Sites
from tests.support import arxiv_pages as pages
from tests.support.http import Answer, Request, Serving
from tests.support.preprints import CATEGORIES, PUBLISHED, START, Preprints

FaultKind = Literal[
    "too many", "unavailable", "maintenance", "captcha", "cut", "dropped", "empty", "layout", "stale", "twice"
]
"""What may go wrong:

- too many: 429, with `Retry-After` if `after` is given;
- unavailable: 503;
- maintenance: a page that says so, with status 200;
- captcha: a bot check, with status 200;
- cut: the first half of the answer, with a length that fits it;
- dropped: the connection breaks in the middle of the answer;
- empty: an answer of the right form that has nothing, and counts nothing;
- layout: the same papers in a layout of another time;
- stale: the list or the batch before the last, with today's build date;
- twice: every entry of a list occurs twice.
"""

FAULTS: tuple[FaultKind, ...] = (
    "too many", "unavailable", "maintenance", "captcha", "cut", "dropped", "empty", "layout", "stale", "twice",
)  # fmt: skip

_HTML = {"Content-Type": "text/html; charset=utf-8"}
_SHOWS = (25, 50, 100, 250, 500, 1000, 2000)
_API_DEFAULT = 10
_CATCHUP = timedelta(days=91)


@dataclass
class Fault:
    """Something that goes wrong.

    Attributes:
        path: how the paths begin.
        kind: what.
        days: on which of the server's days; None for all.
        times: how often; None for always.
        after: seconds of `Retry-After`; None for none.
    """

    path: str
    kind: FaultKind
    days: frozenset[date] | None = None
    times: int | None = None
    after: int | None = None


@dataclass
class ArxivServer:
    """Plays arXiv, for `with`.

    Attributes:
        world: what was announced, when and as what: the truth.
        now: the server's time; set it to move on.
        lag: how long after the announcement the API knows it.
        page: a list page shows at most that many entries, whatever is asked for.
        etags: how the paths begin whose answers have an ETag: RSS, as arXiv does; its list pages have none.
        faults: what goes wrong, the first that fits.
        old: whether list pages have the layout of before 2025.
        watch: called with each request before it is answered.
        serving: the server; other paths may be given routes.
    """

    world: Preprints = field(default_factory=Preprints)
    now: datetime = field(default_factory=lambda: datetime.combine(START, PUBLISHED) + timedelta(hours=8))
    lag: timedelta = timedelta(days=1)
    page: int = 2000
    etags: tuple[str, ...] = ("/rss/",)
    faults: list[Fault] = field(default_factory=list)
    old: bool = False
    watch: Callable[[Request], None] = lambda request: None

    def __post_init__(self) -> None:
        self.serving = Serving()
        self._lock = threading.Lock()

    def __enter__(self) -> ArxivServer:
        self.serving.__enter__()
        self.serving.fallback = self._answer
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.serving.__exit__(kind, error, traceback)

    @property
    def url(self) -> str:
        """The address, without a slash at the end."""
        return self.serving.url

    @property
    def requests(self) -> list[Request]:
        """What was asked, in order."""
        return self.serving.requests

    @property
    def sites(self) -> Sites:
        """The endpoints that lead here."""
        return Sites(huggingface=self.url, arxiv=self.url, arxiv_rss=self.url, doi=f"{self.url}/doi")

    @property
    def clock(self) -> Callable[[], datetime]:
        """The server's time as a clock for services."""
        return lambda: self.now

    def go_to(self, day: date, hour: int = 9) -> None:
        """Move to an hour of a day, UTC; a list appears at 1:00."""
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    def fail(
        self,
        path: str,
        kind: FaultKind,
        *,
        days: Iterable[date] | None = None,
        times: int | None = None,
        after: int | None = None,
    ) -> None:
        """Let something go wrong; see `Fault`."""
        self.faults.append(Fault(path, kind, None if days is None else frozenset(days), times, after))

    def _answer(self, request: Request) -> Answer:
        self.watch(request)
        fault = self._fault(urlsplit(request.path).path)
        kind = fault.kind if fault else None
        if fault and kind == "too many":
            wait = {} if fault.after is None else {"Retry-After": str(fault.after)}
            return Answer(429, _HTML | wait, b"Rate exceeded.")
        if kind == "unavailable":
            return Answer(503, _HTML, pages.notice_page("arXiv is down", "We are working on it."))
        if kind == "maintenance":
            return Answer(200, _HTML, pages.notice_page("Scheduled maintenance", "arXiv is back at 14:00 UTC."))
        if kind == "captcha":
            text = "Please confirm that you are not a robot: <form id='challenge-form' class='g-recaptcha'></form>"
            return Answer(200, _HTML, pages.notice_page("Just a moment...", text))
        answer = self._good(request, kind)
        if kind == "cut":
            return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
        if kind == "dropped":
            length = {"Content-Length": str(len(answer.body))}
            return Answer(answer.status, {**answer.headers, **length}, answer.body[: len(answer.body) // 2])
        return answer

    def _fault(self, path: str) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                fits = path.startswith(fault.path) and (fault.days is None or self.now.date() in fault.days)
                if fits and fault.times != 0:
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def _good(self, request: Request, kind: FaultKind | None) -> Answer:
        """Return the answer as arXiv gives it; `kind` is a fault of its content."""
        path = urlsplit(request.path).path
        if match := re.fullmatch(r"/list/([^/]+)/(new|pastweek|recent)", path):
            answer = self._list(match[1], match[2], request, kind)
        elif match := re.fullmatch(r"/catchup/([^/]+)/(\d{4}-\d\d-\d\d)", path):
            answer = self._day(match[1], date.fromisoformat(match[2]), request, kind)
        elif match := re.fullmatch(r"/rss/([^/]+)", path):
            answer = self._rss(match[1].split("+"), kind)
        elif path == "/api/query":
            answer = self._api(request, kind)
        else:
            return Answer(404, _HTML, pages.notice_page("Page not found", "Check the address."))
        if answer.status != 200 or not path.startswith(self.etags):
            return answer
        tag = f'"{hashlib.sha256(answer.body).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Answer(304, {"ETag": tag})
        return Answer(200, {**answer.headers, "ETag": tag}, answer.body)

    def _list(self, category: str, part: str, request: Request, kind: FaultKind | None) -> Answer:
        if category not in CATEGORIES:
            return Answer(400, _HTML, pages.notice_page("400 Bad Request", f"Invalid archive or category: {category}"))
        show = int(request.query.get("show", "2000" if part == "new" else "50"))
        if show not in _SHOWS:
            text = f"Invalid show value. Valid values: {', '.join(map(str, _SHOWS))}"
            return Answer(400, _HTML, pages.notice_page("400 Bad Request", text))
        skip = int(request.query.get("skip", "0"))
        show = min(show, self.page)
        days = self.world.published(self.now)
        if kind == "stale":
            days = days[:-1]
        known, world = days[-1], self.world
        if kind == "empty":
            # arXiv counts none, under the right day.
            world = world.without_notices()
        if kind == "layout":
            return Answer(200, _HTML, pages.other_layout(world, world.announced(category, known)))
        if part == "new":
            body = pages.new_page(world, category, known, skip, show, known)
        else:
            body = pages.week_page(world, category, days[:-6:-1], skip, show, known)
        if self.old:
            body = pages.old_layout(body)
        if kind == "twice":
            body = re.sub(rb"<dt>.*?</dd>\n", rb"\g<0>\g<0>", body, flags=re.DOTALL)
        return Answer(200, _HTML, body)

    def _day(self, category: str, day: date, request: Request, kind: FaultKind | None) -> Answer:
        today = self.now.date()
        if category not in CATEGORIES or not today - _CATCHUP <= day <= today:
            return Answer(400, _HTML, pages.notice_page("400 Bad Request", "Invalid subject or date"))
        world = self.world.without_notices() if kind == "empty" or not self._is_out(day) else self.world
        if kind == "layout":
            return Answer(200, _HTML, pages.other_layout(world, world.announced(category, day)))
        skip = (int(request.query.get("page", "1")) - 1) * self.page
        abstracts = request.query.get("abs") == "True"
        known = self.world.published(self.now)[-1]
        return Answer(200, _HTML, pages.day_page(world, category, day, skip, self.page, known, abstracts=abstracts))

    def _is_out(self, day: date) -> bool:
        return day in self.world.published(self.now)

    def _rss(self, categories: list[str], kind: FaultKind | None) -> Answer:
        headers = {"Content-Type": "application/rss+xml"}
        if wrong := [each for each in categories if each not in CATEGORIES]:
            text = f"Bad archive or subject class '{wrong[0]}'."
            return Answer(400, headers, f"<rss version='2.0'><channel><title>Feed error</title><description>{text}"
                          "</description></channel></rss>".encode())  # fmt: skip
        days = self.world.published(self.now)
        # The day in New York; a weekend and a holiday have an empty batch.
        today = (self.now - timedelta(hours=PUBLISHED.hour)).date()
        day = days[-1] if days[-1] == today else None
        if kind == "stale":
            day = days[-2]
        elif kind == "empty":
            day = None
        return Answer(200, headers, pages.rss(self.world, categories, day, today, days[-1]))

    def _api(self, request: Request, kind: FaultKind | None) -> Answer:
        headers = {"Content-Type": "application/atom+xml; charset=utf-8"}
        query = request.query
        start, most = int(query.get("start", "0")), int(query.get("max_results", str(_API_DEFAULT)))
        known = self._known()
        papers = [each for each in self.world.papers.values() if known and each.versions[0].day <= known]
        if ids := query.get("id_list", ""):
            names = [re.sub(r"v\d+$", "", name.strip()) for name in ids.split(",")]
            if wrong := [
                name for name in names if not re.fullmatch(r"\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7}", name)
            ]:
                return Answer(400, headers, pages.refusal(f"incorrect id format for {wrong[0]}"))
            found = [each for name in names for each in papers if each.id == name]
        else:
            wanted = re.findall(r"cat:([\w.*-]+)", query.get("search_query", ""))
            found = [each for each in papers if known and pages.is_listed(each, wanted, known)]
            if query.get("sortBy") == "lastUpdatedDate" and known:
                found.sort(key=lambda each: each.version_on(known).sent, reverse=True)
            else:
                found.sort(key=lambda each: (each.sent, each.id), reverse=True)
        if kind == "empty":
            found = []
        part = found[start : start + most]
        address = urlsplit(request.path).query
        return Answer(200, headers, pages.answer(part, len(found), start, known or self.now.date(), address))

    def _known(self) -> date | None:
        """The day of the last list that the API knows."""
        days = self.world.published(self.now - self.lag)
        return days[-1] if days else None
