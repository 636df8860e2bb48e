"""Users with an interest, made from daily lists: what they would star, what they did star, and what comes later.

An interest is what the site's keywords, the authors or the organization of a paper say. A user stars up to some day;
only later days are judged, as splits by chance flatter.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from tests.benchmarks.daily_lists import Listed

_READ = 300
"""Papers before the first judged day that were read."""

_NOISE, _RECALL = 0.2, 0.6
"""Of a careless user: stars at random, and how many papers of the interest get a star at all."""

_MOST_OF_ALL = 0.03
"""An interest has at most this share of all papers: 'large language models' is none."""

_FEW, _MOST_OF_FEW = 1_000, 0.12
"""Fewer papers than this have too few of any keyword: there, an interest is a word of texts, of so many papers."""

_WORD = re.compile(r"[a-z][a-z-]{4,}")


class User(Struct, frozen=True):
    """A user with an interest.

    Attributes:
        kind: `topic`, `topics`, `author` or `organization`.
        name: of the interest.
        wanted: the places in the stream of the papers of the interest, in order.
        start: the place of the first paper of the first judged day.
        judged: the places of the later papers that can be judged, in order.
        parts: of several topics, the places of each.
    """

    kind: str
    name: str
    wanted: tuple[int, ...]
    start: int
    judged: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...] = ()

    @property
    def before(self) -> list[int]:
        """The papers of the interest before the first judged day."""
        return [place for place in self.wanted if place < self.start]

    @property
    def later(self) -> frozenset[int]:
        """The judged papers of the interest."""
        return frozenset(self.wanted) & frozenset(self.judged)


class History(Struct, frozen=True):
    """What a user decided before the first judged day.

    Attributes:
        stars: places of the starred papers, the oldest star first.
        read: places of those read without a star, the oldest first.
    """

    stars: tuple[int, ...]
    read: tuple[int, ...]


def history(user: User, stars: int, *, careless: bool = False, reads: bool = True) -> History | None:
    """Return what a user had decided with some stars; None if the interest has too few papers before.

    Args:
        user: the user.
        stars: how many.
        careless: whether a fifth of the stars are at random, and only 60 % of the interest gets one.
        reads: whether the last days were read.
    """
    dice = random.Random(f"{user.name} {stars} {careless}")
    before = user.before
    chosen = before[-stars:]
    if careless:
        noise = sum(dice.random() < _NOISE for _ in range(stars))
        kept = [place for place in before if dice.random() < _RECALL]
        chosen = kept[len(kept) - (stars - noise) :] if stars > noise else []
        lately = range(max(0, user.start - _READ), user.start)
        chosen = sorted({*chosen, *dice.sample(lately, min(noise, len(lately)))})
    if len(chosen) < stars * (0.8 if careless else 1):
        return None
    read = range(max(0, user.start - _READ), user.start) if reads else ()
    return History(tuple(chosen), tuple(place for place in read if place not in set(chosen)))


def at_random(papers: Sequence[Listed], count: int, number: int) -> tuple[User, History]:
    """Return a user without an interest, who starred some papers of the first half at random."""
    dice = random.Random(f"random {number}")
    start = _day_start(papers, len(papers) // 2 + dice.randrange(max(1, len(papers) // 4)))
    chosen = tuple(sorted(dice.sample(range(max(0, start - 4 * _READ), start), count)))
    read = tuple(place for place in range(max(0, start - _READ), start) if place not in chosen)
    return User("random", str(number), chosen, start, tuple(range(start, len(papers)))), History(chosen, read)


class Users:
    """Makes users of all kinds from a stream."""

    def __init__(self, papers: Sequence[Listed]) -> None:
        self._papers = papers
        self.are_few = len(papers) < _FEW
        self._known = frozenset(place for place, paper in enumerate(papers) if paper.keywords or self.are_few)
        self._keywords = self._places(lambda paper: sorted(paper.keywords))
        self._topics = self._places(_words) if self.are_few else self._keywords
        self._authors = self._places(lambda paper: paper.authors)
        self._organizations = self._places(lambda paper: [paper.organization] if paper.organization else [])

    def topics(self, count: int, before: int, later: int = 8) -> list[User]:
        """Return users of one topic, with at least so many papers of it before and after the first judged day."""
        return self._some("topic", self._topics, count, before, later, self._known)

    def mixed(self, count: int, before: int, later: int = 8) -> list[User]:
        """Return users of two or three topics in turn, which have few papers in common."""
        dice = random.Random("mixed")
        single = self._some("topic", self._topics, 10_000, before // 3 or 1, later, self._known)
        users: list[User] = []
        for number in range(20 * count):
            some = dice.sample(single, min(len(single), 2 + number % 2))
            sets = [set(user.wanted) for user in some]
            every = set().union(*sets)
            if len(some) < 2 or len(every) < 0.85 * sum(map(len, sets)):
                continue
            made = self._user("topics", " + ".join(user.name for user in some), sorted(every), self._known)
            if len(made.before) >= before and len(made.later) >= later:
                users.append(
                    User(made.kind, made.name, made.wanted, made.start, made.judged, tuple(u.wanted for u in some))
                )
            if len(users) == count:
                break
        return users

    def authors(self, count: int, before: int, later: int = 5) -> list[User]:
        """Return users who star an author's papers."""
        return self._some("author", self._authors, count, before, later, None)

    def organizations(self, count: int, before: int, later: int = 5) -> list[User]:
        """Return users who star an organization's papers."""
        return self._some("organization", self._organizations, count, before, later, None)

    def rare_keywords(self, most: int) -> dict[int, frozenset[str]]:
        """Return by place the keywords of a paper that two to `most` papers have; of papers that have one."""
        rare = {word for word, places in self._keywords.items() if 2 <= len(places) <= most}
        found = {place: self._papers[place].keywords & rare for place in self._known}
        return {place: words for place, words in sorted(found.items()) if words}

    @property
    def known(self) -> frozenset[int]:
        """The papers that have keywords."""
        return frozenset(place for place, paper in enumerate(self._papers) if paper.keywords)

    def _places(self, names: Callable[[Listed], Iterable[str]]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, paper in enumerate(self._papers):
            for name in dict.fromkeys(names(paper)):
                found.setdefault(name, []).append(place)
        return found

    def _some(
        self,
        kind: str,
        places: dict[str, list[int]],
        count: int,
        before: int,
        later: int,
        known: frozenset[int] | None,
    ) -> list[User]:
        """Return some of the interests that are large enough, in an order by chance that is always the same."""
        most = len(self._papers) * (_MOST_OF_FEW if self.are_few else _MOST_OF_ALL)
        users = []
        names = [name for name, found in places.items() if before + later <= len(found) <= most]
        random.Random(kind).shuffle(names)
        for name in names:
            user = self._user(kind, name, places[name], known)
            if len(user.before) >= before and len(user.later) >= later:
                users.append(user)
            if len(users) == count:
                break
        return users

    def _user(self, kind: str, name: str, wanted: Sequence[int], known: frozenset[int] | None) -> User:
        start = _day_start(self._papers, wanted[len(wanted) // 2])
        judged = (place for place in range(start, len(self._papers)) if known is None or place in known)
        return User(kind, name, tuple(wanted), start, tuple(judged))


def _words(paper: Listed) -> set[str]:
    return set(_WORD.findall(f"{paper.title} {paper.abstract}".lower()))


def minority(user: User, stars: int, share: float) -> tuple[History, tuple[int, ...]] | None:
    """Return what a user of two topics starred with one of them in so small a share, and the papers of that one."""
    few = round(stars * share)
    large, small = (set(part) for part in user.parts[:2])
    of_large = [place for place in user.before if place in large - small][few - stars :]
    of_small = [place for place in user.before if place in small - large][-few:]
    if len(of_large) + len(of_small) < stars:
        return None
    chosen = tuple(sorted((*of_large, *of_small)))
    read = range(max(0, user.start - _READ), user.start)
    return History(chosen, tuple(place for place in read if place not in chosen)), user.parts[1]


def words_of(name: str, papers: Sequence[Listed]) -> list[str]:
    """Return the words of an interest's name, those of half of all papers left out, each in the singular."""
    seen = Counter(word for paper in papers for word in set(f"{paper.title} {paper.abstract}".casefold().split()))
    words = [word for word in name.replace("-", " ").split() if seen[word] < len(papers) / 2]
    return [word[:-1] if word.endswith("s") and len(word) > 3 else word for word in words]


def _day_start(papers: Sequence[Listed], place: int) -> int:
    """Return the place of the first paper of the day of a paper."""
    while place > 0 and papers[place - 1].day == papers[place].day:
        place -= 1
    return place
