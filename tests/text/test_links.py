"""Finding links: every form of an address in an abstract, and everything that only looks like one."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.text import links
from readlist.text.links import find_links

WIDGET = "https://github.com/acme/widget"
PAGE = "project https://acme.github.io/widget"


def found(text: str) -> list[str]:
    """Return what is found as `url`, `url → full` or `kind url`."""
    return [
        ("" if link.kind == "repo" else f"{link.kind} ") + link.url + (f" → {link.full}" if link.full else "")
        for link in find_links(text)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Code is available at https://github.com/acme/widget.",
        "Code: https://github.com/acme/widget",
        "Code (https://github.com/acme/widget), data soon",
        "Code is at https://github.com/acme/widget .",
        "Code is at https://github.com/acme/widget;",
        "Code is at https://github.com/acme/widget/.",
        "Code is at https://github.com/acme/widget...",
        "Code is at https://github.com/acme/widget.git.",
        "Code is at https://github.com/acme/widget.git .",
        "Code is at https://github.com/acme/widget#readme and",
        "Code is at HTTPS://WWW.GitHub.com/acme/widget!",
        "https://github.com/acme/widget's code, https://github.com/acme/widget’s data",
        "https://github.com/acme/widget†",
        "https://github.com/acme/widget–a tool",
    ],
)
def test_what_follows_an_address_is_dropped(text: str) -> None:
    assert found(text) == [WIDGET]


@pytest.mark.parametrize(
    "text",
    [
        '"https://github.com/acme/widget".',
        "“https://github.com/acme/widget”",
        "‘https://github.com/acme/widget’",
        "«https://github.com/acme/widget»",
        "<https://github.com/acme/widget>",
        "`https://github.com/acme/widget`",
        "**https://github.com/acme/widget**, *https://github.com/acme/widget*.",
        "_https://github.com/acme/widget_",
        "[https://github.com/acme/widget]",
        "（https://github.com/acme/widget）。",
        "代码见https://github.com/acme/widget，欢迎使用",
        "コードはhttps://github.com/acme/widgetで公開",
        "代码：github.com/acme/widget。",
        '<a href="https://github.com/acme/widget">code</a>',
        "<a href='https://github.com/acme/widget'>https://github.com/acme/widget</a>",
        "https://github.com/acme/widget&lt;br&gt;",
        "[code](https://github.com/acme/widget)",
        '[code](https://github.com/acme/widget "the code").',
        "[https://github.com/acme/widget](https://github.com/acme/widget)",
        "[github.com/acme/widget](github.com/acme/widget)",
    ],
)
def test_quotes_brackets_and_markup_are_no_part_of_it(text: str) -> None:
    assert found(text) == [WIDGET]


@pytest.mark.parametrize(
    "text",
    [
        r"\url{https://github.com/acme/widget}.",
        r"\url{https://github.com/acme/widget.}",
        r"\url{github.com/acme/widget}",
        r"\url{ https://github.com/acme/ widget }",
        r"code~\url{https://github.com/acme/widget}and more",
        "code at~https://github.com/acme/widget.",
        r"\href{https://github.com/acme/widget}{here}",
        r"\href{https://github.com/acme/widget}{\texttt{acme/widget}}.",
        r"\href{https://github.com/acme/widget}{https://github.com/acme/widget}",
        r"\href{https://github.com/acme/widget{our code}",
        r"\href{https://github.com/acme/widget} and nothing more",
        r"href{https://github.com/acme/widget}{code}, url{https://github.com/acme/widget}",
        r"$\href{https://github.com/acme/widget}{\text{code}}$",
        r"\texttt{https://github.com/acme/widget}",
        r"\textcolor{blue}{https://github.com/acme/widget}.",
        r"\footnote{https://github.com/acme/widget}",
        r"https://github.com/acme/widget\footnotemark",
        "https://github.com/acme/widget{this https URL}.",
        "https://github.com/acme/widget{Our code is\navailable.}",
        "https://github.com/acme/widget{https://github.com/acme/widget}",
        "https://github.com/acme/widget{https://acme.github.io/another-label}",
        "https://github.com/acme/widget {https://github.com/acme/widget}",
        "magenta{https://github.com/acme/widget/{https://github.com/acme/widget/}}",
        "https://github.com/acme/widget}{github.com/acme/widget and so on",
        r"https://github.com/\allowbreak acme/\allowbreak widget",
        "https://github$.$com/acme/widget",
    ],
)
def test_latex_around_an_address(text: str) -> None:
    assert found(text) == [WIDGET]


def test_escapes_inside_an_address_are_undone() -> None:
    assert found(r"\url{https://github.com/acme/wid\_get}") == ["https://github.com/acme/wid_get"]
    assert found(r"at https://github.com/acme/wid\_get\_2.") == ["https://github.com/acme/wid_get_2"]
    assert found(r"https://acme.org/\~{}joe/w\#top") == ["project https://acme.org/~joe/w#top"]
    assert found(r"https://acme.org/a\%20b\&c") == ["project https://acme.org/a%20b"]
    assert found("https://acme.org/a?x=1&amp;y=2.") == ["project https://acme.org/a?x=1&y=2"]
    assert found("https://acme.github.io/wid%5C_get") == ["project https://acme.github.io/wid_get"]


@pytest.mark.parametrize(
    "text",
    [
        "athttps://github.com/acme/widget",
        "at:https://github.com/acme/widget",
        "on GitHub.https://github.com/acme/widget",
        "Code:github.com/acme/widget",
        "found atgithub.com/acme/widget",
        "https://github.com/acme/widget.We propose",
        "https://github.com/acme/widget.The rest",
        "https://github.com/acme/widget.Experiments show that it works",
        "https://github.com/acme/widget).We",
        "https://github.com/acme/widget,where",
        "https://github.com/acme/widget(code)",
        "https://github.com/acme/widget:the code",
    ],
)
def test_words_glued_before_and_behind(text: str) -> None:
    assert found(text) == [WIDGET]


@pytest.mark.parametrize(
    "name",
    [
        "PTQ1.61",
        "widget-2.5",
        "0807.4260",
        "widget.cpp",
        "Widget.jl",
        "acme.github.io",
        "wid.get-v1.0",
        "DR.W",
        "w_",
        "w-",
    ],
)
@pytest.mark.parametrize("sentence", ["at https://github.com/acme/{}. We", "at github.com/acme/{}", "({}) at {}."])
def test_a_name_keeps_its_own_dots_and_dashes(name: str, sentence: str) -> None:
    address = f"https://github.com/acme/{name}"
    assert found(sentence.replace("({})", "x").replace("at {}.", f"at {address}.").format(name)) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "https: //github.com/acme/widget",
        "https:/ /github.com/acme/widget",
        "https : // github. com/ acme/widget",
        "https:\n//github.com/acme/widget",
        "https:/github.com/acme/widget",
        "https//github.com/acme/widget",
        "https:github.com/acme/widget",
        "https://\ngithub.com/acme/widget",
        "https://github. com/acme/widget",
        "github .com/acme/widget",
        "https://github.com\n/acme/widget",
        "https://github.com/\nacme/widget.",
        "https://github.com/acme/\nwidget.",
        "https://github.com/acme\n/widget.",
        "see https://github.com/acme/widget\nWe propose",
        "see https://github.com/acme/widget / thanks",
    ],
)
def test_blanks_and_line_ends_inside(text: str) -> None:
    assert found(text) == [WIDGET]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://github.com/acme/long-\nname-here. We", ["https://github.com/acme/long-name-here"]),
        ("https://github.com/acme/long_\nname. We", ["https://github.com/acme/long_name"]),
        ("https://github.com/acme/ wid-get and a part", ["https://github.com/acme/wid-get"]),
        ("https://github.com/acme/\nand on the web", ["other https://github.com/acme"]),
        ("https://github.com/acme/ for the code", ["other https://github.com/acme"]),
        ("https://acme.github.io/\nwid-get/. We show", ["project https://acme.github.io/wid-get/"]),
        ("https://acme.github.io/\nWe show video-based results.", ["project https://acme.github.io/"]),
        ("https://acme. github.io/widget", [PAGE]),
        ("https://\n\nAcme\n\n.github.io.", ["project https://acme.github.io"]),
    ],
)
def test_lines_are_joined_only_where_an_address_was_broken(text: str, links: list[str]) -> None:
    assert found(text) == links


@pytest.mark.parametrize(
    "text",
    [
        "pip install git+https://github.com/acme/widget.git@main#egg=widget",
        "git clone git@github.com:acme/widget.git",
        "ssh://git@github.com/acme/widget.git",
        "git://github.com/acme/widget.git",
    ],
)
def test_addresses_for_git(text: str) -> None:
    assert found(text) == [WIDGET]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://github.com/acme/widget/tree/main/sub.", f"{WIDGET} → {WIDGET}/tree/main/sub"),
        ("github.com/acme/widget/issues for bugs", f"{WIDGET} → {WIDGET}/issues"),
        ("https://github.com/acme/widget/tree/\nmain/sub1.", f"{WIDGET} → {WIDGET}/tree/main/sub1"),
        ("https://raw.githubusercontent.com/acme/widget/main/a.md",
         f"{WIDGET} → https://raw.githubusercontent.com/acme/widget/main/a.md"),
        ("gitlab.com/acme/widget.", "https://gitlab.com/acme/widget"),
        ("https://gitlab.acme.fr/lab/widget", "https://gitlab.acme.fr/lab/widget"),
        ("https://bitbucket.org/acme/widget/src/master/.",
         "https://bitbucket.org/acme/widget → https://bitbucket.org/acme/widget/src/master/"),
        ("https://codeberg.org/acme/widget.git", "https://codeberg.org/acme/widget"),
        ("https://gitee.com/acme/widget/blob/master/a.py",
         "https://gitee.com/acme/widget → https://gitee.com/acme/widget/blob/master/a.py"),
        ("anonymous.4open.science/r/widget-1A2B/.", "https://anonymous.4open.science/r/widget-1A2B"),
        ("https://anonymous.4open.science/r/widget-1A2B/README.md.",
         "https://anonymous.4open.science/r/widget-1A2B → https://anonymous.4open.science/r/widget-1A2B/README.md"),
    ],
)  # fmt: skip
def test_forges_and_what_lies_below_a_root(text: str, link: str) -> None:
    assert found(text) == [link]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Page: acme.github.io/widget.", PAGE),
        ("our demo page (acme.github.io/widget)", PAGE),
        ("https://acme.github.io/widget(project page)", PAGE),
        ("hosted on www.acme-widget.org, for", "project https://www.acme-widget.org"),
        ("The platform is available at acme-widget.ai.", "project https://acme-widget.ai"),
        ("we launch Widget Arena (widgetarena.ai), an online", "project https://widgetarena.ai"),
        ("Visit demo.acme.dev for more", "project https://demo.acme.dev"),
        ("see lab.acme.de/projects/widget/", "project https://lab.acme.de/projects/widget/"),
        ("https://en.wikipedia.org/wiki/Foo_(bar).", "other https://en.wikipedia.org/wiki/Foo_(bar)"),
        ("(see https://en.wikipedia.org/wiki/Foo_(bar))", "other https://en.wikipedia.org/wiki/Foo_(bar)"),
        ("https://acme.org/~joe/w.html.", "project https://acme.org/~joe/w.html"),
        ("https://www.youtube.com/watch?v=Ab-1_x.", "other https://www.youtube.com/watch?v=Ab-1_x"),
        ("https://x.acme.ai:8443/#/demo.", "project https://x.acme.ai:8443/#/demo"),
        ("bit.ly/widget-demo", "other https://bit.ly/widget-demo"),
        ("models at hf.co/acme/widget-7B-v0.1.", "other https://huggingface.co/acme/widget-7B-v0.1"),
        ("huggingface.co/datasets/acme/widget", "data https://huggingface.co/datasets/acme/widget"),
        ("(archived at https://zenodo.org/records/123)", "data https://zenodo.org/records/123"),
        ("gists: gist.github.com/acme/12ab", "other https://gist.github.com/acme/12ab"),
        ("Models: https://github.com/acme.", "other https://github.com/acme"),
    ],
)
def test_pages_models_data_and_the_rest(text: str, link: str) -> None:
    assert found(text) == [link]


def test_several_links_come_in_order_and_once_each() -> None:
    text = (
        "Page: https://acme.github.io/widget; code: https://github.com/acme/widget, "
        "https://github.com/Acme/Widget/tree/x and github.com/acme/gadget.Data:https://hf.co/datasets/acme/w.https://acme.github.io/widget/"
    )
    assert found(text) == [
        PAGE,
        f"{WIDGET} → https://github.com/Acme/Widget/tree/x",
        "https://github.com/acme/gadget",
        "data https://huggingface.co/datasets/acme/w",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The source code is available on github.",
        "Code is available at this https URL.",
        r"Code is available at \href{this https URL}{this https URL}.",
        "Code is at https: //anonymous.this http URL.",
        "Perplexity.ai applications, an X.com alternative, Booking.com, Node.js",
        "we deploy it on Booking.com and on Amazon.com",
        "run train.py with config.json, see README.md or data.csv",
        "e.g. this, i.e. that, w.r.t. it, et al.The model, U.S.A., Inc.We",
        "utilization.In this paper, results.It shows model.at once, sub-modules.io is",
        "OPT-2.7B/6.7B/13B, GPT-4.1/4.5, v1.5/v2.0, 10.06x, and/or",
        "joe@acme.org, {joe,ann}@lab.acme.edu, joe.doe@acme.github.io, available at joe@acme.ai",
        "https://arxiv.org/abs/2401.12345, https://doi.org/10.1145/1.2, https://openreview.net/forum?id=x",
        "https://huggingface.co/papers/2401.12345 https://huggingface.co/login https://hf.co/cli/install.sh",
        "[joe-doe](https://huggingface.co/joe-doe)",
        "https://creativecommons.org/licenses/by/4.0/",
        r"\url{https://github.com/YOUR-REPO-LINK-HERE}, github.com/anonymous/xxx, https://github.com/username/repo",
        "https://github.com/..., https://github.com, (github.com), https://",
        "https://joe:secret@acme.org/x ftp://acme.org javascript:alert(1) http://localhost:80/x",
        "https://open-upon-acceptance.",
    ],
)
def test_what_only_looks_like_a_link(text: str) -> None:
    assert found(text) == []


@given(
    st.lists(
        st.sampled_from(
            ["https://", "github.com/", "a/b", ".io", "{", "}", "\\url{", "\n", " ", "-", ".", "\x00", "@", "www."]
        )
        | st.text(max_size=5),
        max_size=30,
    ).map("".join)
)
def test_any_text_yields_only_safe_web_addresses(text: str) -> None:
    for link in find_links(text):
        for address in (link.url, link.target):
            assert address.startswith(("http://", "https://"))
            assert address.isprintable()
            assert "@" not in address.split("/")[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        *("a", "a.", "a-", "http://", "http://a", "http://a.io/(", "{", "\\url{", "\\href{http://a.io", "https:\n"),
        *("github . ", "git@a", "$.", "&amp", "www.", "漢", ". ", "3.14 "),
    ],
)
def test_endless_texts_are_no_trouble(piece: str) -> None:
    assert len(find_links(piece * (400_000 // len(piece)))) <= 1


_DAMAGE = (
    *("http", "https", "HTTP", "Http", "://", " : //", "//", ":/", "(s)", "git", "Git", "hub", "Hub", "lab", " ", "  "),
    *("\n", ".", "com/", "io", "hugging", "face", "co/", "a", "acme", "/", "this ", " URL", "this http URL", "\\url{"),
    *("href{", "path {", "}", "{", "é", "\u200b", "\u2009", "x.org", "（", "：", "／", "-"),
    *("$", "$.$", "$\\sim$", "\\", "\\_", "\\allowbreak", "&amp;", "&", "#x2F;", "\u2010", "\x00"),
)


@given(st.lists(st.sampled_from(_DAMAGE), max_size=25).map("".join))
def test_repairs_that_are_left_out_would_change_nothing(text: str) -> None:
    plain = links._INVISIBLE.sub("", text).replace("\u2010", "-").replace("\u2011", "-").replace(links._END, " ")
    plain = links._BREAK_HINT.sub("", links._TILDE.sub("~", links._MATH_DOT.sub(r"\1", plain)))
    plain = links._ENTITY.sub(
        lambda at: links._ENTITIES.get(at[1].lower(), f" {links._END}"), links._UNESCAPE.sub(r"\1", plain)
    )
    small = plain.lower()
    if "http" in small:
        plain = links._SCHEME.sub(lambda at: at["scheme"].lower() + "://", links._NO_TARGET.sub(links._END, plain))
    if "git" in small or "huggingface" in small:
        plain = links._PAGES_SPACED.sub(r".\1.\2", links._FORGE_SPACED.sub(r"\1\2\4\5.\3\6", plain))
    assert links._repaired(text) == links._MACRO.sub(links._inside, plain)
    # And where a glance finds nothing, a look finds nothing.
    assert links._may_have_links(text) or not list(links._links(links._repaired(text)))


def test_characters_of_an_address_are_those_of_either_case() -> None:
    one = re.compile(f"[{links._CHARACTERS}]", re.IGNORECASE)
    run = re.compile(links._RUN)
    every = map(chr, range(sys.maxunicode + 1))
    assert all(bool(run.match(each)) == bool(one.match(each) or each in "hH") for each in every)


def test_an_address_ends_where_another_begins() -> None:
    text = "https://acme.org/ahttps://acme.org/b github.com/acme/widgethttp://acme.org/c"
    assert found(text) == [
        "project https://acme.org/a",
        "project https://acme.org/b",
        WIDGET,
        "project http://acme.org/c",
    ]


def _plain_candidate(text: str, start: int) -> tuple[str, str, str] | None:
    """Return the address at a place, its part without a scheme and its path: no part goes into another address."""
    body = rf"(?:[{links._CHARACTERS}]|[hH](?!ttps?://))"
    plain = re.compile(
        rf"https?://(?:web\.archive\.org/web/[\w*]{{1,20}}/(?:https?://)?)?{body}{{1,2000}}"
        rf"|(?<![\w.])(?:git@[\w.-]{{3,100}}[:/](?=[\w~/])|(?:ssh|git)://){body}{{1,500}}"
        rf"|(?<![\w@./$-])(?P<bare>(?:{links._LABEL}\.){{1,8}}[A-Za-z]{{2,24}}(?![\w@-]|://)"
        rf"(?P<path>(?::\d{{2,5}})?[/?#]{body}{{0,2000}})?)",
        re.IGNORECASE,
    )
    found = plain.match(text, start)
    return (found[0], found["bare"] or "", found["path"] or "") if found else None


@given(
    st.lists(
        st.sampled_from(
            ["https://", "HTTP://", "http:/", "web.archive.org/web/2024/", "acme", ".org", ".io", "/", "h", "ht",
             "a" * 400, "git@", "ssh://", ":", "?", "#", "@", " ", "é", "\u212a", ":80", "x"]
        ),
        max_size=14,
    ).map("".join)
)  # fmt: skip
def test_a_run_taken_whole_is_cut_where_the_plain_form_ends(text: str) -> None:
    for start in range(min(len(text), 40)):
        found = links._CANDIDATE.match(text, start)
        candidate = links._candidate(text, found) if found else None
        assert (candidate and (candidate.body, candidate.bare, candidate.path)) == _plain_candidate(text, start)
