"""What a guest prints while ``wasmdev`` drives the board: part of a protocol, as all that the board says then.

Byte 10 (numbers are hexadecimal) begins what is said of the guest's streams:

    10 "P"  10 "D"  10 "M"   the guest's bytes 10, 04 and 0d, which mean something to the protocol
    10 "R" size              asks for up to so many bytes of input, two digits (``input``)

Input comes as its length, two digits, 00 at the end of it, and in base64: no byte of that is a Ctrl-C. Nothing
else comes that wasn't asked for, so that no buffer of the board overflows, but one "s" where a guest is to be put
away (wasm/attended.py).
"""

import sys

import micropython

_write = sys.stdout.write


@micropython.viper
def _plain(data, size: int) -> bool:
    bytes = ptr8(data)
    for i in range(size):
        byte = bytes[i]
        if byte == 4 or byte == 13 or byte == 16:
            return False
    return True


def write(data):
    if not _plain(data, len(data)):
        data = data.replace(b"\x10", b"\x10P").replace(b"\x04", b"\x10D").replace(b"\r", b"\x10M")
    _write(data)
