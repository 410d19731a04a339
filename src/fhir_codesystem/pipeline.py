"""The order of the stages: from a source to its artifacts. Only this module knows it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from fhir_codesystem.artifacts.emit import emit, names
from fhir_codesystem.artifacts.templates import Templates
from fhir_codesystem.artifacts.writer import Folder, Memory
from fhir_codesystem.beside import beside
from fhir_codesystem.codesystem.places import ConceptElements, ConceptRows
from fhir_codesystem.codesystem.resource import VALUE_SET, CodeSystem, Origin, assemble, file_of
from fhir_codesystem.codesystem.valueset import with_value_set
from fhir_codesystem.codesystem.versions import FHIRVersion, model_of
from fhir_codesystem.concepts.columns import assign, rows
from fhir_codesystem.concepts.duplicates import merge
from fhir_codesystem.concepts.further import further
from fhir_codesystem.concepts.indentation import indentation
from fhir_codesystem.concepts.repeats import Merge
from fhir_codesystem.concepts.structure import structure
from fhir_codesystem.diagnostics import MOST, Diagnostic, Location, Severity, has_errors, in_order
from fhir_codesystem.instance.checking import findings as findings_of_resource
from fhir_codesystem.instance.checking import is_resource, refused
from fhir_codesystem.instance.packages import read as read_packages
from fhir_codesystem.metadata.document import parse
from fhir_codesystem.metadata.elements import missing_elements, read_elements, read_value_set
from fhir_codesystem.metadata.suppressions import suppress
from fhir_codesystem.reference.reading import read_reference
from fhir_codesystem.repairs.proposals import findings
from fhir_codesystem.rules.exchange import TOO_LARGE
from fhir_codesystem.rules.glance import of_resource
from fhir_codesystem.rules.metadata import STATED_BY_SOURCE
from fhir_codesystem.rules.reading import LONG_ROW, SHORT_ROW, UNUSED_COLUMN
from fhir_codesystem.rules.registry import check, check_rules, that_may_tell
from fhir_codesystem.rules.structured import JSON_SYNTAX
from fhir_codesystem.rules.templates import SAME_ARTIFACT
from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.table import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from fhir_codesystem.artifacts.writer import Sink
    from fhir_codesystem.concepts.columns import Columns
    from fhir_codesystem.concepts.table import ConceptTable
    from fhir_codesystem.diagnostics import Suppressed
    from fhir_codesystem.instance.packages import Brought
    from fhir_codesystem.metadata.settings import Build
    from fhir_codesystem.metadata.suppressions import AtCode
    from fhir_codesystem.sources import Input
    from fhir_codesystem.tables.source import Source
    from fhir_codesystem.tables.table import Table


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller asks for: it goes before what the metadata says (but for the URL).

    ``most`` is how many findings of a rule are told of a source; None: all that were made.
    ``official`` asks a check for what the official HL7 validator says alone, and for errors.
    """

    fhir_version: FHIRVersion | None = None
    canonical: str | None = None
    templates: Path | None = None
    strict: bool = False
    most: int | None = MOST
    packages: tuple[Path, ...] = ()
    publication: bool = False
    official: bool = False


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
        return self.rows - self.concepts if self.codesystem and not self.judged else 0


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
        self.templates = Templates(self.options.templates)

    def build(self, source: Input) -> Outcome:
        """Build one source: nothing is written if there is an error.

        Raises EnvironmentProblem where the file system refuses.
        """
        codesystem, rows_read, found = prepare(source, self.options)
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
            told = (each for each in outcome.diagnostics if is_official(each))
            outcome = replace(outcome, diagnostics=tuple(told))
        return outcome

    def _judged(self, source: Input, data: Source) -> Outcome:
        options = self.options
        version = options.fhir_version or source.build.version or FHIRVersion.R4
        packages, publication = self._packages, options.publication
        found = findings_of_resource(data, version, packages=packages, publication=publication)
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
        return read_packages(self.options.packages)

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


def is_official(finding: Diagnostic) -> bool:
    """Whether a finding is told where the official verdict alone is asked for: errors are too."""
    return finding.official or finding.severity is Severity.ERROR


