"""The capability table in a snapshot: what each handle was opened by and how it stood, to open it again elsewhere.

A list of handles. Each is null where it is closed, else a list:

- of preview 1: the label of a folder that is granted, the path below it, the rights, and of a folder the rights
  that it passes on, or of a file its flags and position; of a standard stream null, its number, the rights;
- else: the interface, the label, and what its resource tells of its state.

What it opens, it opens by the grants that hold then. A handle that they don't let it have stays and is refused.
"""

from .errno import BUSY
from .rights import PREVIEW1

_MOST = 64  # handles


class Gone:
    """Behind a handle that can't be had any more: it has no rights, so each use is refused as not granted."""

    flags = inheriting = 0
    path = ""

    def __init__(self, kind):
        self.kind = kind

    def ready(self):
        return 0

    def sync(self):
        """There is nothing to write."""

    def close(self):
        """There is nothing to release."""


def save(table):
    """What stands for a table in a snapshot, for JSON."""
    from .clock import monotonic

    roots = _roots(table)
    return {
        "first": table.first,
        "clock": monotonic() + table.since,
        "open": [None if entry is None else _record(table, entry, roots) for entry in table.entries],
    }


def _record(table, entry, roots):
    interface, rights, resource, place = entry[:4]
    if isinstance(resource, Gone):
        if interface != PREVIEW1:
            return [interface, "", []]
        return [PREVIEW1, "", "", 0, 0] if resource.kind == 3 else [PREVIEW1, "", "", 0, 0, 0]
    if interface != PREVIEW1:
        return [interface, entry[4], resource.state() if hasattr(resource, "state") else []]
    if place is None:
        return [PREVIEW1, None, [each[2] for each in table.standard].index(resource), rights]
    resource.sync()
    root = max([root for root in roots if (place + "/").startswith(root[3] + "/")], key=lambda root: len(root[3]))
    record = [PREVIEW1, root[2].name, place[len(root[3]) + 1 :], rights]
    if resource.kind == 3:
        return record + [resource.inheriting]
    return record + [resource.flags, resource.at]


def _roots(table):
    """What the grants would let a guest begin with."""
    if not any(grant[0] == "folder" for grant in table.grants.values()):
        return []
    from .preopen import preopen

    return preopen(table.grants, table.files)


def restore(table, kept):
    """Opens again what a snapshot has, in a table that is new. Raises RuntimeError for what somebody else holds,
    ValueError, TypeError, KeyError and IndexError for what is no such list."""
    from .clock import monotonic

    records = kept["open"]
    if not len(table.standard) <= kept["first"] <= len(records) <= _MOST:
        raise ValueError("handles")
    table.since = int(kept["clock"]) - monotonic()
    roots = {root[2].name: root for root in _roots(table)}
    table.first = kept["first"]
    table.entries.clear()
    for handle, record in enumerate(records):
        if record and record[0] == PREVIEW1:
            entry = _opened(table, roots, *record[1:])
        else:
            entry = _device(table, *record) if record else None
        table.entries.append(entry)
        if entry and entry[1] and hasattr(entry[2], "resume"):
            entry[2].resume(record[2], handle, table.interface(record[0]).Functions(table))


def _opened(table, roots, label, path, rights, flags=0, at=None):
    if label is None:
        stream = table.standard[path]
        return PREVIEW1, rights & stream[1], stream[2], None
    from .files import FILE_READ, FILE_WRITE, FOLDER_READ, FOLDER_WRITE, SET_TIMES, File, Folder, Refused, resolve

    gone = PREVIEW1, 0, Gone(3 if at is None else 4), ""
    root = roots.get(label)
    if root is None:
        return gone
    folder = root[2]
    inheriting = folder.inheriting
    try:
        if path:
            path = resolve(folder, path)[0]
        else:
            path = folder.path
        if at is None:
            allowed = root[1] if path == folder.path else inheriting & (FOLDER_READ | FOLDER_WRITE)
            name = label if path == folder.path else None
            return PREVIEW1, rights & allowed, Folder(path, flags & inheriting, folder.quota, name), path
        rights &= inheriting & (FILE_READ | FILE_WRITE)
        file = File(path, bool(rights & FILE_WRITE & ~SET_TIMES), flags, folder.quota)
        file.at = at
        return PREVIEW1, rights, file, path
    except (Refused, OSError):
        return gone


def _device(table, interface, label, state):
    grant = table.grants.get(label)
    for opens in table.interface(interface).OPENS:
        if grant and grant[0].startswith(opens[0]):
            entry = table.make(interface, opens, label, grant)
            if entry == BUSY:
                raise RuntimeError("%s is in use: by another guest, or twice" % label)
            if not isinstance(entry, int):
                return entry
    return interface, 0, Gone(0), None, ""
