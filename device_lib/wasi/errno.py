"""The WASI preview 1 error numbers that the host functions answer with."""

SUCCESS = 0
BADF = 8  # no such handle, or one of another interface
BUSY = 10  # already open
FAULT = 21  # a pointer that leads out of the guest's memory
INVAL = 28  # an argument that has no meaning
IO = 29  # the hardware failed
NODEV = 43  # granted, but the board has no such pin or channel
NOSYS = 52  # a function that a board can't have
SPIPE = 70  # a stream can't be positioned
NOTCAPABLE = 76  # not granted
