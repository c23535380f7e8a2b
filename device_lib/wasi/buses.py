"""The buses of the board, each set up once for all who share it."""

from machine import I2C, SPI, Pin

_i2c = {}
_spi = {}


def i2c(grant):
    """The bus of a grant that goes on with number, sda, scl and frequency after its kind."""
    wiring = tuple(grant[1:5])
    bus = _i2c.get(wiring)
    if bus is None:
        number, sda, scl, frequency = wiring
        bus = _i2c[wiring] = I2C(number, sda=Pin(sda), scl=Pin(scl), freq=frequency)
    return bus


def spi(grant):
    """The bus of a grant, ``(kind, number, sck, mosi, miso, cs, baud, mode)``, as its chip wants it."""
    _, number, sck, mosi, miso, _, baud, mode = grant
    kept = _spi.get(number)
    if kept is None or kept[1] != grant:
        pins = {"sck": Pin(sck), "mosi": Pin(mosi)}
        if miso is not None:
            pins["miso"] = Pin(miso)
        kept = _spi[number] = SPI(number, baudrate=baud, polarity=mode >> 1, phase=mode & 1, **pins), grant
    return kept[0]
