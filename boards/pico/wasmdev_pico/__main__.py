"""The emulator's process, for ``PicoBoard`` alone."""

from .process import main

main()
