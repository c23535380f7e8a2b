"""Snapshots: a guest as bytes, to go on later, on another board, on another processor, in the other tier.

A file has, all little-endian: "WSNP", the version and whether what follows is compressed in 16 bits each, the
version of images in 32, the first 8 bytes of the module's SHA-256; the body; and the first 8 bytes of the SHA-256
of all that comes before. The body is bytes, raw or as deflate has them:

- a word, and so many bytes of JSON: "app", "args", "env"; "serial", a number that checkpoints count by; "pages" of
  memory; "base", the number that references to functions begin with; "dropped", the numbers of segments that are;
  "handles" (wasi/kept.py) or null; and "call", null where no call is under way: "frames", the outermost first,
  each the function's index, the number of the place where it stands (stops.py), the cells that it takes and its
  link cell; "turn", whether the innermost has begun a turn of a loop and not paid for it; "fuel" that is left or
  null; "owed" turns; "waited", microseconds of a wait or null; "program", whether it is that of ``_start``;
- a word, and so many words: globals and frames;
- for each table a word, its size, and as many references;
- pieces of memory that aren't zero, each an address, a size, and the bytes; the last one has no size.
"""

import hashlib
import io
import json
import os
import struct

from micropython import const

from . import instance as instances
from .core import BASE, CALL, CALL_INDIRECT, EXTERNREF, FP, FUNCTIONS, LIMIT, MUTABLE, PC, RUNNING, TOP, VERSION
from .errors import ImageError
from .execution import Execution, check_stops
from .flashed import remove
from .instance import DROPPED
from .life import life
from .machine import header
from .stops import Stops

_HEAD = const("<4sHHI8s")
_MAGIC = b"WSNP"
_VERSION = const(1)
_HASH = const(8)  # bytes of a hash
_PIECE = const(1024)  # bytes of memory that are looked at together
_WINDOW = const(9)  # log2 of the bytes that deflate looks back
_ZEROS = bytes(_PIECE)
_DAMAGED = "snapshot is damaged: %s"


class _Out(io.IOBase):
    """A file that is written, with the hash of all that was."""

    def __init__(self, file):
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data):
        self._hash.update(data)
        self._file.write(data)
        return len(data)

    def end(self):
        self._file.write(self._hash.digest()[:_HASH])


def save(app, path, serial=0):
    """Writes a snapshot of an App to a file, which is replaced when all is written; ``serial`` is its number.

    Raises ValueError for a guest that can't be put away (it shares memory or functions with another one, holds
    objects of Python), RuntimeError while a call of it is under way that is no task's, OSError (no room).
    """
    described, module = _described(app)
    described["serial"] = serial
    described = json.dumps(described).encode()
    instance = app._instance
    try:
        with open(path + "~", "wb") as file:
            out = _Out(file)
            compress = _compressor()
            out.write(struct.pack(_HEAD, _MAGIC, _VERSION, bool(compress), VERSION, module))
            if compress:
                with compress(out) as body:
                    _write(instance, described, body)
            else:
                _write(instance, described, out)
            out.end()
        os.rename(path + "~", path)
    except BaseException:
        remove(path + "~")
        raise


def state(app, digest):
    """The digest of what a snapshot of an App would have now, but for what only time changes.

    Raises as ``save`` does.
    """
    described, _ = _described(app)
    if described["call"]:
        described["call"]["waited"] = 0
    if described["handles"]:
        described["handles"]["clock"] = 0
    _write(app._instance, json.dumps(described).encode(), _Sum(digest))
    return digest.digest()


class _Sum:
    """What is written, as a digest of it."""

    def __init__(self, digest):
        self.write = digest.update


def _check(instance):
    if life[RUNNING] or (instance.execution and instance.execution.callers):
        raise RuntimeError("a call is under way: take a snapshot of a task, between its turns")
    others = len(instance.group or ()) > 1
    if instance.shared or others or not all(callable(target[0]) for target in instance.targets):
        raise ValueError("a guest that shares memory, a table, a global or functions with another one")
    if EXTERNREF in _letters(instance):
        raise ValueError("a guest that may hold objects of Python")


def _letters(instance):
    """The types of tables, of the module's own globals, and of what functions take and return."""
    image = instance.image
    letters = [table.letter for table in instance.tables]
    letters += [image.own_global(i) & ~MUTABLE for i in range(image.needs()[1])]
    return bytes(letters) + b"".join(image.types)


def _compressor():
    """What compresses, where the board has that."""
    try:
        from deflate import RAW, DeflateIO
    except ImportError:
        return None
    return (lambda out: DeflateIO(out, RAW, _WINDOW)) if hasattr(DeflateIO, "write") else None


