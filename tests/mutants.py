"""Broken modules, the same in every run."""

import random
from collections.abc import Iterator


def mutants(binary: bytes, seed: str, count: int) -> Iterator[bytes]:
    """Truncations, changed, inserted and removed bytes, and several of these at once."""
    chance = random.Random(seed)
    for _ in range(count):
        mutant = bytearray(binary)
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            at = chance.randrange(8 if chance.random() < 0.95 else 0, len(binary))
            kind = chance.randrange(8)
            if kind == 0:
                del mutant[at:]
            elif kind == 1:
                mutant.insert(min(at, len(mutant)), chance.randrange(256))
            elif kind == 2:
                del mutant[at : at + 1]
            elif at < len(mutant):
                change = (1 << chance.randrange(8)) if kind < 6 else chance.randrange(1, 256)
                mutant[at] ^= change
        yield bytes(mutant)
