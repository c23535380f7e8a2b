"""What host and board share, as files of the host by semihosting (`_host` in C):

- `to_host`, a pipe that the board writes: records as those of the simulated board;
- `questions` and `answers`, pipes to the buses and back, see `_bus`;
- `registers`, a file of u32 that both see: the sizes of the heap and of the RAM for native code, how many events
  there have been, the last 256 of them, then the registers of pins and converters;
- `config`, what the board stands for.
Nothing of this touches the serial port.
"""

import _host

BOOTED, PIN, IRQ, TIMER, TAKEN, RESET = range(6)
NEWS = 2  # where in `registers` what lies
EVENTS = 3
_FIRST = 259

config = eval(_host.File("config").read())
questions = _host.File("questions")
answers = _host.File("answers")


class _Register:
    def __init__(self, index):
        self._index = index

    def tell(self):
        return _host.word(self._index)


registers = [_Register(_FIRST + index) for index in range(config["registers"])]


def send(kind, number=0, argument=0, flags=0):
    _host.send(kind, number, argument, flags)
    if kind == RESET:
        _host.reset()
