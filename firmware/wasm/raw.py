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
from .digest import digest
from .flashed import FOLDER, exists, remove

_IMAGES = FOLDER + "images"
_MOST = const(8)  # that are kept; for one more another goes, whichever chance says
# Modules of wasmc that have done their work before those for lowering come to the heap, and what it has of them.
_FRONT = ("validation", "binary.decode", "binary.strip", "binary.sections", "decode", "strip", "validate")
# Collections after so many bytes take a third of the time: a small module on a large heap does without.
_GARBAGE = const(16384)
_SMALL = const(2048)  # bytes of a module
_PAGE = const(67584)  # bytes of heap that a page of memory and what else a load takes come to
# Bytes of heap that the compiler takes, by the size of a word, and for each byte of a module.
_COMPILER = 84000 if sys.maxsize >> 31 == 0 else 118000
_EACH = const(3)


def image(source):
    """The image of a binary module (a path, or bytes): the path of the one that is kept, else its bytes.

    Raises OSError (no such file), wasmc.WasmError (it is malformed or invalid), MemoryError (there is no room to
    compile it here).
    """
    module, origin = _identify(source)
    name = origin + hexlify(module).decode() + ".img"
    kept = _IMAGES + "/" + name
    if _is_of(kept, module):
        return kept
    size = os.stat(source)[6] if isinstance(source, str) else len(source)
    try:
        if isinstance(source, str):
            with open(source, "rb") as file:
                source = file.read()
        parts = _compiled(source)
        if not _keep(parts, name, origin):
            return _joined(parts)
    except MemoryError:
        raise MemoryError(
            "no room to compile a module of %d bytes here; wasmdev flash compiles it on the host" % size
        )
    source = parts = None
    gc.collect()
    return kept


def _identify(source):
    """What an image has of its module's hash, and how names of images begin that come from the same path."""
    if not isinstance(source, str):
        return sha256(source).digest()[:8], ""
    return digest(source)[:8], hexlify(sha256(source.encode()).digest()[:4]).decode() + "-"


def _is_of(path, module):
    """Whether there is an image that this runtime reads, of the module with that hash."""
    try:
        with open(path, "rb") as file:
            magic, version, _, found = struct.unpack("<4sHH8s", file.read(16))
    except (OSError, ValueError):
        return False
    return (magic, version, found) == (b"WIMG", VERSION, module)


def _joined(parts):
    """The image in one piece, each part of which goes as it is copied."""
    whole = bytearray(sum([len(part) for part in parts]))
    at = 0
    for i in range(len(parts)):
        part = parts[i]
        parts[i] = None
        whole[at : at + len(part)] = part
        at += len(part)
    return whole


def _keep(parts, name, origin):
    """Whether there was room for an image. It is written beside its place, so there is a whole one or none."""
    beside = _IMAGES + "/new"
    try:
        _make_room(name, origin)
        with open(beside, "wb") as file:
            for part in parts:
                file.write(part)
        os.rename(beside, _IMAGES + "/" + name)
        return True
    except OSError:
        remove(beside)
        return False


def _make_room(name, origin):
    """Makes the folder, and removes what was made of the path's former contents and what is too many."""
    if not exists(_IMAGES):
        # Where "/" is the whole of a larger machine, files go only to a folder that someone made for them.
        if not exists(FOLDER[:-1]) and not exists("/dev"):
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



def _compiled(binary):
    # What the compiler leaves behind must not lie where a page of linear memory will be wanted, or a part of one,
    # and what else a load takes: that is taken before, if there is room for both. Just trying would leave the
    # names read by each try.
    gc.collect()
    left = gc.mem_free() - _COMPILER - _EACH * len(binary)
    room = _PAGE if left > _PAGE else 18432 if left > 18432 else 0
    if room:
        try:
            return _compile(binary, bytearray(room), -1 if room == _PAGE and len(binary) <= _SMALL else _GARBAGE)
        except MemoryError:
            gc.collect()
    return _compile(binary, None, _GARBAGE)


def _compile(binary, room, garbage):
    """The parts of the image. Imports the compiler, uses it and gives back the heap that it took; ``room`` is held
    until then. After so many bytes of ``garbage`` it is collected: what lives scatters among what does not."""
    threshold = gc.threshold()
    gc.threshold(garbage)
    try:
        import wasmc

        module = wasmc.decode(binary)
        wasmc.validate(module)
        for name in _FRONT:
            _forget(wasmc, name)
        gc.collect()
        from wasmc.lowering.module import parts

        return parts(module)
    finally:
        gc.threshold(threshold)
        for name in list(sys.modules):
            if name.split(".")[0] == "wasmc":
                del sys.modules[name]
        gc.collect()


def _forget(package, name):
    """Take a module of a package, or what else it has by that name, from all that holds it."""
    if "." in name:
        folder, name = name.split(".")
        package = getattr(package, folder)
    delattr(package, name)
    module = package.__name__ + "." + name
    for each in list(sys.modules):
        if each == module or each.startswith(module + "."):
            del sys.modules[each]
