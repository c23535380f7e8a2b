"""Reads the interfaces of ``device_lib/wit``: as much of WIT as is written there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "device_lib" / "wit"

_FUNCTION = re.compile(r"([\w-]+): func\((.*?)\)(?: -> (.+))?;")
_OPENED = re.compile(r"(interface|resource|enum|variant|record|world) ([\w-]+) \{")
_ERRNO = re.compile(r"- (\d+): (.+)")


@dataclass(frozen=True)
class Function:
    """``owner`` is the resource whose method it is, "" of none. ``errnos`` are those that are listed with it."""

    name: str
    owner: str
    parameters: list[tuple[str, str]]
    result: str
    docs: str
    errnos: dict[int, str]
    text: str

    @property
    def core(self) -> str:
        """Its name as an import."""
        return self.name.replace("-", "_")

    @property
    def opens(self) -> bool:
        """Whether it stores a handle."""
        return not self.owner and self.result.startswith("result<") and not self.result.startswith("result<_")


@dataclass
class Interface:
    """A file: what it says of itself, and its functions in their order."""

    name: str
    docs: str = ""
    functions: list[Function] = field(default_factory=list)


def interfaces() -> dict[str, Interface]:
    """All of them, by name."""
    return {path.stem: read(path) for path in sorted(FOLDER.glob("*.wit"))}


def read(path: Path) -> Interface:
    """The interface of one file."""
    interface = Interface(path.stem)
    docs: list[str] = []
    inside: list[tuple[str, str]] = []
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if line.startswith("///"):
            docs.append(line[3:].strip())
            continue
        if opened := _OPENED.match(line):
            inside.append((opened[1], opened[2]))
            if opened[1] == "interface":
                interface.docs = _prose(docs)
            if line.endswith("}"):
                inside.pop()
        elif line == "}":
            inside.pop()
        elif function := _FUNCTION.match(line):
            owner = inside[-1][1] if inside[-1][0] == "resource" else ""
            pairs = [tuple(part.split(": ")) for part in re.split(r", (?=[\w-]+: )", function[2]) if part]
            errnos = {int(each[1]): each[2] for text in docs if (each := _ERRNO.match(text))}
            told = _prose([text for text in docs if not _ERRNO.match(text)])
            interface.functions.append(
                Function(function[1], owner, pairs, function[3] or "", told, errnos, line.rstrip(";")))  # type: ignore[arg-type]
        docs = []
    return interface


def _prose(lines: list[str]) -> str:
    """Paragraphs, each one line."""
    return "\n\n".join(" ".join(part.split("\n")).strip() for part in "\n".join(lines).strip().split("\n\n"))
