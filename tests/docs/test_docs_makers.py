"""The page for makers: its recipes do what it shows, and its figures are those of today."""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev_sim import SimBoard, SimError

from tests.docs import fits
from tests.docs.console import ROOT, Console

PAGE = ROOT / "docs" / "makers.md"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_recipes(tmp_path: Path) -> None:
    """On the board that ``wasmdev sim --serve`` serves. At the end a finger is on the button."""
    at = f"127.0.0.1:{free_port()}"
    page = tmp_path / "makers.md"
    page.write_text(PAGE.read_text(encoding="utf-8").replace("127.0.0.1:4000", at), encoding="utf-8")
    console = Console(tmp_path / "recipes")
    with SimBoard(tmp_path / "board", "pico", serve=at) as board:
        assert console.follow(page, skip=["^wasmdev sim "]) > 20
        with pressed(board, 14):
            code, came = console.type("mpremote connect $WASMDEV_PORT run door.py")
    found = re.fullmatch(r"(\d+) presses in 20 ticks\n", came)
    assert found, (code, came)
    assert 0 < int(found[1]) < 20


@contextlib.contextmanager
def pressed(board: SimBoard, pin: int) -> Iterator[None]:
    """A finger on a button, now and then."""
    over = threading.Event()

    def press() -> None:
        for level in itertools.cycle((0, 1)):
            if over.wait(0.2):
                return
            with contextlib.suppress(SimError):  # the board restarts
                board.set_pin(pin, level)

    finger = threading.Thread(target=press)
    finger.start()
    try:
        yield
    finally:
        over.set()
        finger.join()


@pytest.mark.parametrize("what", [*fits.PROGRAMS][:3])
def test_the_figures_are_those_of_today(what: str) -> None:
    """Within a tenth: they say what fits. ``python -m tests.docs.fits --write`` makes them anew."""
    module, image, ram = (int(cell.replace(",", "")) for cell in fits.rows()[what])
    now = fits.sizes(what)
    assert now == (pytest.approx(module, rel=0.1), pytest.approx(image, rel=0.1))
    assert ram > image


def test_the_table_has_all_programs() -> None:
    assert list(fits.rows()) == list(fits.PROGRAMS)
