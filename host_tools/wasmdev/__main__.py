"""``python -m wasmdev`` is the command ``wasmdev``."""

from wasmdev.cli import main

main()
