"""Which papers of a list are already in the library, and what papers that turn out to be one look like (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from readlist.model.mark import Mark, merge_marks
from readlist.model.paper import Announcement, Paper, bare_title, fingerprint, merge_links
from readlist.model.revision import merged_revisions
from readlist.model.time import more_exact
from readlist.text.titles import is_qualified, may_be_one, names_nothing, qualified, same_paper
from readlist.text.withdrawal import withdrawal_in

FeedDay: TypeAlias = tuple[str, date | None]
"""Feed and day: a paper has at most one announcement for each."""

Mentions: TypeAlias = dict[FeedDay, dict[int, Announcement]]
"""What one list says of each paper, by id: all its mentions of the paper, for one feed and day, in one."""


_COUNTS = ("upvotes", "comments", "stars")


class Incoming(NamedTuple):
    """A paper of a list, its announcement with feed and day, and its identifiers, strongest first."""

    paper: Paper
    announcement: Announcement
    identifiers: tuple[str, ...]


class StagedPaper(Struct):
    """A paper as it will be stored, and as it is stored now.

    Attributes:
        id: its id.
        paper: the paper as it will be; likewise its announcements and mark.
        added: when it was added to the library, in microseconds.
        stored: the paper as it is stored, None for a new one; likewise its announcements and mark.
        undone: whether it is hidden, since the import that brought it was undone.
        returned: whether it was hidden, and is announced again.
        before: what was known of it, also under the keys of papers that were merged into it.
    """

    id: int
    paper: Paper
    added: int
    announcements: dict[FeedDay, Announcement] = field(default_factory=dict)
    mark: Mark | None = None
    stored: Paper | None = None
    stored_announcements: dict[FeedDay, Announcement] = field(default_factory=dict)
    stored_mark: Mark | None = None
    undone: bool = False
    returned: bool = False
    before: Paper | None = None

    @property
    def is_changed(self) -> bool:
        """Whether a stored paper changes."""
        return self.stored is not None and (
            self.paper is not self.stored
            or self.announcements != self.stored_announcements
            or self.mark != self.stored_mark
            or self.returned
        )


class Matcher:
    """Matches the papers of a part of a list with the stored ones they may be.

    Attributes:
        papers: the papers, by id: the stored ones and the new ones.
        owners: ids of the papers that identifiers name.
        new_identifiers: those of `owners` that are not in the library yet.
        ids: the id of each paper added, in order; `merged` may lead on from there.
        fresh: ids of papers that are new to the library.
        returned: ids of hidden papers that are announced again: as good as new.
        gone: stored papers that were merged into another one, by id.
        merged: (former id, id) of each merge.
        pairs: (former key, key) of stored papers and waiting marks that now belong to another key.
        mentions: what the same list said so far; this part is added to it.
    """

    def __init__(
        self, papers: Iterable[StagedPaper], owners: Mapping[str, int], *, next_id: int, now: int, mentions: Mentions
    ) -> None:
        """Start with all papers that identifiers may name; new ones get ids from `next_id` on, added at `now` in µs."""
        self.papers = {paper.id: paper for paper in papers}
        self.owners = dict(owners)
        self.new_identifiers: list[str] = []
        self.ids: list[int] = []
        self.fresh: set[int] = set()
        self.returned: set[int] = set()
        self.gone: dict[int, StagedPaper] = {}
        self.merged: dict[int, int] = {}
        self.pairs: list[tuple[str, str]] = []
        self.mentions = mentions
        self._repeatable = True
        self._works: dict[str, list[int]] = {}
        for identifier in sorted(self.owners):
            self._list_work(identifier, self.owners[identifier])
        self._next_id = next_id
        self.now = now

    @property
    def keys(self) -> dict[int, str]:
        """The keys of all these papers, by id."""
        return {paper.id: paper.paper.key for paper in self.papers.values()}

    @property
    def filled(self) -> set[int]:
        """The ids of stored papers that had something filled in."""
        return {each.id for each in self.papers.values() if each.stored is not None and each.paper is not each.stored}

    @property
    def is_repeatable(self) -> bool:
        """Whether the same papers, added once more, would change nothing for sure.

        So it is if each was known and changed nothing, or is new under identifiers that no other paper has.
        """
        return self._repeatable and not (self.pairs or any(each.is_changed for each in self.papers.values()))

    def add(self, incoming: Incoming) -> None:
        """Add a paper of the list."""
        paper, announcement, identifiers = incoming
        staged = self._match(paper, identifiers, announcement.feed)
        self._mention(staged, (announcement.feed, announcement.day), announcement)
        self.ids.append(staged.id)

    def add_mark(self, key: str, mark: Mark) -> None:
        """Give a paper the mark that waited for it under one of its identifiers."""
        staged = self.papers[self.owners[key]]
        staged.mark = merge_marks(staged.mark, mark) if staged.mark else mark
        if key != staged.paper.key:
            self.pairs.append((key, staged.paper.key))

    def _match(self, paper: Paper, identifiers: Sequence[str], feed: str) -> StagedPaper:
        """Return the entry of a paper: a known one, several known ones merged, or a new one."""
        same: list[StagedPaper] = []
        for identifier in identifiers:
            for owner in self._candidates(identifier):
                if any(owner == each.id for each in same):
                    continue
                known = self.papers[owner]
                feeds = {place[0] for place in known.announcements}
                if self._is_named(identifier, owner, paper, feed in feeds) and all(
                    may_be_one(
                        identifier,
                        known.paper,
                        each.paper,
                        in_one_feed=any(at[0] in feeds for at in each.announcements),
                    )
                    for each in same
                ):
                    same.append(known)
        if same:
            # Ids rise: the lowest was added first.
            winner, *losers = sorted(same, key=lambda each: each.id)
            for loser in losers:
                self._merge(loser, winner)
            winner.paper = fill(winner.paper, paper)
            if winner.undone:
                winner.added, winner.undone, winner.returned = self.now, False, True
                self.returned.add(winner.id)
            self._repeatable = self._repeatable and winner.id not in self.fresh
        else:
            alone = not any(self._candidates(identifier) for identifier in identifiers)
            winner = self._new(paper)
            identifiers = [*identifiers, winner.paper.key]
            self._repeatable = self._repeatable and alone and winner.paper is paper and _is_itself(paper)
        for identifier in (*identifiers, *self._further_title(winner)):
            if identifier not in self.owners and not self._is_ambiguous(identifier, winner):
                self._repeatable = self._repeatable and winner.id in self.fresh
                self.owners[identifier] = winner.id
                self.new_identifiers.append(identifier)
                self._list_work(identifier, winner.id)
        return winner

    def _is_named(self, identifier: str, owner: int, paper: Paper, in_one_feed: bool) -> bool:
        """Tell whether an identifier of a paper means a stored one."""
        known = self.papers[owner].paper
        named = (
            is_qualified(identifier)
            and last_of(self.merged, self.owners.get(identifier, 0)) == owner
            and fingerprint(known.title) == fingerprint(paper.title)
            and not (known.arxiv and paper.arxiv)
            and not (known.doi and paper.doi)
        )
        return named or same_paper(identifier, known, paper, in_one_feed=in_one_feed)

    def _candidates(self, identifier: str) -> list[int]:
        """Return the papers that an identifier may mean: for a title all works of that title."""
        if identifier.startswith("title:"):
            return [last_of(self.merged, work) for work in self._works.get(bare_title(identifier), ())]
        owner = self.owners.get(identifier)
        return [] if owner is None else [owner]

    def _list_work(self, identifier: str, paper_id: int) -> None:
        if identifier.startswith("title:"):
            self._works.setdefault(bare_title(identifier), []).append(paper_id)

    def _is_ambiguous(self, identifier: str, winner: StagedPaper) -> bool:
        """Tell whether an identifier is a title such as "Editorial", of a paper with a better identifier."""
        return (
            identifier.startswith("title:")
            and identifier != winner.paper.key
            and bare_title(identifier) == identifier
            and names_nothing(identifier.removeprefix("title:"))
        )

    def _further_title(self, staged: StagedPaper) -> Iterable[str]:
        """Return another identifier by title, if another work has the title alone, so that the paper is found by it."""
        bare = f"title:{fingerprint(staged.paper.title)}"
        taken = self.owners.get(bare)
        if taken is None or names_nothing(staged.paper.title):
            return ()
        works = {last_of(self.merged, work) for work in (taken, *self._works.get(bare, ()))}
        return () if staged.id in works else (qualified(staged.paper),)

    def _new(self, paper: Paper) -> StagedPaper:
        # The key of another paper (a shared title) can't be this one's.
        if paper.key in self.owners or (bare_title(paper.key) == paper.key and names_nothing(paper.title)):
            strong = (name for name in paper.identifiers if not name.startswith("title:") and name not in self.owners)
            paper = replace(paper, key=next(strong, "") or self._free_key(paper))
        staged = StagedPaper(self._next_id, paper, self.now)
        self._next_id += 1
        self.papers[staged.id] = staged
        self.fresh.add(staged.id)
        return staged

    def _free_key(self, paper: Paper) -> str:
        """Return a key that no other work of the title has; the same on every machine if details differ."""
        name = qualified(paper)
        if name in self.owners and bare_title(name) == name:
            name = qualified(paper, by="-")
        key, number = name, 2
        while name in self.owners:
            name = f"{key}-{number}"
            number += 1
        return name

    def _merge(self, loser: StagedPaper, winner: StagedPaper) -> None:
        """Merge two papers into one."""
        winner.paper = fill(winner.paper, loser.paper)
        if loser.before is not None:
            winner.before = fill(winner.before, loser.before) if winner.before is not None else loser.before
        self._merge_announcements(loser, winner)
        if loser.mark is not None:
            winner.mark = merge_marks(winner.mark, loser.mark) if winner.mark else loser.mark
        for identifier, owner in self.owners.items():
            if owner == loser.id:
                self.owners[identifier] = winner.id
        del self.papers[loser.id]
        self.merged[loser.id] = winner.id
        self.fresh.discard(loser.id)
        if loser.stored is not None:
            self.gone[loser.id] = loser
            self.pairs.append((loser.paper.key, winner.paper.key))

    def _merge_announcements(self, loser: StagedPaper, winner: StagedPaper) -> None:
        for place, announcement in loser.announcements.items():
            known = winner.announcements.get(place)
            winner.announcements[place] = merge_announcements(known, announcement) if known else announcement
            mentions = self.mentions.get(place, {})
            for paper_id in (loser.id, winner.id):
                if paper_id in mentions:
                    self._mention(winner, place, mentions[paper_id])

    def _mention(self, staged: StagedPaper, place: FeedDay, announcement: Announcement) -> None:
        """Add what the list says: it replaces what earlier lists said; several mentions in one list are equal."""
        mentions = self.mentions.setdefault(place, {})
        if (mentioned := mentions.get(staged.id)) is not None:
            announcement = merge_announcements(mentioned, announcement)
        mentions[staged.id] = announcement
        known = staged.announcements.get(place)
        staged.announcements[place] = update_announcement(known, announcement) if known else announcement


def _is_itself(paper: Paper) -> bool:
    """Tell whether a paper is taken for the same one when it comes again: its title may be too weak for that."""
    if not paper.authors and not names_nothing(paper.title):
        # Any identifier joins them then: in two equal records without authors nothing else can differ.
        return True
    return any(same_paper(identifier, paper, paper, in_one_feed=True) for identifier in paper.identifiers)


def incoming(feed: str, day: date | None, paper: Paper, announcement: Announcement) -> Incoming:
    """Return a paper of a list for `Matcher.add`; an announcement without feed or day gets those of the list.

    Whether arXiv has withdrawn the paper is known from here on, of any list.
    """
    if paper.arxiv and not paper.withdrawn and (reason := withdrawal_in(paper.comment, paper.abstract)):
        paper = replace(paper, withdrawn=reason)
    if announcement.day is None or not announcement.feed:
        announcement = replace(announcement, feed=announcement.feed or feed, day=announcement.day or day)
    return Incoming(paper, announcement, tuple(dict.fromkeys((*paper.identifiers, paper.key))))


def last_of(merged: Mapping[int, int], paper_id: int) -> int:
    """Return the id that an id leads to by merges (former id → id)."""
    while paper_id in merged:
        paper_id = merged[paper_id]
    return paper_id


def fill(known: Paper, other: Paper) -> Paper:
    """Return the known paper with its empty fields filled in from another record of it.

    Nothing is blanked or replaced, except authors and an abstract that are only the beginning of the other's, a date
    that is less exact, and what arXiv says of a version (`merged_revisions`). The known paper itself is returned if
    there is nothing to fill in.
    """
    changes: dict[str, object] = {
        name: getattr(other, name)
        for name in ("title", "authors", "arxiv", "doi", "summary", "keywords", "organization")
        if not getattr(known, name) and getattr(other, name)
    }
    changes |= merged_revisions(known, other)
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


def update_announcement(known: Announcement, later: Announcement) -> Announcement:
    """Return an announcement updated by a later capture of the same feed and day; missing values stay."""
    counts = {name: count for name in _COUNTS if (count := getattr(later, name)) is not None}
    return replace(known, position=later.position, submitter=later.submitter or known.submitter, **counts)


def merge_announcements(one: Announcement, other: Announcement) -> Announcement:
    """Return one announcement of two of the same feed and day, neither of them later: the best of each."""
    counts = {name: _highest((getattr(one, name), getattr(other, name))) for name in _COUNTS}
    position = min(one.position, other.position)
    return replace(one, position=position, submitter=one.submitter or other.submitter, **counts)


def _highest(counts: Iterable[int | None]) -> int | None:
    return max((count for count in counts if count is not None), default=None)


def latest(announcements: Collection[Announcement]) -> Announcement:
    """Return the announcement that places a paper in the list, with the latest counts of all.

    That of the latest day counts; of several the first in feed order. Each count is the highest of the latest day that
    has one.
    """
    if len(announcements) == 1:
        (found,) = announcements
        return found
    newest_first = sorted(announcements, key=lambda each: (-_day(each).toordinal(), each.feed, each.position))
    days = [list(same_day) for _, same_day in groupby(newest_first, _day)]
    counts: dict[str, int | None] = dict.fromkeys(_COUNTS)
    for name in counts:
        by_day = (_highest(getattr(each, name) for each in same_day) for same_day in days)
        counts[name] = next((count for count in by_day if count is not None), None)
    return replace(newest_first[0], **counts)


def _day(announcement: Announcement) -> date:
    """Return the day of an announcement; one without a day is older than all others."""
    return announcement.day or date.min
