"""What was measured, as lines of text: tables, and geometric means below them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from tests.bench.measure import Measurement
from tests.bench.peers import WASM3_CYCLES
from tests.bench.versions import VERSIONS

_TITLES = {"c": "C, gcc -O2"}
WASM3 = "wasm3"
ARRAYS = ("sieve", "crc32", "sha256", "matmul_i32", "bf")  # loops over memory, what native code is best at
CALLS = ("fib", "indirect", "xorshift64")

# What is compared: the slower one in words and by its label, then the faster one.
_PAIRS = (
    ("interpreter", "bytecode"),
    ("native", "bytecode"),
    ("native", "interpreter"),
    ("native", "viper"),
    ("c", "native"),
)
_NAMES = {"viper": "viper by hand", "c": "C at -O2", WASM3: "micropython-wasm3"}


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of equal length: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def times(measured: Sequence[Measurement], unit: str, scale: int) -> list[str]:
    """A row for each benchmark with the time of each version; a microsecond is ``scale`` of the unit."""
    titles = [_TITLES.get(label, label) for label in VERSIONS]
    wasm3 = [WASM3] if scale > 1 else []
    rows = [["benchmark", "argument", "Wasm instructions", *titles, *wasm3, f"{unit}/instruction"]]
    for each in measured:
        known = {label: time * scale for label, time in each.times.items()}
        if wasm3:
            known |= {WASM3: WASM3_CYCLES[each.benchmark.name]} if _has_wasm3(each) else {}
        cells = [f"{known[label]:,}" if label in known else "-" for label in (*VERSIONS, *wasm3)]
        per = known["interpreter"] / each.case.instructions
        head = [each.benchmark.name, str(each.case.argument), f"{each.case.instructions:,}"]
        rows.append([*head, *cells, f"{per:.0f}" if scale > 1 else f"{per:.4f}"])
    return table(rows)


def ratios(measured: Sequence[Measurement], scale: int) -> list[str]:
    """How many times as fast the one is as the other, and what metering costs."""
    pairs = _pairs(scale)
    rows = [["benchmark", *(f"{fast}/{slow}" for fast, slow in pairs), "metering"]]
    for each in measured:
        cells = [_times(_ratio(each, slow, fast, scale)) for fast, slow in pairs]
        cost = each.ratio("native", "unmetered")
        rows.append([each.benchmark.name, *cells, "-" if cost is None else f"{100 * (cost - 1):.0f} %"])
    return table(rows)


def means(measured: Sequence[Measurement], scale: int) -> list[str]:
    """A line for each geometric mean."""
    integers = [each for each in measured if each.benchmark.is_integer]
    groups = {"integer benchmarks": integers, "all benchmarks": list(measured)}
    if scale > 1:
        for names in (ARRAYS, CALLS):
            group = [each for each in measured if each.benchmark.name in names]
            groups[", ".join(each.benchmark.name for each in group)] = group
    lines = []
    for fast, slow in _pairs(scale):
        for title, group in groups.items():
            if title not in ("integer benchmarks", "all benchmarks") and (fast, slow) != ("native", WASM3):
                continue
            found = _mean(_ratio(each, slow, fast, scale) for each in group)
            if found:
                names = f"{_NAMES.get(fast, fast)} against {_NAMES.get(slow, slow)}"
                lines.append(f"geometric mean, {names}, {title}: {_times(found)}")
    cost = _mean(each.ratio("native", "unmetered") for each in measured)
    if cost:
        lines.append(f"geometric mean, cost of metering in native code: {100 * (cost - 1):.0f} %")
    return lines


def sizes(found: Iterable[tuple[str, int, dict[str, int]]], architectures: Sequence[str]) -> list[str]:
    """Bytes of native code for each byte of functions in the module: name, those bytes, those of each ``.mpy``."""
    rows = [["benchmark", "Wasm", *(cell for arch in architectures for cell in (arch, "per byte"))]]
    for name, code, native in found:
        cells: list[str] = []
        for arch in architectures:
            cells += [f"{native[arch]:,}", f"{native[arch] / code:.1f}"] if arch in native else ["-", "-"]
        rows.append([name, f"{code:,}", *cells])
    return table(rows)


def _pairs(scale: int) -> list[tuple[str, str]]:
    pairs = list(_PAIRS)
    return [*pairs, ("interpreter", WASM3), ("native", WASM3)] if scale > 1 else pairs


def _has_wasm3(each: Measurement) -> bool:
    return each.benchmark.name in WASM3_CYCLES and each.case == each.benchmark.cases["small"]


def _ratio(each: Measurement, slow: str, fast: str, scale: int) -> float | None:
    if slow == WASM3:
        if fast not in each.times or not _has_wasm3(each):
            return None
        return WASM3_CYCLES[each.benchmark.name] / (each.times[fast] * scale)
    return each.ratio(slow, fast)


def _mean(found: Iterable[float | None]) -> float | None:
    present = [each for each in found if each is not None]
    return statistics.geometric_mean(present) if present else None


def _times(ratio: float | None) -> str:
    if ratio is None:
        return "-"
    return f"{ratio:.1f}x" if ratio >= 1 else f"{ratio:.2f}x"
