"""Where an address really leads, and what in it hides that."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.text.host import host_of, origin_of, site_of


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://arxiv.org/abs/2608.00001", "arxiv.org"),
        ("HTTPS://Export.arXiv.org:443/api", "export.arxiv.org"),
        ("http://lab.example.edu:80/~ada/#x", "lab.example.edu"),
        ("https://someone.github.io/paper", "someone.github.io"),
        ("https://doi.org/10.1000/a@b:c", "doi.org"),
        ("https://lab.org/a?next=https://arxiv.org@evil.example/", "lab.org"),
        ("https://lab.org/a\\b", "lab.org"),
        ("https://scholar.google.de/scholar?q=1", "scholar.google.de"),
        ("https://ｇithub.com/lab", "github.com"),
        ("https://arxiv。org/abs/1", "arxiv.org"),
    ],
)
def test_a_plain_address_leads_where_it_says(address: str, host: str) -> None:
    found = host_of(address)
    assert (found.shown, found.warning) == (host, "")


@pytest.mark.parametrize(
    ("address", "shown", "words"),
    [
        ("https://arxiv.org@evil.example/abs/1", "evil.example", "names a user before its host, `arxiv.org`"),
        ("https://arxiv.org%2Fabs@evil.example/", "evil.example", "names a user before its host, `arxiv.org/abs`"),
        ("https://:secret@evil.example/", "evil.example", "names a user"),
        ("https://xn--rxiv-43d.org/", "аrxiv.org (xn--rxiv-43d.org)", "only looks like arxiv.org"),
        ("https://аrxiv.org/", "аrxiv.org (xn--rxiv-43d.org)", "only looks like arxiv.org"),
        ("https://www.аррӏе.com/", "www.аррӏе.com (www.xn--80ak6aa92e.com)", "only looks like apple.com"),
        ("https://gіthub.com.lab.org/", "gіthub.com.lab.org (xn--gthub-n2e.com.lab.org)", "looks like github.com"),
        ("https://lаb.org/", "lаb.org (xn--lb-7kc.org)", "mixes letters of several scripts"),
        ("https://例え.jp/ü", "例え.jp (xn--r8jz45g.jp)", "letters beyond a to z"),
        ("https://xn--/", "xn--", "letters beyond a to z"),
        ("https://arxiv.org.evil.example/", "arxiv.org.evil.example", "looks like arxiv.org but is another"),
        ("https://arx1v.org/", "arx1v.org", "looks like arxiv.org but is another"),
        ("https://huggingface.c0/", "huggingface.c0", "looks like huggingface.co"),
        ("https://github.com:8443/lab", "github.com:8443", "unusual port 8443"),
        ("https://github.com:80/lab", "github.com:80", "unusual port 80"),
        ("http://10.0.0.1/", "10.0.0.1", "a number instead of a name"),
        ("http://2130706433/", "2130706433", "a number instead of a name"),
        ("http://0x7f.1/", "0x7f.1", "a number instead of a name"),
        ("http://[::1]/", "::1", "a number instead of a name"),
        ("https://evil.example\\.arxiv.org/", "evil.example", "backslashes"),
        ("https://arxiv.org\\@evil.example/", "arxiv.org", "backslashes"),
        ("https://%61rxiv.org/", "arxiv.org", "percent-encoded"),
        ("https://github.com%00.evil.example/", "github.com.evil.example", "percent-encoded"),
        ("https://arxiv.org./abs/1", "arxiv.org.", "ends in a dot"),
        ("https://printer/", "printer", "your own network"),
        ("ht\ntps://arxiv.org/", "arxiv.org", "line ends or tabs"),
        ("javascript:alert(1)", "", "not a web address"),
        ("https://[", "", "not a valid web address"),
    ],
)
def test_an_address_that_hides_where_it_leads_is_reported(address: str, shown: str, words: str) -> None:
    found = host_of(address)
    assert found.shown == shown
    assert words in found.warning


_PARTS = st.sampled_from(
    ["https://", "http:", "//", "\\", "@", ":", "[", "]", "%2f", "%00", ".", "xn--", "а", "。", "\udc80", "\x1b[2J"]
)


@given(st.lists(_PARTS | st.text(max_size=5), max_size=12).map("".join))
def test_for_any_address_the_answer_can_be_drawn(address: str) -> None:
    found = host_of(address)
    drawn = found.shown + found.ascii + found.warning
    assert not {unicodedata.category(character) for character in drawn} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://Export.arXiv.org/api", "export.arxiv.org"),
        ("http://user:secret@lab.org:8080/feed", "lab.org:8080"),
        ("http://[::1]:80/", "[::1]:80"),
        *(
            (address, "")
            for address in ("ftp://lab.org/", "/home/ada/feed.xml", "-", "http://", "http://[", "https://a:x/")
        ),
    ],
)
def test_the_site_of_an_address_is_its_host_and_port(address: str, site: str) -> None:
    assert site_of(address) == site


def test_addresses_of_one_origin_share_scheme_host_and_port() -> None:
    assert origin_of("https://lab.org/a") == origin_of("https://LAB.org:443/b?c") == ("https", "lab.org", 443)
    assert origin_of("https://lab.org:99999999/") == ("", "", None)
