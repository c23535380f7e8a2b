"""The functions of ``wasi_snapshot_preview1`` that take a path."""

import os
from struct import pack

from micropython import const

from . import files
from .errno import EXIST, INVAL, ISDIR, NOENT, NOTCAPABLE, NOTDIR, NOTEMPTY, NOTSUP
from .files import File, Folder, Refused, is_folder, resolve
from .rights import PREVIEW1

TYPES = {
    "path_create_directory": "iii>i",
    "path_filestat_get": "iiiii>i",
    "path_filestat_set_times": "iiiiIIi>i",
    "path_link": "iiiiiii>i",
    "path_open": "iiiiiIIii>i",
    "path_readlink": "iiiiii>i",
    "path_remove_directory": "iii>i",
    "path_rename": "iiiiii>i",
    "path_symlink": "iiiii>i",
    "path_unlink_file": "iii>i",
}

_CREATE = const(1)  # how path_open opens
_DIRECTORY = const(2)
_EXCLUSIVE = const(4)
_TRUNCATE = const(8)

# Rights of folders, by the bits of WASI.
_CREATE_DIRECTORY = const(1 << 9)
_LINK_SOURCE = const(1 << 11)
_LINK_TARGET = const(1 << 12)
_READLINK = const(1 << 15)
_RENAME_SOURCE = const(1 << 16)
_RENAME_TARGET = const(1 << 17)
_FILESTAT_GET = const(1 << 18)
_SET_TIMES = const(1 << 20)
_SYMLINK = const(1 << 24)
_REMOVE_DIRECTORY = const(1 << 25)
_UNLINK_FILE = const(1 << 26)