def prepare(
    source: Input, options: Options, *, repairs: bool = True
) -> tuple[CodeSystem | None, int, list[Diagnostic]]:
    """Read and merge one source; returns the code system, the rows read, the findings.

    There is no code system where the table cannot be read at all. Without ``repairs`` what could
    be repaired is not looked for: of a resource it is not told.
    """
    document = source.document
    version = options.fhir_version or source.build.version or FHIRVersion.R4
    found: list[Diagnostic] = []
    reading, (stated, of_value_set) = beside(
        partial(_read, source), partial(_stated, source, version), source.size()
    )
    table = reading.table
    found += reading.diagnostics
    silent = not stated
    if table is not None:
        stated = _with_stated(stated, table, version, found)
    if not silent and document is not None:
        found += missing_elements(stated, version, document)
    made = _concepts(table, source.build, stated, found, repairs=repairs)
    columns, concepts, rows_read = made.columns, made.concepts, made.rows
    if document is not None and of_value_set:
        whole = {"status": "draft"} | of_value_set
        found += missing_elements(whole, version, document, "ValueSet", VALUE_SET)
    if columns is None:  # without a code column the shape of rows says nothing
        found = [each for each in found if each.rule not in (LONG_ROW, SHORT_ROW, UNUSED_COLUMN)]
    if document is not None:
        found += document.found
    usable = (
        concepts is not None
        and len(concepts) > 0
        and (silent or {"status", "content"} <= stated.keys())
    )
    if concepts is None or (has_errors(found) and not usable):
        return None, rows_read, found
    origin = Origin(
        path=document.path if document is not None and document.root is not None else source.path,
        places=document.places if document is not None else {},
        table=table,
        columns=columns,
        hierarchy=made.hierarchy,
        reference=read_reference(source, lambda each: prepare(each, Options()), found),
    )
    codesystem, derived = assemble(
        stated,
        made.declared,
        concepts,
        version,
        origin,
        canonical=options.canonical,
        narrative=source.build.narrative,
        silent=silent,
    )
    found += derived
    if source.build.value_set is not None:
        codesystem, told = with_value_set(codesystem, of_value_set, pin=source.build.pin)
        found += told
    return codesystem, rows_read, found


def _beyond(source: Input, data: Source, options: Options) -> list[Diagnostic]:
    """Return what our own rules find in a resource; mostly they need no close look at it."""
    rules = that_may_tell(of_resource(data.data) if source.document is None else None)
    if not rules:
        return []
    codesystem, _, _ = prepare(replace(source, table=data), options, repairs=False)
    return list(check_rules(codesystem, rules)) if codesystem is not None else []


def _stated(source: Input, version: FHIRVersion) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the elements that the metadata states: of the code system, of its value set."""
    model_of(version)
    document, node = source.document, source.build.value_set
    if document is None:
        return {}, {}
    elements = read_elements(document, version)
    return elements, read_value_set(document, node, version) if node is not None else {}


def _read(source: Input) -> Reading:
    if (too_large := refused(source)) is not None:
        return Reading(None, (too_large,))
    data = source.source()
    return read(data) if data is not None else Reading(None, ())


def _with_stated(
    stated: dict[str, Any], table: Table, version: FHIRVersion, found: list[Diagnostic]
) -> dict[str, Any]:
    """Add what the source itself says of the code system, where the metadata is silent."""
    place = Location(table.path)
    try:
        said = parse(table.path, orjson.dumps(dict(table.stated)))
    except orjson.JSONEncodeError:
        message = "what the table states of the code system is nested too deeply to be read"
        found.append(JSON_SYNTAX.at(place, message, official=False))
        return stated
    elements = read_elements(said, version)
    found += [replace(each, location=place, related=()) for each in said.found]
    new = {name: value for name, value in elements.items() if name not in stated}
    if "property" in stated and "property" in elements:
        known = {each.get("code") for each in stated["property"]}
        beside = [each for each in elements["property"] if each.get("code") not in known]
        stated = stated | {"property": [*stated["property"], *beside]}
    if new:
        names = ", ".join(new)
        found.append(STATED_BY_SOURCE.at(place, f"the table itself states {names}"))
    return stated | new


class _Made(NamedTuple):
    """What a table came to: concepts, rows read, properties to declare, where the hierarchy is."""

    columns: Columns | None = None
    concepts: ConceptTable | None = None
    rows: int = 0
    declared: Sequence[dict[str, Any]] = ()
    hierarchy: str = "none"


def _concepts(
    table: Table | None,
    build: Build,
    stated: dict[str, Any],
    found: list[Diagnostic],
    *,
    repairs: bool,
) -> _Made:
    """Make one concept of all rows of the same code."""
    if table is None:
        return _Made()
    declared = stated.get("property", [])
    columns, assigned = assign(table, build.columns, declared)
    found += assigned
    if columns is None:
        return _Made()
    indented = indentation(table, columns, build.hierarchy)
    frame, repaired = rows(table, columns, indented)
    found += repaired
    if repairs:
        found += findings(table, columns, found)
    tree = structure(table, columns, frame, indented, by=build.hierarchy, nested=build.nested)
    found += tree.found
    how = Merge(
        table=table,
        columns=columns,
        policy=build.policy,
        case_sensitive=stated.get("caseSensitive") is not False,
        nested=build.nested,
    )
    merged = merge(tree.rows, how, tree.parents)
    found += merged.found
    whole = further(table, columns, merged, declared)
    found += whole.found
    return _Made(whole.columns, whole.concepts, frame.height, whole.declared, tree.by)
