"""Which papers of a list are in the library already, and what all of them look like afterwards (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.library.rows import Standing
from readlist.model.mark import Mark, join_notes
from readlist.model.paper import Announcement, Paper, bare_title, fingerprint, merge_links
from readlist.model.time import more_exact
from readlist.text.titles import is_qualified, may_be_one, names_nothing, qualified, same_paper

Place: TypeAlias = tuple[str, date | None]
"""Feed and day: a paper has at most one announcement for each."""

Told: TypeAlias = dict[Place, dict[int, Announcement]]
"""What one list tells of each paper, by id: all its mentions of the paper, for one feed and day, in one."""


class Incoming(NamedTuple):
    """One paper of a list, its announcement, which has a feed and a day, and its identifiers, strongest first."""

    paper: Paper
    announcement: Announcement
    identifiers: tuple[str, ...]


class Record(Struct):
    """A paper under work, beside what the library holds of it.

    Attributes:
        id: its id.
        paper: the paper as it shall be; its announcements and mark likewise.
        added: when it came into the library, in microseconds.
        stored: the paper as it is stored, None for a new one; its announcements and mark likewise.
    """

    id: int
    paper: Paper
    added: int
    announcements: dict[Place, Announcement] = field(default_factory=dict)
    mark: Mark | None = None
    stored: Paper | None = None
    stored_announcements: dict[Place, Announcement] = field(default_factory=dict)
    stored_mark: Mark | None = None

    @property
    def is_changed(self) -> bool:
        """Whether a stored paper is other than it was."""
        return self.stored is not None and (
            self.paper is not self.stored
            or self.announcements != self.stored_announcements
            or self.mark != self.stored_mark
        )


class Matching:
    """Takes in the papers of a part of a list, among the stored ones they may be.

    Attributes:
        records: the papers, by id: those loaded and those that are new.
        owners: ids of the papers that identifiers lead to.
        new_identifiers: those of `owners` the library doesn't know yet.
        ids: for each paper taken in, the id it was given or found under; `merged` may lead on from there.
        fresh: ids of papers that are new to the library.
        gone: stored papers that proved to be part of another one, by id.
        merged: (former id, id) of each two that proved to be one.
        pairs: (former key, key) of stored papers and waiting marks that belong to another key now.
        told: what the same list told so far; what is taken in is put there.
    """

    def __init__(
        self, records: Iterable[Record], owners: Mapping[str, int], *, next_id: int, now: int, told: Told
    ) -> None:
        """Begin with all that identifiers may lead to; new papers get ids from `next_id` on, added at `now` in µs."""
        self.records = {record.id: record for record in records}
        self.owners = dict(owners)
        self.new_identifiers: list[str] = []
        self.ids: list[int] = []
        self.fresh: set[int] = set()
        self.gone: dict[int, Record] = {}
        self.merged: list[tuple[int, int]] = []
        self.pairs: list[tuple[str, str]] = []
        self.told = told
        self._former: dict[int, int] = {}
        self._works: dict[str, list[int]] = {}
        for identifier in sorted(self.owners):
            self._list_work(identifier, self.owners[identifier])
        self._next_id = next_id
        self._now = now

    @property
    def keys(self) -> dict[int, str]:
        """The keys of all these papers, by id."""
        return {record.id: record.paper.key for record in self.records.values()}

    @property
    def filled(self) -> set[int]:
        """The ids of stored papers that had something filled in."""
        return {each.id for each in self.records.values() if each.stored is not None and each.paper is not each.stored}

    def take(self, incoming: Incoming) -> None:
        """Take in one paper."""
        paper, announcement, identifiers = incoming
        record = self._match(paper, identifiers, announcement.feed)
        self._tell(record, (announcement.feed, announcement.day), announcement)
        self.ids.append(record.id)

    def take_mark(self, key: str, mark: Mark) -> None:
        """Give a paper the mark that waited for it under one of its identifiers."""
        record = self.records[self.owners[key]]
        record.mark = folded_mark(record.mark, mark) if record.mark else mark
        if key != record.paper.key:
            self.pairs.append((key, record.paper.key))

    def _match(self, paper: Paper, identifiers: Sequence[str], feed: str) -> Record:
        """Return the record of a paper: known, made one of several known ones, or new."""
        same: list[Record] = []
        for identifier in identifiers:
            for owner in self._candidates(identifier):
                if any(owner == record.id for record in same):
                    continue
                record = self.records[owner]
                feeds = {place[0] for place in record.announcements}
                if self._is_named(identifier, owner, paper, feed in feeds) and all(
                    may_be_one(
                        identifier,
                        record.paper,
                        each.paper,
                        in_one_feed=any(at[0] in feeds for at in each.announcements),
                    )
                    for each in same
                ):
                    same.append(record)
        if same:
            # Ids rise: the lowest was met first.
            winner, *losers = sorted(same, key=lambda record: record.id)
            for loser in losers:
                self._merge(loser, winner)
            winner.paper = filled(winner.paper, paper)
        else:
            winner = self._new(paper)
            identifiers = [*identifiers, winner.paper.key]
        for identifier in (*identifiers, *self._further_title(winner)):
            if identifier not in self.owners and not self._is_anyones(identifier, winner):
                self.owners[identifier] = winner.id
                self.new_identifiers.append(identifier)
                self._list_work(identifier, winner.id)
        return winner

    def _is_named(self, identifier: str, owner: int, paper: Paper, in_one_feed: bool) -> bool:
        """Tell whether an identifier names a stored paper as the paper that bears it."""
        known = self.records[owner].paper
        named = (
            is_qualified(identifier)
            and last_of(self._former, self.owners.get(identifier, 0)) == owner
            and fingerprint(known.title) == fingerprint(paper.title)
            and not (known.arxiv and paper.arxiv)
            and not (known.doi and paper.doi)
        )
        return named or same_paper(identifier, known, paper, in_one_feed=in_one_feed)

    def _candidates(self, identifier: str) -> list[int]:
        """Return the papers that may be the one an identifier names: of a title all works of that title."""
        if identifier.startswith("title:"):
            return [last_of(self._former, work) for work in self._works.get(bare_title(identifier), ())]
        owner = self.owners.get(identifier)
        return [] if owner is None else [owner]

    def _list_work(self, identifier: str, paper_id: int) -> None:
        if identifier.startswith("title:"):
            self._works.setdefault(bare_title(identifier), []).append(paper_id)

    def _is_anyones(self, identifier: str, winner: Record) -> bool:
        """Tell whether an identifier is a title that names nothing, of a paper that is known by something else."""
        return (
            identifier.startswith("title:")
            and identifier != winner.paper.key
            and bare_title(identifier) == identifier
            and names_nothing(identifier.removeprefix("title:"))
        )

    def _further_title(self, record: Record) -> Iterable[str]:
        """Return what names a paper by its title where another work has taken that, so that it is found by it too."""
        bare = f"title:{fingerprint(record.paper.title)}"
        taken = self.owners.get(bare)
        if taken is None or names_nothing(record.paper.title):
            return ()
        works = {last_of(self._former, work) for work in (taken, *self._works.get(bare, ()))}
        return () if record.id in works else (qualified(record.paper),)

    def _new(self, paper: Paper) -> Record:
        # A key that another paper goes by already (a shared title) can't be this one's.
        if paper.key in self.owners or (bare_title(paper.key) == paper.key and names_nothing(paper.title)):
            strong = (name for name in paper.identifiers if not name.startswith("title:") and name not in self.owners)
            paper = replace(paper, key=next(strong, "") or self._free_key(paper))
        record = Record(self._next_id, paper, self._now)
        self._next_id += 1
        self.records[record.id] = record
        self.fresh.add(record.id)
        return record

    def _free_key(self, paper: Paper) -> str:
        """Return a key that no other work of the title goes by; the same on every machine where details differ."""
        name = qualified(paper)
        if name in self.owners and bare_title(name) == name:
            name = qualified(paper, by="-")
        key, number = name, 2
        while name in self.owners:
            name = f"{key}-{number}"
            number += 1
        return name

    def _merge(self, loser: Record, winner: Record) -> None:
        """Make one paper of two."""
        winner.paper = filled(winner.paper, loser.paper)
        self._merge_announcements(loser, winner)
        if loser.mark is not None:
            winner.mark = folded_mark(winner.mark, loser.mark) if winner.mark else loser.mark
        for identifier, owner in self.owners.items():
            if owner == loser.id:
                self.owners[identifier] = winner.id
        del self.records[loser.id]
        self.merged.append((loser.id, winner.id))
        self._former[loser.id] = winner.id
        self.fresh.discard(loser.id)
        if loser.stored is not None:
            self.gone[loser.id] = loser
            self.pairs.append((loser.paper.key, winner.paper.key))

    def _merge_announcements(self, loser: Record, winner: Record) -> None:
        for place, announcement in loser.announcements.items():
            known = winner.announcements.get(place)
            winner.announcements[place] = folded_announcement(known, announcement) if known else announcement
            told = self.told.get(place, {})
            for paper_id in (loser.id, winner.id):
                if paper_id in told:
                    self._tell(winner, place, told[paper_id])

    def _tell(self, record: Record, place: Place, announcement: Announcement) -> None:
        """Put down what the list tells: it goes before what earlier lists told, but mentions in it are equals."""
        told = self.told.setdefault(place, {})
        mentioned = told.get(record.id)
        if mentioned is not None:
            announcement = folded_announcement(mentioned, announcement)
        told[record.id] = announcement
        known = record.announcements.get(place)
        record.announcements[place] = updated_announcement(known, announcement) if known else announcement


def incoming(feed: str, day: date, paper: Paper, announcement: Announcement) -> Incoming:
    """Return a paper of a list ready to be taken in; feed and day of the list are used where it bears none."""
    if announcement.day is None or not announcement.feed:
        announcement = replace(announcement, feed=announcement.feed or feed, day=announcement.day or day)
    return Incoming(paper, announcement, tuple(dict.fromkeys((*paper.identifiers, paper.key))))


def last_of(former: Mapping[int, int], paper_id: int) -> int:
    """Return the id that an id leads to by the merges of (former id, id)."""
    while paper_id in former:
        paper_id = former[paper_id]
    return paper_id


def filled(known: Paper, other: Paper) -> Paper:
    """Return the known paper with its empty fields filled in from another record of it.

    Nothing is blanked or replaced, but for authors and an abstract that are the beginning of the other's, and a date
    that is less exact than the other's. The known paper itself is returned when there is nothing to fill in.
    """
    changes: dict[str, object] = {
        name: getattr(other, name)
        for name in ("title", "authors", "arxiv", "doi", "summary", "keywords", "organization")
        if not getattr(known, name) and getattr(other, name)
    }
    published = more_exact(known.published, other.published)
    if published != known.published:
        changes["published"] = published
    if 0 < len(known.authors) < len(other.authors) and other.authors[: len(known.authors)] == known.authors:
        changes["authors"] = other.authors
    if _continues(known.abstract, other.abstract):
        changes["abstract"] = other.abstract
    if not set(other.links) <= set(known.links):
        links = merge_links(known.links, other.links)
        if links != known.links:
            changes["links"] = links
    return replace(known, **changes) if changes else known


def _continues(beginning: str, text: str) -> bool:
    """Tell whether a text says more than its beginning, which may end in an ellipsis."""
    beginning = beginning.rstrip().removesuffix("…").rstrip(". ")
    return len(text) > len(beginning) and text.startswith(beginning) and bool(text[len(beginning) :].strip("…. "))


def updated_announcement(known: Announcement, later: Announcement) -> Announcement:
    """Return an announcement as a later capture of the same feed and day tells it; what that leaves out stays."""
    return replace(
        known,
        position=later.position,
        upvotes=known.upvotes if later.upvotes is None else later.upvotes,
        comments=known.comments if later.comments is None else later.comments,
        stars=known.stars if later.stars is None else later.stars,
        submitter=later.submitter or known.submitter,
    )


def folded_announcement(one: Announcement, other: Announcement) -> Announcement:
    """Return one announcement made of two of the same feed and day, none of them the later: the best of each."""
    return replace(
        one,
        position=min(one.position, other.position),
        upvotes=_highest(one.upvotes, other.upvotes),
        comments=_highest(one.comments, other.comments),
        stars=_highest(one.stars, other.stars),
        submitter=one.submitter or other.submitter,
    )


def _highest(*counts: int | None) -> int | None:
    return max((count for count in counts if count is not None), default=None)


def standing(announcements: Collection[Announcement]) -> Standing:
    """Return where a paper stands by its announcements, at least one, each with a day.

    The latest day's announcement counts; of several the one that comes first in feed order. Each count is the
    highest of the latest day that has one.
    """
    if len(announcements) == 1:
        (only,) = announcements
        return Standing(only.feed, _day(only), only.position, only.upvotes, only.comments, only.stars)
    latest = min(announcements, key=lambda each: (-_day(each).toordinal(), each.feed, each.position))
    return Standing(
        latest.feed,
        _day(latest),
        latest.position,
        _latest_count((_day(each), each.upvotes) for each in announcements),
        _latest_count((_day(each), each.comments) for each in announcements),
        _latest_count((_day(each), each.stars) for each in announcements),
    )


def _latest_count(counts: Iterable[tuple[date, int | None]]) -> int | None:
    known = [(day, count) for day, count in counts if count is not None]
    return max(known)[1] if known else None


def _day(announcement: Announcement) -> date:
    if announcement.day is None:
        raise ValueError("an announcement in the library has a day")
    return announcement.day


def folded_mark(one: Mark, other: Mark) -> Mark:
    """Return one mark made of two on what proved to be one paper: nothing that was decided is dropped.

    It stands in until the mark store has folded them with all it knows about when each field changed.
    """
    return Mark(
        max(filter(None, (one.read, other.read)), default=None),
        max(filter(None, (one.starred, other.starred)), default=None),
        join_notes(one.note, other.note),
        max(filter(None, (one.noted, other.noted)), default=None),
        "saved" if one.saved == other.saved == "saved" else "pending",
    )
