"""What can go wrong with a module, as exceptions. After each of them the instance and the board go on."""


class Trap(Exception):
    """The guest did what WebAssembly forbids (spec section 4.4).

    ``kind`` is in the spec's words ("integer divide by zero"); ``frames`` is a list of
    ``(function index, byte offset in the module)``, the innermost first.
    """

    def __init__(self, kind, frames=()):
        super().__init__(kind)
        self.kind = kind
        self.frames = frames

    def __str__(self):
        if not self.frames:
            return self.kind
        return (
            self.kind
            + " in "
            + ", called from ".join(["function %d at 0x%x" % frame for frame in self.frames])
        )


class LinkError(Exception):
    """An import can't be had: nothing of that name, or it is of another type (spec section 4.5.4)."""


class ImageError(Exception):
    """The bytes are no image that this runtime reads."""


class Exit(Exception):
    """The guest ended itself (``proc_exit``) with ``code``."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code
