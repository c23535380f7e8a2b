"""On MicroPython: runs a program of WASI. Its argument is a file of JSON: image, grants, args, env."""

import json
import sys

import wasm

with open(sys.argv[1]) as file:
    config = json.load(file)
app = wasm.load(config["image"], grants=config["grants"], args=config["args"], env=config["env"])
try:
    code = app.run()
except wasm.Trap as trap:
    print("trap:", trap.kind)
    code = 134
sys.exit(code)
