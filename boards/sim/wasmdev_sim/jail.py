"""Keeps a process to some folders of this computer, and from starting others, where Linux can do that.

Landlock (Linux 5.13) is for files, seccomp for the rest: no other program is started, nothing is connected to, no
other process touched. Native code can't leave either. What the kernel lacks is left out.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
import sys
from collections.abc import Sequence

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # for prctl
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1

# Rights to files, by Landlock's bits.
_RUN, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_CHANGE = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8  # remove a folder or a file, make one
_REFER, _TRUNCATE = 1 << 13, 1 << 14  # from versions 2 and 3 on
_ALL_RIGHTS = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 5: 1 << 16}  # from that version on; less 1
_TCP, _SCOPES = 0b11, 0b11  # from versions 4 and 6 on: binding and connecting; signals and abstract sockets

# System calls by processor: its name in the kernel's records, and the numbers of those that are refused.
_CALLS = ("execve", "execveat", "socket", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill",
          "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal", "io_uring_setup")  # fmt: skip
_REFUSED = {
    "x86_64": (0xC000003E, (59, 322, 41, 101, 310, 311, 62, 200, 129, 297, 424, 425)),
    "aarch64": (0xC00000B7, (221, 281, 198, 117, 270, 271, 129, 130, 138, 240, 424, 425)),
}
_X32 = 0x40000000  # from here on x86-64 has another set of numbers
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of a filter
_ALLOW, _KILL, _EPERM = 0x7FFF0000, 0x80000000, 0x00050001


def confine(readable: Sequence[str], writable: Sequence[str], runnable: Sequence[str] = ()) -> None:
    """Keep this process, for good, to what is below these folders (and files), the second to be changed too.

    It starts no program but those that are ``runnable``, which keeps to the same.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _keep_to_folders(libc, readable, writable, runnable)
    _refuse_calls(libc, running=bool(runnable))


def _keep_to_folders(
    libc: ctypes.CDLL, readable: Sequence[str], writable: Sequence[str], runnable: Sequence[str]
) -> None:
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return
    rights = max(bit for since, bit in _ALL_RIGHTS.items() if since <= version) - 1
    attributes = struct.pack("=QQQ", rights, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return
    change = (_READ | _LIST | _WRITE | _CHANGE | _REFER | _TRUNCATE) & rights
    for paths, allowed in ((readable, _READ | _LIST), (writable, change), (runnable, _READ | _RUN)):
        for path in paths:
            with contextlib.suppress(OSError):
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
                within = allowed if os.path.isdir(path) else allowed & (_READ | _WRITE | _TRUNCATE | _RUN)
                libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", within, place), 0)
                os.close(place)
    libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _refuse_calls(libc: ctypes.CDLL, running: bool) -> None:
    if platform.machine() not in _REFUSED:
        return
    processor, every = _REFUSED[platform.machine()]
    numbers = [number for name, number in zip(_CALLS, every, strict=True) if not (running and name == "execve")]
    refuse = len(numbers) + 2  # instructions from the first comparison to the last but one
    program = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, processor), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    program.append((_AT_LEAST, refuse - 1, 0, _X32))
    program += [(_EQUAL, refuse - 2 - at, 0, number) for at, number in enumerate(numbers)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _EPERM)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    libc.prctl(_SECCOMP, _FILTER, struct.pack("@HP", len(program), ctypes.addressof(code)), 0, 0)
