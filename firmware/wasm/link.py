"""Resolves the imports of an image (spec section 4.5.4): the one place where guests are given anything."""

from .core import FOREIGN_KIND, MUTABLE, NONE
from .errors import LinkError
from .instance import FUNC, GLOBAL, TABLE
from .memory import Memory
from .table import Table
from .values import Function, Global

_KINDS = ("function", "table", "memory", "global")


def resolve(image, imports, provider):
    """What an Instance takes: functions, tables, memories and globals, in the image's order, and how the functions
    are called (core's kinds).

    ``imports`` maps a module's name to a dict or an App; ``provider(module)`` gives for others None, or a
    function of a function's name that gives ``(callable, type)`` or None. Raises LinkError naming the import.
    """
    numbers = image.numbers
    names = image.names
    items = [], [], [], []
    kinds = bytearray()
    modules = {}
    end = 0
    for _ in range(next(numbers)):
        kind = next(numbers)
        sizes = next(numbers)
        detail = kind >> 16
        called = kind >> 8 & 0xFF
        kind &= 0xFF
        start = end
        end += sizes & 0xFFFF
        found = modules.get(names[start:end])
        if found is None:
            module = names[start:end].decode()
            source = imports.get(module)
            found = modules[names[start:end]] = module, source, provider(module) if source is None else None
        module, source, binder = found
        start = end
        end += sizes >> 16
        name = names[start:end].decode()
        item = None
        if source is not None:
            item = source.get(name) if isinstance(source, dict) else source.item(name)
        if kind == FUNC:
            signature = image.types[detail]
            found = None
            if item is None:
                binder = binder or provider(module)
                found = binder and binder(name)
            if found and found[1].encode() == signature:
                fitting = (found[0], signature) + found[2:]
            elif found:
                wanted = str(signature, "utf-8")
                raise LinkError("incompatible import type: %s.%s is %s, not %s" % (module, name, found[1], wanted))
            else:
                fitting = _function(item, signature)
                if fitting and not callable(fitting[0]):
                    called = FOREIGN_KIND
            kinds.append(called)
        elif kind == GLOBAL:
            fitting = _global(item, detail)
        else:
            fitting = _sized(item, kind, detail, next(numbers), next(numbers))
        if fitting is None:
            if item is None:
                raise LinkError("unknown import: %s %s.%s; give it in imports=" % (_KINDS[kind], module, name))
            raise LinkError("incompatible import type: %s.%s is no %s of that type" % (module, name, _KINDS[kind]))
        items[kind].append(fitting)
    return items + (kinds,)


def _function(item, signature):
    if isinstance(item, Function):
        if item.instance.signature(item.index) == signature:
            return item.instance.resolve(item.index)
    elif callable(item):
        return item, signature
    return None


def _global(item, byte):
    letter = byte & ~MUTABLE
    if isinstance(item, (int, float)) and byte == letter:
        return Global(chr(letter), item)
    if isinstance(item, Global) and item.letter == letter and item.mutable == (byte >= MUTABLE):
        return item
    return None


def _sized(item, kind, detail, minimum, maximum):
    """A table or a memory, whose limits must be as the module wants them."""
    if kind == TABLE:
        size = len(item) if isinstance(item, Table) and item.letter == detail else -1
    else:
        size = item.pages if isinstance(item, Memory) and item.page == detail else -1
    if size < minimum or (maximum != NONE and (item.maximum is None or item.maximum > maximum)):
        return None
    return item


def join(instance):
    """Lets all instances that share functions, tables or globals with this one know each other's references."""
    if not all(instance.kinds):  # FOREIGN_KIND is 0
        _share_functions(instance)
    if instance.tables or instance.globals:
        _share(instance, instance.tables + instance.globals)


def _share_functions(instance):
    for target, kind in zip(instance.targets, instance.kinds):
        if kind == FOREIGN_KIND:
            _merge(instance, target[0])


def _share(instance, items):
    for item in items:
        if item.instance:
            _merge(instance, item.instance)
        else:
            item.instance = instance


def _merge(one, other):
    for instance in (one, other):
        if instance.group is None:
            instance.group = [instance]
    if other.group is one.group:
        return
    if one.numbered or other.numbered:
        raise LinkError("a guest that came from a snapshot can't be linked with others")
    for instance in other.group:
        one.group.append(instance)
        instance.group = one.group
