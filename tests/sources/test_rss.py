"""RSS and Atom by address: what feeds hold, how papers in them are known, and what is served instead."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readlist.model.feed import Feed
from readlist.model.paper import Announcement, Paper
from readlist.model.time import PartialDate, PublicationDate
from readlist.sources import reader
from readlist.sources.batch import FeedRequest
from readlist.sources.formats import syndication
from readlist.sources.http.client import Http
from readlist.sources.http.endpoints import Sites
from readlist.sources.sites.rss import Rss
from tests.support.depth import examples
from tests.support.http import QUICK, Answer, Serving

TODAY = date(2026, 8, 5)
TYPE = "application/rss+xml"
PAPER = '&lt;a href="https://arxiv.org/abs/2401.12345"&gt;Paper&lt;/a&gt;'
LOGIN = b"<!doctype html><html><body>Log in</body></html>"
PAGE = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>'


@pytest.fixture
def server() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


@pytest.fixture
def http() -> Iterator[Http]:
    with Http(Sites(), QUICK) as client:
        yield client


def channel(*items: str, head: str = "") -> bytes:
    """An RSS feed of a lab."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">'
        f"<channel><title>A lab</title><link>https://lab.example/</link>{head}"
        f"{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"
    ).encode()


def one(item: str) -> tuple[Paper, Announcement]:
    """The paper of a feed with one item."""
    batch = syndication.decode(channel(item), origin="feed.xml", feed="Lab", today=TODAY)
    assert not batch.failure, batch.failure
    (found,) = batch.items
    return found


def test_a_feed_is_asked_for_and_asked_again_only_if_it_changed(server: Serving, http: Http) -> None:
    dated = "<pubDate>Mon, 03 Aug 2026 10:00:00 GMT</pubDate>"
    body = channel(f"<title>One paper</title><link>https://lab.example/1</link>{dated}")
    server.file("/feed.xml", body, TYPE)
    feed = Feed("Lab", "rss", f"{server.url}/feed.xml")
    batch = Rss(http).fetch(FeedRequest(feed, TODAY))
    ((paper, announcement),) = batch.items
    assert (paper.title, paper.published) == ("One paper", date(2026, 8, 3))
    assert [(link.url, link.kind) for link in paper.links] == [("https://lab.example/1", "paper")]
    assert (announcement.feed, announcement.day, announcement.position) == ("Lab", date(2026, 8, 3), 1)
    again = Rss(http).fetch(FeedRequest(feed, TODAY, validators=batch.validators))
    assert (again.unchanged, again.items, again.validators) == (True, (), batch.validators)
    assert "application/rss+xml" in server.requests[0].headers["accept"]


@pytest.mark.parametrize(
    ("item", "key"),
    [
        ("<link>https://arxiv.org/abs/2401.12345v3</link>", "arxiv:2401.12345"),
        ("<link>https://huggingface.co/papers/2401.12345</link>", "arxiv:2401.12345"),
        ("<link>https://www.alphaxiv.org/abs/2401.12345</link>", "arxiv:2401.12345"),
        ("<guid>oai:arXiv.org:hep-th/9901001v2</guid>", "arxiv:hep-th/9901001"),
        ("<link>https://doi.org/10.1000/ABC.5</link>", "doi:10.1000/abc.5"),
        ("<dc:identifier>doi:10.1000/abc.5</dc:identifier>", "doi:10.1000/abc.5"),
        ("<prism:doi>10.1000/abc.5</prism:doi>", "doi:10.1000/abc.5"),
        ("<link>https://dl.acm.org/doi/abs/10.1145/12345.6789?af=R</link>", "doi:10.1145/12345.6789"),
        ("<link>https://www.biorxiv.org/content/10.1101/2026.08.01.12v1?rss=1</link>", "doi:10.1101/2026.08.01.12"),
        ("<link>https://www.google.com/url?q=https://arxiv.org/abs/2401.12345&amp;ct=ga</link>", "arxiv:2401.12345"),
        (f"<description>{PAPER}</description>", "arxiv:2401.12345"),
        ("<link>https://lab.example/1</link>", "title:atitle"),
        # A post about several papers is none of them.
        (f"<description>{PAPER} {PAPER.replace('12345', '54321')}</description>", "title:atitle"),
    ],
)  # fmt: skip
def test_papers_are_known_by_the_ids_in_their_links(item: str, key: str) -> None:
    assert one(f"<title>A title</title>{item}")[0].key == key


