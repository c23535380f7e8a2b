"""Ciphers: AssemblyScript (ChaCha20-Poly1305), text format by hand (XSalsa20)."""

from __future__ import annotations

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest

# RFC 8439 section 2.8.2.
_KEY, _NONCE = bytes(range(0x80, 0xA0)), bytes.fromhex("070000004041424344454647")
_ASSOCIATED = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
_PLAIN = (
    b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    b"sunscreen would be it."
)
_SEALED = bytes.fromhex(
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e"
    "060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576"
    "d26586cec64b6116"
)
_TAG = bytes.fromhex("1ae10b594f09e26a7e902ecbd0600691")


def _chacha(guest: Guest) -> list[bytes]:
    found = []
    for function, text in (("sealUpdate", _PLAIN), ("openUpdate", _SEALED)):
        for place, data in (("Key", _KEY), ("Nonce", _NONCE), ("AssociatedData", _ASSOCIATED), ("Input", text)):
            guest.write(guest.value("cp" + place), data)
        guest.call(function, 1, 1, len(text), len(text), len(_ASSOCIATED))
        found += [
            guest.read(guest.value("chacha20Output"), len(text)),
            guest.read(guest.value("poly1305Output"), 16),
        ]
    return found


_SALT = bytes(range(100, 124))


def _xsalsa(guest: Guest) -> bytes:
    """A counter of 8 bytes at 144, then nonce, key and text; what is before is the module's own."""
    counter, nonce, key, text = 144, 152, 176, 208
    guest.write(counter, bytes(8) + _SALT + _KEY + _PLAIN)
    guest.call("xsalsa20_xor", counter, text, text, len(_PLAIN), nonce, key)
    return guest.read(text, len(_PLAIN))


CASES = [
    Case(
        "@chainsafe/as-chacha20poly1305@0.1.0",
        "lib/src/wasmCode.js",
        _chacha,
        [_SEALED, _TAG, _PLAIN, _TAG],
        {"env": {"abort": None}},
        what="ChaCha20-Poly1305",
    ),
    Case(
        "xsalsa20@1.2.0",
        "xsalsa20.js",
        _xsalsa,
        references.xsalsa20(_KEY, _SALT, _PLAIN),
        what="XSalsa20",
    ),
]
