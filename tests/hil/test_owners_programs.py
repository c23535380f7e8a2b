"""Every command works on a board whose owner's programs print at any time, or take no Ctrl-C."""

from __future__ import annotations

from pathlib import Path

import pytest
from wasmdev.board.link import Link

BLINK = Path(__file__).parents[2] / "examples" / "blink" / "blink.wasm"
TIMER = """from machine import Timer
t = Timer(mode=Timer.PERIODIC, period=%d, callback=lambda _: print('tick ' * %d))
"""
FILES = {
    "a timer of main.py prints": {"main.py": TIMER % (20, 1)},
    "main.py prints every 0.3 s": {"main.py": TIMER % (300, 1)},
    "a timer of boot.py prints": {"boot.py": TIMER % (20, 5)},
    "boot.py prints": {"boot.py": "for i in range(20): print('raw REPL; CTRL-B to exit', i)\nprint('OK')\n"},
    "boot.py has an error": {"boot.py": "syntax error here(\n"},
    "main.py swallows Ctrl-C once": {
        "main.py": "import time\ntry:\n  while True: time.sleep(1)\nexcept KeyboardInterrupt: pass\n"
        "while True: print('on')\n"
    },
}
IGNORES = """import time
while True:
  try:
    while True:
      print('mine')
      time.sleep(0.1)
  except KeyboardInterrupt: pass
"""


@pytest.fixture
def started(bench):
    """Restarts the board with some files of its owner; they are gone at the end."""
    put: list[str] = []

    def start(files: dict[str, str]) -> None:
        with Link(bench.port) as link:
            for name, text in files.items():
                link.exec(f"f = open({name!r}, 'w')\nf.write({text!r})\nf.close()")
                put.append(name)
        bench.emulated.reset()

    yield start
    with Link(bench.port) as link:
        for name in put:
            link.exec(f"import os; os.remove({name!r})")


def every_command(wasmdev) -> None:
    flashed = wasmdev("flash", BLINK)
    assert (flashed.code, flashed.err) == (0, "")
    assert wasmdev("info").code == 0
    assert "blink" in wasmdev("ls").out
    called = wasmdev("call", "blink", "add", "2", "3")
    assert (called.code, called.out.splitlines()[-1]) == (0, "5")
    ran = wasmdev("run", "blink", "--timeout", "20")
    assert (ran.code, ran.err) == (0, "")
    assert wasmdev("rm", "blink").code == 0
    assert "blink" not in wasmdev("ls").out


@pytest.mark.ports("sim", "pico")  # which have a reset button
@pytest.mark.parametrize("what", FILES)
@pytest.mark.long_on("pico")
def test_commands_get_through(bench, port, started, what):
    if port == "pico" and "timer" not in what:
        pytest.skip("takes long there, and is the same")
    started(FILES[what])
    every_command(bench.wasmdev)


@pytest.mark.ports("pico")
def test_a_program_that_ignores_ctrl_c_is_stopped(bench, started):
    started({"main.py": IGNORES})
    assert bench.wasmdev("ls").code == 0


@pytest.mark.ports("sim")
def test_a_program_that_takes_no_ctrl_c_is_not_begun(wasmdev):
    """Commands that make the simulated board themselves start it without main.py."""
    from wasmdev import folders

    for text in (IGNORES, "import micropython\nmicropython.kbd_intr(-1)\nwhile True: pass\n"):
        main = folders.sim() / "main.py"
        main.parent.mkdir(parents=True, exist_ok=True)
        main.write_text(text)
        try:
            every_command(wasmdev)
        finally:
            main.unlink()


@pytest.mark.ports("sim")
def test_where_nothing_helps_the_hint_does(bench, monkeypatch):
    (bench.emulated.root / "main.py").write_text(IGNORES)
    bench.emulated.reset()
    monkeypatch.setenv("WASMDEV_PATIENCE", "1")
    done = bench.wasmdev("ls")
    (bench.emulated.root / "main.py").unlink()
    bench.emulated.reset()
    assert done.code == 1
    assert "it says 'mine'; if a program on it ignores Ctrl-C, press its reset button while this is" in done.err
