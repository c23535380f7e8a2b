"""What firmware for qemu does before boot.py: as on the boards, a file system in the flash, made when missing."""

import vfs
from _host import Flash

_flash = Flash()
try:
    _files = vfs.VfsLfs2(_flash, progsize=256)
except OSError:
    vfs.VfsLfs2.mkfs(_flash, progsize=256)
    _files = vfs.VfsLfs2(_flash, progsize=256)
vfs.mount(_files, "/")
__import__("machine")
