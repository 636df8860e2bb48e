"""Forty invented papers of three days in two feeds, as the pictures and the moving one show them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from readlist.model.feed import Feed
from readlist.model.list_day import ListedDay
from readlist.model.paper import Announcement, Link, Paper
from readlist.shelf import Shelf
from readlist.sources.batch import Batch

TODAY = date(2026, 8, 2)
NOW = datetime(2026, 8, 2, 9, 40, tzinfo=UTC)
TRENDING = Feed("HF trending", "huggingface", "trending")
DAILY = Feed("HF daily", "huggingface", "daily")
ARXIV = Feed("arXiv cs.LG", "arxiv", "cs.LG")
LAB = Feed("A lab's blog", "rss", "https://lab.example/feed.xml")
LISTED = Feed("arXiv daily cs.CL", "arxiv", "daily:cs.CL")
FEEDS = (TRENDING, DAILY, ARXIV)


class _Item(NamedTuple):
    title: str
    upvotes: int
    code: str = ""
    stars: int | None = None
    organization: str = ""
    authors: str = "Ada Osei, Lin Chen, Marta Ruiz, Jun Park, Noor Haddad, Elif Kaya, Tom Berg"
    abstract: str = ""
    keywords: str = ""


_TODAY = (
    _Item(
        "World Models Meet Language Models: On the Complementarity of Concrete and Abstract Reasoning",
        116, "worldlab/world-meets-language", 1_240, "Harbour Research",
        "Lin Chen, Ada Osei, Marta Ruiz, Jun Park, Noor Haddad, Elif Kaya, Tom Berg, Ines Duarte, Bo Larsen, Mia Roth",
        "World models and language models acquire different kinds of knowledge. We study where they complement each "
        "other and find that a small world model corrects the spatial and causal errors of a language model ten "
        "times its size, while the language model supplies abstractions the world model never sees. A simple gate that "
        "decides whom to ask gains 11 points on three planning benchmarks.",
        "planning, world models, reasoning",
    ),
    _Item(
        "Sleep Before You Answer: Consolidating Long Contexts Between Turns",
        61, "nightshift/sleep-kv", 310, "Tidewater AI",
        "Noor Haddad, Tom Berg, Yuki Mori",
        "A model that answers at once keeps every token of its context. We let it sleep between turns: the cache is "
        "replayed, merged and pruned while nobody waits. After sleep a context of 128k tokens takes a fifth of the "
        "memory, and answers to questions about its beginning get better, not worse.",
        "long context, memory, efficiency",
    ),
    _Item(
        "A Local Theory of Cross-Domain Interference in Multi-Task Fine-Tuning", 19, "", None, "",
        "Marta Ruiz, Pavel Novak",
        "Fine-tuning on one domain hurts another, but not everywhere. We expand the loss around the pretrained weights "
        "and show that interference lives in a few shared directions that can be found with twenty gradient samples.",
        "fine-tuning, theory",
    ),
    _Item("MedBench-Auto: Agents That Write, Run and Check Their Own Clinical Benchmarks", 14, "clinlab/medbench", 52),
    _Item("Decoupled Residual Diffusion for All-in-One Image Restoration", 10, "pixelforge/residual", 88),
    _Item("Small Controllers, Large Models: Reinforcement Learning That Only Chooses When to Think", 9),
    _Item("Rule-Verifiable Environments Make Visual Reasoning Rewards Honest", 9, "verily/rule-env", 41),
    _Item("Persuasion Under Personas: A Benchmark for Influence in Dialogue", 8, "dialoglab/persuade"),
    _Item("Instruction Tuning Without a Centre: Conflict-Aware Splits Across Clients", 7, "fedworks/split"),
    _Item("Real-Time Generative Worlds for Closed-Loop Driving", 6),
    _Item("The Cost of Being Sure: Calibration Tax in Mixture-of-Experts Routing", 5, "moelab/tax"),
    _Item("Grounding Robot Speech in What the Gripper Feels", 4),
    _Item("Tokens Are Not Words: A Survey of Byte-Level Language Models", 3),
)  # fmt: skip
_YESTERDAY = (
    _Item("LongReel: Interactive Generation of Minutes of Video at Reading Speed", 100, "longreel/longreel", 2_310,
          "Fieldwork Vision"),
    _Item("Quantile Baselines Keep the Entropy in Reasoning by Reinforcement", 84, "qbase/quantile", 190),
    _Item("PageMiner: One Small Model for Every Table, Formula and Footnote", 62, "pageminer/pageminer", 5_120),
    _Item("Entropy as a Budget: Regularizing Agents That Talk to Tools", 55),
    _Item("Variational Reasoning: Thoughts as Latent Variables", 40, "varreason/elbo", 77),
    _Item("Who Reviews the Reviewers? Finding Misinformed Peer Reviews", 38),
    _Item("Language Models Can Learn from Verbal Feedback Without a Score", 35, "saywhat/verbal", 120),
    _Item("Set the Table: Task-Driven Tabletop Scenes from a Sentence", 22),
    _Item("Dense Captions by Reinforcement: Rewarding What a Reader Can Redraw", 21, "caprl/dense", 64),
    _Item("A Benchmark for Assistants That Hear, Speak and Look", 19, "hearsay/bench"),
    _Item("No Prompt Left Behind: Learning from Prompts All Answers Agree On", 16),
    _Item("UltraHorizon: Agents on Errands of Four Hundred Steps", 16, "ultra/horizon", 33),
    _Item("Steering a Language Model with Ten Lines of Code", 14, "steer/ten-lines", 410),
    _Item("Seeing Further by Looking Less: Foveated Attention for Long Video", 11),
)  # fmt: skip
_EARLIER = (
    _Item("Gradient Coding When Stragglers Come in Bursts", 0),
    _Item("Adaptive Batch Sizes for Adaptive Gradients", 0),
    _Item("Predictor, Corrector, Dreamer: Faster Sampling by Dynamic Compensation", 0, "dreamer/dcs"),
    _Item("How Many Heads Does a Translator Need?", 0),
    _Item("Optimal Transport for Matching Unpaired Cells", 0, "cellmatch/ot"),
    _Item("A Kernel View of In-Context Regression", 0),
    _Item("Learning to Defer to a Tired Expert", 0),
    _Item("Sharpness, Flatness and the Weather: Generalization in Forecasting Models", 0, "stormlab/flat"),
    _Item("Certified Unlearning Needs Certified Forgetting", 0),
    _Item("Graph Rewiring by Curvature, Revisited with Better Baselines", 0, "rewire/curv"),
    _Item("Compression Is All You Measure: Bits per Character as a Benchmark", 0),
    _Item("Private Federated Statistics with One Message per Phone", 0),
    _Item("Bandits That Admit They Don't Know", 0),
)  # fmt: skip

_ABSTRACT = (
    "We ask what the title says and answer it with experiments on public data. The method is simple, needs no tuning, "
    "and holds up on three benchmarks against baselines that were tuned as carefully. Where it fails, we say so."
)


def _papers(items: tuple[_Item, ...], feed: Feed, day: date, first: int) -> Iterator[tuple[Paper, Announcement]]:
    for place, item in enumerate(items, 1):
        links = (Link(f"https://github.com/{item.code}", "repo"),) if item.code else ()
        arxiv = f"2607.{first + place:05}"
        paper = Paper(
            f"arxiv:{arxiv}",
            item.title,
            abstract=item.abstract or _ABSTRACT,
            authors=tuple(item.authors.split(", ")),
            published=day - timedelta(days=2),
            arxiv=arxiv,
            links=links,
            keywords=tuple(item.keywords.split(", ")) if item.keywords else (),
            organization=item.organization,
        )
        yield paper, Announcement(feed.name, day, place, upvotes=item.upvotes or None, stars=item.stars)


_LATELY = ((4, 60), (3, 73), (2, 80), (1, 88))
"""How many days ago counts were read, and per cent of today's upvotes then."""