def test_html_is_read_as_text_and_its_repo_links_found() -> None:
    texts = (
        "<description>Short.</description><content:encoded><![CDATA[<p>We <b>study</b> norms, a&lt;b.</p>"
        "<script>alert(1)</script><ul><li>one</li></ul>"
        '<p>Code <a href="https://github.com/lab/norms/">here</a>, <a href="javascript:alert(1)">x</a>.</p>'
        "]]></content:encoded>"
    )
    paper, _ = one(f"<title>A &lt;i&gt;title&lt;/i&gt; &amp;amp; more</title><link>https://lab.example/1</link>{texts}")
    assert paper.title == "A title & more"
    assert paper.abstract.split("\n\n")[0] == "We study norms, a<b."
    assert "alert" not in paper.abstract and "• one" in paper.abstract
    assert paper.repo == "https://github.com/lab/norms"


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("<dc:creator>Ada Author, Ben Writer and Cy Third</dc:creator>", ("Ada Author", "Ben Writer", "Cy Third")),
        ("<dc:creator>Author, A., Writer, B. C.</dc:creator>", ("A. Author", "B. C. Writer")),
        ("<dc:creator>A. Bee, C. Dee</dc:creator>", ("A. Bee", "C. Dee")),
        ("<dc:creator>Author, Ada; Writer, Ben</dc:creator>", ("Ada Author", "Ben Writer")),
        ("<author>ada@lab.example (Ada Author)</author>", ("Ada Author",)),
        ("<authors>Ada Author;Ben Writer;</authors>", ("Ada Author", "Ben Writer")),
        ("<author>Ada Author</author><dc:creator>Ada Author</dc:creator>", ("Ada Author",)),
        ("<dc:creator>Wei Wang</dc:creator><dc:creator>Wei Wang</dc:creator>", ("Wei Wang", "Wei Wang")),
        ("<dc:creator>Ada Author</dc:creator><dc:creator>Ben Writer (MIT)</dc:creator>", ("Ada Author", "Ben Writer")),
        ("", ()),
    ],
)
def test_authors_however_they_are_written(authors: str, names: tuple[str, ...]) -> None:
    assert one(f"<title>A title</title>{authors}")[0].authors == names


def test_what_is_hostile_is_made_harmless() -> None:
    paper, _ = one(
        "<title>A [red]t\u202eitle[/] &amp;#27;]52;c;aGk=&amp;#7;</title><link>javascript:alert(1)</link>"
        "<description>&amp;#155;31m text \u200b</description>"
    )
    assert "[red]t" in paper.title
    assert (paper.title + paper.abstract).isprintable()
    assert paper.links == ()


def test_an_entry_without_title_and_address_is_passed_over_and_named() -> None:
    body = channel("<description></description>", "<title>A title</title>")
    batch = syndication.decode(body, origin="feed.xml", feed="Lab", today=TODAY)
    assert [paper.title for paper, _ in batch.items] == ["A title"]
    assert len(batch.skipped) == 1


def test_undated_entries_are_of_the_present_day() -> None:
    assert one("<title>A title</title>")[1].day == TODAY


def declared(title: str, encoding: str, *, name: str = "") -> bytes:
    """A feed with one title, in an encoding, that declares it or another one, or none."""
    declaration = f' encoding="{name or encoding}"' if name != "-" else ""
    text = channel(f"<title>{title}</title>").decode().replace(' encoding="utf-8"', declaration)
    return text.encode(encoding)


CAFE, SEA = "Café “naïve” 5 €", "Глубокое море"


