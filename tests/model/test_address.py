"""One address: its normal form, its kind, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.model.address import normalize
from readlist.model.paper import Link


@pytest.mark.parametrize(
    ("given_text", "root", "full"),
    [
        ("https://github.com/acme/widget", "https://github.com/acme/widget", ""),
        ("  https://github.com/acme/widget///  ", "https://github.com/acme/widget", ""),
        ("https://github.com/acme/widget.git", "https://github.com/acme/widget", ""),
        ("http://www.GitHub.com/Acme/Widget?tab=readme-ov-file#usage", "https://github.com/Acme/Widget", ""),
        ("https://github.com/acme/\nwidget.git", "https://github.com/acme/widget", ""),
        ("https://github.com/acme/widget (coming soon)", "https://github.com/acme/widget", ""),
        ("github.com/acme/widget", "https://github.com/acme/widget", ""),
        ("//github.com/acme/widget", "https://github.com/acme/widget", ""),
        ("<https://github.com/acme/widget>", "https://github.com/acme/widget", ""),
        ("https://github.com/acme/widget%20", "https://github.com/acme/widget", ""),
        ("git@github.com:acme/widget.git", "https://github.com/acme/widget", ""),
        ("git+https://github.com/acme/widget.git@main", "https://github.com/acme/widget", ""),
        ("git+ssh://git@github.com/acme/widget.git", "https://github.com/acme/widget", ""),
        ("ssh://git@gitlab.com:22/acme/widget.git", "https://gitlab.com/acme/widget", ""),
        ("git://github.com/acme/widget", "https://github.com/acme/widget", ""),
        ("https://github.com/acme/w2.5", "https://github.com/acme/w2.5", ""),
        ("https://github.com/acme/acme.github.io", "https://github.com/acme/acme.github.io", ""),
        (
            "https://github.com/acme/widget/tree/main/sub",
            "https://github.com/acme/widget",
            "https://github.com/acme/widget/tree/main/sub",
        ),
        (
            "https://gitlab.com/group/sub/widget/-/tree/main",
            "https://gitlab.com/group/sub/widget",
            "https://gitlab.com/group/sub/widget/-/tree/main",
        ),
        ("https://gitlab.lab.example.edu/acme/widget", "https://gitlab.lab.example.edu/acme/widget", ""),
        ("https://git.sr.ht/~joe/widget", "https://git.sr.ht/~joe/widget", ""),
        (
            "https://raw.githubusercontent.com/acme/widget/main/README.md",
            "https://github.com/acme/widget",
            "https://raw.githubusercontent.com/acme/widget/main/README.md",
        ),
        (
            "https://anonymous.4open.science/r/widget-1A2B/train.py",
            "https://anonymous.4open.science/r/widget-1A2B",
            "https://anonymous.4open.science/r/widget-1A2B/train.py",
        ),
    ],
)
def test_a_repository_is_its_root_and_what_was_named_below(given_text: str, root: str, full: str) -> None:
    assert normalize(given_text) == Link(root, "repo", full)


@pytest.mark.parametrize(
    ("given_text", "url", "kind"),
    [
        ("https://github.com/acme", "https://github.com/acme", "other"),
        ("https://github.com/orgs/acme/repositories", "https://github.com/acme", "other"),
        ("https://gist.github.com/acme/12ab", "https://gist.github.com/acme/12ab", "other"),
        ("https://Acme.github.io/Widget/#", "https://acme.github.io/Widget/", "project"),
        ("acme.github.io//", "https://acme.github.io/", "project"),
        ("http://widget-bench.org", "http://widget-bench.org", "project"),
        ("https://sites.google.com/view/widget", "https://sites.google.com/view/widget", "project"),
        ("https://hf.co/acme/widget-7B", "https://huggingface.co/acme/widget-7B", "other"),
        ("https://huggingface.co/spaces/acme/widget", "https://huggingface.co/spaces/acme/widget", "other"),
        ("https://huggingface.co/datasets/acme/widget", "https://huggingface.co/datasets/acme/widget", "data"),
        ("https://zenodo.org/records/1234567", "https://zenodo.org/records/1234567", "data"),
        ("https://doi.org/10.5281/zenodo.1234567", "https://doi.org/10.5281/zenodo.1234567", "data"),
        ("https://www.kaggle.com/datasets/acme/w", "https://www.kaggle.com/datasets/acme/w", "data"),
        ("https://huggingface.co/papers/2401.12345", "https://huggingface.co/papers/2401.12345", "paper"),
        ("https://arxiv.org/abs/2401.12345", "https://arxiv.org/abs/2401.12345", "paper"),
        ("https://openreview.net/forum?id=abc", "https://openreview.net/forum?id=abc", "paper"),
        ("https://lab.acme.edu/widget.pdf", "https://lab.acme.edu/widget.pdf", "paper"),
        ("https://youtu.be/AbC_1-2", "https://youtu.be/AbC_1-2", "other"),
        ("https://bit.ly/Widget", "https://bit.ly/Widget", "other"),
        ("http://93.184.216.34:8080/demo", "http://93.184.216.34:8080/demo", "project"),
        ("https://müller.acme.org/x", "https://xn--mller-kva.acme.org/x", "project"),
    ],
)
def test_other_addresses_keep_their_path_and_get_a_kind(given_text: str, url: str, kind: str) -> None:
    link = normalize(given_text)
    assert link is not None
    assert (link.url, link.kind) == (url, kind)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "N/A",
            "none",
            "coming soon",
            "TBD",
            "mailto:joe@acme.org",
            "javascript:alert(1)",
            "ftp://acme.org/x",
        ),
        *("https://", "https://localhost:3000/x", "https://127.0.0.1/", "https://widget", "https://example.com/x"),
        *("https://joe:secret@acme.org/x", "https://github.com@evil.org/x", "https://acme.org/\x1b[31m"),
        *(
            "https://acme.org/\u202egpj",
            "https://github.com/your-username/your-repo",
            "https://github.com/anonymous/xxx",
        ),
        *("https://github.com/xxx/xxx", "https://huggingface.co/YOUR-ORG/model", "https://github.com/login"),
        "https://github.com/features/copilot",
    ],
)
def test_what_is_no_address_of_the_web_or_leads_nowhere_is_refused(text: str) -> None:
    assert normalize(text) is None


@given(st.text() | st.from_regex(r"https?://[\x00-\x7f]{0,40}", fullmatch=True))
def test_only_printable_web_addresses_come_out(text: str) -> None:
    link = normalize(text)
    if link:
        assert link.url.startswith(("http://", "https://"))
        assert link.target.isprintable()
        assert "@" not in link.url.split("/")[2]
        assert normalize(link.url) is not None


@given(st.from_regex(r"https?://[a-zA-Z0-9./~_:?-]{0,40}", fullmatch=True))
def test_an_address_of_plain_characters_needs_no_repair(text: str) -> None:
    # With a blank before it, it is read as any text is.
    assert normalize(text) == normalize(f" {text}")
