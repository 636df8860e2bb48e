"""Tests of what is loaded when: the page engine is for pages only."""

import subprocess
import sys
from pathlib import Path

import pytest

_LOADED = "print(*sorted(name for name in sys.modules if name.startswith('readlist.sources.page')))"
_PAPER = '[{"paper": {"id": "2401.12345", "title": "A paper of today", "upvotes": 3}}]'
_FEED = '<rss version="2.0"><channel><title>Lab</title><item><title>A paper of today</title></item></channel></rss>'


@pytest.mark.parametrize("content, name", [(_PAPER, "papers.json"), (_FEED, "feed.xml")])
def test_reading_json_or_a_feed_loads_no_page_engine(tmp_path: Path, content: str, name: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    code = "import sys; from readlist.sources import reader; print(*(len(b.items) for b in reader.read(sys.argv[1:])));"
    assert _run(code, str(path)) == ["1", ""]


def test_asking_a_feed_loads_no_page_engine() -> None:
    assert _run("import sys; from readlist.sources import arxiv, ask, hub, rss;") == [""]


def _run(code: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code + _LOADED, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.removesuffix("\n").split("\n")
