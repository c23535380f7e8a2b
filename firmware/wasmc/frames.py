"""How deep frames of a module can get: what is known before it runs."""

from .image import NONE

_ROUNDS = 32  # of looking at all calls; where it isn't known after so many, calls are recursive as a rule
_MOST = 0x4000  # cells, beyond which nobody has to know


def deepest(layout, offsets):
    """Bytes that the frames of the deepest chain of calls take, NONE where there may be no end of them.

    ``offsets`` are those of the functions' code, whose calls hold no callee yet (lowering.py).
    """
    if layout.indirect:
        return NONE
    code = layout.emit.code

    def half(at):
        return code[at] | code[at + 1] << 8

    need = [half(offset) if offset else 0 for offset in offsets]
    caller = len(offsets) - 1
    for turn in range(_ROUNDS):
        changed = False
        for place, callee in layout.calls if turn & 1 else reversed(layout.calls):
            while offsets[caller] > place:
                caller -= 1
            while caller + 1 < len(offsets) and offsets[caller + 1] < place:
                caller += 1
            cells = half(place - 2) + need[callee]  # the callee's frame begins where the call says
            if cells > need[caller]:
                need[caller] = cells
                changed = True
        most = max(need) if need else 0
        if not changed:
            return 4 * most
        if most > _MOST:
            break
    return NONE
