"""The command line of wasmdev: from a WebAssembly module to a MicroPython board."""

__version__ = "0.1.0"
