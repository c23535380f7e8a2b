"""Arguments, environment, random numbers and exit: what ``wasi_snapshot_preview1`` tells a process of itself."""

from micropython import const

from .errno import FAULT, SUCCESS

TYPES = {
    "args_get": "ii>i",
    "args_sizes_get": "ii>i",
    "environ_get": "ii>i",
    "environ_sizes_get": "ii>i",
    "proc_exit": "i>",
    "random_get": "ii>i",
    "sched_yield": ">i",
}

WAITS = ("sched_yield",)

_CHUNK = const(256)  # random bytes that are made at a time


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def args_sizes_get(self, count, size):
        return self._sizes(self._args(), count, size)

    def args_get(self, pointers, buffer):
        return self._strings(self._args(), pointers, buffer)

    def environ_sizes_get(self, count, size):
        return self._sizes(self._environ(), count, size)

    def environ_get(self, pointers, buffer):
        return self._strings(self._environ(), pointers, buffer)

    def random_get(self, buffer, size):
        from os import urandom

        try:
            self._table.inside(buffer, size)
            for start in range(0, size, _CHUNK):
                self._table.memory.write(buffer + start, urandom(min(_CHUNK, size - start)))
        except IndexError:
            return FAULT
        return SUCCESS

    def sched_yield(self):
        return SUCCESS

    def begin_sched_yield(self):
        """The same for a task: others have their turn."""
        return self

    # What it waits for is nothing (wasm/wait.py).

    def ready(self):
        return True

    def finish(self):
        return SUCCESS

    def proc_exit(self, code):
        from wasm.errors import Exit

        raise Exit(code & 0xFFFFFFFF)

    def _args(self):
        return [text.encode() for text in self._table.args]

    def _environ(self):
        return [(name + "=" + value).encode() for name, value in self._table.env.items()]

    def _sizes(self, strings, count, size):
        """Store how many strings there are, and the bytes of them all with a NUL after each."""
        return self._table.put(count, len(strings)) or self._table.put(size, sum(len(s) + 1 for s in strings))

    def _strings(self, strings, pointers, buffer):
        """Store the strings one after another, and a pointer to each."""
        memory = self._table.memory
        try:
            for text in strings:
                memory.set_u32(pointers, buffer)
                memory.write(buffer, text + b"\0")
                pointers += 4
                buffer += len(text) + 1
        except IndexError:
            return FAULT
        return SUCCESS
