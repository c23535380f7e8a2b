"""The half of the spec suite's harness that runs in MicroPython: a command a line, as JSON, from ``serve``."""

import gc
import json

import wasm

SPECTEST_GLOBALS = {
    "global_i32": ("i", 666),
    "global_i64": ("I", 666),
    "global_f32": ("f", 666.6),
    "global_f64": ("F", 666.6),
}


def spectest():
    """The host module that the suite imports from."""
    names = {"table": wasm.Table("p", 10, 20), "memory": wasm.Memory(1, 2)}
    for name, (letter, value) in SPECTEST_GLOBALS.items():
        names[name] = wasm.Global(letter, value)
    for name in (
        "print",
        "print_i32",
        "print_i64",
        "print_f32",
        "print_f64",
        "print_i32_f32",
        "print_f64_f64",
    ):
        names[name] = SPECTEST_PRINTS[name]
    return names


class _Print:
    def __init__(self, signature):
        self.signature = signature

    def __call__(self, *args):
        pass


SPECTEST_PRINTS = {
    "print": _Print(">"),
    "print_i32": _Print("i>"),
    "print_i64": _Print("I>"),
    "print_f32": _Print("f>"),
    "print_f64": _Print("F>"),
    "print_i32_f32": _Print("if>"),
    "print_f64_f64": _Print("FF>"),
}


class Suite:
    """The modules of one file of the suite, and the judgement of its assertions."""

    def __init__(self, stack):
        self.stack = stack
        self.last = None
        self.named = {}
        self.registered = {"spectest": spectest()}

    def module(self, name, path):
        self.last = None
        gc.collect()
        self.last = wasm.load(path, imports=self.registered, stack=self.stack)
        if name:
            self.named[name] = self.last

    def register(self, name, module):
        self.registered[name] = self.named[module] if module else self.last

    def act(self, module, field, args):
        app = self.named[module] if module else self.last
        item = app[field]
        if args is None:
            return (self.global_bits(item),)
        values = item.bits(*[_argument(letter, text) for letter, text in args])
        return (
            values
            if isinstance(values, tuple)
            else ()
            if values is None and not _results(item)
            else (values,)
        )

    def global_bits(self, item):
        cells = item.cells
        if item.letter in "pq":
            return item.value
        return cells[item.at] | (cells[item.at + 1] << 32 if item.letter in "IF" else 0)

    def assert_return(self, module, field, args, expected):
        got = self.act(module, field, args)
        if len(got) != len(expected):
            return "%d results, expected %d" % (len(got), len(expected))
        for value, (letter, text) in zip(got, expected):
            if not _matches(value, letter, text):
                return "got %r, expected %s:%s" % (value, letter, text)
        return None

    def assert_trap(self, module, field, args, text):
        try:
            self.act(module, field, args)
        except wasm.Trap as trap:
            return (
                None
                if trap.kind.startswith(text) or text.startswith(trap.kind)
                else "trap %r, expected %r" % (trap.kind, text)
            )
        return "no trap, expected %r" % text

    def assert_refused(self, path, text):
        try:
            self.module(None, path)
        except (wasm.Trap, wasm.LinkError) as refusal:
            kind = refusal.args[0]
            return None if kind.startswith(text) else "refused with %r, expected %r" % (kind, text)
        return "accepted, expected %r" % text


def _results(item):
    return item.signature.split(">")[1]


def _argument(letter, text):
    return None if text == "null" else int(text)


def _matches(value, letter, text):
    if letter in "pq":
        if text == "null":
            return value is None
        return value is not None and (text == "" or value == int(text))
    bits = 64 if letter in "IF" else 32
    value &= (1 << bits) - 1
    if text[:4] != "nan:":
        return value == int(text) & (1 << bits) - 1
    fraction = 23 if letter == "f" else 52
    quiet = 1 << fraction - 1
    exponent = ((1 << bits - 1 - fraction) - 1) << fraction
    if text == "nan:canonical":
        return value & (1 << bits - 1) - 1 == exponent | quiet
    return value & exponent == exponent and value & quiet != 0


def serve(lines, stack=8192):
    """Runs commands; yields ``(line number, what went wrong)`` for each assertion, None where it held."""
    suite = Suite(stack)
    for line in lines:
        number, command, *rest = json.loads(line)
        try:
            wrong = getattr(suite, command)(*rest)
        except Exception as error:
            wrong = "%s: %s" % (type(error).__name__, error)
        if wrong or command[:6] == "assert":
            yield number, wrong


def main():
    import sys

    if len(sys.argv) > 1:
        stack = int(sys.argv[1])
    for number, wrong in serve(sys.stdin, stack):
        print(number, wrong or "ok")


if __name__ == "__main__":
    main()
