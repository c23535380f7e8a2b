"""Apps in the background: how they end and begin again, and what is kept of what they print."""

import asyncio
import os
import time

from modules import load, raised
from wasm import background, crashes
from wasm.ring import Ring

ENDED = {"restart": None}


class Task:
    """Ends as it is told, after a moment: with an exit code, or by raising."""

    app = load("shapes")

    def __init__(self, end):
        self._end = end

    def __iter__(self):
        yield from asyncio.sleep_ms(1)
        if isinstance(self._end, Exception):
            raise self._end
        return self._end

    __await__ = __iter__

    def done(self):
        return False

    def cancel(self):
        self._end = 0


def _lives(restart, ends, lasts=False):
    """How often an app begins that restarts so, and how it stands then."""
    begun = []

    def begin(name, **given):
        begun.append(given)
        return Task(ends[min(len(begun), len(ends)) - 1])

    settings, start, diff = background.settings, background.tasks.start, background.ticks_diff
    background.settings = lambda name: ("", {"restart": restart})
    background.tasks.start = begin
    if lasts:
        background.ticks_diff = lambda after, before: 10000

    async def main():
        background.start("app")
        while "app" in background.running() and len(begun) < 9:
            await asyncio.sleep_ms(1)

    try:
        background.run(main())
        found = background.apps.pop("app")
        state = len(begun), found.ended, found._crashes
        found.stop()
        return state
    finally:
        background.settings, background.tasks.start, background.ticks_diff = settings, start, diff


def test_who_begins_again():
    fault = ValueError("two\nlines")
    for restart in (None, "never", "crash"):
        assert _lives(restart, [3]) == (1, "ended with exit code 3", 0)
    for restart in (None, "never"):
        assert _lives(restart, [fault]) == (1, "ValueError: two lines", 1)
    assert _lives("crash", [fault, fault, 0]) == (3, "ended with exit code 0", 0)
    assert _lives("always", [0])[0] == 9


def test_three_crashes_in_a_row_are_the_last():
    fault = ValueError("again")
    for restart in ("crash", "always"):
        assert _lives(restart, [fault]) == (3, "ValueError: again", 3)
        found = _lives(restart, [fault, fault, 0, fault, fault, 0, fault, fault, 0])
        assert found == (3, "ended with exit code 0", 0) if restart == "crash" else found[0] == 9
        assert _lives(restart, [fault], lasts=True)[0] == 9, "what has run for a while has not crashed in a row"


def test_the_last_bytes_of_a_log():
    ring = Ring(False)
    whole = b""  # but for what is before `gone`
    gone = seen = 0
    for turn in range(300):
        data = bytes((turn + i) & 0xFF for i in range(turn * 7 % 300 if turn % 50 else 1500))
        ring.write(data)
        whole = (whole + data)[-3000:]
        end = ring.end
        gone = end - len(whole)
        for place in (0, seen, end - 10, end, end + 5):
            first, found = ring.since(place)
            assert first == max(min(place, end), end - 1024, 0)
            assert found == whole[first - gone :]
        seen = end - turn % 700


def test_a_log_takes_nothing_before_something_is_printed():
    assert Ring(False).since(0) == (0, b"")


def test_crashes_are_counted_in_a_file():
    folder = "/tmp/crashes-%d" % time.time_ns()
    os.mkdir(folder)
    path = crashes._path
    crashes._path = lambda name: folder + "/" + name
    try:
        assert crashes.crashes("app") == 0
        crashes.count("app")
        crashes.tell("app", "why")
        crashes.count("app")
        assert crashes.crashes("app") == 2 and crashes.crashes("other") == 0
        crashes.forget("app")
        crashes.forget("app")
        assert crashes.crashes("app") == 0
    finally:
        crashes._path = path
        os.rmdir(folder)



def test_it_can_not_run_twice():
    settings, start = background.settings, background.tasks.start
    background.settings = lambda name: ("", {})
    background.tasks.start = lambda name, **given: Task(0)
    try:
        background.start("app")
        assert background.kept is not None, "it stands still"
        assert "app runs already" in raised(RuntimeError, background.start, "app")
        assert background.running() == ["app"]
        background.run()
        assert background.running() == [] and background.kept is None
        background.start("app")
        background.run()
    finally:
        background.settings, background.tasks.start = settings, start
        background.apps.clear()
