"""The public functions `build`, `package`, `check` and `fix`, and what `build` returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import yaml

from fhir_codesystem.codesystem.versions import FHIRVersion, model_of
from fhir_codesystem.concepts.settings import settings_of
from fhir_codesystem.convert.forms import in_form
from fhir_codesystem.diagnostics import MOST, Severity
from fhir_codesystem.errors import BuildFailed
from fhir_codesystem.metadata.document import Document, parse
from fhir_codesystem.metadata.draft import draft
from fhir_codesystem.npm.packing import pack
from fhir_codesystem.pipeline import Options, Run
from fhir_codesystem.repairs import fixing
from fhir_codesystem.sources import described, read_document, resolve
from fhir_codesystem.tables.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fhir_core.fhirabstractmodel import FHIRAbstractModel

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.convert.forms import InForm
    from fhir_codesystem.diagnostics import Diagnostic, Suppressed
    from fhir_codesystem.npm.packing import Packed
    from fhir_codesystem.pipeline import Outcome
    from fhir_codesystem.repairs.fixing import Fix
    from fhir_codesystem.sources import Input

IN_MEMORY = "table"
"""The path by which findings name a table that was given as bytes."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was built of one source: the resource, its artifacts, the findings.

    Without an ``output`` folder the ``artifacts`` are here, by name, and nothing was written; with
    one, ``files`` are the paths written. The resource raises BuildFailed where an error forbade it.
    """

    outcome: Outcome
    version: FHIRVersion

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings, in the order of their places."""
        return self.outcome.diagnostics

    @property
    def suppressed(self) -> tuple[Suppressed, ...]:
        """The findings that the metadata says not to tell, with the reasons."""
        return self.outcome.suppressed

    @property
    def ok(self) -> bool:
        """Whether there is a resource."""
        return bool(self.outcome.artifacts or self.outcome.files)

    @property
    def files(self) -> tuple[Path, ...]:
        """The paths of the artifacts that were written."""
        return self.outcome.files

    @property
    def artifacts(self) -> Mapping[str, bytes]:
        """The artifacts by name: ``CodeSystem-<id>.json``, ``CodeSystem-<id>.md``.

        Where the metadata asks for a value set of all codes, ``ValueSet-<id>.json`` too.
        """
        written = {path.name: path.read_bytes() for path in self.outcome.files}
        return written or self.outcome.artifacts

    @property
    def json(self) -> bytes:
        """The resource as JSON, UTF-8: https://hl7.org/fhir/R4/json.html."""
        return self._artifact(".json")

    @property
    def markdown(self) -> str:
        """The page to read."""
        return self._artifact(".md").decode()

    @property
    def resource(self) -> dict[str, Any]:
        """The resource as plain values."""
        values: dict[str, Any] = orjson.loads(self.json)
        return values

    @property
    def model(self) -> FHIRAbstractModel:
        """The resource as a model of fhir.resources (R4: that of R4B, which is the same)."""
        return model_of(self.version).model_validate(self.resource)

    def in_form(self, form: str, name: str = IN_MEMORY) -> InForm:
        """The code system as a table: csv, tsv, xlsx, ods, md or json (an array of objects).

        With it come the content of the .yaml by which it is read again, where the table is a file
        called ``name``, and the number of texts whose line ends the form makes LF. Raises
        CannotCarry where a text cannot stand in such a file.
        """
        return in_form(self._codesystem(), form, name)

    def draft(self) -> str:
        """A commented metadata file: what was derived and inferred, to keep and edit."""
        codesystem = self._codesystem()
        return draft(codesystem.elements, settings_of(codesystem.origin))

    def _codesystem(self) -> CodeSystem:
        if self.outcome.codesystem is None:
            self._artifact(".json")
        assert self.outcome.codesystem is not None  # noqa: S101 - for the type checker
        return self.outcome.codesystem

    def _artifact(self, ending: str) -> bytes:
        for name, content in self.artifacts.items():
            if name.startswith("CodeSystem-") and name.endswith(ending):
                return content
        errors = [each for each in self.diagnostics if each.severity is not Severity.INFORMATION]
        told = "; ".join(f"{each.location}: {each.message}" for each in errors)
        raise BuildFailed(f"nothing was built of {self.outcome.path}: {told}")


