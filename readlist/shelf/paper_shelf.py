"""The papers of a shelf: added, found again by views and searches, and shown with their marks."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from readlist.library.errors import LibraryBusy, LibraryError, LibraryReadOnly
from readlist.library.library import Library
from readlist.library.rows import Added, Entry
from readlist.marks import MarksError
from readlist.model.paper import Announcement, Paper
from readlist.model.view import Sort, View
from readlist.query import Problem, Query, parse
from readlist.query.rules import Rules
from readlist.query.terms import And, Flag, Or, Term, Words
from readlist.shelf.mirrored_marks import CHUNK, MirroredMarks
from readlist.shelf.watch import Watch
from readlist.text.clean import fold

if TYPE_CHECKING:
    from readlist.library.rows import Counts
    from readlist.marks.disk.draft import Drafts
    from readlist.model.trend import Series
    from readlist.shelf.past_list import PastList
    from readlist.sources.batch import Batch

_LOOKED_AT, _OFFERED = 60, 5
"""At most N papers whose authors are offered, and at most N authors."""
# As they are parsed, without the parser.
_UNREAD = Query("is:unread", (Flag("is", ("unread",)),))
_EVERY = Query("is:read,unread,removed", (Flag("is", ("read", "unread", "removed")),))


class PaperShelf:
    """Adds papers to the library, finds them, and joins each with its mark.

    Attributes:
        visits: when the user last saw the papers, and recent searches.
        typed: makes a search quick while it is typed.
        outlines: the groups of lists, and what their papers have.
        imports: which papers each import brought, and which files are known to bring nothing.
        count_log: the counts that feeds gave, by day.
    """

    def __init__(
        self,
        library: Library,
        mirrored: MirroredMarks,
        drafts: Drafts,
        clock: Callable[[], datetime],
        watch: Watch,
        refresh_match: Callable[[], None] = lambda: None,
    ) -> None:
        """Make it.

        Args:
            library: the library.
            mirrored: the marks.
            drafts: of notes.
            clock: gives the present time.
            watch: what the settings watch and mute.
            refresh_match: brings the scores of all papers up to the marks.
        """
        self._refresh_match = refresh_match
        self._library, self._mirrored, self._drafts, self._clock = library, mirrored, drafts, clock
        self.visits = library.visits
        self._watch = watch
        self.typed = TypedSearch(self, library, self._today)
        self.outlines = library.outlines
        self.imports = library.imports
        self.count_log = library.count_log
        self.count_log.clock = clock

    @property
    def writable(self) -> bool:
        """Whether papers can be added; if not, the library is read-only."""
        return self._library.connections.writable

    # Finding

    def parse(self, view: View, search: str = "") -> Query:
        """Return the checked query of a view narrowed by what is typed in the search bar; problems are the latter's."""
        return _narrowed(view.query, search, self._today(), self._watch.rules_in(view.query, search))

    def problem(self, view: View) -> Problem | None:
        """Return the first problem of a view's own query, None for none; a view with a problem is empty.

        Without its wrong terms a query would find too much, and all of that may be marked at once.
        """
        return next(iter(_parsed(view.query, self._today()).problems), None)

    def first(self, view: View, search: str = "", limit: int = 200) -> list[int]:
        """Return the ids of the view's first papers, in order: enough for a screen, quickly."""
        if self.problem(view):
            return []
        query = self.parse(view, search)
        sort = query.sort or view.sort
        if search:
            found = self._library.page.first(self.parse(view), query, sort, limit)
            if found.ids is not None:
                return found.ids
            if found.few:
                return list(self._library.ids(query, sort)[:limit])
        return self._library.first_ids(query, sort, limit)

    def browse(self, view: View, search: str = "") -> array[int]:
        """Return the ids of all papers of a view, in order."""
        query = self.parse(view, search)
        return array("q") if self.problem(view) else self._library.ids(query, query.sort or view.sort)

    def count(self, view: View, search: str = "", *, unread: bool = False) -> int:
        """Return how many papers a view has, or how many unread ones."""
        query = self.parse(view, search)
        return 0 if self.problem(view) else self._library.count(query.within(_UNREAD) if unread else query)

    def _today(self) -> date:
        return self._clock().astimezone().date()

    def select(self, query: Query, sort: Sort | None = None) -> array[int]:
        """Return the ids of all papers that match a query, in the given order, else the query's or feed order.

        If it asks how well papers fit the user, that is brought up to the marks first; in a library that can't be
        written it is as it was (see `MatchShelf.is_current`).
        """
        expanded = self._watch.expanded(query)
        if expanded.needs_match(sort):
            with suppress(LibraryBusy, LibraryReadOnly):
                self._refresh_match()
        return self._library.ids(expanded, sort or query.sort or "feed")

    # Reading

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """Return the entries of these ids, in that order; papers that are gone are left out."""
        return self._mirrored.overlaid(lambda: self._library.papers(ids))

    def listed(self, ids: Sequence[int]) -> list[int]:
        """Return those of some ids whose papers are in the library, without those of imports that were undone."""
        listed = (self._library.among(ids[start : start + CHUNK], _EVERY) for start in range(0, len(ids), CHUNK))
        return [number for some in listed for number in some]

    def in_chunks(self, ids: Sequence[int]) -> Iterator[list[Entry]]:
        """Yield the entries of these ids, some hundreds at a time, to save memory."""
        for start in range(0, len(ids), CHUNK):
            yield self.entries(ids[start : start + CHUNK])

    def entry(self, identifier: str) -> Entry | None:
        """Return the entry of a paper by any of its identifiers, or None."""
        found = self._library.find(identifier)
        entries = self.entries([found]) if found is not None else []
        return entries[0] if entries else None

    def ids_of(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids of the papers with these keys, as far as they are in the library."""
        return self._library.ids_of(keys)

    def series(self, paper: int | str) -> tuple[Series, ...]:
        """Return the counts of a paper, given by its id or key, by day; one series a kind that was ever counted.

        What it gained is counted since the last visit that ended before the latest counts.
        """
        found = self._library.find(paper) if isinstance(paper, str) else paper
        return self.count_log.series(found) if found is not None else ()

    def as_of(self, day: date) -> PastList:
        """Return the lists of papers as they were known on a day."""
        from readlist.shelf.past_list import PastList

        return PastList(self._library, self, self._watch, day)

    def unread_ids(self) -> frozenset[int]:
        """Return the ids of all unread papers."""
        return frozenset(self._library.ids(_UNREAD, "feed"))

    def is_untouched(self) -> bool:
        """Return whether nothing was ever added to the library: the first run."""
        return not self._library.first_ids(_EVERY, "feed", 1)

    def counts(self) -> Counts:
        """Return how many papers there are: all, unread, starred, noted; removed ones apart."""
        return self._library.counts()

    def works(self, title: str) -> list[Paper]:
        """Return all papers of a title, which is given as `title:…`."""
        return self._library.works([title])

    def unfilled(self) -> list[str]:
        """Return the keys of papers that are known by their ids alone, oldest first."""
        return self._library.unfilled()

    def interrupt(self) -> None:
        """Stop a query that runs in another thread."""
        self._library.connections.interrupt()

    def end_visit(self) -> None:
        """Record that the user has seen all papers: only those added later are new (`is:new`)."""
        self._library.visits.end(self._clock())

    # Adding

    def begin_import(self) -> int:
        """Return what names a new import in `add` and in the steps of undo that belong to it."""
        self._library.imports.purge(self._clock())
        return self._library.imports.begin(self._clock())

    def add(
        self,
        batch: Batch,
        progress: Callable[[int], None] | None = None,
        *,
        imported: int | None = None,
        items: Iterable[tuple[Paper, Announcement]] | None = None,
    ) -> Added:
        """Add a batch's papers to the library, as part of an import if it is one.

        Untouched papers of the built-in sample are removed with the first real feed. Marks of papers that prove to be
        one are merged.

        Args:
            batch: what to add.
            progress: called now and then with the number of papers added.
            imported: names the import; see `begin_import`.
            items: its papers, if they are still being made: they need not all be held in memory.
        """
        from readlist.model.feed import SAMPLE
        from readlist.sources.sample import KIND

        path = self._library.connections.path
        if not path.exists():
            raise LibraryError(f"library deleted while running: {path}; restart readlist to create a new one")
        sample = (batch.feed, batch.kind) == (SAMPLE, KIND)
        papers: dict[str, Paper] = {}
        titled = False

        def seen() -> Iterator[tuple[Paper, Announcement]]:
            nonlocal titled
            for item in batch.items if items is None else items:
                titled = titled or bool(item[0].title)
                if item[0].key in batch.further:
                    papers[item[0].key] = item[0]
                yield item

        added = self._library.add(
            batch.feed,
            seen(),
            day=batch.day,
            seen=batch.seen,
            progress=progress,
            builtin=sample,
            now=self._clock(),
            batch=imported,
        )
        merged = added.merged
        if batch.further:
            more = [(papers[key], each) for key, announced in batch.further.items() for each in announced]
            again = self._library.add(batch.feed, more, day=batch.day, now=self._clock(), batch=imported)
            merged = (*merged, *again.merged)
        if not sample and titled:
            from readlist.library.paper_writer import drop_untouched

            drop_untouched(self._library.connections, SAMPLE, self.held)
        self._mirrored.fold([*merged, *self._marked_elsewhere(added.new)])
        return added

    def _marked_elsewhere(self, new: Sequence[str]) -> list[tuple[str, str]]:
        """Return (key of marks, key of a new paper) for marks of new papers that wait under another key.

        They come from another machine, which knows the paper by other identifiers: those are kept with the marks.
        """
        waiting = self._library.mirror.waiting() if new else []
        if not waiting:
            return []
        from readlist.shelf.placement import placed, titles_in

        try:
            documents = self._mirrored.store.documents()
        except MarksError:
            return []
        marked = {key: documents[key] for key in waiting if key in documents}
        fresh = set(new)
        owners = {name: owner for owner in self._library.owners(new).values() for name in owner.identifiers}
        works = [paper for paper in self._library.works(titles_in(marked, owners)) if paper.key in fresh]
        _, keys = placed(marked, owners=owners, works=works, own=documents)
        return [(key, here) for key, here in keys.items() if here in fresh and here != key]

    def drop_unfilled(self, keys: Sequence[str]) -> int:
        """Remove papers that are known by their ids alone and have no mark; returns how many."""
        from readlist.library.paper_writer import UNFILLED

        return self._drop_unmarked(keys, UNFILLED)

    def _drop_unmarked(self, keys: Sequence[str], condition: str) -> int:
        if not keys:
            return 0
        from readlist.library.paper_writer import drop_unmarked

        # The mirror must know all marks.
        self._mirrored.sync()
        return drop_unmarked(self._library.connections, keys, condition, self.held)

    def held(self) -> set[str]:
        """Return the keys of papers that must stay: their marks are pending or their notes are being typed."""
        return {*self._mirrored.in_flight(), *(draft.key for draft in self._drafts.all())}


class TypedSearch:
    """What is typed: has the first papers of a view at hand while it is searched, and knows the names and words."""

    def __init__(self, papers: PaperShelf, library: Library, today: Callable[[], date]) -> None:
        self._papers, self._library, self._today = papers, library, today

    def begin(self, view: View) -> None:
        """Get ready for searches of a view; takes some 30 ms."""
        query = self._papers.parse(view)
        if not self._papers.problem(view):
            self._library.page.prepare(query, query.sort or view.sort)

    def end(self) -> None:
        """Let go of what `begin` holds."""
        self._library.page.forget()

    def corrected(self, text: str, *, typing: bool = False) -> str:
        """Return a search with words that no paper has replaced by the nearest ones; empty if none is to be replaced.

        Args:
            text: what was searched for; without a problem.
            typing: whether its last word may go on.
        """
        query = parse(text, typing=typing, today=self._today())
        found = text
        # From the end, so that the places before stay.
        for term in reversed(list(_single_words(query.terms))):
            piece = found[term.start : term.end]
            written = re.search(re.escape(term.tokens[0]), piece, re.IGNORECASE)
            if written and (near := self._library.vocabulary.nearest(term.tokens[0], prefix=term.prefix)):
                found = found[: term.start] + piece[: written.start()] + near + found[term.start + written.end() :]
        return found if found != text else ""

    def authors(self, beginning: str) -> list[str]:
        """Return names of authors with a word of this prefix, the most frequent among the latest papers first."""
        start = fold(beginning.strip())
        if not start:
            return []
        found = self._library.first_ids(parse(f'author:"{start}', typing=True), "feed", _LOOKED_AT)
        names = Counter(name for entry in self._library.papers(found) for name in entry.paper.authors)
        fitting = (name for name, _ in names.most_common() if f" {start}" in f" {fold(name)}")
        return list(islice(fitting, _OFFERED))


def _single_words(terms: Iterable[Term]) -> Iterator[Words]:
    """Yield the words by themselves that papers must have, in the order of the text."""
    for term in terms:
        if isinstance(term, And | Or):
            yield from _single_words(term.terms)
        elif isinstance(term, Words) and len(term.tokens) == 1:
            yield term


@lru_cache(maxsize=64)
def _parsed(view: str, today: date) -> Query:
    """Return a view's own query, checked; every search and count of the view uses it."""
    return parse(view, today=today)


@lru_cache(maxsize=16)
def _narrowed(view: str, search: str, today: date, rules: Rules) -> Query:
    """Return a view's query narrowed by a search; needed at every step of the cursor."""
    return rules.expanded(parse(search, typing=True, today=today).within(_parsed(view, today)), today)
