"""A board's life: it restarts in every way that boards do, and is flashed and run again and again."""

from __future__ import annotations

import pytest
from wasmdev.board.link import Link

from tests.hil.conftest import Done
from tests.hil.modules import versioned
from tests.wat import wat

CYCLES = {"pico": 6, "sim": 60}
SOAK = 200
WARM = 3  # cycles until what is kept for good has its place
SLACK = 512  # bytes of heap; a file's name and the like


@pytest.fixture
def flashed(bench, tmp_path):
    """A command that flashes a module and tells how it ended, and one that gives what its function returns."""
    path = tmp_path / "lasting.wasm"

    def flash(value: int) -> Done:
        path.write_bytes(versioned(value).stripped)
        return bench.wasmdev("flash", path)

    def call() -> str:
        done = bench.wasmdev("call", "lasting", "version")
        return done.out.strip() or done.err

    return flash, call


@pytest.mark.long_on("pico")
def test_a_soft_reset_keeps_what_was_flashed(bench, flashed):
    flash, call = flashed
    assert flash(5).code == 0
    with Link(bench.port) as link:
        link.exec("import wasm; app = wasm.load('lasting')")
        link.reset()
        assert not link.eval("'app' in globals()")
    assert call() == "5"


def test_a_hard_reset_keeps_what_was_flashed(bench, flashed):
    flash, call = flashed
    if not bench.emulated:
        pytest.skip("nobody presses the button of a real board")
    assert flash(6).code == 0
    bench.emulated.reset()
    assert call() == "6"


@pytest.mark.long_on("pico")
def test_a_reset_by_the_board_itself(bench, flashed, port):
    flash, call = flashed
    assert flash(7).code == 0
    with Link(bench.port) as link:
        link.hard_reset()
        assert link.eval("1 + 1") == 2
    assert call() == "7"


def test_flash_and_run_again_and_again_leaves_nothing_behind(bench, flashed, request, port):
    flash, call = flashed
    cycles = SOAK if request.config.getoption("--soak") else CYCLES.get(port, SOAK)
    figures = []
    for i in range(cycles):
        assert flash(i).code == 0
        assert call() == str(i)
        if i in (WARM, cycles - 1):
            with Link(bench.port) as link:
                link.exec("import gc, os; gc.collect()")
                figures.append(link.eval("(gc.mem_free(), len(os.listdir('/')), len(os.listdir('/wasmdev')))"))
    (heap_before, *files_before), (heap_after, *files_after) = figures
    assert heap_after >= heap_before - SLACK
    assert files_after == files_before


def test_a_guest_that_runs_for_ever_ends_with_a_reset(bench, tmp_path):
    if not bench.emulated:
        pytest.skip("nobody presses the button of a real board")
    path = tmp_path / "endless.wasm"
    path.write_bytes(wat('(module (func (export "_start") (loop (br 0))))'))
    assert bench.wasmdev("flash", path).code == 0
    with Link(bench.port) as link:
        link._begin(b"import wasm; wasm.load('endless').run()")
        bench.emulated.reset()
    assert "endless" in bench.wasmdev("ls").out
