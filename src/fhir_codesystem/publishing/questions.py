"""What is asked of a server that has an artifact, and what it must answer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.difference import walk
from fhir_codesystem.publishing.external import compared
from fhir_codesystem.publishing.values import dicts, parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fhir_codesystem.publishing.artifact import Artifact
    from fhir_codesystem.publishing.capabilities import Capabilities
    from fhir_codesystem.publishing.client import Answer

BEYOND = 100
"""HAPI stores more concepts than this in the background, so one beyond it is asked for."""
SPREAD = 16
"""So many concepts are asked for besides, of a code system that has as many."""
PART = "a server need not answer for a part of a code system"
DEFINED = "http://hl7.org/fhir/concept-properties#"
"""What the URIs of the standard properties begin with."""
UNUSABLE = {
    ("notSelectable", "true"),
    ("inactive", "true"),
    ("status", "inactive"),
    ("status", "retired"),
}
"""Standard properties, with values, of concepts that a server may well call invalid."""
COSTLY = "a server may refuse what costs it too much, until it has expanded it by itself"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what the answer must say; ``unless`` tells why it may be refused."""

    asked: str
    path: str
    query: dict[str, str]
    expected: str
    judge: Callable[[Answer], str]
    unless: str = ""


def questions(
    artifact: Artifact,
    server_id: str,
    capabilities: Capabilities,
    systems: Mapping[str, Artifact] | None = None,
) -> Iterator[Question]:
    """Yield what is to be asked; an operation that the server does not state is not asked for.

    Of a CodeSystem that is: read back and, but for a supplement, $subsumes, $lookup,
    $validate-code. $subsumes comes first, and waits until the concepts are stored: what HAPI
    answers to the others too early it keeps for minutes. Of a ValueSet: read back, $expand,
    $validate-code; ``systems`` are the code systems that are known, by their URLs and by their
    URLs with versions.
    """
    kind = artifact.resource_type
    yield Question(
        f"read {kind}/{server_id}",
        f"{kind}/{server_id}",
        {},
        "no difference",
        lambda answer: _read_back(answer, artifact),
    )
    operations = capabilities.of(kind).operations
    if kind == "ValueSet":
        yield from _of_value_set(artifact, operations, systems or {})
    elif artifact.resource.get("content") != "supplement":  # which is no system of its own
        yield from _of_code_system(artifact, operations)


def _of_code_system(artifact: Artifact, operations: tuple[str, ...]) -> Iterator[Question]:
    chosen, pair = _sample(artifact.resource)
    version = {"version": artifact.version} if artifact.version else {}
    query = {"system": artifact.url, **version}
    if "subsumes" in operations:
        yield from _subsumptions(artifact, chosen, pair, query)
    if "lookup" in operations:
        for concept in (*chosen, *_spread(artifact.resource, chosen)):
            yield _lookup(artifact, concept, query)
    if "validate-code" in operations and chosen:
        yield from _validations("CodeSystem", {"url": artifact.url, **version}, artifact)


def _of_value_set(
    artifact: Artifact, operations: tuple[str, ...], systems: Mapping[str, Artifact]
) -> Iterator[Question]:
    """Ask for the codes of a value set, where it takes whole code systems that are known."""
    stated = artifact.resource.get("compose")
    compose = stated if isinstance(stated, dict) else {}
    includes = dicts(compose, "include")
    known = [system for each in includes if (system := _whole(each, systems))]
    version = {"valueSetVersion": artifact.version} if artifact.version else {}
    query = {"url": artifact.url, **version}
    alone = len(known) == 1 == len(includes) and not dicts(compose, "exclude")
    counted = alone and _is_complete(known[0]) and compose.get("inactive") is not False
    if "expand" in operations and counted:
        total = len({concept["code"] for concept, _, _ in walk(known[0].resource)})
        yield Question(
            "$expand", "ValueSet/$expand", query, f"{total} codes", _count_of_codes, COSTLY
        )
    if "validate-code" in operations and alone:
        yield from _validations("ValueSet", {**query, "system": known[0].url}, known[0])


def _whole(include: Mapping[str, Any], systems: Mapping[str, Artifact]) -> Artifact | None:
    """Find the code system that an include takes whole."""
    if {"concept", "filter", "valueSet"} & include.keys():
        return None
    version = include.get("version")
    return systems.get(f"{include.get('system')}" + (f"|{version}" if version else ""))


def _count_of_codes(answer: Answer) -> str:
    expansion = answer.value.get("expansion") if isinstance(answer.value, dict) else None
    if not isinstance(expansion, dict):
        return "no expansion"
    total = expansion.get("total")
    return f"{_held(expansion) if total is None else total} codes"


def _held(holder: Mapping[str, Any]) -> int:
    """Count the codes of an expansion, which may be nested."""
    return sum(("code" in each) + _held(each) for each in dicts(holder, "contains"))


