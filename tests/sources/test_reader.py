"""Files, folders and standard input: what is read, and what is said of what can't be."""

from __future__ import annotations

import codecs
import io
import json
import os
import socket
import threading
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readlist.model.time import PartialDate
from readlist.sources import reader
from readlist.sources.batch import PIECE, Batch, joined

TODAY = date(2026, 8, 20)
PAGE = """new

Get trending papers in your email inbox!

Subscribe

byAK and the research community

Aug 14

Kettles That Listen: Boiling by Ear

We let kettles listen to themselves. A small network hears the water boil and stops in time, in nine kitchens of ten.

Naïve Cafés: A Study of Spelling

Cafés are spelt in many ways. We count them all, with and without accents, and find that nobody agrees with anybody.
"""


def paper(**fields: Any) -> dict[str, Any]:
    return {"id": "2607.01234", "title": "Kettles That Listen", "summary": "We let kettles listen.", **fields}


def item(**fields: Any) -> dict[str, Any]:
    return {"paper": paper(**fields), "numComments": 0}


def read(*paths: str | Path, **options: Any) -> list[Batch]:
    return list(reader.read(paths, **{"today": TODAY, **options}))


def read_bytes(folder: Path, data: bytes, name: str = "page.txt", **options: Any) -> Batch:
    path = folder / name
    path.write_bytes(data)
    stamp = datetime(2026, 8, 20, 12).timestamp()
    os.utime(path, (stamp, stamp))
    (batch,) = read(path, **options)
    return batch


def read_json(folder: Path, value: object, name: str = "day.json", **options: Any) -> Batch:
    return read_bytes(folder, json.dumps(value).encode(), name, **options)


def titles(batch: Batch) -> list[str]:
    return [paper.title for paper, _ in batch.items]


