"""Templates that are wrong, reach for more than they are given, or do not end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .workplace import GO

if TYPE_CHECKING:
    from collections.abc import Callable

    from .workplace import Result, Workplace

PAGE = "codesystem.md.jinja"
NARRATIVE = "narrative.xhtml.jinja"
BAD = {
    # the template, and the line that is named
    "division": ("a\n{{ 1 / 0 }}", 2),
    "a name unknown": ("a\n\n{{ nothing }}", 3),
    "syntax": ("{% for %}", 1),
    "an open block": ("a\n{% if codesystem %}\nb", None),
    "an unknown filter": ("a\n{{ 1 | nothing }}", 2),
    "a range too large": ("a\n{% for n in range(10 ** 12) %}x{% endfor %}", 2),
    "more than memory": ("a\n{{ 'x' * 10 ** 15 }}", 2),
    "its class": ("{{ ''.__class__ }}", 1),
    "its class by a filter": ("{{ '' | attr('__class__') }}", 1),
    "its class by a format": ("{{ '{0.__class__}'.format(1) }}", 1),
    "its class by a map": ("{{ ([''] | map(attribute='__class__') | first).__mro__ }}", 1),
    "globals": ("{{ lipsum.__globals__ }}", 1),
    "builtins": ("{{ self.__init__.__globals__ }}", 1),
    "a private name": ("{{ concepts._table }}", 1),
    "a frame": ("{{ concepts.table().gi_frame }}", 1),
    "a method of the class": ("{{ codesystem.__class__.__mro__ }}", 1),
    "a wrong call": ("a\n{{ concepts.table(1, 2) }}", 2),
    "half a pair": ("{{ '\\ud800' }}", None),
    "100,000 brackets": ("{{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}", None),
    "itself included": ("{% include 'codesystem.md.jinja' %}", None),
    "itself extended": ("{% extends 'codesystem.md.jinja' %}", None),
    "a macro in itself": ("{% macro m() %}\n{{ m() }}{% endmacro %}{{ m() }}", None),
    "another that is missing": ("a\n{% include 'gone' %}", None),
    "a file outside": ("a\n{% include '../table.txt' %}", None),
    "any file": ("a\n{% include '/etc/passwd' %}", None),
    "late": ("{% for c in concepts %}{{ c.code }}\n{% endfor %}{{ 1 / 0 }}", 2),
}
REAL = {"more than memory", "itself included", "100,000 brackets", "a macro in itself"}
"""Those that run in a process of their own: they try its limits."""


@pytest.mark.parametrize("name", BAD)
def test_a_bad_template_is_told(
    workplace: Workplace, command: Callable[..., Result], name: str
) -> None:
    template, line = BAD[name]
    workplace.write(f"own/{PAGE}", template)
    arguments = ["build", "--quiet", "--templates", "own", "table.txt"]
    result = (workplace.run if name in REAL else command)(*arguments)
    (error,) = result.errors
    place, rule = error.rsplit(" ", 1)
    assert rule == "CS501"
    assert place == f"own/{PAGE}:{line}" if line else True
    assert "root:" not in result.err
    assert workplace.is_as_before()


@pytest.mark.parametrize(
    "template",
    [
        "{{ 1 / 0 }}",
        "<div>",
        "",
        "<p xmlns='http://www.w3.org/1999/xhtml'>x</p>",
        "<div xmlns='http://www.w3.org/1999/xhtml'>&nbsp;&unknown;</div>",
        "<!DOCTYPE d [<!ENTITY a 'x'>]><div xmlns='http://www.w3.org/1999/xhtml'>&a;</div>",
        "<!DOCTYPE d SYSTEM '/etc/passwd'><div xmlns='http://www.w3.org/1999/xhtml'>x</div>",
        "<!DOCTYPE d [<!ENTITY a0 'ha'>"
        + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 20}'>" for n in range(1, 20))
        + "]><div xmlns='http://www.w3.org/1999/xhtml'>&a19;</div>",
        "<div xmlns='http://www.w3.org/1999/xhtml'>" + "<p>" * 50_000 + "x",
        "<div xmlns='http://www.w3.org/1999/xhtml'>"
        + "<b>" * 50_000
        + "x"
        + "</b>" * 50_000
        + "</div>",
    ],
    ids=[
        "division",
        "open",
        "nothing",
        "no div",
        "an entity unknown",
        "a DOCTYPE",
        "a DOCTYPE elsewhere",
        "a thousand million laughs",
        "50,000 open",
        "50,000 deep",
    ],
)
def test_a_bad_narrative_is_told(
    workplace: Workplace, command: Callable[..., Result], template: str
) -> None:
    workplace.write(f"own/{NARRATIVE}", template)
    arguments = ["build", "--quiet", "--templates", "own", "table.txt"]
    result = (command if len(template) < 1000 else workplace.run)(*arguments)
    if "<b>" in template and result.code == 0:
        assert not workplace.is_as_before()  # deep, and still well-formed
        return
    (error,) = result.errors
    assert NARRATIVE in error
    assert workplace.is_as_before()


@pytest.mark.parametrize("name", [PAGE, NARRATIVE])
def test_a_template_that_is_no_text(
    workplace: Workplace, command: Callable[..., Result], name: str
) -> None:
    workplace.write(f"own/{name}", b"\xff\xfe\x00noise\x81")
    result = command("build", "--quiet", "--templates", "own", "table.txt")
    (error,) = result.errors
    assert name in error
    assert workplace.is_as_before()


@pytest.mark.parametrize("name", [PAGE, NARRATIVE])
def test_a_template_without_permission(workplace: Workplace, unprivileged: str, name: str) -> None:
    workplace.write(f"own/{name}", "x").chmod(0o000)
    result = workplace.build("table.txt", "--templates", "own", prepared=unprivileged + GO)
    told = result.problem if result.code == 2 else result.errors[0]
    assert name in told
    assert workplace.is_as_before()


@pytest.mark.parametrize("folder", ["gone", "table.txt", "table.txt/x", "x" * 300])
def test_no_folder_of_templates(
    workplace: Workplace, command: Callable[..., Result], folder: str
) -> None:
    result = command("build", "--quiet", "--templates", folder, "table.txt")
    assert result.code == 2
    assert "Traceback" not in result.err
    assert "internal error" not in result.err
    assert folder in result.lines[-1]
    assert workplace.is_as_before()


def test_a_folder_of_templates_without_permission(workplace: Workplace, unprivileged: str) -> None:
    workplace.write(f"own/{PAGE}", "x")
    (workplace.folder / "own").chmod(0o000)
    result = workplace.build("table.txt", "--templates", "own", prepared=unprivileged + GO)
    (workplace.folder / "own").chmod(0o755)
    assert result.code == 2
    assert "Traceback" not in result.err
    assert "internal error" not in result.err
    assert "own" in result.lines[-1]
    assert workplace.is_as_before()


def test_a_folder_of_templates_without_templates(workplace: Workplace) -> None:
    """Only what is there goes before our own."""
    (workplace.folder / "own").mkdir()
    result = workplace.build("table.txt", "--templates", "own")
    assert (result.code, result.err) == (0, "")
    assert not workplace.is_as_before()


def test_a_cell_is_no_template(workplace: Workplace) -> None:
    workplace.write(
        "table.txt", "Code | Display | Definition\na | {{ 1 / 0 }} | {% include 'x' %}\n"
    )
    result = workplace.build()
    assert (result.code, result.err) == (0, "")
    assert b"{{ 1 / 0 }}" in workplace.content()["CodeSystem-table.json"]
