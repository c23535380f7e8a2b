"""Instructions that the interpreter leaves to others, in groups that are imported when an image uses them.

Each module has ``run(context) -> int``: it does the instruction at the state's PC with the cells of the frame
at FP, moves PC on, and returns 0, or 1 + the number of a trap.
"""
