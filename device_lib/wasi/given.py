"""What Python gives a guest in place of the console: a stream, or a function."""


class Stream:
    """One that was given, or a function: it takes what the guest writes, in bytes, or is asked for at most so many
    bytes. Text is UTF-8."""

    def __init__(self, given):
        self._read = getattr(given, "read", given)
        self._write = getattr(given, "write", given)
        self._rest = b""

    def read(self, size):
        """At most ``size`` bytes, b"" at the end."""
        data = self._rest or self._read(size) or b""
        if isinstance(data, str):
            data = data.encode()
        self._rest = data[size:]
        return data[:size]

    def write(self, data):
        """How many bytes were taken."""
        taken = self._write(data)
        return taken if isinstance(taken, int) else len(data)
