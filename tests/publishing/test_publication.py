"""What is told of a publication that is ended before its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fhir_codesystem.publishing import publication
from fhir_codesystem.publishing.client import ServerProblem

from .conftest import colours
from .stub import Reply, capability

if TYPE_CHECKING:
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
