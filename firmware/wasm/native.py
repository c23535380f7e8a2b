"""Native code of an image (wasmc/native): imported only by an image that needs it."""

import sys
from binascii import hexlify

from .errors import ImageError


def attach(image, digest):
    """Loads the native code that lies beside an image of that digest; raises ImageError where it is missing or
    another's."""
    if not isinstance(image.source, str):
        raise ImageError("a native image is loaded from its file")
    folder = image.source.rpartition("/")[0]
    name = "n" + hexlify(digest).decode()
    sys.path.insert(0, folder)
    try:
        code = __import__(name)
    except ImportError:
        raise ImageError("native code %s.mpy is missing: flash the module again" % name)
    finally:
        sys.path.pop(0)
    if not _stays():
        del sys.modules[name]
    if code.TAG != digest:
        raise ImageError("native code %s.mpy belongs to another image: flash the module again" % name)
    image.native = code.run
    image.floor = code.FLOOR
    image.flat = code.FLAT
    image.whole = code.WHOLE
    image.stops = code.STOPS


def _stays():
    """Whether code that was loaded is in RAM that only a soft reset gives back: loaded once more it takes none.

    So it is on the ESP32, but for those of its kind that can execute all their RAM: there code lies in the heap.
    """
    if sys.platform != "esp32":
        return False
    import esp32

    return esp32.idf_heap_info(esp32.HEAP_EXEC) != esp32.idf_heap_info(esp32.HEAP_DATA)
