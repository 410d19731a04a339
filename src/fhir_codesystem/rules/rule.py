"""What a rule is: declared once, with all that its page, its findings and its tests need."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import MOST, Diagnostic, Location, Related, Severity
from fhir_codesystem.rules.sample import Workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.rules.glance import Glance

TABLE = "table.txt"
METADATA = "table.yaml"
RESOURCE = "resource.json"
XML_RESOURCE = "resource.xml"


@dataclass(frozen=True, slots=True)
class Example:
    """An input that breaks a rule, or holds it: a table, its metadata, or both.

    With ``resource`` it is a resource that is checked as it is, as JSON (or XML, which begins
    with <), and there is no table; ``package`` are the files of a folder that is at hand then, by
    name, and with ``publication`` it is checked as one that is to be published.

    ``place`` is the file, line and column at which the finding must stand (of an example that
    breaks the rule); the tests build or check every example.
    """

    table: str | bytes | Workbook = "Code | Display | Definition\na | A | The first letter.\n"
    metadata: str | None = None
    place: tuple[str, int | None, int | None] = (TABLE, None, None)
    version: str = "R4"
    templates: dict[str, str] = field(default_factory=dict)
    resource: str | None = None
    package: dict[str, str] = field(default_factory=dict)
    publication: bool = False

    @property
    def content(self) -> str | bytes:
        """The table as it stands in its file."""
        return self.table.data if isinstance(self.table, Workbook) else self.table


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its number and name never change meaning once released.

    ``official`` names the message keys or invariants of the HL7 validator for the same defect.
    Where the validator has one key for what are several defects here, a word after a dot says of
    which element or kind: ``VALIDATION_VAL_PROFILE_MINIMUM.profile``. No key stands in two rules.
    ``check`` looks at a finished resource, rules of the stages before it have none: the stage
    itself reports them. ``may`` says in little time whether ``check`` could tell anything of a
    small code system, as it is seen at a glance; it is never wrong when it denies that.
    """

    number: str
    name: str
    severity: Severity
    what: str
    why: str
    fix: str
    breaks: Example
    holds: Example
    source: str
    official: tuple[str, ...] = ()
    check: Callable[[CodeSystem], Iterable[Diagnostic]] | None = None
    may: Callable[[Glance], bool] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of ``official`` as the HL7 validator has them, without what follows a dot."""
        return tuple(key.partition(".")[0] for key in self.official)

    def may_tell(self, glance: Glance | None) -> bool:
        """Whether the check must be made, as far as can be seen at a glance."""
        return self.check is not None and (glance is None or self.may is None or self.may(glance))

    def at(
        self,
        location: Location,
        message: str,
        *,
        severity: Severity | None = None,
        hint: str | None = None,
        related: tuple[Related, ...] = (),
        expression: str | None = None,
        official: bool | None = None,
    ) -> Diagnostic:
        """Make a finding of this rule."""
        return Diagnostic(
            rule=self,
            severity=severity or self.severity,
            location=location,
            message=message,
            hint=hint,
            related=related,
            expression=expression,
            official=bool(self.official) if official is None else official,
        )


def first_few(found: Sequence[Diagnostic], total: int) -> list[Diagnostic]:
    """Return at most `MOST` of the findings, the last of them counting those left out."""
    kept = list(found[:MOST])
    if kept and total > len(kept):
        kept[-1] = replace(kept[-1], more=total - len(kept))
    return kept
