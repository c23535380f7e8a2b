"""Calls from Python that take and return i32 and allocate nothing; imported when a first export is called so."""

from .core import signed, store
from .machine import enter, header


def quick(function):
    """What is fastest to call for a Function: a method of Quick where i32 is its only type, else itself."""
    instance = function.instance
    parameters, results = function.signature.split(">")
    count = len(parameters)
    if count > 3 or parameters != "iii"[:count] or results not in ("", "i"):
        return function
    if instance.resolve(function.index)[0] is not instance:
        return function
    prepared = Quick(instance, instance.offset(function.index), results == "i")
    return (prepared.none, prepared.one, prepared.two, prepared.three)[count]


class Quick:
    """A function made ready: the methods call it, each with its number of arguments."""

    def __init__(self, instance, offset, has_result):
        self.instance = instance
        self.offset = offset
        self.head = header(instance, offset)
        self.has_result = has_result

    def none(self):
        instance = self.instance
        enter(instance, self.offset, self.head, instance.top)
        return self._run(instance)

    def one(self, x):
        instance = self.instance
        enter(instance, self.offset, self.head, instance.top)
        store(instance.cells, instance.top >> 2, x)
        return self._run(instance)

    def two(self, x, y):
        instance = self.instance
        at = instance.top
        enter(instance, self.offset, self.head, at)
        at >>= 2
        store(instance.cells, at, x)
        store(instance.cells, at + 1, y)
        return self._run(instance)

    def three(self, x, y, z):
        instance = self.instance
        at = instance.top
        enter(instance, self.offset, self.head, at)
        at >>= 2
        store(instance.cells, at, x)
        store(instance.cells, at + 1, y)
        store(instance.cells, at + 2, z)
        return self._run(instance)

    def _run(self, instance):
        instance.finish()
        result = signed(instance.cells, instance.top >> 2) if self.has_result else None
        instance.settle()
        return result
