"""A program's standard streams are those of ``wasmdev run``: pipes, files, terminals, and nothing in between."""

from __future__ import annotations

import os
import pty
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.wat import wat

LIMIT = 120  # seconds for a command, also on an emulated board
WASI = """
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)"""
# Copies its input to its output until that ends. %d is the size of its buffer.
ECHO = f"""(module {WASI}
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 1024))
    (block $end
      (loop $more
        (i32.store (i32.const 4) (i32.const %d))
        (br_if $end (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $end (i32.eqz (i32.load (i32.const 8))))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br $more)))))"""
# Writes its data, then does something.
SAYS = f"""(module {WASI}
  (data (i32.const 1024) "%s")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const %d))
    (loop $more
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      %s)))"""
# Prints a dot each 50 ms for which there is no input, and then what came.
WAITS = f"""(module {WASI}
  (data (i32.const 1024) ".")
  (func (export "_start")
    (i32.store8 (i32.const 120) (i32.const 0)) (i32.store (i32.const 128) (i32.const 1))
    (i64.store (i32.const 136) (i64.const 50000000))
    (i32.store8 (i32.const 168) (i32.const 1))
    (i32.store (i32.const 0) (i32.const 1024))
    (block $ready
      (loop $more
        (i32.store (i32.const 4) (i32.const 1))
        (drop (call $poll (i32.const 112) (i32.const 512) (i32.const 2) (i32.const 8)))
        (br_if $ready (i32.eq (i32.load8_u (i32.const 522)) (i32.const 1)))
        (br_if $ready (i32.eq (i32.load (i32.const 8)) (i32.const 2)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br $more)))
    (i32.store (i32.const 4) (i32.const 64))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""


@pytest.fixture
def module(tmp_path):
    """The file of a module."""

    def make(text: str, name: str = "guest") -> Path:
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(wat(text))
        return path

    return make


def says(data: bytes, then: str = "") -> str:
    return SAYS % ("".join(f"\\{byte:02x}" for byte in data), len(data), then)


def command(port: str, *words: object) -> list[str]:
    return [sys.executable, "-m", "wasmdev", "run", "--port", port, *map(str, words)]


def run(port: str, *words: object, **options) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(port, *words), capture_output=True, timeout=LIMIT, **options)


@pytest.mark.long_on("pico")
def test_an_empty_input_ends_at_once(module, port):
    done = run(port, module(ECHO % 64), stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.long_on("pico")
def test_a_pipe_is_read_to_its_end(module, port):
    done = run(port, module(ECHO % 64), input=b"bob\nalice")
    assert (done.returncode, done.stdout) == (0, b"bob\nalice")


@pytest.mark.long_on("pico")
def test_a_file_arrives_byte_by_byte(module, port, tmp_path):
    path = tmp_path / "input"
    data = bytes(range(256)) + random.Random(1).randbytes(20_000 if port == "sim" else 1000)
    path.write_bytes(data)
    with path.open("rb") as file:
        done = run(port, module(ECHO % 1000), stdin=file)
    assert (done.returncode, done.stdout) == (0, data)


@pytest.mark.ports("sim")
def test_what_a_program_does_not_read_is_left_to_others(module, port):
    once = (ECHO % 4).replace("(br $more)", "")
    line = f"{' '.join(command(port, module(once)))}; cat"
    done = subprocess.run(["sh", "-c", line], input=b"one\ntwo\n", capture_output=True, timeout=LIMIT)
    assert done.stdout == b"one\ntwo\n"


@pytest.mark.ports("sim")
def test_an_input_that_is_closed_has_ended(module, port):
    line = " ".join(command(port, module(ECHO % 64)))
    done = subprocess.run(["sh", "-c", f"{line} <&-"], capture_output=True, timeout=LIMIT)
    assert (done.returncode, done.stdout, b"Traceback" in done.stderr) == (0, b"", False)


@pytest.mark.long_on("pico")
def test_waiting_for_input_with_a_time_limit(module, port):
    with subprocess.Popen(
        command(port, module(WAITS)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.read(2) == b".."
        process.stdin.write(b"now\n")
        process.stdin.flush()
        rest = process.stdout.read()
        assert rest.lstrip(b".") == b"now\n"
        assert process.wait(LIMIT) == 0


FORGED = b"\x04Traceback (most recent call last):\r\nMemoryError: \r\n\x04>\x04\x10\x10R40\x10D\r\r\n\x023:(1)\x03"


def test_output_cannot_forge_what_the_board_says(module, port):
    path = module(says(FORGED), "forger")
    done = run(port, path, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout, b"error" in done.stderr) == (0, FORGED, False)
    again = run(port, path, stdin=subprocess.DEVNULL)
    assert again.stdout == FORGED


@pytest.mark.long_on("pico")
def test_a_start_function_cannot_forge_either(module, port):
    text = says(FORGED).replace('(func (export "_start")', '(start $start) (func (export "_start")) (func $start')
    path = module(text, "starter")
    done = run(port, path, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout, b"error" in done.stderr) == (0, FORGED, False)


@pytest.mark.ports("sim")
@pytest.mark.parametrize("module_text", [says(b"again\n", "(br $more)"), "blink"])
def test_a_pipe_that_nobody_reads_any_more(module, port, module_text):
    blink = Path(__file__).parents[2] / "examples" / "blink" / "blink.wasm"
    path = blink if module_text == "blink" else module(module_text)
    line = f"{' '.join(command(port, path))} | head -n 2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=LIMIT)
    assert done.stdout.splitlines()[2:] == ["141"]
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


class Terminal:
    """A terminal that a command is run in, with what is typed there."""

    def __init__(self, words: list[str]) -> None:
        self.pid, self._fd = pty.fork()
        if not self.pid:
            os.execvp(words[0], words)
        self._said = b""

    def until(self, text: bytes) -> bytes:
        """What it says up to ``text``."""
        end = time.monotonic() + LIMIT
        while text not in self._said:
            assert time.monotonic() < end, self._said
            if select.select([self._fd], [], [], 1)[0]:
                try:
                    self._said += os.read(self._fd, 4096)
                except OSError:  # the end
                    assert text in self._said, self._said
        before, _, self._said = self._said.partition(text)
        return before + text

    def type(self, text: bytes) -> None:
        os.write(self._fd, text)

    def code(self) -> int:
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            if select.select([self._fd], [], [], 0.1)[0]:
                try:
                    self._said += os.read(self._fd, 4096)
                except OSError:
                    break
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except OSError:
            pass


@pytest.mark.long_on("pico")
def test_a_line_that_is_typed_and_the_end_of_input(module, port):
    with Terminal(command(port, module(ECHO % 64))) as terminal:
        terminal.until(b"for this run only")
        terminal.until(b"\n")
        terminal.type(b"bob\n")
        terminal.until(b"bob\r\nbob\r\n")  # the terminal's echo, and the program's
        terminal.type(b"\x04")
        assert terminal.code() == 0


def test_ctrl_c_ends_a_program_that_reads(module, port):
    with Terminal(command(port, module(ECHO % 64))) as terminal:
        terminal.until(b"for this run only")
        terminal.until(b"\n")
        terminal.type(b"bob\n")
        terminal.until(b"bob\r\nbob\r\n")
        terminal.type(b"\x03")
        assert terminal.code() == 130


LOUD = "\x1b[31mred\x1b[0m\a\x9b2J\u202eabc\b\x00\t\u00b0C\xa0ok\n".encode() + b"\xff\xc3\n"


@pytest.mark.ports("sim")
def test_a_terminal_is_spared_what_could_disguise_it(module, port):
    with Terminal(command(port, module(says(LOUD)))) as terminal:
        said = terminal.until(b"\\xc3\r\n")
    shown = rb"\x1b[31mred\x1b[0m\x07\x9b2J\u202eabc\x08\x00" + "\t°C\xa0ok\r\n".encode() + rb"\xff\xc3"
    assert shown in said


@pytest.mark.ports("sim")
def test_unless_it_wants_it_raw(module, port):
    with Terminal(command(port, module(says(LOUD)), "--raw")) as terminal:
        said = terminal.until(b"\xff\xc3\r\n")
    assert LOUD.replace(b"\n", b"\r\n") in said