def _validations(kind: str, query: dict[str, str], system: Artifact) -> Iterator[Question]:
    """Ask whether a code is valid that is, and one that is not.

    What is not in a part of a code system may be valid or not, and is not asked for; so with what
    is abstract or inactive.
    """
    results = dict.fromkeys(islice(_usable(system.resource), 1), "true")
    if _is_complete(system):
        results[_unused(system.resource)] = "false"
    for each, result in results.items():
        yield Question(
            f"$validate-code {each}",
            f"{kind}/$validate-code",
            {**query, "code": each},
            f"result {result}",
            lambda answer: f"result {_lower(parameter(answer.value, 'result'))}",
        )


def _usable(resource: dict[str, Any]) -> Iterator[str]:
    """Yield the codes that may be selected, and are in use, as far as standard properties tell."""
    meanings = {
        str(each.get("code")): str(each.get("uri", "")).removeprefix(DEFINED)
        for each in dicts(resource, "property")
    }
    for concept, _, _ in walk(resource):
        said = {
            (meanings.get(code := str(each.get("code")), "") or code, _lower(_value(each)))
            for each in dicts(concept, "property")
        }
        if not said & UNUSABLE:
            yield str(concept["code"])


def _subsumptions(
    artifact: Artifact,
    chosen: list[dict[str, Any]],
    pair: tuple[str, str] | None,
    query: dict[str, str],
) -> Iterator[Question]:
    """Ask how each concept and itself are related, and whether the parent subsumes the child.

    The first is but a way to ask whether a concept is known: HAPI says not-subsumed there. Servers
    need not do this with a part of a code system, so there only the pair is asked for.
    """
    whole = _is_complete(artifact)
    path = "CodeSystem/$subsumes"
    for code in [each["code"] for each in chosen if whole]:
        yield Question(
            f"$subsumes {code} {code}",
            path,
            {**query, "codeA": code, "codeB": code},
            "any outcome",
            lambda answer: "any outcome" if parameter(answer.value, "outcome") else "none",
        )
    if pair:
        yield Question(
            f"$subsumes {pair[0]} {pair[1]}",
            path,
            {**query, "codeA": pair[0], "codeB": pair[1]},
            "outcome subsumes",
            lambda answer: f"outcome {parameter(answer.value, 'outcome')}",
            "" if whole else PART,
        )


def _lookup(artifact: Artifact, concept: dict[str, Any], query: dict[str, str]) -> Question:
    display = concept.get("display")
    parts = [f"display {display}"] if display else ["found"]
    if artifact.version:
        parts.append(f"version {artifact.version}")

    def judge(answer: Answer) -> str:
        seen = parameter(answer.value, "version")
        told = [f"display {parameter(answer.value, 'display')}"] if display else ["found"]
        if artifact.version:
            told.append(f"version {artifact.version if seen is None else seen}")
        return ", ".join(told)

    return Question(
        f"$lookup {concept['code']}",
        "CodeSystem/$lookup",
        {**query, "code": concept["code"]},
        ", ".join(parts),
        judge,
    )


def _read_back(answer: Answer, artifact: Artifact) -> str:
    stored = answer.value
    if not isinstance(stored, dict):
        return "no JSON"
    found = compared(stored, artifact.resource)
    return f"lacking or different: {found}" if found else "no difference"


def _sample(
    resource: dict[str, Any],
) -> tuple[list[dict[str, Any]], tuple[str, str] | None]:
    """Choose the first, the last, the deepest concept and one beyond the hundredth.

    With them comes a parent and its child, the deepest, where the hierarchy means is-a.
    """
    chosen: dict[str, dict[str, Any]] = {}
    deepest: tuple[int, dict[str, Any], str | None] = (0, {}, None)
    last: dict[str, Any] = {}
    for at, (concept, parent, depth) in enumerate(walk(resource)):
        last = concept
        if at in {0, BEYOND}:
            chosen[concept["code"]] = concept
        if depth > deepest[0]:
            deepest = (depth, concept, parent)
    for concept in (last, deepest[1]):
        if concept:
            chosen.setdefault(concept["code"], concept)
    parent = deepest[2]
    is_a = resource.get("hierarchyMeaning") == "is-a"
    return list(chosen.values()), (parent, deepest[1]["code"]) if parent and is_a else None


def _spread(resource: dict[str, Any], chosen: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield concepts at even distances, as a server may lack some: none of a few."""
    concepts = [concept for concept, _, _ in walk(resource)]
    codes = {each["code"] for each in chosen}
    step = len(concepts) // (SPREAD + 1)
    for concept in concepts[step :: step or 1][:SPREAD] if step else ():
        if concept["code"] not in codes:
            yield concept


def _is_complete(system: Artifact) -> bool:
    return system.resource.get("content") == "complete"


def _unused(resource: dict[str, Any]) -> str:
    """A code that no concept has."""
    codes = {concept["code"].casefold() for concept, _, _ in walk(resource)}
    made_up = "no-such-code"
    while made_up in codes:
        made_up += "-"
    return made_up


def _value(holder: Mapping[str, Any]) -> Any:
    return next((holder[key] for key in holder if key.startswith("value")), None)


def _lower(value: object) -> str:
    return str(value).lower()
