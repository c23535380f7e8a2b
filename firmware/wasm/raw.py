"""Raw modules: validated and lowered here, which takes a board seconds, so their images are kept in flash.

They lie in the apps' folder, which no guest can be granted: an image is trusted, so a forged one would be.
"""

import gc
import os
import struct
import sys
from binascii import hexlify
from hashlib import sha256

from micropython import const

from .core import VERSION
from .flashed import FOLDER

_IMAGES = FOLDER + "images"
_MOST = const(8)  # that are kept; for one more another goes, whichever chance says
# Modules of wasmc that have done their work before those for lowering come to the heap.
_FRONT = ("decode", "strip", "sections", "validate", "validate_code", "checks", "rules", "stacks")
# Bytes of heap that the compiler takes with a module of a few KB, by the size of a word.
_COMPILER = 100000 if sys.maxsize >> 31 == 0 else 111000


def image(source):
    """The image of a binary module (a path, or bytes): the path of the one that is kept, else its bytes.

    Raises OSError (no such file), wasmc.WasmError (it is malformed or invalid), MemoryError.
    """
    digest, origin = _identify(source)
    name = origin + hexlify(digest).decode() + ".img"
    kept = _IMAGES + "/" + name
    if _is_of(kept, digest):
        return kept
    if isinstance(source, str):
        with open(source, "rb") as file:
            source = file.read()
    compiled = _compiled(source)
    if not _keep(compiled, name, origin):
        return compiled
    source = compiled = None
    gc.collect()
    return kept


def _identify(source):
    """What an image has of its module's hash, and how names of images begin that come from the same path."""
    sha = sha256()
    if not isinstance(source, str):
        sha.update(source)
        return sha.digest()[:8], ""
    buffer = memoryview(bytearray(512))
    with open(source, "rb") as file:
        size = file.readinto(buffer)
        while size:
            sha.update(buffer[:size])
            size = file.readinto(buffer)
    return sha.digest()[:8], hexlify(sha256(source.encode()).digest()[:4]).decode() + "-"


def _is_of(path, digest):
    """Whether there is an image that this runtime reads, of the module with that hash."""
    try:
        with open(path, "rb") as file:
            magic, version, _, module = struct.unpack("<4sHH8s", file.read(16))
    except (OSError, ValueError):
        return False
    return (magic, version, module) == (b"WIMG", VERSION, digest)


def _keep(data, name, origin):
    """Whether there was room for an image. It is written beside its place, so there is a whole one or none."""
    beside = _IMAGES + "/new"
    try:
        _make_room(name, origin)
        with open(beside, "wb") as file:
            file.write(data)
        os.rename(beside, _IMAGES + "/" + name)
        return True
    except OSError:
        try:
            os.remove(beside)
        except OSError:  # the folder isn't there
            pass
        return False


def _make_room(name, origin):
    """Makes the folder, and removes what was made of the path's former contents and what is too many."""
    if not _exists(_IMAGES):
        # Where "/" is the whole of a larger machine, files go only to a folder that someone made for them.
        if not _exists(FOLDER[:-1]) and not _exists("/dev"):
            os.mkdir(FOLDER[:-1])
        os.mkdir(_IMAGES)
    others = []
    for other in os.listdir(_IMAGES):
        if origin and other.startswith(origin):
            os.remove(_IMAGES + "/" + other)
        elif other != name:
            others.append(other)
    if len(others) >= _MOST:
        os.remove(_IMAGES + "/" + others[os.urandom(1)[0] % len(others)])


def _exists(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _compiled(binary):
    # What the compiler leaves behind must not lie where a page of linear memory will be wanted, or a part of one,
    # and what else a load takes: that is taken before, if there is room for both. Just trying would leave the
    # names read by each try.
    gc.collect()
    left = gc.mem_free() - _COMPILER
    room = 67584 if left > 67584 else 18432 if left > 18432 else 0
    if room:
        try:
            return _compile(binary, bytearray(room))
        except MemoryError:
            gc.collect()
    return _compile(binary, None)


def _compile(binary, room):
    """Imports the compiler, uses it and gives back the heap that it took; ``room`` is held until then."""
    try:
        import wasmc

        module = wasmc.decode(binary)
        wasmc.validate(module)
        for name in _FRONT:
            del sys.modules["wasmc." + name]
            delattr(wasmc, name)
        gc.collect()
        return wasmc.lower(module)
    finally:
        for name in list(sys.modules):
            if name.split(".")[0] == "wasmc":
                del sys.modules[name]
        gc.collect()
