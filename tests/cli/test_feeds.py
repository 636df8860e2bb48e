"""Feeds on the command line: fetch, add, feeds; what they print and their exit status."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from readlist.cli import fetch_command
from readlist.config import ConfigError, load
from readlist.model.list_day import ListedDay
from readlist.shelf import FetchOutcome
from readlist.tui.keymap import KeyMap
from tests.support.cli import Run, titles
from tests.support.feeds import answer as arxiv_answer
from tests.support.feeds import entry, record
from tests.support.http import Answer, Request, Serving
from tests.support.papers import make_batch, make_paper, make_shelf

OPML = """<opml version="2.0"><body><outline text="Labs">
<outline type="rss" text="One lab" xmlUrl="https://one.example/feed.xml"/>
<outline type="rss" text="arXiv learning" xmlUrl="https://rss.arxiv.org/rss/cs.LG"/>
</outline></body></opml>"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """A real server in the place of every site."""
    with Serving() as serving:
        for name in ("HF_ENDPOINT", "ARXIV_ENDPOINT", "ARXIV_RSS_ENDPOINT", "DOI_ENDPOINT"):
            monkeypatch.setenv(name, serving.url)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield serving


def test_a_new_machine_follows_what_trends_and_the_day(run: Run, server: Serving) -> None:
    server.json("/api/daily_papers", [record(1), record(2)])
    result = run("fetch")
    assert result.exit_code == 0, result.output
    assert sorted(result.stdout.splitlines()) == [
        "HF daily: nothing new, 2 known",
        "HF trending: 2 new, 0 known",
    ] or sorted(result.stdout.splitlines()) == ["HF daily: 2 new, 0 known", "HF trending: nothing new, 2 known"]
    # Lists of single days are those that are counted again.
    assert {request.path for request in server.requests if "date" not in request.query} == {
        "/api/daily_papers?limit=100", "/api/daily_papers?sort=trending&limit=100",
    }  # fmt: skip
    again = [json.loads(line) for line in run("fetch", "--json").stdout.splitlines()]
    assert {one["feed"]: (one["new"], one["unchanged"], one["failure"]) for one in again} == {
        "HF daily": (0, True, None), "HF trending": (0, True, None),
    }  # fmt: skip
    assert all(one["last_good"] for one in again)


def test_a_feed_is_named_as_soon_as_it_is_done(run: Run, server: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    printed, waited = threading.Event(), []
    print_outcome = fetch_command._print_outcome

    def noted(outcome: FetchOutcome, as_json: bool) -> None:
        print_outcome(outcome, as_json)
        printed.set()

    def slow(request: Request) -> Answer:
        waited.append(printed.wait(60))
        return Answer(404)

    monkeypatch.setattr(fetch_command, "_print_outcome", noted)
    server.json("/api/daily_papers", [record(1)])
    server.route("/slow.xml", slow)
    result = run("fetch", "hf:daily", f"{server.url.replace('127.0.0.1', 'localhost')}/slow.xml")
    assert result.stdout == "HF daily: 1 new, 0 known\n"
    assert waited == [True]


def test_one_failing_feed_is_named_and_the_others_come_in(run: Run, server: Serving) -> None:
    server.json("/api/daily_papers", [record(1)])
    assert run("feeds", "add", f"{server.url}/missing.xml", "--name", "Gone lab").exit_code == 0
    result = run("fetch")
    assert result.exit_code == 1
    assert "Gone lab: failed: " in result.stderr and "404" in result.stderr and "never fetched" in result.stderr
    assert result.stderr.count("\n") == 1
    assert titles(run) == ["Paper 1"]


def test_a_day_of_the_past_is_fetched_once(run: Run, server: Serving) -> None:
    server.json("/api/daily_papers", [record(1, "2026-07-01")])
    result = run("fetch", "hf:2026-07-01")
    assert result.exit_code == 0, result.output
    assert server.requests[0].path == "/api/daily_papers?date=2026-07-01&limit=100"
    (paper,) = json.loads(run("list", "--json").stdout)
    assert paper["feeds"] == [{"name": "HF daily", "date": "2026-07-01", "position": 1}]
    assert "not fetched yet" in run("feeds").stdout


def test_a_feed_is_fetched_by_its_name(run: Run, server: Serving) -> None:
    server.json("/api/daily_papers", [record(1)])
    assert run("fetch", "hf daily").exit_code == 0
    asked = [request.path for request in server.requests if "date" not in request.query]
    assert asked == ["/api/daily_papers?limit=100"]
    wrong = run("fetch", "no such feed")
    assert wrong.exit_code == 2
    assert "no such feed" in wrong.stderr


def test_feeds_are_added_listed_and_removed(run: Run, server: Serving, tmp_path: Path) -> None:
    assert run("feeds", "add", "arxiv:cs.LG", "--name", "Learning", "--keep", "90d").exit_code == 0
    listed = json.loads(run("feeds", "list", "--json").stdout)
    assert [(one["name"], one["feed"], one["keep"]) for one in listed] == [
        ("HF trending", "hf:trending", None), ("HF daily", "hf:daily", None), ("Learning", "arxiv:cs.LG", 90),
    ]  # fmt: skip
    assert "Learning" in (tmp_path / "home" / "config.toml").read_text(encoding="utf-8")
    assert run("feeds", "remove", "HF trending", "learning").exit_code == 0
    assert [one["name"] for one in json.loads(run("feeds", "list", "--json").stdout)] == ["HF daily"]
    gone = run("feeds", "remove", "HF dayly")
    assert gone.exit_code == 1
    assert "HF daily" in gone.stderr


@pytest.mark.parametrize("text", ["ftp://lab.example/x", "arxiv:", "hf:2026-13-01", "hf:trendy", "", "two words"])
def test_what_is_no_feed_is_refused_in_one_line(run: Run, text: str) -> None:
    result = run("feeds", "add", text)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_what_is_right_of_several_is_done(run: Run, server: Serving) -> None:
    some = run("feeds", "add", "arxiv:cs.LG", "bogus")
    assert some.exit_code == 1 and "bogus" in some.stderr and "Following arXiv cs.LG" in some.stdout
    assert run("feeds", "remove", "arxiv:cs.lg").exit_code == 0
    server.json("/api/daily_papers", [record(1)])
    fetched = run("fetch", "hf:daily", "bogus")
    assert fetched.exit_code == 1 and "HF daily: 1 new" in fetched.stdout and "bogus" in fetched.stderr


@pytest.mark.parametrize("command", [("feeds", "add"), ("import",)])
def test_an_opml_file_adds_its_feeds(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "subscriptions.opml"
    file.write_text(OPML, encoding="utf-8")
    result = run(*command, str(file))
    assert result.exit_code == 0, result.output
    listed = json.loads(run("feeds", "list", "--json").stdout)
    assert [one["name"] for one in listed][2:] == ["One lab", "arXiv learning"]
    assert listed[3]["feed"] == "arxiv:daily:cs.LG"


def test_papers_are_added_by_id_and_address(run: Run, server: Serving) -> None:
    server.json("/api/papers/2608.00001", record(1)["paper"])
    server.json("/api/papers/2608.00002", record(2)["paper"])
    result = run("add", "2608.00001v3", "https://huggingface.co/papers/2608.00002", "arXiv:2608.00001")
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["new", "arxiv:2608.00001", "Paper", "1"], ["new", "arxiv:2608.00002", "Paper", "2"],
    ]  # fmt: skip
    again = [json.loads(line) for line in run("add", "2608.00001", "--json").stdout.splitlines()]
    assert again == [{"key": "arxiv:2608.00001", "title": "Paper 1", "state": "known"}]


def test_a_paper_is_kept_by_its_id_without_a_network(
    run: Run,
    server: Serving,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HF_ENDPOINT", "ARXIV_ENDPOINT"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    result = run("add", "2608.00001")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("waiting  arxiv:2608.00001")
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    server.json("/api/papers/2608.00001", record(1)["paper"])
    server.json("/api/daily_papers", [])
    assert run("fetch").exit_code == 0
    assert titles(run) == ["Paper 1"]


def test_what_is_no_paper_is_refused(run: Run, server: Serving) -> None:
    result = run("add", "hello")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1 and "hello" in result.stderr
    server.route("/api/papers/2608.99999", lambda request: Answer(404, {}, b"{}"))
    server.route("/api/query", lambda request: arxiv_answer())
    unknown = run("add", "2608.99999")
    assert unknown.exit_code == 1
    assert "2608.99999" in unknown.stderr
    assert titles(run) == []


def test_a_wait_that_a_server_asks_for_holds_in_the_next_process(run: Run, server: Serving) -> None:
    moment = datetime.now(UTC) + timedelta(hours=3)
    server.route("/lab.xml", lambda _: Answer(429, {"Retry-After": format_datetime(moment, usegmt=True)}))
    for _ in range(3):
        result = run("fetch", f"{server.url}/lab.xml")
        assert result.exit_code == 1
    assert f"{moment.astimezone():%H:%M}" in result.stderr
    assert len(server.requests) == 1


def test_a_feed_that_has_moved_for_good_is_followed(run: Run, server: Serving) -> None:
    server.route("/old", lambda _: Answer(301, {"Location": "/new"}))
    server.file("/new", b"<rss version='2.0'><channel><title>x</title></channel></rss>", "text/xml")
    assert run("feeds", "add", f"{server.url}/old", "--name", "My lab", "--keep", "12w").exit_code == 0
    reported = run("fetch", "My lab").stdout
    assert f"`readlist feeds move 'My lab' {server.url}/new`" in reported
    assert run("feeds", "move", "my lab", f"{server.url}/new").exit_code == 0
    (feed,) = [each for each in json.loads(run("feeds", "list", "--json").stdout) if each["name"] == "My lab"]
    assert (feed["feed"], feed["keep"]) == (f"{server.url}/new", 84)
    assert "moved" not in run("fetch", "My lab").stdout
    assert run("feeds", "move", "My lab", "nonsense").exit_code == 2
    assert run("feeds", "move", "No lab", f"{server.url}/other").exit_code == 1
    assert "followed already" in run("feeds", "move", "My lab", f"{server.url}/new").stderr


def feed_of_one_title(kind: str, link: str, ids: tuple[str, ...]) -> tuple[bytes, str]:
    """A feed whose items have one title, each its own id and maybe its own link, and its type."""
    title, home = "Kettles of polished steel boil water faster", "https://lab.example/"
    items = [(each, link.format(each)) for each in ids]
    if kind == "json":
        records = [{"id": each, "title": title, **({"url": url} if url else {})} for each, url in items]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Lab", "home_page_url": home, "items": records}
        return json.dumps(feed).encode(), "application/feed+json"
    if kind == "rss":
        rows = [
            f"<item><title>{title}</title><link>{url}</link><guid isPermaLink='false'>{each}</guid></item>"
            for each, url in items
        ]
        head = f"<title>Lab</title><link>{home}</link>"
        return f"<rss><channel>{head}{''.join(rows)}</channel></rss>".encode(), "application/rss+xml"
    rows = [f"<entry><title>{title}</title><id>urn:{each}</id><link href='{url}'/></entry>" for each, url in items]
    head = f"<title>Lab</title><link href='{home}'/>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{head}{''.join(rows)}</feed>"
    return body.encode(), "application/atom+xml"


@pytest.mark.parametrize("link", ["https://lab.example/{}", "https://lab.example/news", "https://lab.example/", ""])
@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_items_of_one_title_are_papers_of_their_own(run: Run, server: Serving, kind: str, link: str) -> None:
    run("feeds", "add", f"{server.url}/feed", "--name", "Lab")
    new = []
    for ids in (("a", "b"), ("a", "b"), ("b", "a"), ("b",), ("b", "c")):
        server.file("/feed", *feed_of_one_title(kind, link, ids))
        (report,) = [json.loads(line) for line in run("fetch", "Lab", "--json").stdout.splitlines()]
        new.append(report["new"])
    assert new == [2, 0, 0, 0, 1]


@pytest.mark.parametrize("keys", ['star = "nonsense"', 'star = "f5"\nread = "f5"'])
def test_settings_with_wrong_keys_are_wrong_for_every_command_that_reads_them(
    run: Run, tmp_path: Path, keys: str
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text(f"[keys]\n{keys}\n", encoding="utf-8")
    for command in (["feeds"], ["fetch"], ["list", "@Mine"]):
        result = run(*command)
        assert result.exit_code == 2 and "config.toml" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize("keys", ['star = "nonsense"', 'star = "f5"\nread = "f5"', 'strar = "f5"'])
def test_settings_with_wrong_keys_are_not_edited(run: Run, tmp_path: Path, keys: str) -> None:
    (tmp_path / "home").mkdir()
    settings = tmp_path / "home" / "config.toml"
    settings.write_text(f"[keys]\n{keys}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as of_the_screen:
        KeyMap(load(settings).keys, settings)
    for command in (["add", "hf:2026-08-01"], ["remove", "HF daily"], ["move", "HF daily", "hf:trending"]):
        result = run("feeds", *command)
        assert result.exit_code == 1 and result.stderr == f"readlist: {of_the_screen.value}\n"
    assert settings.read_text(encoding="utf-8") == f"[keys]\n{keys}\n"


def test_the_last_days_of_a_daily_list_show_what_was_announced_and_what_is_missing(
    run: Run, server: Serving, tmp_path: Path
) -> None:
    today = datetime.now(UTC).date()
    assert run("feeds", "add", "arxiv:daily:cs.LG", "--name", "Learning").exit_code == 0
    shelf = make_shelf(tmp_path / "home")
    shelf.papers.add(make_batch([make_paper(n) for n in (1, 2)], feed="Learning", day=today))
    days = [ListedDay(today, 2), ListedDay(today - timedelta(days=1), 3)]
    shelf.feeds.lists.record("Learning", days)
    shelf.close()
    listed = run("feeds")
    weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert f"{weekday[today.weekday()]} 2/2, {weekday[today.weekday() - 1]} 0/3" in listed.stdout
    assert ": 3 announced, 0 here" in listed.stderr and listed.stderr.count("\n") == 1
    (record,) = [each for each in json.loads(run("feeds", "--json").stdout) if each["name"] == "Learning"]
    assert record["days"] == [
        {"day": days[0].day.isoformat(), "announced": 2, "here": 2},
        {"day": days[1].day.isoformat(), "announced": 3, "here": 0},
    ]
    assert len(record["missing"]) == 1


def test_what_is_missing_after_a_fetch_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    missing = "Wed 25 Nov: 214 announced, 209 here; the next fetch tries again"
    outcome = FetchOutcome("Learning", new=209, remarks=(missing,))
    fetch_command._print_outcome(outcome, False)
    said = capsys.readouterr()
    assert said.out == "Learning: 209 new, 0 known\n"
    assert f"Learning: {missing}\n" in said.err
    fetch_command._print_outcome(outcome, True)
    assert json.loads(capsys.readouterr().out)["remarks"] == [missing]


def test_a_category_is_fetched_back_to_a_day(run: Run, server: Serving) -> None:
    server.route("/api/query", lambda request: arxiv_answer(*(entry(n, "2026-08-05") for n in range(100)), total=100))
    result = run("fetch", "arxiv:cs.LG", "--since", "2026-08-01")
    assert (result.exit_code, result.stdout) == (0, "arXiv cs.LG: 100 new, 0 known\n")


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "9999-01-01", ""])
def test_a_day_that_is_none_is_refused_in_one_line(run: Run, day: str) -> None:
    result = run("fetch", "arxiv:cs.LG", "--since", day)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1 and "--since" in result.stderr
