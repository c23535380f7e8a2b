"""Functions of ``wasm.core`` beside the interpreter, for the Python around it."""

from .weave import indent


def helpers(words):
    """Each of them, as its lines."""
    return [_place(words), _point(words), _TOKEN, _CLEAR, _guard(words)]


_TOKEN = [
    "@micropython.viper",
    "def token(buffer: ptr8) -> int:",
    "    return int(uint(int(buffer)) >> 4)",
]

# Zeroes cells; a loop in Python would allocate.
_CLEAR = [
    "@micropython.viper",
    "def clear(cells: ptr32, start: int, end: int):",
    "    while start < end:",
    "        cells[start] = 0",
    "        start += 1",
]


def _place(words):
    """A function that puts the address of a buffer into an array of machine words."""
    body = ["words[index] = int(buffer)"]
    if words.bits == 64:
        body = ["words[index << 1] = int(buffer)", "words[(index << 1) + 1] = int(buffer) >> 32"]
    return ["@micropython.viper", "def place(words: ptr32, index: int, buffer: ptr8):", *indent(body)]


def _point(words):
    """A function that puts the address of a buffer into two words of an array."""
    high = "int(buffer) >> 32" if words.bits == 64 else "0"
    return [
        "@micropython.viper",
        "def point(words: ptr32, index: int, buffer: ptr8):",
        "    words[index] = int(buffer)",
        "    words[index + 1] = " + high,
    ]


def _guard(words):
    """A function that lets ``run`` go on and undoes what an exception of a called Python function leaves.

    A ``try`` costs as much as a call: it is here, where many calls of Python share it.
    """
    return [
        "@micropython.viper",
        "def guard(token, instance):",
        "    s = ptr32(int(token) << 4)",
        "    life = ptr32(%s)" % words.state("LIFE"),
        "    top = s[TOP]",
        "    running = life[RUNNING]",
        "    ctx = instance.context",
        "    try:",
        "        if running:",
        "            ctx[ROOM]()",
        "        life[RUNNING] = running + 1",
        "        s[WHY] = int(ctx[GO](ctx, 0, 0, ctx))",
        "    finally:",
        "        s[TOP] = top",
        "        life[RUNNING] = running",
    ]
