"""What happens outside of the board: ticks of its timers, edges at its pins. `_interrupts` brings them."""

import _pipes

TICK = 0
EDGE = 1

timers = {}
edges = {}
count = 0


def take(kind, number, argument):
    """Runs what waits for an event, on the main thread between bytecodes."""
    global count
    count += 1
    if kind == TICK:
        _pipes.send(_pipes.TAKEN, number)
        timer = timers.get(number)
        if timer:
            timer._fire()
    else:
        irq = edges.get(number)
        if irq:
            irq._fire(argument)
