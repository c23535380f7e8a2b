"""The chip's own sensor where a function of MicroPython reads it: ``esp32.mcu_temperature``."""


class Builtin:
    """``(kind, "module.function", unit)``, the unit C or F as the function's documentation has it."""

    channels = (("temperature", "Cel"),)

    def __init__(self, grant):
        module, _, name = grant[1].partition(".")
        try:
            self._function = getattr(__import__(module), name)
        except (ImportError, AttributeError):
            raise ValueError(grant[1])
        self._fahrenheit = grant[2] == "F"

    def milli(self, channel):
        value = self._function()
        return round((value - 32) * 5000 / 9 if self._fahrenheit else value * 1000)

    def close(self):
        """There is nothing to release."""


driver = Builtin
