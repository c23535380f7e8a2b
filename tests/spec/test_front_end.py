"""decode() and validate() against the official test suite: what is accepted, what is rejected, and why."""

from pathlib import Path

import pytest

from tests.spec.convert import commands, suite
from tests.spec.rejections import UNSUPPORTED, complaint
from tests.verdict import verdict

SCRIPTS = {f"{path.parent.name}/{path.name}": path for path in suite()}

# Scripts without modules in the binary format.
TEXT_ONLY = {"wg-2.0/obsolete-keywords.wast", "wg-2.0/utf8-invalid-encoding.wast"}


@pytest.mark.skipif(not SCRIPTS, reason="WASM_SPEC doesn't name a folder with the test suite")
@pytest.mark.parametrize("script", SCRIPTS)
def test_front_end(script: str) -> None:
    converted, folder = commands(Path(SCRIPTS[script]))
    unsupported = UNSUPPORTED[script][0] if script in UNSUPPORTED else None
    complaints = []
    judged = 0
    for command in converted:
        if "filename" in command and command["module_type"] == "binary":
            judged += 1
            wrong = complaint(command, verdict((folder / command["filename"]).read_bytes()), unsupported)
            if wrong:
                text = command.get("text", "")
                complaints.append(f"line {command['line']}: {command['type']} {text}: {wrong}")
    assert not complaints
    assert judged or script in TEXT_ONLY
