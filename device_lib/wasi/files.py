"""Files and folders of the board as ``wasi_snapshot_preview1`` has them: what stands behind a descriptor.

A guest names files by paths relative to a folder that it holds. ``resolve`` makes a board's path of one, and is
the only place that does: what it lets through is below the folder.
"""

import os
import sys

from micropython import const

from .errno import BUSY, FAULT, INVAL, NAMETOOLONG, NOENT, NOTCAPABLE, NOTDIR, NOTSUP, SUCCESS
from .errno import of as errno_of
from .rights import PREVIEW1

# Rights, by the bits of WASI.
FD_READ = const(1 << 1)
FD_SEEK = const(1 << 2)
FD_WRITE = const(1 << 6)
PATH_CREATE_FILE = const(1 << 10)
PATH_OPEN = const(1 << 13)
FD_READDIR = const(1 << 14)
PATH_SET_SIZE = const(1 << 19)
FD_FILESTAT_GET = const(1 << 21)
FD_SET_SIZE = const(1 << 22)
SET_TIMES = const(1 << 23)

FILE_READ = const(0x082000BF)  # datasync read seek set_flags sync tell advise filestat_get poll
FILE_WRITE = const(0x00C00140)  # write allocate set_size set_times
FOLDER_READ = const(0x0024E011)  # datasync sync open readdir readlink path_filestat_get filestat_get
FOLDER_WRITE = const(0x079B1E00)  # create_* link_* rename_* path_set_* set_times symlink remove unlink

APPEND = const(1)  # descriptor flags
NONBLOCK = const(4)

DIRECTORY = const(3)  # types of files
REGULAR = const(4)

_IS_FOLDER = const(0x4000)
_IS_FILE = const(0x8000)
_PATH_MAX = const(255)
_CHUNK = const(256)
_ENOSPC = const(28)

# The file systems of boards have no symbolic links. That of a desk's MicroPython has, and counts them.
_LINKS = sys.platform in ("linux", "darwin")

_open = []  # all files that any instance has open


class Refused(Exception):
    """A call ends with ``errno``."""

    def __init__(self, errno):
        super().__init__(errno)
        self.errno = errno


def guard(table, name, function):
    """``function`` with every failure as an errno; what the grants don't allow is counted for ``name``."""

    def guarded(*arguments):
        try:
            return function(*arguments) or SUCCESS
        except IndexError:
            return FAULT
        except Refused as refused:
            if refused.errno != NOTCAPABLE:
                return refused.errno
            return table.deny(name, PREVIEW1, *arguments[2:4]) if name == "path_open" else table.deny(name)
        except OSError as error:
            return errno_of(error)

    return guarded


def is_folder(path):
    """Whether a folder is there; None if nothing is. The root, ``""``, is one."""
    if not path:
        return True
    try:
        return bool(os.stat(path)[0] & _IS_FOLDER)
    except OSError as error:
        if error.args[0] in (2, 20):
            return None
        raise


def entries(path):
    """Name and type of all that is in a folder, but for names that aren't UTF-8: a PC may write such on a card."""
    listing = os.ilistdir(path or "/")
    while True:
        try:
            entry = next(listing)
        except UnicodeError:
            continue
        except StopIteration:
            return
        yield entry[0], entry[1]


def resolve(folder, text):
    """The board's path for what a guest calls ``text`` in a folder, and whether it must be a folder itself.

    Raises Refused: NOTCAPABLE for what would be outside, by ``..``, an absolute path or a symbolic link.
    """
    if not text:
        raise Refused(NOENT)
    if len(text) > _PATH_MAX:
        raise Refused(NAMETOOLONG)
    parts = text.split("/")
    if not parts[0]:
        raise Refused(NOTCAPABLE)
    path = folder.path
    for part in parts:
        if part == "..":
            if path == folder.path:
                raise Refused(NOTCAPABLE)
            found = is_folder(path)
            if not found:
                raise Refused(NOENT if found is None else NOTDIR)
            path = path[: path.rindex("/")]
        elif part not in ("", "."):
            path += "/" + name_in(path, part)
    return path, parts[-1] in ("", ".", "..")


def name_in(path, name, granted=False):
    """What a folder lists as the name of what ``name`` opens there; ``name`` where there is nothing yet.

    Raises Refused: INVAL for what any file system of MicroPython's takes for another name, NOTCAPABLE where that
    may lead out, and for a symbolic link if the path is not ``granted`` as it is.
    """
    letters = name.encode()  # not of a str: MicroPython keeps each letter that it takes out of one for ever
    if 92 in letters:  # a backslash, which FAT reads as a slash
        raise Refused(NOTCAPABLE)
    if min(letters) < 32 or letters[-1] in b". ":  # FAT ends a path at the one, and leaves the others out
        raise Refused(INVAL)
    try:
        if granted or not _LINKS or not os.stat(path + "/.")[3]:
            os.stat(path + "/*")
            return name
    except OSError as error:
        if error.args[0] in (2, 20):
            return name
    # It has links, or is FAT, where a star is an error (EINVAL). FAT opens a file by its name in any case, by a
    # short one, and by each that its code page takes for the same.
    found = None
    for entry in entries(path):
        if entry[0] == name:
            found = entry
            break
        if entry[0].lower() == name.lower():
            found = entry
    if found is None or found[0] != name:
        if is_folder(path + "/" + name) is None:
            return name
        if found is None:
            raise Refused(INVAL)
    if found[1] not in (_IS_FOLDER, _IS_FILE):
        raise Refused(NOTCAPABLE)
    return found[0]


