"""The value set of all codes: what it says, what it takes over, what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_codesystem import FHIRVersion, check
from fhir_codesystem.codesystem.versions import elements_of, model_of
from fhir_codesystem.pipeline import Run
from fhir_codesystem.sources import resolve

if TYPE_CHECKING:
    from conftest import Project
    from fhir_codesystem import Built

TABLE = "Code | Display | Definition\na | A | The first.\nb | B | The second.\n"
METADATA = """\
id: fruit
url: http://example.org/fhir/CodeSystem/fruit
identifier:
- {system: urn:ietf:rfc:3986, value: urn:oid:1.2.3}
version: 1.0.0
name: Fruit
title: Fruit
status: active
experimental: false
date: 2026-01-02
publisher: ACME
contact:
- name: A. Author
description: Fruits of all kinds.
jurisdiction:
- coding:
  - {system: urn:iso:std:iso:3166, code: DE}
purpose: To try things out.
copyright: Nobody's.
caseSensitive: true
content: complete
"""
ASKED = "build:\n  narrative: false\n  valueSet: true\n"
WHOLE = """\
{
  "resourceType": "ValueSet",
  "id": "fruit",
  "url": "http://example.org/fhir/ValueSet/fruit",
  "version": "1.0.0",
  "name": "Fruit",
  "title": "Fruit",
  "status": "active",
  "experimental": false,
  "date": "2026-01-02",
  "publisher": "ACME",
  "contact": [
    {
      "name": "A. Author"
    }
  ],
  "description": "All codes of the code system Fruit.",
  "jurisdiction": [
    {
      "coding": [
        {
          "system": "urn:iso:std:iso:3166",
          "code": "DE"
        }
      ]
    }
  ],
  "immutable": true,
  "copyright": "Nobody's.",
  "compose": {
    "include": [
      {
        "system": "http://example.org/fhir/CodeSystem/fruit"
      }
    ]
  }
}
"""
SMALL = "url: {url}\nstatus: draft\ncontent: {content}\nid: x\nname: Xx\ntitle: X\n"


def value_set(built: Built, name: str = "fruit") -> dict[str, Any]:
    values: dict[str, Any] = orjson.loads(built.artifacts[f"ValueSet-{name}.json"])
    return values


def made(project: Project, more: str, *, metadata: str = METADATA, **options: Any) -> Any:
    built = project.build(TABLE, f"{metadata}build:\n  valueSet: {more}\n", **options)
    assert built.ok, built.diagnostics
    name = next(each for each in built.artifacts if each.startswith("ValueSet-"))
    return orjson.loads(built.artifacts[name])


@pytest.mark.parametrize("version", list(FHIRVersion))
def test_it_is_this_to_the_byte_in_every_version(project: Project, version: FHIRVersion) -> None:
    built = project.build(TABLE, METADATA + ASKED, fhir_version=version)
    assert built.artifacts["ValueSet-fruit.json"].decode() == WHOLE
    assert built.resource["valueSet"] == "http://example.org/fhir/ValueSet/fruit"
    assert list(built.artifacts) == [
        "CodeSystem-fruit.json",
        "CodeSystem-fruit.md",
        "ValueSet-fruit.json",
    ]
    assert "`http://example.org/fhir/ValueSet/fruit`" in built.markdown


def test_it_is_written_beside_the_code_system(project: Project) -> None:
    built = project.build(TABLE, METADATA + ASKED, output=project.folder / "out")
    names = sorted(path.name for path in (project.folder / "out").iterdir())
    assert names == sorted(built.artifacts)
    assert (project.folder / "out/ValueSet-fruit.json").read_text(encoding="utf-8") == WHOLE
    assert built.resource["resourceType"] == "CodeSystem"


@pytest.mark.parametrize("settings", ["", "build:\n  valueSet: false\n"])
def test_there_is_none_where_none_is_asked_for(project: Project, settings: str) -> None:
    built = project.build(TABLE, METADATA + settings)
    assert list(built.artifacts) == ["CodeSystem-fruit.json", "CodeSystem-fruit.md"]
    assert "valueSet" not in built.resource


def test_the_code_system_names_it_in_the_order_of_the_specification(project: Project) -> None:
    names = list(project.build(TABLE, METADATA + ASKED).resource)
    assert names.index("caseSensitive") + 1 == names.index("valueSet") == names.index("content") - 1


def test_what_is_stated_goes_before_what_is_taken_over(project: Project) -> None:
    stated = "{id: all, url: 'http://example.org/all', title: All, status: draft, purpose: p}"
    found = made(project, stated)
    assert (found["id"], found["url"], found["title"]) == ("all", "http://example.org/all", "All")
    assert (found["status"], found["purpose"], found["publisher"]) == ("draft", "p", "ACME")
    order = elements_of(model_of(FHIRVersion.R4, "ValueSet"))
    assert [name for name in order if name in found] == [
        name for name in found if name != "resourceType"
    ]


def test_the_id_is_that_of_the_artifact_and_ends_the_derived_url(project: Project) -> None:
    built = project.build(TABLE, METADATA + "build:\n  valueSet: {id: all}\n")
    assert value_set(built, "all")["url"] == "http://example.org/fhir/ValueSet/all"


def test_extensions_of_an_element_come_and_go_with_it(project: Project) -> None:
    extended = METADATA + "_title:\n  extension:\n  - {url: 'http://x.test/x', valueString: Obst}\n"
    assert "_title" in made(project, "true", metadata=extended)
    assert "_title" not in made(project, "{title: All}", metadata=extended)


def test_pinned_it_has_the_codes_of_one_version(project: Project) -> None:
    found = made(project, "{pin: true}")
    include = {"system": "http://example.org/fhir/CodeSystem/fruit", "version": "1.0.0"}
    assert found["compose"] == {"include": [include]}
    assert "immutable" not in found
    assert "immutable" in made(project, "{pin: false}")


def test_what_r5_adds_is_taken_over(project: Project) -> None:
    more = METADATA + "copyrightLabel: ACME\nversionAlgorithmString: semver\n"
    found = made(project, "true", metadata=more, fhir_version="R5")
    assert (found["copyrightLabel"], found["versionAlgorithmString"]) == ("ACME", "semver")


@pytest.mark.parametrize(
    ("url", "derived"),
    [
        ("http://example.org/CodeSystem/x", "http://example.org/ValueSet/x"),
        ("https://example.org/a/CodeSystem/other", "https://example.org/a/ValueSet/x"),
        ("http://example.org/codes/y", "http://example.org/codes/ValueSet/x"),
        ("http://example.org/y/", "http://example.org/ValueSet/x"),
    ],
)
def test_the_url_is_derived_of_the_code_systems(project: Project, url: str, derived: str) -> None:
    metadata = SMALL.format(url=url, content="complete")
    assert made(project, "true", metadata=metadata)["url"] == derived


@pytest.mark.parametrize("url", ["urn:oid:1.2.3", "http://example.org", "http://x.test/a?b"])
def test_other_urls_give_none(project: Project, url: str) -> None:
    metadata = SMALL.format(url=url, content="complete") + "build:\n  valueSet: true\n"
    assert project.found(TABLE, metadata, of="CS31") == ["CS317 8:13"]


def test_the_url_that_the_code_system_names_is_its_url(project: Project) -> None:
    metadata = METADATA + "valueSet: http://example.org/all|1.0.0\n"
    built = project.build(TABLE, metadata + ASKED)
    assert value_set(built)["url"] == "http://example.org/all"
    assert built.resource["valueSet"] == "http://example.org/all|1.0.0"
    assert "CS311" not in {each.rule.number for each in built.diagnostics}


@pytest.mark.parametrize(
    "named", ["http://example.org/all|2.0.0", "http://example.org/fhir/ValueSet/other"]
)
def test_another_one_that_the_code_system_names_is_an_error(project: Project, named: str) -> None:
    url = named.replace("other", "fruit").partition("|")[0]
    metadata = f"{METADATA}valueSet: {named}\nbuild:\n  valueSet: {{url: '{url}'}}\n"
    assert "CS318 22:11" in project.found(TABLE, metadata)


@pytest.mark.parametrize("content", ["fragment", "example"])
def test_what_is_not_complete_does_not_name_it(project: Project, content: str) -> None:
    metadata = SMALL.format(url="http://example.org/CodeSystem/x", content=content)
    built = project.build(TABLE, metadata + "build:\n  valueSet: true\n")
    assert "valueSet" not in built.resource
    assert "immutable" not in value_set(built, "x")
    assert "CS319 8:13" in project.brief(built.diagnostics)
    assert "| Value set of all codes that are here | `http://example.org/ValueSet/x` |" in (
        built.markdown
    )


@pytest.mark.parametrize(
    ("metadata", "more"),
    [
        ("status: draft\ncontent: complete\n", "true"),
        (SMALL.format(url="http://x.test/x", content="complete"), "{pin: true}"),
        (
            SMALL.format(url="http://x.test/x", content="supplement")
            + "supplements: http://x.test/y\n",
            "true",
        ),
    ],
    ids=["no-url", "no-version", "supplement"],
)
def test_where_there_can_be_none_nothing_is_built(
    project: Project, metadata: str, more: str
) -> None:
    built = project.build(TABLE, f"{metadata}build:\n  valueSet: {more}\n")
    assert "CS317" in {each.rule.number for each in built.diagnostics}
    assert not built.artifacts


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("valueSet: {titel: x}", "CS302 24:14"),
        ("valueSet: {status: bogus}", "CS305 24:22"),
        ("valueSet: {contact: x}", "CS304 24:23"),
        ("valueSet: {contact: [{telecom: [{system: bogus}]}]}", "CS305 24:44"),
        ("valueSet: {compose: {}}", "CS308 24:14"),
        ("valueSet: {expansion: {}}", "CS308 24:14"),
        ("valueSet: {copyrightLabel: x}", "CS302 24:14"),
        ("valueSet: {resourceType: CodeSystem}", "CS304 24:28"),
        ("valueSet: {pin: 3}", "CS304 24:19"),
        ("valueSet: {title: A, title: B}", "CS303 24:24"),
        ("valueSet: yes please", "CS304 24:13"),
        ("valueSet: yes", "CS304 24:13"),
        ("valueSet:", "CS304 24:12"),
        ("valueSet: [a]", "CS304 24:13"),
        ("valueSet: {url: some/where}", "CS402 24:19"),
        ("valueSet: {id: a b}", "CS307 24:18"),
        (f"valueSet: {{id: {'x' * 65}}}", "CS401 24:18"),
        ("valueSet: {name: no name}", "CS404 24:20"),
        ("valueSet: {publisher: ' P'}", "CS406 24:25"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(project: Project, written: str, expected: str) -> None:
    metadata = METADATA + f"build:\n  fhirVersion: R4\n  {written}\n"
    assert [each for each in project.found(TABLE, metadata) if each != "CS311 24:13"] == [expected]


def test_what_is_taken_over_is_told_once(project: Project) -> None:
    metadata = METADATA.replace("ACME", "' ACME'") + ASKED
    assert [each for each in project.found(TABLE, metadata) if "CS406" in each] == ["CS406 11:12"]


def test_two_of_one_id_in_a_run_are_found_at_the_second(project: Project) -> None:
    run = Run()
    outcomes = []
    for name in "ab":
        project.write(f"{name}.txt", TABLE)
        text = SMALL.format(url=f"http://example.org/{name}", content="complete")
        text = text.replace("id: x", f"id: {name}") + "build:\n  valueSet: {id: all}\n"
        outcomes.append(run.build(resolve(project.write(f"{name}.yaml", text))))
    assert [outcome.failed for outcome in outcomes] == [False, True]
    assert "CS502" in {each.rule.number for each in outcomes[1].diagnostics}


def test_the_narrative_is_that_of_its_template(project: Project) -> None:
    metadata = METADATA.replace("title: Fruit", "title: 'Fruit <b> & *'") + (
        "build:\n  valueSet: true\n"
    )
    built = project.build(TABLE, metadata)
    found = value_set(built)
    assert "<h2>Fruit &lt;b&gt; &amp; *</h2>" in found["text"]["div"]
    assert found["description"] == r"All codes of the code system Fruit \<b\> \& \*."
    own = {
        "valueset.xhtml.jinja": '<div xmlns="http://www.w3.org/1999/xhtml">{{ valueset.id }}</div>'
    }
    assert value_set(project.build(TABLE, metadata, own))["text"]["div"].endswith(">fruit</div>")
    broken = {"valueset.xhtml.jinja": '<div xmlns="http://www.w3.org/1999/xhtml"><script/></div>'}
    refused = project.build(TABLE, metadata, broken)
    assert "CS503" in {each.rule.number for each in refused.diagnostics}
    assert not refused.artifacts


def test_our_own_check_takes_it_for_the_set_of_all_codes(project: Project) -> None:
    built = project.build(TABLE, METADATA + ASKED, output=project.folder / "out")
    path = next(each for each in built.files if each.name == "CodeSystem-fruit.json")
    found = check(path, packages=[project.folder / "out"])
    assert {each.rule.number for each in found} <= {"CS435", "CS444"} | {
        each.rule.number for each in check(path)
    }
    (project.folder / "out/ValueSet-fruit.json").write_text(
        WHOLE.replace("CodeSystem/fruit", "CodeSystem/other"), encoding="utf-8"
    )
    assert "CS666" in {each.rule.number for each in check(path, packages=[project.folder / "out"])}


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(title=TEXTS, publisher=TEXTS, version=st.sampled_from(list(FHIRVersion)))
def test_whatever_the_metadata_says_the_model_takes_it(
    project: Project, title: str, publisher: str, version: FHIRVersion
) -> None:
    metadata = SMALL.format(url="http://example.org/CodeSystem/x", content="complete")
    metadata = metadata.replace("title: X", f"title: {orjson.dumps(title).decode()}")
    metadata += f"publisher: {orjson.dumps(publisher).decode()}\nbuild:\n  valueSet: true\n"
    built = project.build(TABLE, metadata, fhir_version=version)
    assert built.ok, built.diagnostics
    found = value_set(built, "x")
    model_of(version, "ValueSet").model_validate(found)
    assert (found["title"], found["publisher"]) == (title, publisher)
