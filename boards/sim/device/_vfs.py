"""MicroPython's `vfs` as boards have it: without the file system of the process."""

from vfs import *  # noqa: F403

del VfsPosix  # noqa: F821
