"""Rules of the value set of all codes; that the code system must be complete is CS428."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

VALUE_SET = '"valueSet": "http://acme.test/x-all"'


def _package(system: str) -> dict[str, str]:
    return {
        "ValueSet-x-all.json": (
            '{"resourceType": "ValueSet",\n "url": "http://acme.test/x-all",\n'
            f' "status": "draft",\n "compose": {{"include": [{{"system": "{system}"}}]}}}}\n'
        )
    }


WRONG_VALUE_SET = Rule(
    number="CS666",
    name="wrong-value-set",
    severity=Severity.ERROR,
    what="The value set of all codes is of another code system, or does not take all its codes.",
    why="Whoever uses it takes it for the whole code system.",
    fix="Give the value set one include, of the URL of the code system and nothing else.",
    breaks=Example(
        resource=code_system(VALUE_SET, CONCEPT),
        package=_package("http://example.org/y"),
        place=(RESOURCE, 5, 14),
    ),
    holds=Example(
        resource=code_system(VALUE_SET, CONCEPT), package=_package("http://example.org/x")
    ),
    source="https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet",
    official=(
        "CODESYSTEM_CS_VS_INVALID",
        "CODESYSTEM_CS_VS_WRONGSYSTEM",
        "CODESYSTEM_CS_VS_INCLUDEDETAILS",
        "CODESYSTEM_CS_VS_EXP_MISMATCH",
    ),
)

RULES = (WRONG_VALUE_SET,)
