"""What the front end says about a binary."""

import wasmc


def verdict(binary: bytes) -> wasmc.WasmError | None:
    """The error that decode() or validate() raises for a binary; ``None`` for a valid module."""
    try:
        wasmc.validate(wasmc.decode(binary))
    except wasmc.WasmError as error:
        return error
    return None
