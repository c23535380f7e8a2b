"""SHA-256 of files, read in pieces."""

from hashlib import sha256


def digest(path):
    """That of a file, as bytes. Raises OSError."""
    sha = sha256()
    buffer = memoryview(bytearray(512))
    with open(path, "rb") as file:
        size = file.readinto(buffer)
        while size:
            sha.update(buffer[:size])
            size = file.readinto(buffer)
    return sha.digest()
