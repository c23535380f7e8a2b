"""How each language's compiler is found and called to make a small module."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmdev import data, folders
from wasmdev.errors import UsageError, WasmdevError

PAGE = 65536
GUEST = data.root() / "device_lib" / "guest"  # the headers and bindings
_BINDINGS = "wasmdev"  # what Zig, Rust and AssemblyScript import them as

_STACK = 4096
_STACK_WASI = 16384  # a standard library formats numbers in buffers of some KiB
_LONG = 3  # seconds, from which on it is told that a compiler is still at work


@dataclass(frozen=True)
class Plan:
    """What is to be built from a ``source``, and how.

    With ``wasi`` it is a program on the standard library of its language, else it has nothing but what its sources
    define. ``stack`` is in bytes, ``pages`` are those of linear memory, which only the heap of a standard library
    can grow. ``names`` keeps the names of functions. ``arguments`` go to the compiler as they are.
    """

    source: Path
    output: Path
    wasi: bool
    stack: int = 0
    pages: int = 1
    names: bool = False
    arguments: Sequence[str] = ()

    @property
    def stack_size(self) -> str:
        """The stack in bytes, as an option's value; 0 stands for what suits most programs."""
        return str(self.stack or (_STACK_WASI if self.wasi else _STACK))

    @property
    def memory(self) -> list[str]:
        """Linear memory as the linker's options have it."""
        size = self.pages * PAGE
        return [f"--initial-memory={size}"] + ([] if self.wasi else [f"--max-memory={size}"])


@dataclass(frozen=True)
class Language:
    """One that can be built: its name, what in a source tells a program on WASI, its commands for a plan, how it
    exports a function, or has a program, and whether the first program has its compiler build the library of C."""

    name: str
    program: re.Pattern[str]
    commands: Callable[[Plan], list[list[str]]]
    export: str
    builds_library: bool = False


def language(source: Path) -> Language:
    """That of a source, by the file's name. Raises :class:`UsageError`."""
    known = LANGUAGES.get(source.suffix)
    if known is None:
        ending = source.suffix or "a name without an ending"
        raise UsageError(f"can't build {source}: {ending} is no language it knows",
                         f"it takes {', '.join(LANGUAGES)}")
    return known


def is_program(source: Path) -> bool:
    """Whether a source has a ``main``, and so wants the standard library. Raises :class:`UsageError`."""
    try:
        text = source.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"can't read {source}: {reason}", "give the path of a source file") from None
    return bool(language(source).program.search(text))


def run(plan: Plan, show: Callable[[list[str]], None], wait: Callable[[float], None]) -> None:
    """Call the compiler, whose messages go to standard error; each command is shown before.

    While one takes long, ``wait`` is called each second with those since it began. Raises :class:`WasmdevError`
    where the compiler isn't installed, or fails.
    """
    for command in language(plan.source).commands(plan):
        show(command)
        sys.stdout.flush()
        code = _finish(command, wait)
        if code:
            hint = "" if plan.wasi else "if it uses the standard library, say --wasi"
            raise WasmdevError(f"{plan.source}: the compiler ended with exit code {code}", hint)
    plan.output.chmod(0o644)


def _finish(command: list[str], wait: Callable[[float], None]) -> int:
    began = time.monotonic()
    with subprocess.Popen(command, stdout=sys.stderr) as process:
        try:
            while True:
                try:
                    return process.wait(timeout=1)
                except subprocess.TimeoutExpired:
                    if (seconds := time.monotonic() - began) >= _LONG:
                        wait(seconds)
        except BaseException:
            process.kill()
            raise


def slow_at_first(plan: Plan) -> str:
    """What a compiler does besides with the first program, to be told while it takes long; "" if nothing."""
    builds = plan.wasi and language(plan.source).builds_library
    return "the standard library as well, with the first program: about a minute, once" if builds else ""


def _zig() -> list[str]:
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang"]
    if zig := shutil.which("zig"):
        return [zig]
    pipx = Path(sys.prefix, "pipx_metadata.json").exists()  # an environment that pip alone doesn't reach
    how = "pipx inject wasmdev ziglang" if pipx else "pip install ziglang"
    raise WasmdevError("no compiler for C, C++ and Zig", f"run: {how}")


def _c(plan: Plan) -> list[list[str]]:
    return _clang(plan, "cc")


def _cpp(plan: Plan) -> list[list[str]]:
    return _clang(plan, "c++", "-fno-exceptions")  # which WebAssembly has in a later proposal


def _clang(plan: Plan, driver: str, *language: str) -> list[list[str]]:
    target = ["wasm32-wasi"] if plan.wasi else ["wasm32-freestanding", "-nostdlib", "-Wl,--no-entry"]
    link = [f"-z,stack-size={plan.stack_size}", *plan.memory]
    flags = ["-mcpu=mvp", *language, "-Os", "-Wall", "-Wextra", "-g" if plan.names else "-Wl,-s",
             *(f"-Wl,{option}" for option in link), f"-I{GUEST}"]  # fmt: skip
    files = ["-o", str(plan.output), str(plan.source)]
    return [[*_zig(), driver, "-target", *target, *flags, *files, *plan.arguments]]


