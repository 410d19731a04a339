"""The hooks for pre-commit and the GitHub Action: what they name is there, what they run works."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}
GUIDE = (ROOT / "docs" / "ci.md").read_text("utf-8")
SAMPLES = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
GOOD = "Code | Display\na | A\n"
BAD = "Code | Display\na | A | x\n"
BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="no bash")


def by_id(hook: dict[str, Any]) -> str:
    return str(hook["id"])


@pytest.mark.parametrize("hook", HOOKS, ids=by_id)
def test_a_hook_runs_the_command_that_is_installed(hook: dict[str, Any], tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    name, *arguments = shlex.split(hook["entry"])
    assert name in project["scripts"]
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "bad.txt").write_text(BAD)
    for file, code in (("good.txt", 0), ("bad.txt", 1)):
        command = [sys.executable, "-m", "fhir_codesystem", *arguments, file]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == code, done.stderr


@pytest.mark.parametrize("hook", HOOKS, ids=by_id)
def test_a_hook_is_given_files_one_process_for_all(hook: dict[str, Any]) -> None:
    assert hook["language"] == "python"
    assert hook["pass_filenames"]
    assert hook["require_serial"]
    assert hook["types"] == ["file"]


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        ("input/codes.txt", ["codesystem-check", "codesystem-build"]),
        ("input/codes.yaml", ["codesystem-check", "codesystem-build"]),
        ("input/codes.xlsx", ["codesystem-check", "codesystem-build"]),
        ("output/CodeSystem-codes.json", ["codesystem-check"]),
        ("CodeSystem-codes.xml", ["codesystem-check"]),
        ("output/CodeSystem-codes.md", []),
        ("input/.gitignore", []),
        ("input/old/codes.txt", []),
        ("README.md", []),
        ("package.json", []),
    ],
)
def test_a_hook_looks_at_tables_and_code_systems(path: str, hooks: list[str]) -> None:
    assert [hook["id"] for hook in HOOKS if re.search(hook["files"], path)] == hooks


def test_no_input_of_the_action_is_part_of_a_shell_text() -> None:
    for step in STEPS.values():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
    given = " ".join(str(value) for step in ACTION["runs"]["steps"] for value in step.items())
    for name in ACTION["inputs"]:
        assert f"${{{{ inputs.{name} }}}}" in given


def test_the_command_knows_the_form_that_the_action_asks_for() -> None:
    for command in ("check", "build"):
        shown = [sys.executable, "-m", "fhir_codesystem", command, "--help"]
        said = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
        forms = re.search(r"--format \[(.*?)\]", said)
        assert forms is not None
        assert ACTION["inputs"]["format"]["default"] in forms[1].split("|")


@needs_bash
@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: str(step["name"]))
def test_the_shell_text_of_the_action_is_well_formed(step: dict[str, Any]) -> None:
    assert BASH
    done = subprocess.run(
        [BASH, "-n"], input=step["run"], text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@dataclass
class Runner:
    """A folder in which steps of the action are run as GitHub runs them."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.script(
            "temp/fhir-codesystem/bin/codesystem",
            f'exec "{sys.executable}" -m fhir_codesystem "$@"',
        )
        (self.folder / "input").mkdir()

    def script(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{BASH}\n{text}\n")
        path.chmod(0o755)
        return path

    def run(self, step: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run a step with the defaults of its inputs, but for those given."""
        assert BASH
        values = {name: given.get("default", "") for name, given in ACTION["inputs"].items()}
        values |= {name.replace("_", "-"): value for name, value in inputs.items()}
        environment = {
            key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: values[found[1]], text)
            for key, text in STEPS[step]["env"].items()
        }
        fixed = {
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_OUTPUT": str(self.folder / "told"),
        }
        script = self.folder / "step.sh"
        script.write_text(STEPS[step]["run"])
        return subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.folder,
            env=os.environ | environment | fixed | self.environment,
            text=True,
            capture_output=True,
            check=False,
        )

    @property
    def told(self) -> str:
        return (self.folder / "told").read_text()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@needs_bash
@pytest.mark.parametrize(
    ("table", "inputs", "code"),
    [
        (GOOD, {}, 0),
        (BAD, {}, 1),
        (GOOD, {"strict": "true"}, 1),
        (GOOD, {"fhir_version": "R5"}, 0),
        (GOOD, {"fhir_version": "R9"}, 2),
        (GOOD, {"files": "gone.txt"}, 2),
        (GOOD, {"files": "input/*.txt"}, 0),
        (GOOD, {"command": "build"}, 0),
        (BAD, {"command": "build"}, 1),
        (GOOD, {"command": "--help"}, 2),
        (GOOD, {"format": "no-such-form"}, 2),
    ],
)
def test_the_action_ends_as_the_command_does(
    table: str, inputs: dict[str, str], code: int, runner: Runner
) -> None:
    (runner.folder / "input" / "codes.txt").write_text(table)
    done = runner.run("Run", **{"format": "text", **inputs})
    assert done.returncode == code, done.stderr
    assert runner.told == f"exit-code={code}\n"
    built = (runner.folder / "output" / "CodeSystem-codes.json").exists()
    assert built == (code == 0 and inputs.get("command") == "build")


@needs_bash
def test_what_names_of_files_hold_is_not_run(runner: Runner) -> None:
    names = ["--output=x", "$(touch one).txt", "a b.txt", "`touch two`.txt", "'; touch three.txt"]
    for name in names:
        (runner.folder / name).write_text(GOOD)
    before = set(runner.folder.iterdir())
    done = runner.run("Run", files="\n".join(names), format="json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["summary"]["sources"] == len(names)
    assert {path.name for path in set(runner.folder.iterdir()) - before} == {"step.sh", "told"}


@needs_bash
@pytest.mark.parametrize(("version", "wanted"), [("", "HERE"), ("1.2", "fhir-codesystem==1.2")])
def test_the_action_installs_itself_or_a_version(version: str, wanted: str, runner: Runner) -> None:
    python = runner.script("python", f'echo "$@" >> "{runner.folder}/asked"')
    shutil.copy(python, runner.folder / "temp/fhir-codesystem/bin/python")
    runner.environment = {"PYTHON": str(python), "SOURCE": "HERE"}
    done = runner.run("Install", version=version)
    assert done.returncode == 0, done.stderr
    made, installed = (runner.folder / "asked").read_text().splitlines()
    assert made == f"-m venv {runner.folder}/temp/fhir-codesystem"
    assert installed.split()[-1] == wanted


def test_the_guide_names_what_there_is() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|", GUIDE, re.MULTILINE)
    assert set(rows) == {hook["id"] for hook in HOOKS} | ACTION["inputs"].keys()
    for sample in SAMPLES:
        for repo in sample.get("repos", ()):
            assert {hook["id"] for hook in repo["hooks"]} <= {hook["id"] for hook in HOOKS}
        for job in sample.get("jobs", {}).values():
            ours = [step for step in job["steps"] if "fhir-codesystem" in step["uses"]]
            assert len(ours) == 1
            assert ours[0]["with"].keys() <= ACTION["inputs"].keys()
    assert len(SAMPLES) == 4
