"""Becomes qemu, in a process that ends with the one that made it, and reaches nothing but what is the board's.

Arguments: the file of the jail, the flash, and the command. It runs in the folder that board and host share.
Code on the board has the host's files, and its programs, by semihosting: only the jail keeps them from it.
"""

import ctypes
import importlib.util
import os
import shutil
import signal
import sys
from pathlib import Path

# The libraries of qemu. Not /proc, which has the environment and the command lines of all of the user's processes.
_SYSTEM = ("/usr/lib", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom", "/dev/null")


def interpreter(program: str) -> str:
    """The path of what the kernel starts in order to load a program (ELF's PT_INTERP), or nothing."""
    with open(program, "rb") as file:
        head = file.read(4096)
    start = head.find(b"/lib")
    return head[start : head.index(b"\0", start)].decode() if start > 0 else ""


jail, flash, name, *arguments = sys.argv[1:]
found = shutil.which(name)
if found is None:
    sys.exit(f"this machine has no {name}")
program = str(Path(found).resolve())
if sys.platform.startswith("linux"):
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
specification = importlib.util.spec_from_file_location("jail", jail)
assert specification
assert specification.loader
module = importlib.util.module_from_spec(specification)
specification.loader.exec_module(module)
kernel = arguments[arguments.index("-kernel") + 1]
module.confine([*_SYSTEM, kernel], [os.getcwd(), flash], [program, interpreter(program)])
os.execv(program, [name, *arguments])
