"""On MicroPython: runs one test function. Arguments: module, function, and a file system for its files if any."""

import sys

script = __import__(sys.argv[1])
if len(sys.argv) > 3:
    import volume

    script.ROOT = volume.mount(sys.argv[3]) + "/files"
getattr(script, sys.argv[2])()
