"""What is on a board can't reach the user's terminal either: names, manifests, exports, errors, reasons."""

from __future__ import annotations

import json

import pytest
from wasmdev import folders

from tests.unit.test_console import EVIL, MODULE, SHOWN, WRITTEN, clean
from tests.wat import wat

pytestmark = pytest.mark.ports("sim")
TRAPPING = MODULE % '(func $g (export "go") unreachable)'


@pytest.fixture
def wasmdev(wasmdev):
    """The same, and nothing that it says is obeyed by a terminal."""

    def run(*words):
        done = wasmdev(*words)
        assert clean(done.out), done.out
        assert clean(done.err), done.err
        assert "a fault of wasmdev" not in done.err
        return done

    return run


@pytest.fixture
def files():
    """The board's files; what is put there goes at the end."""
    folder = folders.sim() / "wasmdev"
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.iterdir())
    yield folder
    for path in set(folder.iterdir()) - before:
        path.unlink()


def test_an_import_that_nobody_gives(wasmdev, files, tmp_path):
    path = tmp_path / "evil.wasm"
    path.write_bytes(wat(TRAPPING))
    assert wasmdev("flash", path, "--imports-by-host").code == 0
    for words in (("run", "evil"), ("call", "evil", "go"), ("run", path), ("flash", path)):
        done = wasmdev(*words)
        assert done.code == 1
        assert SHOWN in done.err


def test_exports_and_frames(wasmdev, files, tmp_path):
    path = tmp_path / "evil.wasm"
    text = "\n".join(line for line in TRAPPING.splitlines() if "(import" not in line)
    text = text.replace("unreachable", f'(call $h)) (func $h (@name "{WRITTEN}") unreachable')
    path.write_bytes(wat(text))
    assert wasmdev("flash", path).code == 0
    missing = wasmdev("call", "evil", EVIL + "!")
    assert SHOWN in missing.err
    assert wasmdev("call", "evil", EVIL).code == 2
    trapped = wasmdev("call", "evil", "go")
    assert f"trapped: unreachable in {SHOWN} at" in trapped.err


def test_names_of_files_and_what_is_in_manifests(wasmdev, files):
    grants = {EVIL: ["gpio.out", EVIL], "empty": [], "odd": ["i2c", 0, 4, 5, 100, [EVIL]]}
    manifest = {"image": EVIL, "hash": EVIL, "module": "../" + EVIL, "grants": grants}
    (files / f"{EVIL}.json").write_text(json.dumps(manifest))
    (files / "boot").write_text(EVIL)
    (files / f"{EVIL}.crashes").write_text(f"\n{EVIL}")
    listed = wasmdev("ls")
    assert listed.code == 0
    assert listed.out.count(SHOWN) >= 3
    assert SHOWN in wasmdev("info").out
    assert wasmdev("run", "evil").code == 1
    assert wasmdev("rm", EVIL).code == 1


@pytest.mark.parametrize("manifest", [
    "[" * 100_000, "[]", "7", '{"grants": [1]}', '{"grants": {"a": 1}}',
    '{"image": [1], "hash": 3, "grants": null}',
    '{"grants": {"a": [], "b": [1], "c": ["sensor.bme280"], "d": ["sensor.ds18b20", "x"]}}',
    '{"image": {}, "module": ["x"], "native": 1, "code": []}', "{" + '"a":' * 1000, "\xff",
])  # fmt: skip
def test_an_odd_manifest(wasmdev, files, manifest):
    (files / "odd.json").write_text(manifest, encoding="latin-1")
    for words in (("ls",), ("info",), ("run", "odd"), ("call", "odd", "f")):
        assert wasmdev(*words).code == (0 if len(words) == 1 else 1)
