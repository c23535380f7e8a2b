"""What host and board share, as files of the host by semihosting (`_host` in C):

- `to_host`, a pipe that the board writes: records as those of the simulated board;
- `questions` and `answers`, pipes to the buses and back, see `_bus`;
- `registers`, a file of u32 that both see: six that are for C alone but for the third, which counts events, and
  the sixth, `machine.reset_cause`; then the last 256 events, then the registers of pins and converters; and, from
  4096 on, what is typed;
- `config`, what the board stands for.
Nothing of this touches the serial port.
"""

import _host

BOOTED, PIN, IRQ, TIMER, TAKEN, RESET = range(6)
NEWS = 2  # where in `registers` what lies
_CAUSE = 5
EVENTS = 6
_FIRST = 262
_WDT_RESET = 3

config = eval(_host.File("config").read())
config["cause"] = _host.word(_CAUSE)
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
        _host.reset(_WDT_RESET)
