"""The README's first minute: what make installs for the demo, and what is shown meanwhile."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import wasmdev

from tests.docs.console import ROOT, commands

# In place of python3: it makes a .venv whose python says what pip would say.
PYTHON = """#!/bin/sh
mkdir -p .venv/bin
cat > .venv/bin/python << 'END'
#!/bin/sh
echo "$*" >> asked
[ -e broken ] && { echo "ERROR: no network" >&2; exit 1; }
echo 'Looking in indexes: https://pypi.example/simple'
echo '  Installing build dependencies: started'
echo "  Installing build dependencies: finished with status 'done'"
echo 'Collecting esptool<6,>=5.3 (from wasmdev==0.1.0)'
echo '  Downloading esptool-5.6.0-py3-none-any.whl (1.0 MB)'
echo 'Requirement already satisfied: rich>=14 in .venv (from wasmdev==0.1.0) (15.0.0)'
echo 'Collecting esp-pylib[cli,ide]>=1.0.0 (from esptool)'
echo 'Processing /wheels/pyserial-3.5-py2.py3-none-any.whl (from wasmdev==0.1.0)'
echo 'Installing collected packages: esptool, esp-pylib, pyserial'
END
chmod +x .venv/bin/python
"""
SHOWN = ["gets what builds it", "gets esptool", "gets esp-pylib", "gets pyserial", "installs"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def make(clone: Path, *arguments: str) -> tuple[int, list[str]]:
    command = ["make", "--no-print-directory", "PYTHON=./python", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=clone, **pipes, text=True, timeout=60)
    return done.returncode, [line.strip() for line in done.stdout.splitlines()]


def test_the_demo_gets_no_more_than_it_needs(clone: Path) -> None:
    code, said = make(clone, ".venv/.runs")
    assert code == 0, said
    assert said[0].startswith("puts wasmdev and what it needs into .venv: ")
    assert said[1:] == SHOWN * 2  # pip itself, then the package
    asked = (clone / "asked").read_text()
    assert asked.endswith(" --editable .\n")
    assert "group" not in asked
    assert "build" not in asked
    _, said = make(clone, "--dry-run", "demo")
    assert len(said) == 1
    assert "sh examples/demo.sh sim" in said[0]


def test_the_tests_come_on_top(clone: Path) -> None:
    assert make(clone, "setup")[0] == 0
    asked = (clone / "asked").read_text().splitlines()
    assert len(asked) == 4
    assert asked[2].endswith("--editable .[build] --group dev")
    assert asked[3] == "-m firmware.rp2040.emulator"
    (clone / "asked").unlink()
    assert make(clone, "setup")[0] == 0
    assert not (clone / "asked").exists()


def test_where_pip_fails_make_does(clone: Path) -> None:
    (clone / "broken").touch()
    code, said = make(clone, ".venv/.runs")
    assert code == 2
    assert "ERROR: no network" in said
    assert not (clone / ".venv" / ".runs").exists()


def test_the_version_is_the_one_shown() -> None:
    (shown,) = [each.shown for each in commands(ROOT / "README.md") if each.text == "wasmdev --version"]
    assert shown == f"wasmdev {wasmdev.__version__}"
