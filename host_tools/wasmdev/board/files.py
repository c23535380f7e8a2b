"""Files on a board: written in pieces, verified by their hash, renamed into place."""

from __future__ import annotations

import hashlib
import itertools
import posixpath
import re
from binascii import b2a_base64, crc32
from collections.abc import Callable, Iterable, Mapping

from wasmdev.board.link import Link
from wasmdev.board.wire import RESET_HINT
from wasmdev.errors import BoardError, LinkError

Progress = Callable[[int], None]
"""Called with the number of bytes that went over since the last call; below zero for what has to go again."""

CHUNK = 2048  # bytes a piece: larger ones are hardly faster, and a board has to have heap for it
_SMALL = 32_768  # bytes: a file of ours has less, and one of somebody else's may have more than the heap
_TRIES = 4  # times in a row that a piece may get lost or arrive damaged, each time a smaller one
_SILENCE_S = 5.0  # that a board may take for a piece: it may have to make room in its flash
_ASKS = b"\x05"  # what the board says for a piece; whatever else it says isn't about this
_DIGEST = re.compile(rb"\x02([0-9a-f]{64}|crc32:[0-9a-f]{8}|None)\x03")

# What the board does by itself: functions that go over when they are first used.
_ON_BOARD = {
    "_digest": """
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
""",
    # Writes what comes in pieces of base64, each with its CRC-32, and asks for each. In base64 no byte is a
    # Ctrl-C, so that one always ends it.
    "_take": """
def _take(path,mode,size,most):
 import sys
 from binascii import a2b_base64,crc32
 i=getattr(sys.stdin,'buffer',sys.stdin)
 m=memoryview(bytearray((most+6)//3*4))
 with open(path,mode) as f:
  while size:
   n=min(size,most);l=(n+6)//3*4;r=0
   sys.stdout.write('\\x05')
   while r<l:r+=i.readinto(m[r:l])
   d=memoryview(a2b_base64(m[:l]))
   if len(d)!=n+4 or crc32(d[:n])!=int.from_bytes(d[n:],'little'):raise ValueError
   if f.write(d[:n])!=n:raise OSError(28)
   size-=n
""",
    "_list": """
def _list(path):
 import os
 try:return [(e[0],e[1]&0x4000!=0,os.stat(path+'/'+e[0])[6]) for e in os.ilistdir(path)]
 except OSError:return []
""",
    "_tree": """
def _tree(path):
 import os
 for e in list(os.ilistdir(path)):
  if e[1]&0x4000:_tree(path+'/'+e[0])
  else:os.remove(path+'/'+e[0])
 os.rmdir(path)
""",
    "_mkdirs": """
def _mkdirs(path):
 import os
 p=''
 for n in path.split('/')[1:]:
  p+='/'+n
  try:os.stat(p)
  except OSError:os.mkdir(p)
""",
}


