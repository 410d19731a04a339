"""Sources that are not there, are no files, may not be read or go away."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from fhir_codesystem import EnvironmentProblem, build
from fhir_codesystem.pipeline import Options, Run
from fhir_codesystem.sources import resolve

from .workplace import GO, METADATA, OLD, PROBLEM, TABLE

if TYPE_CHECKING:
    from .workplace import Workplace

LITTLE_MEMORY = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
"""
"""What reads without end then fails soon."""


def test_missing_sources(workplace: Workplace) -> None:
    names = [
        "gone.txt",
        "gone.yaml",
        "gone",
        "table.txt/gone.txt",
        "gone/x",
        "table.yaml/gone.yaml",
    ]
    problems = workplace.build(*names).problems
    assert len(problems) == len(names)
    assert all(name in problem for name, problem in zip(names, problems, strict=True))
    assert workplace.is_as_before()


def test_folders_as_sources(workplace: Workplace) -> None:
    (workplace.folder / "folder.txt").mkdir()
    (workplace.folder / "folder.yaml").mkdir()
    names = [".", "output", "..", "/", "folder.txt", "folder.yaml"]
    problems = workplace.build(*names).problems
    assert len(problems) == len(names)
    assert all(
        problem.startswith(f"{name} is a folder")
        for name, problem in zip(names, problems, strict=True)
    )
    assert workplace.is_as_before()


@pytest.mark.parametrize("name", ["table.txt", "table.yaml"])
def test_a_folder_beside_what_is_named(workplace: Workplace, name: str) -> None:
    """The metadata that an author sees beside a table is not left out without a word."""
    (workplace.folder / name).unlink()
    (workplace.folder / name).mkdir()
    other = "table.yaml" if name == "table.txt" else "table.txt"
    result = workplace.build(other)
    assert result.code in {1, 2}
    assert name in result.err
    assert "Traceback" not in result.err
    assert workplace.is_as_before()


def test_links_to_nowhere(workplace: Workplace) -> None:
    names = ["dangling.txt", "dangling.yaml", "loop.txt", "loop.yaml"]
    for name in names:
        (workplace.folder / name).symlink_to(name if name.startswith("loop") else "gone")
    problems = workplace.build(*names).problems
    assert len(problems) == len(names)
    assert all(name in problem for name, problem in zip(names, problems, strict=True))
    assert workplace.is_as_before()


def test_metadata_that_is_a_link_to_nowhere(workplace: Workplace) -> None:
    (workplace.folder / "table.yaml").unlink()
    (workplace.folder / "table.yaml").symlink_to("gone")
    result = workplace.build("table.txt")
    assert "table.yaml" in result.problem
    assert workplace.is_as_before()


@pytest.mark.parametrize("name", ["table.txt", "table.yaml"])
def test_a_source_without_permission(workplace: Workplace, unprivileged: str, name: str) -> None:
    (workplace.folder / name).chmod(0o000)
    problem = workplace.build("table.txt", prepared=unprivileged + GO).problem
    assert problem == f"cannot read {name}: Permission denied"
    assert workplace.is_as_before()


@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["closed", "listed"])
def test_a_folder_without_permission(workplace: Workplace, unprivileged: str, mode: int) -> None:
    workplace.write("closed/table.txt", TABLE)
    workplace.write("closed/table.yaml", METADATA)
    closed = workplace.folder / "closed"
    closed.chmod(mode)
    names = ["closed/table.txt", "closed/table.yaml", "closed/gone.txt"]
    problems = workplace.build(*names, prepared=unprivileged + GO).problems
    closed.chmod(0o755)
    assert len(problems) == len(names)
    for name, problem in zip(names, problems, strict=True):
        assert name in problem
        assert "ermission" in problem
    assert workplace.is_as_before()


def test_one_bad_source_does_not_stop_the_others(workplace: Workplace, unprivileged: str) -> None:
    workplace.write("unread.txt", TABLE).chmod(0o000)
    (workplace.folder / "folder.txt").mkdir()
    sources = ["gone.txt", "unread.txt", "folder.txt", "x" * 300, "table.txt"]
    result = workplace.build(*sources, prepared=unprivileged + GO)
    assert result.code == 2
    assert len(result.lines) == 4
    assert all(line.startswith("codesystem: ") for line in result.lines)
    assert "internal error" not in result.err
    assert result.out.split() == ["output/CodeSystem-table.json", "output/CodeSystem-table.md"]
    assert not workplace.is_as_before()


@pytest.mark.parametrize("mode", [0o000, 0o111, 0o444], ids=["closed", "unlisted", "listed"])
def test_input_without_permission(workplace: Workplace, unprivileged: str, mode: int) -> None:
    workplace.write("input/table.txt", TABLE)
    (workplace.folder / "input").chmod(mode)
    result = workplace.run("build", "--quiet", prepared=unprivileged + GO)
    (workplace.folder / "input").chmod(0o755)
    assert "input" in result.problem
    assert "ermission" in result.problem
    assert workplace.is_as_before()


@pytest.mark.parametrize("what", ["nothing", "file", "empty", "hidden"])
def test_input_without_tables(workplace: Workplace, what: str) -> None:
    if what == "file":
        workplace.write("input", "x")
    elif what != "nothing":
        (workplace.folder / "input").mkdir()
    if what == "hidden":
        workplace.write("input/.hidden.txt", TABLE)
    problem = workplace.run("build").problem
    assert "input" in problem
    assert workplace.is_as_before()


