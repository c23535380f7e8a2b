"""On MicroPython: a guest's side of the capability table, for tests that have no module to run."""

import wasi
from wasm.memory import Memory

OUT = 1024  # where results go
TEXT = 2048  # where labels are put


class Guest:
    """A table and a memory of 4 KiB; ``call("wasi_gpio", "open", ...)`` is what a module's import does.

    A bytes argument is put into memory and passed as its address and length.
    """

    def __init__(self, grants=None, args=(), env=None, **limits):
        self.table = wasi.Table(grants, args=args, env=env, **limits)
        self.memory = Memory(4, page=10)
        self.memory[:] = b"\xaa" * 4096
        self.table.attach(self.memory)

    def call(self, module, name, *arguments):
        function, kind = self.table.bind(module, name)[:2]
        passed = []
        at = TEXT
        for value in arguments:
            if isinstance(value, bytes):
                self.memory.write(at, value)
                passed += [at, len(value)]
                at += len(value)
            else:
                passed.append(value)
        assert len(passed) == len(kind) - 1 - (kind[-1] != ">"), (name, kind)
        return function(*passed)

    def out(self):
        """The u32 that the last call stored."""
        return self.memory.u32(OUT)


def refused(function, *arguments, **named):
    """The text of the ValueError that a call must raise."""
    try:
        function(*arguments, **named)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")
