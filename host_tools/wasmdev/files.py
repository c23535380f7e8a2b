"""Files on a board: written in pieces, verified by their hash, renamed into place."""

from __future__ import annotations

import hashlib
import posixpath
from binascii import b2a_base64, crc32
from collections.abc import Callable, Iterable, Mapping

from wasmdev.errors import BoardError, LinkError
from wasmdev.link import Link

Progress = Callable[[int], None]
"""Called with the number of bytes that went over since the last call."""

CHUNK = 1024  # bytes a piece: larger ones are hardly faster and take heap, 3.7 times their size

# What the board does by itself.
_ON_BOARD = """
import os as _os
from binascii import a2b_base64 as _b64
def _digest(path):
 b=bytearray(512);m=memoryview(b)
 try:f=open(path,'rb')
 except OSError:return None
 try:
  from hashlib import sha256
  h=sha256();c=h.update
 except ImportError:
  from binascii import crc32
  h=None
 s=0
 while 1:
  n=f.readinto(b)
  if not n:break
  if h:c(m[:n])
  else:s=crc32(m[:n],s)
 f.close()
 if not h:return 'crc32:%08x'%s
 from binascii import hexlify
 return hexlify(h.digest()).decode()
def _list(path):
 try:return [(e[0],e[1]&0x4000!=0,_os.stat(path+'/'+e[0])[6]) for e in _os.ilistdir(path)]
 except OSError:return []
def _tree(path):
 for n,d,_ in _list(path):
  if d:_tree(path+'/'+n)
  else:_os.remove(path+'/'+n)
 _os.rmdir(path)
def _mkdirs(path):
 p=''
 for n in path.split('/')[1:]:
  p+='/'+n
  try:_os.stat(p)
  except OSError:_os.mkdir(p)
def _free(path):
 s=_os.statvfs(path)
 return s[1]*s[4]
"""


class Files:
    """The file system of the board behind a link. Paths are absolute."""

    def __init__(self, link: Link) -> None:
        self._link = link
        link.exec(_ON_BOARD)

    def digests(self, paths: Iterable[str]) -> list[str | None]:
        """The digest of each file as :func:`digest` gives it, None for one that is missing."""
        found: list[str | None] = self._link.eval(f"[_digest(p) for p in {list(paths)!r}]")
        return found

    def has(self, path: str, data: bytes) -> bool:
        """Whether the file on the board has just these bytes."""
        return self.digests([path])[0] in _digests(data)

    def read(self, path: str) -> bytes:
        """A small file, or no bytes where there is none."""
        if not any(entry == posixpath.basename(path) for entry, _, _ in self.list(posixpath.dirname(path))):
            return b""
        data: bytes = self._link.eval(f"open({path!r},'rb').read()")
        return data

    def write(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Write a file and verify it on the board. Raises :class:`LinkError` if it arrived damaged."""
        try:
            self._link.exec(f"_f=open({path!r},'wb');_w=_f.write")
            for start in range(0, len(data), CHUNK):
                piece = data[start : start + CHUNK]
                self._link.exec(f"_w(_b64({b2a_base64(piece, newline=False)!r}))")
                if progress:
                    progress(len(piece))
            self._link.exec("_f.close()")
        except BoardError as error:
            raise self._no_room(path, len(data), error) from error
        if not self.has(path, data):
            raise LinkError(f"{path} arrived damaged on the board", "try again, with a shorter cable")

    def replace(self, path: str, data: bytes) -> None:
        """Write a file so that at every moment the old one or the new one is there, whole."""
        self.write(path + ".tmp", data)
        self._link.exec(f"_os.rename({path + '.tmp'!r},{path!r})")

    def missing(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Those of the files that the board lacks or has with other contents."""
        found = self.digests(files)
        return {
            path: data
            for (path, data), digest in zip(files.items(), found, strict=True)
            if digest not in _digests(data)
        }

    def list(self, folder: str) -> list[tuple[str, bool, int]]:
        """Name, whether it is a folder, and size in bytes of each entry; none where there is no folder."""
        entries: list[tuple[str, bool, int]] = self._link.eval(f"_list({folder!r})")
        return sorted(entries)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it where they are missing."""
        self._link.exec(f"_mkdirs({path!r})")

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._link.exec(f"_os.remove({path!r})")

    def remove_tree(self, path: str) -> None:
        """Remove a folder and all that is in it."""
        self._link.exec(f"_tree({path!r})")

    def free(self) -> int:
        """Bytes free in the file system."""
        count: int = self._link.eval("_free('/')")
        return count

    def _no_room(self, path: str, size: int, error: BoardError) -> Exception:
        if error.exception != "OSError" or not any(code in error.text for code in ("28", "ENOSPC")):
            return error
        hint = "remove a module with: wasmdev rm NAME"
        return LinkError(f"no room on the board for {path} ({size:,} bytes)", hint)


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def _digests(data: bytes) -> tuple[str, str]:
    """What the board may say of these bytes: a CRC is all that a build without hashlib can."""
    return digest(data), f"crc32:{crc32(data):08x}"
