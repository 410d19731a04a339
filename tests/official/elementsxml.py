"""What can be done to every element of a resource in XML, without knowing what it is."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from lxml import etree

from .bases import bases
from .elements import kind_of
from .fhirxml import FHIR, tree_of, xml_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .case import Case

    Act = Callable[[etree._Element], object]


def cases(version: str) -> Iterator[Case]:
    """Make all cases: each element that a base has and none before it, changed in every way."""
    done: set[str] = set()
    for name, base in bases(version).items():
        root = tree_of(base)
        yield xml_case(f"{name}/unchanged", copy.deepcopy(root))
        for path in _paths(root):
            beside = {etree.QName(each).localname for each in _parent(_at(root, path))}
            kind = kind_of(path.rpartition("[")[0], beside)
            if kind in done:
                continue
            done.add(kind)
            for what, act in ACTS.items():
                if ":" in kind and what not in FEW:
                    continue
                changed = copy.deepcopy(root)
                act(_at(changed, path))
                yield xml_case(f"{name}/{path}/{what}", changed)


def _paths(root: etree._Element, above: str = "") -> Iterator[str]:
    """Walk through all elements below one, in document order: ``concept[0].code[0]``."""
    counts: dict[str, int] = {}
    for each in root:
        name = etree.QName(each).localname
        path = f"{above}{name}[{counts.setdefault(name, 0)}]"
        counts[name] += 1
        yield path
        if etree.QName(each).namespace == FHIR:
            yield from _paths(each, f"{path}.")


def _at(root: etree._Element, path: str) -> etree._Element:
    for step in path.split("."):
        name, number = step.removesuffix("]").split("[")
        root = [each for each in root if etree.QName(each).localname == name][int(number)]
    return root


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent


def _double(element: etree._Element) -> None:
    element.addnext(copy.deepcopy(element))


def _valueless(element: etree._Element) -> None:
    element.attrib.pop("value", None)


def _rename(name: Callable[[str], str]) -> Act:
    def act(element: etree._Element) -> None:
        known = etree.QName(element)
        element.tag = f"{{{known.namespace}}}{name(known.localname)}"

    return act


def _namespace(element: etree._Element) -> None:
    element.tag = f"{{http://example.org}}{etree.QName(element).localname}"


def _text(element: etree._Element) -> None:
    element.text = "some text"


def _comment(element: etree._Element) -> None:
    element.append(etree.Comment(" said "))


FEW = {"removed", "doubled", "last", "no-value", "value", "renamed", "unknown-inside"}
"""What is done to elements deep inside data types."""
ACTS: dict[str, Act] = {
    "removed": lambda element: _parent(element).remove(element),
    "doubled": _double,
    "last": lambda element: _parent(element).append(element),
    "first": lambda element: _parent(element).insert(0, element),
    "no-value": _valueless,
    "empty": lambda element: element.set("value", ""),
    "space": lambda element: element.set("value", " "),
    "value": lambda element: element.set("value", "x"),
    "space-after": lambda element: element.set("value", f"{element.get('value', '')} "),
    "value-case": lambda element: element.set("value", element.get("value", "x").swapcase()),
    "attribute": lambda element: element.set("other", "x"),
    "id": lambda element: element.set("id", "i"),
    "renamed": _rename(lambda name: f"{name}x"),
    "name-case": _rename(lambda name: name[0].swapcase() + name[1:]),
    "namespace": _namespace,
    "text": _text,
    "comment": _comment,
    "unknown-inside": lambda element: etree.SubElement(element, f"{{{FHIR}}}unknownThing"),
    "emptied": lambda element: element.clear(),
}
