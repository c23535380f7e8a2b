"""What the interfaces of buses have in common: checked transfers, each a list of operations."""

from struct import calcsize, unpack

from micropython import const

from .errno import FAULT, INVAL, NOMEM, SUCCESS
from .rights import READ

_MOST = const(16)  # operations of a transaction


class Transfers:
    """The functions of one instance for a bus whose import module is ``name``.

    An operation is a tuple of numbers, the first its kind, below ``kinds``; ``form`` is how it lies in memory. A
    bus has ``_allowed(resource, *where)``, ``_check(*operation)``, ``_do(resource, operations, *where)`` and
    ``_failed(error)``, an errno.
    """

    def __init__(self, table, name, form, kinds):
        self._table = table
        self._name = name
        self._form = form
        self._kinds = kinds

    def close(self, handle):
        return self._table.drop(handle, self._name)

    def _listed(self, handle, operations, count, *where):
        """Do the ``count`` operations that the guest lists at an address; an errno."""
        table = self._table
        if table.get(handle, self._name, READ, "transaction") is None:
            return table.errno
        if not 0 <= count <= _MOST:
            return INVAL
        size = calcsize(self._form)
        try:
            table.inside(operations, size * count)
        except IndexError:
            return FAULT
        places = range(operations, operations + size * count, size)
        parts = [unpack(self._form, table.memory.read(at, size)) for at in places]
        if any(part[0] >= self._kinds for part in parts):
            return INVAL
        return self._transfer(handle, "transaction", parts, *where)

    def _transfer(self, handle, name, parts, *where):
        """Do operations, none before all of them are checked; an errno."""
        table = self._table
        resource = table.get(handle, self._name, READ, name)
        if resource is None:
            return table.errno
        if not self._allowed(resource, *where):
            return table.deny(name, self._name)
        try:
            for part in parts:
                self._check(*part)
            self._do(resource, parts, *where)
        except IndexError:
            return FAULT
        except MemoryError:
            return NOMEM
        except OSError as error:
            return self._failed(error)
        return SUCCESS
