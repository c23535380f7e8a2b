"""What a host function returns to a task where it isn't done yet: an object with these methods."""


class Wait:
    """Says what is waited for, and how the call ends; nothing is kept on any stack meanwhile."""

    def ready(self):
        """Whether it is over for what happened outside; None where nothing outside can end it."""

    def left(self):
        """Microseconds until it is over whatever happens; None where there is no such time."""

    def finish(self):
        """What the function returns. May raise what a function may raise."""
