"""From sources to a package: all of them are built, then packed; or nothing is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fhir_codesystem.artifacts.writer import Folder
from fhir_codesystem.codesystem.resource import file_of
from fhir_codesystem.diagnostics import Diagnostic, Location, Related, has_errors, in_order
from fhir_codesystem.npm.archive import archive
from fhir_codesystem.npm.manifest import manifest, problem
from fhir_codesystem.pipeline import Options, Run
from fhir_codesystem.rules.metadata import DERIVED_ELEMENT
from fhir_codesystem.rules.packaging import PACKAGE_INCOMPLETE, PACKAGE_MIXTURE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.pipeline import Outcome
    from fhir_codesystem.sources import Input


@dataclass(frozen=True, slots=True)
class Packed:
    """What became of sources that were to be one package.

    ``manifest`` is its package.json, ``content`` the archive; both are empty where an error forbade
    it. ``file`` is where it was written, if a folder was named. The findings of each source, and of
    the package, stand in ``outcomes``.
    """

    outcomes: tuple[Outcome, ...]
    manifest: Mapping[str, Any]
    content: bytes = b""
    file: Path | None = None

    @property
    def ok(self) -> bool:
        """Whether there is a package."""
        return bool(self.content)

    @property
    def name(self) -> str:
        """The name of its file: ``org.example.fruit-1.0.0.tgz``."""
        return f"{self.manifest['name']}-{self.manifest['version']}.tgz"

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings, source by source, in the order of their places."""
        return tuple(each for outcome in self.outcomes for each in outcome.diagnostics)


def pack(
    sources: Sequence[Input],
    options: Options,
    wanted: Mapping[str, str],
    output: Path | None = None,
    done: Callable[[], None] = lambda: None,
) -> Packed:
    """Build sources and pack what was built.

    ``wanted`` are settings of the package that go before those of the metadata; ``done`` hears of
    each source that was built. Raises ValueError for a setting with a problem, or without a source,
    and EnvironmentProblem where the file system refuses.
    """
    if not sources:
        raise ValueError("a package needs a source")
    for setting, value in wanted.items():
        if (wrong := problem(setting, value)) is not None:
            raise ValueError(wrong)
    run = Run(options)
    outcomes = []
    for source in sources:
        outcomes.append(run.build(source))
        done()
    if any(outcome.failed for outcome in outcomes):
        return Packed(tuple(outcomes), {})
    systems = [outcome.codesystem for outcome in outcomes if outcome.codesystem is not None]
    mixed = list(_mixed(sources, systems, wanted))
    if mixed:
        return Packed(_with(outcomes, mixed), {})
    stated = {
        name: value for source in sources for name, (value, _) in source.build.package.items()
    }
    made = manifest(sorted(systems, key=lambda each: each.id), stated | dict(wanted))
    place = systems[0].place("build", "package")
    if made.lacking:
        return Packed(_with(outcomes, [(0, _lacking(made.lacking, place))]), {})
    told = "; ".join(f"{name} {made.values[name]} ({of})" for name, of in made.derived.items())
    if told:
        finding = DERIVED_ELEMENT.at(place, f"derived: of the package {told}")
        outcomes = list(_with(outcomes, [(0, finding)]))
    resources = [each for system in systems for each in system.resources]
    packed_files = set(map(file_of, resources))
    files = {
        name: content
        for outcome in outcomes
        for name, content in outcome.artifacts.items()
        if name in packed_files
    }
    packed = Packed(tuple(outcomes), made.values, archive(made.values, resources, files))
    return packed if output is None else replace(packed, file=_written(packed, output))


def _written(packed: Packed, output: Path) -> Path:
    with Folder(output) as folder:
        folder.write(packed.name, [packed.content])
        folder.commit()
    return folder.files[0]


def _mixed(
    sources: Sequence[Input], systems: Sequence[CodeSystem], wanted: Mapping[str, str]
) -> Iterator[tuple[int, Diagnostic]]:
    """Tell, by the number of its source, what does not go with a source before it."""
    seen: dict[str, tuple[str, Location]] = {}
    for number, (source, system) in enumerate(zip(sources, systems, strict=True)):
        if system.version is not systems[0].version:
            message = f"FHIR {system.version}, and the first source is of FHIR {systems[0].version}"
            yield number, PACKAGE_MIXTURE.at(Location(source.path), message)
        for name, (value, place) in source.build.package.items():
            before, where = seen.setdefault(name, (value, place))
            if before != value and name not in wanted:
                message = f"{name} of the package is {value}, and {before} at {where}"
                related = (Related(where, f"{name} {before}"),)
                yield number, PACKAGE_MIXTURE.at(place, message, related=related)


def _lacking(names: Sequence[str], place: Location) -> Diagnostic:
    message = f"nothing says this of the package: {', '.join(names)}"
    return PACKAGE_INCOMPLETE.at(place, message, hint=PACKAGE_INCOMPLETE.fix)


def _with(
    outcomes: Sequence[Outcome], found: Sequence[tuple[int, Diagnostic]]
) -> tuple[Outcome, ...]:
    """Add findings to those of their sources; of one with an error nothing was made."""
    added = list(outcomes)
    for number, finding in found:
        outcome = added[number]
        diagnostics = in_order([*outcome.diagnostics, finding], None)
        kept = outcome.codesystem if not has_errors(diagnostics) else None
        added[number] = replace(outcome, diagnostics=diagnostics, codesystem=kept)
    return tuple(added)