_FORTNIGHT = (
    (13, 4), (12, 9), (11, 19), (10, 31), (8, 47), (7, 52), (6, 56), (5, 60), (2, 71), (1, 73)
)  # fmt: skip
"""The same of two weeks, with days that were not asked."""


def fill(shelf: Shelf, counted: tuple[tuple[int, int], ...] = _LATELY) -> None:
    """Put the papers on a shelf as feeds would have: the counts of some days, the latest list new since a visit."""
    lists = (
        (ARXIV, _EARLIER, TODAY - timedelta(days=2), 3_000),
        (DAILY, _YESTERDAY, TODAY - timedelta(days=1), 2_000),
        (TRENDING, _TODAY, TODAY, 1_000),
    )
    for feed, items, day, first in lists:
        if day == TODAY:
            shelf.papers.end_visit()
        papers = tuple(_papers(items, feed, day, first))
        for days, share in counted:
            then = tuple((paper, _then(announced, share)) for paper, announced in papers if announced.upvotes)
            if then:
                shelf.feeds.take(feed, Batch(feed.query, feed=feed.name, items=then, seen=TODAY - timedelta(days=days)))
        shelf.feeds.take(feed, Batch(feed.query, feed=feed.name, items=papers, seen=TODAY))
    shelf.sync.catch_up()


def fill_fortnight(shelf: Shelf) -> None:
    """Put the papers on a shelf whose counts were read on most days of two weeks."""
    fill(shelf, _FORTNIGHT)


def fail(shelf: Shelf) -> None:
    """Let a further feed fail."""
    reason = "lab.example answered 503 (an error of the server); try again later"
    shelf.feeds.take(LAB, Batch(LAB.query, feed=LAB.name, failure=f"{LAB.name}: {reason}"))


def miss(shelf: Shelf) -> None:
    """Let a further feed have arXiv's lists of five days, of which some papers are missing."""
    papers = [paper for paper, _ in _papers((*_EARLIER, *_YESTERDAY), ARXIV, TODAY, 3_000)]
    first = 0
    for back, here, missing in ((6, 3, 0), (5, 4, 0), (4, 2, 0), (3, 5, 2), (2, 4, 0)):
        day = TODAY - timedelta(days=back)
        some = papers[first : first + here]
        items = tuple((paper, Announcement(LISTED.name, day, place)) for place, paper in enumerate(some, 1))
        listed = ListedDay(day, here + missing, frozenset(paper.arxiv for paper in some))
        shelf.feeds.take(LISTED, Batch(LISTED.query, feed=LISTED.name, items=items, days=(listed,)))
        first += here


def _then(announcement: Announcement, percent: int) -> Announcement:
    """Return an announcement with the upvotes, and about the stars, of an earlier day."""
    stars = announcement.stars and announcement.stars * (300 + percent) // 400
    return replace(announcement, upvotes=(announcement.upvotes or 0) * percent // 100, stars=stars)
