"""MicroPython's `os` as boards have it: without the commands and the environment of the process."""

import sys

_path = sys.path
sys.path = ()
try:
    from os import *  # noqa: F403
finally:
    sys.path = _path
del system, getenv, putenv, unsetenv, errno, VfsPosix, _path, sys  # noqa: F821