def refuse_times(which):
    """Refuse to set times: MicroPython can't. ``which`` are the flags, that say now or a given time of each."""
    raise Refused(INVAL if which & ~15 or which & 3 == 3 or which & 12 == 12 else NOTSUP)


def refuse_open(path):
    """Raise Refused(BUSY) if a file there, or below, is open: what file systems make of that differs."""
    for file in _open:
        if file.path == path or file.path.startswith(path + "/"):
            raise Refused(BUSY)


def flush(path=None):
    """Bring what was written to the file there (to any, if None) to where others see it."""
    for file in _open:
        if path in (None, file.path):
            file.sync()


class Quota:
    """Bytes that the files below some folders may take together."""

    def __init__(self, limit):
        self.limit = limit
        self.roots = []
        self._used = None

    def take(self, size):
        """Count ``size`` bytes more, or less. Raises OSError (ENOSPC) if that is too many."""
        if self.limit is None:
            return
        if self._used is None:
            flush()
            self._used = sum([_size(root) for root in self.roots])
        if size > 0 and self._used + size > self.limit:
            raise OSError(_ENOSPC)
        self._used += size


def _size(path):
    total = 0
    for name, kind in entries(path):
        inner = path + "/" + name
        if kind == _IS_FOLDER:
            total += _size(inner)
        elif kind == _IS_FILE:
            total += os.stat(inner)[6]
    return total


class Folder:
    """An open folder. ``name`` is what the guest knows it by if it was there from the start, else None; ``root``
    is the label that it was opened through."""

    kind = DIRECTORY
    flags = 0

    def __init__(self, path, inheriting, quota, root, name=None):
        self.path = path
        self.root = root
        self.inheriting = inheriting
        self.quota = quota
        self.name = name

    def sync(self):
        """There is nothing to write."""

    def close(self):
        """There is nothing to release."""


class File:
    """An open file. One at most has a file open for writing, of all instances.

    ``at`` is the position, ``flags`` are those of its descriptor. The methods raise OSError.
    """

    kind = REGULAR
    inheriting = 0

    def __init__(self, path, writes, flags, quota, root):
        if writes:
            for other in _open:
                if other.path == path and other._writes:
                    raise Refused(BUSY)
        flush(path)
        self.path = path
        self.root = root  # the label that it was opened through
        self.flags = flags
        self.at = 0
        self._writes = writes
        self._dirty = False  # something was written that others can't see
        self._quota = quota
        self._reopen()
        _open.append(self)

    def _reopen(self):
        self._file = open(self.path, "r+b" if self._writes else "rb")
        self._end = self._place = self._file.seek(0, 2)

    def size(self):
        if not self._writes:
            flush(self.path)
            self._end = self._place = self._file.seek(0, 2)
        return self._end

    def _seek(self, at):
        if self._place != at:
            self._place = self._file.seek(at)

    def read(self, size):
        """At most ``size`` bytes from the position on."""
        if not self._writes:
            flush(self.path)
        elif self.at >= self._end:  # to go there would make it longer on FAT, by what was there before
            return b""
        self._seek(self.at)
        data = self._file.read(size)
        self._place = self.at = self.at + len(data)
        return data

    def write(self, data):
        """Write all of ``data``, at the end if that is the descriptor's flag."""
        if self.flags & APPEND:
            self.at = self._end
        if self.at > self._end:
            self._extend(self.at)
        after = self.at + len(data)
        if after > self._end:
            self._quota.take(after - self._end)
        self._seek(self.at)
        self._dirty = True
        self._place = -1  # where it is if the flash is full
        self._file.write(data)
        self._place = self.at = after
        self._end = max(self._end, after)

    def _extend(self, size):
        """Make it longer, with zeros."""
        self._quota.take(size - self._end)
        zeros = bytes(_CHUNK)
        self._seek(self._end)
        self._dirty = True
        while self._end < size:
            self._file.write(zeros[: min(_CHUNK, size - self._end)])
            self._end = self._place = min(size, self._end + _CHUNK)

    def resize(self, size):
        """Make it longer or shorter. MicroPython's files can't be cut: what stays is written anew."""
        if size >= self._end:
            self._extend(size)
            return
        short = self.path + "~"
        while is_folder(short) is not None:
            short += "~"
        self._seek(0)
        self._place = -1
        try:
            with open(short, "wb") as copy:
                for start in range(0, size, _CHUNK):
                    copy.write(self._file.read(min(_CHUNK, size - start)))
        except OSError:
            os.remove(short)
            raise
        self._file.close()
        os.rename(short, self.path)
        self._quota.take(size - self._end)
        self._reopen()
        self._renew()

    def sync(self):
        if self._dirty:
            self._file.flush()
            self._renew()

    def _renew(self):
        """Open it anew for those who read it: blocks that it had before may be another file's by now."""
        self._dirty = False
        for other in _open:
            if other is not self and other.path == self.path:
                other._file.close()
                other._reopen()

    def ready(self):
        """How many bytes can be read."""
        return max(0, self.size() - self.at)

    def close(self):
        _open.remove(self)
        self._file.close()
        if self._dirty:
            self._renew()
