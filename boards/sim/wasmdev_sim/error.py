"""The one exception of this package."""


class SimError(Exception):
    """One line: what the simulated board can't do, and what to do about it."""
