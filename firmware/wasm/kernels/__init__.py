"""Instructions that the interpreter leaves to others, in groups that are imported when an image uses them.

A group's module has ``run(token, 0, context)``: it does the instruction at the state's PC with the cells of the
frame at FP and moves PC on, past more of its instructions if it likes. Where one traps, PC stays at it and ARG,
which was 0, is 1 + the trap's number. What few modules need of a group is in a module of its own: ``more`` imports
that and takes its place in the context.

An address in the state takes two words, on boards of 32 bits as well, so that one source serves all. Viper
functions here read no globals: entering one that does takes twice as long; and two arguments are ints since the
first places are registers, which then serve for what is used most.
"""
