"""Lexers of JavaScript, in C: where a source imports and exports. Their strings are UTF-16."""

from __future__ import annotations

from tests.thirdparty.case import Case, Guest

_ESM = """\
import { readFile as read, writeFile } from 'node:fs/promises';
import * as all from "./tools.js?v=1" // import 'no';
import './only-effects.mjs';
/* export const hidden = 1; import 'hidden' */
const pattern = /import "x"/g, text = `export ${await import('./late.js')} let`;
export const answer = 6 * 7, question = "import 'no'";
export default async function main() { return import.meta.url / 2 / import(name); }
export { read as readText, writeFile };
export * as tools from './tools.js';
"""

_CJS = """\
'use strict';
const fs = require('fs'); // exports.no = 1
exports.first = 1;
exports['second-name'] = function () { return /exports.no = 2/.test(`exports.no = ${3}`); };
module.exports.third = fs;
Object.defineProperty(exports, '__esModule', { value: true });
Object.defineProperty(exports, 'fourth', { enumerable: true, get: function () { return fs.F; } });
if (process.env.X) { module.exports = require('./production.js'); }
"""


def _sliced(text: str, guest: Guest, start: str, end: str) -> str:
    return text[guest.call(start) : guest.call(end)]


def _room(guest: Guest, size: int, source: str) -> int:
    """The address where the source is to be, which is there now."""
    lacking = guest.value("__heap_base") + size - len(source)
    if lacking > 0:
        guest.grow(lacking // 65536 + 1)
    address: int = guest.call("sa", len(source))
    guest.write(address, source.encode("utf-16-le"))
    return address


def _esm(guest: Guest) -> dict[str, list[object]]:
    _room(guest, 0, _ESM)
    assert guest.call("parse") == 1, guest.call("e")
    found: dict[str, list[object]] = {"imports": [], "exports": []}
    while guest.call("ri"):
        dynamic = guest.call("id")
        found["imports"].append((_sliced(_ESM, guest, "is", "ie"), "dynamic" if dynamic >= 0 else dynamic))
    while guest.call("re"):
        found["exports"].append(_sliced(_ESM, guest, "es", "ee"))
    return found


def _cjs(guest: Guest) -> dict[str, list[str]]:
    address = _room(guest, 65536, _CJS)
    assert guest.call("parseCJS", address, len(_CJS), 0, 0, 0, 0) == 0, guest.call("e")
    found: dict[str, list[str]] = {"exports": [], "reexports": []}
    while guest.call("rre"):
        found["reexports"].append(_sliced(_CJS, guest, "res", "ree"))
    while guest.call("re"):
        found["exports"].append(_sliced(_CJS, guest, "es", "ee"))
    return found


CASES = [
    Case(
        "es-module-lexer@3.0.5",
        "dist/lexer.minimal.js",
        _esm,
        {
            "imports": [
                ("node:fs/promises", -1),
                ("./tools.js?v=1", -1),
                ("./only-effects.mjs", -1),
                ("'./late.js'", "dynamic"),
                ("import.meta", -2),
                ("name", "dynamic"),
                ("./tools.js", -1),
            ],
            "exports": ["answer", "question", "default", "readText", "writeFile", "tools"],
        },
        what="imports and exports of JavaScript",
    ),
    Case(
        "cjs-module-lexer@2.3.0",
        "dist/lexer.mjs",
        _cjs,
        {
            "exports": ["first", "'second-name'", "third", "'__esModule'", "'fourth'"],
            "reexports": ["'./production.js'"],
        },
        what="exports of CommonJS",
    ),
]
