"""Drafts of notes outlive the terminal they are typed in."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from readlist.marks.disk.draft import Draft, Drafts
from tests.support.marks import START, Clock


def test_a_draft_is_there_for_the_next_process(tmp_path: Path) -> None:
    assert Drafts(tmp_path / "drafts", clock=lambda: START).save("arxiv:1", "so\n\nweit \ud800 ü")
    assert Drafts(tmp_path / "drafts").all() == (Draft("arxiv:1", "so\n\nweit \ud800 ü", START),)


def test_the_latest_text_counts(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    for text in ("o", "on", "one"):
        drafts.save("a", text)
    assert drafts.text("a") == "one"
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


def test_a_discarded_draft_is_gone(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.save("a", "x")
    drafts.discard("a")
    drafts.discard("never there")
    assert drafts.text("a") is None
    assert drafts.all() == ()


def test_all_drafts_oldest_first(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts", clock=Clock())
    assert drafts.all() == ()
    for key in ("b", "a", "title:../../etc"):
        drafts.save(key, f"on {key}")
    assert [(draft.key, draft.text) for draft in drafts.all()] == [
        ("b", "on b"),
        ("a", "on a"),
        ("title:../../etc", "on title:../../etc"),
    ]
    assert len(list(tmp_path.rglob("*.json"))) == len(list((tmp_path / "drafts").iterdir())) == 3


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b'{"key": "a"}', b'{"key": 1, "text": "", "time": ""}', b"[" * 9999]
)
def test_what_is_no_draft_is_skipped(tmp_path: Path, content: bytes) -> None:
    drafts = Drafts(tmp_path)
    drafts.save("a", "x")
    [path] = tmp_path.iterdir()
    path.write_bytes(content)
    assert drafts.text("a") is None
    drafts.save("b", "y")
    assert [draft.key for draft in drafts.all()] == ["b"]


def test_a_draft_that_cannot_be_kept_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("a file in the way")
    drafts = Drafts(tmp_path / "drafts")
    assert not drafts.save("a", "x")
    assert drafts.text("a") is None
    drafts.discard("a")


def test_drafts_are_for_the_user_alone(tmp_path: Path) -> None:
    Drafts(tmp_path / "drafts").save("a", "x")
    assert stat.S_IMODE((tmp_path / "drafts").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "drafts").iterdir()} == {0o600}
