"""Notes that go out, are edited on both sides, come in and go out again: nothing is lost, nothing is made up."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.exports.paper_note import rendered
from readlist.notes.note_file import END, NoteFile, body_of, normalize_note, parse_note
from readlist.services.notes_folder import acknowledge, find_notes, take_notes, write_folder
from readlist.shelf import Decision, Entry, Shelf
from readlist.text.clean import clean
from tests.support.depth import examples
from tests.support.papers import make_batch, make_paper, make_shelf

KEY = "arxiv:2608.00006"

lines = st.sampled_from(["---", "# Heading", "## Abstract", "> quoted", END, f"\\{END}", "", "  ", "— also written —"])
notes = st.lists(lines | st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=5).map("\n".join)
flags = st.sampled_from(["true", "false", "yes", "2026-01-02", "2026-01-02T03:04:05Z"])


@contextmanager
def opened() -> Iterator[tuple[Shelf, Path]]:
    """A shelf with a paper, and a folder for notes."""
    with tempfile.TemporaryDirectory() as home:
        shelf = make_shelf(Path(home), lambda: datetime.now(UTC))
        try:
            shelf.papers.add(make_batch([make_paper(6)]))
            yield shelf, Path(home) / "vault"
        finally:
            shelf.close()


def entry_in(shelf: Shelf) -> Entry:
    entry = shelf.papers.entry(KEY)
    assert entry is not None
    return entry


def decide(shelf: Shelf, note: str | None, starred: bool | None = None) -> None:
    shelf.marks.decide([(entry_in(shelf), Decision(None, starred, note, datetime.now(UTC)))], "test").result()


def written(shelf: Shelf, folder: Path) -> Path:
    """Export all papers; the one file."""
    result = write_folder(shelf, [entry_in(shelf).id], folder)
    assert result.failures == []
    (path,) = folder.iterdir()
    return path


def take(shelf: Shelf, folder: Path) -> None:
    folders, rest = find_notes([str(folder)])
    if (done := take_notes(shelf, folders)) is not None:
        done.result()
    (taken,) = folders
    acknowledge(shelf, taken)
    assert (rest, taken.failures) == ((), [])


def without_state(data: bytes) -> bytes:
    return re.sub(rb"(?m)^exported: .*$", b"", data)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notes, notes, flags, flags, st.booleans())
@example("a\n\n", "\n\nb \n", "true", "2026-01-02", True)
@example(END, f"\\{END}\n---", "yes", "false", False)
def test_export_edit_import_export_is_lossless(first: str, edited: str, read: str, starred: str, crlf: bool) -> None:
    first, edited = clean(first), edited.replace("\r", "")
    with opened() as (shelf, folder):
        decide(shelf, first, starred=True)
        path = written(shelf, folder)
        file = parse_note(path.read_text(encoding="utf-8"))
        assert file.note == first
        text = replace(file, body=body_of(edited)).text
        text = re.sub(r"(?m)^read: .*", f"read: {read}  # mine", text, count=1)
        text = re.sub(r"(?m)^starred: .*", f"starred: {starred}\nrating:  5", text, count=1) + "\n## Mine\n\n- x\n"
        path.write_bytes((text.replace("\n", "\r\n") if crlf else text).encode())
        before = path.read_bytes()

        was = entry_in(shelf).mark
        take(shelf, folder)
        mark = entry_in(shelf).mark
        assert mark.note == (first if normalize_note(first) == normalize_note(edited) else normalize_note(edited))
        assert (mark.read is not None) == (read != "false") and (mark.starred is not None) == (starred != "false")
        assert written(shelf, folder) == path
        assert without_state(path.read_bytes()) == without_state(before)
        if (mark.read, mark.starred, mark.note) != (was.read, was.starred, was.note):
            assert shelf.marks.undo().result() is not None
        take(shelf, folder)
        now = entry_in(shelf).mark
        assert (now.read, now.starred, now.note) == (was.read, was.starred, was.note)
        written(shelf, folder)
        assert parse_note(path.read_bytes().decode()).normalized == normalize_note(first)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notes, notes, notes)
def test_what_was_written_on_both_sides_is_all_there(first: str, here: str, there: str) -> None:
    first, here, there = clean(first), clean(here), clean(there)
    with opened() as (shelf, folder):
        decide(shelf, first)
        path = written(shelf, folder)
        decide(shelf, here)
        file = parse_note(path.read_text(encoding="utf-8"))
        path.write_text(file.with_note(there).text, encoding="utf-8")
        take(shelf, folder)
        note = entry_in(shelf).mark.note
        for text, other in ((here, there), (there, here)):
            kept = (
                normalize_note(text) == normalize_note(first) != normalize_note(other) or normalize_note(text) in note
            )
            assert kept, (note, text)
        take(shelf, folder)
        assert entry_in(shelf).mark.note == note
        written(shelf, folder)
        assert parse_note(path.read_text(encoding="utf-8")).normalized == normalize_note(note)


NINE = datetime(2026, 8, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def shelf(tmp_path: Path, clock: Hands) -> Iterator[Shelf]:
    shelf = make_shelf(tmp_path, clock)
    shelf.papers.add(make_batch([make_paper(6)]))
    yield shelf
    shelf.close()


def file_of(entry: Entry, at: datetime) -> NoteFile:
    return parse_note(rendered(entry, at))


def test_what_another_machine_decided_before_the_export_and_brought_later_stays(shelf: Shelf, clock: Hands) -> None:
    shelf.marks.apply([entry_in(shelf)], note="Old.")[1].result()
    file = file_of(entry_in(shelf), NINE + 4 * HOUR)
    # As a sync brings it: decided at eleven, come after the export at one.
    clock.now = NINE + 2 * HOUR
    shelf.marks.apply([entry_in(shelf)], note="New.", starred=True)[1].result()
    (brought,) = shelf.sync.reconcile([(entry_in(shelf), file, (NINE + 4 * HOUR).timestamp())], NINE + 5 * HOUR)
    assert brought.changes == () and not brought.edited


def test_a_file_of_a_readlist_that_knows_more_is_believed(shelf: Shelf, clock: Hands) -> None:
    shelf.marks.apply([entry_in(shelf)], note="Here.", read=True)[1].result()
    clock.now += HOUR
    shelf.marks.apply([entry_in(shelf)], read=False)[1].result()
    entry, later = entry_in(shelf), NINE + 2 * HOUR
    there = replace(entry, mark=replace(entry.mark, read=later, starred=later, note="There.", noted=later))
    (brought,) = shelf.sync.reconcile([(entry, file_of(there, later), later.timestamp())], later)
    assert brought.changes == ("read", "starred", "note") and brought.joined
    assert brought.decision.read == later
    assert brought.decision.note == "Here.\n\n— also written, 2026-08-02 11:00 UTC —\n\nThere."


def test_an_entry_taken_out_says_nothing(shelf: Shelf) -> None:
    shelf.marks.apply([entry_in(shelf)], starred=True)[1].result()
    text = re.sub(r"(?m)^(?:starred|read|title): .*\n", "", rendered(entry_in(shelf), NINE))
    (brought,) = shelf.sync.reconcile([(entry_in(shelf), parse_note(text), NINE.timestamp())], NINE + HOUR)
    assert brought.changes == ()
