"""On MicroPython: runs one test function. Arguments: module, function."""

import sys

getattr(__import__(sys.argv[1]), sys.argv[2])()
