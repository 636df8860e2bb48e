"""Names with signs, and scripts without blanks: a query finds what it says and nothing else."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from readlist.cli import output
from tests.support.cli import Run, titles
from tests.support.library import age

TITLES = {
    "vitamin": "Vitamin C against colds", "modern": "Modern C++ for physics", "cpp17": "Ranges in C++17",
    "csharp": "Compiling C# and F# with .NET", "asp": "Pages in ASP.NET", "node": "Servers in Node.js",
    "nodes": "A node. JS is no part of it", "astar": "Bounded A* search", "a": "A search for bounds",
    "r2": "How to read R² and its kin", "r2tex": "On $R^2$ again", "r": "R, 2 lessons of statistics",
    "l1": "Sparsity by the ℓ₁ norm", "l1plain": "Penalties: L_1 or not", "l": "L. 1 of many letters",
    "gpt4": "Asking GPT-4 twice", "gpt35": "GPT-3.5 as a judge", "gpt3": "GPT-3 at 5 shots",
    "passk": "Beyond pass@1", "pass": "Pass 1 of a compiler", "rgbd": "RGB+D and BERT+ compared",
    "thai": "การแปลภาษาไทยด้วยเครื่อง", "khmer": "ការបកប្រែភាសាខ្មែរ", "lao": "ການແປພາສາລາວ",
    "burmese": "မြန်မာဘာသာပြန်", "hindi": "हिन्दी का अनुवाद", "chinese": "扩散模型的研究",
}  # fmt: skip

FOUND = [
    ("C++", "modern cpp17"), ("c++", "modern cpp17"), ("c++17", "cpp17"), ("C#", "csharp"), ("F#", "csharp"),
    ("Ｃ＋＋", "modern cpp17"), ("C♯", "csharp"), ("title:C++", "modern cpp17"),
    ("title:C++,C#", "modern cpp17 csharp"),
    ("title:c", "vitamin modern cpp17 csharp"), ("title:C -C++ -C#", "vitamin"), ('"modern C++"', "modern"),
    ('"modern c"', "modern"), ("(C++ OR C#) -modern", "cpp17 csharp"), (".NET", "csharp asp"), ("asp.net", "asp"),
    ("node.js", "node"), ("Node.JS", "node"), ("node", "node nodes"), ("node.j*", "node"), ("A*", "astar"),
    ('"a* search"', "astar"), ("title:A*", "astar"), ("-A* bounded", ""), ("R^2", "r2 r2tex"), ("R²", "r2 r2tex"),
    ("r2", "r2 r2tex"), ("L_1", "l1 l1plain"), ("ℓ1", "l1 l1plain"), ("l1", "l1 l1plain"), ("L_{1}", "l1 l1plain"),
    ("GPT-4", "gpt4"), ("GPT-3.5", "gpt35"), ("gpt-3", "gpt35 gpt3"), ("pass@1", "passk"), ("bert", "rgbd"),
    ("rgb", "rgbd"), ("RGB+D", "rgbd"), ("ภาษา", "thai"), ("ษาไ", "thai"), ("เครื่อง", "thai"), ("เครือง", ""),
    ("ខ្មែរ", "khmer"), ("បកប្រែ", "khmer"), ("ພາສາ", "lao"), ("ဘာသာ", "burmese"), ("हिन्दी", "hindi"), ("हिन्द", ""),
    ("हिन्द*", "hindi"), ("模型", "chinese"), ("title:ภาษา,模型", "thai chinese"),
]  # fmt: skip


@pytest.fixture
def named(run: Run, tmp_path: Path) -> Run:
    """A library of these titles."""
    file = tmp_path / "names.json"
    papers = [{"id": f"2608.{at:05}", "title": title} for at, title in enumerate(TITLES.values(), 1)]
    file.write_text(json.dumps(papers), encoding="utf-8")
    assert run("import", str(file)).exit_code == 0
    return run


def test_a_query_finds_what_it_says(named: Run) -> None:
    found = {query: set(titles(named, query)) for query, _ in FOUND}
    assert found == {query: {TITLES[name] for name in names.split()} for query, names in FOUND}


def test_only_what_a_query_says_is_marked(named: Run) -> None:
    assert named("mark", "C++", "--star").stdout == "2 of 2 papers changed\n"
    assert named("mark", "-C#", ".NET", "--read").stdout == "1 of 1 paper changed\n"
    assert set(titles(named, "is:starred")) == {TITLES["modern"], TITLES["cpp17"]}
    assert titles(named, "is:read") == [TITLES["asp"]]


def test_a_saved_view_keeps_the_signs(named: Run, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config.toml"
    config.write_text('[[views]]\nname = "C++"\nquery = "C++ OR A* OR title:C# OR ភាសា"\n', encoding="utf-8")
    wanted = {TITLES[name] for name in ("modern", "cpp17", "astar", "csharp", "khmer")}
    assert set(titles(named, "@C++")) == wanted


def test_an_index_of_an_older_version_is_updated_with_a_word(
    named: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = sqlite3.connect(tmp_path / "home" / "library.db", isolation_level=None)
    connection.execute("insert into search (search) values ('delete-all')")
    age(connection, 5)
    connection.close()
    monkeypatch.setattr(output, "_AFTER", 0)
    listed = named("list", "C#", "--format", "keys")
    assert listed.stdout == "arxiv:2608.00004\n"
    assert listed.stderr == f"readlist: Updating the search index of {len(TITLES)} papers, once for this version …\n"
    assert named("list", "C#").stderr == ""
