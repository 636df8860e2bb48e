"""The body of an answer as it arrives: decompressed piece by piece, and never beyond a size."""

from __future__ import annotations

import zlib

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
_STEP = 1 << 18


class UnfitError(Exception):
    """A body that can't be taken: one line that goes on after who sent it."""


class Body:
    """Gathers a body. A bomb of compressed zeros costs no more memory than the limit and a quarter of a megabyte."""

    def __init__(self, coding: str, limit: int) -> None:
        """Begin a body.

        Args:
            coding: the `Content-Encoding` it is sent in (RFC 9110): `gzip`, `deflate` or none.
            limit: the most bytes it may have.

        Raises:
            UnfitError: it is sent in another coding, or in several on top of each other.
        """
        coding = coding.strip().lower()
        if coding not in (*_WINDOWS, "", "identity"):
            raise UnfitError(f"answered in a coding that was not asked for ({coding[:40]})")
        self._coding = coding
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._inflate = zlib.decompressobj(_WINDOWS[coding]) if coding in _WINDOWS else None

    def take(self, piece: bytes) -> None:
        """Add a piece as received.

        Raises:
            UnfitError: it grows beyond the limit, or is damaged.
        """
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
        if self._inflate is not None and not self._inflate.eof and self._size:
            raise UnfitError("broke off in the middle of its answer")
        return b"".join(self._parts)

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
        return inflate.unused_data if inflate.eof else inflate.unconsumed_tail

    def _add(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise UnfitError(f"answered with more than {self._limit / (1 << 20):,.3g} MB, which no feed needs")
        self._parts.append(part)