def build(
    source: str | PathLike[str] | bytes,
    *,
    metadata: str | PathLike[str] | Mapping[str, Any] | None = None,
    fhir_version: FHIRVersion | str | None = None,
    canonical: str | None = None,
    templates: str | PathLike[str] | None = None,
    output: str | PathLike[str] | None = None,
    strict: bool = False,
) -> Built:
    """Build a code system of a table.

    ``source`` is the path of a table or of its .yaml, or the bytes of a table. ``metadata`` goes
    before a .yaml beside the table: the path of one, or its content as a mapping (FHIR elements
    by name, the tool's settings under ``build``). ``canonical`` is the base of the URL where none
    is stated; ``fhir_version`` goes before the metadata's (default R4); ``templates`` is a folder
    that is looked in first. Nothing is written unless ``output`` names a folder. ``strict`` makes
    warnings forbid the build as errors do.

    Bad content never raises: it is told in ``Built.diagnostics``. Raises EnvironmentProblem where
    a file cannot be read or written.
    """
    version = FHIRVersion(fhir_version) if fhir_version else None
    options = Options(version, canonical, Path(templates) if templates else None, strict)
    read = _input(source, metadata)
    outcome = Run(options, Path(output) if output else None).build(read)
    return Built(outcome, version or read.build.version or FHIRVersion.R4)


def package(
    sources: str | PathLike[str] | bytes | Iterable[str | PathLike[str] | bytes],
    *,
    name: str | None = None,
    version: str | None = None,
    fhir_version: FHIRVersion | str | None = None,
    canonical: str | None = None,
    templates: str | PathLike[str] | None = None,
    output: str | PathLike[str] | None = None,
    strict: bool = False,
) -> Packed:
    """Build code systems and pack them as one FHIR NPM package, which servers load.

    ``sources`` are tables or their .yaml, one or several, as `build` takes them, and so are the
    other parameters.
    ``name`` and ``version`` of the package go before those of the metadata (`build: package:`);
    what nobody states is derived and told. ``Packed.content`` is the archive; it is written only
    where ``output`` names a folder, and only if no source has an error.

    Raises ValueError for a name or a version that a package cannot have, or without a source, and
    EnvironmentProblem where a file cannot be read or written. https://hl7.org/fhir/R5/packages.html
    """
    chosen = FHIRVersion(fhir_version) if fhir_version else None
    options = Options(chosen, canonical, Path(templates) if templates else None, strict)
    stated = {"name": name, "version": version}
    wanted = {setting: value for setting, value in stated.items() if value is not None}
    several = [sources] if isinstance(sources, (str, bytes, PathLike)) else sources
    inputs = [_input(each, None) for each in several]
    return pack(inputs, options, wanted, Path(output) if output else None)


def check(
    source: str | PathLike[str] | bytes,
    *,
    metadata: str | PathLike[str] | Mapping[str, Any] | None = None,
    fhir_version: FHIRVersion | str | None = None,
    canonical: str | None = None,
    packages: Iterable[str | PathLike[str]] = (),
    publication: bool = False,
    official: bool = False,
    most: int | None = MOST,
) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a source, in the order of the places; nothing is written.

    Of a table that is what `build` would find. A CodeSystem in JSON or XML, and one inside a
    ValueSet, is judged as it is: by the rules of the official HL7 validator, and ours.

    ``packages`` are FHIR packages (.tgz, or folders) whose definitions are at hand when a resource
    is judged; ``publication`` asks for what holds for resources that are to be published as well;
    ``official`` leaves out what the official validator does not say, but for errors.

    Of each rule ``most`` findings are told, the last of them counting the rest; None tells all, but
    for what reading a table has left out. The other parameters are those of `build`. Raises
    EnvironmentProblem where a file cannot be read.
    """
    version = FHIRVersion(fhir_version) if fhir_version else None
    at_hand = tuple(Path(each) for each in packages)
    options = Options(
        *(version, canonical),
        most=most,
        packages=at_hand,
        publication=publication,
        official=official,
    )
    return Run(options).check(_input(source, metadata)).diagnostics


def fix(
    source: str | PathLike[str] | bytes,
    *,
    metadata: str | PathLike[str] | Mapping[str, Any] | None = None,
) -> Fix:
    """Return what can be repaired in a table, as a unified diff and as the bytes after it.

    The parameters are those of `build`. Nothing is written before ``Fix.write`` is called. Raises
    EnvironmentProblem where a file cannot be read.
    """
    return fixing.fix(_input(source, metadata))


def _input(
    source: str | PathLike[str] | bytes, metadata: str | PathLike[str] | Mapping[str, Any] | None
) -> Input:
    if isinstance(source, bytes):
        read = described(None, IN_MEMORY, Source(IN_MEMORY, source))
    else:
        read = resolve(Path(source))
    if metadata is None:
        return read
    return described(_document(metadata), read.path, read.table)


def _document(metadata: str | PathLike[str] | Mapping[str, Any]) -> Document:
    if isinstance(metadata, Mapping):
        text = yaml.safe_dump(_plain(metadata), sort_keys=False)
        return parse("metadata", text.encode())
    return read_document(Path(metadata))


def _plain(value: Any) -> Any:
    """Return what YAML can hold of a value that Python can."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    if value is None or type(value) in {bool, int, float}:
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
