"""The pages about the interfaces are what is made of the WIT, and true: each command, grant and link in them."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest
from wasmdev import descriptions
from wasmdev.board.link import Link
from wasmdev.grants import entries, grants
from wasmdev.module import imports
from wasmdev_sim import SimBoard

from docs.generator import bindings, pages, wit
from docs.generator.preview1 import DOES
from tests import compilers
from tests.docs.console import ROOT, Console, anchors, blocks, commands, files

tomllib = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

OTHERS = {"greet": "zig", "hi": "rs", "morning": "ts"}
"""The sources on the index page that ziglang's C compiler can't build, and their endings."""


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.stem)
def test_the_page_is_what_the_wit_and_the_bindings_say(page: Path) -> None:
    text = page.read_text()
    assert pages.made(page, text) == text, f"{page.relative_to(ROOT)} is not what it is made of: make docs"
    assert text.count("<!-- made: ") == text.count("<!-- made -->") > 1


def test_every_interface_and_function_is_there() -> None:
    assert {page.stem for page in pages.PAGES} == {*wit.interfaces(), "preview1", "interfaces"}
    for space, names in bindings.public("c").items():
        page = next(page for page in pages.PAGES if page.stem in (space.removeprefix("wasi_"), "preview1"))
        if space in pages.OWN_OF_PREVIEW1:
            page = pages.PAGES[-1]
        assert names <= set(re.findall(r"^### (\w+)$", page.read_text(), re.MULTILINE)), space
    assert DOES.keys() == imports.given()[imports.PREVIEW1].keys()


def test_a_change_is_seen() -> None:
    page = ROOT / "docs" / "interfaces" / "pwm.md"
    text = page.read_text()
    for part in ("`duty` is above 65535", "wasi_pwm_get_duty(wasi", "### close"):
        assert part in text
        assert pages.made(page, text.replace(part, "none")) == text


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.stem)
def test_grants_are_accepted(page: Path) -> None:
    board = descriptions.describe("pico")
    for block in blocks(page):
        if block.words[0] == "toml":
            (table,) = tomllib.loads(block.text).values()
            assert grants.from_table(table, board, page.name)
    for option in re.findall(r"--grant ([\w.]+=[^ `,.]*(?:\.[\w:-]+)*)", page.read_text()):
        assert grants.from_option(option, board)[1]


def test_every_key_of_a_grant_is_told() -> None:
    for kind, (_, keys) in entries.KINDS.items():
        name = {"folder": "preview1"}.get(kind, kind)
        text = (ROOT / "docs" / "interfaces" / f"{name}.md").read_text()
        grant = text[text.index("## The grant") :]
        grant = grant[: grant.index("## An example")]
        missing = [key for key in keys if not re.search(rf"\b{key}\b", grant)]
        assert not missing, f"{name}.md tells nothing of {missing}"


@pytest.fixture
def console(tmp_path: Path) -> Console:
    typed = Console(tmp_path)
    typed.copy("docs/interfaces/examples")
    return typed


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.stem)
def test_what_it_says_can_be_typed(page: Path, console: Console) -> None:
    skipped = [r"\.zig", r"\.rs", r"\.ts", "^npm"]
    done = console.follow(page, skip=skipped)
    assert done >= 3
    assert done == sum(not any(re.search(each, command.text) for each in skipped) for command in commands(page))


@pytest.mark.parametrize("name", OTHERS)
def test_a_program_on_its_standard_library(name: str, console: Console) -> None:
    page = pages.INDEX
    source = console.folder / f"{name}.{OTHERS[name]}"
    source.write_text(files(page)[source.name])
    compilers.require(source)
    (line,) = (command for command in commands(page) if source.name in command.text)
    code, came = console.type(line.text)
    assert code == 0, came
    assert came.splitlines()[-1] == line.shown.splitlines()[-1]


def test_the_board_calls_words(console: Console) -> None:
    (block,) = (block for block in blocks(pages.INDEX) if block.words == ["python"])
    with SimBoard(console.folder / "board") as board:
        console.environment["WASMDEV_PORT"] = board.port
        for command in commands(pages.INDEX):
            if "words" in command.text:
                assert console.type(command.text.replace("--port sim", ""))[0] == 0
        with Link(board.port, patience=10) as link:
            assert link.exec(block.text).split() == [b"7", b"b'GOOD", b"DAY!'"]
