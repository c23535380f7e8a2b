"""Resolves the imports of an image (spec section 4.5.4): the one place where guests are given anything."""

from . import core
from .errors import LinkError
from .instance import FUNC, Instance
from .memory import Memory
from .table import Table
from .values import Function, Global

_KINDS = ("function", "table", "memory", "global")


def resolve(image, imports, provider):
    """The items that an Instance takes, in the image's order.

    ``imports`` maps a module's name to a dict or an App; ``provider(module, name)`` answers for what is not
    there: ``(callable, signature)`` or None. Raises LinkError naming the import.
    """
    items = []
    for kind, letter, detail, minimum, maximum, module, name in image.imports():
        if kind == FUNC and module not in imports:
            found = provider(module, name)
            if found and found[1] == image.types[detail]:  # what is below takes heap, and a while
                items.append((kind, found))
                continue
        wanted = (kind, letter, detail, minimum, None if maximum == core.NONE else maximum)
        items.append((kind, _find(image, imports, provider, module, name, wanted)))
    return items


def _find(image, imports, provider, module, name, wanted):
    kind = wanted[0]
    item = None
    source = imports.get(module)
    if source is not None:
        item = source.get(name) if isinstance(source, dict) else source.item(name)
    signature = image.types[wanted[2]] if kind == FUNC else ""
    if item is None and kind == FUNC:
        found = provider(module, name)
        if found:
            if found[1] != signature:
                raise LinkError(
                    "incompatible import type: %s.%s is %s, not %s" % (module, name, found[1], signature)
                )
            return found
    if item is None:
        raise LinkError("unknown import: %s %s.%s; give it in imports=" % (_KINDS[kind], module, name))
    fitting = _FIT[kind](item, wanted, signature)
    if fitting is None:
        raise LinkError(
            "incompatible import type: %s.%s is no %s of that type" % (module, name, _KINDS[kind])
        )
    return fitting


def _function(item, wanted, signature):
    if isinstance(item, Function):
        if item.signature == signature:
            return item.instance.resolve(item.index)
    elif callable(item):
        return item, signature
    return None


def _limits(item, size, wanted):
    _, _, _, minimum, maximum = wanted
    return size >= minimum and (maximum is None or (item.maximum is not None and item.maximum <= maximum))


def _table(item, wanted, signature):
    fits = isinstance(item, Table) and item.letter == chr(wanted[1]) and _limits(item, len(item), wanted)
    return item if fits else None


def _memory(item, wanted, signature):
    fits = isinstance(item, Memory) and item.page == wanted[2] and _limits(item, item.pages, wanted)
    return item if fits else None


def _global(item, wanted, signature):
    letter = chr(wanted[1])
    if isinstance(item, (int, float)) and not wanted[2]:
        return Global(letter, item)
    fits = isinstance(item, Global) and item.letter == letter and item.mutable == bool(wanted[2])
    return item if fits else None


_FIT = (_function, _table, _memory, _global)


def join(instance):
    """Lets all instances that share functions, tables or globals with this one know each other's references."""
    for target in instance.targets:
        if isinstance(target[0], Instance):
            _merge(instance, target[0])
    for shared in instance.tables + instance.globals:
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
