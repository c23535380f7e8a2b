"""Parts of the runtime that come to the heap when they are first needed."""

import sys


def part(name, before=None):
    """The module of that name, imported where it isn't there: an import takes a while even where it is.

    ``before()`` is called only then.
    """
    found = sys.modules.get(name)
    if found is None:
        if before:
            before()
        found = __import__(name, None, None, ("",))
    return found
