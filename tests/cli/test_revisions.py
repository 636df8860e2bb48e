"""Versions, comments and withdrawals on the command line, and what a fetch says of your papers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.cli import Run, titles
from tests.support.feeds import answer, entry
from tests.support.http import Answer, Serving

MONTH = 30 * 86_400 * 1_000_000
"""In microseconds."""
TODAY = datetime.now(UTC).date()
"""Once, so that midnight changes nothing."""
COMMENT = '<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">{}</arxiv:comment>'
JOURNAL = '<arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. Tests 3 (2026) 1</arxiv:journal_ref>'


def lately(text: str, version: int) -> str:
    """An entry in another version, of today."""
    return text.replace("00001v2", f"00001v{version}").replace("2026-08-06T", f"{TODAY}T")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """A real server in the place of every site."""
    with Serving() as serving:
        for name in ("HF_ENDPOINT", "ARXIV_ENDPOINT", "ARXIV_RSS_ENDPOINT", "DOI_ENDPOINT"):
            monkeypatch.setenv(name, serving.url)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield serving


@pytest.fixture
def starred(run: Run, tmp_path: Path, server: Serving) -> Run:
    """A home with one paper on arXiv, in its second version, starred a month ago; the feed has nothing."""
    server.json("/api/daily_papers", [])
    server.route("/api/query", lambda request: answer(entry(1, extra=COMMENT.format("9 pages"))))
    assert run("add", "2608.00001").exit_code == 0
    assert run("mark", "2608.00001", "--star", "--read").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "home" / "library.db", isolation_level=None)) as library:
        library.execute("update paper set added = added - ?", (MONTH,))
    return run


def test_a_fetch_says_what_news_there_is_of_your_papers(starred: Run, server: Serving) -> None:
    withdrawn = COMMENT.format("This paper has been withdrawn by the author due to a sign error") + JOURNAL
    server.route("/api/query", lambda request: answer(lately(entry(1, extra=withdrawn), 3)))
    result = starred("fetch")
    assert result.exit_code == 0, result.output
    assert "Your papers: news of 1 paper, 1 asked about" in result.stdout.splitlines()
    assert titles(starred, "is:revised") == titles(starred, "is:withdrawn") != []
    shown = starred("show", "2608.00001").stdout
    assert "withdrawn: a sign error" in shown
    assert "· v3 ·" in shown
    assert "journal J. Tests 3 (2026) 1" in " ".join(shown.split())
    (found,) = json.loads(starred("list", "comment:withdrawn", "--json").stdout)
    assert (found["version"], found["withdrawn"]) == (3, "a sign error")
    assert starred("mark", "is:revised", "--read").stdout == "1 of 1 paper changed\n"
    assert titles(starred, "is:revised") == []
    assert starred("undo").exit_code == 0
    assert len(titles(starred, "is:revised")) == 1
    # Not asked again within a week.
    assert "Your papers" not in starred("fetch").stdout


def test_what_arxiv_cannot_be_asked_is_one_line_and_no_failure(starred: Run, server: Serving) -> None:
    server.route("/api/query", lambda request: Answer(404))
    result = starred("fetch")
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stderr.splitlines() if "Your papers" in line]
    assert "arXiv could not be asked: " in line
    records = [json.loads(line) for line in starred("fetch", "--json").stdout.splitlines()]
    assert {one["feed"] for one in records} >= {"Your papers"}


def test_a_digest_has_the_news_alone(starred: Run, server: Serving) -> None:
    server.route("/api/query", lambda request: answer(lately(entry(1), 4)))
    assert starred("fetch").exit_code == 0
    text = starred("digest").stdout
    assert text.startswith("News of 1 paper\n")
    assert f"version 4 since {TODAY:%A}, " in text
