"""What a program prints reaches the user's terminal with the ends of lines that are usual there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from wasmdev.board import Board
from wasmdev.execute import Pins


@pytest.mark.parametrize(
    ("chunks", "shown"),
    [
        ((b"one\r\ntwo\r\n",), b"one\ntwo\n"),
        ((b"one\r", b"\ntwo\r\n"), b"one\ntwo\n"),
        ((b"10 %\r", b"20 %\r"), b"10 %\r20 %\r"),
        ((b"\r", b"", b"\r\n"), b"\r\n"),
    ],
)
def test_a_line_ends_wherever_a_chunk_does(
    chunks: tuple[bytes, ...], shown: bytes, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    without_pins = cast(Board, SimpleNamespace(emulated=None))
    with Pins(without_pins) as pins:
        for chunk in chunks:
            pins.before(chunk)
    assert capfdbinary.readouterr().out == shown
