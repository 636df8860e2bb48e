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
    """A way to list papers: what is before them, what is for each, what is after them.

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

_HTML = "<!DOCTYPE html><html><head><title>Papers</title><style>a{{color:red}}</style></head><body>".replace(
    "{{", "{"
).replace("}}", "}")

LISTS = (
    Form("title and address", "", "{title} https://arxiv.org/abs/{id}\n"),
    Form("title and address, wrapped", "", "{title}\n  https://arxiv.org/abs/{id}\n"),
    Form("title above address, blank lines", "Papers of March\n\n", "{title}\nhttps://arxiv.org/abs/{id}\n\n"),
    Form("address above title", "", "https://arxiv.org/abs/{id}\n{title}\n\n"),
    Form("address above title, blank lines", "", "https://huggingface.co/papers/{id}\n\n{title}\n\n{abstract}\n\n"),
    Form("title, abstract, address", "", "{title}\n\n{abstract}\n\nhttps://arxiv.org/abs/{id}\n\n"),
    Form("title, address, wrapped abstract", "", "{title}\nhttps://arxiv.org/pdf/{id}.pdf\n\n{wrapped}\n\n"),
    Form("ids alone", "", "{id}\n", titled=False),
    Form("addresses alone", "My queue:\n\n", "https://arxiv.org/abs/{id}v2\n", titled=False),
    Form("ids in a row", "Read next: ", "arXiv:{id}", titled=False, between=", "),
    Form(
        "ids of a profile",
        "Jane Example\njaneex\nFollow\nAI & ML interests\nNone yet\npapers\n5\n",
        "arxiv:\n{id}\n",
        titled=False,
    ),
    Form("id in brackets", "", "[{id}] {title}\n\n{abstract}\n\n"),
    Form("id before title", "", "{id} {title}\n"),
    Form("id with category", "", "arXiv:{id} [cs.LG] {title}\n"),
    Form("id behind title", "", "{n}. {title} (arXiv:{id})\n"),
    Form(
        "labels", "", "Title: {title}\nAuthors: {authors}\nLink: https://arxiv.org/abs/{id}\nAbstract: {abstract}\n\n"
    ),
    Form("labels, id first", "", "ID: {id}\nTitle: {title}\nAuthors: {authors}\nSummary: They say so.\n\n"),
    Form(
        "labels in bold",
        "# Digest\n\n",
        "**Title:** {title}\n**Authors:** {authors}\n"
        "**URL:** <https://arxiv.org/abs/{id}>\n**Abstract:** {abstract}\n\n---\n\n",
        "",
        ".md",
    ),
    Form("posts", "", "{title}\n\nabs: https://arxiv.org/abs/{id}\ncode: {repo}\n\n"),
    Form("tab-separated", "id\ttitle\tauthors\n", "{id}\t{title}\t{authors}\n"),
    Form("chat with dates", "", "[2026-03-0{n}] {title}\nhttps://arxiv.org/abs/{id}\n\n"),
    Form(
        "Markdown links", "# Reading group\n\n", "- [{title}](https://arxiv.org/abs/{id}) ([code]({repo}))\n", "", ".md"
    ),
    Form(
        "Markdown links with authors",
        "# Reading\n\nSome words on what this is.\n\n## March\n\n",
        "* [{title}](https://arxiv.org/abs/{id}) - {authors}\n",
        "\n## Contributing\n\nSend a pull request.\n",
        ".md",
    ),
    Form(
        "awesome list, paper buttons",
        "# Awesome Things\n\n[![Awesome](https://awesome.re/badge.svg)](https://awesome.re)\n\n## Contents\n\n"
        "- [Papers](#papers)\n- [Talks](#talks)\n\n## Papers\n\n",
        "- **{title}** [[paper](https://arxiv.org/abs/{id})] [[code]({repo})]\n",
        "\n## Talks\n\n- [A talk](https://www.youtube.com/watch?v=abc)\n",
        ".md",
    ),
    Form(
        "awesome list, venue in front",
        "# Awesome Lamps\n\n",
        "- (*ICLR 2026*) {title} [[Paper](https://arxiv.org/pdf/{id})] [[Code]({repo})] "
        "![](https://img.shields.io/github/stars/x/y.svg)\n",
        "",
        ".md",
    ),
    Form(
        "awesome list, two lines",
        "# Survey\n\n### Routing\n\n",
        "* **{title}**  \n  {authors}  \n  [[Paper]](https://arxiv.org/abs/{id}) [[GitHub]]({repo})\n",
        "",
        ".md",
    ),
    Form(
        "awesome list, nested bullets",
        "# Lamps\n\n",
        "- {title}\n  - Paper: https://arxiv.org/abs/{id}\n  - Code: {repo}\n",
        "",
        ".md",
    ),
    Form(
        "awesome list, dates",
        "# Lamps\n\n",
        "+ [{year}/{month}] **[{title}](https://arxiv.org/abs/{id})** ([code]({repo}))\n",
        "",
        ".md",
    ),
    Form(
        "Markdown table",
        "# Papers\n\n| Date | Title | Authors | PDF | Code |\n|---|---|---|---|---|\n",
        "|**{year}-{month}-0{n}**|**{title}**|{short}|[{id}](http://arxiv.org/abs/{id})|**[link]({repo})**|\n",
        "",
        ".md",
    ),
    Form(
        "Markdown table, linked titles",
        "| Paper | Venue | Code |\n|:-----|:---:|:---:|\n",
        "| [{title}](https://arxiv.org/abs/{id}) | arXiv {year} "
        "| [![Star](https://img.shields.io/github/stars/a/b)]({repo}) |\n",
        "",
        ".md",
    ),
    Form(
        "Markdown table, breaks",
        "| Title & Authors | Introduction | Links |\n|:--| :----: | :---:|\n",
        "|[![Star](https://img.shields.io/a.svg)]({repo}) <br> **{title}** <br> {authors} |<img "
        "src='f{n}.png'>|[Github]({repo}) <br> [Paper](https://arxiv.org/abs/{id})|\n",
        "",
        ".md",
    ),
    Form(
        "numbered newsletter",
        "# Papers of the week\n\nHello again! Five papers this time.\n\n",
        "### {n}. {title}\n\n**Link**: https://arxiv.org/abs/{id}\n\n**Abstract**: {abstract}\n\n",
        "Thanks for reading! Subscribe at https://letter.example/subscribe\n",
        ".md",
    ),
    Form(
        "newsletter with commentary",
        "# Weekly\n\n",
        "## [{title}](https://huggingface.co/papers/{id})\n\n{authors}\n\n{abstract} See the [code]({repo}).\n\n",
        "",
        ".md",
    ),
    Form(
        "newsletter in text",
        "THE WEEKLY LAMP\n===============\n\nHello readers.\n\n",
        "{n}) {title}\n{authors}\n{abstract}\nRead more: https://arxiv.org/abs/{id}\n\n",
        "--\nYou get this because you subscribed. Unsubscribe: https://letter.example/u\n",
    ),
    Form(
        "weekly by a bot",
        "Weekly top five (2026-W10)\nSource: https://huggingface.co/papers/week/2026-W10\n\n",
        "--- {n}. {title} ---\nLink: https://huggingface.co/papers/{id}\n\n## Abstract (Original)\n{abstract}\n\n"
        "## Summary (Korean)\n번역 중입니다.\n\n",
    ),
    Form(
        "alphaXiv, Markdown",
        "# Explore\n\nTrending papers\n\n",
        "[{title}](https://www.alphaxiv.org/abs/{id})\n\n0{n} Mar 2026\n\n{authors}\n\n{abstract}\n\nView blog\n\n"
        "[Bookmark](https://www.alphaxiv.org/login)\n\n",
        "",
        ".md",
    ),
    Form(
        "alphaXiv, HTML",
        _HTML + "<h1>Explore</h1>",
        '<div class="card"><a href="/abs/{id}v1"><div class="t">{title}</div></a><div>0{n} Mar '
        "2026</div><div>{authors}</div><p>{abstract}</p><button>Like</button></div>",
        "</body></html>",
        ".html",
    ),
    Form(
        "papers.cool, text",
        "Machine Learning | Cool Papers - Immersive Paper Discovery\n2026-03-06 | | Total: 5\n\n",
        "#{n} {title} [PDF3] [Copy] [Kimi{n}] [REL]\n\nAuthors: {authors}\n\n{abstract}\n\n"
        "Subjects: Machine Learning , Artificial Intelligence\n\nPublish: 2026-03-05 17:50:11 UTC\n\n",
        named=False,
    ),
    Form(
        "papers.cool, Markdown",
        "# Machine Learning | Cool Papers\n\n2026-03-06 | | Total: 5\n\n",
        '## [#{n}](https://arxiv.org/abs/{id} "{n}/5") [{title}](https://papers.cool/arxiv/{id}) '
        "[\\[PDF3\\]](https://arxiv.org/pdf/{id}) [\\[Copy\\]]() [\\[Kimi1\\]]() [\\[REL\\]]()\n\n"
        "**Authors**: [{authors}](https://arxiv.org/search/?query=a&searchtype=author)\n\n{abstract}\n\n"
        "**Subjects**: [Machine Learning](https://papers.cool/arxiv/cs.LG)\n\n**Publish**: 2026-03-05 17:50:11 UTC\n\n",
        "",
        ".md",
    ),
    Form(
        "papers.cool, HTML",
        _HTML + "<h1>Machine Learning</h1>",
        '<div id="{id}" class="panel paper"><h2 class="title"><a href="https://arxiv.org/abs/{id}" '
        'target="_blank"><span class="index notranslate">#{n}</span></a> <a id="title-{id}" class="title-link '
        'notranslate" href="/arxiv/{id}" target="_blank">{title}</a> <a class="title-pdf" '
        'href="https://arxiv.org/pdf/{id}">[PDF<sup>3</sup>]</a> <a class="title-cp">[Copy]</a> <a '
        'class="title-kimi">[Kimi<sup>1</sup>]</a></h2><p class="metainfo authors '
        'notranslate"><strong>Authors</strong>: {linked}</p><p id="summary-{id}" class="summary '
        'notranslate">{abstract}</p><p class="metainfo subjects"><strong>Subjects</strong>: <a '
        'href="/arxiv/cs.LG">Machine Learning</a></p><p class="metainfo date"><strong>Publish</strong>: 2026-03-05 '
        "17:50:11 UTC</p></div>",
        "</body></html>",
        ".html",
    ),
    Form(
        "Semantic Scholar, Markdown",
        "About 24,100 results for “lamps”\n\n",
        "## [{title}](https://www.semanticscholar.org/paper/Slug-{surname}/0123456789abcdef0123456789abcdef01"
        "23456{n})\n\n[{authors}](https://www.semanticscholar.org/author/1)\n\nComputer Science\n\narXiv.org"
        "\n\n6 March 2026\n\n{abstract}\n\n- 3\n- [\\[PDF\\]](https://arxiv.org/pdf/{id})\n- Save\n- Alert\n- Cite\n\n",
        "",
        ".md",
    ),
    Form(
        "Semantic Scholar, HTML",
        _HTML + "<h1>Search</h1>",
        '<div class="cl-paper-row"><a href="/paper/Slug/0123456789abcdef{n}"><h2 '
        'class="cl-paper-title">{title}</h2></a><ul><li>{linked}</li><li>Computer Science</li><li>6 March '
        '2026</li></ul><div>{abstract}</div><div><a href="https://arxiv.org/pdf/{id}">[PDF] '
        "arXiv</a><button>Save</button></div></div>",
        "</body></html>",
        ".html",
    ),
    Form(
        "Google Scholar alert, text",
        "",
        "[PDF] {title}\n<https://scholar.google.com/scholar_url?url=https://arxiv.org/pdf/{id}&hl=en&sa=X&d=123>\n"
        "{authors} - arXiv preprint arXiv:{id}, {year}\n{wrapped}\n\n",
        "This message was sent by Google Scholar because you're following new articles.\nList alerts\n"
        "<https://scholar.google.com/scholar?view_op=list_alerts>\n",
    ),
    Form(
        "Google Scholar alert, HTML",
        _HTML,
        '<h3 style="font-weight:lighter"><span style="font-size:11px">[PDF]</span> <a '
        'href="https://scholar.google.com/scholar_url?url=https://arxiv.org/pdf/{id}&amp;hl=en&amp;sa=X" '
        'class="gse_alrt_title">{title}</a></h3><div style="color:#006621">{authors} - arXiv preprint arXiv:{id}, '
        '{year}</div><div class="gse_alrt_sni">{abstract}</div><div><a '
        'href="https://scholar.google.com/citations?save=1"><img alt="Save"></a> <a '
        'href="https://twitter.com/intent/tweet?url=x"><img alt="Twitter"></a></div><br>',
        "<p>This message was sent by Google Scholar.</p></body></html>",
        ".html",
    ),
    Form(
        "HTML link list",
        _HTML + "<h1>Reading group</h1><ul>",
        '<li><a href="https://arxiv.org/abs/{id}">{title}</a>, {authors} [<a href="{repo}">code</a>]</li>',
        "</ul><p>See <a href='https://lab.example'>our lab</a>.</p></body></html>",
        ".html",
    ),
    Form(
        "HTML table",
        _HTML + "<table><thead><tr><th>Date</th><th>Title</th><th>Link</th></tr></thead><tbody>",
        "<tr><td>Mar {n}</td><td>{title}</td><td><a href='https://arxiv.org/abs/{id}'>arXiv</a></td></tr>",
        "</tbody></table></body></html>",
        ".html",
    ),
    Form(
        "HTML newsletter",
        _HTML + "<h1>Weekly</h1><p>Hello.</p>",
        "<h3>{n}. {title}</h3><p><em>{authors}</em></p><p>{abstract}</p><p><a "
        'href="https://arxiv.org/abs/{id}">Paper</a> · <a href="{repo}">Code</a></p><hr>',
        "<p>Bye.</p></body></html>",
        ".html",
    ),
    Form("DOIs with titles", "", "{title}. https://doi.org/{doi}\n"),
    Form("DOIs in bullets", "# Journal club\n\n", "- {title}, doi:{doi}\n", "", ".md"),
    Form("Zulip posts", "", "**Ada Muster** [10:0{n}]:\n{title}: https://arxiv.org/abs/{id}\n\n"),
    Form(
        "Org mode",
        "* Papers\n",
        "** TODO [[https://arxiv.org/abs/{id}][{title}]]\n   {authors}\n",
    ),
    Form(
        "reStructuredText",
        "Papers\n======\n\n",
        "* `{title} <https://arxiv.org/abs/{id}>`_ ({authors})\n",
    ),
    Form(
        "SciRate, HTML",
        _HTML + "<h1>Top</h1><ul>",
        "<li class='paper'><div><button>3</button></div><div class='title'><a href='/arxiv/{id}'>{title}</a></div>"
        "<div class='authors'>{linked}</div><div class='uid'>Mar 0{n} 2026 cs.LG arXiv:{id}v1</div>"
        "<div class='abstract'>{abstract}</div><div><a href='https://scirate.com/arxiv/{id}'>1 comment</a> "
        "<a href='https://arxiv.org/pdf/{id}'>PDF</a></div></li>",
        "</ul></body></html>",
        ".html",
    ),
    Form(
        "Google Scholar results, HTML",
        _HTML,
        '<div class="gs_r"><div class="gs_ggs"><a href="https://arxiv.org/pdf/{id}">[PDF] arxiv.org</a></div>'
        '<div class="gs_ri"><h3 class="gs_rt"><a href="https://arxiv.org/abs/{id}">{title}</a></h3>'
        '<div class="gs_a">{linked} - arXiv preprint arXiv:{id}, 2026 - arxiv.org</div><div>We begin …</div>'
        '<div class="gs_fl"><a href="#">Save</a> <a href="/scholar?cites=1">Cited by 3</a></div></div></div>',
        "</body></html>",
        ".html",
    ),
    Form(
        "mail laid out by tables, HTML",
        _HTML + "<table><tr><td><table><tr><td><h1>The Weekly Lamp</h1></td></tr><tr><td><p>Hello.</p></td></tr>",
        '<tr><td><table><tr><td><img src="a.png"></td><td><a href="https://arxiv.org/abs/{id}"><b>{title}</b></a>'
        "<p>{abstract}</p></td></tr></table></td></tr>",
        '<tr><td><p><a href="https://letter.example/u">Unsubscribe</a></p></td></tr></table></td></tr></table></body>',
        ".html",
    ),
    Form(
        "publications of a person, HTML",
        _HTML + "<h1>Publications</h1><h2>2026</h2>",
        '<div class="pub"><b>{title}</b><br>{linked}<br><i>ICLR 2026</i><br>[<a href="https://arxiv.org/abs/{id}">arXiv'
        '</a>] [<a href="{repo}">code</a>] [<a href="p{n}.bib">bib</a>]</div>',
        "</body></html>",
        ".html",
    ),
    Form(
        "arXiv Sanity, text",
        "Most recent papers\n\n",
        "{title}\n{authors}\n3/6/2026 (v1: 3/5/2026) cs.LG | cs.AI\n{abstract}\n"
        "show similar | pdf https://arxiv.org/pdf/{id}\n\n",
    ),
    Form(
        "report of a reference manager",
        "Report\n\n",
        "{title}\nType\tPreprint\nAuthor\t{semicolons}\nURL\thttp://arxiv.org/abs/{id}\nAbstract\t{abstract}\n\n",
    ),
    Form("chat with names and times", "", "Ada Muster  10:0{n} AM\n{title}\nhttps://arxiv.org/abs/{id}\n\n"),
    Form(
        "posts with signs",
        "",
        "🔥 {title}\n\n{abstract}\n\n🖥 Github: {repo}\n📕 Paper: https://arxiv.org/abs/{id}\n\n",
    ),
    Form("accepted papers", "Accepted papers\n\n", "{title}\n{authors}\n[pdf] [arXiv:{id}] [code]\n\n"),
    Form(
        "counts behind titles",
        "",
        "{n}. {title} (4{n} upvotes)\n   https://huggingface.co/papers/{id}\n   {abstract}\n\n",
    ),
    Form("bioRxiv", "", "{title}\n{authors}\nbioRxiv 2026.03.0{n}; doi: https://doi.org/{doi}\n\n"),
    Form(
        "labels in Chinese",
        "",
        "标题：{title}\n作者：{authors}\n链接：https://arxiv.org/abs/{id}\n摘要：{abstract}\n\n",
    ),
    Form("quoted titles with names", "", "“{title}” by {authors} → https://arxiv.org/abs/{id}\n"),
    Form("year, title, id", "", "{year}\t{title}\t{id}\n"),
    Form(
        "folded entries",
        "# Lamps\n\n",
        "<details><summary><b>{title}</b></summary>\n\n[paper](https://arxiv.org/abs/{id}) [code]({repo})\n\n"
        "{abstract}\n\n</details>\n\n",
        "",
        ".md",
    ),
    Form(
        "cards, HTML",
        _HTML + "<nav><a href='/'>Home</a><a href='/about'>About</a></nav><main>",
        "<div class='card'><h2>{title}</h2><span>{authors}</span><p>{abstract}</p><a href='https://arxiv.org/pdf/{id}'>"
        "Read paper</a><a href='{repo}'>View code</a></div>",
        "</main><footer><a href='https://x.com/us'>X</a></footer></body></html>",
        ".html",
    ),
    Form(
        "definition list, HTML",
        _HTML + "<dl>",
        "<dt><a href='https://arxiv.org/abs/{id}'>{title}</a></dt><dd>{authors}</dd><dd>{abstract}</dd>",
        "</dl></body></html>",
        ".html",
    ),
)
"""Lists of other sites and of people."""

PAGES = (
    Form(
        "ACL Anthology, HTML",
        _HTML + "<h2>Long Papers</h2>",
        '<p class="d-sm-flex align-items-stretch"><span class="d-block mr-2 text-nowrap list-button-row"><a '
        'class="badge" href="https://aclanthology.org/2026.acl-long.{n}.pdf">pdf</a> <a class="badge" '
        'href="/2026.acl-long.{n}.bib">bib</a> <a class="badge" href="#abstract-{n}">abs</a></span><span '
        'class="d-block"><strong><a class="align-middle" '
        'href="/2026.acl-long.{n}/">{title}</a></strong><br>{linked}</span></p><div class="card bg-light"><div '
        'class="card-body p-3 small">{abstract}</div></div>',
        "</body></html>",
        ".html",
        named=False,
    ),
    Form(
        "ACL Anthology, Markdown",
        "## Long Papers\n\n",
        "[pdf](https://aclanthology.org/2026.acl-long.{n}.pdf) "
        "[bib](https://aclanthology.org/2026.acl-long.{n}.bib) [abs](#x)\n\n"
        "**[{title}](https://aclanthology.org/2026.acl-long.{n}/)**\n{authors}\n\n{abstract}\n\n",
        "",
        ".md",
        named=False,
    ),
    Form(
        "OpenReview, HTML",
        _HTML + "<h1>ICLR 2026</h1><ul>",
        '<li><div class="note"><h4><a href="/forum?id=aBcDeF12{n}x">{title}</a> <a href="/pdf?id=aBcDeF12{n}x" '
        'class="pdf-link"><img></a></h4><div class="note-authors">{linked}</div><div>Published: 22 Jan '
        "2026</div></div></li>",
        "</ul></body></html>",
        ".html",
        named=False,
    ),
    Form(
        "OpenReview, Markdown",
        "# ICLR 2026 Conference Submissions\n\n",
        "#### [{title}](https://openreview.net/forum?id=aBcDeF12{n}x) "
        "[![](https://openreview.net/images/pdf.svg)](https://openreview.net/pdf?id=aBcDeF12{n}x)\n\n"
        "[{authors}](https://openreview.net/profile?id=~A_B1)\n\n- 22 Jan 2026\n- ICLR 2026 Poster\n"
        "- Readers: Everyone\n\n",
        "",
        ".md",
        named=False,
    ),
)
"""Lists of sites whose pages have no identifier: papers by title, each with the address of its page."""
