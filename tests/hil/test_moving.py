"""Programs that ``wasmdev run --snapshot`` puts away and ``wasmdev resume`` goes on with."""

from __future__ import annotations

import subprocess
import sys

import pytest
from wasmdev.board.ports import open_board

from tests.wat import wat

COUNT = "examples/count/count.wasm"
ENDS = """(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "_start") (drop (call $yield)) (call $exit (i32.const 3))))"""


READS = """(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 4))
    (loop
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
      (i32.store (i32.const 8) (i32.const 100)) (i32.store (i32.const 12) (i32.load (i32.const 16)))
      (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 20)))
      (br_if 0 (i32.load (i32.const 16))))))"""


LARGE = """(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory 1)
  (func (export "_start") (local $i i32)
    (loop
      (i32.store (local.get $i) (i32.mul (i32.add (local.get $i) (i32.const 77)) (i32.const 0x9E3779B1)))
      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 40000))))
    (loop (drop (call $yield)) (br 0))))"""


@pytest.fixture
def put_away(wasmdev, tmp_path):
    """A snapshot of what counts, and the last number that it printed."""
    path = tmp_path / "count.snap"
    done = wasmdev("run", COUNT, "--timeout", "1", "--snapshot", path)
    assert done.code == 0, done.err
    assert f"{path} has it now" in done.err
    assert f"wasmdev resume {path} {COUNT}" in done.err
    numbers = list(map(int, done.out.split()))
    assert numbers == list(range(1, 1 + len(numbers)))
    return path, len(numbers)


def test_it_goes_on_where_it_stood(wasmdev, put_away, port):
    path, last = put_away
    for _ in range(2):
        done = wasmdev("resume", path, COUNT, "--timeout", "1", "--snapshot", path)
        assert done.code == 0, done.err
        numbers = list(map(int, done.out.split()))
        assert numbers == list(range(last + 1, last + 1 + len(numbers)))
        last += len(numbers)
    done = wasmdev("resume", path, COUNT, "--timeout", "1")
    assert done.code == 124
    assert int(done.out.split()[0]) == last + 1
    with open_board(port) as board:
        assert not [name for name, _, _ in board.files.list("/wasmdev") if name.endswith(".snap")]


@pytest.mark.ports("sim")
def test_a_flashed_module_needs_no_file(wasmdev, tmp_path):
    path = tmp_path / "count.snap"
    assert wasmdev("flash", COUNT).code == 0
    assert wasmdev("run", "count", "--timeout", "0.5", "--snapshot", path).code == 0
    done = wasmdev("resume", path, "--timeout", "0.5")
    assert done.code == 124
    assert int(done.out.split()[0]) > 1
    assert wasmdev("rm", "count").code == 0
    done = wasmdev("resume", path)
    assert done.code == 1
    assert "no module 'count'" in done.err


@pytest.mark.ports("sim")
def test_a_program_that_ends_is_not_put_away(wasmdev, tmp_path):
    module, path = tmp_path / "ends.wasm", tmp_path / "ends.snap"
    module.write_bytes(wat(ENDS))
    done = wasmdev("run", module, "--snapshot", path)
    assert done.code == 3, done.err
    assert not path.exists()


@pytest.mark.ports("sim")
def test_what_can_not_go_on(wasmdev, put_away, tmp_path):
    path, _ = put_away
    done = wasmdev("resume", path)
    assert done.code == 2
    assert "give the module" in done.err
    done = wasmdev("resume", path, "examples/hello/hello.wasm")
    assert done.code == 1
    assert "a snapshot of another module" in done.err
    damaged = tmp_path / "damaged.snap"
    damaged.write_bytes(path.read_bytes()[:-20] + bytes(20))
    done = wasmdev("resume", damaged, COUNT)
    assert done.code == 1
    assert "snapshot is damaged" in done.err
    for content in (b"", b"WSNP", b"x" * 100):
        damaged.write_bytes(content)
        done = wasmdev("resume", damaged, COUNT)
        assert done.code == 1
        assert done.err.startswith(f"error: {damaged} is no snapshot; ")
    done = wasmdev("resume", tmp_path / "nothing.snap", COUNT)
    assert done.code == 1
    assert "can't read" in done.err
    done = wasmdev("run", COUNT, "--press", "a@1", "--snapshot", path)
    assert done.code == 2


@pytest.mark.ports("sim")
def test_while_it_waits_for_what_is_typed(tmp_path):
    module, path = tmp_path / "reads.wasm", tmp_path / "reads.snap"
    module.write_bytes(wat(READS))

    def wasmdev(*words: str) -> subprocess.Popen[bytes]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([sys.executable, "-m", "wasmdev", *words, "--port", "sim"], **pipes)

    with wasmdev("run", str(module), "--timeout", "1", "--snapshot", str(path)) as process:
        try:
            assert process.wait(60) == 0, process.stderr.read()  # nothing is typed, and nothing ends the input
        finally:
            process.kill()
    with wasmdev("resume", str(path), str(module)) as process:
        out, err = process.communicate(b"on it goes", timeout=60)
        assert process.returncode == 0, err
        assert out == b"on it goes"


@pytest.mark.ports("sim")
def test_a_large_guest(wasmdev, tmp_path, monkeypatch):
    monkeypatch.setenv("WASMDEV_BOARD", "pico2")  # Python objects of 64 bits take the last of a Pico's heap there
    module, path = tmp_path / "large.wasm", tmp_path / "large.snap"
    module.write_bytes(wat(LARGE))
    for verb, *given in (("run", module), ("resume", path, module)):
        assert wasmdev(verb, *given, "--timeout", "1", "--snapshot", path).code == 0
        assert path.stat().st_size > 40_000
    done = wasmdev("resume", path, module, "--timeout", "0.5")
    assert done.code == 124, done.err
