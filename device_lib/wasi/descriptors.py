"""The functions of ``wasi_snapshot_preview1`` that take a descriptor and are of no use with a console alone."""

from struct import pack

from micropython import const

from . import files
from .errno import BADF, FBIG, INVAL, NAMETOOLONG, NOTCAPABLE, NOTDIR, NOTSUP, SPIPE
from .files import FD_FILESTAT_GET, FD_READ, FD_READDIR, FD_WRITE, Refused
from .paths import filestat

TYPES = {
    "fd_advise": "iIIi>i",
    "fd_allocate": "iII>i",
    "fd_datasync": "i>i",
    "fd_fdstat_set_flags": "ii>i",
    "fd_fdstat_set_rights": "iII>i",
    "fd_filestat_get": "ii>i",
    "fd_filestat_set_size": "iI>i",
    "fd_filestat_set_times": "iIIi>i",
    "fd_pread": "iiiIi>i",
    "fd_prestat_dir_name": "iii>i",
    "fd_prestat_get": "ii>i",
    "fd_pwrite": "iiiIi>i",
    "fd_readdir": "iiiIi>i",
    "fd_renumber": "ii>i",
    "fd_sync": "i>i",
}

# Rights, by the bits of WASI.
_ADVISE = const(1 << 7)
_ALLOCATE = const(1 << 8)

_LARGEST = const(0x3FFFFFFF)  # of files: more than any board's flash


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def guarded(self, name):
        return files.guard(self._table, name, getattr(self, name))

    def fd_prestat_get(self, handle, out):
        name = self._preopened(handle)
        self._table.memory.write(out, pack("<II", 0, len(name)))

    def fd_prestat_dir_name(self, handle, buffer, size):
        name = self._preopened(handle)
        if size < len(name):
            raise Refused(NAMETOOLONG)
        self._table.memory.write(buffer, name)

    def _preopened(self, handle):
        folder = self._table.descriptor(handle)[2]
        if getattr(folder, "name", None) is None:
            raise Refused(BADF)
        return folder.name.encode()

    def fd_readdir(self, handle, buffer, size, cookie, out):
        """Fill the buffer with entries from the ``cookie``-th on, the last one cut where it ends."""
        entry = self._table.descriptor(handle)
        table = self._table
        folder = entry[2]
        if getattr(folder, "kind", 0) != files.DIRECTORY:
            raise Refused(NOTDIR)
        if not entry[1] & FD_READDIR:
            raise Refused(NOTCAPABLE)
        table.memory.u32(out)
        table.inside(buffer, size)
        used = number = 0
        for name, kind in self._entries(folder.path):
            number += 1
            if number <= cookie:
                continue
            if used == size:
                break
            text = name.encode()
            record = pack("<QQII", number, self._inode(folder.path, name), len(text), kind) + text
            record = record[: size - used]
            table.memory.write(buffer + used, record)
            used += len(record)
        return table.put(out, used)

    def _entries(self, path):
        yield ".", files.DIRECTORY
        yield "..", files.DIRECTORY
        for name, kind in files.entries(path):
            if kind in (0x4000, 0x8000):
                yield name, files.DIRECTORY if kind == 0x4000 else files.REGULAR

    def _inode(self, path, name):
        from binascii import crc32

        if name == "..":
            return 0
        return crc32((path if name == "." else path + "/" + name).encode()) & 0xFFFFFFFF

    def fd_pread(self, handle, vectors, count, offset, out):
        return self._at(handle, FD_READ, offset, "fd_read", vectors, count, out)

    def fd_pwrite(self, handle, vectors, count, offset, out):
        return self._at(handle, FD_WRITE, offset, "fd_write", vectors, count, out)

    def _at(self, handle, right, offset, name, vectors, count, out):
        """Read or write with another position for the time being."""
        file = self._file(handle, right)
        at = file.at
        file.at = self._size(offset)
        try:
            return self._table.call(name, handle, vectors, count, out)
        finally:
            file.at = at

    def fd_filestat_get(self, handle, out):
        entry = self._table.descriptor(handle)
        if entry[3] is None:
            stat = bytearray(64)
            stat[16] = 2
        else:
            if not entry[1] & FD_FILESTAT_GET:
                raise Refused(NOTCAPABLE)
            entry[2].sync()
            stat = filestat(entry[3])
        self._table.memory.write(out, stat)

    def fd_filestat_set_size(self, handle, size):
        self._file(handle, files.FD_SET_SIZE).resize(self._size(size))

    def fd_allocate(self, handle, offset, length):
        file = self._file(handle, _ALLOCATE)
        size = self._size(offset) + self._size(length)
        if not length:
            raise Refused(INVAL)
        if size > file.size():
            file.resize(size)

    def fd_advise(self, handle, offset, length, advice):
        self._file(handle, _ADVISE)
        if not 0 <= advice <= 5 or offset < 0 or length < 0:
            raise Refused(INVAL)

    def fd_datasync(self, handle):
        self.fd_sync(handle)

    def fd_sync(self, handle):
        entry = self._table.descriptor(handle)
        if entry[3] is not None:
            entry[2].sync()

    def fd_fdstat_set_flags(self, handle, flags):
        entry = self._table.descriptor(handle)
        if flags & ~(files.APPEND | files.NONBLOCK):
            raise Refused(NOTSUP)
        if entry[3] is not None:
            entry[2].flags = flags

    def fd_fdstat_set_rights(self, handle, base, inheriting):
        """Rights can be given up only."""
        entry = self._table.descriptor(handle)
        had = getattr(entry[2], "inheriting", 0)
        if base & ~entry[1] or inheriting & ~had:
            raise Refused(NOTCAPABLE)
        self._table.replace(handle, (entry[0], base, entry[2], entry[3]))
        if had:
            entry[2].inheriting = inheriting

    def fd_filestat_set_times(self, handle, accessed, modified, which):
        entry = self._table.descriptor(handle)
        if entry[3] is None:
            raise Refused(SPIPE)
        if not entry[1] & files.SET_TIMES:
            raise Refused(NOTCAPABLE)
        files.refuse_times(which)

    def fd_renumber(self, handle, to):
        entry = self._table.descriptor(handle)
        self._table.descriptor(to)
        if handle != to:
            self._table.drop(to)
            self._table.replace(to, entry)
            self._table.replace(handle, None)

    def _file(self, handle, right):
        """The file behind a handle. Raises Refused."""
        entry = self._table.descriptor(handle)
        if entry[3] is None:
            raise Refused(SPIPE)
        if entry[2].kind != files.REGULAR:
            raise Refused(BADF)
        if not entry[1] & right:
            raise Refused(NOTCAPABLE)
        return entry[2]

    def _size(self, value):
        if not 0 <= value <= _LARGEST:
            raise Refused(INVAL if value < 0 else FBIG)
        return value