def _described(app):
    """What there is to tell of an App, and its module's hash. Raises as ``save`` does."""
    instance = app._instance
    _check(instance)
    stops = Stops(instance.image, len(instance.targets))
    try:
        call = instance.execution and _call(app, instance, instance.execution, stops)
    finally:
        stops.close()
    found = {
        "app": app.source,
        "pages": 0 if instance.memory is None else instance.memory.pages,
        "base": instance.state[BASE],
        "dropped": [i for i, segment in enumerate(instance.segments) if segment is DROPPED],
        "call": call,
        "handles": None,
    }
    table = app._host.table
    _, found["args"], found["env"], *_ = app._host.given
    found["args"] = found["args"][1:]
    if table:
        from wasi.kept import save as kept

        found["handles"] = kept(table)
    return found, stops.module


def _call(app, instance, execution, stops):
    pc, fp = execution.stands()
    code = instance.image.code
    cells = instance.cells
    frames = []
    turn = stub = False
    turns = execution.owed
    while pc:
        index = instance.function_at(pc)
        number, loop, stub = stops.number(index, pc, turns)
        if not frames:
            turn = loop and bool(turns or stub)
            turns = 0
        size, link = header(instance, instance.image.offset(index))[:2]
        frames.append([index, number, size, link])
        pc = cells[(fp >> 2) + link]
        fp -= 4 * (code[pc + 2] | code[pc + 3] << 8)
    frames.reverse()
    wait = execution.waiting
    start = app.item("_start")
    return {
        "frames": frames,
        "turn": turn,
        "fuel": execution.fuel,
        "owed": 0 if turn else execution.owed,
        "waited": wait.waited() if hasattr(wait, "waited") else execution.waited,
        "program": start is not None and start.index == execution.index,
    }


def _write(instance, described, out):
    out.write(struct.pack("<I", len(described)))
    out.write(described)
    used = instance.state[TOP] >> 2
    out.write(struct.pack("<I", used))
    out.write(memoryview(instance.cells)[:used])
    for table in instance.tables:
        out.write(memoryview(table.cells)[: 1 + table.cells[0]])
    if instance.memory is not None:  # of no bytes it would count as nothing
        for address, piece in _pieces(instance.memory):
            if piece != _ZEROS:
                data = bytes(piece).rstrip(b"\0")
                full = len(data)
                data = data.lstrip(b"\0")
                if data:
                    out.write(struct.pack("<II", address + full - len(data), len(data)))
                    out.write(data)
    out.write(bytes(8))


def _pieces(memory):
    """Yields address and bytes of all that may be other than zero."""
    flat = memoryview(memory.buffer)[: min(memory.size, len(memory.buffer))]
    for at in range(0, len(flat), _PIECE):
        yield at, flat[at : at + _PIECE]
    if memory.blocks:
        for number, block in memory.blocks.made.items():
            yield number * _PIECE, block



