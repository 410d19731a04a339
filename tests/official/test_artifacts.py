"""Value sets and packages that we build, before the official validator and its reader."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem import build, package

from . import mutations, official
from .case import Case

if TYPE_CHECKING:
    from pathlib import Path

    from fhir_codesystem import Built

pytestmark = [pytest.mark.official, pytest.mark.usefixtures("validator")]

TABLE = "Code | Display | Definition\na | A | The first letter.\nb | B | The second letter.\n"
METADATA = """\
id: letters
url: http://codes.example/fhir/CodeSystem/letters
version: 1.0.0
name: Letters
title: 'Letters *of* <all> kinds & [more]'
status: active
experimental: false
date: 2026-01-02
publisher: Example
contact:
- name: Anna
description: Letters.
copyright: Nobody's.
caseSensitive: true
content: {content}
build:
  valueSet: {value_set}
  package: {{license: CC0-1.0, dependencies: {{hl7.terminology.r4: 5.0.0}}}}
"""
WANTED = {
    "all": ("complete", "true"),
    "pinned": ("complete", "{pin: true, id: v1, name: LettersV1}"),
    "fragment": ("fragment", "{title: Some letters, purpose: For tests.}"),
}


def built(folder: Path, name: str, version: str) -> Built:
    content, value_set = WANTED[name]
    text = METADATA.format(content=content, value_set=value_set)
    (folder / "letters.txt").write_text(TABLE, encoding="utf-8")
    (folder / "letters.yaml").write_text(text, encoding="utf-8")
    return build(folder / "letters.yaml", fhir_version=version)


@pytest.mark.parametrize("version", mutations.VERSIONS)
def test_value_sets_pass(version: str, tmp_path: Path) -> None:
    cases = []
    for name in WANTED:
        artifacts = built(tmp_path, name, version).artifacts
        cases += [
            Case(f"{name}/{kind.partition('-')[0]}.json", data)
            for kind, data in artifacts.items()
            if kind.endswith(".json")
        ]
    assert len(cases) == 2 * len(WANTED)
    found = {
        (case.name, issue.severity, issue.key, issue.message)
        for case, answer in official.Official(version).judge(cases)
        for issue in answer.issues
        if issue.severity in {"fatal", "error", "warning"}
    }
    assert found == set()


@pytest.mark.parametrize("version", mutations.VERSIONS)
def test_packages_are_read(version: str, tmp_path: Path) -> None:
    built(tmp_path, "all", version)
    packed = package(tmp_path / "letters.yaml", fhir_version=version, output=tmp_path / "out")
    official.ready()
    reader = str(official.FOLDER / "ReadPackage.java")
    command = ["java", "-Xmx256m", "-cp", str(official.TARGET / "lib" / "*"), reader]
    with official.alone():
        done = subprocess.run(
            [*command, str(packed.file)], capture_output=True, check=True, encoding="utf-8"
        )
    numbers = {"R4": "4.0.1", "R4B": "4.3.0", "R5": "5.0.0"}
    url = "http://codes.example/fhir"
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "validName": True,
        "validVersion": True,
        "name": "example.codes.letters",
        "version": "1.0.0",
        "fhirVersion": numbers[version],
        "canonical": url,
        "title": "Letters *of* <all> kinds & [more]",
        "license": "CC0-1.0",
        "conformance": True,
        "indexed": True,
        "dependencies": [
            f"hl7.fhir.{version.lower()}.core#{numbers[version]}",
            "hl7.terminology.r4#5.0.0",
        ],
        "resources": [
            {
                "type": kind,
                "id": "letters",
                "url": f"{url}/{kind}/letters",
                "version": "1.0.0",
                "loads": True,
            }
            for kind in ("CodeSystem", "ValueSet")
        ],
    }
