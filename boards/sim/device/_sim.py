"""What the simulated board does between reset and prompt."""

import gc
import io
import sys

_path = sys.path
sys.path = ()
from os import putenv, unsetenv  # noqa: E402 (what the folder has in place of this module lacks them)

sys.path = _path

import os  # noqa: E402

import _pipes  # noqa: E402
import _vfs  # noqa: E402
import micropython  # noqa: E402
import vfs  # noqa: E402
from _files import Files  # noqa: E402


def boot(main, given):
    """Mounts the board's files, then runs boot.py and main.py in the globals `main` as real boards do."""
    micropython.kbd_intr(-1)
    _pipes.connect(given)
    __import__("machine")
    putenv("MICROPYINSPECT", "1")  # only now: a board that can't come so far must end

    vfs.umount("/")
    vfs.mount(Files(given["root"], given["flash"]), "/")
    sys.modules["vfs"] = _vfs
    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv[:] = []
    gc.collect()
    _pipes.send(_pipes.BOOTED)
    try:
        micropython.kbd_intr(3)
        if _run("boot.py", main) and not given["raw"]:
            _run("main.py", main)
    finally:  # Ctrl-C can come at any place
        sys.stdout.write(given["marker"])


def _run(name, main):
    """False when the file asked for a soft reset."""
    try:
        os.stat(name)
    except OSError:
        return True
    try:
        execfile(name, main)  # noqa: F821
    except SystemExit:
        unsetenv("MICROPYINSPECT")
        return False
    except BaseException as error:
        text = io.StringIO()
        sys.print_exception(error, text)
        for line in text.getvalue().split("\n")[:-1]:
            if "_sim.py" not in line and '"<stdin>"' not in line:
                print(line)
    return True
