"""An interpreter of Brainfuck that runs a greeting; n times, the hash of all that is printed."""

from micropython import const

PROGRAM = (
    b"++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++."
    b">>.<-.<.+++.------.--------.>>+.>++."
)

_PLUS = const(43)
_MINUS = const(45)
_PRINT = const(46)
_LEFT = const(60)
_RIGHT = const(62)
_OPEN = const(91)
_CLOSE = const(93)


def jumps(program):
    """Where the other bracket of each bracket is."""
    jump = bytearray(len(program))
    opened = []
    for i, op in enumerate(program):
        if op == _OPEN:
            opened.append(i)
        elif op == _CLOSE:
            start = opened.pop()
            jump[i] = start
            jump[start] = i
    return jump


def run(n):
    program = PROGRAM
    length = len(program)
    h = 0
    for _ in range(n):
        tape = bytearray(512)
        jump = jumps(program)
        p = 0
        i = 0
        while i < length:
            op = program[i]
            if op == _RIGHT:
                p += 1
            elif op == _LEFT:
                p -= 1
            elif op == _PLUS:
                tape[p] = tape[p] + 1 & 0xFF
            elif op == _MINUS:
                tape[p] = tape[p] - 1 & 0xFF
            elif op == _PRINT:
                h = h * 31 + tape[p] & 0xFFFFFFFF
            elif op == _OPEN:
                if not tape[p]:
                    i = jump[i]
            elif tape[p]:
                i = jump[i]
            i += 1
    return h - 0x100000000 if h & 0x80000000 else h
