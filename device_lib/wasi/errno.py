"""The WASI preview 1 error numbers that the host functions answer with."""

SUCCESS = 0
ACCES = 2
BADF = 8  # no such handle, or one of another interface
BUSY = 10  # held already, by this module or another one
EXIST = 20
FAULT = 21  # a pointer that leads out of the guest's memory
FBIG = 22
INVAL = 28  # an argument that has no meaning
IO = 29  # the hardware failed
ISDIR = 31
MFILE = 33  # no handle is left
NAMETOOLONG = 37
NODEV = 43  # granted, but the board has no such pin or channel
NOENT = 44
NOMEM = 48
NOSPC = 51  # the flash is full, or the limit of the grants is reached
NOSYS = 52  # a function that a board can't have
NOTDIR = 54
NOTEMPTY = 55
NOTSOCK = 57
NOTSUP = 58  # the board's file system can't do that
NXIO = 60  # nobody answers at that address
SPIPE = 70  # a stream can't be positioned
NOTCAPABLE = 76  # not granted

# MicroPython's error numbers, which are Linux's, and WASI's.
_OF_BOARD = {
    1: 63, 2: 44, 5: 29, 11: 6, 12: 48, 13: 2, 16: 10, 17: 20, 19: 43, 20: 54, 21: 31, 22: 28, 24: 33, 27: 22,
    28: 51, 30: 69, 36: 37, 39: 55, 40: 32, 95: 58, 110: 73,
}  # fmt: skip


def of(error):
    """The WASI number for an OSError of the board's."""
    return _OF_BOARD.get(error.args[0] if error.args else 0, IO)
