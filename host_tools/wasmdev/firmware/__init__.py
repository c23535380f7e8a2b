"""MicroPython put onto a board."""
