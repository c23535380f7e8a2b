"""A loaded module as its user sees it."""

import gc

from .core import EXTERNREF, F32, F64, FUNCREF, I32, I64
from .errors import Exit
from .instance import FUNC, GLOBAL, MEMORY, Instance
from .link import join, resolve
from .parts import part
from .values import Function

_TYPES = {I32: "i32", I64: "i64", F32: "f32", F64: "f64", FUNCREF: "funcref", EXTERNREF: "externref"}


class Host:
    """What one guest gets from the board: the capability table, made when a first import asks for it."""

    table = None

    def __init__(self, *given):
        """``given``: grants, args, env, files, output, stdin and stdout, as for ``load``."""
        self.given = given

    def binder(self, module):
        """A function of a name that gives ``(callable, type)`` or None; None where there is no such module."""
        if not module.startswith("wasi"):
            return None
        if self.table is None:
            self.table = part("wasi", gc.collect).Table(*self.given)  # as for a first load (api.py)
        return self.table.binder(module)

    def close(self):
        """Gives back what the guest holds; it may open it again."""
        if self.table:
            self.table.close()


class App:
    """A module that is ready to run. Its exports are attributes, or ``app["any name"]``: functions that take
    and return ints and floats, globals by their values, memory and tables. An export with a name that an App has
    itself, or that Python keeps for itself, has one more underscore behind it as an attribute: ``app.run_()``.

    ``memory`` is its first memory, exported or not, or None; ``globals`` maps names of exported globals to
    values, to be read and set; ``exports`` maps all names to types.
    """

    # An instance has them from the beginning: here they are names that an App has.
    memory = _host = _found = _instance = None
    source = None  # the name or path that it was loaded by

    def __init__(self, image, imports, host, stack, cap, fuel, snapshot=None):
        self._host = host
        self._found = {}
        try:
            instance = Instance(image, resolve(image, imports, host.binder), stack, cap, fuel)
            self._instance = instance
            self.memory = instance.memory
            if host.table:
                host.table.attach(instance.memory, self._function)
            join(instance)
            if snapshot:
                snapshot.renumber(instance)
            instance.instantiate(snapshot is None)
            initialize = self.item("_initialize")
            if snapshot:
                snapshot.restore(self)
            elif initialize is not None:
                initialize()
        except BaseException:
            host.close()
            raise

    def item(self, name):
        """The export itself: a function, Table, Memory or Global; None where there is none of that name."""
        found = self._found.get(name)
        if found is None:
            place = self._instance.image.find(name)
            if place:
                found = self._found[name] = self._instance.item(*place)
        return found

    def _function(self, name, signature):
        """The exported function of that name and type, or None."""
        found = self.item(name)
        return found if isinstance(found, Function) and found.signature == signature else None

    def __getitem__(self, name):
        found = self.item(name)
        if found is None:
            raise KeyError(name)
        return found

    def __getattr__(self, name):
        export = name
        if name.endswith("_") and (_is_own(name[:-1]) or self.item(name) is None):
            export = name[:-1]
        found = self.item(export)
        if found is None:
            raise AttributeError("module exports no '%s'" % name)
        if isinstance(found, Function):
            found = part("wasm.quick").quick(found)
            setattr(self, name, found)
        return getattr(found, "value", found)

    @property
    def exports(self):
        """Names and types of all exports, such as ``{"add": "(i32,i32)->i32", "memory": "memory"}``."""
        instance = self._instance
        types = {}
        for name, kind, index in instance.image.exports():
            if kind == FUNC:
                types[name] = _function_type(instance.signature(index))
            elif kind == GLOBAL:
                item = instance.item(kind, index)
                types[name] = ("mut " if item.mutable else "") + _TYPES[item.letter]
            else:
                types[name] = "memory" if kind == MEMORY else "table"
        return types

    @property
    def globals(self):
        return _Globals(self)

    def run(self):
        """Runs ``_start`` and gives back what the program held of the board.

        The exit code, 0 where the program just returns. Raises AttributeError where there is no ``_start``.
        """
        start = self.item("_start")
        if start is None:
            raise AttributeError("module has no _start: call one of its exports, see .exports")
        try:
            start()
        except Exit as end:
            return end.code
        finally:
            self.close()
        return 0

    def call_async(self, name, *args):
        """To be awaited: calls an export as a task of asyncio, which lets others run (tasks)."""
        return part("wasm.tasks").call(self, name, args)

    def snapshot(self, path):
        """Writes to a file what it takes to go on elsewhere, also in the midst of a task's call (snapshot)."""
        part("wasm.snapshot").save(self, path)

    def close(self):
        """Gives back what the module holds of the board: pins, buses."""
        self._host.close()


def _is_own(name):
    """Whether an App has an attribute of that name, or has one but for underscores at its end."""
    while not hasattr(App, name):
        if not name.endswith("_"):
            return False
        name = name[:-1]
    return True


class _Globals:
    def __init__(self, app):
        self._app = app

    def __getitem__(self, name):
        return self._app[name].value

    def __setitem__(self, name, value):
        self._app[name].value = value


def _function_type(signature):
    parameters, results = [[_TYPES[letter] for letter in part] for part in signature.split(b">")]
    result = results[0] if len(results) == 1 else "(%s)" % ",".join(results)
    return "(%s)->%s" % (",".join(parameters), result)
