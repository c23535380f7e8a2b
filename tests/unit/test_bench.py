"""The benchmarks: all versions of each give what they must, and the tables tell it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.bench import __main__ as bench
from tests.bench import c, start, tables
from tests.bench.measure import Measurement, measure
from tests.bench.peers import WASM3_CYCLES
from tests.bench.places import BenchError, Line, Place, desk
from tests.bench.suite import GUESTS, PLAIN, VIPER, Benchmark, Case, load
from tests.bench.versions import VERSIONS, code_bytes, native
from tests.desk import need_micropython32

BENCHMARKS = {benchmark.name: benchmark for benchmark in load()}
CASE = Case(argument=1, result=-5, instructions=10_000)


@pytest.fixture(scope="module", params=[64, 32])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == 32:
        need_micropython32()
    with desk(request.param) as there:
        yield there


@pytest.mark.parametrize("name", BENCHMARKS)
def test_all_versions_are_right(place: Place, name: str) -> None:
    benchmark = BENCHMARKS[name]
    measured = measure(benchmark, benchmark.cases["small"], place, 1)
    assert {"bytecode", "interpreter"} <= set(measured.times) <= set(VERSIONS)
    assert ("viper" in measured.times) == (VIPER / f"{name}.py").exists()
    assert ("unmetered" in measured.times) == ("native" in measured.times)


def test_wrong_result_is_an_error(place: Place) -> None:
    wrong = replace(BENCHMARKS["fib"].cases["small"], argument=14)
    with pytest.raises(BenchError, match=r"fib\(14\) as bytecode gives 377, expected 610"):
        measure(BENCHMARKS["fib"], wrong, place, 1)


def test_nothing_is_left_out() -> None:
    assert {path.stem for path in GUESTS.glob("*.wasm")} == set(BENCHMARKS)
    assert {path.stem for path in PLAIN.glob("*.py")} == set(BENCHMARKS)
    assert {path.stem for path in VIPER.glob("*.py")} < set(BENCHMARKS)
    assert set(WASM3_CYCLES) < set(BENCHMARKS)
    for case in [case for benchmark in BENCHMARKS.values() for case in benchmark.cases.values()]:
        assert case.instructions > 1000


def played(lines: Sequence[Line]) -> Place:
    return lambda benchmark, case, rounds: list(lines)


def test_shortest_round_counts() -> None:
    lines = [("bytecode", -5, 305), ("native", -5, 100), ("bytecode", -5, 300), ("native", -5, 110)]
    measured = measure(BENCHMARKS["fib"], CASE, played(lines), 2)
    assert measured.times == {"bytecode": 300, "native": 100}
    assert measured.ratio("bytecode", "native") == 3
    assert measured.ratio("bytecode", "viper") is None


def test_wrong_module_is_told_from_wrong_python() -> None:
    with pytest.raises(BenchError, match=r"fib\(1\) as native gives 6, expected -5"):
        measure(BENCHMARKS["fib"], CASE, played([("bytecode", -5, 3), ("native", 6, 1)]), 1)


def test_only_floats_of_plain_python_may_be_near() -> None:
    case = Case(argument=1, result=100_000, instructions=10_000)
    measure(BENCHMARKS["nbody"], case, played([("bytecode", 100_050, 3)]), 1)
    wrong = (("nbody", "c", 100_050), ("nbody", "bytecode", 100_200), ("fib", "bytecode", 100_050))
    for name, label, result in wrong:
        with pytest.raises(BenchError):
            measure(BENCHMARKS[name], case, played([(label, result, 3)]), 1)


def test_means() -> None:
    measured = [
        Measurement(Benchmark("a", "i32", {}), CASE, {"bytecode": 400, "interpreter": 100}),
        Measurement(Benchmark("b", "i64", {}), CASE, {"bytecode": 100, "interpreter": 100, "native": 50}),
        Measurement(Benchmark("c", "f64", {}), CASE, {"bytecode": 27, "interpreter": 54}),
    ]
    lines = tables.means(measured, 1)
    assert lines[:3] == [
        "geometric mean, interpreter against bytecode, integer benchmarks: 2.0x",
        "geometric mean, interpreter against bytecode, all benchmarks: 1.3x",
        "geometric mean, native against bytecode, integer benchmarks: 2.0x",
    ]
    assert not [line for line in lines if "wasm3" in line or "metering" in line]


def test_means_against_wasm3() -> None:
    sieve = BENCHMARKS["sieve"]
    cycles = WASM3_CYCLES["sieve"]
    times = {"interpreter": cycles // 125 * 2, "native": cycles // 1000, "unmetered": cycles // 2000}
    small = Measurement(sieve, sieve.cases["small"], times)
    lines = tables.means([small], 125)
    assert "geometric mean, interpreter against micropython-wasm3, integer benchmarks: 0.50x" in lines
    assert "geometric mean, native against micropython-wasm3, sieve: 8.0x" in lines
    assert "geometric mean, cost of metering in native code: 100 %" in lines
    other = Measurement(sieve, sieve.cases["large"], times)
    assert not [line for line in tables.means([other], 125) if "wasm3" in line]


def test_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--arg-set", "small", "--rounds", "1", "fib"]) == 0
    title, heading, line, empty, *rest = capsys.readouterr().out.splitlines()
    assert title == "microseconds, 64-bit MicroPython:"
    assert len(heading) == len(line)
    assert line.split()[:3] == ["fib", "15", "26,869"]
    assert empty == ""
    assert any(each.startswith("geometric mean, native against bytecode, integer benchmarks: ") for each in rest)


def test_sizes_of_native_code() -> None:
    heading, line = bench.sizes([BENCHMARKS["fib"]])
    assert heading.split()[:3] == ["benchmark", "Wasm", "armv6m"]
    name, code, mpy, per, *_ = line.replace(",", "").split()
    assert (name, int(code)) == ("fib", code_bytes(BENCHMARKS["fib"]))
    assert int(mpy) == len(native(BENCHMARKS["fib"], "armv6m").mpy)
    assert float(per) == pytest.approx(int(mpy) / int(code), abs=0.1)


def test_exit_code_of_a_wrong_result(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    @contextmanager
    def wrong(bits: int) -> Iterator[Place]:
        yield played([("bytecode", 610, 3), ("interpreter", 609, 1)])

    monkeypatch.setattr(bench, "desk", wrong)
    assert bench.main(["--arg-set", "small", "fib"]) == 1
    assert "fib(15) as interpreter gives 609, expected 610" in capsys.readouterr().err


def test_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        bench.main(["fob"])
    assert end.value.code == 2
    assert "no benchmark 'fob', there are: bf," in capsys.readouterr().err


@pytest.mark.skipif(not c.is_available(c.PICO), reason="no arm-none-eabi-gcc")
def test_machine_code_of_c_is_for_an_address() -> None:
    here, there = (c.cortex_m0(BENCHMARKS["sieve"], address) for address in (0x20000000, 0x20008000))
    assert len(here) == len(there) > 8192  # the flags are in it
    assert here != there


def test_module_of_20_kb() -> None:
    import wasmtime

    module = start.large()
    assert 19_000 < len(module) < 23_000
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, module), [])
    run = instance.exports(store)["run"]
    assert isinstance(run, wasmtime.Func)
    assert run(store, 3) == start.large_result(3)


def test_start_that_does_not_fit_is_told() -> None:
    assert start.cells([]) == ["out of heap", "-", "-", "-"]
    assert start.cells([(1_250_000, 125_000), (125_000, 1_250)]) == ["1,250,000", "125,000", "11.0 ms", "1.0 ms"]
