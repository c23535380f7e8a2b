"""Resolves the imports of an image (spec section 4.5.4): the one place where guests are given anything."""

from .core import FOREIGN_KIND, MUTABLE, NONE
from .errors import LinkError
from .instance import FUNC, GLOBAL, TABLE, Instance
from .memory import Memory
from .table import Table
from .values import Function, Global

_KINDS = ("function", "table", "memory", "global")


def resolve(image, imports, provider):
    """What an Instance takes: functions, tables, memories and globals, in the image's order, and how the functions
    are called (core's kinds).

    ``imports`` maps a module's name to a dict or an App; ``provider(module, name)`` answers for functions that are
    not there: ``(callable, type)`` or None. Raises LinkError naming the import.
    """
    numbers = image.numbers
    names = image.names
    items = [], [], [], []
    kinds = bytearray()
    known = module = None
    end = 0
    for _ in range(next(numbers)):
        kind = next(numbers)
        sizes = next(numbers)
        detail = kind >> 16
        kind &= 0xFFFF
        start = end
        end += sizes & 0xFFFF
        text = names[start:end]
        if text != known:  # a module's imports stand together
            known = text
            module = str(text, "utf-8")
        start = end
        end += sizes >> 16
        name = str(names[start:end], "utf-8")
        source = imports.get(module)
        item = None
        if source is not None:
            item = source.get(name) if isinstance(source, dict) else source.item(name)
        if kind == FUNC:
            signature = image.types[detail]
            found = provider(module, name) if item is None else None
            if found and found[1].encode() == signature:
                fitting = found[0], signature
            elif found:
                wanted = str(signature, "utf-8")
                raise LinkError("incompatible import type: %s.%s is %s, not %s" % (module, name, found[1], wanted))
            else:
                fitting = _function(item, signature)
            kinds.append(image.kind(detail) if fitting and callable(fitting[0]) else FOREIGN_KIND)
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
    for target in instance.targets:
        if isinstance(target[0], Instance):
            _merge(instance, target[0])
    for shared in instance.tables + instance.globals if instance.tables or instance.globals else ():
        if shared.instance:
            _merge(instance, shared.instance)
        else:
            shared.instance = instance


def _merge(one, other):
    if other.group is one.group:
        return
    for instance in other.group:
        one.group.append(instance)
        instance.group = one.group