@pytest.mark.parametrize(
    ("encoded", "title"),
    [
        (channel("<title>Café 模型</title>"), "Café 模型"),
        (b"\n\n" + channel("<title>Café 模型</title>"), "Café 模型"),
        (channel("<title>Caf&#233; &#27169;&#22411;</title>"), "Café 模型"),
        (channel("<title>Caf&eacute;&nbsp;模型 &hellip;</title>"), "Café 模型 …"),
        (channel("<title>Caf&amp;eacute; &Zcaron; &leqslant; &LT;b</title>"), "Café Ž ⩽ <b"),
        (declared("Café 模型", "utf-8-sig", name="iso-8859-1"), "Café 模型"),
        (declared("Café 模型", "utf-8", name="-"), "Café 模型"),
        (declared("Café 模型", "utf-8", name="iso-8859-1"), "Café 模型"),
        (declared("Café 模型", "utf-8", name="utf-16"), "Café 模型"),
        (declared("Café 模型", "utf-8", name="no-such"), "Café 模型"),
        *((declared("Café 模型", each, name=name), "Café 模型")
          for each in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
          for name in ("utf-16", "utf-8", "iso-8859-1", "-")),
        (b"\n\0" + declared("Café 模型", "utf-16-le"), "Café 模型"),
        (declared("Café", "latin-1"), "Café"),
        (declared("Café", "latin-1", name="utf-16"), "Café"),
        (declared(CAFE, "windows-1252"), CAFE),
        (declared(CAFE, "windows-1252", name="iso-8859-1"), CAFE),
        (declared(CAFE, "windows-1252", name="us-ascii"), CAFE),
        (declared(CAFE, "windows-1252", name="utf-8"), CAFE),
        (declared(CAFE, "windows-1252", name="-"), CAFE),
        (declared("模型 x Müller", "utf-8").replace("ü".encode(), b"\xfc"), "模型 x Müller"),
        (declared(SEA, "koi8-r"), SEA),
        (declared(SEA, "cp866", name="dos-866"), SEA),
        (declared("学習 ①", "cp932", name="Shift_JIS"), "学習 ①"),
        (declared("学習 ①", "cp932", name="windows-31j"), "学習 ①"),
        (declared("学習", "cp932", name="x-sjis"), "学習"),
        (declared("学習", "iso-2022-jp"), "学習"),
        (declared("学習模型".join("abc"), "shift_jis").replace(b"b", b"\xff"), "a学習模型\ufffd学習模型c"),
        (declared("学习 朱镕基", "gbk", name="gb2312"), "学习 朱镕基"),
        (declared("학습 똠", "cp949", name="euc-kr"), "학습 똠"),
        (declared("학습", "cp949", name="windows-949"), "학습"),
        (declared("למידה", "iso-8859-8", name="ISO-8859-8-I"), "למידה"),
    ],
)  # fmt: skip
def test_encodings(encoded: bytes, title: str, tmp_path: Path, server: Serving, http: Http) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(encoded)
    (stored,) = reader.read([file], today=TODAY)
    server.file("/feed.xml", encoded, TYPE)
    served = Rss(http).fetch(FeedRequest(Feed("Lab", "rss", f"{server.url}/feed.xml"), TODAY))
    for batch in (stored, served):
        assert [paper.title for paper, _ in batch.items] == [title], batch.failure


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        ("koi8-r", declared(SEA, "koi8-r", name="-")),
        ('"KOI8-R"', declared(SEA, "koi8-r", name="utf-8")),
        ("koi8-r", declared(SEA, "koi8-r", name="iso-8859-1")),
        # What servers say by default is no more than a guess.
        ("iso-8859-1", declared(SEA, "koi8-r")),
        ("us-ascii", declared(SEA, "koi8-r")),
        ("utf-8", declared(SEA, "koi8-r")),
        ("utf-16", declared(SEA, "koi8-r")),
        ("iso-8859-1", declared(SEA, "utf-8")),
        ("utf-8", declared(SEA, "utf-16")),
        ("utf-16le", declared(SEA, "utf-16-le", name="utf-8")),
        ("no-such", declared(SEA, "koi8-r")),
    ],
)
def test_an_encoding_the_server_names(charset: str, encoded: bytes, server: Serving, http: Http) -> None:
    server.file("/feed.xml", encoded, f"text/xml; charset={charset}")
    batch = Rss(http).fetch(FeedRequest(Feed("Lab", "rss", f"{server.url}/feed.xml"), TODAY))
    assert [paper.title for paper, _ in batch.items] == [SEA]


