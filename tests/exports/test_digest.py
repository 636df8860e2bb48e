"""The digest: what is in it, and that text, HTML and message of any papers are sound."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from readlist import __version__
from readlist.cli.options import checked_query
from readlist.exports.digest_content import LIMIT, Digest, digest_of
from readlist.exports.digest_render import columns, html_of, message_of, text_of, wrapped
from readlist.model.mark import Mark
from readlist.model.paper import Link, Paper
from readlist.shelf import Entry
from readlist.sources import reader
from readlist.sources.batch import Batch
from readlist.sources.sample import sample
from readlist.text.clean import clean, clean_line, drawable
from tests.support.depth import examples
from tests.support.papers import make_paper

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
SINCE = date(2026, 11, 19)
FEEDS = ("HF trending", "HF daily", "arXiv cs.LG")
SENDER, RECIPIENT = "readlist@example.org", "ada@example.org"


def entry(paper: Paper, number: int = 1, **changes: object) -> Entry:
    made = Entry(number, paper, Mark(), "HF daily", SINCE, number, 100 - number, None, None, NOW)
    return replace(made, **changes)


def digest(
    found: Sequence[tuple[Entry, Sequence[str]]],
    *,
    limit: int = LIMIT,
    ranked: bool = False,
    query: Sequence[str] = ("is:unread",),
) -> Digest:
    return digest_of(found, order=FEEDS, limit=limit, ranked=ranked, now=NOW, since=SINCE, query=query)


def papers(count: int, *feeds: str) -> list[tuple[Entry, Sequence[str]]]:
    return [(entry(make_paper(number), number), feeds) for number in range(count)]


class Seen(HTMLParser):
    """The text of an HTML document."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.styles = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.styles += data
        else:
            self.text.append(data)

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return [attributes["href"] or "" for tag, attributes in self.tags if tag == "a"]

    @property
    def words(self) -> str:
        """What is read, on one line."""
        return " ".join("".join(self.text).split())


def check(made: Digest) -> Seen:
    """Assert that a digest is sound in all forms; returns its HTML as parsed."""
    text, html = text_of(made, mailed=True), html_of(made, mailed=True)
    assert all(line == "-- " or line == line.rstrip() for line in text.splitlines())
    assert all(drawable(line) == line for line in text.split("\n"))
    for line in text.splitlines():
        assert columns(line) <= 72 or "://" in line or line.startswith("    readlist list "), line
    seen = Seen(html)
    assert not seen.open
    allowed = {
        *("html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "h1", "a", "span", "br"),
    }
    assert {tag for tag, _ in seen.tags} <= allowed
    for tag, attributes in seen.tags:
        assert not any(
            name.startswith("on") or name in ("src", "srcset", "background", "action") for name in attributes
        )
        assert "href" not in attributes or tag == "a"
        assert "url(" not in (attributes.get("style") or "")
    assert "url(" not in seen.styles and "@import" not in seen.styles
    assert all(re.match(r"https?://[^\s\"<>]+\Z", link) for link in seen.links)
    raw = message_of(made, sender=SENDER, recipient=RECIPIENT).as_bytes()
    assert raw.isascii() and all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage) and not message.defects
    plain, rich = message.iter_parts()
    assert not plain.defects and not rich.defects
    assert plain.get_content().replace("\r\n", "\n") == text
    assert rich.get_content().replace("\r\n", "\n") == html
    return seen


def test_papers_stand_under_their_first_feed_in_the_order_of_the_feeds() -> None:
    one, two, three, four = (entry(make_paper(number), number) for number in range(1, 5))
    found = [(one, ["arXiv cs.LG"]), (two, ["HF daily", "HF trending"]), (three, ["Lab"]), (four, ["HF trending"])]
    made = digest([(replace(each, feed=feeds[0]), feeds) for each, feeds in found])
    titles = [(group.feed, [item.entry.id for item in group.items], group.total) for group in made.groups]
    assert titles == [("HF trending", [2, 4], 2), ("arXiv cs.LG", [1], 1), ("Lab", [3], 1)]
    assert made.groups[0].items[0].feeds == ("HF trending", "HF daily")
    assert "also in HF daily" in text_of(made) and "also in HF daily" in check(made).words


