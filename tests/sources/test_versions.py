"""What arXiv's API and its daily lists say of a version: its number and day, comment and journal reference."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from readlist.model.paper import Paper
from readlist.sources import reader
from readlist.sources.formats.syndication import decode

ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>http://arxiv.org/api/x</id>
<title>arXiv Query: search_query=&amp;id_list=</title>
<entry><id>http://arxiv.org/abs/2401.00001v3</id><title>A Study of Tests</title>
<published>2024-01-02T00:00:00Z</published><updated>2026-11-24T18:00:00Z</updated><summary>We test.</summary>
<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">12 pages,
  accepted at ICML. Code: https://github.com/lab/tests</arxiv:comment>
<arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. Tests 3 (2026) 1</arxiv:journal_ref></entry>
<entry><id>http://arxiv.org/abs/2401.00002v1</id><title>Another</title>
<published>2024-01-02T00:00:00Z</published><updated>2024-01-02T00:00:00Z</updated></entry></feed>
"""
LIST = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>
<title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG</link>
<pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate>
{}</channel></rss>
"""
ITEM = """<item><title>A Study of Tests</title><link>https://arxiv.org/abs/{id}</link>
<description>arXiv:{id}v{version} Announce Type: {kind} \nAbstract: We test.</description>
<guid isPermaLink="false">oai:arXiv.org:{id}v{version}</guid><arxiv:announce_type>{kind}</arxiv:announce_type>
<arxiv:journal_reference>J. Tests 3</arxiv:journal_reference>
<pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate></item>
"""
TODAY = date(2026, 11, 25)


def papers(data: str) -> list[Paper]:
    batch = decode(data.encode(), origin="x", feed="cs.LG", today=TODAY)
    assert not batch.failure
    return [paper for paper, _ in batch.items]


def test_an_answer_of_the_api() -> None:
    study, another = papers(ANSWER)
    assert (study.version, study.revised) == (3, date(2026, 11, 24))
    assert study.comment == "12 pages, accepted at ICML. Code: https://github.com/lab/tests"
    assert study.journal == "J. Tests 3 (2026) 1"
    assert study.repo == "https://github.com/lab/tests"
    assert (another.version, another.revised, another.comment) == (1, None, "")


def test_a_daily_list() -> None:
    items = ITEM.format(id="2611.00001", version=1, kind="new") + ITEM.format(
        id="2401.00001", version=4, kind="replace"
    )
    new, replaced = papers(LIST.format(items))
    assert (new.version, new.revised, new.journal) == (1, None, "J. Tests 3")
    assert (replaced.version, replaced.revised) == (4, date(2026, 11, 24))


def test_a_feed_of_other_people_has_the_version_it_links_to_but_not_its_day() -> None:
    feed = LIST.replace("cs.LG updates on arXiv.org", "A blog").replace("rss.arxiv.org", "blog.example")
    item = "<item><title>A Study of Tests</title><link>https://arxiv.org/abs/2401.00001v2</link></item>"
    (study,) = papers(feed.format(item))
    assert (study.version, study.revised) == (2, None)


PAGE = """arXiv:2607.01234 (cs)
[Submitted on 6 Jul 2026 (v1), last revised 9 Jul 2026 (this version, v3)]
Title:Slow Gaits: Teaching Tortoise Robots to Cross Kitchens
Authors:Ada Sample, Bo Example
View PDF HTML (experimental)
Abstract:We study how small tortoise robots learn to cross a kitchen floor without falling over. We propose a slow gait.
Comments:\t24 pages, 9 figures
Subjects:\tMachine Learning (cs.LG); Artificial Intelligence (cs.AI)
Cite as:\tarXiv:2607.01234 [cs.LG]
 \t(or arXiv:2607.01234v3 [cs.LG] for this version)
Journal reference:\tJ. Gaits 3 (2026) 1

Submission history
From: Ada Sample [view email]
[v1] Mon, 6 Jul 2026 09:00:01 UTC (1,204 KB)
"""


def test_a_captured_page_of_a_paper(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text(PAGE, encoding="utf-8")
    (batch,) = reader.read([file])
    ((paper, _),) = batch.items
    assert (paper.arxiv, paper.version) == ("2607.01234", 3)
    assert (paper.comment, paper.journal) == ("24 pages, 9 figures", "J. Gaits 3 (2026) 1")


def test_a_reference_with_a_version(tmp_path: Path) -> None:
    file = tmp_path / "refs.bib"
    file.write_text(
        "@article{a, title={A Study}, eprint={2401.00001v2}, archivePrefix={arXiv}, journal={J. Tests}, volume=3, "
        "number=2, pages={1--9}, note={Comment: 12 pages}}\n"
        "@article{b, title={Another}, eprint={2401.00002}, journal={arXiv preprint arXiv:2401.00002}, note={Read it}}",
        encoding="utf-8",
    )
    (batch,) = reader.read([file])
    study, another = [paper for paper, _ in batch.items]
    assert (study.version, study.journal, study.comment) == (2, "J. Tests 3(2): 1–9", "12 pages")
    assert (another.version, another.journal, another.comment) == (0, "", "")
    assert batch.marks[another.key].note == "Read it"
