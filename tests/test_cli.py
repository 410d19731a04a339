"""The command line: what goes where, the exit codes, and what a person sees who watches."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import fhir_codesystem
from fhir_codesystem.cli import COMMANDS, run
from fhir_codesystem.rules.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Project

GOOD = "Code | Display | Definition\na | A | x\n"
BAD = "Code | Display | Definition\na | A | x\n | B | y\n"
METADATA = """\
id: {id}
url: http://example.org/{id}
name: Codes
title: Codes
status: active
caseSensitive: true
content: complete
"""
KEYS = [
    "rule",
    "name",
    "severity",
    "message",
    "path",
    "line",
    "column",
    "expression",
    "hint",
    "related",
    "official",
    "more",
]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Said(NamedTuple):
    """What a command said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@pytest.fixture
def codesystem(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run the command in this process, in the project's folder."""
    monkeypatch.chdir(project.folder)

    def call(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["codesystem", *arguments])
        code = run()
        return Said(code, *capfd.readouterr())

    return call


def process(folder: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "fhir_codesystem", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def described(project: Project, name: str, table: str = GOOD) -> None:
    """Write a table with metadata that leaves nothing to say."""
    project.write(f"{name}.txt", table)
    project.write(f"{name}.yaml", METADATA.format(id=name.rpartition("/")[2]))


def written(project: Project, folder: str = "output") -> list[str]:
    return sorted(path.name for path in (project.folder / folder).glob("*"))


def test_a_build_names_its_files_on_standard_output(
    codesystem: Callable[..., Said], project: Project
) -> None:
    described(project, "codes")
    said = codesystem("build", "codes.txt")
    assert said.code == 0
    assert said.out == "output/CodeSystem-codes.json\noutput/CodeSystem-codes.md\n"
    assert re.fullmatch(
        r"1 row read, 1 concept, 0 merged, 2 files written \(\d+\.\d\d s\)\n", said.err
    )
    assert written(project) == ["CodeSystem-codes.json", "CodeSystem-codes.md"]


def test_findings_go_to_standard_error(codesystem: Callable[..., Said], project: Project) -> None:
    described(project, "codes", BAD)
    said = codesystem("build", "codes.txt")
    assert (said.code, said.out) == (1, "")
    first, summary = said.err.splitlines()
    assert first == "codes.txt:3:1: error CS110 no-code: this row has no code"
    assert "1 error, 1 source of 1 failed" in summary
    assert written(project) == []


def test_warnings_do_not_fail_unless_strict(
    codesystem: Callable[..., Said], project: Project
) -> None:
    project.write("codes.txt", GOOD)
    said = codesystem("build", "codes.txt")
    assert said.code == 0
    assert "codes.txt: warning CS312 no-canonical-url: " in said.err
    assert "    hint: " in said.err
    assert "1 warning" in said.err.splitlines()[-1]
    strict = codesystem("build", "codes.txt", "--strict", "--output", "strict")
    assert (strict.code, strict.out) == (1, "")
    assert "--strict" in strict.err.splitlines()[-1]
    assert written(project, "strict") == []


def test_quiet_tells_errors_and_warnings_only(
    codesystem: Callable[..., Said], project: Project
) -> None:
    project.write("codes.txt", GOOD)
    for option in ("--quiet", "-q"):
        said = codesystem("build", "codes.txt", option)
        assert said.code == 0
        assert said.out.count("\n") == 2
        assert [line.split()[1] for line in said.err.splitlines() if "hint:" not in line] == [
            "warning"
        ]
    described(project, "codes")
    assert codesystem("build", "codes.txt", "-q").err == ""


def test_several_sources_are_independent(codesystem: Callable[..., Said], project: Project) -> None:
    for name, table in (("a", GOOD), ("bad", BAD), ("c", GOOD)):
        described(project, name, table)
    said = codesystem("build", "a.txt", "bad.txt", "c.yaml")
    assert said.code == 1
    assert said.out.split() == [
        f"output/CodeSystem-{name}.{ending}" for name in ("a", "c") for ending in ("json", "md")
    ]
    assert "1 source of 3 failed" in said.err
    assert len(written(project)) == 4


def test_a_file_that_is_not_there_does_not_stop_the_others(
    codesystem: Callable[..., Said], project: Project
) -> None:
    described(project, "a")
    said = codesystem("build", "gone.txt", "a.txt", "gone.yaml")
    assert said.code == 2
    assert said.out.count("\n") == 2
    assert "codesystem: gone.txt is not there\n" in said.err
    assert "codesystem: gone.yaml is not there\n" in said.err


@pytest.mark.parametrize(
    "again", ["codes.txt", "./codes.txt", "codes.yaml", "sub/../codes.txt", "{folder}/codes.txt"]
)
def test_a_source_that_is_named_twice_is_built_once(
    again: str, codesystem: Callable[..., Said], project: Project
) -> None:
    described(project, "codes")
    (project.folder / "sub").mkdir()
    said = codesystem("build", "codes.txt", again.format(folder=project.folder))
    assert said.code == 0
    assert said.out.count("\n") == 2
    assert said.err.startswith("1 row read, 1 concept")


def test_the_same_id_twice_is_an_error(codesystem: Callable[..., Said], project: Project) -> None:
    described(project, "one/codes")
    described(project, "two/codes", GOOD.replace("a |", "b |"))
    said = codesystem("build", "one/codes.txt", "two/codes.txt")
    assert said.code == 1
    assert "two/codes.txt: error CS502 same-artifact: " in said.err
    assert "one/codes.txt" in said.err
    resource = json.loads((project.folder / "output/CodeSystem-codes.json").read_bytes())
    assert resource["concept"][0]["code"] == "a"


def test_without_a_source_everything_in_input_is_built(
    codesystem: Callable[..., Said], project: Project
) -> None:
    described(project, "input/b")
    described(project, "input/a")
    project.write("input/.hidden.txt", BAD)
    project.write("input/folder/c.txt", GOOD)
    said = codesystem("build")
    assert said.code == 0
    assert [line.rpartition("-")[2] for line in said.out.split()] == [
        "a.json",
        "a.md",
        "b.json",
        "b.md",
    ]


def test_metadata_claims_its_table(codesystem: Callable[..., Said], project: Project) -> None:
    """A table that another source's metadata names is no source of its own."""
    project.write("input/table.txt", GOOD)
    text = METADATA.format(id="x") + "build: {source: table.txt}\n"
    project.write("input/x.yaml", text)
    said = codesystem("build")
    assert said.code == 0
    assert said.out.split() == ["output/CodeSystem-x.json", "output/CodeSystem-x.md"]


def test_without_input_there_is_one_clear_line(
    codesystem: Callable[..., Said], project: Project
) -> None:
    said = codesystem("build")
    assert (said.code, said.out) == (2, "")
    assert re.fullmatch(r"codesystem: .*input.*\n", said.err)
    (project.folder / "input").mkdir()
    said = codesystem("build")
    assert (said.code, said.out) == (2, "")
    assert re.fullmatch(r"codesystem: .*input.*\n", said.err)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["build", "folder"], "folder"),
        (["build", "codes.txt", "--output", "codes.txt"], "codes.txt"),
        (["build", "codes.txt/x"], "codes.txt/x"),
    ],
)
def test_what_cannot_be_worked_in_is_one_clear_line(
    arguments: list[str], word: str, codesystem: Callable[..., Said], project: Project
) -> None:
    described(project, "codes")
    (project.folder / "folder").mkdir()
    said = codesystem(*arguments, "-q")
    assert (said.code, said.out) == (2, "")
    assert re.fullmatch(rf"codesystem: .*{word}.*\n", said.err)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nope"], "nope"),
        (["build", "--nope"], "--nope"),
        (["build", "--fhir-version", "R6"], "R6"),
        (["build", "--format", "xml"], "xml"),
        (["build", "--templates", "gone"], "gone"),
        (["build", "--output"], "--output"),
        (["explain", "a", "b"], "unexpected"),
    ],
)
def test_wrong_usage_is_explained(
    arguments: list[str], word: str, codesystem: Callable[..., Said]
) -> None:
    said = codesystem(*arguments)
    assert (said.code, said.out) == (2, "")
    assert re.match("Usage: codesystem|Error: ", said.err)
    assert word in said.err.splitlines()[-1]


