"""Made-up papers, and the forms in which sites, mails and people list them by id or address."""

from __future__ import annotations

from msgspec import Struct


class Known(Struct, frozen=True):
    """A made-up paper."""

    id: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    repo: str


PAPERS = (
    Known(
        "2603.04117",
        "Lantern Routing: Sparse Attention for Night Trains",
        ("Mira Okafor", "Tomás Lindqvist"),
        "We route attention along the few tokens that carry light. On four timetables the router keeps 98 percent "
        "of the "
        "accuracy at a third of the cost, and it degrades gracefully when stations close without notice. We release "
        "the "
        "timetables and a simulator of delays.",
        "https://github.com/lantern-lab/routing",
    ),
    Known(
        "2603.05220",
        "On the Memory of Paper Boats",
        ("Ines Varga", "Paul O'Hara", "Wei Zhang"),
        "Paper boats forget where they were launched. We show that a folded boat keeps a trace of its first stream "
        "for up "
        "to nine days, and give a bound on what can be read back. The bound is tight for boats of one sheet and "
        "loose for "
        "all others that we tried.",
        "https://github.com/boatworks/memory",
    ),
    Known(
        "2602.17003",
        "Why Do Pigeons Cite Each Other? A Field Study",
        ("Jon Abara", "Lena Fischer"),
        "We follow two flocks of pigeons over a winter and record who lands beside whom. Citations cluster by roof "
        "rather "
        "than by merit, and newcomers are cited only after they have cited. A simple model of crumbs explains most "
        "of the "
        "variance in both flocks.",
        "https://github.com/flocklab/cites",
    ),
    Known(
        "2603.00981",
        "Quantised Gardens: Four-Bit Seeds Grow as Tall",
        ("Aiko Tanaka",),
        "Seeds are stored in sixteen bits although four suffice. We quantise seeds after drying, without watering them "
        "again, and find that plants grow as tall in eleven of twelve beds. The method needs no calibration and "
        "runs on "
        "the windowsill.",
        "https://github.com/windowsill/q4",
    ),
    Known(
        "2601.12345",
        "A Survey of Borrowed Umbrellas",
        ("Rosa Klein", "Ben Adeyemi", "Noor Haddad", "Piet de Vries"),
        "Umbrellas are lent often and returned seldom. This survey orders two hundred studies by lender, weather and "
        "shame, and points to questions that are still open. We argue that the field lacks a shared benchmark and "
        "propose "
        "a small one.",
        "https://github.com/umbrella-survey/list",
    ),
)


class Form(Struct, frozen=True):
    """A way to list papers: what stands before them, what stands for each, what stands behind them.

    Attributes:
        titled: whether it says the titles.
        named: whether it names the papers' ids.
    """

    name: str
    head: str
    item: str
    foot: str = ""
    suffix: str = ".txt"
    titled: bool = True
    named: bool = True
    between: str = ""

    @property
    def text(self) -> str:
        """The list."""
        items = (self.item.format_map(_values(paper, number)) for number, paper in enumerate(PAPERS, 1))
        return self.head + self.between.join(items) + self.foot


def _values(paper: Known, number: int) -> dict[str, str]:
    surname = paper.authors[0].split()[-1]
    return {
        "n": str(number),
        "id": paper.id,
        "title": paper.title,
        "authors": ", ".join(paper.authors),
        "semicolons": "; ".join(paper.authors),
        "anded": " and ".join(paper.authors),
        "linked": ", ".join(f'<a href="https://site.example/a/{name[:3]}">{name}</a>' for name in paper.authors),
        "lines": "\n".join(paper.authors),
        "short": f"{paper.authors[0]} et al.",
        "surname": surname,
        "abstract": paper.abstract,
        "wrapped": _wrapped(paper.abstract),
        "repo": paper.repo,
        "year": f"20{paper.id[:2]}",
        "month": paper.id[2:4],
        "doi": f"10.5555/{paper.id.replace('.', '')}",
    }


def _wrapped(text: str) -> str:
    from textwrap import fill

    return fill(text, 76)


