"""Damage to what was flashed: ``wasm.boot`` looks for it, a load takes no time to do so."""

from binascii import hexlify

from .digest import digest
from .errors import ImageError
from .flashed import settings


def check(name):
    """The manifest. Raises ImageError where a file of the module is not what it says, OSError where one is
    missing."""
    path, given = settings(name)
    folder = path[: path.rfind("/") + 1]
    for place, wanted in (
        (path, given.get("hash")),
        (given.get("native"), given.get("native_hash")),
        (given.get("code"), given.get("code_hash")),
    ):
        if wanted:
            if not place.startswith(folder):
                place = folder + place
            if hexlify(digest(place)).decode() != wanted:
                raise ImageError("%s is damaged: flash the module again" % place)
    return given
