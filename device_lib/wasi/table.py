"""The capability table of an instance: what its handles stand for, and what each may be used for.

A guest holds nothing but small ints. It opens by label; the grants say what a label means, and what they
don't name doesn't exist. Handles 0 to 2 are the standard streams, those after them the granted folders.

Grants are a dict label -> list (or tuple), as JSON carries them:

    ["gpio.out", pin]                       and "active-low" after it, for a pin that is on when low
    ["gpio.in", pin, pull]                  pull "up", "down" or None; and "active-low" after it
    ["folder", path, access]                access "read-only" or "read-write"; the label is its name for the guest
    ["adc", channel]                        and the millivolts of full scale after it, when not the board's
    ["pwm", pin, frequency]                 hertz; and "active-low" after it
    ["i2c", bus, sda, scl, frequency, [address, ...]]
    ["spi", bus, sck, mosi, miso, cs, baud, mode]      miso may be None
    ["uart", number, tx, rx, baud]
    ["sensor.temperature", channel, offset, numerator, denominator]
    ["sensor.analog", channel, offset, numerator, denominator, name, unit]
    ["sensor.builtin", "module.function", unit]        a function of MicroPython, in C or F
    ["sensor.bme280", bus, sda, scl, frequency, address]         and "sensor.mpu6050"
    ["sensor.ds18b20", pin]

A pin or channel is a number, or a name that ``machine.Pin`` and ``machine.ADC`` take. A temperature is
``offset + u16 * numerator // denominator`` thousandths of a degree Celsius, u16 the reading from 0 to 65535;
``u16 * numerator`` stays off the heap of a 32-bit board while the numerator is within +-16384. The RP2040's
T = 27 - (U - 0.706 V) / 0.001721 V at 3.3 V is ["sensor.temperature", 4, 437227, -8924, 305].

Wiring (pulls, active level) belongs to the grant: a guest has no flags to say it with.
"""

import sys

from micropython import const

from .claims import claim, release
from .errno import BADF, BUSY, FAULT, IO, MFILE, NODEV, NOTCAPABLE, SUCCESS
from .rights import PREVIEW1

# The module of this package that has an import module's functions. Those of preview 1 are in several, by the word
# that a function's name begins with: each is imported only when a guest asks for a function of it.
_PARTS = {"wasi_" + name: name for name in ("gpio", "adc", "pwm", "i2c", "spi", "uart", "sensor")}
_PREVIEW1_PARTS = {
    "fd": ("streams", "descriptors"),
    "path": ("paths",),
    "clock": ("clock",),
    "poll": ("poll",),
    "sock": ("nosys",),
    "args": ("process",),
    "environ": ("process",),
    "proc": ("process", "nosys"),
    "random": ("process",),
    "sched": ("process",),
}

_NOTHING = {}

_imported = {}  # part -> module: to import takes a while even where it is there

_MOST = const(64)  # handles of a guest

# No label is longer, so none is copied out of a guest's memory beyond this.
_LABEL_MAX = const(64)

denied = {}  # "import module.function" -> how often it was refused since the board started
asked = {}  # the same, for what opens -> the label or path of the last time, in bytes, and the grants of who asked


# What a table begins with: handle -> (interface, rights, resource, place), None when closed. Streams have the
# rights fd_read or fd_write, and poll_fd_readwrite, of WASI, and no place.
_STANDARD = (
    (PREVIEW1, 1 << 27 | 1 << 1, sys.stdin, None),
    (PREVIEW1, 1 << 27 | 1 << 6, sys.stdout, None),
    (PREVIEW1, 1 << 27 | 1 << 6, sys.stderr, None),
)


class _NoMemory:
    """The memory of a module without one: every address is out of bounds."""

    def __len__(self):
        return 0

    def read(self, *_):
        raise IndexError

    write = u32 = set_u32 = set_u64 = read


def _bind_from(module, functions):
    types = module.TYPES
    waits = getattr(module, "WAITS", ())
    guarded = getattr(functions, "guarded", None)

    def bind(name):
        kind = types.get(name)
        if kind is None:
            return None
        if name in waits:
            return getattr(functions, name), kind, getattr(functions, "begin_" + name)
        return guarded(name) if guarded else getattr(functions, name), kind

    return bind


