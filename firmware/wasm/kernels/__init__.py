"""Instructions that the interpreter leaves to others, in groups that are imported when an image uses them.

A group's module has ``run(token)``, for the group "instance" ``run(context)``: it does the instruction at the
state's PC with the cells of the frame at FP and moves PC on, past more of its instructions if it likes. Where one
traps, PC stays at it and ARG, which was 0, is 1 + the trap's number.

An address in the state takes two words, on boards of 32 bits as well, so that one source serves all.
"""
