"""What arXiv announced on each of its days, made up from a seed: papers, cross-lists, replacements, withdrawals."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

Kind = Literal["new", "cross", "replaced"]

CATEGORIES = {
    "cs.LG": "Machine Learning",
    "cs.CL": "Computation and Language",
    "stat.ML": "Machine Learning",
    "math.CO": "Combinatorics",
}
"""With their names, two of them equal, as on arXiv."""

START = date(2026, 11, 2)
DAYS = 20
LEAD = 14
"""Days before `START` that have lists already, so that the first week has a week before it."""

PUBLISHED = time(1, 0, tzinfo=UTC)
"""When a list appears on the day that it names: at 20:00 in New York on the evening before, in winter."""

_DEADLINE = time(19, 0, tzinfo=UTC)
_TOPICS = ("Quiet", "Sparse", "Robust", "Nested", "Entropic", "Low-rank", "Causal", "Sub-Gaussian", "Spectral")
_THINGS = ("words", "graphs", "attention", "kernels", "bandits", "matroids", "flows", "embeddings", "estimators")
_ENDS = (
    "", r" on $\ell_p$ balls", ": A & B considered", " with a < b and b > c", r" for Erd\H{o}s--R\'enyi graphs",
    "\n  and what follows from it", " (Extended Abstract)", ' or "why not"', r" in $O(n \log n)$ time",
)  # fmt: skip
_AUTHORS = (
    "Ada Muster", "Ben Beispiel", "Cleo d'Exemple", "Žofie Vzorová", "Erik Ö. Prov", "Fang Li", "G. von Probe Jr.",
    "Hana Campione",
)  # fmt: skip
_COMMENTS = (
    "", "", "12 pages, 3 figures", "Accepted at the Workshop on Made-Up Results",
    "Code at https://github.com/muster/code", "v2: typos in <Section 3> & references",
)  # fmt: skip
_WITHDRAWN = (
    "This paper has been withdrawn by the author due to an error in Lemma 2",
    "Withdrawn: the data of Table 1 were wrong",
)


@dataclass(frozen=True)
class Version:
    """One version of a paper: its number, when it was sent in, the list's day, arXiv's comment, whether withdrawn."""

    number: int
    sent: datetime
    day: date
    comment: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Preprint:
    """A paper of arXiv.

    Attributes:
        id: without a version.
        categories: with the day it came into each; the first is the primary one.
        sent: when the first version was sent in; long before `versions[0].day` if it was held in moderation.
        versions: as announced, one a day at most.
    """

    id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    sent: datetime
    categories: dict[str, date]
    versions: list[Version]
    journal: str = ""

    @property
    def primary(self) -> str:
        """The category it belongs to."""
        return next(iter(self.categories))

    def categories_on(self, day: date) -> list[str]:
        """Return its categories as of a day."""
        return [name for name, since in self.categories.items() if since <= day]

    def version_on(self, day: date) -> Version:
        """Return the newest version as of a day."""
        return [each for each in self.versions if each.day <= day][-1]


@dataclass(frozen=True)
class Notice:
    """One line of a list: on which day, in which category, which paper, as what, in which version."""

    day: date
    category: str
    id: str
    kind: Kind
    version: int


@dataclass
class Preprints:
    """All that arXiv announced from `LEAD` days before `START` on, the same for the same seed.

    Attributes:
        seed: of chance.
        size: about how many papers a day has in a category; the last category has none on some days.
        holidays: working days without a list.
    """

    seed: int = 1
    size: int = 4
    holidays: frozenset[date] = frozenset()
    papers: dict[str, Preprint] = field(init=False, default_factory=dict)
    notices: list[Notice] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._numbers: dict[str, int] = {}
        self._lists: dict[tuple[str, date], list[Notice]] = {}
        self._old()
        for day in self.days:
            self._announce(day)

    @cached_property
    def days(self) -> Sequence[date]:
        """The days that have a list: the working days."""
        every = (START + timedelta(days=number) for number in range(-LEAD, DAYS))
        return [day for day in every if day.weekday() < 5 and day not in self.holidays]

    def published(self, now: datetime) -> Sequence[date]:
        """Return the days whose lists are out."""
        return [day for day in self.days if datetime.combine(day, PUBLISHED) <= now]

    def announced(self, category: str, day: date) -> list[Notice]:
        """Return what a category's list of a day has as new or cross-listed, in the order of the list."""
        return [each for each in self._on(category, day) if each.kind != "replaced"]

    def replaced(self, category: str, day: date) -> list[Notice]:
        """Return what a category's list of a day has as replaced, in the order of the list."""
        return [each for each in self._on(category, day) if each.kind == "replaced"]

    def without_notices(self) -> Preprints:
        """Return the same papers and days, of which nothing was announced."""
        silent = copy.copy(self)
        silent.notices, silent._lists = [], {}
        return silent

    def _on(self, category: str, day: date) -> list[Notice]:
        found = self._lists.get((category, day), [])
        order = {"new": 0, "cross": 1, "replaced": 2}
        return sorted(found, key=lambda each: (order[each.kind], self._is_cross(each), each.id))

    def _is_cross(self, notice: Notice) -> bool:
        return self.papers[notice.id].primary != notice.category

    def _old(self) -> None:
        """Make papers that were announced long ago; one has an identifier of the old style."""
        first = date(2026, 3, 2)
        for number, category in enumerate([*CATEGORIES] * 3):
            name = f"math/050{number % 9 + 1}001" if category == "math.CO" else f"2603.{number + 1:05}"
            self._make(name, category, datetime.combine(first - timedelta(days=1), _DEADLINE), first)

    def _announce(self, day: date) -> None:
        """Announce what came in since the last deadline, what moderation let go, and what changed."""
        chance = self._random
        until = datetime.combine(day - timedelta(days=3 if day.weekday() == 0 else 1), _DEADLINE)
        known = [*self.papers]
        for category in CATEGORIES:
            few = category == "math.CO"
            for _ in range(chance.randint(0, 1) if few else chance.randint(max(1, self.size - 2), self.size + 2)):
                # Some are held in moderation: sent in long ago, announced now.
                back = timedelta(days=chance.randint(5, 25)) if chance.random() < 0.1 else timedelta()
                sent = until - back - timedelta(minutes=chance.randint(1, 23 * 60))
                month = f"{day:%y%m}"
                self._numbers[month] = self._numbers.get(month, 0) + 1
                paper = self._make(f"{month}.{self._numbers[month]:05}", category, sent, day)
                self._note(day, paper, {name: "new" if name == category else "cross" for name in paper.categories})
        # A paper of another category is cross-listed later.
        for name in chance.sample(known, k=2):
            paper = self.papers[name]
            further = [each for each in CATEGORIES if each not in paper.categories]
            if further and chance.random() < 0.6:
                paper.categories[further[0]] = day
                self._note(day, paper, {further[0]: "cross"})
        for name in chance.sample(known, k=min(len(known), 3)):
            paper, last = self.papers[name], self.papers[name].versions[-1]
            if any(each.day == day and each.id == name for each in self.notices) or last.withdrawn:
                continue
            withdrawn = chance.random() < 0.2
            comment = chance.choice(_WITHDRAWN if withdrawn else _COMMENTS) or last.comment
            sent = until - timedelta(minutes=chance.randint(1, 23 * 60))
            paper.versions.append(Version(last.number + 1, sent, day, comment, withdrawn))
            self._note(day, paper, dict.fromkeys(paper.categories, "replaced"))

    def _note(self, day: date, paper: Preprint, kinds: dict[str, Kind]) -> None:
        version = paper.version_on(day).number
        for category, kind in kinds.items():
            notice = Notice(day, category, paper.id, kind, version)
            self.notices.append(notice)
            self._lists.setdefault((category, day), []).append(notice)

    def _make(self, name: str, category: str, sent: datetime, day: date) -> Preprint:
        chance = self._random
        title = f"{chance.choice(_TOPICS)} {chance.choice(_THINGS)} {name}{chance.choice(_ENDS)}"
        others = [each for each in CATEGORIES if each != category]
        categories = [category, *chance.sample(others, k=chance.choice((0, 0, 1, 2)))]
        abstract = (
            f"We study {chance.choice(_THINGS)} where $a < b$ & find that most of it works.\n"
            f"  The code of {name} is at https://github.com/muster/{name.replace('/', '-')}."
        )
        # A few were revised while they were held: their first announcement is of the second version.
        number = 2 if chance.random() < 0.05 else 1
        paper = Preprint(
            name,
            title,
            abstract,
            tuple(chance.sample(_AUTHORS, k=chance.randint(1, 4))),
            sent,
            dict.fromkeys(categories, day),
            [Version(number, sent, day, chance.choice(_COMMENTS))],
            journal="J. Made-Up Res. 3 (2026) 1-12" if chance.random() < 0.1 else "",
        )
        self.papers[name] = paper
        return paper
