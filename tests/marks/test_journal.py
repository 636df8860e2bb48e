"""Lines of the journal: what is read of them, and of what became of them."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from readlist.marks.disk.journal import HEADER_LIMIT, Header, Scan, first_header, frame, header_of, scan

bodies = st.lists(st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"")), max_size=5)


@given(bodies)
def test_lines_come_back_as_they_were(bodies: list[bytes]) -> None:
    data = b"".join(map(frame, bodies))
    assert scan(data) == Scan(tuple(bodies), (), len(data), True)


@given(bodies.filter(bool), st.data())
def test_a_shortened_journal_gives_the_whole_lines_before(bodies: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(map(frame, bodies))
    size = data.draw(st.integers(0, len(whole)))
    found = scan(whole[:size])
    assert found.damaged == ()
    assert found.bodies == tuple(bodies)[: len(found.bodies)]
    assert found.end == min(sum(map(len, map(frame, found.bodies))), size)
    # Only a line whose very end is missing is used without it.
    assert found.ended == (found.end == sum(map(len, map(frame, found.bodies))))


@given(bodies.filter(bool), st.data())
def test_a_damaged_byte_costs_one_line_at_most(bodies: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(map(frame, bodies))
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    found = scan(whole[:place] + bytes([other]) + whole[place + 1 :])
    sound = [body for body in bodies if body in found.bodies]
    assert len(sound) >= len(bodies) - 1 - (len(bodies) - len(set(bodies)))
    assert set(found.bodies) <= set(bodies)


@given(st.binary(max_size=200))
def test_anything_is_read(data: bytes) -> None:
    found = scan(data)
    assert 0 <= found.end <= len(data)


def test_a_header_is_read_from_its_line() -> None:
    header = Header("12-9f86d081", 1, f"{10**19}-{10**12}", f"{10**19}-{10**12}-11-00000000-{10**12}")
    assert first_header(header.line() + frame(b"{}")) == header
    assert len(header.line()) < HEADER_LIMIT
    assert header_of(b'{"id":"a"}') is None
    assert header_of(b"readlist-journal schema=x") is None
    assert first_header(b"") is None