class Files:
    """The file system of the board behind a link. Paths are absolute."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._there: set[str] = set()

    def _function(self, name: str) -> str:
        """The name of a function that is on the board, from now on if it wasn't before."""
        if name not in self._there:
            self._link.exec(_ON_BOARD[name])
            self._there.add(name)
        return name

    def digests(self, paths: Iterable[str]) -> list[str | None]:
        """The digest of each file as :func:`digest` gives it, None for one that is missing."""
        wanted = list(paths)
        # Printed one by one: a list of them would be in pieces all over the board's heap.
        code = f"for p in {wanted!r}:print('\\x02%s\\x03'%{self._function('_digest')}(p))"
        for _ in range(_TRIES):
            said = [one.decode() for one in _DIGEST.findall(self._link.exec(code))]
            if len(said) == len(wanted):
                return [None if one == "None" else one for one in said]
        raise LinkError(f"can't read what the board answered on {self._link.device}", "check the cable")

    def has(self, path: str, data: bytes) -> bool:
        """Whether the file on the board has just these bytes."""
        return self.digests([path])[0] in _digests(data)

    def read(self, path: str) -> bytes:
        """A small file, or no bytes where there is none; of a longer one its beginning."""
        sizes = {entry: size for entry, _, size in self.list(posixpath.dirname(path))}
        size = min(sizes.get(posixpath.basename(path), 0), _SMALL)  # as much room is made as is asked for
        data: bytes = self._link.eval(f"open({path!r},'rb').read({size})", bytes) if size else b""
        return data

    def read_whole(self, path: str) -> bytes:
        """A file of any length, a piece at a time. Raises :class:`LinkError` where it doesn't arrive as it is."""
        self._link.exec(f"f=open({path!r},'rb')")
        pieces = iter(lambda: self._link.eval(f"f.read({CHUNK})", bytes), b"")
        data = b"".join(pieces)
        self._link.exec("f.close()")
        if not self.has(path, data):
            raise LinkError(f"{path} didn't come over as it is on {self._link.device}", RESET_HINT)
        return data

    def write(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Write a file and verify it on the board.

        What gets lost or damaged on the way goes over again. Raises :class:`LinkError` if that doesn't help,
        and where there is no room.
        """
        reached = done = 0
        failed = 0

        def advance(count: int) -> None:
            nonlocal reached
            reached += count
            if progress:
                progress(count)

        while True:
            fault: Exception | None = None
            good = 0
            try:
                self._send(path, data, done, CHUNK >> failed, advance)
                if self.has(path, data):
                    return
            except (LinkError, BoardError) as error:
                self._refuse(path, len(data), error)
                fault, good = error, self._rescue(path, len(data))
            failed = failed + 1 if good <= done else 1
            if failed == _TRIES:
                hint = "check the cable, or use a shorter one"
                raise LinkError(f"{path} arrives damaged on the board", hint) from fault
            done = good
            advance(done - reached)

    def _send(self, path: str, data: bytes, start: int, size: int, progress: Progress) -> None:
        """Let the board take a file from ``start`` on, in pieces of ``size`` bytes."""
        pieces = (data[at : at + size] for at in range(start, len(data), size))

        def answer(asked: bytes) -> None:
            for piece in itertools.islice(pieces, asked.count(_ASKS)):
                check = crc32(piece).to_bytes(4, "little")
                self._link.send(b2a_base64(piece + check, newline=False))
                progress(len(piece))

        mode = "ab" if start else "wb"
        call = f"{self._function('_take')}({path!r},{mode!r},{len(data) - start},{size})"
        self._link.exec(call, timeout=_SILENCE_S, output=answer)

    def _rescue(self, path: str, size: int) -> int:
        """Bring the board back to its prompt; how much of a file it has. All of that is sound."""
        for left in reversed(range(_TRIES)):
            self._link.interrupt()
            self._there.clear()  # it may have restarted
            try:
                self._link.exec("import os")
                there: int = self._link.eval(f"os.stat({path!r})[6]", int)
                return min(there, size)
            except BoardError as error:
                if error.exception == "OSError":
                    return 0
            except LinkError:
                if not left:
                    raise
        return 0

    def replace(self, path: str, data: bytes) -> None:
        """Write a file so that at every moment the old one or the new one is there, whole."""
        self.write(path + ".tmp", data)
        self._link.exec(f"import os;os.rename({path + '.tmp'!r},{path!r})")

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
        ask = f"{self._function('_list')}({folder!r})"
        entries: list[tuple[str, bool, int]] = self._link.eval(ask, [(str, bool, int)])
        return sorted(entries)

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it where they are missing."""
        self._link.exec(f"{self._function('_mkdirs')}({path!r})")

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._link.exec(f"import os;os.remove({path!r})")

    def discard(self, path: str) -> None:
        """Remove a file if there is one."""
        folder, name = posixpath.split(path)
        if any(entry == name for entry, _, _ in self.list(folder)):
            self.remove(path)

    def remove_tree(self, path: str) -> None:
        """Remove a folder and all that is in it."""
        self._link.exec(f"{self._function('_tree')}({path!r})")

    def free(self) -> int:
        """Bytes free in the file system."""
        self._link.exec("import os")
        block, _, _, available = self._link.eval("os.statvfs('/')[1:5]", (int, int, int, int))
        return int(block * available)

    def _refuse(self, path: str, size: int, error: Exception) -> None:
        """Raise for what another try doesn't help."""
        if not isinstance(error, BoardError) or error.exception not in ("OSError", "MemoryError"):
            return
        if error.exception == "OSError" and any(code in error.text for code in ("28", "ENOSPC")):
            raise LinkError(f"no room on the board for {path} ({size:,} bytes)",
                            "remove a module with: wasmdev rm NAME") from error
        raise error


def digest(data: bytes) -> str:
    """The SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def _digests(data: bytes) -> tuple[str, str]:
    """What the board may say of these bytes: a CRC is all that a build without hashlib can."""
    return digest(data), f"crc32:{crc32(data):08x}"
