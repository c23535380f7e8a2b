"""A raw module on a board: compiled there once, its image kept in flash."""

from __future__ import annotations

from wasmdev.app import deploy

from tests.device import test_raw as sizes
from tests.wat import wat

TWICE = wat("""(module (memory 2)
    (func (export "twice") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1))))""")
CALL = "import wasm; print(wasm.load('/twice.wasm').twice(21))"
WITHOUT_COMPILER = f"import sys; sys.modules['wasmc'] = None; {CALL}"
IMAGES = "/wasmdev/images"


def images(board) -> list[str]:
    return [name for name, _, _ in board.files.list(IMAGES)]


def test_it_is_compiled_once(board, port):
    deploy.ensure_runtime(board)
    board.files.make_folder("/wasmdev")
    board.files.write("/twice.wasm", TWICE)
    before = images(board)
    assert board.link.exec(CALL) == b"42\r\n"
    present = images(board)
    assert len(set(present) - set(before)) == 1
    board.restart()
    assert board.link.exec(WITHOUT_COMPILER) == b"42\r\n"
    assert images(board) == present
    if not board.facts.frozen:
        deploy.ensure_runtime(board, force=True)
        assert not images(board)


def test_forty_nine_functions_fit(board):
    deploy.ensure_runtime(board)
    board.files.write("/sum.wasm", sizes.module(49))
    call = f"import wasm; print(wasm.load('/sum.wasm').sum({sizes.ARGUMENT}))"
    assert board.link.exec(call, timeout=None) == b"%d\r\n" % sizes.result(49)
