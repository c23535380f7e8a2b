"""Import module ``wasi_pwm``: pins that are active for a part of the time."""

from machine import PWM, Pin

from .errno import INVAL, SUCCESS
from .rights import READ, WRITE

TYPES = {
    "open": "iii>i",
    "set_duty": "ii>i",
    "get_duty": "ii>i",
    "set_frequency": "ii>i",
    "get_frequency": "ii>i",
    "close": "i>i",
}

_PWM = "wasi_pwm"


class Output:
    """An open output: ``(kind, pin, frequency)``, and "active-low" after it. Never active when opened."""

    def __init__(self, grant):
        self._low = 65535 if "active-low" in grant[3:] else 0
        self._pin = Pin(grant[1], Pin.OUT, value=1 if self._low else 0)
        self.pwm = PWM(self._pin)
        self.pwm.freq(grant[2])
        self.set(0)

    def set(self, duty):
        self.duty = duty
        self.pwm.duty_u16(duty ^ self._low)

    def state(self):
        """For a snapshot: duty and frequency."""
        return [self.duty, self.pwm.freq()]

    def resume(self, state, *_):
        self.pwm.freq(state[1])
        self.set(state[0] & 0xFFFF)

    def close(self):
        self.pwm.deinit()
        self._pin.init(Pin.IN, None)


OPENS = (("pwm", READ | WRITE, Output),)  # the grants that are opened here (Table.open)


class Functions:
    """The functions of one instance."""

    def __init__(self, table):
        self._table = table

    def open(self, label, length, out):
        return self._table.open(_PWM, "open", OPENS[0], label, length, out)

    def set_duty(self, handle, duty):
        """Be active for ``duty`` 65535ths of the time."""
        output = self._table.get(handle, _PWM, WRITE, "set_duty")
        if output is None:
            return self._table.errno
        if not 0 <= duty <= 65535:
            return INVAL
        output.set(duty)
        return SUCCESS

    def get_duty(self, handle, out):
        output = self._table.get(handle, _PWM, READ, "get_duty")
        return self._table.errno if output is None else self._table.put(out, output.duty)

    def set_frequency(self, handle, hertz):
        output = self._table.get(handle, _PWM, WRITE, "set_frequency")
        if output is None:
            return self._table.errno
        if hertz <= 0:
            return INVAL
        try:
            output.pwm.freq(hertz)
        except ValueError:
            return INVAL
        output.set(output.duty)
        return SUCCESS

    def get_frequency(self, handle, out):
        output = self._table.get(handle, _PWM, READ, "get_frequency")
        return self._table.errno if output is None else self._table.put(out, output.pwm.freq())

    def close(self, handle):
        return self._table.drop(handle, _PWM)
