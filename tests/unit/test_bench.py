"""The benchmarks: both versions of each give what they must, and the table tells it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.bench import __main__ as bench
from tests.bench.measure import BenchError, Measurement, Place, desk, measure
from tests.bench.suite import GUESTS, PLAIN, Benchmark, Case, load
from tests.desk import need_micropython32

BENCHMARKS = {benchmark.name: benchmark for benchmark in load()}


@pytest.fixture(scope="module", params=[64, 32])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == 32:
        need_micropython32()
    with desk(request.param) as there:
        yield there


@pytest.mark.parametrize("name", BENCHMARKS)
def test_both_versions_are_right(place: Place, name: str) -> None:
    benchmark = BENCHMARKS[name]
    measured = measure(benchmark, benchmark.cases["small"], place, 1)
    assert measured.plain > 0
    assert measured.wasm > 0


def test_wrong_result_is_an_error(place: Place) -> None:
    wrong = replace(BENCHMARKS["fib"].cases["small"], result=611)
    with pytest.raises(BenchError, match=r"fib\(15\) as plain gives 610, expected 611"):
        measure(BENCHMARKS["fib"], wrong, place, 1)


def test_nothing_is_left_out() -> None:
    assert {path.stem for path in GUESTS.glob("*.wasm")} == set(BENCHMARKS)
    assert {path.stem for path in PLAIN.glob("*.py")} == set(BENCHMARKS)
    for case in [case for benchmark in BENCHMARKS.values() for case in benchmark.cases.values()]:
        assert case.instructions > 1000


def played(times: dict[str, int], results: dict[str, int]) -> Place:
    def place(benchmark: str, image: bytes, argument: int, rounds: int) -> str:
        later = [f"{label} {results[label]} {times[label] + i}\n" for label in times for i in range(rounds)]
        return "".join(reversed(later))

    return place


def test_shortest_round_counts() -> None:
    case = Case(argument=1, result=-5, instructions=10_000)
    there = played({"plain": 300, "wasm": 100}, {"plain": -5, "wasm": -5})
    measured = measure(BENCHMARKS["fib"], case, there, 3)
    assert (measured.plain, measured.wasm) == (300, 100)
    assert measured.ratio == 3
    assert measured.nanoseconds == 10


def test_wrong_module_is_told_from_wrong_python() -> None:
    case = Case(argument=1, result=-5, instructions=10_000)
    with pytest.raises(BenchError, match=r"fib\(1\) as wasm gives 6, expected -5"):
        measure(BENCHMARKS["fib"], case, played({"plain": 3, "wasm": 1}, {"plain": -5, "wasm": 6}), 1)


def test_means() -> None:
    case = Case(1, 1, 1)
    measured = [
        Measurement(Benchmark("a", "i32", {}), case, 400, 100),
        Measurement(Benchmark("b", "i64", {}), case, 100, 100),
        Measurement(Benchmark("c", "f64", {}), case, 27, 54),
    ]
    assert bench.summary(measured) == [
        "geometric mean, interpreter against plain MicroPython, integer benchmarks: 2.0x",
        "geometric mean, interpreter against plain MicroPython, all benchmarks: 1.3x",
    ]
    assert len(bench.summary(measured[2:])) == 1


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--arg-set", "small", "--rounds", "1", "fib"]) == 0
    heading, line, *means = capsys.readouterr().out.splitlines()
    assert len(heading) == len(line)
    assert line.split()[:3] == ["fib", "15", "26,869"]
    assert len(means) == 2


def test_exit_code_of_a_wrong_result(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    results = {"plain": 610, "wasm": 609}

    @contextmanager
    def wrong(bits: int) -> Iterator[Place]:
        yield played({"plain": 3, "wasm": 1}, results)

    monkeypatch.setattr(bench, "desk", wrong)
    assert bench.main(["--arg-set", "small", "fib"]) == 1
    assert "fib(15) as wasm gives 609, expected 610" in capsys.readouterr().err


def test_unknown_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        bench.main(["fob"])
    assert end.value.code == 2
    assert "no benchmark 'fob', there are: bf," in capsys.readouterr().err
