"""The C of the Pico's emulator, compiled for this Python: all of it or nothing."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import pytest

from firmware.rp2040.emulator import build, is_possible

pytestmark = pytest.mark.skipif(not is_possible(), reason="no C compiler, or no headers of Python")

GOOD = "#include <Python.h>\nint f(void) { return PyLong_Check(Py_None); }\n"


def test_it_is_compiled_once_until_it_changes(tmp_path: Path) -> None:
    (tmp_path / "_part.c").write_text(GOOD)
    assert [build(tmp_path), build(tmp_path)] == [1, 0]
    made = tmp_path / ("_part" + sysconfig.get_config_var("EXT_SUFFIX"))
    made.unlink()
    assert build(tmp_path) == 1
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "_part.c", made])


def test_what_does_not_compile_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "_good.c").write_text(GOOD)
    (tmp_path / "_bad.c").write_text("no C")
    with pytest.raises(subprocess.CalledProcessError):
        build(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_bad.c", "_good.c"]
