"""Files that hold secrets or name commands: who may read and write them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing import files, servers

if TYPE_CHECKING:
    from pathlib import Path

SOMEBODY = 4711


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file with a secret, of a user who is not root and who runs the test."""
    path = tmp_path / "secret"
    path.write_text(" s3cret\n", "utf-8")
    if os.geteuid() == 0:
        os.chown(path, SOMEBODY, -1)
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_that_nobody_else_reads(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert files.secret_of(file) == "s3cret"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_secret_that_others_can_read_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(EnvironmentProblem, match="others can read: close it with chmod go="):
        files.secret_of(file)


def test_a_secret_that_root_has_laid_out_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY + 1)
    assert files.secret_of(file) == "s3cret"


def test_a_secret_that_is_no_text(file: Path) -> None:
    file.write_bytes(b"\xff")
    file.chmod(0o600)
    with pytest.raises(EnvironmentProblem, match=r"cannot read .*secret: no UTF-8"):
        files.secret_of(file)


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(EnvironmentProblem, match="Is a directory"):
        files.secret_of(tmp_path)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_servers_that_others_can_change_are_refused(file: Path, mode: int) -> None:
    file.write_text('[a]\nurl = "https://a.example.org"\n', "utf-8")
    file.chmod(mode)
    with pytest.raises(EnvironmentProblem, match="others can change it"):
        servers.read(file, {})
    file.chmod(0o644)
    assert list(servers.read(file, {})) == ["a"]


def test_servers_of_somebody_else_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('[a]\nurl = "https://a.example.org"\n', "utf-8")
    file.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY + 1)
    with pytest.raises(EnvironmentProblem, match="others can change it"):
        servers.read(file, {})
