"""A user's Ctrl-C while the host is on its way to the board's prompt."""

from __future__ import annotations

from pathlib import Path

import pytest
from wasmdev.board.link import Link
from wasmdev.board.wire import Wire
from wasmdev_sim import SimBoard


@pytest.mark.parametrize("step", range(6))
def test_the_board_is_at_its_prompt_again(step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step of the way there may be the last; what cleans up afterwards works all the same."""
    with SimBoard(tmp_path) as board, Link(board.port, patience=10) as link:
        count = 0
        until = Wire.until

        def interrupted(wire: Wire, pattern: bytes, seconds: float = 5.0) -> object:
            nonlocal count
            count += 1
            if count == step + 1:
                raise KeyboardInterrupt
            return until(wire, pattern, seconds)

        with monkeypatch.context() as patch:
            patch.setattr(Wire, "until", interrupted)
            if step < 4:
                with pytest.raises(KeyboardInterrupt):
                    link.reset()
            else:
                link.reset()
        assert link.exec("print(6 * 7)") == b"42\r\n"
        assert link.eval("'x' in globals()") is False
