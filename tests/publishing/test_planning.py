"""What is planned for what a server has, and how it is written where that differs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from .conftest import colours
from .stub import Reply, bundle, capability, outcome
from .test_faults import stored

if TYPE_CHECKING:
    from .conftest import Desk
    from .stub import Stub

OWN_ID = re.compile(r"/CodeSystem/colours-1\.0\.0-[0-9a-f]{8}")


def test_what_is_there_is_not_written(desk: Desk, stub: Stub) -> None:
    stored(stub, text={"status": "generated", "div": "<div/>"})
    said = desk.publish(stub.url, colours())
    assert said.code == 0
    assert said.err.startswith("unchanged http://example.org/colours|1.0.0 (CodeSystem/7)")
    assert not stub.writes


@pytest.mark.parametrize("status", ["active", "retired", "unknown"])
def test_what_is_published_and_differs_is_refused(desk: Desk, stub: Stub, status: str) -> None:
    stored(stub, status=status, title="Other")
    said = desk.publish(stub.url, colours(status=status))
    assert said.code == 1
    assert f"the server's is {status} and differs: raise the version" in said.err
    assert not stub.writes


def test_a_concept_that_the_server_has_twice_is_a_difference(desk: Desk, stub: Stub) -> None:
    stored(stub, concept=[*colours()["concept"], {"code": "red", "display": "Red"}])
    said = desk.publish(stub.url, colours(), options=("--dry-run", "--format", "json"))
    plan = said.values["artifacts"][0]["plan"]
    assert (plan["action"], plan["doubled"]) == ("update", ["red"])


def test_what_the_server_has_too_deep_is_said(desk: Desk, stub: Stub) -> None:
    deep: Any = []
    for _ in range(300):
        deep = [{"url": "http://example.org/x", "extension": deep}]
    stored(stub, extension=deep)
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert "/CodeSystem/7: objects and arrays in more than 250 levels" in said.err


def test_an_active_one_does_not_become_a_draft_again(desk: Desk, stub: Stub) -> None:
    stored(stub, status="active")
    assert desk.publish(stub.url, colours()).code == 1
    assert not stub.writes


def test_a_dry_run_tells_what_would_be_and_writes_nothing(desk: Desk, stub: Stub) -> None:
    stored(stub, title="Other")
    said = desk.publish(stub.url, colours(), options=("--dry-run", "--format", "json"))
    assert said.code == 0
    (artifact,) = said.values["artifacts"]
    assert artifact["plan"]["action"] == "update"
    assert artifact["plan"]["elements"] == ["title"]
    assert artifact["result"] == "planned"
    assert not stub.writes


def test_a_dry_run_fails_where_publishing_would(desk: Desk, stub: Stub) -> None:
    stored(stub, status="active", title="Other")
    assert desk.publish(stub.url, colours(), options=("--dry-run",)).code == 1


def test_other_versions_and_urls_that_a_search_finds_are_none_of_ours(
    desk: Desk, stub: Stub
) -> None:
    others = (colours(version="2"), colours("http://example.org/colours2"))
    stub.on("GET", "/CodeSystem", Reply(200, bundle(*others)))
    said = desk.publish(stub.url, colours(), options=("--dry-run",))
    assert said.err.startswith("create ")


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, ", beside 0.1\n"),
        (5, ", beside 0.1, 0.2, 0.3, 0.4, 0.5\n"),
        (1200, ", beside 1,200 versions, the latest 0.1196, 0.1197, 0.1198, 0.1199, 0.1200\n"),
    ],
)
def test_the_latest_of_many_versions_are_named(
    desk: Desk, stub: Stub, count: int, told: str
) -> None:
    others = (colours(version=f"0.{at + 1}") for at in range(count))
    stub.on("GET", "/CodeSystem", Reply(200, bundle(*others)))
    said = desk.publish(stub.url, colours(), options=("--dry-run",))
    assert told in said.err


def test_all_pages_of_a_search_are_read(desk: Desk, stub: Stub) -> None:
    first = Reply(200, bundle(following=f"{stub.url}/CodeSystem?page=2"))
    stored(stub)
    stub.on("GET", "/CodeSystem", first, *stub.replies["GET", "/CodeSystem"])
    said = desk.publish(stub.url, colours(), options=("--dry-run",))
    assert said.err.startswith("unchanged ")


def test_what_stands_on_two_pages_is_one(desk: Desk, stub: Stub) -> None:
    first = Reply(200, bundle(colours(id="7"), following=f"{stub.url}/CodeSystem?page=2"))
    stored(stub)
    stub.on("GET", "/CodeSystem", first, *stub.replies["GET", "/CodeSystem"])
    said = desk.publish(stub.url, colours(), options=("--dry-run",))
    assert said.err.startswith("unchanged ")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"entry": {"resource": colours()}}, "answers a search with no list of resources"),
        ({"entry": None}, "answers a search with no list of resources"),
        ({"entry": ["CodeSystem/7"]}, "answers a search with no list of resources"),
        ({"entry": [{"fullUrl": "CodeSystem/7"}]}, "answers a search with no list of resources"),
        ({"entry": [], "total": 1}, "finds 1 and lists none"),
        ({"entry": [{"resource": outcome("no")}], "total": 1}, "finds 1 and lists none"),
        (bundle(colours(id="my_id")), "under an id that is none: 'my_id'"),
        (bundle(colours(id=None)), "under an id that is none: 'None'"),
    ],
)
def test_what_cannot_be_read_in_a_search_is_not_taken_for_nothing(
    desk: Desk, stub: Stub, found: dict[str, Any], told: str
) -> None:
    stub.on("GET", "/CodeSystem", Reply(200, {"resourceType": "Bundle", **found}))
    said = desk.publish(stub.url, colours())
    assert said.code == 2
    assert told in said.err
    assert not stub.writes


def test_a_search_that_finds_nothing_need_not_list_it(desk: Desk, stub: Stub) -> None:
    stub.on("GET", "/CodeSystem", Reply(200, {"resourceType": "Bundle", "total": 0}))
    said = desk.publish(stub.url, colours(), options=("--dry-run",))
    assert said.err.startswith("create ")


def test_searches_and_conditions_are_escaped(desk: Desk, stub: Stub) -> None:
    stub.on("POST", "/CodeSystem", Reply(201, "", {"Location": "CodeSystem/7/_history/1"}))
    stub.on("GET", "/CodeSystem/7", Reply(200, colours("http://example.org/a,b$c", version="1\\0")))
    assert desk.publish(stub.url, colours("http://example.org/a,b$c", version="1\\0")).code == 0
    (write,) = stub.writes
    asked = [each.path.partition("?")[2] for each in stub.asked if "?url" in each.path]
    queries = [parse_qs(each) for each in (*asked, write.headers["If-None-Exist"])]
    by_the_book = {"url": [r"http://example.org/a\,b\$c"], "version": [r"1\\0"]}
    as_it_is = {"url": ["http://example.org/a,b$c"], "version": [r"1\0"]}
    elements = {"_elements": ["url,version,status"]}
    assert queries[:2] == [by_the_book | elements, as_it_is | elements]
    assert queries[-1] == by_the_book


def test_two_artifacts_of_one_version_are_not_published(desk: Desk, stub: Stub) -> None:
    said = desk.publish(stub.url, colours(), colours(title="Other"))
    assert said.code == 2
    assert "are both http://example.org/colours|1.0.0; one can be published" in said.err
    assert not stub.writes


class TestWithoutConditionalCreate:
    @pytest.fixture(autouse=True)
    def server(self, stub: Stub) -> None:
        stub.on("GET", "/metadata", Reply(200, capability(conditionalCreate=False)))

    def test_it_is_put_under_an_id_of_its_version(self, desk: Desk, stub: Stub) -> None:
        said = desk.publish(stub.url, colours(), options=("--dry-run", "--format", "json"))
        path = f"/CodeSystem/{said.values['artifacts'][0]['id']}"
        assert OWN_ID.fullmatch(path)
        stub.on("GET", path, Reply(404), Reply(404), Reply(200, colours()))
        stub.on("PUT", path, Reply(201))
        assert desk.publish(stub.url, colours()).code == 0
        (write,) = stub.writes
        assert (write.path, write.headers["If-None-Match"]) == (path, "*")
        assert write.body["id"] == path.rpartition("/")[2]

    def test_an_id_that_another_has_is_not_written_over(self, desk: Desk, stub: Stub) -> None:
        said = desk.publish(stub.url, colours(), options=("--dry-run", "--format", "json"))
        path = f"/CodeSystem/{said.values['artifacts'][0]['id']}"
        stub.on("GET", path, Reply(200, colours("http://example.org/other")))
        said = desk.publish(stub.url, colours())
        assert said.code == 1
        assert "is another CodeSystem" in said.err
        assert not stub.writes

    @pytest.mark.parametrize("status", [400, 422])
    def test_what_the_server_says_of_our_id_is_told(
        self, desk: Desk, stub: Stub, status: int
    ) -> None:
        said = desk.publish(stub.url, colours(), options=("--dry-run", "--format", "json"))
        path = f"/CodeSystem/{said.values['artifacts'][0]['id']}"
        stub.on("GET", path, Reply(status, outcome("ids are numbers")))
        said = desk.publish(stub.url, colours())
        assert said.code == 2
        assert said.err.endswith(f"{path} answered {status} to GET (ids are numbers)")
        assert not stub.writes

    def test_an_id_that_is_taken_after_the_plan_is_not_written_over(
        self, desk: Desk, stub: Stub
    ) -> None:
        said = desk.publish(stub.url, colours(), options=("--dry-run", "--format", "json"))
        path = f"/CodeSystem/{said.values['artifacts'][0]['id']}"
        stub.on("GET", path, Reply(404), Reply(200, colours(title="Other")))
        said = desk.publish(stub.url, colours())
        assert said.code == 1
        assert "somebody else has created it since the plan; run again" in said.err
        assert not stub.writes

    def test_it_is_told_that_the_server_wrote_over_what_another_created(
        self, desk: Desk, stub: Stub
    ) -> None:
        said = desk.publish(stub.url, colours(), options=("--dry-run", "--format", "json"))
        path = f"/CodeSystem/{said.values['artifacts'][0]['id']}"
        stub.on("GET", path, Reply(404), Reply(404), Reply(200, colours()))
        stub.on("PUT", path, Reply(200))
        said = desk.publish(stub.url, colours())
        assert said.code == 1
        assert "it was created since the plan, and the server wrote over that" in said.err

    def test_what_the_search_does_not_find_yet_is_found_by_its_id(
        self, desk: Desk, stub: Stub
    ) -> None:
        said = desk.publish(stub.url, colours(), options=("--dry-run", "--format", "json"))
        path = f"/CodeSystem/{said.values['artifacts'][0]['id']}"
        stub.on("GET", path, Reply(200, colours()))
        assert desk.publish(stub.url, colours()).err.startswith("unchanged ")
        assert not stub.writes
