"""The MicroPython half of oracle.py: a line of stdin is an image, whether it is native, a shape of memory, calls
and imports; the answer is a record, all in JSON."""

import gc
import hashlib
import json
import struct
import sys

import wasm
from wasm.values import get

STACK = 1 << 20
BEYOND = "out of bounds memory access"
INFINITY = {"f": 0x7F800000, "F": 0x7FF0000000000000}


def trap(found, error):
    """Appends what a trap is in a record."""
    kind = "out of bounds table access" if error.kind == "undefined element" else error.kind
    frames = [list(frame) for frame in error.frames]
    if kind == BEYOND and frames:
        frames[0].pop()
    found += ["trap", kind, frames]
    return found


def seen(letter, value):
    """A value, floats as their bits, as it is in a record."""
    if letter in "pq":
        return value if value is None or letter == "q" else "function"
    sign = 1 << (63 if letter in "IF" else 31)
    value &= 2 * sign - 1
    if letter in INFINITY and value & sign - 1 > INFINITY[letter]:
        return "nan"
    return value


class Moved(Exception):
    """A snapshot was taken in the midst of a call."""


def bits(app, function, values, turns, move):
    """What a function returns, floats as their bits, where it stops after so many turns if that isn't 0.

    ``move`` are the path of a snapshot and at which stop it is taken, the first one of it that can be.
    """
    if not turns or function.index < len(function.instance.targets):
        return function.bits(*values)
    from wasm.execution import begin

    execution = values  # of a call that goes on
    if isinstance(values, list):
        execution = begin(function.instance, function.index, values, True)
    while not execution.step(turns):
        if move:
            move[1] -= 1
            if move[1] <= 0:
                try:
                    app.snapshot(move[0])
                except ValueError:  # it may hold objects of Python
                    move = None
                    continue
                raise Moved
    return execution.result


def call(app, name, arguments, turns, move=None):
    function = app[name]
    found = [name]
    values = arguments
    if isinstance(arguments, list):
        values = [value for _, value in arguments]
    try:
        got = bits(app, function, values, turns, move)
    except wasm.Trap as error:
        return trap(found, error)
    letters = function.signature.split(">")[1]
    if len(letters) == 1:
        found.append(seen(letters, got))
    else:
        found += [seen(letters[i], got[i]) for i in range(len(letters))]
    return found


def state(name, item):
    """What is in an exported memory, table or global; None for a function."""
    if isinstance(item, wasm.Memory):
        digest = hashlib.sha256()
        for at in range(0, len(item), 4096):
            digest.update(item.read(at, min(4096, len(item) - at)))
        return [name, len(item), digest.digest().hex()]
    if isinstance(item, wasm.Table):
        entries = [get(item.instance, item.cells, 1 + i, item.letter) for i in range(len(item))]
        return [name, [seen(chr(item.letter), entry) for entry in entries]]
    if isinstance(item, wasm.Global):
        value = item.value
        if chr(item.letter) in INFINITY:
            value = item.cells[item.at]
            if chr(item.letter) == "F":
                value |= item.cells[item.at + 1] << 32
        return [name, seen(chr(item.letter), value)]
    return None


def host_global(letter, value):
    """A global with that value, of a float its bits."""
    if letter in INFINITY:
        as_float, size = ("<f", 4) if letter == "f" else ("<d", 8)
        (value,) = struct.unpack(as_float, value.to_bytes(size, "little"))
    return wasm.Global(letter, value)


def record(path, native, memory, calls, imports, turns, move=None, arrives=None, stack=STACK):
    """What is seen of a module. With ``move`` it may end with the number of the call that was left in a snapshot;
    what ``arrives`` is the path of one, and the first call is the one that goes on."""
    host = {name: host_global(*each) for name, each in imports.items()}
    snapshot = None
    if arrives:
        from wasm.snapshot import Snapshot

        snapshot = Snapshot(arrives)
    try:
        app = wasm.load(path, imports={"host": host}, memory=memory, stack=stack, snapshot=snapshot)
    except wasm.Trap as error:
        return [trap([], error)]
    assert native == (app._instance.image.native is not None)
    if snapshot:
        snapshot.close()
        execution = app._instance.execution
        execution._results = execution._results.replace(b"f", b"i").replace(b"F", b"I")
        calls[0][1] = execution
    found = []
    for i, (name, arguments) in enumerate(calls):
        try:
            found.append(call(app, name, arguments, turns, move))
        except Moved:
            found.append(i)
            return found
    found += [each for each in (state(name, app[name]) for name in app.exports) if each]
    return found


def main():
    for line in sys.stdin:
        gc.collect()
        print(json.dumps(record(*json.loads(line))))


if __name__ == "__main__":
    main()
