"""What all interfaces say of a handle: the right that a use needs, and the interface of files and streams."""

from micropython import const

READ = const(1)
WRITE = const(2)

PREVIEW1 = const("wasi_snapshot_preview1")
