"""The order of the stages: from a source to its artifacts, or to what is found in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from fhir_codesystem.artifacts.emit import emit, names
from fhir_codesystem.artifacts.templates import Templates
from fhir_codesystem.artifacts.writer import Folder, Memory
from fhir_codesystem.beside import beside
from fhir_codesystem.codesystem.places import ConceptElements, ConceptRows
from fhir_codesystem.codesystem.resource import CodeSystem, file_of
from fhir_codesystem.codesystem.versions import FHIRVersion
from fhir_codesystem.diagnostics import MOST, Diagnostic, Location, Severity, has_errors, in_order
from fhir_codesystem.instance.recognition import is_resource, refused
from fhir_codesystem.metadata.suppressions import suppress
from fhir_codesystem.preparation import prepare
from fhir_codesystem.rules.exchange import TOO_LARGE
from fhir_codesystem.rules.glance import of_resource
from fhir_codesystem.rules.registry import check, check_rules, that_may_tell
from fhir_codesystem.rules.templates import SAME_ARTIFACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from fhir_codesystem.artifacts.writer import Sink
    from fhir_codesystem.diagnostics import Suppressed
    from fhir_codesystem.instance.packages import Brought
    from fhir_codesystem.metadata.suppressions import AtCode
    from fhir_codesystem.sources import Input
    from fhir_codesystem.tables.source import Source


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller asks for: it goes before what the metadata says (but for the URL).

    ``most`` is how many findings of a rule are told of a source; None: all that were made.
    ``official`` asks a check for what the official HL7 validator says alone, and for errors.
    ``kept`` allows to keep our templates on the disk as they were compiled, as modules are.
    """

    fhir_version: FHIRVersion | None = None
    canonical: str | None = None
    templates: Path | None = None
    strict: bool = False
    most: int | None = MOST
    packages: tuple[Path, ...] = ()
    publication: bool = False
    official: bool = False
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source: findings, and where none forbids it, the artifacts.

    ``suppressed`` are findings that the metadata says not to tell. ``judged`` says that the source
    was a resource, of which nothing is made.
    """

    path: str
    diagnostics: tuple[Diagnostic, ...]
    rows: int = 0
    codesystem: CodeSystem | None = None
    artifacts: dict[str, bytes] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    judged: bool = False

    @property
    def failed(self) -> bool:
        """Whether nothing was made of a source, or a resource that was judged has errors."""
        return has_errors(self.diagnostics) if self.judged else self.codesystem is None

    @property
    def concepts(self) -> int:
        """How many concepts there are."""
        return len(self.codesystem.concepts) if self.codesystem else 0

    @property
    def merged(self) -> int:
        """How many rows were merged into others."""
        return self.rows - self.concepts if self.codesystem else 0


@dataclass
class Run:
    """Builds sources one after the other; knows which artifacts there are already.

    ``tell`` hears now and then what share of a source is done, 0 to 1.
    """

    options: Options = Options()
    output: Path | None = None
    tell: Callable[[float], None] = lambda _: None
    written: dict[str, str] = field(default_factory=dict)
    templates: Templates = field(init=False)

    def __post_init__(self) -> None:
        self.templates = Templates(self.options.templates, kept=self.options.kept)

    def build(self, source: Input) -> Outcome:
        """Build one source: nothing is written if there is an error.

        Raises EnvironmentProblem where the file system refuses.
        """
        version, canonical = self.options.fhir_version, self.options.canonical
        codesystem, rows_read, found = prepare(source, version, canonical)
        if codesystem is not None:
            found += self._taken(codesystem, source)
        at_code = ConceptRows(codesystem).holds
        if codesystem is None:
            return self._outcome(source, found, at_code, rows_read)
        if has_errors(found):
            found += check(codesystem)
            return self._outcome(source, found, at_code, rows_read)
        with Memory() if self.output is None else Folder(self.output) as sink:
            found += self._emitted(codesystem, sink, source.size())
            outcome = self._outcome(source, found, at_code, rows_read, complete=True)
            if has_errors(outcome.diagnostics, strict=self.options.strict):
                return outcome
            sink.commit()
        self.written |= dict.fromkeys(names(codesystem), source.path)
        return replace(
            outcome,
            codesystem=codesystem,
            artifacts=sink.artifacts,
            files=tuple(sink.files),
        )

    def check(self, source: Input) -> Outcome:
        """Return what is found in a source; nothing is made of it.

        A resource is judged as it is; of anything else, what a build finds is found.
        """
        data = None if refused(source) else source.source()
        if data is None or not is_resource(data):
            outcome = self.build(source if data is None else replace(source, table=data))
        else:
            outcome = self._judged(source, data)
        if self.options.official:
            told = (each for each in outcome.diagnostics if _is_official(each))
            outcome = replace(outcome, diagnostics=tuple(told))
        return outcome

    def _judged(self, source: Input, data: Source) -> Outcome:
        from fhir_codesystem.instance.checking import findings  # noqa: PLC0415 - no build needs it

        options = self.options
        version = options.fhir_version or source.build.version or FHIRVersion.R4
        packages, publication = self._packages, options.publication
        found = findings(data, version, packages=packages, publication=publication)
        if not options.official and all(each.rule is not TOO_LARGE for each in found):
            found += _beyond(source, data, options)
        if source.document is not None:
            found += source.document.found
        at_code = ConceptElements(data.data).holds
        return replace(self._outcome(source, found, at_code, complete=True), judged=True)

    def _taken(self, codesystem: CodeSystem, source: Input) -> Iterator[Diagnostic]:
        """Tell that an artifact would have the name of another one built in this run."""
        for each in codesystem.resources:
            if other := self.written.get(file_of(each)):
                message = f"the id {each.id} is that of {other} too, built in this run"
                hint = SAME_ARTIFACT.fix
                yield SAME_ARTIFACT.at(Location(source.path), message, hint=hint)

    @cached_property
    def _packages(self) -> Brought:
        from fhir_codesystem.instance.packages import read  # noqa: PLC0415 - no build needs it

        return read(self.options.packages)

    def _emitted(self, codesystem: CodeSystem, sink: Sink, size: int) -> list[Diagnostic]:
        """Check the resource while its artifacts are made; they are kept if nothing forbids it."""
        found, emitted = beside(
            lambda: list(check(codesystem)),
            lambda: emit(codesystem, self.templates, sink, self.tell),
            size,
        )
        found += emitted.diagnostics
        if emitted.refused is not None and not has_errors(found):
            raise RuntimeError(f"no rule told what the model refuses: {emitted.refused}")
        return found

    def _outcome(
        self,
        source: Input,
        found: Sequence[Diagnostic],
        at_code: AtCode,
        rows: int = 0,
        *,
        complete: bool = False,
    ) -> Outcome:
        """Say what is found in a source of which nothing is made (yet)."""
        entries, most = source.build.suppressions, self.options.most
        told, suppressed = suppress(found, entries, at_code, complete=complete, most=most)
        return Outcome(source.path, in_order(told, most), rows, suppressed=suppressed)


def _is_official(finding: Diagnostic) -> bool:
    """Whether a finding is told where the official verdict alone is asked for: errors are too."""
    return finding.official or finding.severity is Severity.ERROR


def _beyond(source: Input, data: Source, options: Options) -> list[Diagnostic]:
    """Return what our own rules find in a resource; mostly they need no close look at it."""
    rules = that_may_tell(of_resource(data.data) if source.document is None else None)
    if not rules:
        return []
    judged = replace(source, table=data)
    codesystem, _, _ = prepare(judged, options.fhir_version, options.canonical, repairs=False)
    return list(check_rules(codesystem, rules)) if codesystem is not None else []