def test_json_holds_every_key_and_the_summary(
    codesystem: Callable[..., Said], project: Project
) -> None:
    described(project, "codes", GOOD + "a | A | x\n | B |\n")
    project.write("bare.txt", GOOD)
    said = codesystem("build", "codes.txt", "bare.txt", "gone.txt", "--format", "json")
    assert said.code == 2
    assert said.out.split() == ["output/CodeSystem-bare.json", "output/CodeSystem-bare.md"]
    report = json.loads(said.err)
    assert list(report) == ["findings", "suppressed", "summary"]
    assert [list(each) for each in report["findings"]] == [KEYS] * len(report["findings"])
    by_rule = {each["rule"]: each for each in report["findings"]}
    assert {"CS110", "CS211", "CS311", "CS312"} <= by_rule.keys()
    repeat = by_rule["CS211"]
    assert (repeat["name"], repeat["severity"]) == ("repeated-row", "information")
    assert (repeat["path"], repeat["line"], repeat["column"]) == ("codes.txt", 3, 1)
    assert repeat["related"] == [
        {"path": "codes.txt", "line": 2, "column": 1, "message": "the first row"}
    ]
    whole = by_rule["CS312"]
    assert (whole["path"], whole["line"], whole["column"]) == ("bare.txt", None, None)
    assert {type(each["official"]) for each in report["findings"]} == {bool}
    assert {each["more"] for each in report["findings"]} == {0}
    summary = report["summary"]
    assert isinstance(summary.pop("seconds"), float)
    assert summary == {
        "sources": 2,
        "failed": 1,
        "rows": 3,
        "concepts": 1,
        "merged": 0,
        "files": said.out.split(),
        "errors": 1,
        "warnings": 1,
        "information": sum(each["severity"] == "information" for each in report["findings"]),
        "suppressed": 0,
        "problems": ["gone.txt is not there"],
    }


