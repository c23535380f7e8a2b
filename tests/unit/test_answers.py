"""What a board answers is read in bounded memory and time, and can be anything."""

from __future__ import annotations

import math
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from wasmdev import cli
from wasmdev.board import literals
from wasmdev.board.link import Link
from wasmdev.errors import LinkError
from wasmdev_sim import SimBoard

from tests.stand_in import StandIn, repl

MEMORY = 32 << 20  # bytes for anything
LIMIT = 30.0  # seconds; without bounds it takes for ever


@contextmanager
def bounded() -> Iterator[None]:
    """Fails where what is done takes more than that."""
    began = time.monotonic()
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < LIMIT


@pytest.fixture(scope="module")
def link(tmp_path_factory):
    with SimBoard(tmp_path_factory.mktemp("board"), heap=16_000_000) as sim, Link(sim.port) as opened:
        yield opened


@pytest.mark.parametrize("value", [
    0, -1, 1 << 64, 0.5, -1e300, True, None, "", "a'b\"c\\\n\r\t\x1b\x7f", b"\x00\xff'\\",
    (), (1,), (1, 2), [], [[1], (2, {})], {}, {"a": [1, {b"b": ("c",)}]}, "gr\u00fc\u00df \U0001f600", "\u202e",
])  # fmt: skip
def test_what_micropython_writes_is_read(link, value):
    assert link.eval(repr(value)) == value


def test_floats_that_are_no_numbers_are_read(link):
    nan, *infinities = link.eval("[float('nan'), float('inf'), float('-inf')]")
    assert math.isnan(nan)
    assert infinities == [math.inf, -math.inf]


@pytest.mark.parametrize("text", [
    "", "f()", "1 2", "(1", "[1,,2]", "[1 2]", "{1}", "{1:2,3}", "{[]:1}", "'a", "1]", "(,)", "[" * 17 + "]" * 17,
    "9" * 41, "__import__('os')", "'\\U00110000'", "lambda: 0", "1+1", "b'\u20ac'", "<Function>", "-",
])  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        literals.read(text)


@pytest.mark.parametrize(("text", "shape"), [
    ("True", int), ("1", bool), ("'a'", int), ("(1,)", (int, int)), ("[1, 'a']", [int]), ("None", int),
    ("{'a': None}", {str: int}), ("1.0", int), ("[(1,)]", [(str,)]),
])  # fmt: skip
def test_a_value_of_another_shape_is_refused(text, shape):
    with pytest.raises(ValueError, match="shape"):
        literals.read(text, shape)


@pytest.mark.parametrize("text", ["(" * 500_000, "'" * 500_000, "9" * 1_000_000, "1," * 500_000, "-" * 1_000_000])
def test_reading_takes_time_in_proportion(text):
    with bounded(), pytest.raises(ValueError, match=r"."):
        literals.read(text)


def test_an_answer_that_is_too_long_is_given_up(link):
    with bounded(), pytest.raises(LinkError, match="sends more than was asked for"):
        link.eval("type('Long', (), {'__repr__': lambda _: '1,' * 1500000})()")
    link.interrupt()
    assert link.eval("1+1") == 2


@pytest.mark.parametrize("code", ["while 1: print('x' * 1000)", "raise ValueError('x' * 3000000)"])
def test_a_board_that_sends_without_end_is_given_up(link, code):
    with bounded(), pytest.raises(LinkError, match="sends more than was asked for"):
        link.exec(code)
    link.interrupt()
    assert link.eval("1+1") == 2


def test_an_answer_that_drips_in_is_given_up(link):
    began = time.monotonic()
    with pytest.raises(LinkError, match="sends more than was asked for"):
        link.exec("import time\nwhile 1: print('.', end=''); time.sleep(0.05)", timeout=0.3)
    assert time.monotonic() - began < LIMIT
    link.interrupt()


def test_what_a_program_prints_is_not_kept(link):
    size = 0

    def count(data: bytes) -> None:
        nonlocal size
        size += len(data)

    with bounded():
        link.exec("for _ in range(400): print('x' * 100000)", timeout=None, output=count)
    assert size > 40_000_000


def test_a_port_that_floods_is_given_up_in_bounded_memory():
    no_prompt = pytest.raises(LinkError, match="no MicroPython prompt")
    with StandIn(lambda _: b"noise without end\r\n" * 400_000) as other, bounded(), no_prompt:
        Link(other.port, timeout=2)


@pytest.mark.parametrize("implementation", [
    ("micropython", "1.25", 518), ("micropython", (1,), 518), ("micropython", (1, 25, 0), "518"), ("micropython",),
    ("micropython", (-1, -5, 0), 518), ("micropython", (1 << 70, 1, 1), 518), (3, (1, 25, 0), 518),
    "micropython", None, ("micropython", (1, 25, 0), -1), ("micropython", (1, 25, 0), 1 << 300),
    ("micropython", (1, 25, 0), None),
    ("micropython", ((1, 2), 25, 0), 518), ("micropython", (1, 25.5, 0), 518), ("", (), 0), {},
    ("micropython" * 9000, (1, 25, 0), 518),
])  # fmt: skip
def test_odd_words_of_a_board_about_itself_are_a_line(capsys, implementation):
    if isinstance(implementation, tuple):
        attributes = {"_mpy": (*implementation, 0, 0, 0)[2], "_machine": "x"}
        implementation = type("Implementation", (tuple,), attributes)(implementation)
    with StandIn(repl(implementation)) as other, pytest.raises(SystemExit) as end:
        cli.main(["info", "--port", other.port])
    out, err = capsys.readouterr()
    assert (end.value.code, out, err.count("\n")) == (1, "", 1)
    assert "a fault of wasmdev" not in err
    assert len(err) < 1100