ARXIV = (
    Form(
        "arXiv new, text",
        "Skip to main content\nCornell University\n\nRobotics\n\n  • New submissions\n  • Cross-lists\n\n"
        "Showing new listings for Friday, 6 March 2026\n\nTotal of 5 entries\n\n"
        "New submissions (showing 5 of 5 entries)\n\n",
        "[{n}] arXiv:{id} [pdf, html, other]\nTitle: {title}\n{authors}\nComments: {n} pages\n"
        "Subjects: Robotics (cs.RO); Machine Learning (cs.LG)\n\n{abstract}\n\n",
        "Total of 5 entries\nAbout\nHelp\nContact\nSubscribe\nCopyright\nPrivacy Policy\n",
    ),
    Form(
        "arXiv recent, dump",
        "   [1]arXiv\n\n   Authors and titles for recent submissions\n\n     * [2]Fri, 6 Mar 2026\n"
        "     * Thu, 5 Mar 2026\n\n"
        "Fri, 6 Mar 2026 (showing 5 of 5 entries )\n\n",
        "   [{n}] arXiv:{id} [pdf, html, other]\n          Title: {title}\n          {authors}\n"
        "          Subjects: Robotics (cs.RO); Machine Learning (cs.LG)\n\n",
        "   Total of 5 entries : 1-5\n   About Help\n",
    ),
    Form(
        "arXiv new, old layout",
        "New submissions for Fri, 6 Mar 26\n\n",
        "[{n}]  arXiv:{id} [pdf, ps, other]\nTitle: {title}\nAuthors: {authors}\nComments: 3 pages\n"
        "Subjects: Computation and Language (cs.CL)\n\n{wrapped}\n\n",
        "[ total of 5 entries: 1-5 ]\n[ showing up to 2000 entries per page: fewer | more ]\n",
    ),
    Form(
        "arXiv cross-lists and replacements",
        "Cross-lists for Fri, 6 Mar 26\n\n",
        "[{n}]  arXiv:{id} (cross-list from cs.CV) [pdf, other]\nTitle: {title}\nAuthors: {authors}\n"
        "Subjects: Computer Vision (cs.CV)\n\n{abstract}\n\n",
        "Replacements for Fri, 6 Mar 26\n\n[6]  arXiv:2603.04117 (replaced) [pdf, other]\n"
        "Title: Lantern Routing: Sparse Attention for Night Trains\nAuthors: Mira Okafor\nSubjects: Robotics (cs.RO)\n",
    ),
    Form(
        "arXiv new, Markdown",
        "# Robotics\n\n### Showing new listings for Friday, 6 March 2026\n\n"
        "### New submissions (showing 5 of 5 entries)\n\n",
        '[{n}] [arXiv:{id}](https://arxiv.org/abs/{id} "Abstract") [[pdf](https://arxiv.org/pdf/{id} "Download PDF"), '
        '[other](https://arxiv.org/format/{id} "Other formats")]\n\nTitle: {title}\n\n'
        "[{authors}](https://arxiv.org/search/cs?searchtype=author&query={surname})\n\nSubjects: Robotics (cs.RO)\n\n"
        "{abstract} Code at [this https URL]({repo}).\n\n",
        "Total of 5 entries\n\n[About](https://info.arxiv.org/about)\n",
        ".md",
    ),
    Form(
        "arXiv new, HTML",
        "<!DOCTYPE html><html><head><title>Robotics</title></head><body><h1>Robotics</h1>"
        "<h3>Showing new listings for Friday, 6 March 2026</h3><dl id='articles'><h3>New submissions</h3>\n",
        '<dt>\n<a name=\'item{n}\'>[{n}]</a>\n<a href ="/abs/{id}" title="Abstract">\n      arXiv:{id}\n</a>\n'
        '[<a href="/pdf/{id}">pdf</a>, <a href="/format/{id}">other</a>]\n</dt>\n<dd>\n<div class=\'meta\'>'
        "<div class='list-title mathjax'><span class='descriptor'>Title:</span>\n {title}\n</div>"
        "<div class='list-authors'>{linked}</div>"
        "<div class='list-subjects'><span class='descriptor'>Subjects:</span> <span>Robotics (cs.RO)</span></div>"
        "<p class='mathjax'>\n{abstract}\n</p></div></dd>\n",
        "</dl><div>Total of 5 entries</div></body></html>\n",
        ".html",
    ),
    Form(
        "arXiv search, text",
        "Showing 1–5 of 5 results for all: lanterns\n\nSearch v0.5.6 released 2020-02-24\n\n",
        "{n}. arXiv:{id} [pdf, html, other]  cs.RO cs.LG\n{title}\nAuthors: {authors}\n"
        "Abstract: We begin… ▽ More\n{abstract} △ Less\nSubmitted 6 March, 2026; originally announced March 2026.\n"
        "Comments: 9 pages\n\n",
        "About\nHelp\n",
    ),
    Form(
        "arXiv search, HTML",
        '<html><body><h1>Showing 1–5 of 5 results</h1><ol start="1">',
        '<li class="arxiv-result"><div><p class="list-title"><a href="https://arxiv.org/abs/{id}">arXiv:{id}</a>'
        '<span>&nbsp;[<a href="https://arxiv.org/pdf/{id}">pdf</a>]&nbsp;</span></p><div class="tags">'
        '<span>cs.RO</span><span>cs.LG</span></div></div><p class="title is-5">{title}</p>'
        '<p class="authors"><span>Authors:</span>{linked}</p><p class="abstract"><span>Abstract</span>:'
        '<span class="abstract-short">We begin&hellip;<a>&#9661; More</a></span><span class="abstract-full">{abstract}'
        "<a>&#9651; Less</a></span></p><p><span>Submitted</span> 6 March, 2026;</p></li>",
        "</ol></body></html>",
        ".html",
    ),
    Form(
        "arXiv mail",
        "Subject: cs daily Subj-class mailing 10a24f 1\n\n" + "-" * 78 + "\n Submissions to:\nRobotics\n received from"
        "  Tue  3 Mar 26 18:00:00 GMT  to  Wed  4 Mar 26 18:00:00 GMT\n" + "-" * 78 + "\n",
        "\\\\\narXiv:{id}\nDate: Wed, 4 Mar 2026 00:11:42 GMT   (121kb,D)\n\nTitle: {title}\nAuthors: {anded}\n"
        "Categories: cs.RO cs.LG\nComments: {n} pages\n\\\\\n  {wrapped}\n\\\\ ( https://arxiv.org/abs/{id} ,  121kb)\n"
        + "-" * 78
        + "\n",
        "%%%---%%%---%%%---%%%---%%%---%%%\nFor general information, see http://arxiv.org/\n",
    ),
    Form(
        "arXiv mail of replacements",
        "%%--%%--%%--%%--%%--%%--%%--%%--%%\n" + "-" * 78 + "\n",
        "\\\\\narXiv:{id}\nreplaced with revised version Wed, 4 Mar 2026 02:11:42 GMT   (121kb,D)\n\nTitle: {title}\n"
        "Authors: {authors}\nCategories: cs.DC\n\\\\ ( https://arxiv.org/abs/{id} ,  121kb)\n" + "-" * 78 + "\n",
    ),
)
"""arXiv's own lists and mails."""
