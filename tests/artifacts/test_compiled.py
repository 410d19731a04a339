"""Compiled templates are kept where Python keeps modules, and taken only where they are sound."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from jinja2 import Environment, FileSystemLoader, compiler

import fhir_codesystem
from fhir_codesystem.artifacts import templates
from fhir_codesystem.artifacts.compiled import Compiled
from fhir_codesystem.cli.build import command

if TYPE_CHECKING:
    from pathlib import Path

NAME = "module_that_compiles"


@dataclass
class Workshop:
    """A module that compiles templates, and the folder of these."""

    module: Path
    kept: Path
    templates: Path

    def render(self, kind: str = "text") -> str:
        """Render the template as a new process would."""
        cache = Compiled(NAME, kind, (self.templates,))
        environment = Environment(
            loader=FileSystemLoader(str(self.templates)), bytecode_cache=cache
        )
        return environment.get_template("page.md.jinja").render(name="x")

    def write(self, text: str) -> None:
        """Write the template."""
        (self.templates / "page.md.jinja").write_text(text)

    def files(self) -> list[Path]:
        """What is kept."""
        return sorted(self.kept.iterdir()) if self.kept.exists() else []


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    shop = Workshop(tmp_path / "module.py", tmp_path / "kept", tmp_path / "templates")
    shop.module.write_text("")
    shop.templates.mkdir()
    shop.write("{{ name }} of one")
    module = ModuleType(NAME)
    module.__file__ = str(shop.module)
    module.__spec__ = ModuleSpec(NAME, None, origin=str(shop.module))
    module.__spec__.cached = str(shop.kept / "module.pyc")
    monkeypatch.setitem(sys.modules, NAME, module)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return shop


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were compiled, in order."""
    names: list[str] = []
    compile_ = Environment.compile

    def counted(self: Environment, source: str, name: str, *given: object) -> object:
        names.append(name)
        return compile_(self, source, name, *given)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", counted)
    return names


def test_a_template_is_compiled_once(workshop: Workshop, compiled: list[str]) -> None:
    assert [workshop.render(), workshop.render()] == ["x of one", "x of one"]
    assert compiled == ["page.md.jinja"]
    tag = sys.implementation.cache_tag
    assert [each.name for each in workshop.files()] == [f"page.md.jinja.{tag}.text"]


def test_each_kind_is_compiled_by_itself(workshop: Workshop, compiled: list[str]) -> None:
    assert workshop.render("text") == workshop.render("xml")
    assert len(compiled) == len(workshop.files()) == 2


def test_another_text_is_compiled_anew(workshop: Workshop, compiled: list[str]) -> None:
    workshop.render()
    workshop.write("{{ name }} of two")
    assert workshop.render() == "x of two"
    assert len(compiled) == 2
    assert workshop.render() == "x of two"
    assert len(compiled) == 2


def test_another_way_to_compile_compiles_anew(
    workshop: Workshop, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.render()
    os.utime(workshop.module, ns=(0, 0))
    workshop.render()
    assert len(compiled) == 2
    monkeypatch.setattr(compiler, "__file__", __file__)  # another Jinja
    workshop.render()
    assert len(compiled) == 3


def test_commands_keep_our_templates_and_the_library_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = templates.__spec__
    assert spec is not None
    kept = tmp_path / "kept"
    monkeypatch.setattr(spec, "cached", str(kept / "templates.pyc"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.chdir(tmp_path)
    templates._compiled.cache_clear()
    assert fhir_codesystem.build(b"Code | Display\na | One\n").ok
    assert not list(tmp_path.iterdir())
    (tmp_path / "table.txt").write_text("Code | Display\na | One\n")
    assert CliRunner().invoke(command, ["table.txt"]).exit_code == 0
    tag = sys.implementation.cache_tag
    names = [f"codesystem.md.jinja.{tag}.text", f"narrative.xhtml.jinja.{tag}.xml"]
    assert sorted(each.name for each in kept.iterdir()) == names


def test_templates_of_others_are_not_kept(
    workshop: Workshop, compiled: list[str], tmp_path: Path
) -> None:
    workshop.templates = tmp_path / "others"
    workshop.templates.mkdir()
    workshop.write("{{ name }}")
    cache = Compiled(NAME, "text", (tmp_path / "templates",))
    loader = FileSystemLoader(str(workshop.templates))
    for _ in range(2):
        template = Environment(loader=loader, bytecode_cache=cache).get_template("page.md.jinja")
        assert template.render(name="x") == "x"
    assert len(compiled) == 1  # in one process each is compiled once
    assert not workshop.files()


@pytest.mark.parametrize("damage", ["nothing", "half", "a byte", "all"])
def test_what_is_damaged_is_compiled_again(
    workshop: Workshop, compiled: list[str], damage: str
) -> None:
    workshop.render()
    (file,) = workshop.files()
    whole = file.read_bytes()
    flipped = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    file.write_bytes(
        {"nothing": whole, "half": whole[: len(whole) // 2], "a byte": flipped, "all": b""}[damage]
    )
    assert workshop.render() == "x of one"
    assert len(compiled) == (1 if damage == "nothing" else 2)
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_all_is_as_before(
    workshop: Workshop, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.kept.write_text("a file is in the way")
    assert workshop.render() == workshop.render() == "x of one"
    workshop.kept.unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert workshop.render() == "x of one"
    assert not workshop.files()
    spec = sys.modules[NAME].__spec__
    assert spec is not None
    spec.cached = None
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert workshop.render() == "x of one"
    assert len(compiled) == 4
