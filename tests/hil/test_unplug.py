"""The plug is pulled at random moments of a push: the flash keeps what its chip had taken until then.

Whatever was being written, the board boots and runs the old module or the new one, whole.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time

import pytest
from wasmdev.app import apps, deploy
from wasmdev.board.ports import open_board
from wasmdev.errors import LinkError

from tests.hil.modules import versioned

CUTS = 25

pytestmark = pytest.mark.ports("pico")


def test_the_plug_is_pulled_while_a_module_is_pushed(port):
    with open_board(port) as board:
        deploy.ensure_runtime(board)
        apps.push(board, versioned(1))
        began = time.monotonic()
        apps.push(board, versioned(2))
        took = time.monotonic() - began
    draw = random.Random(3)
    now, after_commit = 2, 0
    for _ in range(CUTS):
        new = 3 - now
        delay = draw.uniform(0, 1.1 * took)
        with open_board(port) as board:
            assert board.emulated
            plug = threading.Timer(delay, board.emulated.kill)
            plug.start()
            with contextlib.suppress(LinkError):
                apps.push(board, versioned(new))
            plug.join()
        with open_board(port) as board:
            found = int(board.link.exec("import wasm;print(wasm.load('cut').version())"))
        assert found in (now, new), f"cut after {delay:.2f} of {took:.2f} s"
        after_commit += found == new
        now = found
    assert after_commit < CUTS, "the cuts came too late"
