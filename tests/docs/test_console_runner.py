"""The runner of the pages sees what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.console import Console, agrees, commands

PAGE = """\
# A page

```sh greet.sh
echo hello
```

```console
$ mkdir in && cd in        # what isn't shown isn't compared
$ sh ../greet.sh \\
  && pwd
hello
...
$ cat nothing
...error...
```
"""


def page(folder: Path, text: str = PAGE) -> Path:
    path = folder / "page.md"
    path.write_text(text)
    return path


def test_a_right_page_passes(tmp_path: Path) -> None:
    assert Console(tmp_path / "new").follow(page(tmp_path), skip=["nothing"]) == 2
    assert [each.line for each in commands(page(tmp_path))] == [8, 9, 13]


def test_a_wrong_page_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"page.md:9: \$ sh"):
        Console(tmp_path / "new").follow(page(tmp_path, PAGE.replace("\nhello\n", "\ngood day\n")))
    with pytest.raises(AssertionError, match=r"page.md:13: \$ cat nothing\nexit code 1\n"):
        Console(tmp_path / "other").follow(page(tmp_path, PAGE.replace("...error...", "...")))


@pytest.mark.parametrize(
    ("came", "shown", "same"),
    [
        ("a\nb\nc\n", "a\n...\nc", True),
        ("a\nc\n", "a\n...\nc", True),
        ("a\nb\nc\n", "a\nc", False),
        ("a\nb\n", "a", False),
        ("a\nb\n", "a\n...", True),
        ("    1.004 s  GP25 LED     1\n", "    1.001 s  GP25 LED     1", True),
        ("    1.004 s  GP25 LED     0\n", "    1.001 s  GP25 LED     1", False),
        ("  pushed    /wasmdev/lamp.98a94ba9.img\n", "  pushed    /wasmdev/lamp.01234567.img", True),
        ("  built     lamp.wasm, 406 bytes\n", "  built     lamp.wasm, 407 bytes", False),
    ],
)
def test_what_agrees(came: str, shown: str, same: bool) -> None:
    assert agrees(came, shown) is same
