"""Writes docs/rules anew from the declarations of the rules: ``make docs``."""

from __future__ import annotations

from pathlib import Path

from fhir_codesystem.rules.index import pages

FOLDER = Path(__file__).parents[1] / "docs" / "rules"


def main() -> None:
    """Write the index and a page for each rule; a page whose rule is gone is removed."""
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    for path in set(FOLDER.iterdir()) - {FOLDER / name for name in written}:
        path.unlink()


if __name__ == "__main__":
    main()