def test_the_counts_are_named() -> None:
    found = papers(4, "HF daily")
    found[1] = (replace(found[1][0], mark=Mark(starred=NOW)), found[1][1])
    made = digest(found)
    assert (made.total, made.with_code, made.starred) == (4, 2, 1)
    assert text_of(made).startswith("4 new papers\n2 with code · 1 starred · since Thursday, 19 November\n")
    assert "4 new papers 2 with code · 1 starred · since" in check(made).words.replace("papers2", "papers 2")
    assert text_of(digest(papers(1, "HF daily"))).startswith("1 new paper\n1 with code · since")
    assert "★ " in text_of(made)


def test_a_paper_is_shown_in_full() -> None:
    links = (
        Link("https://github.com/lab/code", "repo", "https://github.com/lab/code/tree/main/x"),
        Link("https://lab.github.io/page?a=1&b=2", "project"),
        Link("https://аrxiv.org/x", "other"),
    )
    paper = make_paper(
        1, title=r"On $\ell_p$ <b>norms</b> & more", authors=tuple(f"Author {n}" for n in range(6)), links=links,
        abstract="First, e.g. this. Then that. " + "X " * 400, organization="Lab & Co",
    )  # fmt: skip
    made = digest([(entry(paper, stars=1234), ["HF daily"])])
    seen, text = check(made), text_of(made)
    for form in (seen.words, text):
        assert "On ℓₚ <b>norms</b> & more" in form
        assert "Author 0, Author 1, Author 2 and 3 others" in form
        assert "▲ 99 · 1,234 GitHub stars · Lab & Co" in form
        assert "First, e.g. this. Then that." in form and "X X" not in form
        assert "its host only looks like arxiv.org" in form
    assert seen.links == ["https://arxiv.org/abs/2608.00001", *(link.target for link in links)]
    assert "    Paper:        https://arxiv.org/abs/2608.00001\n" in text
    short = digest([(entry(replace(paper, summary="The feed says so.", title="")), [])])
    assert "The feed says so." in text_of(short) and "First" not in text_of(short)
    assert paper.key in check(short).words


def test_each_feed_gets_its_share_and_the_rest_is_counted_with_the_way_to_it() -> None:
    found = [
        *papers(30, "HF daily"),
        *((replace(each, id=each.id + 100, feed="arXiv cs.LG"), feeds) for each, feeds in papers(3, "arXiv cs.LG")),
    ]
    made = digest(found, limit=8)
    daily, arxiv = made.groups
    assert [item.entry.id for item in daily.items] == [0, 1, 2, 3, 4]
    assert (len(arxiv.items), arxiv.total, made.total) == (3, 3, 33)
    seen, text = check(made), text_of(made)
    command = "readlist list 'is:unread feed:\"HF daily\" seen:>=2026-11-19'"
    assert "and 25 more; to see them:" in text and command in text
    assert f"and 25 more: {command}" in seen.words
    # What it says can be typed.
    program, word, *query = shlex.split(command)
    assert (program, word) == ("readlist", "list") and not checked_query(query).problems


def test_the_way_to_the_rest_finds_what_was_asked_for() -> None:
    made = digest(papers(30, "HF daily"), limit=8, query=("@Tonight", "vision", "OR", '"the sea"'))
    (command,) = [line.strip() for line in text_of(made).splitlines() if "readlist list" in line]
    words = shlex.split(command)[2:]
    assert words == ["@Tonight", '(vision OR "the sea") feed:"HF daily" seen:>=2026-11-19']
    assert not checked_query(words[1:]).problems


def test_what_is_ranked_is_cut_behind_the_first_papers() -> None:
    found = [
        *papers(5, "HF daily"),
        *((replace(each, id=each.id + 100, feed="arXiv cs.LG"), feeds) for each, feeds in papers(5, "arXiv cs.LG")),
    ]
    made = digest(found, limit=5, ranked=True)
    assert [(group.feed, len(group.items), group.total) for group in made.groups] == [
        ("HF daily", 5, 5),
        ("arXiv cs.LG", 0, 5),
    ]
    assert "    5 papers; to see them:\n" in text_of(made)
    check(made)


def test_the_message_has_the_headers_of_an_automatic_list() -> None:
    message = message_of(digest(papers(3, "HF daily")), sender=SENDER, recipient=RECIPIENT)
    assert message["From"] == f"readlist <{SENDER}>" and message["To"] == RECIPIENT
    assert message["Subject"] == "3 new papers, 2 with code (Friday, 20 November 2026)"
    assert message["Date"].datetime == NOW
    assert message["List-Id"] == "readlist digest <digest.readlist.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["User-Agent"] == f"readlist/{__version__}"
    assert re.fullmatch(r"<\S+\.readlist@example\.org>", message["Message-ID"])
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    printed = digest(papers(3, "HF daily"))
    assert all("readlist digest --send" in part.get_content() for part in message.walk() if not part.is_multipart())
    assert "readlist digest --send" not in text_of(printed) + html_of(printed)


