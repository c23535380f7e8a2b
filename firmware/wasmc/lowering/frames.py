"""How deep frames of a module can get: what is known before it runs."""

from ..image.file import NONE

_ROUNDS = 32  # of looking at all calls; where it isn't known after so many, calls are recursive as a rule
_MOST = 0x4000  # cells, beyond which nobody has to know


def deepest(frames, callers, callees, begins):
    """Bytes that the frames of the deepest chain of calls take, NONE where there may be no end of them.

    ``frames`` are the cells of each function's. Of each call, ``callers`` and ``callees`` are the functions and
    ``begins`` is the cell of the caller's frame where the callee's begins.
    """
    need = list(frames)
    for turn in range(_ROUNDS):
        changed = False
        for i in range(len(callers)) if turn & 1 else range(len(callers) - 1, -1, -1):
            cells = begins[i] + need[callees[i]]
            if cells > need[callers[i]]:
                need[callers[i]] = cells
                changed = True
        most = max(need) if need else 0
        if not changed:
            return 4 * most
        if most > _MOST:
            break
    return NONE
