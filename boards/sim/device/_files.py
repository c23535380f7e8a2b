"""The board's file system: a folder of the host as ``/``."""

import vfs


class Files:
    """VfsPosix on a folder, but for what it gets wrong there or leaves out.

    It has one rather than being one: C code takes an instance of a derived class for the class itself.
    """

    def __init__(self, root):
        self._root = root
        self._files = vfs.VfsPosix(root)
        self._host = vfs.VfsPosix()

    def __getattr__(self, name):
        return getattr(self._files, name)

    def _on_host(self, path):
        if not path.startswith("/"):
            path = self._files.getcwd().rstrip("/") + "/" + path
        return self._root + path

    def rename(self, old, new):
        """VfsPosix puts both names into one buffer unless it is mounted without a folder."""
        self._host.rename(self._on_host(old), self._on_host(new))

    def ilistdir(self, path):
        """With sizes, as the file systems of boards give them."""
        for name, kind, inode in self._files.ilistdir(path):
            size = 0 if kind & 0x4000 else self._host.stat(self._on_host(path.rstrip("/") + "/" + name))[6]
            yield name, kind, inode, size