class TestWhatAFileHolds:
    def test_a_captured_page(self, tmp_path: Path) -> None:
        batch = read_bytes(tmp_path, PAGE.encode())
        assert titles(batch) == ["Kettles That Listen: Boiling by Ear", "Naïve Cafés: A Study of Spelling"]
        assert (batch.feed, batch.day) == ("HF search", date(2026, 8, 14))

    def test_markdown_may_begin_with_a_tag(self, tmp_path: Path) -> None:
        text = f'<div align="center">\n\n# My list\n\n</div>\n\n{PAGE}'
        assert titles(read_bytes(tmp_path, text.encode(), "list.md"))[0] == "Kettles That Listen: Boiling by Ear"

    def test_a_part_of_a_page_in_html_is_no_markdown(self, tmp_path: Path) -> None:
        body = "".join(f"<p>{line}</p>\n\n" for line in PAGE.split("\n\n"))
        assert "HTML without a list" in read_bytes(tmp_path, f"<div>\n\n{body}\n</div>".encode(), "p.md").failure

    def test_a_name_tells_the_year_that_the_page_leaves_out(self, tmp_path: Path) -> None:
        assert read_bytes(tmp_path, PAGE.encode(), "page-2024-08-14.txt").day == date(2024, 8, 14)
        assert read_bytes(tmp_path, PAGE.encode(), "page-2024-08-15.txt").day == date(2026, 8, 14)

    def test_daily_papers_json(self, tmp_path: Path) -> None:
        batch = read_json(tmp_path, [item()])
        assert (batch.kind, batch.feed, titles(batch)) == ("daily papers JSON", "HF daily", ["Kettles That Listen"])

    def test_json_is_known_by_its_content(self, tmp_path: Path) -> None:
        assert titles(read_json(tmp_path, [item()], "day.txt")) == ["Kettles That Listen"]

    def test_json_lines(self, tmp_path: Path) -> None:
        lines = [json.dumps(item()), "", "{broken", json.dumps([item(id="2607.05678", title="B"), {"x": 1}])]
        batch = read_bytes(tmp_path, "\n".join(lines).encode(), "papers.jsonl")
        assert titles(batch) == ["Kettles That Listen", "B"]
        assert [skip.line for skip in batch.skipped] == [3, 4]

    def test_a_list_written_by_python(self, tmp_path: Path) -> None:
        assert titles(read_bytes(tmp_path, repr([item()]).encode(), "day.json")) == ["Kettles That Listen"]

    def test_saved_html(self, tmp_path: Path) -> None:
        properties = json.dumps({"dailyPapers": [item()]}).replace('"', "&quot;")
        page = f'<!-- saved --><!doctype html>\n<html><div data-target="DailyPapers" data-props="{properties}"></div>'
        assert titles(read_bytes(tmp_path, page.encode(), "page.html")) == ["Kettles That Listen"]
        assert titles(read_bytes(tmp_path, page.encode(), "page.txt")) == ["Kettles That Listen"]

    def test_a_text_named_html_is_a_text(self, tmp_path: Path) -> None:
        assert len(read_bytes(tmp_path, PAGE.encode(), "page.html").items) == 2

    def test_a_text_that_begins_with_a_bracket_is_a_text(self, tmp_path: Path) -> None:
        assert len(read_bytes(tmp_path, b"[Hugging Face](https://huggingface.co)\n\n" + PAGE.encode()).items) == 2
        assert len(read_bytes(tmp_path, b"[1]\n\n" + PAGE.encode()).items) == 2

    @pytest.mark.parametrize("name", ["2026-07-03.json", "hf_2026-07-03_daily.json", "20260703.json"])
    def test_json_without_a_day_is_of_the_day_in_its_name(self, tmp_path: Path, name: str) -> None:
        assert read_json(tmp_path, [item()], name).day == date(2026, 7, 3)

    @pytest.mark.parametrize("name", ["day.json", "2026-13-45.json", "2607.01234.json"])
    def test_else_it_is_of_the_files_own(self, tmp_path: Path, name: str) -> None:
        batch = read_json(tmp_path, [item()], name)
        assert (batch.day, batch.items[0][1].day) == (TODAY, TODAY)

    def test_a_day_given_by_the_user_goes_before_all(self, tmp_path: Path) -> None:
        day = date(2026, 1, 2)
        for batch in (
            read_bytes(tmp_path, PAGE.encode(), day=day),
            read_json(tmp_path, [item(submittedOnDailyAt="2026-07-03T01:00:00Z")], "2026-07-04.json", day=day),
        ):
            assert {batch.day, *(announcement.day for _, announcement in batch.items)} == {day}


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_pages_of_many_editors_are_read(self, tmp_path: Path, encoding: str) -> None:
        assert "Naïve Cafés: A Study of Spelling" in titles(read_bytes(tmp_path, PAGE.encode(encoding)))

    def test_what_had_to_be_guessed_is_said(self, tmp_path: Path) -> None:
        batch = read_bytes(tmp_path, PAGE.encode("cp1252"))
        assert (batch.skipped[0].line, batch.skipped[0].reason) == (None, "not UTF-8: read as Windows-1252")


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "empty; "),
            (b" \n\t\r\n", "empty; "),
            (codecs.BOM_UTF8, "empty; "),
            (b"text\0text", "a binary file; "),
            (b"\x01\x02\x03", "a binary file; "),
            (PAGE.encode("utf-16-le"), "a binary file; "),
            (b"%PDF-1.7 \xe2\xe3", "a PDF; "),
            (b"PK\x03\x04", "a zip archive; "),
            (b"\x1f\x8b\x08", "compressed (gzip); "),
            (b"\x89PNG\r\n", "an image; "),
            (b"bplist00", "a Safari web archive; "),
            (b"{\\rtf1 Hello}", "rich text (RTF); "),
            (
                b"From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n",
                "a web archive (MHTML); ",
            ),
            (b"<?xml version='1.0'?><books><book/></books>", "XML (<books>), not a feed; "),
            (b"@article{kettle,\n author = {A}}", "BibTeX without papers (“kettle”: no title, arXiv id or DOI); "),
            (b"TY  - JOUR\n", "RIS without papers (no title, arXiv id or DOI); "),
            (
                b'[{"type": "book", "title": "-", "DOI": 1}, {"type": "book"}, 3]'.replace(b'"-"', b'"\\u200b"'),
                "CSL-JSON without papers (item 1: no title, arXiv id or DOI); ",
            ),
            (b"<!DOCTYPE html><html><p>Hi</p></html>", "HTML without a list of papers"),
            (b"<p>Hi</p>", "HTML without a list of papers"),
            (b'{"a": 1}', "JSON without papers; "),
            (b"[]", "a daily papers JSON without papers; "),
            (b'[\n  {"a" 1}\n]', " line 2 column 8: not JSON (Expecting ':' delimiter); "),
            (b'["new\nline"]', " line 1 column 6: not JSON (Invalid control character); "),
            (b"[" * 100_000, "not JSON (nested too deeply); "),
            (b'[{"":' * 50_000, "not JSON (nested too deeply); "),
        ],
    )
    def test_it_is_said_in_one_line_with_what_to_do(self, tmp_path: Path, data: bytes, reason: str) -> None:
        batch = read_bytes(tmp_path, data, "page.html" if data.startswith(b"<") else "page.txt")
        assert batch.items == ()
        assert batch.failure.startswith(f"{batch.origin}: {reason.lstrip()}") or f":{reason}" in batch.failure
        assert "\n" not in batch.failure and "; " in batch.failure

    @pytest.mark.parametrize(("name", "kind"), [("a.bib", "BibTeX"), ("a.BIBTEX", "BibTeX"), ("a.ris", "RIS")])
    def test_a_file_that_is_only_called_so(self, tmp_path: Path, name: str, kind: str) -> None:
        assert read_bytes(tmp_path, b"Hello\n", name).failure == f"{tmp_path}/{name}: no {kind} in it; export it again"
        assert len(read_bytes(tmp_path, PAGE.encode(), name).items) == 2

    def test_a_missing_file(self, tmp_path: Path) -> None:
        (batch,) = read(tmp_path / "page.txt")
        assert batch == Batch(
            f"{tmp_path}/page.txt",
            failure=f"{tmp_path}/page.txt: no such file; check the name",
            path=f"{tmp_path}/page.txt",
        )

    def test_links_that_lead_nowhere(self, tmp_path: Path) -> None:
        (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
        (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
        gone, loop = read(tmp_path / "gone.txt", tmp_path / "loop.txt")
        assert gone.failure.endswith("gone.txt: a broken link; fix it")
        assert loop.failure.endswith("loop.txt: a link to itself; fix it")

    @pytest.mark.parametrize("name", ["a" * 5_000, "a\0b", "\ud800"])
    def test_a_name_no_file_can_have(self, name: str) -> None:
        (batch,) = read(name)
        assert batch.failure.endswith(": not a valid file name; check it")
        assert batch.failure.isprintable()

    def test_pipes_sockets_and_devices_hold_nobody_up(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / "socket"))
            pipe, sock, device = read(tmp_path / "pipe", tmp_path / "socket", "/dev/zero")
        assert pipe.failure.endswith(": a pipe, not a file; use - to read standard input")
        assert "not a file; use - to read standard input" in sock.failure
        assert device.failure == "/dev/zero: a device, not a file; use - to read standard input"

    @pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
    def test_a_file_one_may_not_read(self, tmp_path: Path) -> None:
        (tmp_path / "page.txt").write_text(PAGE)
        (tmp_path / "page.txt").chmod(0)
        (batch,) = read(tmp_path / "page.txt")
        assert batch.failure.endswith(": permission denied; make it readable")

    def test_a_refusal_of_the_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("os.open", refuse)
        assert read_bytes(tmp_path, b"x").failure.endswith(": permission denied; make it readable")

    def test_a_file_that_is_too_large_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "large.txt"
        with path.open("wb") as file:
            file.truncate(reader.SIZE_LIMIT + 1)
        (batch,) = read(path)
        assert batch.failure.startswith(f"{path}: larger than 256 MiB; ")

    def test_the_other_files_are_read_all_the_same(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes(b"\0")
        (tmp_path / "b.txt").write_text(PAGE)
        bad, good, missing = read(tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt")
        assert bad.failure and not bad.items
        assert good.items and not good.failure
        assert missing.failure

    def test_a_name_from_outside_is_shown_harmless(self, tmp_path: Path) -> None:
        path = os.fsencode(tmp_path) + b"/\x1b[31mred\n\xff.txt"
        Path(os.fsdecode(path)).write_text(PAGE)
        (batch,) = read(tmp_path)
        assert batch.items
        assert batch.origin == f"{tmp_path}/red ?.txt"


class TestFolders:
    def test_pages_are_read_in_the_order_of_their_names(self, tmp_path: Path) -> None:
        (tmp_path / "b").mkdir()
        for name in ("c.txt", "b/2.html", "b/1.json", "a.md", "d.HTM", "e.pdf", ".hidden.txt", "f"):
            (tmp_path / name).write_text("x")
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "x.txt").write_text("x")
        names = [str(Path(batch.origin).relative_to(tmp_path)) for batch in read(tmp_path)]
        assert names == ["a.md", "b/1.json", "b/2.html", "c.txt", "d.HTM"]

    def test_a_folder_without_pages(self, tmp_path: Path) -> None:
        (tmp_path / "notes.pdf").write_text("x")
        (batch,) = read(tmp_path)
        pages = "*.atom, *.bib, *.bibtex, *.htm, *.html, *.json, *.jsonl, *.md, *.nbib, *.ndjson, *.opml"
        wanted = f"{pages}, *.ris, *.rss, *.txt, *.xml"
        assert batch.failure == f"{tmp_path}: a folder without files to import; readlist reads {wanted}"

    def test_links_out_of_it_and_in_circles_are_not_followed(self, tmp_path: Path) -> None:
        inside, outside = tmp_path / "inside", tmp_path / "outside"
        inside.mkdir()
        outside.mkdir()
        (outside / "other.txt").write_text(PAGE)
        (inside / "page.txt").write_text(PAGE)
        (inside / "again.txt").symlink_to(inside / "page.txt")
        (inside / "out.txt").symlink_to(outside / "other.txt")
        (inside / "gone.txt").symlink_to(outside / "nothing.txt")
        (inside / "away").symlink_to(outside)
        (inside / "around").symlink_to(inside)
        assert [Path(batch.origin).name for batch in read(inside)] == ["again.txt", "page.txt"]

    def test_pipes_in_it_are_passed_over(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.txt")
        (tmp_path / "page.txt").write_text(PAGE)
        assert [Path(batch.origin).name for batch in read(tmp_path)] == ["page.txt"]

    def test_nesting_deeper_than_calls_may_go(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        depth = 1_200
        monkeypatch.chdir(tmp_path)
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
        Path("page.txt").write_text(PAGE)
        (batch,) = read(tmp_path)
        # Taken down by hand: what clears up after tests does call itself.
        Path("page.txt").unlink()
        for _ in range(depth):
            os.chdir("..")
            Path("d").rmdir()
        assert len(batch.items) == 2


class TestStandardInput:
    def test_a_dash_reads_it(self) -> None:
        (batch,) = read("-", stdin=io.BytesIO(PAGE.encode()))
        assert (batch.origin, len(batch.items), batch.day) == ("-", 2, date(2026, 8, 14))

    def test_json_from_it(self) -> None:
        (batch,) = read("-", stdin=io.BytesIO(json.dumps([item()]).encode()))
        assert (batch.day, len(batch.items)) == (TODAY, 1)

    @pytest.mark.slow
    def test_a_pipe_behind_it(self) -> None:
        out, into = os.pipe()

        def write() -> None:
            with os.fdopen(into, "wb") as file:
                file.write(PAGE.encode() * 2_000)

        writer = threading.Thread(target=write)
        writer.start()
        with os.fdopen(out, "rb") as stdin:
            (batch,) = read("-", stdin=stdin)
        writer.join()
        assert batch.items

    def test_what_is_wrong_with_it_is_said_by_its_name(self) -> None:
        (batch,) = read("-", stdin=io.BytesIO(b""))
        assert (batch.origin, batch.failure) == ("-", "standard input: empty; save the page again")

    def test_no_end_of_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Endless(io.RawIOBase):
            def read(self, size: int = -1) -> bytes:
                return b"x" * size

        monkeypatch.setattr(reader, "SIZE_LIMIT", 4 << 20)
        (batch,) = read("-", stdin=Endless())
        assert batch.failure.startswith("standard input: larger than ")

    def test_it_may_be_closed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", None)
        (batch,) = read("-")
        assert batch.failure == "standard input: closed; name a file"
        closed = io.BytesIO()
        closed.close()
        (batch,) = read("-", stdin=closed)
        assert batch.failure.startswith("standard input: can't be read (")


def test_progress_is_reported_from_the_start_to_the_end(tmp_path: Path) -> None:
    reported: list[tuple[int, int, str]] = []
    (tmp_path / "a.txt").write_bytes(b"x" * 10)
    (tmp_path / "b.txt").write_bytes(b"x" * 30)

    def tell(done: int, total: int, name: str) -> None:
        reported.append((done, total, Path(name).name))

    batches = reader.read([tmp_path], progress=tell, today=TODAY)
    next(batches)
    assert reported == [(0, 40, "a.txt")]
    list(batches)
    assert reported == [(0, 40, "a.txt"), (10, 40, "a.txt"), (40, 40, "b.txt")]


class TestRealSamples:
    def test_whole_days_and_odd_ones(self, shared_feeds: Path) -> None:
        batches = read(shared_feeds / "hf-json")
        counts = {Path(batch.origin).stem: len(batch.items) for batch in batches}
        assert counts == {
            **{"2024-05-27": 13, "2024-06-12": 16, "2024-08-05": 8, "2024-12-09": 13, "2025-01-13": 5},
            **{"2025-03-13": 10, "2025-06-25": 14, "2025-09-29": 30, "2025-11-12": 8, "2026-01-07": 16},
            **{"2026-06-03": 23, "malformed-items-are-strings": 4, "malformed-wrapped-string": 9, "paper-abridged": 1},
        }
        for batch in batches:
            if Path(batch.origin).stem[:2] == "20":
                day = date.fromisoformat(Path(batch.origin).stem)
                assert {batch.day, *(announcement.day for _, announcement in batch.items)} == {day}

    def test_arxiv_answers(self, shared_feeds: Path) -> None:
        counts = {
            "id_0000.0000.http200": 0, "id_0808.05394.http200": 0, "id_0808.05394_1707.08567.http200": 1,
            "id_1605.08386.http200": 1, "id_1707.08567.http200": 1, "id_2104.12255v1.http200": 1,
            "id_abc.http400": 0, "id_astro-ph_0601001.http200": 1, "id_quant-ph_0201082v1.http200": 1,
            "q_testing.http200": 100, "q_testing_s0_m10.http200": 10, "q_testing_s9_m15.http200": 15,
        }  # fmt: skip
        batches = {Path(batch.origin).name.removesuffix(".atom.xml"): batch for batch in read(shared_feeds / "arxiv")}
        assert {name: len(batch.items) for name, batch in batches.items()} == counts
        assert [name for name, batch in batches.items() if batch.failure] == ["id_abc.http400"]
        assert not any(batch.skipped for batch in batches.values())
        assert all(paper.arxiv and paper.abstract for batch in batches.values() for paper, _ in batch.items)

    def test_feeds_and_lists_of_feeds(self, shared_feeds: Path) -> None:
        counts = {Path(batch.origin).name: (len(batch.items), batch.failure) for batch in read(shared_feeds / "rss")}
        assert counts == {
            "arxiv-atom-shape.xml": (1, ""), "arxiv-rss-2026-09-24.xml": (4, ""),
            "arxiv-rss-cut-in-item.xml": (1, ""), "arxiv-rss-weekend-empty.xml": (0, ""),
        }  # fmt: skip
        listed = {Path(batch.origin).name: (len(batch.feeds), batch.failure) for batch in read(shared_feeds / "opml")}
        assert listed == {
            "arxiv.roman-c-e.opml": (11, ""), "arxiv_categories.opml": (3, ""),
            "dup_and_comment.opml": (2, ""), "nested_folders.opml": (3, ""),
        }  # fmt: skip

    def test_references(self, shared_feeds: Path) -> None:
        batches = {Path(batch.origin).stem: batch for batch in read(shared_feeds / "bibtex")}
        assert {name: [paper.key for paper, _ in batch.items] for name, batch in batches.items()} == {
            "dblp_arxiv": ["arxiv:1803.00653"], "zotero_export_mnih_2013": ["arxiv:1312.5602"],
            "zotero_export_movva_2022_excerpt": ["arxiv:2203.07687", "arxiv:2208.09684"],
            "zotero_export_tail_windows-paths_annote": ["arxiv:1505.07376"],
        }  # fmt: skip
        assert not any(batch.failure or batch.marks for batch in batches.values())
        papers = {paper.key: paper for batch in batches.values() for paper, _ in batch.items}
        assert papers["arxiv:1312.5602"].title == "Playing Atari with Deep Reinforcement Learning"
        assert papers["arxiv:1505.07376"].authors == ("Leon A. Gatys", "Alexander S. Ecker", "Matthias Bethge")
        assert papers["arxiv:1803.00653"].title == "Semi-parametric Topological Memory for Navigation"
        assert papers["arxiv:1803.00653"].published == PartialDate(2018)
        cut = batches["zotero_export_movva_2022_excerpt"]
        assert [skip.line for skip in cut.skipped] == [1, 11]

    def test_bad_files_give_one_clear_line_each(self, shared_feeds: Path) -> None:
        paths = sorted((shared_feeds / "bad").glob("*.json"))
        batches = read(*paths)
        assert len(batches) == len(paths) >= 7
        for path, batch in zip(paths, batches, strict=True):
            assert batch.items == ()
            assert batch.failure.startswith(f"{path}: ")
            assert batch.failure.isprintable() and "; " in batch.failure and len(batch.failure) < 300

    def test_ill_formed_xml_goes_through(self, shared_feeds: Path) -> None:
        batches = read(*sorted((shared_feeds / "bad").glob("*.xml")))
        counts = {Path(batch.origin).name: (len(batch.items), batch.failure) for batch in batches}
        assert counts == {
            "aaa_illformed.xml": (0, ""), "atom10_feed_authors.xml": (9, ""), "rss092_1.xml": (3, ""),
            "rdf_channel_empty_textinput.xml": (1, ""), "rss_item_link_corrupted_ampersands.xml": (1, ""),
        }  # fmt: skip

    def test_captured_and_saved_pages(self, shared_feeds: Path) -> None:
        counts = {Path(batch.origin).name: len(batch.items) for batch in read(shared_feeds / "pages")}
        assert counts["day-2024-08-01.html"] == 13
        assert (counts["hf-2c68c062.txt"], counts["hf-56353fbb.txt"]) == (85, 61)


_PIECES: Iterable[bytes] = [
    PAGE.encode(),
    json.dumps([item()]).encode(),
    *(codecs.BOM_UTF16_LE, codecs.BOM_UTF8, b"[", b"{", b'{"paper":', b'"', b"'", b"<html>", b"<!--", b"@a{b", b"\xff"),
    b'<div data-target="DailyPapers" data-props="',
    b"\n\nAbstract\n\n",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.lists(st.binary(max_size=40) | st.sampled_from(list(_PIECES)), max_size=6).map(b"".join),
    name=st.sampled_from(["a.txt", "a.json", "a.html", "a.md", "a"]),
)
def test_no_bytes_make_it_raise(tmp_path: Path, data: bytes, name: str) -> None:
    batch = read_bytes(tmp_path, data, name)
    assert bool(batch.items) != bool(batch.failure)
    assert "\n" not in batch.failure


def test_notes_are_never_read_as_pages(tmp_path: Path) -> None:
    note = f"---\nkey: arxiv:2401.00001\n---\n{PAGE}"
    batch = read_bytes(tmp_path, note.encode(), "note.md")
    assert not batch.items and "import their edits with `readlist import`" in batch.failure
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    (folder,) = read(tmp_path)
    assert not folder.items and folder.failure.startswith(f"{tmp_path}: notes written by readlist")
    (tmp_path / "note.md").unlink()
    (batch,) = read(tmp_path)
    assert len(batch.items) == 2


class TestPieces:
    def long_page(self, folder: Path, papers: int) -> Path:
        path = folder / "page.txt"
        head, _, _ = PAGE.partition("Kettles")
        body = (
            f"Kettles That Listen {number}: Boiling by Ear\n\nWe let {number} kettles listen to themselves. "
            "A small network hears the water boil and stops in time, in nine kitchens of ten, and no tea burns.\n"
            for number in range(papers)
        )
        path.write_text(
            head
            + "We boil water in a kettle, and find that it boils. This is the abstract of a paper without a title.\n\n"
            + "\n".join(body),
            encoding="utf-8",
        )
        return path

    @pytest.mark.parametrize("papers", [3, PIECE, PIECE + 1, 2 * PIECE + 3])
    def test_pieces_are_the_whole(self, tmp_path: Path, papers: int) -> None:
        path = self.long_page(tmp_path, papers)
        *before, last = pieces = list(reader.read_pieces([path], today=TODAY))
        (whole,) = read(path)
        assert [len(piece.items) for piece in before] == [PIECE] * ((len(whole.items) - 1) // PIECE)
        assert all(piece.more and not piece.skipped and piece.path == str(path) for piece in before)
        assert not last.more and last.skipped == whole.skipped
        assert joined(pieces) == whole and len(whole.items) >= papers
        assert [announcement.position for _, announcement in whole.items] == [*range(1, len(whole.items) + 1)]
