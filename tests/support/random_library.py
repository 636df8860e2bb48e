"""Random libraries and queries."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from msgspec.structs import replace

from readlist.library.library import Library
from readlist.model.mark import Mark
from readlist.model.paper import Announcement, Link, Paper
from readlist.model.time import PartialDate
from readlist.query.terms import CHOICES
from tests.support.library import DAY, NOON

VISIT = NOON + timedelta(hours=1)
LATER = VISIT + timedelta(hours=1)
WORDS = ["Text", "to", "image", "text-to-image", "texture", "Diffusión", "diffusion", "models", "模型", "扩散模型", "a"]
TAGS = ["#cs", "#CS/lg", "#Diffusion", "#csv", "#模型", "`#cs`", "#1"]
WORDS += ["S²FT", "don't", "Straße", "re:", "—", "GPT-4", "naïve", "“quoted”", "AND", "file_name", "C++", "C#"]
LATEX = [
    r"$\ell_p$",
    "H$_2$O",
    r"na\"ive",
    r"\textit{Text}ure",
    r"$\alpha$-divergence",
    r"to\%",
    "$5",
    r"\unknown{image}",
]

sentences = st.lists(st.sampled_from([*WORDS, *LATEX]), max_size=5).map(" ".join)
links = st.lists(
    st.sampled_from([Link("https://github.com/lab/a", "repo"), Link("https://lab.org/a", "project")]), unique=True
).map(tuple)
days = st.sampled_from([DAY, DAY + timedelta(days=1), DAY + timedelta(days=30)])
papers = st.builds(
    Paper,
    key=st.just(""),
    title=sentences,
    abstract=sentences,
    authors=st.lists(st.sampled_from(["Ada Text", "Ben Image", "王 模", r"Jos\'e Text", r"Erd\H{o}s"]), max_size=2).map(
        tuple
    ),
    published=st.none() | days | st.sampled_from([PartialDate(2026), PartialDate(2026, 8), PartialDate(2025, 12)]),
    links=links,
    organization=st.sampled_from(["", "Text Lab", "Institut für Image"]),
    keywords=st.lists(st.sampled_from(["text", "diffusion models", "模型"]), max_size=2, unique=True).map(tuple),
    version=st.integers(0, 3),
    revised=st.none() | st.sampled_from([DAY, DAY + timedelta(days=12)]),
    comment=st.sampled_from(["", "12 pages, text", r"Accepted at \textit{Image} 2026", "模型"]),
    journal=st.sampled_from(["", "Text 12 (2026) 3"]),
    withdrawn=st.sampled_from(["", "", "a wrong image"]),
)
announcements = st.builds(
    Announcement,
    feed=st.sampled_from(["A", "B"]),
    day=days,
    position=st.integers(1, 3),
    upvotes=st.none() | st.integers(0, 3),
    comments=st.none() | st.integers(0, 3),
    stars=st.none() | st.sampled_from([0, 999, 1000, 1500]),
)
times = st.none() | st.sampled_from([NOON, NOON.replace(hour=23, minute=59), NOON + timedelta(days=20, seconds=0.5)])
notes = st.lists(st.sampled_from([*TAGS, "text", "\n"]), max_size=4).map(" ".join)
marks = st.builds(Mark, read=times, starred=times, note=st.just("") | sentences | notes)
libraries = st.lists(st.tuples(papers, announcements, st.none() | marks, st.booleans()), max_size=7)
RANGES = ["0", ">1", ">=2", "<2", "<=1", "1..2", "..1", "1k", ">=1.5k", "2.."]
SPANS = [
    "2026",
    "2026-08",
    "2026-08-01",
    "7d",
    "2026-08-01..2026-08-02",
    ">2026-08-01",
    "<=2026-08-01",
    "..1m",
    "today",
    "2026-07..2026-08",
    "2025-12-31..2026-01",
    "2026-08-02..2027",
]
VALUES = {
    "title": WORDS, "abstract": WORDS, "author": ["ada", '"ada text"', "王"], "note": WORDS, "org": ["lab", "fur"],
    "comment": ["text", "accepted", '"12 pages"', "模", "2026"],
    "kw": ["text", '"diffusion models"', "模"], "feed": ["A", "b", '"a"', "c"],
    "tag": ["cs", "Cs*", "#diffusion", "模型", "csv", "d*"],
    "id": ["2401.00001", "arxiv:2401.00002v3", "10.1000/none", "2401.00000,2401.00003"],
    **dict.fromkeys(("upvotes", "comments", "stars"), RANGES),
    **dict.fromkeys(("date", "seen", "starred", "read"), SPANS),
}  # fmt: skip
TODAY = DAY + timedelta(days=20)
fielded = st.sampled_from(sorted(VALUES)).flatmap(
    lambda field: st.lists(st.sampled_from(VALUES[field]), min_size=1, max_size=2).map(
        lambda some: f"{field}:{','.join(some)}"
    )
)
terms = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from([f"{field}:{value}" for field, values in CHOICES.items() if field != "sort" for value in values]),
    fielded,
    st.sampled_from(
        ["tex", "diff", "模", "text-to-im", "c++", "C#", "is:read,noted", "has:code,project", "*", "NOT", "d", "OR"]
    ),
    st.sampled_from(
        ["ℓₚ", "lp", "h2o", "naïve", "texture", '"α divergence"', "josé", "erdos", "tex*", '"text to*"', "2401.00001"]
    ),
)
groups = st.recursive(
    terms,
    lambda inner: st.tuples(
        st.sampled_from(["({})", "-({})", "{}", "-{}", "NOT {}"]),
        st.lists(inner, min_size=1, max_size=3),
        st.sampled_from([" ", " OR ", " AND "]),
    ).map(lambda parts: parts[0].format(parts[2].join(parts[1]))),
    max_leaves=6,
)
queries = st.tuples(
    st.lists(st.tuples(st.sampled_from(["", "", "-"]), groups).map("".join), max_size=4).map(" ".join), st.booleans()
)


def filled(path: Path, rows: list[tuple[Paper, Announcement, Mark | None, bool]]) -> Library:
    """Make a library; papers get arXiv ids so that none of them are one."""
    library = Library(path)
    for number, (each, announcement, mark, late) in enumerate(rows):
        each = replace(each, key=f"arxiv:2401.{number:05}", arxiv=f"2401.{number:05}")
        library.add("A", [(each, announcement)], day=DAY, now=LATER if late else NOON)
        if mark is not None:
            library.mirror.write([(each.key, mark)], patient=True)
        if late and each.version:
            newer = replace(each, version=each.version + 1, withdrawn="")
            library.add("A", [(newer, announcement)], day=DAY, now=LATER + timedelta(days=9))
    library.visits.end(VISIT)
    return library
