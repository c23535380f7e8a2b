"""The capability table of an instance: what its handles stand for, and what each may be used for.

A guest holds nothing but small ints. It opens by label; the grants say what a label means, and what they
don't name doesn't exist. Handles 0 to 2 are the standard streams.

Grants are a dict label -> list (or tuple), as JSON carries them:

    ["gpio.out", pin]                       and "active-low" after it, for a pin that is on when low
    ["gpio.in", pin, pull]                  pull "up", "down" or None; and "active-low" after it
    ["adc", channel]                        and the millivolts of full scale after it, when not the board's
    ["sensor.temperature", channel, offset, numerator, denominator]

A pin or channel is a number, or a name that ``machine.Pin`` and ``machine.ADC`` take. A temperature is
``offset + u16 * numerator // denominator`` thousandths of a degree Celsius, u16 the reading from 0 to 65535;
``u16 * numerator`` stays off the heap of a 32-bit board while the numerator is within +-16384. The RP2040's
T = 27 - (U - 0.706 V) / 0.001721 V at 3.3 V is ["sensor.temperature", 4, 437227, -8924, 305].

Wiring (pulls, active level) belongs to the grant: a guest has no flags to say it with.
"""

import sys

from .errno import BADF, BUSY, FAULT, IO, NODEV, NOTCAPABLE, SUCCESS
from .grants import check

READ = 1
WRITE = 2

PREVIEW1 = "wasi_snapshot_preview1"

# The module of this package that has an import module's functions; preview 1 is in several, by the word that a
# function's name begins with, and in "nosys" what a board can't have.
_PARTS = {"wasi_gpio": "gpio", "wasi_adc": "adc", "wasi_sensor": "sensor"}
_PREVIEW1_PARTS = {"fd": "streams", "clock": "clock", "poll": "poll", "path": "nosys", "sock": "nosys"}

# Handles below are the standard streams', or nothing's: a closed one is never given to anything else.
_STREAMS = 3

# No label is longer, so none is copied out of a guest's memory beyond this.
_LABEL_MAX = 64

denied = {}  # "import module.function" -> how often it was refused since the board started


def _standard():
    """What a table begins with: handle -> (interface, rights, resource, pin or channel), None when closed."""
    return [
        (PREVIEW1, READ, sys.stdin, None),
        (PREVIEW1, WRITE, sys.stdout, None),
        (PREVIEW1, WRITE, sys.stderr, None),
    ]


class _NoMemory:
    """The memory of a module without one: every address is out of bounds."""

    def __len__(self):
        return 0

    def read(self, *_):
        raise IndexError

    write = u32 = set_u32 = set_u64 = read


class Table:
    """The handles of one instance.

    ``grants`` are described above; ``args`` are the program's arguments, ``env`` its environment. Raises
    ValueError for a grant that can't be understood. ``denied`` counts this instance's refused calls.
    """

    def __init__(self, grants, args=(), env=None):
        self._grants = check(grants or {})
        self.args = args or ()
        self.env = env or {}
        self.memory = _NoMemory()
        self.denied = 0
        self.errno = SUCCESS
        self._functions = {}
        self._entries = _standard()

    def bind(self, module, name):
        """The host function of an import as ``(callable, type)``, or None if there is none.

        The type is letters for parameters and results, i f for 32 bits and I F for 64: ``"iI>i"``.
        """
        if module == PREVIEW1:
            parts = _PREVIEW1_PARTS.get(name.split("_")[0], "process"), "nosys"
        else:
            parts = (_PARTS[module],) if module in _PARTS else ()
        for part in parts:
            found = __import__("wasi." + part, None, None, ("TYPES",))
            kind = found.TYPES.get(name)
            if kind is not None:
                if part not in self._functions:
                    self._functions[part] = found.Functions(self)
                return getattr(self._functions[part], name), kind
        return None

    def attach(self, memory):
        """Give the functions the instance's memory; None for an instance that has none."""
        if memory is not None:
            self.memory = memory

    def get(self, handle, interface, right, name):
        """The resource behind a handle, for a use that needs ``right``: every check passes through here.

        None if it is refused, and then ``errno`` says why; ``name`` is the function that asks.
        """
        if 0 <= handle < len(self._entries):
            entry = self._entries[handle]
            if entry and entry[0] == interface:
                if entry[1] & right:
                    return entry[2]
                self.errno = self._deny(interface, name)
                return None
        self.errno = BADF
        return None

    def open(self, interface, name, kind, right, make, label, length, out):
        """Open what the guest's ``label`` names and store the handle at ``out``; an errno.

        The grant must be of a kind that begins with ``kind``; ``make(grant)`` returns the resource, which has
        a ``close()``. Nothing of the hardware is touched before the grant is found and ``out`` is known good.
        """
        try:
            self.inside(label, length)
            self.memory.u32(out)
            grant = self._granted(self.memory.read(label, length)) if length <= _LABEL_MAX else None
        except IndexError:
            return FAULT
        if grant is None or not grant[0].startswith(kind):
            return self._deny(interface, name)
        handle = len(self._entries)
        for i in range(handle - 1, _STREAMS - 1, -1):
            entry = self._entries[i]
            if entry is None:
                handle = i
            elif entry[0] == interface and entry[3] == grant[1]:
                return BUSY
        try:
            entry = (interface, right, make(grant), grant[1])
        except (ValueError, TypeError, OSError):
            return NODEV
        if handle == len(self._entries):
            self._entries.append(entry)
        else:
            self._entries[handle] = entry
        return self.put(out, handle)

    def drop(self, handle, interface=None):
        """Close a handle (of any interface if None) and release what is behind it; an errno."""
        if 0 <= handle < len(self._entries):
            entry = self._entries[handle]
            if entry and interface in (None, entry[0]):
                self._entries[handle] = None
                try:
                    if handle >= _STREAMS:
                        entry[2].close()
                except (ValueError, OSError):
                    return IO
                return SUCCESS
        return BADF

    def close(self):
        """Release all that the guest holds. The table is as new after it: a program can be run again."""
        for handle in range(len(self._entries)):
            self.drop(handle)
        self._entries = _standard()

    def inside(self, address, length):
        """Raise IndexError unless ``length`` bytes at ``address`` are in the guest's memory."""
        if address < 0 or length < 0 or address + length > len(self.memory):
            raise IndexError

    def put(self, address, value):
        """Store a u32 result where the guest wants it; an errno."""
        try:
            self.memory.set_u32(address, value)
        except IndexError:
            return FAULT
        return SUCCESS

    def _granted(self, label):
        try:
            return self._grants.get(str(label, "utf-8"))
        except UnicodeError:
            return None

    def _deny(self, interface, name):
        self.denied += 1
        name = interface + "." + name
        denied[name] = denied.get(name, 0) + 1
        return NOTCAPABLE
