"""Values that are computed at instantiation; imported by the first module that has one."""

from .core import ADD, SUB, WIDE


def computed(instance, numbers, count):
    """What ``count`` steps come to (wasmc/image/file.py), as an int without a sign."""
    stack = []
    for _ in range(count):
        kind = next(numbers)
        if kind < WIDE:
            stack.append(instance.value(numbers, kind))
        elif kind == WIDE:
            stack.append(next(numbers) | next(numbers) << 32)
        else:
            next(numbers)
            right = stack.pop()
            left = stack.pop()
            value = left + right if kind == ADD else left - right if kind == SUB else left * right
            stack.append(value & 0xFFFFFFFFFFFFFFFF)
    return stack[0]
