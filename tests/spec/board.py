"""The half of the spec suite's harness that runs in MicroPython: a command a line, as JSON."""

import gc
import json

import wasm

GLOBALS = {
    "global_i32": ("i", 666),
    "global_i64": ("I", 666),
    "global_f32": ("f", 666.6),
    "global_f64": ("F", 666.6),
}
PRINTS = ("print", "print_i32", "print_i64", "print_f32", "print_f64", "print_i32_f32", "print_f64_f64")


class Spectest:
    """The host module that the suite imports from; what is in it is made when it is asked for."""

    def __init__(self, memory):
        self.memory = memory
        self.made = {}

    def item(self, name):
        if name not in self.made:
            self.made[name] = self.make(name)
        return self.made[name]

    def make(self, name):
        if name in GLOBALS:
            made = wasm.Global(*GLOBALS[name])
            if name == "global_f64":  # a board's own floats have single precision
                made.cells[made.at], made.cells[made.at + 1] = 0xCCCCCCCD, 0x4084D4CC
            return made
        if name == "table":
            return wasm.Table("p", 10, 20)
        if name == "memory":
            return wasm.Memory(1, 2, 16, self.memory)
        return Print(name[6:].split("_")) if name in PRINTS else None


class Print:
    """A function that takes values of the types in its name."""

    def __init__(self, types):
        self.signature = "".join([LETTERS[name] for name in types if name]) + ">"

    def __call__(self, *args):
        pass


# Words of an instance's state (firmware/wasmc/interpreter/state.py).
VOLATILE = (0, 1, 3, 6, 11)  # PC, FP, FUEL, ARG, LEFT
LIMIT, TOP = 2, 8

LETTERS = {"i32": "i", "i64": "I", "f32": "f", "f64": "F"}


class Suite:
    """The modules of one file of the suite, and the judgement of its assertions.

    ``stack`` and ``memory`` are as for ``wasm.load``. Calls stop after each ``turns`` of loops and calls, to go on
    then, where that is not 0.
    """

    def __init__(self, stack, memory=None, turns=0):
        self.turns = turns
        self.stops = 0
        self.stack = stack
        self.memory = memory
        self.last = None
        self.named = {}
        self.registered = {"spectest": Spectest(memory)}

    def module(self, name, path):
        self.last = None
        gc.collect()
        self.last = wasm.load(path, imports=self.registered, stack=self.stack, memory=self.memory)
        if name:
            self.named[name] = self.last

    def register(self, name, module):
        self.registered[name] = self.named[module] if module else self.last

    def act(self, module, field, args):
        app = self.named[module] if module else self.last
        item = app[field]
        if args is None:
            return (self.global_bits(item),)
        values = self.call(item, [_argument(letter, text) for letter, text in args])
        return (
            values
            if isinstance(values, tuple)
            else ()
            if values is None and not _results(item)
            else (values,)
        )

    def call(self, function, args):
        instance = function.instance
        if not self.turns or function.index < len(instance.targets):
            return function.bits(*args)
        from wasm.execution import begin

        execution = begin(instance, function.index, args, True)
        while not execution.step(self.turns):
            self.stops += 1
            _spoil(execution)
        return execution.result

    def global_bits(self, item):
        cells = item.cells
        if chr(item.letter) in "pq":
            return item.value
        return cells[item.at] | (cells[item.at + 1] << 32 if chr(item.letter) in "IF" else 0)

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


    def assert_rejected(self, path):
        import wasmc

        try:
            with open(path, "rb") as file:
                wasmc.validate(wasmc.decode(file.read()))
        except wasmc.WasmError as error:
            return error.kind + ": " + error.message
        return "accepted"


def _spoil(execution):
    """Writes over all that an execution that stands still has no claim to, where other calls write too."""
    for instance in execution.instances():
        state = instance.state
        for word in VOLATILE:
            state[word] = 0xDEADBEE0
        top = state[TOP] >> 2
        for cell in range(top, min(top + 40, state[LIMIT] >> 2)):
            instance.cells[cell] = 0xDEADBEEF


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


def serve(suite, lines):
    """Runs commands; yields ``(number, what went wrong)`` for each assertion, None where it held.

    Of a module that must be rejected it yields the reason, for the host to judge.
    """
    for line in lines:
        number, command, *rest = json.loads(line)
        try:
            wrong = getattr(suite, command)(*rest)
        except Exception as error:
            wrong = "%s: %s" % (type(error).__name__, error)
        if wrong or command[:6] == "assert":
            yield number, wrong


def report(suite, lines):
    """The same, printed: a line for each assertion."""
    for number, wrong in serve(suite, lines):
        print(number, wrong or "ok")


if __name__ == "__main__":
    import sys

    suite = Suite(*[int(text) if text.isdigit() else text for text in sys.argv[1:]])
    report(suite, sys.stdin)
    print(suite.stops, file=sys.stderr)
