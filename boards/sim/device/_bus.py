"""I2C, SPI, UART, PWM and 1-Wire of the simulated board: each asks the host and waits for its answer.

``wasmdev_sim/buses.py`` is the other end and describes the format.
"""

import struct

import _pipes

I2C_WRITE, I2C_READ, SPI_BYTES, UART_WRITE, UART_READ, UART_ANY, PWM_SET, RESET, WRITE, READ = range(10)

_MOST = 2048  # bytes in one question: a pipe takes them whole
_head = bytearray(4)
_sequence = 0


def ask(kind, number, argument=0, data=b"", wanted=0):
    """The host's answer. Raises OSError as a board's driver does."""
    global _sequence
    if len(data) > _MOST or wanted > _MOST:
        raise OSError(22)
    sequence = _sequence = (_sequence + 1) & 0xFF
    _pipes.questions.write(struct.pack("<BBBxHHH", kind, number, sequence, argument, len(data), wanted) + data)
    interrupted = None
    while True:
        try:
            if _pipes.answers.readinto(_head) != 4:
                raise OSError(5)
        except KeyboardInterrupt as error:  # the answer must be read all the same
            interrupted = error
            continue
        answer = _pipes.answers.read(_head[2] | _head[3] << 8) if _head[2] or _head[3] else b""
        if _head[0] == sequence:
            break
    if interrupted:
        raise interrupted
    if _head[1]:
        raise OSError(_head[1])
    return answer


class I2C:
    def __init__(self, id, *, scl=None, sda=None, freq=400000, timeout=50000):
        if id not in (0, 1):
            raise ValueError("I2C(%s) doesn't exist" % id)
        self._id = id

    def writeto(self, addr, buf, stop=True):
        ask(I2C_WRITE, self._id, addr, bytes(buf))
        return len(buf)

    def readfrom(self, addr, nbytes, stop=True):
        return ask(I2C_READ, self._id, addr, b"", nbytes)

    def readfrom_into(self, addr, buf, stop=True):
        buf[:] = self.readfrom(addr, len(buf))

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        self.writeto(addr, memaddr.to_bytes(addrsize // 8, "big"), False)
        return self.readfrom(addr, nbytes)

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        buf[:] = self.readfrom_mem(addr, memaddr, len(buf), addrsize=addrsize)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        self.writeto(addr, memaddr.to_bytes(addrsize // 8, "big") + bytes(buf))

    def scan(self):
        found = []
        for address in range(8, 120):
            try:
                self.writeto(address, b"")
                found.append(address)
            except OSError:
                pass
        return found

    def deinit(self):
        pass


class SPI:
    MSB = 0
    LSB = 1

    def __init__(self, id, baudrate=1000000, *, polarity=0, phase=0, bits=8, firstbit=0, **pins):
        if id not in (0, 1):
            raise ValueError("SPI(%s) doesn't exist" % id)
        self._id = id

    def init(self, baudrate=1000000, *, polarity=0, phase=0, bits=8, firstbit=0):
        pass

    def write(self, buf):
        ask(SPI_BYTES, self._id, 0, bytes(buf))

    def write_readinto(self, write_buf, read_buf):
        if len(write_buf) != len(read_buf):
            raise ValueError("buffers must be the same length")
        read_buf[:] = ask(SPI_BYTES, self._id, 0, bytes(write_buf), len(read_buf))

    def readinto(self, buf, write=0):
        self.write_readinto(bytes([write]) * len(buf), buf)

    def read(self, nbytes, write=0):
        buf = bytearray(nbytes)
        self.readinto(buf, write)
        return bytes(buf)

    def deinit(self):
        pass


class UART:
    def __init__(self, id, baudrate=9600, bits=8, parity=None, stop=1, *, tx=None, rx=None, **settings):
        if id not in (0, 1):
            raise ValueError("UART(%s) doesn't exist" % id)
        self._id = id

    def any(self):
        return struct.unpack("<I", ask(UART_ANY, self._id, 0, b"", 4))[0]

    def read(self, nbytes=_MOST):
        return ask(UART_READ, self._id, 0, b"", nbytes) or None

    def readinto(self, buf):
        data = self.read(len(buf)) or b""
        buf[: len(data)] = data
        return len(data) or None

    def write(self, buf):
        ask(UART_WRITE, self._id, 0, bytes(buf))
        return len(buf)

    def flush(self):
        pass

    def deinit(self):
        pass


class PWM:
    """On a pin of ``machine.Pin``; frequency and duty are what the host sees."""

    def __init__(self, dest, *, freq=0, duty_u16=0, duty_ns=None, invert=False):
        self._pin = dest
        self._freq = freq
        self._duty = duty_u16
        if freq:
            self._show()

    def _show(self):
        ask(PWM_SET, self._pin._n, 0, struct.pack("<II", self._freq, self._duty))

    def freq(self, value=None):
        if value is None:
            return self._freq
        if not 8 <= value <= 62500000:
            raise ValueError("freq too small" if value < 8 else "freq too large")
        self._freq = value
        self._show()

    def duty_u16(self, value=None):
        if value is None:
            return self._duty
        self._duty = max(0, min(65535, value))
        self._show()

    def duty_ns(self, value=None):
        if value is None:
            return self._duty * 1000000000 // (65535 * self._freq)
        self.duty_u16(value * self._freq * 65535 // 1000000000)

    def deinit(self):
        ask(PWM_SET, self._pin._n)