def _zig_language(plan: Plan) -> list[list[str]]:
    target = ["wasm32-wasi"] if plan.wasi else ["wasm32-freestanding", "-fno-entry", "-rdynamic"]
    flags = ["-mcpu=mvp", "-OReleaseSmall", "-fno-strip" if plan.names else "-fstrip", "--stack", plan.stack_size,
             *plan.memory]  # fmt: skip
    modules = ["--dep", _BINDINGS, f"-Mroot={plan.source}", f"-M{_BINDINGS}={GUEST / _BINDINGS}.zig"]
    output = f"-femit-bin={plan.output}"
    return [[*_zig(), "build-exe", "-target", *target, *flags, *modules, output, *plan.arguments]]


def _rust(plan: Plan) -> list[list[str]]:
    rustc, target = rust(plan.wasi)
    common = [rustc, "--edition=2021", f"--target={target}", "-Copt-level=s", "-Cpanic=abort"]
    library = folders.cache() / "guest" / target
    kind = "bin" if plan.wasi else "cdylib"
    link = [f"-zstack-size={plan.stack_size}", *plan.memory]
    flags = [f"--crate-type={kind}", "-Clto", f"-Cstrip={'debuginfo' if plan.names else 'symbols'}",
             *(f"-Clink-arg={option}" for option in link)]  # fmt: skip
    library.mkdir(parents=True, exist_ok=True)
    bindings = library / f"lib{_BINDINGS}.rlib"
    first = ["--crate-type=rlib", f"--crate-name={_BINDINGS}", "-o", str(bindings), str(GUEST / f"{_BINDINGS}.rs")]
    then = [*flags, "--extern", f"{_BINDINGS}={bindings}", "-o", str(plan.output), str(plan.source)]
    return [[*common, *first], [*common, *then, *plan.arguments]]


def rust(wasi: bool) -> tuple[str, str]:
    """The first rustc on the path that has a library for WebAssembly, and its target's name.

    Raises :class:`WasmdevError` where there is none.
    """
    targets = ("wasm32-wasip1", "wasm32-wasi") if wasi else ("wasm32-unknown-unknown",)
    found = ""
    for folder in dict.fromkeys(os.environ.get("PATH", "").split(os.pathsep)):
        rustc = shutil.which("rustc", path=folder)
        if not rustc:
            continue
        found = found or rustc
        root = subprocess.run([rustc, "--print", "sysroot"], capture_output=True, text=True).stdout.strip()
        for target in targets:
            if root and Path(root, "lib", "rustlib", target, "lib").is_dir():
                return rustc, target
    install = f"rustup target add {targets[0]}, or Debian's libstd-rust-dev-wasm32 and lld"
    if found:
        raise WasmdevError(f"{found} has no library for {targets[0]}", f"get it with: {install}")
    raise WasmdevError("no compiler for Rust", f"install rustc, then: {install}")


def _assemblyscript(plan: Plan) -> list[list[str]]:
    asc = _asc(plan.source)
    pages = str(plan.pages)
    flags = ["-Osize", "--initialMemory", pages, "--path", str(GUEST)]
    flags += ["--config", _shim(plan.source, asc)] if plan.wasi else ["--maximumMemory", pages, "--use", "abort="]
    flags += ["--debug"] if plan.names else []
    return [[asc, str(plan.source), "-o", str(plan.output), *flags, *plan.arguments]]


def _asc(source: Path) -> str:
    """The compiler of AssemblyScript: the one that the source's project has, or the one on the path."""
    local = [str(folder / "node_modules" / ".bin") for folder in source.resolve().parents]
    asc = shutil.which("asc", path=os.pathsep.join(local)) or shutil.which("asc")
    if not asc:
        raise WasmdevError("no compiler for AssemblyScript", "run: npm install assemblyscript")
    return asc


def _shim(source: Path, asc: str) -> str:
    """The configuration that puts AssemblyScript on WASI, of a package beside the source or the compiler.

    It is a relative path: asc takes what an absolute one refers to for relative.
    """
    places = [folder / "node_modules" for folder in source.resolve().parents]
    for folder in [*places, *Path(asc).resolve().parents]:
        config = folder / "@assemblyscript" / "wasi-shim" / "asconfig.json"
        if config.exists():
            return os.path.relpath(config)
    raise WasmdevError("no WASI for AssemblyScript", "run: npm install @assemblyscript/wasi-shim")


_C_MAIN = re.compile(r"^\s*(?:int|void|auto)\s+main\s*\(", re.MULTILINE)
_C_EXPORT = 'write __attribute__((export_name("NAME"))) before one, or give it a main'
_CPP = Language("C++", _C_MAIN, _cpp, _C_EXPORT, builds_library=True)

LANGUAGES = {
    ".c": Language("C", _C_MAIN, _c, _C_EXPORT, builds_library=True),
    ".cpp": _CPP,
    ".cc": _CPP,
    ".zig": Language("Zig", re.compile(r"^\s*pub\s+fn\s+main\s*\(", re.MULTILINE), _zig_language,
                     "write export before one, or give it a pub fn main"),
    ".rs": Language("Rust", re.compile(r"^\s*(?:pub\s+)?fn\s+main\s*\(", re.MULTILINE), _rust,
                    'write #[no_mangle] pub extern "C" before one, or give it a main'),
    # What exports nothing runs as it is loaded, which is what the shim's start function is for.
    ".ts": Language("AssemblyScript", re.compile(r"\A(?!.*^\s*export\s+function)", re.MULTILINE | re.DOTALL),
                    _assemblyscript, "write export before one"),
}  # fmt: skip
