"""The MicroPython half of guests.py: a module, and steps on it. A step is a line of JSON and so is its answer."""

import gc
import json
import math
import sys
import time
from binascii import hexlify, unhexlify

import wasm


class Guest:
    def load(self, source, imports):
        self.app = None
        self.calls = []
        stubs = {}
        for module, names in imports.items():
            stubs[module] = {name: self.stub(name, answer) for name, answer in names.items()}
        self.app = wasm.load(source, imports=stubs)

    def is_native(self):
        return self.app._instance.image.native is not None

    def stub(self, name, answer):
        def record(*args):
            self.calls.append((name, args))
            return answer

        if name == "memory":
            return wasm.Memory(answer)
        return {"copy": self.copy, "exp": math.exp}.get(answer, record)

    def copy(self, to, source, size):
        memory = self.app.memory
        memory.write(to & 0xFFFFFFFF, memory.read(source & 0xFFFFFFFF, size))

    def call(self, name, *args):
        return self.app[name](*args)

    def value(self, name):
        return self.app.globals[name]

    def read(self, address, size):
        return hexlify(self.app.memory.read(address, size)).decode()

    def write(self, address, data):
        self.app.memory.write(address, unhexlify(data))

    def grow(self, pages):
        return self.app.memory.grow(pages)

    def events(self):
        return self.calls


guest = Guest()


def answer(line):
    step, *args = json.loads(line)
    return json.dumps(getattr(guest, step)(*args))


def serve():
    for line in sys.stdin:
        print(answer(line))


def play(path):
    """Takes the steps in a file, the first a load. Prints bytes and microseconds taken at the end."""
    global guest
    guest = Guest()
    gc.collect()
    free = gc.mem_free()
    with open(path) as steps:
        start = time.ticks_us()
        answer(next(steps))
        loaded = time.ticks_us()
        for line in steps:
            print(answer(line).replace(" ", ""))
        end = time.ticks_us()
    gc.collect()
    figures = free - gc.mem_free(), time.ticks_diff(loaded, start), time.ticks_diff(end, loaded)
    print(json.dumps(figures).replace(" ", ""))
