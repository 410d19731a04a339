"""Rules of concepts and code systems that are out of use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from fhir_codesystem.concepts.hierarchy import parents
from fhir_codesystem.diagnostics import Severity, quoted
from fhir_codesystem.rules.glance import uris_of
from fhir_codesystem.rules.properties import NAMESPACE
from fhir_codesystem.rules.rule import METADATA, TABLE, Example, Rule
from fhir_codesystem.rules.telling import one_by_one, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.diagnostics import Diagnostic
    from fhir_codesystem.rules.glance import Glance

PROPERTIES = "https://hl7.org/fhir/R5/codesystem-concept-properties.html"
DATES = ("deprecated", "deprecationDate", "retirementDate")
OUT = ("retired", "deprecated", "inactive", "withdrawn", "obsolete")
GOOD = "id: x\nurl: http://example.org/x\nstatus: active\ncaseSensitive: true\ncontent: complete\n"
LEVELS = "Lvl | Code | Display | status\n"
SAYS_SO = re.compile(
    r"\bdo not use\b|^\W*(?:deprecated|obsolete|retired|withdrawn)\b\s*[:\])*-]|"
    r"[(\[*]\s*(?:deprecated|obsolete|retired|withdrawn)\b[^)\]]*[)\]*]|-\s*deprecated\W*$",
    re.IGNORECASE,
)
"""A title that says of what it names that it is out of use."""

NAMED_SO = re.compile(
    r"^(?:Deprecated|DEPRECATED|Obsolete|DoNotUse)(?![a-z])|(?:Deprecated|DEPRECATED|DoNotUse)$"
)
SAY_SO = {"title": SAYS_SO, "name": NAMED_SO}


def out_of_use(codesystem: CodeSystem) -> pl.Series:
    """Return the concepts that a property says are out of use (rows of the frame, ascending).

    That is a status of retired, deprecated or the like, inactive, or a date of deprecation or
    retirement; by the standard properties, or by properties of their names without a URI.
    """
    properties = codesystem.concepts.properties
    if properties.is_empty():
        return properties["concept"]
    code = pl.col("code").replace(_standard(uris_of(codesystem.elements)))
    value = pl.col("value").str.to_lowercase()
    is_date = pl.col("type") == "dateTime"
    found = properties.filter(
        ((code == "status") & value.is_in(OUT))
        | (code.is_in(["inactive", *DATES]) & (value == "true"))
        | (code.is_in(DATES) & is_date)
    )
    return found["concept"].unique().sort()


def _standard(uris: Mapping[str, str]) -> dict[str, str]:
    """Return the names of standard properties by the codes under which they are declared."""
    stated = {code: uri.removeprefix(NAMESPACE) for code, uri in uris.items()}
    return {code: name for code, name in stated.items() if name != uris[code]}


def _parents(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    out = out_of_use(codesystem)
    if not len(out):
        return
    concepts = codesystem.concepts
    frame = concepts.frame
    rows = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    links = pl.DataFrame({"row": rows, "parent": parents(frame["depth"]).cast(pl.UInt32)})
    further = concepts.parents.select(row="concept", code="value").join(
        frame.select("code").with_row_index("parent"), on="code"
    )
    links = pl.concat([links, further.select("row", "parent")])
    bad = links.filter(pl.col("parent").is_in(out.implode()) & ~pl.col("row").is_in(out.implode()))
    below = bad.group_by("parent").agg(pl.len(), pl.col("row").min()).sort("parent")
    first = {parent: (count, row) for parent, count, row in below.rows()}

    def message(row: int) -> str:
        count, child = first[row]
        more = f" and {count - 1:,} more" if count > 1 else ""
        active = f"{told(codesystem, child)}{more}"
        return (
            f"{quoted(frame['code'][row])} is out of use, and concepts below it are not: {active}"
        )

    yield from one_by_one(codesystem, RETIRED_PARENT, below["parent"], "code", message)


def _may_be_out_of_use(glance: Glance) -> bool:
    standard = _standard(glance.uris)
    return any(
        (code == "status" and value.lower() in OUT)
        or (code in ("inactive", *DATES) and value.lower() == "true")
        or (code in DATES and kind.lower() == "datetime")
        for code, kind, value in (
            (standard.get(code, code), kind, value) for code, kind, value in glance.values
        )
    )


def _names(codesystem: CodeSystem) -> Iterator[Diagnostic]:
    elements = codesystem.elements
    if elements.get("status") != "active":
        return
    for element, says_so in SAY_SO.items():
        if says_so.search(elements.get(element, "")):
            message = f"the status is active, and the {element} is {quoted(elements[element])}"
            expression = f"CodeSystem.{element}"
            yield ACTIVE_BY_STATUS.at(codesystem.place(element), message, expression=expression)
            return


def _may_be_named_so(glance: Glance) -> bool:
    elements = glance.elements
    return elements.get("status") == "active" and any(
        not isinstance(name := elements.get(element), str) or says_so.search(name)
        for element, says_so in SAY_SO.items()
    )


RETIRED_PARENT = Rule(
    number="CS731",
    name="retired-parent",
    severity=Severity.INFORMATION,
    what="A concept is retired, deprecated or inactive, and concepts below it are in use.",
    why="Whoever finds concepts through the hierarchy does not come to them any more.",
    fix="Put the concepts below another parent, or say of them too that they are out of use.",
    breaks=Example(table=LEVELS + "1 | a | A | retired\n2 | b | B | active\n", place=(TABLE, 2, 5)),
    holds=Example(table=LEVELS + "1 | a | A | active\n2 | b | B | retired\n"),
    source=PROPERTIES,
    check=_parents,
    may=_may_be_out_of_use,
)
ACTIVE_BY_STATUS = Rule(
    number="CS732",
    name="deprecated-by-name",
    severity=Severity.WARNING,
    what="The name or the title says that the code system is deprecated, and its status is active.",
    why="Programs go by the status: to them the code system is in use.",
    fix="State status: retired, or change the title.",
    breaks=Example(metadata=GOOD + "title: Colours (deprecated)\n", place=(METADATA, 6, 8)),
    holds=Example(metadata=GOOD + "title: Reasons why something is deprecated or retired\n"),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.status",
    check=_names,
    may=_may_be_named_so,
)

RULES = (RETIRED_PARENT, ACTIVE_BY_STATUS)
