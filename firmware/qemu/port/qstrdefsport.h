// Names that MicroPython does not find by itself.
Q(/lib)
