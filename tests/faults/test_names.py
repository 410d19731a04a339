"""Names of files that would steer a terminal, are no text, or are too long."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from .workplace import OLD, PROBLEM, TABLE, finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from .workplace import Result, Workplace

EVIL = {
    "escape": b"e\x1b[2J\x1b]0;title\x07x",
    "newline": b"first\nerror CS999 forged",
    "return": b"first\rsecond",
    "bell": b"a\x07b\x08c",
    "no UTF-8": b"caf\xe9 \xff",
    "right to left": "txt.\u202eexe".encode(),
    "C1": "a\x9b31mb".encode(),
    "blanks": b"  ",
    "quotes": b"a'b\"c`d",
    "markup": b"<script>|${x}{{ nothing }}",
    "dash": b"-rf",
    "percent": b"%s%n{}",
    "dots": b"...",
}
"""Names by which a file would say more than its name."""


def is_plain(text: str) -> bool:
    """Whether a text has nothing in it that a terminal obeys, and no bytes that are no text."""
    text = text.replace("\r\n", "\n")
    return all(char.isprintable() or char == "\n" for char in text)


def check(result: Result) -> None:
    assert "Traceback" not in result.err
    assert "internal error" not in result.err
    assert is_plain(result.err), result


def lay_out(workplace: Workplace, content: str) -> list[bytes]:
    """Write a table under each of the names; returns the names."""
    names = [name + b".txt" for name in EVIL.values()]
    for name in names:
        (workplace.folder / os.fsdecode(name)).write_bytes(content.encode())
    return names


def test_missing_sources_of_these_names(workplace: Workplace) -> None:
    names = [name + ending for name in EVIL.values() for ending in (b".txt", b".yaml")]
    result = workplace.build("--", *names)
    check(result)
    assert result.code == 2
    assert len(result.lines) == len(names)
    assert all(PROBLEM.fullmatch(line) and " is not there" in line for line in result.lines)
    assert workplace.is_as_before()


def test_bad_tables_of_these_names(workplace: Workplace) -> None:
    names = lay_out(workplace, "Code | Code\na | b\n")
    result = workplace.build("--", *names)
    check(result)
    errors = result.errors
    assert len(errors) == len(names)
    assert all(error.endswith(".txt:1:8 CS106") for error in errors)
    assert workplace.is_as_before()


def test_good_tables_of_these_names(workplace: Workplace, command: Callable[..., Result]) -> None:
    """Each is built, under an id that is a good file name whatever the table's was."""
    for number, name in enumerate(lay_out(workplace, TABLE)):
        folder = f"made{number}"
        result = command("build", "--quiet", "--output", folder, "--", os.fsdecode(name))
        check(result)
        assert result.code == 0, result
        made = sorted(path.name for path in (workplace.folder / folder).iterdir())
        assert len(made) == 2
        pattern = r"CodeSystem-[A-Za-z0-9.-]{1,64}\.(json|md)"
        assert all(re.fullmatch(pattern, each) for each in made), made
        title = json.loads((workplace.folder / folder / made[0]).read_bytes())["title"]
        assert is_plain(title)
        assert title.encode()


def test_findings_of_these_names_are_json(workplace: Workplace) -> None:
    names = lay_out(workplace, "Code | Code\na | b\n")
    missing = [name + b".gone" for name in EVIL.values()]
    result = workplace.run("build", "--format", "json", "--", *names, *missing)
    assert result.code == 2
    report = json.loads(result.err)
    errors = [each["rule"] for each in report["findings"] if each["severity"] == "error"]
    assert errors == ["CS106"] * len(names)
    assert len(report["summary"]["problems"]) == len(missing)
    assert workplace.is_as_before()


@pytest.mark.parametrize("name", ["escape", "newline", "no UTF-8"])
@pytest.mark.parametrize("style", ["text", "json"])
def test_an_output_folder_of_this_name(workplace: Workplace, name: str, style: str) -> None:
    folder = workplace.folder / os.fsdecode(EVIL[name])
    given = os.fsencode(folder)
    result = workplace.run("build", "--format", style, "--output", given, "table.txt")
    assert result.code == 0, result
    check(result)
    assert style == "text" or len(json.loads(result.err)["summary"]["files"]) == 2
    assert {path.name for path in folder.iterdir()} == OLD.keys()


def test_a_terminal_is_not_steered(workplace: Workplace) -> None:
    """A person watches: source lines are quoted, in colour unless NO_COLOR is set."""
    pty = pytest.importorskip("pty")
    name = os.fsdecode(EVIL["escape"]) + ".txt"
    (workplace.folder / name).write_bytes(
        b"Code | Disp\x1b[2J | \x1b]0;t\x07 | \xe2\x80\xaex\nc\x1b[31m | A | \x9b | x | y\x07\n"
    )
    ours, theirs = pty.openpty()
    try:
        environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm"}
        environment.pop("FORCE_COLOR", None)
        with workplace.start("build", name, "gone" + name, stderr=theirs, env=environment) as build:
            os.close(theirs)
            theirs = -1
            shown = b""
            while chunk := _read(ours):
                shown += chunk
            code = finish(build).code
    finally:
        os.close(ours)
        if theirs >= 0:
            os.close(theirs)
    assert code == 2
    assert b"CS108" in shown or b"CS102" in shown or b"CS101" in shown or b"CS103" in shown
    assert is_plain(shown.decode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so that the other end is closed
        return b""


def test_names_too_long(workplace: Workplace) -> None:
    names = ["x" * length + ending for length in (252, 300, 5000) for ending in (".txt", ".yaml")]
    names.append("x/" * 3000 + "table.txt")
    problems = workplace.build(*names).problems
    assert len(problems) == len(names)
    assert all("xxx" in problem or "x/x" in problem for problem in problems)
    assert workplace.is_as_before()


def test_a_name_as_long_as_can_be(workplace: Workplace) -> None:
    """Its metadata's name would be too long: there can be none."""
    name = "x" * 251 + ".txt"
    try:
        workplace.write(name, TABLE)
    except OSError:
        pytest.skip("the file system has shorter names")
    result = workplace.build(name)
    check(result)
    if result.code:
        assert result.errors
        assert workplace.is_as_before()
    else:
        made = workplace.content().keys()
        assert len(made) == 4
        assert all(len(each) <= len("CodeSystem-.json") + 64 for each in made)


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes are Linux's")
def test_names_in_a_narrow_locale(workplace: Workplace) -> None:
    name = "Größe €.txt".encode()
    (workplace.folder / os.fsdecode(name)).write_bytes(b"Code | Code\na | b\n")
    narrow = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = workplace.build(name, env=narrow)
    assert result.errors
    result = workplace.build("--output", "äöü".encode(), "table.txt", env=narrow)
    assert (result.code, result.err) == (0, "")
    assert (workplace.folder / "äöü" / "CodeSystem-table.json").is_file()
