"""The runtime as files: MicroPython's own installer puts it on a board as ``wasmdev install`` does."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmdev.board.ports import open_board
from wasmdev.runtime import export, runtime

from tests.hil.sim_client import mpremote


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a web server with the exported runtime for sim."""
    export.export(tmp_path, "x64")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.ports("sim")
def test_mip_installs_what_install_does(served, port, monkeypatch, tmp_path_factory):
    monkeypatch.setenv("WASMDEV_SIM", str(tmp_path_factory.mktemp("mip")))
    with open_board(port) as board:
        emulated = board.emulated
        assert emulated
        board.link.close()
        mpremote(emulated.port, "mip", "install", f"{served}/package.json")
        assert mpremote(emulated.port, "exec", "import wasm; print(wasm.Trap)").strip() == "<class 'Trap'>"
    with open_board(port) as board:
        assert runtime.is_installed(board, runtime.Runtime("x64"))

