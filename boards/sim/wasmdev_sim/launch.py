"""Becomes MicroPython, in a process of its own that has nothing but this file and the jail.

Arguments: the folder of the extension module that is MicroPython, those of the board's device half and of its
files, and MicroPython's own arguments.
"""

import os
import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
# It ends with the process that made it: by the hang-up of its terminal, or where it has none by a signal.
if os.isatty(0):
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
else:
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)

micropython, device, root = sys.argv[1:4]
sys.path[:0] = [micropython, os.path.dirname(os.path.abspath(__file__))]
import jail  # type: ignore[import-not-found]  # noqa: E402
import micropython_module  # type: ignore[import-not-found]  # noqa: E402

if hasattr(signal, "SIGUSR1"):
    import ctypes

    interrupt = ctypes.CDLL(micropython_module.__file__).mp_sched_keyboard_interrupt
    ctypes.CDLL(None).signal(signal.SIGUSR1, interrupt)
    signal.siginterrupt(signal.SIGUSR1, True)
jail.confine([device, "/dev/urandom"], [root])
os._exit(micropython_module.run_main(["micropython", *sys.argv[4:]]))
