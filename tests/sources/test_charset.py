"""Bytes of captured pages as text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readlist.sources.formats.charset import Decoded, decode

TEXT = "Naïve Cafés\n\nCafés are spelt in many ways: “café”, 咖啡.\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_unicode_in_any_form(mark: bytes, encoding: str, line_end: str) -> None:
    assert decode(mark + TEXT.replace("\n", line_end).encode(encoding)) == Decoded(TEXT)


def test_what_is_no_utf8_is_windows_1252_and_that_is_said() -> None:
    text = "Naïve Cafés cost 5 €"
    assert decode(text.encode("cp1252")) == Decoded(text, "not UTF-8: read as Windows-1252")


def test_a_stray_byte_does_not_spoil_the_rest() -> None:
    decoded = decode(TEXT.replace("spelt", "?").encode().replace(b"?", b"\xff"))
    assert decoded.text == TEXT.replace("spelt", "\ufffd")
    assert (decoded.line, decoded.remark) == (3, "not UTF-8, here and in 1 places in all: read as U+FFFD")


def test_a_stray_letter_is_read_as_windows_1252() -> None:
    decoded = decode(TEXT.replace("spelt", "M?ller ?spelt?").encode().replace(b"?", b"%c") % (0xFC, 0x93, 0x94))
    assert decoded == Decoded(
        TEXT.replace("spelt", "Müller “spelt”"), "not UTF-8, here and in 3 places in all: read as Windows-1252", 3
    )
    # Characters that were cut in two are no letters.
    cut = decode(TEXT.encode() + "é".encode()[:1] + b"! " + "模".encode()[:2] + b"a" + "模".encode()[1:])
    assert cut.text == f"{TEXT}\ufffd! \ufffda\ufffd"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"text\0text", id="zero byte"),
        pytest.param(b"\x01\x02\x03", id="control characters"),
        pytest.param(bytes(range(1, 256)), id="every byte"),
        pytest.param(TEXT.encode("utf-16-le"), id="UTF-16 without mark"),
        pytest.param(codecs.BOM_UTF16_LE + b"a\0\0\0", id="zero in UTF-16"),
    ],
)
def test_binary_data_is_refused(data: bytes) -> None:
    assert decode(data) == Decoded(failure="a binary file; save the page as text, HTML or JSON")


def test_escape_sequences_do_not_make_a_text_binary() -> None:
    assert decode(b"\x1b[31ma title in red\x1b[0m \x07").text == "\x1b[31ma title in red\x1b[0m \x07"


@given(data=st.binary() | st.binary().map(lambda data: codecs.BOM_UTF16_BE + data))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    decoded = decode(data)
    assert not (decoded.text and decoded.failure)
    assert "\r" not in decoded.text