def test_pipes_that_nobody_writes_to(workplace: Workplace) -> None:
    names = ["pipe.txt", "pipe.yaml", "pipe"]
    for name in names:
        os.mkfifo(workplace.folder / name)
    problems = workplace.build(*names).problems
    assert len(problems) == len(names)
    assert all(name in problem for name, problem in zip(names, problems, strict=True))
    assert workplace.is_as_before()


@pytest.mark.parametrize("name", ["table.txt", "table.yaml"])
def test_a_pipe_beside_what_is_named(workplace: Workplace, name: str) -> None:
    (workplace.folder / name).unlink()
    os.mkfifo(workplace.folder / name)
    result = workplace.build("table.yaml" if name == "table.txt" else "table.txt")
    assert result.code in {1, 2}
    assert name in result.err
    assert workplace.is_as_before()


def test_a_pipe_in_input(workplace: Workplace) -> None:
    """What is no file is no source of ours: the rest is built."""
    workplace.write("input/table.txt", TABLE)
    workplace.write("input/table.yaml", METADATA)
    os.mkfifo(workplace.folder / "input/pipe.txt")
    result = workplace.run("build", "--quiet")
    assert result.out.split() == ["output/CodeSystem-table.json", "output/CodeSystem-table.md"]


def test_devices(workplace: Workplace) -> None:
    names = ["/dev/zero", "/dev/full", "/dev/urandom", "/dev/tty", "/proc/self/mem"]
    names = [name for name in names if Path(name).exists()]
    problems = workplace.build(*names, prepared=LITTLE_MEMORY + GO).problems
    assert len(problems) == len(names)
    assert all(name in problem for name, problem in zip(names, problems, strict=True))
    assert workplace.is_as_before()


@pytest.mark.parametrize("name", ["/dev/null", "/proc/self/status", "/proc/version"])
def test_a_file_that_is_none_on_a_disk(workplace: Workplace, name: str) -> None:
    if not Path(name).exists():
        pytest.skip(f"there is no {name} here")
    result = workplace.build(name)
    assert name in (result.errors[0] if result.code == 1 else result.problem)
    assert workplace.is_as_before()


@pytest.mark.parametrize("name", ["table.txt", "table.yaml"])
def test_a_file_vanishes_before_it_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "table.txt").write_text(TABLE)
    (tmp_path / "table.yaml").write_text(METADATA)
    source = resolve(tmp_path / "table.yaml")
    (tmp_path / name).unlink()
    run = Run(Options(), tmp_path / "output")
    if name == "table.txt":
        with pytest.raises(EnvironmentProblem, match=r"table\.txt"):
            run.build(source)
        assert not (tmp_path / "output").exists()
    else:
        assert run.build(source).files


@pytest.mark.parametrize("name", ["table.txt", "table.yaml"])
def test_a_file_vanishes_between_two_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whatever was seen of it before, the moment it is read counts."""
    (tmp_path / "table.txt").write_text(TABLE)
    (tmp_path / "table.yaml").write_text(METADATA)
    opened = Path.open

    def gone(path: Path, *how: Any) -> IO[Any]:
        if path.name == name:
            path.unlink()
        file: IO[Any] = opened(path, *how)
        return file

    monkeypatch.setattr(Path, "open", gone)
    with pytest.raises(EnvironmentProblem, match=name.replace(".", r"\.")):
        build(tmp_path / "table.txt", output=tmp_path / "output")
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize("metadata", ["gone.yaml", ".", "table.txt/x.yaml", "x" * 300 + ".yaml"])
def test_the_library_tells_metadata_that_cannot_be_read(tmp_path: Path, metadata: str) -> None:
    (tmp_path / "table.txt").write_text(TABLE)
    with pytest.raises(EnvironmentProblem):
        build(tmp_path / "table.txt", metadata=tmp_path / metadata)


@pytest.mark.parametrize("source", ["gone.txt", "gone.yaml", ".", "", "x" * 300, "table.txt/x"])
def test_the_library_tells_a_source_that_cannot_be_read(tmp_path: Path, source: str) -> None:
    (tmp_path / "table.txt").write_text(TABLE)
    with pytest.raises(EnvironmentProblem) as raised:
        build(tmp_path / source)
    assert "\n" not in str(raised.value)


def test_metadata_name_a_table_that_is_none(workplace: Workplace) -> None:
    os.mkfifo(workplace.folder / "pipe")
    sources = [
        "gone.txt",
        ".",
        "/dev/zero",
        "pipe",
        "table.txt/x",
        "x" * 5000,
        r"a\0b",
        r"\ud800",
    ]
    names = [f"bad{number}.yaml" for number in range(len(sources))]
    for name, source in zip(names, sources, strict=True):
        workplace.write(name, f'{METADATA}build:\n  source: "{source}"\n')
    result = workplace.build(*names)
    problems = [line for line in result.lines if PROBLEM.fullmatch(line)]
    places = [line.split(": error CS310 ")[0] for line in result.lines if ": error CS310 " in line]
    assert result.code == (2 if problems else 1), result
    assert len(problems) + len(places) == len(sources)
    assert set(places) <= {f"{name}:10:11" for name in names}
    assert workplace.is_as_before()


def test_two_descriptions_of_one_table_are_two_sources(workplace: Workplace) -> None:
    for name in ("one", "two"):
        metadata = METADATA.replace("/table", f"/{name}").replace("id: table", f"id: {name}")
        workplace.write(f"{name}.yaml", metadata + "build: {source: table.txt}\n")
    result = workplace.build("one.yaml", "two.yaml")
    assert (result.code, result.err) == (0, "")
    made = workplace.names() - OLD.keys()
    assert made == {f"CodeSystem-{name}.{end}" for name in ("one", "two") for end in ("json", "md")}
