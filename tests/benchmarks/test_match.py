"""How good the order by match is: simulated users of real daily lists, judged on later days, beside other orders.

By hand: pytest tests/benchmarks/test_match.py. `READLIST_BENCHMARK_DAYS` names a folder of daily lists
(`2026-01-07.json` as `/api/daily_papers` gives them), else ../shared/feeds/hf-json is read, which has too few days for
more than a hint; `READLIST_BENCHMARK_USERS` sets the users of each kind. With scikit-learn (`.[benchmark]`) its linear
SVM is one of the other orders, with ../shared/sketches the method as it was first measured.
"""

from __future__ import annotations

import json
import math
import os
import random
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from statistics import fmean

import pytest

from readlist.match import Model, count, reason_for
from readlist.shelf.match_shelf import MatchShelf
from tests.benchmarks.daily_lists import Listed, keys, lists_folder, read_lists, with_text, without_words, write_lists
from tests.benchmarks.figure import Table
from tests.benchmarks.order_measure import Measure, measure, ndcg
from tests.benchmarks.order_table import OrderTable
from tests.benchmarks.ranker import Bm25, Ranker, Readlist, Stocked, rankers, readlist
from tests.benchmarks.simulated_user import History, User, Users, at_random, history, minority, words_of

USERS = int(os.environ.get("READLIST_BENCHMARK_USERS", "12"))
_SHORT = 3_000
"""Papers of a stream that is imported for one user."""


@pytest.fixture(scope="module")
def papers() -> list[Listed]:
    """The stream."""
    folder = lists_folder()
    if folder is None:
        pytest.skip("no daily lists: READLIST_BENCHMARK_DAYS names no folder, and ../shared/feeds/hf-json is not here")
    return read_lists(folder)


@pytest.fixture(scope="module")
def stocked(papers: list[Listed], tmp_path_factory: pytest.TempPathFactory) -> Stocked:
    """A library with all of it."""
    return Stocked(tmp_path_factory.mktemp("home"), papers)


@pytest.fixture(scope="module")
def orders(table: Table) -> Iterator[OrderTable]:
    """The table of this file."""
    made = OrderTable()
    yield made
    made.print_in(table)


def judged(order: Sequence[int], user: User, papers: Sequence[Listed], wanted: frozenset[int] | None = None) -> Measure:
    """Return how good an order of all papers is for the later days of a user."""
    some = frozenset(user.judged)
    weeks = {place: papers[place].week for place in some}
    return measure([place for place in order if place in some], user.later if wanted is None else wanted, weeks)


def compare(
    every: Sequence[Ranker], users: Sequence[User], papers: Sequence[Listed], stars: int, *, careless: bool = False,
    reads: bool = True,
) -> dict[str, list[Measure]]:  # fmt: skip
    """Return the measures of all orders, by turns for each user."""
    found: dict[str, list[Measure]] = {}
    for user in users:
        if (past := history(user, stars, careless=careless, reads=reads)) is None:
            continue
        for ranker in every:
            found.setdefault(ranker.name, []).append(judged(ranker.rank(past), user, papers))
    return found


TOPICS = {
    1: {"auc": 0.668}, 3: {"ndcg": 0.38, "auc": 0.784}, 5: {"auc": 0.848},
    10: {"ndcg": 0.61, "auc": 0.89, "precision": 0.60, "rank": 0.08}, 30: {"ndcg": 0.72, "auc": 0.953},
}  # fmt: skip


def test_users(stocked: Stocked, papers: list[Listed], orders: OrderTable) -> None:
    """All kinds of users, with more and more stars."""
    users, every = Users(papers), rankers(stocked)
    before, later = (5, 4) if users.are_few else (30, 8)
    topics = users.topics(USERS, before, later)
    assert topics, "no interest has enough papers"

    def row(
        name: str,
        some: Sequence[User],
        stars: int,
        reach: dict[str, float],
        *,
        careless: bool = False,
        reads: bool = True,
    ) -> None:
        found = compare(every, some, papers, stars, careless=careless, reads=reads)
        if found:
            # The reach is of other days; on few it means nothing.
            orders.add(f"{name}, k = {stars}", found, **({} if users.are_few else reach))

    for stars, reach in TOPICS.items():
        row("one topic", topics, stars, reach)
    for stars, least in ((3, None), (10, 0.54), (30, None)):
        row("one topic, careless", topics, stars, {"ndcg": least} if least else {}, careless=True)
    row("one topic, nothing marked read", topics, 10, {"ndcg": 0.58}, reads=False)
    mixed = users.mixed(USERS, before, later)
    for stars in (3, 10, 30):
        row("two or three topics", mixed, stars, {})
    authors = users.authors(USERS, 10)
    row("an author", authors, 3, {"auc": 0.877})
    row("an author", authors, 10, {"ndcg": 0.65, "auc": 0.905})
    row("an organization", users.organizations(USERS, 3), 3, {"ndcg": 0.95})


