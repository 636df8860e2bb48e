"""The body of an answer as it arrives: decompressed piece by piece, and never beyond a size."""

from __future__ import annotations

import zlib
from typing import Any

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
_OTHER_CODINGS = frozenset({"br", "zstd", "compress", "x-compress", "exi", "pack200-gzip", "aes128gcm", "dcb", "dcz"})
"""Those registered (https://www.iana.org/assignments/http-parameters) that nobody asked for."""

_STEP = 1 << 18
_GZIP = b"\x1f\x8b\x08"
_LAYERS = 3
"""How often a body may be compressed, whether its header says so or not."""

# What text begins with; compressed data does not.
_TEXT = (b"<", b"{", b"[", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SNIFFED = 16
"""Bytes that tell text from compressed data."""


class UnfitError(Exception):
    """A body that can't be taken: one line that goes on after who sent it."""


class Body:
    """Gathers a body. A bomb of compressed zeros costs no more memory than the limit and a quarter of a megabyte."""

    def __init__(self, coding: str, limit: int, *, layers: int = _LAYERS) -> None:
        """Begin a body.

        Many servers declare a coding that the body is not in, or a character encoding: text is read as it is, whatever
        is declared.

        Args:
            coding: the `Content-Encoding` it is declared to be in (RFC 9110); of several the last was applied last.
            limit: the most bytes it may have.
            layers: how often it may still be compressed.
        """
        self._codings = [each for part in coding.split(",") if (each := part.strip().lower()) not in ("", "identity")]
        self._limit = limit
        self._layers = layers
        self._start: bytes | None = b""
        self._coding = ""
        self._parts: list[bytes] = []
        self._size = 0
        self._inflate: Any = None

    def take(self, piece: bytes) -> None:
        """Add a piece as received.

        Raises:
            UnfitError: it grows beyond the limit, is damaged, or in a coding that was not asked for.
        """
        if self._start is not None:
            self._start += piece
            if len(self._start) < _SNIFFED:
                return
            piece = self._begun()
        if self._inflate is None:
            self._add(piece)
            return
        try:
            while piece:
                piece = self._inflated(piece)
        except zlib.error as error:
            raise UnfitError(f"answered with damaged {self._coding} data") from error

    def done(self) -> bytes:
        """Return the whole body.

        Raises:
            UnfitError: it breaks off.
        """
        if self._start:
            self.take(self._begun())
        if self._inflate is not None and not self._inflate.eof and self._size:
            raise UnfitError("broke off in the middle of its answer")
        body = b"".join(self._parts)
        if self._layers and (self._codings or body.startswith(_GZIP)):
            inner = Body(",".join(self._codings) or "gzip", self._limit, layers=self._layers - 1)
            inner.take(body)
            return inner.done()
        return body

    def _begun(self) -> bytes:
        """Decide by its first bytes what the body is in, and return them.

        Raises:
            UnfitError: it is in a coding that was not asked for.
        """
        start, self._start = self._start or b"", None
        if start.lstrip().startswith(_TEXT):
            self._codings = []
        elif self._codings:
            coding = self._codings.pop()
            if coding in _WINDOWS:
                self._coding = coding
                self._inflate = zlib.decompressobj(_WINDOWS[coding])
            elif coding in _OTHER_CODINGS or not (start.startswith(_GZIP) or _is_readable(start)):
                raise UnfitError(f"answered in a coding that was not asked for ({coding[:40]})")
        return start

    def _inflated(self, piece: bytes) -> bytes:
        """Decompress one step of a piece; returns what is left of it."""
        inflate = self._inflate
        assert inflate is not None
        if inflate.eof:
            if not piece.startswith(b"\x1f\x8b"):
                # Some servers pad what they compress.
                return b""
            # A file of several members: each is compressed on its own (RFC 1952).
            inflate = self._inflate = zlib.decompressobj(_WINDOWS["gzip"])
        try:
            self._add(inflate.decompress(piece, _STEP))
        except zlib.error:
            if self._coding != "deflate" or self._size:
                raise
            # Many servers send deflate without the frame that the standard wants around it.
            inflate = self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            self._add(inflate.decompress(piece, _STEP))
        rest: bytes = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
        return rest

    def _add(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise UnfitError(f"answered with more than {self._limit / (1 << 20):,.3g} MB, which no feed needs")
        self._parts.append(part)


def _is_readable(start: bytes) -> bool:
    """Tell whether bytes are those of a text, rather than of something compressed."""
    try:
        return start.decode("utf-8").replace("\n", " ").replace("\r", " ").replace("\t", " ").isprintable()
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end.
        return error.reason == "unexpected end of data" and _is_readable(start[: error.start])
