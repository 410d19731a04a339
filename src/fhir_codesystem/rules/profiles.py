"""Rules of profiles that a resource claims to hold."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.resources import CONCEPT, code_system
from fhir_codesystem.rules.rule import RESOURCE, Example, Rule

STATED = (
    '"meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/shareablecodesystem"]}',
    '"version": "1.0.0"',
    '"name": "Letters"',
    '"experimental": false',
    '"description": "Letters."',
    CONCEPT,
)

PROFILE_NOT_HELD = Rule(
    number="CS691",
    name="profile-not-held",
    severity=Severity.ERROR,
    what=(
        "The resource claims a profile (shareable or publishable, of FHIR or CRMI) and lacks what "
        "that requires, or has more than it allows."
    ),
    why="Whoever reads meta.profile relies on it.",
    fix="State what the message names, or take the profile out of meta.",
    breaks=Example(resource=code_system(*STATED), place=(RESOURCE, 1, 1)),
    holds=Example(resource=code_system(*STATED, '"publisher": "ACME"')),
    source="https://hl7.org/fhir/R4/shareablecodesystem.html",
    official=(
        "VALIDATION_VAL_PROFILE_MINIMUM.profile",
        "VALIDATION_VAL_PROFILE_MAXIMUM.profile",
        "scs-1",
        "scs-2",
    ),
)

RULES = (PROFILE_NOT_HELD,)