def test_json_without_a_finding_is_json(codesystem: Callable[..., Said], project: Project) -> None:
    described(project, "codes")
    for arguments in (["codes.txt"], ["codes.txt", "--quiet"]):
        said = codesystem("build", *arguments, "--format", "json")
        assert json.loads(said.err)["findings"] == []


def test_quiet_json_leaves_information_out(
    codesystem: Callable[..., Said], project: Project
) -> None:
    project.write("codes.txt", GOOD)
    said = codesystem("build", "codes.txt", "-q", "--format", "json")
    assert [each["rule"] for each in json.loads(said.err)["findings"]] == ["CS312"]


def test_an_environment_problem_is_told_in_json_too(codesystem: Callable[..., Said]) -> None:
    said = codesystem("build", "gone.txt", "--format", "json")
    assert said.code == 2
    assert json.loads(said.err)["summary"]["problems"] == ["gone.txt is not there"]


def test_options_reach_the_build(codesystem: Callable[..., Said], project: Project) -> None:
    project.write("codes.txt", GOOD)
    project.write("own/codesystem.md.jinja", "{{ fhir_version }} {{ codesystem.url }}\n")
    said = codesystem(
        *("build", "codes.txt", "-o", "deep/er", "--canonical", "http://example.org/fhir/"),
        *("--fhir-version", "R5", "--templates", "own"),
    )
    assert said.code == 0
    page = (project.folder / "deep/er/CodeSystem-codes.md").read_text("utf-8")
    assert page == "R5 http://example.org/fhir/CodeSystem/codes\n"


def test_findings_left_out_are_counted(codesystem: Callable[..., Said], project: Project) -> None:
    described(project, "codes", "Code | Display\n" + " | A\n" * 30)
    said = codesystem("build", "codes.txt")
    assert said.err.count("error CS110 no-code") == 20
    assert "    and 10 more CS110 no-code\n" in said.err
    assert "30 errors" in said.err


