"""The capability table in a snapshot: what each handle was opened by and how it stood, to open it again elsewhere.

A list of handles. Each is null where it is closed, else a list:

- of preview 1: the label of the folder that it was opened through, the path below it, the rights, the type of
  file; and of a folder the rights that it passes on and whether it was there from the start, of a file its flags
  and position;
- of a standard stream null in place of the label, its number, the rights;
- else: the interface, the label, and what its resource tells of its state.

What it opens, it opens by the grants that hold then. A handle that they don't let it have stays and is refused.
"""

from .errno import BUSY
from .files import (
    DIRECTORY,
    FILE_READ,
    FILE_WRITE,
    FOLDER_READ,
    FOLDER_WRITE,
    REGULAR,
    SET_TIMES,
    File,
    Folder,
    Refused,
    resolve,
)
from .rights import PREVIEW1
from .table import MOST


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
        "open": [
            None if entry is None else _record(table, handle, entry, roots)
            for handle, entry in enumerate(table.entries)
        ],
    }


def _record(table, handle, entry, roots):
    interface, rights, resource, place = entry[:4]
    if isinstance(resource, Gone):
        if interface != PREVIEW1:
            return [interface, "", []]
        return [PREVIEW1, "", "", 0, resource.kind, 0, 0]
    if interface != PREVIEW1:
        return [interface, entry[4], resource.state() if hasattr(resource, "state") else []]
    if place is None:
        return [PREVIEW1, None, _stream(table, handle, rights, resource), rights]
    resource.sync()
    path = place[len(roots[resource.root][3]) + 1 :]
    if resource.kind == DIRECTORY:
        named = int(resource.name is not None)
        return [PREVIEW1, resource.root, path, rights, DIRECTORY, resource.inheriting, named]
    return [PREVIEW1, resource.root, path, rights, REGULAR, resource.flags, resource.at]


def _stream(table, handle, rights, resource):
    """Which of the standard streams it is: the same may stand for two."""
    if handle < len(table.standard) and table.standard[handle][2] is resource:
        return handle
    for i, (_, others, stream, _) in enumerate(table.standard):
        if stream is resource and others & rights == rights:
            return i
    raise ValueError("a stream that isn't one of the guest's")


def _roots(table):
    """What the grants would let a guest begin with, by label."""
    return {root[2].name: root for root in table.folders()}


def restore(table, kept):
    """Opens again what a snapshot has, in a table that is new. Raises RuntimeError for what somebody else holds,
    ValueError, TypeError, KeyError and IndexError for what is no such list."""
    from .clock import monotonic

    records = kept["open"]
    if not len(table.standard) <= kept["first"] <= len(records) <= MOST:
        raise ValueError("handles")
    table.since = int(kept["clock"]) - monotonic()
    roots = _roots(table)
    table.first = kept["first"]
    table.entries.clear()
    for record in records:
        if record and record[0] == PREVIEW1:
            entry = _opened(table, roots, *record[1:])
        else:
            entry = _device(table, *record) if record else None
        table.entries.append(entry)
    for handle, entry in enumerate(table.entries):  # what is called meanwhile finds all of them
        if entry and entry[1] and hasattr(entry[2], "resume"):
            interface, _, state = records[handle]
            entry[2].resume(list(map(_small, state)), handle, table.interface(interface).Functions(table))


def _small(value):
    """A number of a record. Raises ValueError."""
    if not isinstance(value, int) or not 0 <= value <= 0x3FFFFFFF:
        raise ValueError("no number of a handle")
    return value


def _opened(table, roots, label, path, rights, kind=0, *state):
    rights = _small(rights)
    if label is None:
        stream = table.standard[path]
        return PREVIEW1, rights & stream[1], stream[2], None
    first, second = map(_small, state)
    root = roots.get(label)
    try:
        if root:
            opened = _folder if kind == DIRECTORY else _file
            return opened(root, resolve(root[2], path)[0] if path else root[3], rights, first, second)
    except Refused as refused:
        if refused.errno == BUSY:
            raise RuntimeError("%s is in use: by another guest, or twice" % path)
    except OSError:
        pass  # it isn't there
    return PREVIEW1, 0, Gone(kind), ""


def _folder(root, path, rights, inheriting, named):
    _, own, folder, _ = root
    allowed = own if named else folder.inheriting & (FOLDER_READ | FOLDER_WRITE)
    name = folder.name if named else None
    inheriting &= folder.inheriting
    return PREVIEW1, rights & allowed, Folder(path, inheriting, folder.quota, folder.name, name), path


def _file(root, path, rights, flags, at):
    folder = root[2]
    rights &= folder.inheriting & (FILE_READ | FILE_WRITE)
    file = File(path, bool(rights & FILE_WRITE & ~SET_TIMES), flags, folder.quota, folder.name)
    file.at = at
    return PREVIEW1, rights, file, path


def _device(table, interface, label, _):
    grant = table.grants.get(label)
    for opens in table.interface(interface).OPENS:
        if grant and grant[0].startswith(opens[0]):
            entry = table.make(interface, opens, label, grant)
            if entry == BUSY:
                raise RuntimeError("%s is in use: by another guest, or twice" % label)
            if not isinstance(entry, int):
                return entry
    return interface, 0, Gone(0), None, ""
