"""Instructions that the interpreter leaves to others, in groups that are imported when an image uses them.

A group's module has ``run(context) -> int``: it does the instruction at the state's PC with the cells of the frame
at FP and moves PC on, past more of its instructions if it likes, and returns 0. Where one traps, PC stays at it,
and ``run`` returns 1 + the trap's number.
"""