class Table:
    """The handles of one instance.

    ``grants`` are described above; ``args`` are the program's name and its arguments, ``env`` its environment;
    ``files`` limits the bytes that files in granted folders may take together, ``output`` the bytes a second to
    the console. Raises ValueError for a grant that can't be understood. ``denied`` counts this instance's refused
    calls.
    """

    # What most guests need not have of their own: an attribute of an object takes as long as a call of a function.
    args = ()
    env = _grants = _NOTHING
    files = output = exported = None
    memory = _NoMemory()
    denied = 0
    errno = SUCCESS
    _first = len(_STANDARD)  # the first handle that a guest can get

    def __init__(self, grants, args=(), env=None, files=None, output=None):
        if grants:
            from .grants import check

            self._grants = check(grants)
        if args:
            self.args = args
        if env:
            self.env = env
        if files is not None:
            self.files = files
        if output:
            self.output = output
        self._binders = {}
        self._begin()

    def _begin(self):
        self._entries = list(_STANDARD)
        if self._grants and any(grant[0] == "folder" for grant in self._grants.values()):
            from .preopen import preopen

            self._entries += preopen(self._grants, self.files)
            self._first = len(self._entries)

    def bind(self, module, name):
        """The host function of an import as ``(callable, type)``, or None if there is none.

        The type is letters for parameters and results, i f for 32 bits and I F for 64: ``"iI>i"``. Behind it is
        what a task calls in place of a function that waits: it may return a Wait (wasm/wait.py).
        """
        binder = self.binder(module)
        return binder(name) if binder else None

    def binder(self, module):
        """The same for all functions of an import module, as a function of their names, or None."""
        if module == PREVIEW1:
            return self._preview1
        return self._binder(_PARTS[module]) if module in _PARTS else None

    def _preview1(self, name):
        for part in _PREVIEW1_PARTS.get(name[: name.find("_")], ()):
            bound = self._binder(part)(name)
            if bound:
                return bound
        return None

    def _binder(self, part):
        """The same for one module of this package."""
        found = self._binders.get(part)
        if found is None:
            module = _imported.get(part)
            if module is None:
                module = _imported[part] = __import__("wasi." + part, None, None, ("TYPES",))
            found = self._binders[part] = _bind_from(module, module.Functions(self))
        return found

    def call(self, name, *arguments):
        """Call a function of preview 1, as the guest would."""
        return self.bind(PREVIEW1, name)[0](*arguments)

    def attach(self, memory, exported=None):
        """Give the functions the instance's memory; None for an instance that has none.

        ``exported(name, signature)`` is the guest's function of that name and type, or None.
        """
        if memory is not None:
            self.memory = memory
        self.exported = exported

    def entry(self, handle):
        """What a handle stands for, ``(interface, rights, resource, place)``, or None."""
        return self._entries[handle] if 0 <= handle < len(self._entries) else None

    def descriptor(self, handle):
        """The same of a handle that preview 1 knows. Raises files.Refused for another one."""
        entry = self.entry(handle)
        if entry is None or entry[0] != PREVIEW1:
            from .files import Refused

            raise Refused(BADF)
        return entry

    def replace(self, handle, entry):
        """Let a handle that is in use stand for something else; None for nothing."""
        self._entries[handle] = entry

    def get(self, handle, interface, right, name):
        """The resource behind a handle, for a use that needs ``right``: every check passes through here.

        None if it is refused, and then ``errno`` says why; ``name`` is the function that asks.
        """
        if 0 <= handle < len(self._entries):
            entry = self._entries[handle]
            if entry and entry[0] == interface:
                if entry[1] & right:
                    return entry[2]
                self.errno = self.deny(name, interface)
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
            return self.deny(name, interface, label, length)
        if self._lowest() == _MOST:
            return MFILE
        held = claim(grant)
        if held is None:
            return BUSY
        try:
            resource = make(grant)
        except (ValueError, TypeError, OSError):
            release(held)
            return NODEV
        return self.put(out, self.add((interface, right, resource, held)))

    def free(self):
        """Raise files.Refused unless there is room for one more handle."""
        if self._lowest() == _MOST:
            from .files import Refused

            raise Refused(MFILE)

    def _lowest(self):
        """The lowest handle that is free. Those that a guest begins with are never given to anything else."""
        for handle in range(self._first, len(self._entries)):
            if self._entries[handle] is None:
                return handle
        return len(self._entries)

    def add(self, entry):
        """Put something behind the lowest free handle, and return that."""
        handle = self._lowest()
        if handle == len(self._entries):
            self._entries.append(entry)
        else:
            self._entries[handle] = entry
        return handle

    def drop(self, handle, interface=None):
        """Close a handle (of any interface if None) and release what is behind it; an errno."""
        if 0 <= handle < len(self._entries):
            entry = self._entries[handle]
            if entry and interface in (None, entry[0]):
                self._entries[handle] = None
                if entry[3] is None:
                    return SUCCESS
                try:
                    entry[2].close()
                except (ValueError, OSError):
                    return IO
                finally:
                    if entry[0] != PREVIEW1:
                        release(entry[3])
                return SUCCESS
        return BADF

    def close(self):
        """Release all that the guest holds. The table is as new after it: a program can be run again."""
        for handle in range(len(self._entries)):
            self.drop(handle)
        self._begin()

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

    def deny(self, name, interface=PREVIEW1, label=0, length=-1):
        """Count a call that the grants don't allow, and return the errno for it.

        One that opens something by what is at ``label`` is kept with that, and with what could have been opened.
        """
        self.denied += 1
        name = interface + "." + name
        denied[name] = denied.get(name, 0) + 1
        if length >= 0:
            try:
                asked[name] = bytes(self.memory.read(label, min(length, _LABEL_MAX))), self._grants
            except IndexError:
                pass
        return NOTCAPABLE

    def _granted(self, label):
        try:
            return self._grants.get(str(label, "utf-8"))
        except UnicodeError:
            return None
