"""Rules of extensions."""

from dataclasses import replace

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

SOURCE = "https://hl7.org/fhir/R4/extensibility.html"
GOOD = Example(
    resource=code_system(
        '"extension": [\n  {"url": "http://acme.test/note", "valueString": "x"}]', CONCEPT
    )
)

BAD_EXTENSION = Rule(
    number="CS656",
    name="bad-extension",
    severity=Severity.ERROR,
    what=(
        "An extension has no url, or one that is not absolute, or is used against its definition: "
        "at another place, with another type of value, as a modifier or as none."
    ),
    why="The definition behind the url alone says what an extension means.",
    fix="State the absolute url of its definition, and use it as that says.",
    breaks=Example(
        resource=code_system(
            '"extension": [\n  {"url": "standards-status", "valueCode": "draft"}]', CONCEPT
        ),
        place=(RESOURCE, 6, 3),
    ),
    holds=GOOD,
    source=f"{SOURCE}#Extension",
    official=(
        "EXTENSION_EXT_URL_NOTFOUND",
        "EXTENSION_EXT_URL_ABSOLUTE",
        "EXTENSION_EXT_MODIFIER_MISMATCHN",
        "EXTENSION_EXT_MODIFIER_MISMATCHY",
        "EXTENSION_EXT_MODIFIER_N",
        "EXTENSION_EXT_MODIFIER_Y",
        "EXTENSION_EXT_TYPE",
        "EXTENSION_EXT_SIMPLE_ABSENT",
        "EXTENSION_EXT_SIMPLE_WRONG",
        "EXTENSION_EXT_SUBEXTENSION_INVALID",
        "EXTENSION_EXTP_CONTEXT_WRONG",
        "EXTENSION_EXTM_CONTEXT_WRONG",
        "EXTENSION_EXT_FIXED_BANNED",
        "EXTENSION_EXT_VERSION_INVALID",
        "EXT_VER_URL_NOT_ALLOWED",
        "EXT_VER_URL_REVERSION",
        "VALIDATION_VAL_PROFILE_MINIMUM_SLICE",
        "_DT_FIXED_WRONG",
    ),
)
EMPTY_EXTENSION = Rule(
    number="CS657",
    name="empty-extension",
    severity=Severity.ERROR,
    what="An extension has neither a value nor extensions of its own, or it has both.",
    why="It says one thing, or is made of parts that do (ext-1).",
    fix="Give it a value, or parts; or take it out.",
    breaks=Example(
        resource=code_system('"extension": [\n  {"url": "http://acme.test/note"}]', CONCEPT),
        place=(RESOURCE, 6, 3),
    ),
    holds=GOOD,
    source=f"{SOURCE}#Extension",
    official=("ext-1",),
)
UNKNOWN_EXTENSION = Rule(
    number="CS658",
    name="unknown-extension",
    severity=Severity.INFORMATION,
    what="The definition of an extension is not at hand.",
    why="Whether it stands and says what it should cannot be checked.",
    fix="Give the package that defines it: --package FILE.tgz.",
    breaks=replace(GOOD, place=(RESOURCE, 6, 3)),
    holds=Example(resource=code_system(CONCEPT)),
    source=SOURCE,
    official=("EXTENSION_EXT_UNKNOWN", "EXTENSION_EXT_UNKNOWN_NOTHERE"),
)

RULES = (BAD_EXTENSION, EMPTY_EXTENSION, UNKNOWN_EXTENSION)