def test_the_word_of_a_topic_cut_out(papers: list[Listed], orders: OrderTable, tmp_path: Path) -> None:
    """A topic whose own words no paper has."""
    some = papers[-_SHORT:]
    users = Users(some)
    found: dict[str, list[Measure]] = {}
    for number, user in enumerate(users.topics(max(2, USERS // 3), 5 if users.are_few else 10, 4)):
        past = history(user, 3 if users.are_few else 10)
        assert past is not None
        stocked = Stocked(tmp_path / str(number), without_words(some, words_of(user.name, some)))
        for ranker in rankers(stocked):
            found.setdefault(ranker.name, []).append(judged(ranker.rank(past), user, some))
        stocked.library.close()
    if found:
        orders.add("one topic, its words cut out, k = 10", found, **({} if users.are_few else {"ndcg": 0.26}))


def test_the_smaller_interest(stocked: Stocked, papers: list[Listed], orders: OrderTable) -> None:
    """Two of twenty stars are of another topic."""
    every = [ranker for ranker in rankers(stocked) if ranker.name not in ("newest first", "upvotes")]
    found: dict[str, list[float]] = {}
    for user in Users(papers).mixed(2 * USERS, 40):
        if (past := minority(user, 20, 0.1)) is None:
            continue
        chosen, small = past
        wanted = frozenset(small) & frozenset(user.judged)
        rest = frozenset(user.later) - wanted
        only = User(user.kind, user.name, small, user.start, tuple(p for p in user.judged if p not in rest))
        for ranker in every:
            found.setdefault(ranker.name, []).append(judged(ranker.rank(chosen), only, papers, wanted).auc)
    if found:
        means = {name: fmean(values) for name, values in found.items()}
        beside = ", ".join(f"{name} {value:.3f}" for name, value in means.items() if name != "readlist")
        value = means["readlist"]
        name = f"AUC of an interest with 2 of 20 stars, {len(found['readlist'])} users"
        orders.figure(name, f"{value:.3f}", beside, "≥ .664", value >= 0.664)


def test_papers_without_an_abstract(papers: list[Listed], orders: OrderTable, tmp_path: Path) -> None:
    """Of every third paper only the title is known."""
    some = papers[-_SHORT:]
    bare = frozenset(range(0, len(some), 3))
    shown = [with_text(paper, paper.title, "") if place in bare else paper for place, paper in enumerate(some)]
    stocked = Stocked(tmp_path, shown)
    users = Users(some)
    ours = Readlist(stocked)
    among, shares, both = [], [], []
    for user in users.topics(USERS, 5 if users.are_few else 10, 6):
        past = history(user, 3 if users.are_few else 10)
        wanted = user.later & bare
        if past is None or not wanted:
            continue
        order = [place for place in ours.rank(past) if place in frozenset(user.judged)]
        titles = [place for place in order if place in bare]
        among.append(measure(titles, wanted, dict.fromkeys(titles, 0)).auc)
        shares.append(fmean(place in bare for place in order[: max(10, len(order) // 10)]))
        both.append(judged(order, user, some).auc)
    stocked.library.close()
    if among:
        share = fmean(shares)
        orders.figure("AUC among papers without an abstract", f"{fmean(among):.3f}", f"of all {fmean(both):.3f}")
        name = "their share of the best tenth, being a third of all"
        orders.figure(name, f"{share:.0%}", "", "25 to 42 %", 0.25 <= share <= 0.42)


def test_reasons(stocked: Stocked, papers: list[Listed], orders: OrderTable) -> None:
    """Words in both papers; the star named lowers the score most; what carries little is not named."""
    users = Users(papers)
    in_both, carried, random_carried = [], [], []
    lowered: dict[int, list[int]] = {}
    before = 5 if users.are_few else 10
    for user, stars in product(users.topics(USERS, before, 4), (3, before)):
        past = history(user, stars)
        assert past is not None
        stocked.mark(past)
        order = [place for place in stocked.by_match() if place in frozenset(user.judged)]
        entries = stocked.library.papers([stocked.ids[place] for place in order[:10]])
        because = [stocked.match.because(entry) for entry in entries]
        examples = stocked.library.scores.examples()
        stocked.unmark(past)
        # The same model again, and without each of the stars.
        features = [stocked.features[place] for place in past.stars]
        others = [stocked.features[stocked.in_stream([n])[0]].terms for n in (*examples.read, *examples.others)]
        counts = count(others)
        model = Model(features, counts)
        fewer = [Model(features[:each] + features[each + 1 :], counts) for each in range(stars)]
        for place, said in zip(order[:10], because, strict=True):
            reason = reason_for(model, stocked.features[place])
            if not said.stars:
                continue
            own = stocked.features[place].terms
            in_both.append(all(term in own and term in features[reason.stars[0]].terms for term in reason.terms))
            assert said.stars[0][0] == stocked.keys[past.stars[reason.stars[0]]]
            after = [each.score(own) for each in fewer]
            rank = sorted(range(stars), key=after.__getitem__).index(reason.stars[0])
            lowered.setdefault(stars, []).append(rank)
            carried.append(reason.carried / reason.score)
            terms = model.carried(own)
            chosen = random.Random(place).sample(sorted(terms), min(len(reason.terms), len(terms)))
            random_carried.append(math.fsum(terms[term] for term in chosen) / reason.score)
    named = fmean(in_both)
    orders.figure("named words in both papers", f"{named:.0%}", "", "100 %", named == 1)
    for stars, lowers in sorted(lowered.items()):
        most, three = fmean(rank == 0 for rank in lowers), fmean(rank < 3 for rank in lowers)
        name = f"{stars} stars: without the one named, learned anew, the score falls most"
        orders.figure(name, f"{most:.0%}", f"in the top three {three:.0%}", "≥ 72 %", most >= 0.72)
    beside = f"as many words by chance {fmean(random_carried):.0%}"
    orders.figure("share of the score that the named words carry", f"{fmean(carried):.0%}", beside, "≥ 38 %",
                  fmean(carried) >= 0.38)  # fmt: skip


def test_confidence(stocked: Stocked, papers: list[Listed], orders: OrderTable) -> None:
    """Stars at random are called unsure, an interest is not."""
    users = Users(papers)
    stars = 5 if users.are_few else 10
    pasts = [at_random(papers, stars, number)[1] for number in range(3 * USERS)]
    interests = [past for user in users.topics(USERS, stars, 4) if (past := history(user, stars)) is not None]
    unsure = fmean(_certainty(stocked, past) == "unsure" for past in pasts)
    sure = fmean(_certainty(stocked, past) == "sure" for past in interests)
    orders.figure(f"{stars} stars at random called unsure", f"{unsure:.0%}", "", "≥ 85 %", unsure >= 0.85)
    orders.figure(f"{stars} stars of a topic called sure", f"{sure:.0%}", "", "≥ 92 %", sure >= 0.92)


@pytest.mark.parametrize("most", [30])
def test_like(stocked: Stocked, papers: list[Listed], orders: OrderTable, most: int) -> None:
    """Papers that share a rare keyword are like each other."""
    users = Users(papers)
    known, rare = users.known, users.rare_keywords(most)
    bm25 = Bm25(stocked)
    ours, theirs = [], []
    for asked in random.Random("like").sample(sorted(rare), min(len(rare), 5 * USERS)):
        worth = {place: float(bool(words & rare[asked])) for place, words in rare.items() if place != asked}

        def value(order: Sequence[int], asked: int = asked, worth: dict[int, float] = worth) -> float:
            gains = [worth.get(place, 0.0) for place in order if place in known and place != asked][:10]
            # The rest of them, so that the best order is known.
            return ndcg([*gains, *[0.0] * (10 - len(gains)), *sorted(worth.values(), reverse=True)[:10]])

        (entry,) = stocked.library.papers([stocked.ids[asked]])
        ours.append(value(stocked.in_stream([near.id for near in stocked.similar.nearest(entry)])))
        theirs.append(value(bm25.rank(History((asked,), ()))))
    if ours:
        name = f"nDCG@10 of like:, a keyword of at most {most} papers shared"
        better = fmean(ours) / max(fmean(theirs), 0.001)
        beside = f"bm25 {fmean(theirs):.3f}, {better:.2f}×"
        # The figures by which it was chosen, .268 and .177 to .196, are of another choice of keywords.
        orders.figure(name, f"{fmean(ours):.3f}", beside, "≥ 1.3×", better >= 1.3)


def test_on_the_command_line(papers: list[Listed], orders: OrderTable, tmp_path: Path) -> None:
    """Days imported, papers marked, later days imported, the order listed: as a user does it."""
    some = papers[-_SHORT:]
    users = Users(some)
    stars = 5 if users.are_few else 10
    found = []
    for number, user in enumerate(users.topics(max(2, USERS // 3), stars, 6)):
        past = history(user, stars)
        assert past is not None
        home = tmp_path / str(number)
        write_lists(home / "early", some[: user.start])
        write_lists(home / "late", some[user.start :])
        readlist(home, "import", str(home / "early"))
        for key in keys(some[place] for place in past.stars):
            readlist(home, "mark", key, "--star", "--read")
        readlist(home, "mark", *keys(some[place] for place in past.read), "--read")
        readlist(home, "import", str(home / "late"))
        listed = json.loads(readlist(home, "list", "sort:match", "--json"))
        places = {key: place for place, key in enumerate(keys(some))}
        order = [places[paper["key"]] for paper in listed]
        assert sorted(order) == list(range(len(some)))
        found.append(judged(order, user, some))
    if found:
        reach = {} if users.are_few else {"auc": 0.91, "ndcg": 0.61}
        orders.add(f"one topic, on the command line, k = {stars}", {"readlist": found}, **reach)


def _certainty(stocked: Stocked, past: History) -> str:
    stocked.mark(past)
    match = MatchShelf(stocked.library)
    match.learn()
    found = match.reliability().certainty
    stocked.unmark(past)
    return found
