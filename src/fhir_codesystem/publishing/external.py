"""A code system whose concepts a server keeps apart from its resource.

HAPI FHIR takes concepts by its operation ``$upload-external-code-system``; the resource then says
``content: not-present``, and cannot tell which concepts are there. So a tag tells it: the hash of
the concepts. A tag is of this copy, and changes nothing in the meaning of the resource
(https://hl7.org/fhir/R4/resource.html#tag).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from fhir_codesystem.publishing.difference import Difference, concepts_of, difference, plain, walk
from fhir_codesystem.publishing.values import dicts

if TYPE_CHECKING:
    from collections.abc import Mapping

TAG = "https://pypi.org/project/fhir-codesystem/concepts-sha256"
"""The system of the tag whose code is the hash of the concepts."""


def is_external(resource: Mapping[str, Any]) -> bool:
    """Whether the concepts of a stored CodeSystem are elsewhere, if there are any."""
    return resource.get("content") == "not-present"


def external(resource: Mapping[str, Any], *, tagged: bool) -> dict[str, Any]:
    """Return a CodeSystem without its concepts, with the tag that tells of them or without."""
    found: dict[str, Any] = {
        key: value for key, value in resource.items() if key not in {"concept", "text"}
    }
    found["content"] = "not-present"
    if tagged:
        meta = dict(found.get("meta") or {})
        meta["tag"] = [*dicts(meta, "tag"), {"system": TAG, "code": fingerprint(resource)}]
        found["meta"] = meta
    return found


def fingerprint(resource: Mapping[str, Any]) -> str:
    """Return the hash of the concepts of a CodeSystem: what each says, and where it stands."""
    concepts = {
        code: [concept.parent, plain(concept.said)]
        for code, concept in concepts_of(resource).items()
    }
    return hashlib.sha256(orjson.dumps(concepts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def fingerprints(stored: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the hashes that the tags of a stored CodeSystem hold."""
    tags = dicts(stored.get("meta"), "tag")
    return tuple(str(each.get("code")) for each in tags if each.get("system") == TAG)


def left_out(resource: Mapping[str, Any]) -> str:
    """Say what of the concepts is not with them where they are kept apart; empty where all is."""
    definitions = designations = 0
    for concept, _, _ in walk(resource):
        definitions += "definition" in concept
        designations += len(dicts(concept, "designation"))
    counts = {"definitions": definitions, "designations": designations}
    return " and ".join(f"{n:,} {name}" for name, n in counts.items() if n)


def compared(stored: Mapping[str, Any], resource: Mapping[str, Any]) -> Difference:
    """Compare what is stored with what is published, also where the concepts are kept apart.

    There it can be said that they are others, and not in what.
    """
    if not is_external(stored) or is_external(resource):
        return difference(stored, resource)
    found = difference(stored, external(resource, tagged=False))
    if fingerprints(stored) == (fingerprint(resource),):
        return found
    return replace(found, elements=(*found.elements, "concept"))
