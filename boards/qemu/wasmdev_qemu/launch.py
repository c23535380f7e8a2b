"""Becomes qemu, in a process that ends with the one that made it. Arguments: the command."""

import ctypes
import os
import shutil
import signal
import sys

if sys.platform.startswith("linux"):
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
program = shutil.which(sys.argv[1])
if program is None:
    sys.exit(f"this machine has no {sys.argv[1]}")
os.execv(program, sys.argv[1:])
