"""Rules of packages: what is said of them, and what does not go into one."""

from fhir_codesystem.diagnostics import Severity
from fhir_codesystem.rules.metadata import GOOD
from fhir_codesystem.rules.rule import METADATA, Example, Rule

PACKAGES = "https://hl7.org/fhir/R5/packages.html"

BAD_PACKAGE_SETTING = Rule(
    number="CS320",
    name="bad-package-setting",
    severity=Severity.ERROR,
    what="What build: package: states is no name, version or URL that a FHIR package can have.",
    why="Servers and registries know packages by them, and refuse others.",
    fix=(
        "A name has two or more parts with dots between, each a small letter and then small "
        "letters, digits and dashes; a version three numbers, and -LABEL."
    ),
    breaks=Example(metadata=GOOD + "build:\n  package: {name: Fruit}\n", place=(METADATA, 5, 19)),
    holds=Example(metadata=GOOD + "build:\n  package: {name: org.example.fruit}\n"),
    source=PACKAGES,
)
PACKAGE_INCOMPLETE = Rule(
    number="CS504",
    name="package-incomplete",
    severity=Severity.ERROR,
    what="Nothing says the name, the version, the canonical URL or the author of a package.",
    why="A package must have them, and they could not be derived from the code systems in it.",
    fix="State them below build: package:, or give --name and --version.",
    breaks=Example(),
    holds=Example(),
    source=PACKAGES,
)
PACKAGE_MIXTURE = Rule(
    number="CS505",
    name="package-mixture",
    severity=Severity.ERROR,
    what="Sources of one package are of several FHIR versions, or say different things of it.",
    why="A package is of one FHIR version, and has one name, one version and one author.",
    fix="Give one --fhir-version for all; state what is said of the package once.",
    breaks=Example(),
    holds=Example(),
    source=PACKAGES,
)

RULES = (BAD_PACKAGE_SETTING, PACKAGE_INCOMPLETE, PACKAGE_MIXTURE)
