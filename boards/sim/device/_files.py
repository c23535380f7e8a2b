"""The board's file system: a folder of the host as ``/``."""

import io

import vfs

_BLOCK = 4096
_ENOSPC = 28


class Files:
    """VfsPosix on a folder, but for what it gets wrong there or leaves out.

    It has one rather than being one: C code takes an instance of a derived class for the class itself. Paths are
    taken apart before they get there: for the host, enough `..` lead out of the folder.
    """

    def __init__(self, root, size):
        """`size` is the bytes that all files may have together, None for any."""
        self._root = root
        self._size = size
        self._files = vfs.VfsPosix(root)
        self._host = vfs.VfsPosix()
        self._here = "/"

    def mount(self, readonly, format):
        self._files.mount(readonly, format)

    def umount(self):
        self._files.umount()

    def _inside(self, path):
        """The same place by a path that doesn't go up. Most don't, and copies would scatter over the heap."""
        if ".." not in path:
            return path
        names = []
        for name in (path if path.startswith("/") else self._here + "/" + path).split("/"):
            if name == "..":
                names = names[:-1]
            elif name not in ("", "."):
                names.append(name)
        return "/" + "/".join(names)

    def _on_host(self, path):
        path = self._inside(path)
        return self._root + (path if path.startswith("/") else self._here.rstrip("/") + "/" + path)

    def chdir(self, path):
        self._files.chdir(self._inside(path))
        self._here = self._files.getcwd()

    def getcwd(self):
        return self._here

    def stat(self, path):
        return self._files.stat(self._inside(path))

    def mkdir(self, path):
        self._files.mkdir(self._inside(path))

    def remove(self, path):
        self._files.remove(self._inside(path))

    def rmdir(self, path):
        self._files.rmdir(self._inside(path))

    def open(self, path, mode):
        file = self._files.open(self._inside(path), mode)
        if self._size is None or not any(letter in mode for letter in "wa+"):
            return file
        return _Limited(file, self._available())

    def statvfs(self, path):
        if self._size is None:
            return self._files.statvfs(self._inside(path))
        free = self._available() // _BLOCK
        return (_BLOCK, _BLOCK, self._size // _BLOCK, free, free, 0, 0, 0, 0, 255)

    def _available(self):
        return max(0, self._size - self._used("/"))

    def _used(self, folder):
        used = 0
        for name, kind, _, size in self.ilistdir(folder):
            used += self._used(folder + name + "/") if kind & 0x4000 else size
        return used

    def rename(self, old, new):
        """VfsPosix puts both names into one buffer unless it is mounted without a folder."""
        self._host.rename(self._on_host(old), self._on_host(new))

    def ilistdir(self, path):
        """With sizes, as the file systems of boards give them."""
        path = self._inside(path)
        for name, kind, inode in self._files.ilistdir(path):
            size = 0 if kind & 0x4000 else self._host.stat(self._on_host(path.rstrip("/") + "/" + name))[6]
            yield name, kind, inode, size


class _Limited(io.IOBase):
    """A file open for writing where the room is limited: what no longer fits is refused as a whole."""

    def __init__(self, file, available):
        self._file = file
        self._available = available

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self._file.close()

    def write(self, data):
        if len(data) > self._available:
            raise OSError(_ENOSPC)
        self._available -= len(data)
        return self._file.write(data)

    def readinto(self, data):
        return self._file.readinto(data)
