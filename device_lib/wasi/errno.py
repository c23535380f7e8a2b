"""The WASI preview 1 error numbers that the host functions answer with."""

from micropython import const

SUCCESS = const(0)
ACCES = const(2)  # the file system doesn't allow it
BADF = const(8)  # no such handle, or one of another interface
BUSY = const(10)  # held already, by this module or another one
EXIST = const(20)  # there is something of that name
FAULT = const(21)  # a pointer that leads out of the guest's memory
FBIG = const(22)  # larger than a file can be
INVAL = const(28)  # an argument that has no meaning
IO = const(29)  # the hardware failed
ISDIR = const(31)  # it is a folder
MFILE = const(33)  # no handle is left
NAMETOOLONG = const(37)  # a path or a name that is too long
NODEV = const(43)  # granted, but the board has no such pin or channel
NOENT = const(44)  # there is no such file or folder
NOMEM = const(48)  # the board's heap has no room
NOSPC = const(51)  # the flash is full, or the limit of the grants is reached
NOSYS = const(52)  # a function that a board can't have
NOTDIR = const(54)  # it is no folder
NOTEMPTY = const(55)  # a folder that has something in it
NOTSOCK = const(57)  # a board has no sockets
NOTSUP = const(58)  # the board's file system can't do that
NXIO = const(60)  # nobody answers at that address
SPIPE = const(70)  # a stream can't be positioned
NOTCAPABLE = const(76)  # not granted

# MicroPython's error numbers, which are Linux's, and WASI's.
_OF_BOARD = {
    1: 63, 2: 44, 5: 29, 11: 6, 12: 48, 13: 2, 16: 10, 17: 20, 19: 43, 20: 54, 21: 31, 22: 28, 24: 33, 27: 22,
    28: 51, 30: 69, 36: 37, 39: 55, 40: 32, 95: 58, 110: 73,
}  # fmt: skip


def of(error):
    """The WASI number for an OSError of the board's."""
    return _OF_BOARD.get(error.args[0] if error.args else 0, IO)
