"""Parsers that call back: HTTP in C (llhttp) and in Rust (milo), source maps in Rust."""

from __future__ import annotations

import http.client
import io
from typing import Any

from tests.thirdparty import references
from tests.thirdparty.case import Case, Guest

_UNDICI = "undici@8.12.4"
_RESPONSE = (
    b"HTTP/1.1 206 Partial Content\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n"
    b"X-Empty:\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
    b"6\r\nHello,\r\n"
    b"1a;name=value\r\n abcdefghijklmnopqrstuvwxy\r\n"
    b"0\r\n\r\n"
)


class _Received(io.BytesIO):
    """A connection that brings the response."""

    def makefile(self, *_: object) -> _Received:
        return self


def _expected() -> dict[str, Any]:
    """What Python's own HTTP client says."""
    response = http.client.HTTPResponse(_Received(_RESPONSE))  # type: ignore[arg-type]
    response.begin()
    headers = response.getheaders()
    return {
        "status": response.status,
        "reason": response.reason.encode(),
        "names": [name.encode() for name, _ in headers],
        "values": [value.encode() for _, value in headers],
        "body": response.read(),
    }


_LLHTTP = {
    "wasm_on_status": "reason",
    "wasm_on_header_field": "names",
    "wasm_on_header_value": "values",
    "wasm_on_body": "body",
}
_LLHTTP_REST = ("wasm_on_url", "wasm_on_message_begin", "wasm_on_headers_complete", "wasm_on_message_complete")


def _pieces(guest: Guest, spans: dict[str, str], base: int) -> dict[str, list[bytes]]:
    """The spans of memory that callbacks were called with, as (parser, start, size)."""
    found: dict[str, list[bytes]] = {kind: [] for kind in spans.values()}
    for name, args in guest.events():
        if name in spans:
            found[spans[name]].append(guest.read(base + args[1], args[2]))
    return found


def _llhttp(guest: Guest) -> dict[str, Any]:
    parser = guest.call("llhttp_alloc", 2)
    data = guest.call("malloc", len(_RESPONSE))
    guest.write(data, _RESPONSE)
    assert guest.call("llhttp_execute", parser, data, len(_RESPONSE)) == 0
    found = _pieces(guest, _LLHTTP, 0)
    return {
        "status": guest.call("llhttp_get_status_code", parser),
        "reason": b"".join(found["reason"]),
        "names": found["names"],
        "values": found["values"],
        "body": b"".join(found["body"]),
    }


_MILO = {"on_reason": "reason", "on_header_name": "names", "on_header_value": "values", "on_data": "body"}
_MILO_BITS = 1 << 12 | 1 << 13 | 1 << 14 | 1 << 23
_MILO_REST = [
    "error", "headers", "finish", "message_start", "message_complete", "request", "response", "reset", "method",
    "url", "protocol", "version", "status", "connect", "upgrade", "chunk_length", "chunk_extension_name",
    "chunk_extension_value", "chunk", "body", "trailer_name", "trailer_value", "trailers", "state_change",
]  # fmt: skip


def _milo(guest: Guest) -> dict[str, Any]:
    parser = guest.call("create")
    data = guest.call("alloc", len(_RESPONSE))
    guest.write(data, _RESPONSE)
    guest.call("set_active_callbacks", parser, _MILO_BITS)
    assert guest.call("parse", parser, data, len(_RESPONSE)) == len(_RESPONSE)
    found = _pieces(guest, _MILO, data)
    return {
        "status": guest.call("get_status", parser),
        "reason": b"".join(found["reason"]),
        "names": found["names"],
        "values": found["values"],
        "body": b"".join(found["body"]),
    }


# Generated line and column, source, original line and column, name; sorted, as the module tells of them.
_MAPPINGS = sorted((line, column * 37 % 101, column % 3, line * 1000 + 50 - column, column * column, column * 5)
                   for line in range(8) for column in range(7))  # fmt: skip


def _encoded() -> str:
    """The mappings as a source map has them: all but lines relative to the one before."""
    lines = []
    last = [0, 0, 0, 0]
    for line in range(8):
        segments = []
        column = 0
        for mapping in _MAPPINGS:
            if mapping[0] == line:
                rest = list(mapping[2:])
                steps = [a - b for a, b in zip(rest, last, strict=True)]
                segments.append(references.vlq([mapping[1] - column, *steps]))
                column, last = mapping[1], rest
        lines.append(",".join(segments))
    return ";".join(lines)


def _source_map(guest: Guest) -> list[tuple[int, ...]]:
    text = _encoded().encode()
    buffer = guest.call("allocate_mappings", len(text))
    guest.write(buffer, text)
    mappings = guest.call("parse_mappings", buffer)
    assert mappings, guest.call("get_last_error")
    guest.call("by_generated_location", mappings)
    guest.call("free_mappings", mappings)
    return [(args[0], args[1], *args[5:8], args[9]) for _, args in guest.events()]


CASES = [
    Case(
        _UNDICI,
        "lib/llhttp/llhttp-wasm.js",
        _llhttp,
        _expected(),
        {"env": dict.fromkeys([*_LLHTTP, *_LLHTTP_REST], 0)},
        what="HTTP",
    ),
    Case(
        _UNDICI,
        "lib/milo/no-simd.js",
        _milo,
        _expected(),
        {"env": dict.fromkeys([*_MILO, *(f"on_{name}" for name in _MILO_REST)])},
        what="HTTP",
    ),
    Case(
        "source-map@0.8.0",
        "lib/mappings.wasm",
        _source_map,
        _MAPPINGS,
        {"env": {"mapping_callback": None}},
        what="source maps",
    ),
]
