"""What is told of a publication that is ended before its end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem.cli import progress, servers
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing import publication
from fhir_codesystem.publishing.client import ServerProblem

from .conftest import colours
from .stub import Reply, capability

if TYPE_CHECKING:
    from .conftest import Desk
    from .shell import Shell
    from .stub import Stub

MADE = Reply(201, "", {"Location": "http://elsewhere/fhir/CodeSystem/7/_history/1", "ETag": '"x"'})
ENTRY = {"response": {"status": "201 Created", "location": "CodeSystem/7/_history/1"}}


@pytest.fixture
def two(stub: Stub) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two code systems, which the stub takes one by one and in a transaction."""
    stated = capability()
    stated["rest"][0]["interaction"] = [{"code": "transaction"}]
    stub.on("GET", "/metadata", Reply(200, stated))
    stub.on("POST", "/CodeSystem", MADE)
    answer = {"resourceType": "Bundle", "type": "transaction-response", "entry": [ENTRY, ENTRY]}
    stub.on("POST", "", Reply(200, answer))
    return colours(), colours("http://example.org/others")


@pytest.mark.parametrize(("method", "written"), [("put", 1), ("bundle", 2)])
@pytest.mark.parametrize(
    ("end", "code", "problem"),
    [(KeyboardInterrupt(), 130, "interrupted"), (ServerProblem("broken"), 2, "broken")],
)
def test_what_is_written_is_told_though_its_proof_is_ended(
    method: str,
    written: int,
    end: BaseException,
    code: int,
    problem: str,
    shell: Shell,
    stub: Stub,
    two: tuple[dict[str, Any], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ended(*_: object, **__: object) -> None:
        raise end

    monkeypatch.setattr(publication, "verify", ended)
    said = shell.publish(stub.url, *two, options=("--method", method, "--unchecked"))
    assert said.code == code
    assert shell.receipt["problem"] == problem
    assert [(e["id"], e["result"]) for e in shell.receipt["artifacts"]] == [
        ("7", "created")
    ] * written
    assert said.out.count("CodeSystem/7") == written


@pytest.mark.parametrize(
    ("receipt", "told"),
    [("folder", "a folder of this name is in the way"), ("file/receipt.json", "file: File exists")],
)
def test_a_receipt_that_cannot_be_written_is_found_before_anything_is(
    receipt: str, told: str, desk: Desk, stub: Stub
) -> None:
    (desk.folder / "file").write_text("", "utf-8")
    (desk.folder / "folder").mkdir()
    said = desk.publish(stub.url, colours(), options=("--receipt", str(desk.folder / receipt)))
    assert (said.code, stub.writes) == (2, [])
    assert told in said.err


@pytest.mark.parametrize(
    ("reply", "last"), [(MADE, "no space left\n"), (Reply(500), "answered 500 to POST\n")]
)
def test_what_was_done_is_told_where_the_receipt_cannot_be_written_any_more(
    reply: Reply, last: str, shell: Shell, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise EnvironmentProblem("no space left")

    monkeypatch.setattr(servers, "_write", full)
    stub.on("POST", "/CodeSystem", reply)
    stub.on("GET", "/CodeSystem/7", Reply(200, colours()))
    said = shell.publish(stub.url, colours(), options=("--format", "json"))
    assert said.code == 2
    assert said.err.endswith(last)
    assert said.err.count("codesystem: no space left\n") == 1
    assert len(said.values["artifacts"]) == (reply is MADE)


def test_the_bar_goes_to_its_end_and_gives_way_to_what_is_told(
    shell: Shell,
    stub: Stub,
    two: tuple[dict[str, Any], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    stub.on("GET", "/CodeSystem/7", Reply(200, two[0]), Reply(200, two[1]))
    said = shell.publish(stub.url, *two, options=("--unchecked",))
    assert said.code == 0, said
    assert "publishing" in said.err
    assert "100%" in said.err
    assert said.err.count("\033[Kcreated ") == said.err.count("created ") == 2
