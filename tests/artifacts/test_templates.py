"""Templates of one's own: where they are found, and how their mistakes are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import build
from fhir_codesystem.artifacts.markdown import indent

if TYPE_CHECKING:
    from conftest import Project

PAGE = "codesystem.md.jinja"
NARRATIVE = "narrative.xhtml.jinja"
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'
TABLE = "Lvl | Code | Display | Definition\n1 | a | A | x\n2 | b | B | y\n1 | c | C | z\n"
EVERYTHING = """\
{{ codesystem.title }} {{ codesystem.get("contact", []) | length }} {{ fhir_version }} \
{{ fhir_version.number }}
{{ concepts.count }} {{ concepts | length }} {{ concepts.levels }} {{ concepts.nested }} \
{{ concepts.per_level }} {{ concepts.further_parents }} {{ concepts.example.code }}
{% for concept in concepts %}
{{ concept.level }} {{ concept.code }} {{ concept.display }} {{ concept.definition }}
{% endfor %}
{% for rows in concepts.table() %}{{ rows }}{% endfor %}
{{ "a|b*" | cell }} {{ "a`b" | code }} {{ "a" | code }}
{{ {"x": 1} | json }} {{ 14000 | thousands }}
{{ "a
b" | quote }}
"""
EXPECTED = """\
Table 0 R4 4.0.1
3 3 2 True [2, 1] 0 b
1 a A x
2 b B y
1 c C z
| Level | Code | Display | Definition |
| ---: | --- | --- | --- |
| 1 | `a` | A | x |
| 2 | INDENT`b` | B | y |
| 1 | `c` | C | z |
a\\|b\\* <code>a\\`b</code> `a`
{"x":1} 14,000
> a
> b
"""


def test_a_template_can_use_all_that_is_promised(project: Project) -> None:
    expected = EXPECTED.replace("INDENT", indent(2))
    assert project.build(TABLE, templates={PAGE: EVERYTHING}).markdown == expected


def test_the_folder_given_goes_before_the_projects_and_that_before_our_own(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    source = project.write("table.txt", TABLE)
    assert build(source).markdown.startswith("# Table\n")
    project.write(f"templates/{PAGE}", "the project's\n")
    assert build(source).markdown == "the project's\n"
    folder = project.write(f"own/{PAGE}", "given\n").parent
    assert build(source, templates=folder).markdown == "given\n"
    assert DIV in build(source, templates=folder).resource["text"]["div"]


def test_the_narrative_is_replaced_by_itself(project: Project) -> None:
    text = f"\n{DIV}\n<p>{{{{ codesystem.title }}}}</p></div>\n\n"
    built = project.build(TABLE, templates={NARRATIVE: text})
    assert built.resource["text"] == {"status": "generated", "div": f"{DIV}\n<p>Table</p></div>"}
    assert built.markdown == project.build(TABLE).markdown


def test_templates_can_be_made_of_parts(project: Project) -> None:
    templates = {
        PAGE: '{% from "macros.jinja" import row %}\n{{ row("x") }}{% include "part.md" %}',
        "macros.jinja": "{% macro row(text) %}[{{ text }}]{% endmacro %}\n",
        "part.md": " and {{ codesystem.title }}\n",
    }
    assert project.build(TABLE, templates=templates).markdown == "[x] and Table\n"


def test_a_part_of_both_templates_is_escaped_in_the_narrative_only(project: Project) -> None:
    part = "{{ '<' }}"
    templates = {
        PAGE: "{% include 'part' %}",
        NARRATIVE: f"{DIV}<p>{{% include 'part' %}}</p></div>",
        "part": part,
    }
    for _ in range(2):  # the second time they are compiled already
        built = project.build(TABLE, templates=templates)
        assert built.markdown == "<"
        assert built.resource["text"]["div"] == f"{DIV}<p>&lt;</p></div>"


MISTAKES = {
    "an undefined name": ("a\n{{ titel }}\n", 2, "titel"),
    "an undefined element": ("a\n\n{{ codesystem.titel }}\n", 3, "titel"),
    "an undefined item": ("{{ codesystem['x'] }}\n", 1, "x"),
    "an undefined attribute of a concept": (
        "{% for c in concepts %}\n{{ c.dispay }}\n{% endfor %}\n",
        2,
        "dispay",
    ),
    "an undefined attribute of the concepts": ("{{ concepts.nope }}\n", 1, "nope"),
    "an undefined function": ("\n{{ now() }}\n", 2, "now"),
    "an element of the narrative, not stated": ("{{ codesystem.contact[0].name }}\n", 1, "contact"),
    "a missing filter": ("a\n{{ codesystem.title | cel }}\n", 2, "cel"),
    "a missing test": ("a\n{{ 1 is evn }}\n", 2, "evn"),
    "an unclosed block": ("a\n{% if true %}\nb\n", 3, "endif"),
    "an unclosed loop": ("{% for c in concepts %}\n{{ c.code }}\n", 2, "endfor"),
    "an unclosed expression": ("a\n{{ codesystem.title", 2, "print statement"),
    "a block that was not open": ("a\n{% endfor %}\n", 2, "endfor"),
    "a syntax error": ("a\n{{ codesystem..title }}\n", 2, "expected name"),
    "an unknown tag": ("a\n{% fro c in concepts %}\n", 2, "fro"),
    "a wrong value for a filter": ("\n\n{{ codesystem.title | thousands }}\n", 3, ","),
    "a division by zero": ("{{ 1 / 0 }}\n", 1, "zero"),
    "nothing plus one": ("a\n{{ none + 1 }}\n", 2, "NoneType"),
    "in a macro": ("{% macro m() %}\n{{ oops }}\n{% endmacro %}\n\n{{ m() }}\n", 2, "oops"),
    "a way out of the sandbox": ("{{ ''.__class__ }}\n", 1, "__class__"),
    "a range without end": ("{{ range(10 ** 9) | list }}\n", 1, "Range"),
}


@pytest.mark.parametrize("name", [PAGE, NARRATIVE])
@pytest.mark.parametrize(("text", "line", "word"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_template_line_and_name(
    text: str, line: int, word: str, name: str, project: Project
) -> None:
    built = project.build(TABLE, templates={name: text})
    assert not built.ok
    assert dict(built.artifacts) == {}
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS501"]
    assert found.location.path == str(project.folder / "own" / name)
    assert found.location.line == line
    assert word in found.message
    assert "\n" not in found.message


def test_a_mistake_in_the_projects_template_is_told_by_its_short_path(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    project.write(f"templates/{PAGE}", "a\n{{ titel }}\n")
    built = build(project.write("table.txt", TABLE))
    assert [str(each.location) for each in built.diagnostics if each.rule.number == "CS501"] == [
        f"templates/{PAGE}:2"
    ]


@pytest.mark.parametrize(
    ("part", "line"), [("x\n{{ oops }}\n", 2), ("x\n\n{% if %}\n", 3), ("{{ 1 | oops }}\n", 1)]
)
def test_a_mistake_in_a_part_is_told_there(part: str, line: int, project: Project) -> None:
    templates = {PAGE: '\n\n\n{% include "part.md" %}\n', "part.md": part}
    built = project.build(TABLE, templates=templates)
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS501"]
    assert (found.location.path, found.location.line) == (str(project.folder / "own/part.md"), line)


@pytest.mark.parametrize("tag", ["include", "extends", "import"])
def test_a_part_that_is_not_there_is_named(tag: str, project: Project) -> None:
    text = f'{{% {tag} "gone.md"{" as x" if tag == "import" else ""} %}}\n'
    built = project.build(TABLE, templates={PAGE: text})
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS501"]
    assert "gone.md" in f"{found.location}{found.message}"


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname", "own/../../secret.txt"])
def test_a_template_reads_no_file_outside_its_folders(path: str, project: Project) -> None:
    project.write("secret.txt", "secret")
    built = project.build(TABLE, templates={PAGE: f'{{% include "{path}" %}}'})
    assert not built.ok
    assert [each.rule.number for each in built.diagnostics].count("CS501") == 1


def test_a_template_that_is_no_utf_8_is_told(project: Project) -> None:
    project.write(f"own/{PAGE}", b"# K\xe4se\n")
    built = build(project.write("table.txt", TABLE), templates=project.folder / "own")
    (found,) = [each for each in built.diagnostics if each.rule.number == "CS501"]
    assert found.location.path.endswith(PAGE)


NARRATIVES = {
    "not closed": f"{DIV}x",
    "no XML": "x",
    "nothing": "",
    "no namespace": "<div>x</div>",
    "another element": DIV.replace("div", "p") + "x</p>",
    "another namespace": '<div xmlns="http://www.w3.org/1999/html">x</div>',
    "two of them": f"{DIV}a</div>{DIV}b</div>",
    "an entity of HTML": f"{DIV}a&nbsp;b</div>",
    "a bare ampersand": f"{DIV}a & b</div>",
    "a script": f"{DIV}a<script>x</script></div>",
    "a style": f"{DIV}a<style>x</style></div>",
    "a form": f"{DIV}a<form><input/></form></div>",
    "a frame": f'{DIV}a<iframe src="http://example.org"/></div>',
    "an event": f'{DIV}<p onclick="x">x</p></div>',
    "an element of another namespace": f'{DIV}<svg xmlns="http://www.w3.org/2000/svg">x</svg></div>',
    "an element of no namespace": f'{DIV}<p xmlns="">x</p></div>',
    "no content": f"{DIV}</div>",
    "blanks only": f"{DIV} <p>\u00a0</p>\n</div>",
    "an entity of its own": f'<!DOCTYPE x [<!ENTITY a "b">]>{DIV}a&a;</div>',
    "a declaration": f'<?xml version="1.0"?>{DIV}x</div>',
    "an instruction": f"{DIV}x<?php x ?></div>",
    "a link that acts": f'{DIV}<a href="javascript:x">x</a></div>',
}


@pytest.mark.parametrize("text", NARRATIVES.values(), ids=NARRATIVES)
def test_a_narrative_that_fhir_does_not_allow_is_refused(text: str, project: Project) -> None:
    built = project.build(TABLE, templates={NARRATIVE: text})
    assert not built.ok
    assert dict(built.artifacts) == {}
    (found,) = [each for each in built.diagnostics if each.severity.value == "error"]
    assert (found.rule.number, found.rule.name) == ("CS503", "bad-narrative")
    assert found.location.path.endswith(NARRATIVE)


@pytest.mark.parametrize(
    "text",
    [
        f"{DIV}x</div>",
        f'{DIV}<p>a<br/><b>b</b> <a href="http://example.org#x" title="t">c</a></p></div>',
        f'{DIV}<img src="#x" alt="x"/></div>',
        f'{DIV}<table class="grid"><tr><td style="color: red">x</td></tr></table></div>',
        DIV.replace(">", ' lang="de" xml:lang="de">') + "<ul><li>x</li></ul></div>",
    ],
)
def test_a_narrative_that_fhir_allows_is_taken(text: str, project: Project) -> None:
    assert project.build(TABLE, templates={NARRATIVE: text}).resource["text"]["div"] == text


def test_a_narrative_that_is_not_used_is_not_rendered(project: Project) -> None:
    text = "status: draft\ncontent: complete\nbuild: {narrative: false}\n"
    assert project.build(TABLE, text, templates={NARRATIVE: "{{ oops }}"}).ok


def test_cells_cannot_inject_template_code(project: Project) -> None:
    table = "Code | Display\n{{7*7}} | {% include '/etc/passwd' %} {{ codesystem }} {# x #}\n"
    built = project.build(table)
    display = "{% include '/etc/passwd' %} {{ codesystem }} {# x #}"
    assert built.resource["concept"] == [{"code": "{{7*7}}", "display": display}]
    assert "`{{7*7}}`" in built.markdown
    assert "49" not in built.markdown
