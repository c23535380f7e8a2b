"""Turns the templates of semantics.py into lines of viper for one width of machine words."""

import re

INDENT = "    "

# Opens a function whose lines were expanded for 64 bits: the constant is too large for a literal in viper.
PROLOGUE = {32: [], 64: ["sign = 1", "sign <<= 31"]}

_MACROS = {
    32: {"U": "uint({})", "S": "{}", "E": "{}", "M": ""},
    64: {
        "U": "({})",
        "S": "({} ^ sign)",
        "E": "(({} ^ sign) - sign)",
        "M": " & (sign + sign - 1)",
    },
}


def expand(lines, bits):
    """Lines of a template, a string or a list, written for words of 32 or 64 bits."""
    if isinstance(lines, str):
        lines = [lines]
    macros = _MACROS[bits]

    def macro(match):
        name, _, argument = match.group(1).partition(":")
        return macros[name].format(argument)

    return [re.sub(r"\{([A-Z](?::[^}]*)?)\}", macro, line) for line in lines]


def indent(lines, levels=1):
    """The same lines, deeper."""
    return [INDENT * levels + line for line in lines]


def dispatch(leaves, subject="op"):
    """A binary decision tree over the bits of ``subject``: ``leaves`` maps each number to its lines.

    At each node the highest bit in which the remaining numbers differ is tested, so that a number which
    shares its high bits with few others is reached in few steps.
    """
    numbers = sorted(leaves)
    if len(numbers) == 1:
        return leaves[numbers[0]]
    bit = 1 << ((numbers[0] ^ numbers[-1]).bit_length() - 1)
    high = {n: body for n, body in leaves.items() if n & bit}
    low = {n: body for n, body in leaves.items() if not n & bit}
    return [
        "if %s & 0x%02X:" % (subject, bit),
        *indent(dispatch(high, subject)),
        "else:",
        *indent(dispatch(low, subject)),
    ]