def filestat(path):
    """The 64 bytes that tell of what is at a path. Raises OSError if there is nothing."""
    from binascii import crc32

    from .clock import EPOCH

    stat = os.stat(path or "/")
    folder = stat[0] & 0x4000
    times = [max(0, seconds) * 1000000000 + EPOCH for seconds in stat[7:10]]
    kind = files.DIRECTORY if folder else files.REGULAR
    size = 0 if folder else stat[6]
    return pack("<QQBxxxxxxxQQQQQ", 1, crc32(path.encode()) & 0xFFFFFFFF, kind, 1, size, *times)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def guarded(self, name):
        return files.guard(self._table, name, getattr(self, name))

    def path_open(self, handle, _, path, length, how, base, inheriting, flags, out):
        table = self._table
        table.memory.u32(out)
        folder = self._folder(handle, files.PATH_OPEN)
        allowed = table.entry(handle)[1]
        text = self._text(path, length)
        path, folder_only = resolve(folder, text)
        table.free()
        found = is_folder(path)
        if how & _EXCLUSIVE and how & _CREATE and found is not None:
            raise Refused(EXIST)
        if how & _DIRECTORY and how & _CREATE:
            raise Refused(INVAL)
        if found:
            entry = self._open_folder(folder, path, how, base, inheriting)
        elif how & _DIRECTORY or folder_only:
            raise Refused(NOENT if found is None else NOTDIR)
        else:
            rights = base & folder.inheriting & (files.FILE_READ | files.FILE_WRITE)
            self._prepare(folder, allowed, path, how, found is None, base)
            if found is None:
                path, _ = resolve(folder, text)  # the name that it got
            entry = self._open_file(folder, path, how, rights, flags)
        return table.put(out, table.add(entry))

    def _open_folder(self, folder, path, how, base, inheriting):
        if base & files.FD_WRITE or how & _TRUNCATE:
            raise Refused(ISDIR)
        rights = base & folder.inheriting & (files.FOLDER_READ | files.FOLDER_WRITE)
        return PREVIEW1, rights, Folder(path, inheriting & folder.inheriting, folder.quota, folder.root), path

    def _prepare(self, folder, allowed, path, how, missing, base):
        """Refuse what the folder's rights don't allow, and make a file that is to be made."""
        if base & files.FD_WRITE and not folder.inheriting & files.FD_WRITE:
            raise Refused(NOTCAPABLE)
        if how & _TRUNCATE and not allowed & files.PATH_SET_SIZE:
            raise Refused(NOTCAPABLE)
        if missing:
            if not how & _CREATE:
                raise Refused(NOENT)
            if not allowed & files.PATH_CREATE_FILE:
                raise Refused(NOTCAPABLE)
            open(path, "wb").close()

    def _open_file(self, folder, path, how, rights, flags):
        writes = bool(rights & (files.FILE_WRITE & ~files.SET_TIMES))
        if how & _TRUNCATE:
            file = File(path, True, 0, folder.quota, folder.root)
            try:
                file.resize(0)
            finally:
                file.close()
        return PREVIEW1, rights, File(path, writes, flags, folder.quota, folder.root), path

    def path_filestat_get(self, handle, _, path, length, out):
        folder = self._folder(handle, _FILESTAT_GET)
        path, _ = self._existing(folder, path, length)
        files.flush(path)
        self._table.memory.write(out, filestat(path))

    def path_create_directory(self, handle, path, length):
        path, _ = resolve(self._folder(handle, _CREATE_DIRECTORY), self._text(path, length))
        if is_folder(path) is not None:
            raise Refused(EXIST)
        os.mkdir(path)

    def path_remove_directory(self, handle, path, length):
        folder = self._folder(handle, _REMOVE_DIRECTORY)
        path, found = self._existing(folder, path, length)
        if not found:
            raise Refused(NOTDIR)
        if path == folder.path:
            raise Refused(INVAL)
        for _ in os.ilistdir(path):
            raise Refused(NOTEMPTY)
        os.rmdir(path)

    def path_unlink_file(self, handle, path, length):
        folder = self._folder(handle, _UNLINK_FILE)
        path, found = self._existing(folder, path, length)
        if found:
            raise Refused(ISDIR)
        files.refuse_open(path)
        size = os.stat(path)[6]
        os.remove(path)
        folder.quota.take(-size)

    def path_rename(self, handle, old, length, target, new, new_length):
        source = self._folder(handle, _RENAME_SOURCE)
        target = self._folder(target, _RENAME_TARGET)
        old, found = self._existing(source, old, length)
        new, folder_only = resolve(target, self._text(new, new_length))
        there = is_folder(new)
        if old == new:
            return
        if old == source.path or new == target.path or new.startswith(old + "/"):
            raise Refused(INVAL)
        if folder_only and not found:
            raise Refused(NOTDIR)
        files.refuse_open(old)
        files.refuse_open(new)
        freed = 0
        if there is not None:
            if there != found:
                raise Refused(ISDIR if there else NOTDIR)
            if there:
                for _ in os.ilistdir(new):
                    raise Refused(NOTEMPTY)
                os.rmdir(new)
            else:
                freed = os.stat(new)[6]
        os.rename(old, new)
        target.quota.take(-freed)

    def path_readlink(self, handle, path, length, buffer, size, out):
        self._existing(self._folder(handle, _READLINK), path, length)
        raise Refused(INVAL)  # there is something, and it is no link

    def path_symlink(self, _, __, handle, path, length):
        path, folder_only = resolve(self._folder(handle, _SYMLINK), self._text(path, length))
        if is_folder(path) is not None:
            raise Refused(EXIST)
        raise Refused(NOENT if folder_only else NOTSUP)

    def path_link(self, handle, _, old, length, target, new, new_length):
        self._existing(self._folder(handle, _LINK_SOURCE), old, length)
        resolve(self._folder(target, _LINK_TARGET), self._text(new, new_length))
        raise Refused(NOTSUP)

    def path_filestat_set_times(self, handle, _, path, length, accessed, modified, which):
        self._existing(self._folder(handle, _SET_TIMES), path, length)
        files.refuse_times(which)

    def _folder(self, handle, right):
        """The folder behind a handle. Raises Refused."""
        entry = self._table.descriptor(handle)
        if getattr(entry[2], "kind", 0) != files.DIRECTORY:
            raise Refused(NOTDIR)
        if not entry[1] & right:
            raise Refused(NOTCAPABLE)
        return entry[2]

    def _text(self, address, length):
        """A path in the guest's memory. Raises IndexError, and Refused if it is no UTF-8."""
        self._table.inside(address, length)
        try:
            return str(self._table.memory.read(address, min(length, 1024)), "utf-8")
        except UnicodeError:
            raise Refused(INVAL)

    def _existing(self, folder, path, length):
        """The board's path of what must be there, and whether it is a folder."""
        path, folder_only = resolve(folder, self._text(path, length))
        found = is_folder(path)
        if found is None:
            raise Refused(NOENT)
        if folder_only and not found:
            raise Refused(NOTDIR)
        return path, found