def test_a_bomb_of_entities_is_none() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    ) + b'<!ENTITY z SYSTEM "file:///etc/passwd">]>'  # fmt: skip
    body = bomb + b"<rss version='2.0'><channel><item><title>A title &j; &z;</title></item></channel></rss>"
    batch = syndication.decode(body, origin="x", feed="Lab", today=TODAY)
    ((paper, _),) = batch.items
    assert "root:" not in paper.title and len(paper.title) < 100


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(200, {}, LOGIN), "a web page instead of a feed; a network login page"),
        (Answer(200, {}, PAGE), "/rss.xml"),
        (Answer(200, {}, b"[1, 2]"), "instead of a feed"),
        (Answer(200, {}, b""), "nothing instead of a feed"),
        (Answer(200, {}, b"\0\1\2\3" * 300), "instead of a feed"),
        (Answer(200, {}, b"<opml version='2.0'><body/></opml>"), "OPML"),
        (Answer(200, {}, b"<books><book/></books>"), "<books>"),
        (Answer(500), "500"),
        (Answer(404), "404"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_one_line(server: Serving, http: Http, answer: Answer, words: str) -> None:
    server.route("/feed.xml", lambda _: answer)
    batch = Rss(http).fetch(FeedRequest(Feed("Lab", "rss", f"{server.url}/feed.xml"), TODAY))
    assert batch.items == () and batch.validators == {}
    assert batch.failure.startswith("Lab: ") and words in batch.failure
    assert batch.failure.isprintable() and len(batch.failure) < 300


def test_a_feed_that_is_cut_keeps_what_is_whole_and_is_asked_for_again(server: Serving, http: Http) -> None:
    body = channel("<title>One</title>", "<title>Two</title><description>begun")
    server.file("/feed.xml", body[: body.index(b"begun") + 3], TYPE)
    batch = Rss(http).fetch(FeedRequest(Feed("Lab", "rss", f"{server.url}/feed.xml"), TODAY))
    assert [paper.title for paper, _ in batch.items] == ["One", "Two"]
    assert batch.skipped and not batch.validators


@pytest.mark.parametrize("end", [b"<item>", b"<title>On", b"</title>"])
def test_a_feed_that_is_cut_before_its_first_paper_is_no_empty_one(server: Serving, http: Http, end: bytes) -> None:
    body = channel("<title>One</title>")
    server.file("/feed.xml", body[: body.index(end) + len(end)], TYPE)
    batch = Rss(http).fetch(FeedRequest(Feed("Lab", "rss", f"{server.url}/feed.xml"), TODAY))
    if batch.items:
        assert batch.skipped
    else:
        assert batch.failure.startswith("Lab: no paper before line 1")


@pytest.mark.slow
def test_a_deep_or_endless_feed_is_read_in_a_moment() -> None:
    batch = syndication.decode(b"<rss><channel>" + b"<a>" * 250_000, origin="x", feed="Lab", today=TODAY)
    assert "no paper" in batch.failure
    batch = syndication.decode(channel("<title>One</title>", "<b>" * 250_000), origin="x", feed="Lab", today=TODAY)
    assert any("too large" in skip.reason for skip in batch.skipped)


def test_ill_formed_feeds_go_through(shared_feeds: Path, server: Serving, http: Http) -> None:
    counts = {}
    for path in sorted((shared_feeds / "bad").glob("*.xml")):
        server.file("/feed.xml", path.read_bytes(), TYPE)
        batch = Rss(http).fetch(FeedRequest(Feed("Lab", "rss", f"{server.url}/feed.xml"), TODAY))
        assert not batch.failure
        counts[path.name] = len(batch.items)
    assert counts == {
        "aaa_illformed.xml": 0, "atom10_feed_authors.xml": 9, "rdf_channel_empty_textinput.xml": 1, "rss092_1.xml": 3,
        "rss_item_link_corrupted_ampersands.xml": 1,
    }  # fmt: skip


_WHOLE = channel(
    "<title>One &amp; only</title><link>https://arxiv.org/abs/2401.12345</link><description><![CDATA[<p>x</p>]]></description>",
    "<title>Two</title><pubDate>Mon, 03 Aug 2026 10:00:00 GMT</pubDate><dc:creator>A, B</dc:creator>",
)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.integers(0, len(_WHOLE)),
    st.binary(max_size=12) | st.sampled_from([b"]]>", b"<", b"&", b"&#0;", b"<item>", b"<!--", b"\xff", b"</rss>"]),
    st.integers(0, 60),
)
def test_no_damage_raises(place: int, put: bytes, gone: int) -> None:
    batch = syndication.decode(_WHOLE[:place] + put + _WHOLE[place + gone :], origin="x", feed="Lab", today=TODAY)
    assert batch.failure.isprintable()
    assert not (batch.failure and batch.items)
    for paper, _ in batch.items:
        assert paper.title.isprintable() and (paper.title or paper.arxiv or paper.doi)


