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
        "VALIDATION_VAL_PROFILE_NOTALLOWED",
        "scs-1",
        "scs-2",
    ),
)

UNKNOWN_PROFILE = Rule(
    number="CS692",
    name="unknown-profile",
    severity=Severity.WARNING,
    what="The resource claims a profile that is not at hand, or of another FHIR version.",
    why="Whether it holds the profile cannot be checked.",
    fix="Correct the URL, or give the package that defines it: --package FILE.tgz.",
    breaks=Example(
        resource=code_system('"meta": {"profile": [\n  "http://acme.test/profile"]}', CONCEPT),
        place=(RESOURCE, 6, 3),
    ),
    holds=Example(resource=code_system(CONCEPT)),
    source="https://hl7.org/fhir/R4/resource.html#Meta",
    official=(
        "VALIDATION_VAL_PROFILE_UNKNOWN",
        "VALIDATION_VAL_PROFILE_UNKNOWN_ERROR",
        "VALIDATION_VAL_PROFILE_UNKNOWN_ERROR_NETWORK",
        "VALIDATION_VAL_PROFILE_UNKNOWN_NOT_POLICY",
        "VALIDATION_VAL_PROFILE_OTHER_VERSION",
        "VALIDATION_VAL_PROFILE_THIS_VERSION_OTHER",
    ),
)

RULES = (PROFILE_NOT_HELD, UNKNOWN_PROFILE)
