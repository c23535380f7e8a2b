"""Measures what a language's library costs on a board, and writes the table of docs/makers.md.

    python -m tests.docs.fits [--write]

Each program is built by ``wasmdev build`` and run on the emulated Pico with stock firmware, interpreted, twice;
the second time is told, when all that it needs of the runtime is imported. Takes a quarter of an hour.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import wasmc
from wasmdev.board.link import Link

from tests import compilers
from tests.bench.places import FOLDER, emulated
from tests.docs.console import ROOT

PAGE = ROOT / "docs" / "makers.md"
HEAD = "| program | .wasm | image | RAM on a Pico |"
PATIENCE = 10  # times that an emulated board may take for what takes a real one a second

# The words of the table -> the file's name, and the program. All but the first print a line.
PROGRAMS = {
    "what `wasmdev new` makes: no library": ("new.c", ""),
    "C, `puts`": ("puts.c", '#include <stdio.h>\nint main(void) { puts("hello"); }'),
    "C, `printf` with `%d`": ("printf.c", '#include <stdio.h>\nint main(void) { printf("%d\\n", 5); }'),
    "C, `printf` and `scanf`": (
        "scanf.c",
        "#include <stdio.h>\n"
        'int main(void) { int n; if (sscanf("5", "%d", &n) == 1) printf("%d\\n", n); }',
    ),
    "C, files: `fopen`, `fgets`, `atoi`, `printf`": (
        "files.c",
        "#include <stdio.h>\n#include <stdlib.h>\n"
        'int main(void) { char line[20] = "7"; FILE *file = fopen("/data/n", "r");\n'
        '  if (file) { fgets(line, sizeof line, file); fclose(file); } printf("%d\\n", atoi(line)); }',
    ),
    "C++, `std::vector` and `printf`": (
        "vector.cpp",
        "#include <cstdio>\n#include <vector>\n"
        "int main() { std::vector<int> v; for (int i = 0; i < 9; i++) v.push_back(i);\n"
        '  std::printf("%d\\n", v[5]); }',
    ),
    "C++, `std::map` and `std::string` besides": (
        "map.cpp",
        "#include <cstdio>\n#include <map>\n#include <string>\n#include <vector>\n"
        "int main() { std::vector<int> v; std::map<std::string, int> m;\n"
        '  for (int i = 0; i < 9; i++) { v.push_back(i); m[std::string(i + 1, \'x\')] = i; }\n'
        '  std::printf("%d %d\\n", v[5], m["xxx"]); }',
    ),
    "C++, `std::cout`": ("cout.cpp", '#include <iostream>\nint main() { std::cout << "hello " << 5 << "\\n"; }'),
    "Rust, `println!`": ("println.rs", 'fn main() { println!("hello"); }'),
    "Rust, `Vec`, `HashMap` and `format!` besides": (
        "hashmap.rs",
        "use std::collections::HashMap;\n"
        "fn main() { let v: Vec<i32> = (0..9).collect(); let mut m = HashMap::new();\n"
        '  for i in &v { m.insert(format!("{i}"), *i); } println!("{} {}", v[5], m["5"]); }',
    ),
    "Zig, `writeStreamingAll`": (
        "stdout.zig",
        'const std = @import("std");\npub fn main(init: std.process.Init) !u8 {\n'
        '    try std.Io.File.stdout().writeStreamingAll(init.io, "hello\\n");\n    return 0;\n}',
    ),
    "AssemblyScript, strings and `console.log`": (
        "strings.ts",
        'let line = ""; for (let i = 0; i < 9; i++) line += i.toString(); console.log(line.toUpperCase());',
    ),
    "AssemblyScript, `Map`, `split` and `console.log`": (
        "map.ts",
        'const m = new Map<string, i32>(); const words = "a b a".split(" ");\n'
        "for (let i = 0; i < words.length; i++) m.set(words[i], i); console.log(m.get(\"a\").toString());",
    ),
}

# On the board: what is free before and after the import, then what an image takes.
MEASURE = """
import gc
def free():
    gc.collect()
    return gc.mem_free()
before = free()
import wasm
print("FREE", before, free())
def measure(path, tell):
    start = free()
    try:
        app = wasm.load(path, grants={"led": ("gpio.out", 25)})
        app.run()
        taken = start - free()
    except MemoryError:
        taken = 0
    if tell:
        print("\\nTAKES", path, taken)
measure(PATH, False)
measure(PATH, True)
"""


def built(folder: Path, name: str, text: str) -> bytes:
    """The module of a program, by ``wasmdev build``."""
    source = folder / name
    if not text:
        _wasmdev(folder, "new", "lamp")
        text = (folder / "lamp" / "lamp.c").read_text()
    source.write_text(text + "\n")
    compilers.require(source)
    _wasmdev(folder, "build", name)
    return source.with_suffix(".wasm").read_bytes()


def _wasmdev(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "wasmdev", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def sizes(what: str) -> tuple[int, int]:
    """Bytes of a program's module, and of its image."""
    with tempfile.TemporaryDirectory() as folder:
        module = built(Path(folder), *PROGRAMS[what])
    return len(module), len(wasmc.compile(module))


def rows() -> dict[str, list[str]]:
    """Those of the table in the page, by the program's words: module, image, RAM."""
    lines = PAGE.read_text(encoding="utf-8").partition(HEAD)[2].partition("\n\n")[0].splitlines()[2:]
    return {cells[1]: cells[2:5] for cells in (re.split(r" *\| *", line) for line in lines)}


def table() -> str:
    """Build, run and measure all: the table; what is free before and after the import is printed."""
    with tempfile.TemporaryDirectory() as temporary:
        modules = {name: built(Path(temporary), name, text) for name, text in PROGRAMS.values()}
    images = {f"{FOLDER}/{name}.img": wasmc.compile(module) for name, module in modules.items()}
    said = ""
    with emulated(images) as port:
        for path in images:  # each with a heap of its own: what is free after others is not in one piece
            with Link(port, soft_reset=True, patience=PATIENCE) as link:
                said += link.exec(f"PATH = {path!r}{MEASURE}", timeout=None).decode()
    print(re.search("FREE.*", said)[0], file=sys.stderr)
    takes = {path: int(ram) for path, ram in re.findall(r"TAKES (\S+) (\S+)", said)}
    lines = [HEAD, "|---|---:|---:|---:|"]
    for what, (name, _) in PROGRAMS.items():
        path = f"{FOLDER}/{name}.img"
        ram = f"{takes[path]:,}" if takes[path] else "more than it has"
        lines.append(f"| {what} | {len(modules[name]):,} | {len(images[path]):,} | {ram} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; with ``--write`` it replaces that of the page."""
    made = table()
    print(made)
    if "--write" in sys.argv:
        text = PAGE.read_text(encoding="utf-8")
        before, _, rest = text.partition(HEAD)
        PAGE.write_text(before + made + "\n\n" + rest.partition("\n\n")[2], encoding="utf-8")


if __name__ == "__main__":
    main()
