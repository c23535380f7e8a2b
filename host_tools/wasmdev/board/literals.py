"""Reads what MicroPython's ``repr`` writes: plain values only, in time and memory that grow with the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_DEPTH = 16  # of containers within each other
_DIGITS = 40  # of an integer: more are no count, address or size
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[-+]?(?:inf|nan|\d+(?:\.\d*)?(?:e[-+]?\d+)?))
    | (?P<name>None|True|False)
    | (?P<bytes>b?)(?P<text>'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")
    | (?P<mark>[][(){},:])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}
_NAMES = {"None": None, "True": True, "False": False}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def read(text: str, shape: Any = object) -> Any:
    """The value of a text that is of a shape. Raises :class:`ValueError` for any other one.

    A shape is a type, or a tuple of the shapes of a tuple's items, a list with that of all of a list's items,
    a dict with those of all keys and values. A bool is no int.
    """
    reader = _Reader(text)
    value = reader.value(0)
    if next(reader.tokens, None) is not None:
        raise ValueError("there is more behind the value")
    if not fits(value, shape):
        raise ValueError("the value is of another shape")
    return value


def fits(value: Any, shape: Any) -> bool:
    """Whether a value is of a shape, as for ``read``."""
    if isinstance(shape, tuple):
        return isinstance(value, tuple) and len(value) == len(shape) and all(map(fits, value, shape))
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(item, shape[0]) for item in value)
    if isinstance(shape, dict):
        of_key, of_value = next(iter(shape.items()))
        return isinstance(value, dict) and all(fits(k, of_key) and fits(v, of_value) for k, v in value.items())
    return isinstance(value, shape) and (type(value) is not bool or shape in (bool, object))


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text.rstrip())

    def value(self, depth: int) -> Any:
        return self._value(self._next(), depth)

    def _next(self) -> re.Match[str]:
        token = next(self.tokens, None)
        if token is None:
            raise ValueError("the text ends too early")
        return token

    def _value(self, token: re.Match[str], depth: int) -> Any:
        if number := token["number"]:
            return _number(number)
        if name := token["name"]:
            return _NAMES[name]
        if text := token["text"]:
            return _string(text, token["bytes"])
        if token["mark"] not in _CLOSING or depth == _DEPTH:
            raise ValueError(f"no value begins with {token['mark']}")
        return self._container(token["mark"], depth + 1)

    def _container(self, opening: str, depth: int) -> Any:
        closing = _CLOSING[opening]
        items: list[Any] = []
        values: list[Any] = []
        token = self._next()
        comma = token["mark"] == closing
        while token["mark"] != closing:
            items.append(self._value(token, depth))
            token = self._next()
            if opening == "{":
                if token["mark"] != ":":
                    raise ValueError("a colon is missing")
                values.append(self.value(depth))
                token = self._next()
            comma = token["mark"] == ","
            if comma:
                token = self._next()
            elif token["mark"] != closing:
                raise ValueError("a comma is missing")
        if opening == "[":
            return items
        if opening == "(":
            return tuple(items) if comma or len(items) > 1 else items[0]
        try:
            return dict(zip(items, values, strict=True))
        except TypeError:
            raise ValueError("that can't be a key") from None


def _tokens(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"there is no value at {at}")
        yield token
        at = token.end()


def _number(text: str) -> int | float:
    if not text.lstrip("+-").isdigit():
        return float(text)
    if len(text) > _DIGITS:
        raise ValueError("an integer is too long")
    return int(text)


def _string(text: str, prefix: str) -> str | bytes:
    plain = _ESCAPE.sub(_unescaped, text[1:-1])
    return plain.encode("latin-1") if prefix else plain


def _unescaped(escape: re.Match[str]) -> str:
    x, u, long, letter = escape.groups()
    if letter is None:
        return chr(int(x or u or long, 16))
    return _LETTERS.get(letter, letter)
