"""What can go wrong, each said in one line: what, where; what to do next."""


class WasmdevError(Exception):
    """A module or a board that fails: exit code 1."""

    exit_code = 1

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what}; {hint}" if hint else what)


class UsageError(WasmdevError):
    """What the user wrote can't be meant so, in an option, a file name or a TOML file: exit code 2."""

    exit_code = 2


class LinkError(WasmdevError):
    """The board can't be reached, or no longer answers as it should."""


class TimeLimit(WasmdevError):
    """A program took longer than it was given, and was stopped."""


class BoardError(WasmdevError):
    """Python code raised an exception on the board.

    ``exception`` is the name of its class, ``text`` what it said, ``traceback`` the whole of it.
    """

    def __init__(self, traceback: str) -> None:
        self.traceback = traceback.replace("\r\n", "\n").strip()
        last = self.traceback.rsplit("\n", 1)[-1]
        self.exception, _, self.text = last.partition(": ")
        full = self.exception == "MemoryError"
        hint = "what its boot.py and main.py hold leaves too little heap" if full else ""
        super().__init__(f"the board raised {last}", hint)
