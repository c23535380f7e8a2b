"""On MicroPython: runs a program of WASI. Its argument is a file of JSON: image, root, system, args, env.

The program sees ``root`` as /, or a copy of it on a disk in RAM with the file system of that name.
"""

import json
import os
import sys

import wasm


def copy(source, target):
    for name, kind, *_ in os.ilistdir(source):
        if kind == 0x4000:
            os.mkdir(target + "/" + name)
            copy(source + "/" + name, target + "/" + name)
        else:
            with open(source + "/" + name, "rb") as file, open(target + "/" + name, "wb") as other:
                other.write(file.read())


with open(sys.argv[1]) as file:
    config = json.load(file)
root = config["root"]
if config["system"]:
    import volume

    root = volume.mount(config["system"], 2048)
    copy(config["root"], root)
grants = {"/": ("folder", root, "read-write")} if root else {}
app = wasm.load(config["image"], grants=grants, args=config["args"], env=config["env"])
try:
    code = app.run()
except wasm.Trap as trap:
    print("trap:", trap.kind)
    code = 134
sys.exit(code)
