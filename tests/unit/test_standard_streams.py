"""What a program prints reaches the user byte by byte, wherever the board's pieces of it end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wasmdev.app.streams import Streams


def nothing(_: bytes) -> None:
    raise AssertionError("nothing was asked for")


@pytest.mark.parametrize(
    ("chunks", "shown"),
    [
        ((b"one\r\ntwo\r\n",), b"one\ntwo\n"),
        ((b"one\r", b"\ntwo\r\n"), b"one\ntwo\n"),
        ((b"10 %\r", b"20 %\r"), b"10 %\r20 %\r"),
        ((b"\r", b"", b"\r\n"), b"\r\n"),
        ((b"\x10", b"D\x10", b"P\x10M\r", b"\n"), b"\x04\x10\r\n"),
        ((b"a\x10x\x10", b"4"), b"a\x10x\x104"),
    ],
)
def test_a_line_ends_wherever_a_chunk_does(chunks: tuple[bytes, ...], shown: bytes) -> None:
    said = bytearray()
    with Streams(said.extend, nothing) as streams:
        for chunk in chunks:
            streams.take(chunk)
    assert said == shown


@given(st.binary(max_size=60), st.integers(1, 7))
def test_every_byte_arrives(data: bytes, size: int) -> None:
    """As ``wasi.driven`` writes it, and a board's console what has an end of line."""
    sent = data
    for byte, written in ((b"\x10", b"\x10P"), (b"\x04", b"\x10D"), (b"\r", b"\x10M"), (b"\n", b"\r\n")):
        sent = sent.replace(byte, written)
    said = bytearray()
    with Streams(said.extend, nothing) as streams:
        for at in range(0, len(sent), size):
            streams.take(sent[at : at + size])
    assert said == data
