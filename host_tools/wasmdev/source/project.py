"""Makes a new project from the files in ``templates``, which build, flash and run as they are."""

from __future__ import annotations

from pathlib import Path

from wasmdev.errors import UsageError

LANGUAGES = {"c": "c", "zig": "zig", "rust": "rs", "as": "ts"}
"""By the folder of its template: the ending of a source."""

INSTALL = {"as": "npm install"}
"""The command that gets what a project builds with, where it has it in its own folder."""

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def make(folder: Path, name: str, language: str) -> list[Path]:
    """Write a project's files; their paths. Raises :class:`UsageError` rather than touch what is there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already, and not empty", "give another name")
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for template in sorted([*(_TEMPLATES / language).iterdir(), *(_TEMPLATES / "any").iterdir()]):
            file = ".gitignore" if template.name == "gitignore" else template.name.replace("NAME", name)
            text = template.read_text(encoding="utf-8")
            text = text.replace("    INSTALL\n", f"    {INSTALL[language]}\n" if language in INSTALL else "")
            text = text.replace("SOURCE", f"{name}.{LANGUAGES[language]}").replace("NAME", name)
            made.append(folder / file)
            made[-1].write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"can't write {folder}: {error.strerror}") from None
    return made