def test_items_of_one_title_are_different_by_link_or_guid() -> None:
    same = "<title>Editorial</title><link>https://naps.example/1</link>"
    batch = syndication.decode(
        channel(
            same,
            "<title>Editorial</title><link>https://naps.example/2</link>",
            same,
            "<title>Retraction</title><guid isPermaLink='false'>a</guid>",
            "<title>Retraction</title><guid isPermaLink='false'>b</guid>",
            "<title>Notice</title><link>https://naps.example/all</link><guid isPermaLink='false'>c</guid>",
            "<title>Notice</title><link>https://naps.example/all</link><guid isPermaLink='false'>d</guid>",
            "<title>Erratum</title><link>https://naps.example/errata#1</link>",
            "<title>Erratum</title><link>https://naps.example/errata#2</link>",
        ),
        origin="x", feed="Lab", today=TODAY,
    )  # fmt: skip
    found = [paper.title for paper, _ in batch.items]
    assert found == [title for title in ("Editorial", "Retraction", "Notice", "Erratum") for _ in range(2)]
    assert [skip.reason for skip in batch.skipped] == ["item 3: the same paper as item 1"]
    assert len({paper.key for paper, _ in batch.items if paper.title != "Editorial"}) == 6


@pytest.mark.parametrize(
    ("item", "published"),
    [
        ("<pubDate>2026-05</pubDate>", PartialDate(2026, 5)),
        ("<dc:date>2026</dc:date>", PartialDate(2026)),
        ("<prism:publicationDate>May 2026</prism:publicationDate>", PartialDate(2026, 5)),
        ("<prism:publicationDate>2026-05-03</prism:publicationDate>", date(2026, 5, 3)),
        ("<pubDate>Sun, 03 May 2026 23:30:00 -0400</pubDate>", date(2026, 5, 4)),
    ],
)
def test_a_date_is_as_exact_as_the_feed_says(item: str, published: PublicationDate) -> None:
    paper, announcement = one(f"<title>A title</title>{item}")
    assert paper.published == published
    assert announcement.day is not None and announcement.day <= TODAY


def test_authors_and_day_that_stand_only_in_the_description() -> None:
    words = html.escape(
        "<p>Publication date: {}</p><p><b>Source:</b> Kettles, Volume 3</p><p>Author(s): {}</p>We boil.", quote=False
    )
    item = "<title>A title</title><link>https://lab.example/1</link>"
    paper, announcement = one(f"{item}<description>{words.format('3 May 2026', 'Ada Bee, Cy Dee')}</description>")
    assert (paper.authors, paper.published, paper.abstract) == (("Ada Bee", "Cy Dee"), date(2026, 5, 3), "We boil.")
    assert announcement.day == date(2026, 5, 3)
    # The month of an issue is no day on which something is new, and one to come is none either.
    for when, published in (("May 2026", PartialDate(2026, 5)), ("3 September 2026", date(2026, 9, 3))):
        paper, announcement = one(f"{item}<description>{words.format(when, 'Ada Bee')}</description>")
        assert (paper.published, announcement.day) == (published, TODAY)
    # What the feed says in fields of their own goes first.
    fields = "<dc:creator>Eve Eff</dc:creator><pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate>"
    paper, _ = one(f"{item}{fields}<description>{words.format('May 2026', 'Ada Bee')}</description>")
    assert (paper.authors, paper.published, paper.abstract) == (("Eve Eff",), date(2026, 5, 4), "We boil.")


def test_a_byline_stands_in_the_description_or_in_the_whole_text() -> None:
    content = f"<content:encoded>&lt;p&gt;By Ada Bee&lt;/p&gt;{'We boil kettles. ' * 20}</content:encoded>"
    paper, _ = one(f"<title>A title</title><description>{'We boil kettles. ' * 15}</description>{content}")
    assert paper.authors == ("Ada Bee",) and paper.abstract.startswith("We boil")


def test_a_future_day_is_not_the_day_of_the_list() -> None:
    late = "<title>Next month</title><pubDate>Tue, 15 Sep 2026 10:00:00 GMT</pubDate>"
    paper, announcement = one(late)
    assert announcement.day == TODAY and paper.published == date(2026, 9, 15)
    head = "<pubDate>Mon, 03 Aug 2026 10:00:00 GMT</pubDate>"
    ((_, announcement),) = syndication.decode(channel(late, head=head), origin="x", feed="Lab", today=TODAY).items
    assert announcement.day == date(2026, 8, 3)
    updated = f"{late}<dc:date>2026-08-02</dc:date>"
    assert one(updated)[1].day in (date(2026, 8, 2), TODAY)


def test_a_good_answer_that_is_a_challenge_wants_a_browser(server: Serving, http: Http) -> None:
    page = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
    server.file("/feed", page, "text/html")
    batch = Rss(http).fetch(FeedRequest(Feed("Lab", "rss", f"{server.url}/feed"), TODAY))
    assert "bot check" in batch.failure
