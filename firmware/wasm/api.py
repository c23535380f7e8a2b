"""What users of the board see: ``wasm.load`` and what it returns."""

import gc

from micropython import const

from .app import App, Host
from .image import Image
from .instance import STACK

_first = True  # nothing was loaded yet

# Beside code of more bytes than the first there is no room for garbage: modules that are imported meanwhile would
# scatter over what is left, and nothing larger fit between them. So much of it is let be before it is collected.
_LARGE = const(32768)
_GARBAGE = const(4096)


def load(
    source,
    imports=None,
    grants=None,
    memory=None,
    fuel=None,
    stack=0,
    args=(),
    env=None,
    files=None,
    output=None,
    native=True,
    stdin=None,
    stdout=None,
    snapshot=None,
):
    """An App from a module.

    ``source`` is the name that it was flashed under, the path of a ``.wasm`` or an image, or its bytes.
    ``imports`` maps module names to dicts of Python functions, numbers, Memory, Table and Global objects, or to
    Apps. ``grants`` maps labels to what the guest may open by them; ``memory`` caps linear memory (bytes), or is
    "flat" or "sparse" (memory.py), ``fuel`` what one call may use (turns of loops and calls), ``stack`` is for
    frames (bytes; unasked what they need, if that is known, else 8192). ``args`` and ``env`` are what WASI shows:
    ``argv[0]`` is the module's name, for a file its name without the ending, for bytes "app", and ``args`` follow.
    ``files`` limits the bytes that files in granted folders may take together, ``output`` the bytes a second to
    the console; ``stdin`` and ``stdout`` are streams, or functions, in the console's place: one is called with
    how many bytes are wanted at most and returns some, b"" at the end, the other with the bytes that the guest
    writes. Where it is not to be ``native``, code for the board's processor is left alone. What is new in it
    comes from a ``snapshot`` where there is one (tasks.resume).

    Raises OSError (no such module), wasmc.WasmError (a .wasm that is malformed or invalid), ImageError,
    LinkError (an import that is not given), Trap (a segment or the start function), MemoryError.
    """
    code = None
    name = "app"
    named = source if isinstance(source, str) else None
    if isinstance(source, str) and _is_path(source):
        name = source.rpartition("/")[2]
        name = name.rpartition(".")[0] or name
    elif isinstance(source, str):
        from .flashed import settings, tell

        name = flashed = source
        source, given = settings(source)
        name = given.get("program") or name
        code = given.get("native") if native else None
        grants = given["grants"] if grants is None else grants
        memory = given["memory"] if memory is None else memory
        fuel = given["fuel"] if fuel is None else fuel
        stack = given["stack"] or stack
        args = args or given["args"]
        env = given["env"] if env is None else env
        files = given.get("files") if files is None else files
        output = given.get("output") if output is None else output
    global _first
    if memory is not None or _first:
        # What imports left behind would make large buffers, and modules that are imported now, scatter over the
        # heap, and the largest buffer not fit.
        gc.collect()
        _first = False
    if imports and not stack:
        stack = STACK  # the image does not know how often Python calls back
    shown = grants, (name,) + tuple(args), env, files, output, stdin, stdout
    given = named, imports or {}, shown, stack, memory, fuel, snapshot
    if code and memory != "sparse":
        try:
            app = _app(code, *given)
            tell(flashed, "")
            return app
        except MemoryError as error:  # for the code, or the memory in one piece: it is interpreted then
            why = str(error)
        gc.collect()
        tell(flashed, why)
    return _app(_compiled(source), *given)


def _app(source, named, imports, host, stack, memory, fuel, snapshot):
    image = Image(source)
    threshold = None
    if len(image.code) > _LARGE:
        threshold = gc.threshold()
        gc.threshold(_GARBAGE)
    try:
        app = App(image, imports, Host(*host), stack, memory, fuel, snapshot)
        app.source = named
        return app
    except BaseException:
        image.close()
        raise
    finally:
        if threshold is not None:
            gc.threshold(threshold)


def _is_path(source):
    return "/" in source or source.endswith(".wasm") or source.endswith(".img")


def _compiled(source):
    """The image, or the path of one, of what may be a binary module."""
    if isinstance(source, str):
        if source.endswith(".img"):
            return source
        with open(source, "rb") as file:
            head = file.read(4)
    else:
        head = bytes(source[:4])
    if head != b"\0asm":
        return source
    from .raw import image

    return image(source)