class Snapshot:
    """One that is read: its hash is right. ``call`` says whether a call goes on, ``program`` whether of
    ``_start``.

    Raises OSError (no such file), ImageError (it is none, or it is damaged).
    """

    def __init__(self, path):
        self._file = file = open(path, "rb")
        try:
            self._read_head(file)
        except BaseException:
            file.close()
            raise

    def _read_head(self, file):
        size = struct.calcsize(_HEAD)
        head = file.read(size)
        if len(head) < size or head[:4] != _MAGIC:
            raise ImageError("no snapshot")
        _, version, packed, images, self._module = struct.unpack(_HEAD, head)
        if version != _VERSION or images != VERSION:
            raise ImageError("a snapshot of another version of wasmdev: both boards need the same")
        _check_hash(file, hashlib.sha256(head))
        self._packed = packed
        try:
            described = json.loads(self._begin())
            self.app = described["app"]
            self.given = {"args": tuple(described["args"]), "env": described["env"]}
            self.call = described["call"]
            self.serial = int(described["serial"])
            self._base = _number(described["base"], 1, 1 << 30)
            self.program = bool(self.call and self.call["program"])
        except (ValueError, KeyError, TypeError):
            raise ImageError(_DAMAGED % "it isn't described")
        self._described = described
        self._fresh = True

    def _begin(self):
        """Goes to the beginning of the body; its description."""
        self._file.seek(struct.calcsize(_HEAD))
        self._body = self._file
        if self._packed:
            from deflate import RAW, DeflateIO

            self._body = DeflateIO(self._file, RAW, _WINDOW)
        return self._bytes(self._word())

    def close(self):
        self._file.close()

    def renumber(self, instance):
        """Lets references to functions of a new instance begin with the number that they have in the snapshot."""
        instance.state[BASE] = self._base
        instance.numbered = True
        instances.references = max(instances.references, self._base + instance.state[FUNCTIONS])

    def restore(self, app):
        """Makes a new App, whose module isn't instantiated, what the snapshot is of. Raises ImageError where it
        doesn't fit, MemoryError, RuntimeError (what it holds is in use), Unstoppable."""
        instance = app._instance
        if self.call:
            check_stops(instance.image)
        if EXTERNREF in _letters(instance):
            raise ImageError("it may hold objects of Python")
        if not self._fresh:  # an earlier try found no room
            self._begin()
        self._fresh = False
        stops = Stops(instance.image, len(instance.targets))
        try:
            if stops.module != self._module:
                raise ImageError("a snapshot of another module: flash the one that it is of")
            try:
                self._restore(app, instance, stops)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
                raise ImageError(_DAMAGED % error)
        finally:
            stops.close()

    def _restore(self, app, instance, stops):
        found = self._described
        memory = instance.memory
        if memory is not None:
            more = _number(found["pages"], memory.pages) - memory.pages
            if more and memory.grow(more) < 0:
                raise MemoryError("no room for %d pages of memory" % found["pages"])
        state = instance.state
        least = state[TOP] >> 2
        used = self._word()
        if not least <= used <= state[LIMIT] >> 2:
            raise ImageError("the snapshot has %d bytes of stack: give as many, as with stack=" % (4 * used))
        self._into(memoryview(instance.cells)[:used], 4 * used)
        for table in instance.tables:
            size = self._word()
            if size < len(table) or (size > len(table) and table.grow(size - len(table), 0) < 0):
                raise ImageError(_DAMAGED % "a table of %d" % size)
            self._into(memoryview(table.cells)[1 : 1 + size], 4 * size)
        for i in found["dropped"]:
            instance.keep(instance.first_segment + _number(i, 0, len(instance.segments) - 1))
        while True:
            address, size = struct.unpack("<II", self._bytes(8))
            if not size:
                break
            if size > _PIECE:
                raise ImageError(_DAMAGED % "a piece of %d bytes" % size)
            memory.write(address, self._bytes(size))
        if self.call:
            self._enter(instance, stops)
        if found["handles"] is not None:
            from wasi.kept import restore

            restore(app._host.table, found["handles"])

    def _enter(self, instance, stops):
        """Lets the instance stand where it stood."""
        call = self.call
        state = instance.state
        image = instance.image
        code = image.code
        first = call["frames"][0][0]
        _check_function(instance, first)
        execution = Execution(instance, first, image.types[image.type(image.offset(first))])
        fp = state[TOP]
        before = pc = 0
        stub = False
        left = len(call["frames"])
        for index, number, size, link in call["frames"]:
            left -= 1
            if pc:
                fp += 4 * (code[pc + 2] | code[pc + 3] << 8)
            _check_function(instance, index)
            if tuple(header(instance, image.offset(index))[:2]) != (size, link):
                raise ImageError("the frames are of another version of wasmdev: both boards need the same")
            if fp + 4 * size > state[LIMIT]:
                raise ImageError("its frames need more stack: give the app more, as with stack=")
            instance.cells[(fp >> 2) + link] = before
            pc, stub = stops.place(index, _number(number, 1 if left else 0), not left and call["turn"])
            if left and code[pc] not in (CALL, CALL_INDIRECT):
                raise ImageError(_DAMAGED % "a frame is where nothing is called")
            before = pc
        state[PC] = pc
        state[FP] = fp
        if call["fuel"] is not None:
            fuel = _number(call["fuel"], 0)
            execution.fuel = fuel if execution.fuel is None else min(fuel, execution.fuel)
        execution.owed = _number(call["owed"], 0, 1) + (1 if call["turn"] and not stub else 0)
        execution.begin()
        if call["waited"] is not None:
            execution.waited = _number(call["waited"], 0)

    def _word(self):
        return struct.unpack("<I", self._bytes(4))[0]

    def _bytes(self, size):
        if size > 1 << 20:
            raise ImageError(_DAMAGED % "too large")
        data = bytearray(size)
        self._into(data, size)
        return data

    def _into(self, buffer, size):
        """Fills a buffer of so many bytes."""
        if size and self._body.readinto(buffer) != size:
            raise ImageError(_DAMAGED % "it is cut short")


def _check_function(instance, index):
    """Raises ValueError unless an instance has a function of that index of its own."""
    _number(index, len(instance.targets), instance.state[FUNCTIONS] - 1)


def _number(value, least, most=1 << 62):
    """A value that is to be an int between these. Raises ValueError."""
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError("a number that can't be")
    return value


def _check_hash(file, hash):
    """Raises ImageError unless a file ends with the hash of what it goes on with, and of what is in it already."""
    last = b""
    while True:
        data = file.read(_PIECE)
        if not data:
            break
        last += data
        hash.update(last[:-_HASH])
        last = last[-_HASH:]
    if hash.digest()[:_HASH] != last:
        raise ImageError(_DAMAGED % "what it says doesn't fit its hash")
