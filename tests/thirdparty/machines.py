"""What computes numbers and text: Fourier transforms in C, distances in Rust, a virtual machine, Markdown in C."""

from __future__ import annotations

import cmath
import math
import struct
from typing import Any

from tests.thirdparty.case import Case, Guest, Imports, u32

_COUNT = 16
_SIGNAL = [((i * 7 + 3) % 11 - 5, i * i % 13 - 6) for i in range(_COUNT)]


def _spectrum() -> list[tuple[int, int]]:
    """A discrete Fourier transform, rounded to hundredths."""
    found = []
    for k in range(_COUNT):
        turn = cmath.exp(-2j * math.pi * k / _COUNT)
        value = sum(complex(*sample) * turn**i for i, sample in enumerate(_SIGNAL))
        found.append((round(value.real * 100), round(value.imag * 100)))
    return found


def _kissfft(constructors: str, malloc: str, alloc: str, fft: str) -> Any:
    """The answers of a kiss_fft whose exports have those names."""

    def answers(guest: Guest) -> list[tuple[int, int]]:
        guest.call(constructors)
        plan = guest.call(alloc, _COUNT, 0, 0, 0)
        source, target = (guest.call(malloc, 8 * _COUNT) for _ in range(2))
        guest.write(source, b"".join(struct.pack("<ff", *sample) for sample in _SIGNAL))
        guest.call(fft, plan, source, target)
        parts = struct.unpack(f"<{2 * _COUNT}f", guest.read(target, 8 * _COUNT))
        return [(round(re * 100), round(im * 100)) for re, im in zip(parts[::2], parts[1::2], strict=True)]

    return answers


_EMSCRIPTEN: Imports = {"a": dict.fromkeys("abcde", 0)}
_ONE, _OTHER = [1.5, -2.0, 3.25, 0.5], [2.0, 1.0, -0.5, 4.75]


def _similarity(guest: Guest) -> list[float]:
    """Results to four digits: what Python calls with floats on a board has single precision."""
    given = []
    for vector in (_ONE, _OTHER):
        given += [guest.call("alloc_f64", len(vector)), len(vector)]
        guest.write(given[-2], struct.pack("<4d", *vector))
    names = ("cosine_similarity_raw", "euclidean_distance_raw", "squared_euclidean_distance_raw")
    return [round(guest.call(name, *given), 4) for name in names]


def _distances() -> list[float]:
    product = sum(a * b for a, b in zip(_ONE, _OTHER, strict=True))
    return [
        round(product / math.hypot(*_ONE) / math.hypot(*_OTHER), 4),
        round(math.dist(_ONE, _OTHER), 4),
        round(math.dist(_ONE, _OTHER) ** 2, 4),
    ]


# Uxn's: 1 as the product and 5 as the count; until the count is 0, multiply and count down; send to device 18.
_FACTORIAL = bytes.fromhex(
    "a00001 a00005"  # LIT2 0001 LIT2 0005
    "ba 25 22 24"  # MUL2k ROT2 POP2 SWP2
    "a00001 39 26 1d 20fff3"  # LIT2 0001 SUB2 DUP2 ORA JCI -13
    "22 801817 801817 00"  # POP2 LIT 18 DEO LIT 18 DEO BRK
)


def _uxn(guest: Guest) -> list[tuple[int, int]]:
    guest.call("reset")
    guest.write(0x100, _FACTORIAL)
    guest.call("eval", 0x100)
    return [tuple(args) for name, args in guest.events() if name == "deo"]  # type: ignore[misc]


_MARKDOWN = b"# Title\n\nSome *emphasis* and `code`.\n\n1. one\n2. two & three\n\n> quoted <b>\n"
_HTML = (
    b'<h1><a id="title" class="anchor" aria-hidden="true" href="#title"></a>Title</h1>\n'
    b"<p>Some <em>emphasis</em> and <code>code</code>.</p>\n"
    b"<ol>\n<li>one</li>\n<li>two &amp; three</li>\n</ol>\n<blockquote>\n<p>quoted <b></p>\n</blockquote>\n"
)


def _markdown(guest: Guest) -> bytes:
    """Exports' names are minified: c constructors, d realloc, j parses, with a place for the result's address."""
    guest.call("c")
    source, place = guest.call("d", 0, len(_MARKDOWN)), guest.call("d", 0, 4)
    guest.write(source, _MARKDOWN)
    size = guest.call("j", source, len(_MARKDOWN), 2823, 1, place, 0)
    return guest.read(u32(guest, place), size)


CASES = [
    Case(
        "kissfft-wasm@1.1.2",
        "lib/kissfft.wasm",
        _kissfft("g", "o", "n", "q"),
        _spectrum(),
        _EMSCRIPTEN,
        what="fast Fourier transform",
    ),
    Case(
        "@echogarden/kissfft-wasm@0.2.0",
        "kissfft.wasm",
        _kissfft("g", "i", "h", "l"),
        _spectrum(),
        _EMSCRIPTEN,
        what="fast Fourier transform",
    ),
    Case(
        "wasm-similarity@1.0.8",
        "wasm_similarity_bg.wasm",
        _similarity,
        _distances(),
        {
            "wbg": dict.fromkeys(
                (
                    "__wbindgen_string_new",
                    "__wbindgen_object_drop_ref",
                    "__wbg_log_ea240990d83e374e",
                    "__wbindgen_throw",
                    "__wbindgen_memory",
                )
            )
        },
        what="distances of vectors",
    ),
    Case(
        "uxn.wasm@0.9.0",
        "dist/uxn.esm.js",
        _uxn,
        [(0x18, math.factorial(5)), (0x18, 0)],
        {"system": {"deo": None, "dei": 0}},
        what="Uxn, a virtual machine",
    ),
    Case("markdown-wasm@1.2.0", "dist/markdown.wasm", _markdown, _HTML, {"a": {"a": 0}}, what="Markdown to HTML"),
]
