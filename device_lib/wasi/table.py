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

MOST = const(64)  # handles of a guest

# No label is longer, so none is copied out of a guest's memory beyond this.
_LABEL_MAX = const(64)

denied = {}  # "import module.function" -> how often it was refused since the board started
asked = {}  # the same, for what opens -> the label or path of the last time, in bytes, and the grants of who asked


# What a table begins with: handle -> (interface, rights, resource, place), None when closed. Streams have the
# rights fd_read or fd_write, and poll_fd_readwrite, of WASI, and no place. What is not of preview 1 has in its
# place what it takes of the board, and behind it the label that it was opened by.
STANDARD = [
    (PREVIEW1, 1 << 27 | 1 << 1, sys.stdin, None),
    (PREVIEW1, 1 << 27 | 1 << 6, sys.stdout, None),
    (PREVIEW1, 1 << 27 | 1 << 6, sys.stderr, None),
]


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


def _module(part):
    module = _imported.get(part)
    if module is None:
        module = _imported[part] = __import__("wasi." + part, None, None, ("TYPES",))
    return module


class Table:
    """The handles of one instance.

    ``grants`` are described above; ``args`` are the program's name and its arguments, ``env`` its environment;
    ``files`` limits the bytes that files in granted folders may take together, ``output`` the bytes a second to
    the console. ``stdin`` and ``stdout`` are streams or functions in the console's place (given.py). Raises
    ValueError for a grant that can't be understood. ``denied`` counts this instance's refused calls.
    """

    # What most guests need not have of their own: an attribute of an object takes as long as a call of a function.
    args = ()
    env = grants = _NOTHING
    files = output = exported = None
    memory = _NoMemory()
    denied = 0
    since = 0  # microseconds that the guest's monotonic clock is ahead, since it began on another board
    errno = SUCCESS
    standard = STANDARD
    first = len(STANDARD)  # the first handle that a guest can get

    def __init__(self, grants, args=(), env=None, files=None, output=None, stdin=None, stdout=None):
        if grants:
            from .grants import check

            self.grants = check(grants)
        if args:
            self.args = args
        if env:
            self.env = env
        if files is not None:
            self.files = files
        if output:
            self.output = output
        self._binders = {}
        if stdin or stdout:
            self._give(stdin, stdout)
        self._begin()

    def _give(self, *streams):
        from .given import Stream

        self.standard = STANDARD[:]
        for handle, given in enumerate(streams):
            if given:
                self.standard[handle] = STANDARD[handle][:2] + (Stream(given), None)

    def _begin(self):
        self.entries = self.standard + self.folders()
        if len(self.entries) > len(self.standard):
            self.first = len(self.entries)

    def folders(self):
        """Entries for the folders that the grants let a guest begin with."""
        if not any(grant[0] == "folder" for grant in self.grants.values()):
            return []
        from .preopen import preopen

        return preopen(self.grants, self.files)

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
            module = _module(part)
            found = self._binders[part] = _bind_from(module, module.Functions(self))
        return found

    def interface(self, name):
        """The module of this package that has an import module for hardware. Raises KeyError."""
        return _module(_PARTS[name])

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
        return self.entries[handle] if 0 <= handle < len(self.entries) else None

    def descriptor(self, handle):
        """The same of a handle that preview 1 knows. Raises files.Refused for another one."""
        entry = self.entry(handle)
        if entry is None or entry[0] != PREVIEW1:
            from .files import Refused

            raise Refused(BADF)
        return entry

    def replace(self, handle, entry):
        """Let a handle that is in use stand for something else; None for nothing."""
        self.entries[handle] = entry

    def get(self, handle, interface, right, name):
        """The resource behind a handle, for a use that needs ``right``: every check passes through here.

        None if it is refused, and then ``errno`` says why; ``name`` is the function that asks.
        """
        if 0 <= handle < len(self.entries):
            entry = self.entries[handle]
            if entry and entry[0] == interface:
                if entry[1] & right:
                    return entry[2]
                self.errno = self.deny(name, interface)
                return None
        self.errno = BADF
        return None

    def open(self, interface, name, opens, label, length, out):
        """Open what the guest's ``label`` names and store the handle at ``out``; an errno.

        ``opens`` says how the kind of the grant must begin, the rights of the handle, and what makes the resource
        of a grant, which has a ``close()``. Nothing of the hardware is touched before the grant is found and
        ``out`` is known good.
        """
        try:
            self.inside(label, length)
            self.memory.u32(out)
            text = self._text(self.memory.read(label, length)) if length <= _LABEL_MAX else None
        except IndexError:
            return FAULT
        grant = self.grants.get(text)
        if grant is None or not grant[0].startswith(opens[0]):
            return self.deny(name, interface, label, length)
        if self._lowest() == MOST:
            return MFILE
        entry = self.make(interface, opens, text, grant)
        return entry if isinstance(entry, int) else self.put(out, self.add(entry))

    def make(self, interface, opens, label, grant):
        """What a handle stands for that is opened by a grant; an errno if it can't be."""
        held = claim(grant)
        if held is None:
            return BUSY
        try:
            return interface, opens[1], opens[2](grant), held, label
        except (ValueError, TypeError, OSError):
            release(held)
            return NODEV

    def free(self):
        """Raise files.Refused unless there is room for one more handle."""
        if self._lowest() == MOST:
            from .files import Refused

            raise Refused(MFILE)

    def _lowest(self):
        """The lowest handle that is free. Those that a guest begins with are never given to anything else."""
        for handle in range(self.first, len(self.entries)):
            if self.entries[handle] is None:
                return handle
        return len(self.entries)

    def add(self, entry):
        """Put something behind the lowest free handle, and return that."""
        handle = self._lowest()
        if handle == len(self.entries):
            self.entries.append(entry)
        else:
            self.entries[handle] = entry
        return handle

    def drop(self, handle, interface=None):
        """Close a handle (of any interface if None) and release what is behind it; an errno."""
        if 0 <= handle < len(self.entries):
            entry = self.entries[handle]
            if entry and interface in (None, entry[0]):
                self.entries[handle] = None
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
        for handle in range(len(self.entries)):
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
                asked[name] = bytes(self.memory.read(label, min(length, _LABEL_MAX))), self.grants
            except IndexError:
                pass
        return NOTCAPABLE

    @staticmethod
    def _text(label):
        try:
            return str(label, "utf-8")
        except UnicodeError:
            return None
