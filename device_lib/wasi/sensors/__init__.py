"""Drivers, one a file, imported when a sensor of the kind is opened.

A driver is ``driver(grant)``, with ``channels``, a tuple of names and units, and ``milli(channel)``, a reading in
thousandths of the unit, which raises OSError when the sensor doesn't answer as it should.
"""
