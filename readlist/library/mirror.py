"""The mirror of the marks, for queries. The marks themselves are stored elsewhere."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec.structs import asdict

from readlist.library.connections import Connections, meta, set_meta
from readlist.library.rows import DetailRow, MarkRow, columns, insert, named, storable
from readlist.library.search_index import searchable, update_search
from readlist.model.mark import UNMARKED, Mark, merge_marks
from readlist.model.tag import TagCount
from readlist.model.tally import Tally
from readlist.model.time import offset_time_text

_CHUNK = 250
_NO_MARK = MarkRow.of(UNMARKED)
_PRESENT_KEYS = (
    "select j.value, p.key from json_each(?) j cross join alias a on a.identifier = j.value "
    "cross join paper p on p.id = a.paper_id"
)
_WRITE_MARK = (
    insert("mark", ("key", "paper_id", *MarkRow.__struct_fields__))
    + " on conflict (key) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in MarkRow.__struct_fields__)
)


class Mirror:
    """One row for each mark, under its paper's key; marks without a paper wait under the key they came with."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def write(
        self,
        rows: Iterable[tuple[str, Mark]],
        stamp: str | None = None,
        *,
        patient: bool = False,
        progress: Callable[[int, int], object] | None = None,
        latest: Callable[[str], Mark | None] | None = None,
    ) -> None:
        """Write the marks of papers, by key, in transactions of a few hundred; the stamp with the last of them.

        A mark given under a former key of a paper is merged into the paper's mark; marks without a paper wait for it.

        Args:
            rows: keys and marks; a mark that isn't saved yet makes its key a pending one.
            stamp: what `stamp` returns from now on; None keeps it.
            patient: whether to wait up to 5 s for another writer. Otherwise it is 50 ms, fit for the UI thread.
            progress: gets how many are written, and of how many.
            latest: called in the transaction for each key; gives the mark to be written instead, None for none.

        Raises:
            LibraryBusy: another writer took longer.
        """
        waiting = list(rows)
        total = len(waiting)
        while waiting or stamp is not None:
            chunk, waiting = waiting[:_CHUNK], waiting[_CHUNK:]
            with self._connections.writing(urgent=not patient) as connection:
                for key, given in chunk:
                    mark = given if latest is None else latest(key)
                    if mark is not None:
                        _write(connection, storable(key), mark)
                if stamp is not None and not waiting:
                    set_meta(connection, "mark_stamp", stamp)
            if progress is not None:
                progress(total - len(waiting), total)
            if not waiting:
                break

    def replace(
        self,
        rows: Iterable[tuple[str, Mark]],
        stamp: str,
        *,
        patient: bool = True,
        progress: Callable[[int, int], object] | None = None,
    ) -> list[tuple[str, str]]:
        """Make these the only marks in the mirror; those that are the same already are not written.

        Args:
            rows: keys and marks.
            stamp: what `stamp` returns from now on.
            patient: as for `write`; so is the progress.
            progress: of those that are not the same already.

        Returns:
            Pairs (former key, key) for marks given under a former key of a paper.
        """
        given = [(storable(key), mark) for key, mark in rows]
        with self._connections.reading() as connection:
            keys = dict(connection.execute(_PRESENT_KEYS, (json.dumps([key for key, _ in given]),)))
            stored = connection.execute(f"select key, {columns(MarkRow)} from mark")
            held = {row.pop("key"): MarkRow(**row) for row in named(stored)}
        wanted: dict[str, Mark] = {}
        for key, mark in given:
            present = keys.get(key, key)
            wanted[present] = merge_marks(wanted[present], mark) if present in wanted else mark
        changed = [(key, mark) for key, mark in wanted.items() if held.get(key) != MarkRow.of(mark)]
        gone = [key for key in held if key not in wanted]
        while gone:
            chunk, gone = gone[:_CHUNK], gone[_CHUNK:]
            with self._connections.writing(urgent=not patient) as connection:
                for key in chunk:
                    _write(connection, key, UNMARKED)
                connection.executemany("delete from mark where key = ?", [(key,) for key in chunk])
        self.write(changed, stamp, patient=patient, progress=progress)
        return [(key, present) for key, present in keys.items() if key != present]

    def stamp(self) -> str:
        """Return the stamp of the mirrored marks, empty if there is none."""
        with self._connections.reading() as connection:
            return meta(connection, "mark_stamp")

    def pending(self) -> list[str]:
        """Return the keys whose mirrored marks were not known to be saved."""
        return self._keys("select key from mark indexed by mark_pending where pending order by key")

    def waiting(self) -> list[str]:
        """Return the keys of marks that wait for their paper."""
        return self._keys("select key from mark indexed by mark_unbound where paper_id is null")

    def decided(self, identifiers: Iterable[str]) -> set[str]:
        """Return those identifiers that have a star or a note, whether the paper is in the library or not."""
        statement = (
            "select key from mark where key in (select value from json_each(?)) "
            "and (starred is not null or note <> '' or pending)"
        )
        return set(self._keys(statement, json.dumps([storable(identifier) for identifier in identifiers])))

    def tally(self, since: datetime, missed: Mapping[str, Mark] = MappingProxyType({})) -> Tally:
        """Return what was decided since a time, of all papers, whether they are in the library or not.

        Args:
            since: the time.
            missed: marks by key that count instead of those here.
        """
        statement = (
            "select count(*), coalesce(sum(read >= ?1), 0), coalesce(sum(starred >= ?1), 0), "
            "coalesce(sum(note <> '' and noted >= ?1), 0) from mark "
            "where (read >= ?1 or starred >= ?1 or (note <> '' and noted >= ?1)) "
            "and key not in (select value from json_each(?2))"
        )
        besides = json.dumps([storable(key) for key in missed])
        with self._connections.reading() as connection:
            here = Tally(*connection.execute(statement, (offset_time_text(since), besides)).fetchone())
        return here.after(((UNMARKED, mark) for mark in missed.values()), since)

    def tags(self) -> list[TagCount]:
        """Return all tags of the notes, each as it is written most often, the most frequent first."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "select t.folded, t.shown, count(*) from tag t join paper p on p.id = t.paper_id where not p.hidden "
                "group by t.folded, t.shown order by 3"
            ).fetchall()
        shown = {folded: name for folded, name, _ in rows}
        papers: Counter[str] = Counter()
        for folded, _, count in rows:
            papers[folded] += count
        ordered = sorted(papers.items(), key=lambda each: (-each[1], each[0]))
        return [TagCount(shown[folded], count) for folded, count in ordered]

    def _keys(self, statement: str, *parameters: str) -> list[str]:
        with self._connections.reading() as connection:
            return [key for (key,) in connection.execute(statement, parameters)]


def _write(connection: sqlite3.Connection, key: str, mark: Mark) -> None:
    """Write what changes of a mark, its paper's flags, and its note in the search index."""
    paper = connection.execute(
        "select p.id, p.key, p.read, p.starred, p.noted, p.hidden from alias a join paper p on p.id = a.paper_id "
        "where a.identifier = ?",
        (key,),
    ).fetchone()
    paper_id, own_key, *flags = paper or (None, key)
    stored = connection.execute(f"select {columns(MarkRow)} from mark where key = ?", (own_key,)).fetchone()
    before = MarkRow(*stored) if stored else _NO_MARK
    if own_key != key and stored:
        mark = merge_marks(before.mark, mark)
    after = MarkRow.of(mark)
    if after != before:
        connection.execute(_WRITE_MARK, {"key": own_key, "paper_id": paper_id, **asdict(after)})
    if paper_id is None:
        return
    if list(after.flags.values()) != flags:
        connection.execute(
            "update paper set read = :read, starred = :starred, noted = :noted, hidden = :hidden where id = :id",
            {**after.flags, "id": paper_id},
        )
    if before.note != after.note:
        _index_note(connection, paper_id, before.note or "", after.note or "")


def _index_note(connection: sqlite3.Connection, paper_id: int, before: str, after: str) -> None:
    statement = f"select {columns(DetailRow)} from detail where paper_id = ?"
    paper = DetailRow(*connection.execute(statement, (paper_id,)).fetchone()).paper()
    update_search(connection, [(paper_id, searchable(paper, before), searchable(paper, after))])