def test_control_characters_do_not_reach_the_terminal(
    codesystem: Callable[..., Said], project: Project
) -> None:
    described(project, "codes", "Code | Dis\x1b[31mplay\x07 | X\u202e\na | A | x\n")
    project.write("odd\x1b[31m.txt", GOOD)
    said = codesystem("build", "codes.txt", "odd\x1b[31m.txt", "gone\x1b.txt")
    for stream in (said.out, said.err):
        assert not set(stream) & {"\x1b", "\x07", "\u202e"}


def test_explain_shows_the_page_of_a_rule(codesystem: Callable[..., Said]) -> None:
    for name in ("CS108", "cs108", "long-row"):
        said = codesystem("explain", name)
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith("# CS108 long-row (error)\n\nA row has more cells than")
        assert "    a | left | right\n" in said.out
        assert "    a | left \\| right\n" in said.out


@pytest.mark.parametrize("name", ["CSD-1", "csd-1", "CODESYSTEM_DUPLICATE_CODE"])
def test_explain_finds_what_the_official_validator_calls_it(
    name: str, codesystem: Callable[..., Said]
) -> None:
    said = codesystem("explain", name)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("# CS671 repeated-code (error)\n")


def test_explain_lists_or_explains(codesystem: Callable[..., Said]) -> None:
    said = codesystem("explain", "--list", "CS101")
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[-1] == "Error: --list lists all rules, and goes with no RULE"


@pytest.mark.parametrize("options", [[], ["--list"]])
def test_explain_lists_all_rules(options: list[str], codesystem: Callable[..., Said]) -> None:
    said = codesystem("explain", *options)
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == [rule.number for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.number)
def test_every_rule_has_a_page_of_plain_text(rule: Any, codesystem: Callable[..., Said]) -> None:
    said = codesystem("explain", rule.name)
    assert said.code == 0
    assert said.out.startswith(f"# {rule.number} {rule.name} ({rule.severity.value})\n")
    assert all(char.isprintable() or char == "\n" for char in said.out)
    assert max(map(len, said.out.splitlines())) <= 100
    for heading in ("Why", "How to fix it", "Source"):
        assert f"\n## {heading}\n" in said.out


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("no-tex", "did you mean no-text?"),
        ("repeated-rwo", "did you mean repeated-row?"),
        ("csd-9", "did you mean csd-5?"),
        ("codesystem_duplicate_cod", "did you mean CODESYSTEM_DUPLICATE_CODE?"),
        ("zzz", "codesystem explain lists all"),
    ],
)
def test_an_unknown_rule_is_answered_with_the_nearest(
    name: str, hint: str, codesystem: Callable[..., Said]
) -> None:
    said = codesystem("explain", name)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[-1] == f"Error: there is no rule '{name}'; {hint}"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_shows_the_commands(option: str, codesystem: Callable[..., Said]) -> None:
    said = codesystem(option)
    assert (said.code, said.err) == (0, "")
    assert re.findall(r"^  (\w+)  ", said.out, re.MULTILINE) == list(COMMANDS)
    assert "Exit code 0" in said.out


def test_help_of_build_shows_the_options(codesystem: Callable[..., Said]) -> None:
    said = codesystem("build", "--help")
    assert said.code == 0
    options = re.findall(r"^  (?:-\w, )?(--[\w-]+)", said.out, re.MULTILINE)
    assert options == [
        *("--output", "--canonical", "--fhir-version", "--templates", "--strict", "--quiet"),
        *("--format", "--debug", "--help"),
    ]


def test_the_version_is_that_of_the_package(codesystem: Callable[..., Said]) -> None:
    said = codesystem("--version")
    assert said.out == f"codesystem, version {fhir_codesystem.__version__}\n"