def test_an_address_without_a_domain_will_do() -> None:
    made = digest(papers(1, "HF daily"))
    message = message_of(made, sender="ada@[127.0.0.1]", recipient="ada@localhost")
    assert message["List-Id"].endswith("<digest.readlist.localhost>")
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert not parsed.defects and parsed["From"].addresses[0].addr_spec == "ada@[127.0.0.1]"


def test_a_chinese_digest_is_wrapped_and_encoded_as_such() -> None:
    paper = make_paper(1, title="扩散模型的研究" * 9, abstract="我们提出了一种新方法。" * 30, authors=("王 小明",))
    made = digest([(entry(paper), ["HF daily"])])
    seen = check(made)
    assert "扩散模型的研究" * 9 in seen.words
    lines = text_of(made).splitlines()
    assert max(map(columns, lines)) > 60 and not any(line.lstrip().startswith("。") for line in lines)
    plain = next(iter(message_of(made, sender=SENDER, recipient=RECIPIENT).iter_parts()))
    assert plain["Content-Transfer-Encoding"] == "base64"


def test_two_hundred_papers_stay_below_what_mail_services_show() -> None:
    made = digest(papers(200, "HF daily"))
    assert len(html_of(made).encode()) < 102_000
    assert len(check(made).links) > LIMIT
    check(digest(papers(200, "HF daily"), limit=200))


def found_in(batches: Iterable[Batch]) -> list[tuple[Entry, Sequence[str]]]:
    """What batches announce, as entries."""
    return [
        (entry(paper, number, stars=announced.stars, feed=announced.feed), [announced.feed])
        for batch in batches
        for number, (paper, announced) in enumerate(batch.items)
    ]


def test_the_built_in_sample_makes_a_sound_digest() -> None:
    found = found_in([sample(date(2026, 8, 1))])
    seen = check(digest(found))
    assert sum("arxiv.org/abs/" in link for link in seen.links) > 20
    assert f"{len(found)} new papers" in seen.words


@pytest.mark.slow
def test_real_pages_make_a_sound_digest(shared_feeds: Path) -> None:
    found = found_in(reader.read([shared_feeds / name for name in ("pages", "rss", "hf-json")]))
    assert len(found) > 100
    seen = check(digest(found, limit=len(found)))
    assert sum("arxiv.org/abs/" in link for link in seen.links) > 50


LINKS = st.builds(
    Link,
    st.sampled_from(
        ["javascript:alert(1)", 'https://x.org/"><script>', "data:text/html,x", "https:", "http://[", "//x"]
    )
    | st.text(max_size=20).map(lambda text: f"https://x.org/{text}"),
    st.sampled_from(["repo", "project", "paper", "data", "other"]),
)
TEXTS = st.text(max_size=120) | st.sampled_from(
    [
        "</style><script>alert(1)</script>", "<img src=https://t.example/p.gif>", "Subject: x\r\nBcc: all@example.org",
        "\x1b]0;x\x07", "a" * 500, "\u202eevil", "&lt;b&gt; &#x3c;", "\ud800", "e\u0301" * 80, "$\\href{javascript:x}$",
        "'; rm -rf ~; '", "https://x.org/" + "y" * 300, ".\r\n.", "-- ",
    ]
)  # fmt: skip


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.tuples(TEXTS, TEXTS, TEXTS, st.lists(LINKS, max_size=3), TEXTS), min_size=1, max_size=4), st.booleans()
)
def test_any_papers_make_a_sound_digest(drawn: list[tuple[str, str, str, list[Link], str]], cleaned: bool) -> None:
    line, block = (clean_line, clean) if cleaned else (str, str)
    found = [
        (
            entry(
                Paper(f"title:{number}", line(title), block(abstract), (line(author),), links=tuple(links)),
                number,
                feed=line(feed),
            ),
            [line(feed)],
        )
        for number, (title, abstract, author, links, feed) in enumerate(drawn)
    ]
    check(digest(found, limit=2))


@given(st.text(max_size=200), st.integers(12, 72))
def test_wrapping_loses_no_letter(text: str, width: int) -> None:
    lines = list(wrapped(text, width, indent="  "))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(line.startswith("  ") for line in lines)
