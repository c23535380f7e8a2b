"""What Python gives a guest in place of the console: a stream, or a function."""


class Called:
    """A function as a stream: one takes what the guest writes, in bytes, or is asked for at most so many bytes."""

    def __init__(self, function):
        self.write = self.read = function


def stream(given):
    """The stream that was given, or that stands for a function."""
    return Called(given) if callable(given) else given


def read(source, size):
    """At most ``size`` bytes of a stream, b"" at its end; text as UTF-8."""
    data = source.read(size) or b""
    return data.encode() if isinstance(data, str) else data
