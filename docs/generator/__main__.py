"""Writes what is made in the pages about the interfaces: python -m docs.generator

It reads ``device_lib/wit``, the bindings in ``device_lib/guest``, the board's own tables, and the examples.
"""

from __future__ import annotations

from docs.generator.pages import DOCS, PAGES, made


def main() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fresh = made(page, text)
        if fresh != text:
            page.write_text(fresh, encoding="utf-8")
        print(f"{'written' if fresh != text else 'as it was'}  {page.relative_to(DOCS.parent)}")


main()
