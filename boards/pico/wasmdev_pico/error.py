"""The one exception of this package."""


class PicoError(Exception):
    """One line: what the emulated board can't do, and what to do about it."""
