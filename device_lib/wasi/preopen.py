"""The folders that a guest has from the start, as its grants name them."""

import os

from . import files
from .files import Folder, Quota, Refused, is_folder, name_in
from .rights import PREVIEW1


def preopen(grants, limit):
    """Entries for the table: one for each folder that is granted, sorted by label.

    ``limit`` is how many bytes the files below those that can be written may take, None if there is no limit. A
    folder that is granted for writing is made when it is missing. Raises ValueError for one that the board lists
    under another name: two grants of one folder must have one name for it.
    """
    quota = Quota(limit)
    entries = []
    for label, grant in sorted(grants.items()):
        if grant[0] != "folder":
            continue
        path = ""
        for part in grant[1].split("/"):
            if part not in ("", "."):
                try:
                    path += "/" + name_in(path, part, True)
                except Refused:
                    raise ValueError("grant %r: %r in its path is no name that a board keeps" % (label, part))
        rights = files.FOLDER_READ
        inheriting = files.FOLDER_READ | files.FILE_READ
        if grant[2] == "read-write":
            rights |= files.FOLDER_WRITE
            inheriting |= files.FOLDER_WRITE | files.FILE_WRITE
            quota.roots.append(path)
            _make(path)
        entries.append((PREVIEW1, rights, Folder(path, inheriting, quota, label, label), path))
    return entries


def _make(path):
    """Make a folder and those above it, where they are missing."""
    at = path.find("/", 1)
    while True:
        part = path if at < 0 else path[:at]
        if is_folder(part) is None:
            os.mkdir(part)
        if at < 0:
            return
        at = path.find("/", at + 1)