def test_an_internal_error_is_one_line_and_a_traceback_for_those_who_ask(
    codesystem: Callable[..., Said], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    described(project, "codes")

    def broken(*_: object) -> None:
        raise RuntimeError("one\ntwo")

    monkeypatch.setattr("fhir_codesystem.pipeline.Run.build", broken)
    said = codesystem("build", "codes.txt")
    assert (said.code, said.out) == (2, "")
    line = "codesystem: internal error (RuntimeError: one two); --debug shows where\n"
    assert said.err == line
    debug = codesystem("build", "codes.txt", "--debug")
    assert debug.code == 2
    assert "Traceback (most recent call last)" in debug.err


def test_an_interrupted_run_says_so(
    codesystem: Callable[..., Said], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    described(project, "codes")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fhir_codesystem.pipeline.Run.build", interrupted)
    said = codesystem("build", "codes.txt")
    assert (said.code, said.out, said.err.strip()) == (130, "", "codesystem: interrupted")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["build", "codes.txt"], 0),
        (["build", "bad.txt"], 1),
        (["build", "gone.txt"], 2),
        (["explain", "CS101"], 0),
        ([], 2),
    ],
)
def test_a_process_ends_with_the_exit_code(
    arguments: list[str], code: int, project: Project
) -> None:
    described(project, "codes")
    described(project, "bad", BAD)
    done = process(project.folder, *arguments)
    assert done.returncode == code
    assert bool(done.stdout) == (code == 0)
    assert bool(done.stderr) == (arguments[:1] != ["explain"])
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr


def test_help_imports_nothing_heavy(project: Project) -> None:
    code = (
        "import sys, fhir_codesystem.cli as cli; cli.run();"
        "print({'polars', 'pydantic', 'jinja2', 'yaml', 'orjson', 'fhir'} & set(sys.modules))"
    )
    for arguments in (["--help"], ["build", "--help"], ["check", "--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=project.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "set()"


def test_a_reader_that_leaves_early_is_no_error_of_ours(project: Project) -> None:
    described(project, "codes")
    for arguments in (["explain"], ["explain", "CS101"], ["build", "codes.txt", "-q"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "fhir_codesystem", *arguments],
            cwd=project.folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(writing)
        assert "Traceback" not in done.stderr
        assert "rror" not in done.stderr
        assert done.returncode in {0, 2}


def watched(folder: Path, *arguments: str, **variables: str) -> str:
    """Run the command with a terminal at standard error; return what it shows there."""
    terminal, ours = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.Popen(
        [sys.executable, "-m", "fhir_codesystem", *arguments],
        cwd=folder,
        env={**environment, "TERM": "xterm", **variables},
        stdout=subprocess.DEVNULL,
        stderr=ours,
    )
    os.close(ours)
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:
        pass  # Linux says so when the other side is closed.
    os.close(terminal)
    done.wait()
    return shown.decode().replace("\r\n", "\n")


def test_a_person_who_watches_sees_the_line_and_a_caret(project: Project) -> None:
    described(project, "codes", "Code | Display\na | Käse\na | Brot\n")
    shown = watched(project.folder, "build", "codes.txt")
    assert "\x1b[31m\x1b[1merror\x1b[0m CS214" in shown
    lines = ESCAPE.sub("", shown).splitlines()
    at = next(number for number, line in enumerate(lines) if "CS214" in line)
    assert lines[at] == (
        "codes.txt:3:5: error CS214 conflicting-rows: 'a' has the display 'Brot' here and 'Käse' "
        "in line 2"
    )
    assert lines[at + 1].endswith("3 | a | Brot")
    assert lines[at + 2].index("^") == lines[at + 1].index("Brot")
    assert lines[at + 2].strip() == "^"
    assert lines[at + 3].strip() == "codes.txt:2:5: 'Käse'"
    assert lines[at + 4].strip().startswith("hint: ")


def test_a_long_line_is_shown_around_the_place(project: Project) -> None:
    described(project, "codes", f"Code | Display\na | {'x' * 500}\u00a0y\nb | {'z' * 400} | end\n")
    lines = ESCAPE.sub("", watched(project.folder, "build", "codes.txt")).splitlines()
    at = next(number for number, line in enumerate(lines) if "CS108" in line)
    assert "end" in lines[at + 1]
    assert len(lines[at + 1]) <= 110
    assert lines[at + 1][lines[at + 2].index("^") :].startswith("end")


def test_no_colour_where_it_is_not_wanted(project: Project) -> None:
    described(project, "codes", BAD)
    plain = watched(project.folder, "build", "codes.txt", NO_COLOR="1")
    assert "\x1b" not in plain
    assert "3 |  | B | y" in plain
