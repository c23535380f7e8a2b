"""All cases."""

from __future__ import annotations

from tests.thirdparty import ciphers, codecs, compressors, digests, hashes, images, lexers, machines, parsers

_FILES = hashes, digests, ciphers, codecs, compressors, lexers, parsers, images, machines
CASES = [case for file in _FILES for case in file.CASES]
