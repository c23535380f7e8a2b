"""wasmdev build: real compilers, and what is said where there is none or it fails."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime
from wasmdev import cli, typed
from wasmdev.module import modules, names
from wasmdev.source import toolchains

from tests import compilers

SOURCES = {
    "c": '__attribute__((export_name("f"))) int f(int n) { return n * 2 + EXTRA; }',
    "cpp": 'template <typename T> T twice(T n) { return n * 2; }\n'
           '__attribute__((export_name("f"))) int f(int n) { return twice(n); }',
    "zig": "export fn f(n: i32) i32 { return n * 2; }",
    "rs": '#[no_mangle] pub extern "C" fn f(n: i32) -> i32 { n.wrapping_mul(2) }',
    "ts": "export function f(n: i32): i32 { return n * 2; }",
}
PROGRAMS = {
    "c": '#include <stdio.h>\nint main(void) { puts("hello"); return 3; }',
    "cpp": '#include <cstdio>\n#include <string>\n#include <vector>\n'
           'int main() { std::vector<std::string> words{"hel", "lo"}; std::puts((words[0] + words[1]).c_str()); '
           "return 3; }",
    "zig": 'const std = @import("std");\n'
           "pub fn main(init: std.process.Init) !u8 {\n"
           '    try std.Io.File.stdout().writeStreamingAll(init.io, "hello\\n");\n'
           "    return 3;\n}",
    "rs": 'fn main() { println!("hello"); std::process::exit(3) }',
    "ts": 'console.log("hello"); process.exit(3);',
}  # fmt: skip


def test_what_is_taken_for_a_source_is_what_can_be_built() -> None:
    assert tuple(toolchains.LANGUAGES) == typed.SOURCES


@pytest.fixture
def build(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command: exit code, standard output, standard error."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(["build", *map(str, arguments)])
        assert isinstance(end.value.code, int)
        return end.value.code, *capfd.readouterr()

    return run


def source(folder: Path, text: str, suffix: str) -> Path:
    """A source file; skips the test where its language has no compiler."""
    path = folder / f"app.{suffix}"
    path.write_text(text)
    compilers.require(path)
    return path


@pytest.mark.parametrize("suffix", SOURCES)
def test_without_a_library(build, tmp_path: Path, suffix: str) -> None:
    path = source(tmp_path, SOURCES[suffix], suffix)
    flags = ["--", "-DEXTRA=0"] if suffix == "c" else []
    code, out, err = build(path, *flags)
    assert code == 0, err
    ran, checked, built = out.splitlines()[-3:]
    assert ran.startswith("  runs      ")
    assert str(path) in ran
    assert checked == "  validated 1 function, 1 page of memory"
    assert built == f"  built     {tmp_path / 'app.wasm'}, {(tmp_path / 'app.wasm').stat().st_size} bytes"
    binary = (tmp_path / "app.wasm").read_bytes()
    assert len(binary) < 150
    module = modules.check(path, binary)
    assert module.memories == [(1, 1, 16)]
    assert not module.customs
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, binary), [])
    assert instance.exports(store)["f"](store, 21) == 42


@pytest.mark.parametrize("suffix", PROGRAMS)
def test_with_a_main_it_gets_the_library(build, tmp_path: Path, suffix: str) -> None:
    path = source(tmp_path, PROGRAMS[suffix], suffix)
    code, _, err = build(path, "-o", tmp_path / "named.wasm")
    assert code == 0, err
    store = wasmtime.Store()
    wasi = wasmtime.WasiConfig()
    wasi.stdout_file = str(tmp_path / "out")
    store.set_wasi(wasi)
    linker = wasmtime.Linker(store.engine)
    linker.define_wasi()
    instance = linker.instantiate(store, wasmtime.Module.from_file(store.engine, str(tmp_path / "named.wasm")))
    with pytest.raises(wasmtime.ExitTrap) as end:
        instance.exports(store)["_start"](store)
    assert end.value.code == 3
    assert (tmp_path / "out").read_text() == "hello\n"


@pytest.mark.parametrize("suffix", SOURCES)
def test_names_for_traps_change_nothing_else(build, tmp_path: Path, suffix: str) -> None:
    import wasmc

    path = source(tmp_path, SOURCES[suffix], suffix)
    flags = ["--", "-DEXTRA=0"] if suffix == "c" else []
    build(path, "-o", tmp_path / "bare.wasm", *flags)
    build(path, "-o", tmp_path / "named.wasm", "--keep-names", *flags)
    named = (tmp_path / "named.wasm").read_bytes()
    assert wasmc.strip(named) == (tmp_path / "bare.wasm").read_bytes()
    module = modules.check(path, named)
    assert [name for name, _, _ in module.customs] == ["name"]
    assert "f" in names.function_names(named, module)[0]


def test_several_sources_stack_and_pages(build, tmp_path: Path) -> None:
    path = source(tmp_path, 'int g(void);\n__attribute__((export_name("f"))) int f(void) { return g(); }', "c")
    other = tmp_path / "other.c"
    other.write_text("int g(void) { return 5; }")
    assert build(path, other, "--pages", "3", "--stack", "8k")[0] == 0
    module = modules.check(path, (tmp_path / "app.wasm").read_bytes())
    assert module.memories == [(3, 3, 16)]
    _, out, _ = build(path, other, "--stack", "8k")
    assert "stack-size=8192" in out


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("int f(void) { return x; }", "undeclared", "; if it uses the standard library, say --wasi"),
        ("int main(void) { return x; }", "undeclared", ""),
        ('char big[99999];\n__attribute__((export_name("f"))) char f(int i) { return big[i]; }',
         "initial memory too small", "; if it uses the standard library, say --wasi"),
    ],
)  # fmt: skip
def test_a_compiler_that_fails_has_its_say(build, tmp_path: Path, text: str, says: str, hint: str) -> None:
    path = source(tmp_path, text, "c")
    code, _, err = build(path)
    assert code == 1
    assert says in err
    assert err.splitlines()[-1] == f"error: {path}: the compiler ended with exit code 1{hint}"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("app.py", "can't build app.py: .py is no language it knows; it takes .c, .cpp, .cc, .zig, .rs, .ts"),
        ("app", "can't build app: a name without an ending is no language it knows; "),
        ("none.c", "can't read none.c: no such file or directory; "),
    ],
)
def test_wrong_usage(build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: str) -> None:
    monkeypatch.chdir(tmp_path)
    for path in ("app.py", "app"):
        Path(path).write_text("")
    code, out, err = build(name)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {error}")


def test_an_output_that_cannot_be(build, tmp_path: Path) -> None:
    path = tmp_path / "app.c"
    path.write_text("")
    for output in (path, tmp_path / "no" / "app.wasm"):
        code, _, err = build(path, "-o", output)
        assert (code, err) == (2, f"error: can't write {output}; "
                                  "give the path of the module with -o, in a folder that is there\n")  # fmt: skip
    assert path.read_text() == ""


@pytest.mark.parametrize(
    ("suffix", "error"),
    [
        ("c", "no compiler for C, C++ and Zig; run: pip install ziglang"),
        ("cpp", "no compiler for C, C++ and Zig; run: pip install ziglang"),
        ("zig", "no compiler for C, C++ and Zig; run: pip install ziglang"),
        ("rs", "no compiler for Rust; install rustc, then: rustup target add wasm32-unknown-unknown, or "),
        ("ts", "no compiler for AssemblyScript; run: npm install assemblyscript"),
    ],
)
def test_a_compiler_that_is_not_there(
    build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, error: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    path = tmp_path / f"app.{suffix}"
    path.write_text(SOURCES[suffix])
    code, _, err = build(path)
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith(f"error: {error}")


def test_where_pip_does_not_reach(build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    (tmp_path / "pipx_metadata.json").touch()
    path = tmp_path / "app.c"
    path.write_text(SOURCES["c"])
    assert build(path)[2] == "error: no compiler for C, C++ and Zig; run: pipx inject wasmdev ziglang\n"


@pytest.mark.parametrize(("text", "library"), [("int main(void) { return 0; }", True), (SOURCES["c"], False)])
def test_a_terminal_is_told_that_it_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], text: str, library: bool
) -> None:
    compiler = tmp_path / "zig"
    compiler.write_text("#!/bin/sh\nsleep 1.3\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setattr(toolchains, "_zig", lambda: [str(compiler)])
    monkeypatch.setattr(toolchains, "_LONG", 0)
    path = tmp_path / "app.c"
    path.write_text(text)
    for terminal in (True, False):
        monkeypatch.setattr("sys.stderr.isatty", lambda terminal=terminal: terminal)
        with pytest.raises(SystemExit):
            cli.main(["build", str(path)])
        err = capfd.readouterr().err
        assert ("  compiles  1 s\r" in err and "\r\x1b[Kerror: " in err) is terminal
        assert ("the standard library as well" in err) is (terminal and library)


def test_a_rustc_without_the_library(build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rustc = tmp_path / "rustc"
    rustc.write_text(f"#!/bin/sh\necho {tmp_path}\n")
    rustc.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    path = tmp_path / "app.rs"
    path.write_text(SOURCES["rs"])
    code, _, err = build(path)
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith(f"error: {rustc} has no library for wasm32-unknown-unknown; get it with: rustup ")


def test_what_no_board_has_is_warned_of(build, tmp_path: Path) -> None:
    text = '__attribute__((import_module("env"), import_name("g"))) int g(void);\n' \
           '__attribute__((export_name("f"))) int f(void) { return g(); }'  # fmt: skip
    code, _, err = build(source(tmp_path, text, "c"))
    assert code == 0
    assert err == "warning: it imports env.g, which no board gives; perhaps it is declared and not defined\n"


def test_the_command_that_is_shown_does_it(build, tmp_path: Path) -> None:
    path = source(tmp_path, SOURCES["c"], "c")
    _, out, _ = build(path, "--", "-DEXTRA=0")
    (command,) = [line.removeprefix("  runs      ") for line in out.splitlines() if line.startswith("  runs")]
    before = (tmp_path / "app.wasm").read_bytes()
    (tmp_path / "app.wasm").unlink()
    subprocess.run(["sh", "-c", command], check=True, timeout=60)
    assert (tmp_path / "app.wasm").read_bytes() == before


NO_EXPORTS = {
    "c": "int f(int n) { return n * 2; }",
    "cpp": "int f(int n) { return n * 2; }",
    "zig": "fn f(n: i32) i32 { return n * 2; }\ncomptime { _ = &f; }",
    "rs": "pub fn f(n: i32) -> i32 { n.wrapping_mul(2) }",
    "ts": "function f(n: i32): i32 { return n * 2; }\nf(1);",
}
MARKED = {
    "c": ("int f", '__attribute__((export_name("f"))) int f'),
    "cpp": ("int f", '__attribute__((export_name("f"))) int f'),
    "zig": ("fn f", "export fn f"),
    "rs": ("pub fn", '#[no_mangle] pub extern "C" fn'),
    "ts": ("function f", "export function f"),
}


@pytest.mark.parametrize("suffix", NO_EXPORTS)
def test_what_exports_nothing_is_warned_of(build, tmp_path: Path, suffix: str) -> None:
    path = source(tmp_path, NO_EXPORTS[suffix], suffix)
    code, _, err = build(path, "--bare")
    assert code == 0, err
    (warning,) = [line for line in err.splitlines() if line.startswith("warning: ")]
    said, _, hint = warning.partition("; ")
    assert said == "warning: it exports no function, so nothing of it can be called"
    before, after = MARKED[suffix]
    marked = after.partition(" f")[0].replace('"f"', '"NAME"').removesuffix(" int").removesuffix(" fn")
    assert hint.startswith(f"write {marked.removesuffix(' function')} before one")
    path.write_text(NO_EXPORTS[suffix].replace(before, after))
    code, _, err = build(path, "--bare")
    assert (code, "warning: " in err) == (0, False), err


def test_cpp_has_the_headers_of_the_board(build, tmp_path: Path) -> None:
    headers = sorted(toolchains.GUEST.glob("*.h"))
    text = "".join(f'#include "{header.name}"\n' for header in headers)
    path = source(tmp_path, text + 'extern "C" __attribute__((export_name("_start"))) void start() '
                                   "{ wasi_handle_t led; if (!wasi_gpio_get_digital_out(\"led\", 3, &led)) "
                                   "wasi_gpio_toggle(led); }", "cpp")  # fmt: skip
    code, _, err = build(path)
    assert (code, err) == (0, "")
    module = modules.check(path, (tmp_path / "app.wasm").read_bytes())
    assert {entry[:2] for entry in module.imports} == {("wasi_gpio", "get_digital_out"), ("wasi_gpio", "toggle")}
