"""What was flashed gets damaged: it isn't run, by hand or at power-up, and another flash mends it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from wasmdev.app import apps, boot
from wasmdev.board.ports import open_board

EXAMPLES = Path(__file__).parents[2] / "examples"
SHA256 = EXAMPLES.parent / "tests" / "bench" / "guests" / "sha256.wasm"
DAMAGE = "f=open({path!r},'r+b');f.seek({at});b=f.read(1);f.seek({at});f.write(bytes((b[0]^1,)));f.close()"


def damage(port: str, file: str, at: int) -> None:
    """Change a bit of a file of an app."""
    with open_board(port) as board:
        board.link.exec(DAMAGE.format(path=f"{apps.FOLDER}/{file}", at=at))


def manifest(port: str, name: str) -> dict[str, str]:
    with open_board(port) as board:
        return apps.require(board, name)


@pytest.mark.ports("sim")
@pytest.mark.parametrize("file", ["image", "native", "code"])
def test_it_is_not_run_and_is_mended(port, wasmdev, file):
    assert wasmdev("flash", SHA256, "--native").code == 0
    assert wasmdev("call", "sha256", "run", "0").out == "-474954686\n"
    name = manifest(port, "sha256")[file]
    damage(port, name, 200)
    done = wasmdev("call", "sha256", "run", "0")
    assert (done.code, done.out) == (1, "")
    assert done.err == f"error: /wasmdev/{name} on the board is damaged; flash sha256 again\n"
    assert "nothing, the board has" not in wasmdev("flash", SHA256, "--native").out
    assert wasmdev("call", "sha256", "run", "0").out == "-474954686\n"


def test_it_does_not_start_at_power_up(port, wasmdev):
    assert wasmdev("flash", EXAMPLES / "blink" / "blink.wasm", "--boot").code == 0
    image = manifest(port, "blink")["image"]
    damage(port, image, 300)
    with open_board(port) as board:
        board.link.exec("import wasm.boot;wasm.boot.start()")
        (state,) = boot.states(board)
        boot.disarm(board, "blink")
    assert re.match(f"ImageError: .*{image} is damaged", state.reason)
    assert wasmdev("run", "blink").code == 1


@pytest.mark.ports("sim")
@pytest.mark.parametrize("contents", [b"{", b"[]", b"[" * 100_000, b'{"image": 5}', b"\xff"])
def test_a_manifest_that_is_none(port, wasmdev, contents):
    assert wasmdev("flash", EXAMPLES / "blink" / "blink.wasm").code == 0
    with open_board(port) as board:
        board.files.write(f"{apps.FOLDER}/blink.json", contents)
    for words in (("run", "blink"), ("call", "blink", "add", "2", "3")):
        done = wasmdev(*words)
        assert done.code == 1
        assert done.err == "error: /wasmdev/blink.json on the board is damaged; flash blink again\n"
    assert wasmdev("flash", EXAMPLES / "blink" / "blink.wasm").code == 0
    assert wasmdev("call", "blink", "add", "2", "3").out == "5\n"
