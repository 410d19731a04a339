"""Templates: where they are looked up, what they are given, and how their mistakes are told."""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from fhir_codesystem.artifacts import markdown
from fhir_codesystem.artifacts.compiled import Compiled
from fhir_codesystem.artifacts.streaming import joined
from fhir_codesystem.diagnostics import Location
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.rules.templates import TEMPLATE_ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from fhir_codesystem.artifacts.streaming import Piece
    from fhir_codesystem.codesystem.resource import CodeSystem
    from fhir_codesystem.concepts.table import ConceptTable
    from fhir_codesystem.diagnostics import Diagnostic

HERE = Path(__file__).resolve().parent.parent
OWN = (HERE / "templates", HERE.parent.parent / "templates")
"""The templates that come with the package: inside the wheel, or in a checkout."""
PROJECT = Path("templates")
NOT_IN_XML = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
"""Characters that XML 1.0 cannot hold."""


class BrokenTemplate(Exception):
    """A template failed; carries the finding that says where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Concept:
    """One concept, as templates see it: ``code``, ``display``, ``definition``, ``level``."""

    __slots__ = ("code", "definition", "display", "level")

    def __init__(self, code: str, display: str | None, definition: str | None, level: int) -> None:
        self.code, self.display, self.definition, self.level = code, display, definition, level


class TableOfConcepts:
    """The table of concepts in Markdown: a text, made when it is asked for.

    Where a template just prints it, only a mark is rendered, and the table takes its place piece
    by piece: it never is in memory as a whole.
    """

    MARK = "\0table of concepts\0"

    def __init__(self, table: ConceptTable) -> None:
        self._table = table

    def __str__(self) -> str:
        return joined(markdown.table(self._table)).decode()

    def __iter__(self) -> Iterator[str]:
        return (joined([piece]).decode() for piece in markdown.table(self._table))


def _or_mark(value: object) -> object:
    """Print the mark for a table of concepts, and everything else as it is."""
    return TableOfConcepts.MARK if isinstance(value, TableOfConcepts) else value


class Concepts:
    """The concepts of a code system, as templates see them: iterable, in order."""

    def __init__(self, table: ConceptTable) -> None:
        self._table = table
        self.count = len(table)
        self.levels = table.levels
        self.nested = table.nested
        self.further_parents = table.parents["concept"].n_unique()

    def __iter__(self) -> Iterator[Concept]:
        columns = self._table.frame.select("code", "display", "definition", "depth")
        return (Concept(*row) for row in columns.iter_rows())

    def __len__(self) -> int:
        return self.count

    @cached_property
    def example(self) -> Concept | None:
        """A concept to show: the first that has none below it."""
        depth = self._table.frame["depth"]
        leaves = (depth.shift(-1).fill_null(0) <= depth).arg_true()
        columns = self._table.frame.select("code", "display", "definition", "depth")
        return Concept(*columns.row(leaves[0])) if len(leaves) else None

    @property
    def per_level(self) -> list[int]:
        """How many concepts each level has, from the top."""
        counts = dict(self._table.frame.group_by("depth").len().iter_rows())
        return [counts[level] for level in range(1, self.levels + 1)]

    def table(self) -> TableOfConcepts:
        """The table of concepts in Markdown."""
        return TableOfConcepts(self._table)


@cache
def _compiled(kind: str, *, kept: bool) -> Compiled:
    """Return the templates that were compiled; whether text is escaped is part of that."""
    return Compiled(__name__, kind, OWN if kept else ())


class Templates:
    """The templates of one run: the given folder first, then the project's, then our own.

    Ours are kept on the disk as they were compiled if they may be (``kept``).
    """

    def __init__(self, folder: Path | None = None, *, kept: bool = False) -> None:
        folders = [*([folder] if folder else []), PROJECT, *OWN]
        loader = FileSystemLoader([str(each) for each in folders])
        self._markdown = self._environment(loader, _compiled("text", kept=kept), autoescape=False)
        self._xhtml = self._environment(loader, _compiled("xml", kept=kept), autoescape=True)

    @staticmethod
    def _environment(
        loader: FileSystemLoader, compiled: Compiled, *, autoescape: bool
    ) -> SandboxedEnvironment:
        environment = SandboxedEnvironment(
            loader=loader,
            bytecode_cache=compiled,
            undefined=StrictUndefined,
            autoescape=autoescape,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_or_mark,
        )
        environment.filters |= {
            "cell": markdown.cell,
            "code": markdown.code_span,
            "quote": markdown.quote,
            "json": lambda value: orjson.dumps(value).decode(),
            "thousands": lambda number: f"{number:,}",
        }
        return environment

    def page(self, codesystem: CodeSystem) -> Iterator[Piece]:
        """Render the page of a code system, piece by piece."""
        yield from self._render(self._markdown, "codesystem.md.jinja", codesystem)

    def narrative(self, codesystem: CodeSystem) -> str:
        """Render the narrative of a code system: one XHTML div."""
        pieces = self._render(self._xhtml, "narrative.xhtml.jinja", codesystem)
        text = joined(pieces).decode().strip()
        return re.sub(NOT_IN_XML, "\N{REPLACEMENT CHARACTER}", text)

    def value_set(self, codesystem: CodeSystem) -> str:
        """Render the narrative of the value set of all codes: one XHTML div."""
        pieces = self._render(self._xhtml, "valueset.xhtml.jinja", codesystem)
        text = joined(pieces).decode().strip()
        return re.sub(NOT_IN_XML, "\N{REPLACEMENT CHARACTER}", text)

    def _render(
        self, environment: SandboxedEnvironment, name: str, codesystem: CodeSystem
    ) -> Iterator[Piece]:
        try:
            template = environment.get_template(name)
            context: dict[str, Any] = {
                "codesystem": codesystem.elements,
                "concepts": Concepts(codesystem.concepts),
                "fhir_version": codesystem.version,
            }
            if codesystem.value_set is not None:
                context["valueset"] = codesystem.value_set.elements
            for piece in template.generate(context):
                before, *after = piece.split(TableOfConcepts.MARK)
                yield before.encode()
                for text in after:
                    yield from markdown.table(codesystem.concepts)
                    yield text.encode()
        except TemplateSyntaxError as error:
            place = Location(_shown(error.filename or error.name or name), error.lineno)
            raise _broken(place, error.message or "a mistake in the template") from error
        except (TemplateError, *FAILURES) as error:
            place = _failed(error.__traceback__, environment, name)
            told = error.message if isinstance(error, TemplateError) else str(error)
            if isinstance(error, TemplateNotFound):
                told = f"there is no template {error.name}"
            raise _broken(place, " ".join((told or type(error).__name__).split())) from error
        except OSError as error:
            path = _shown(error.filename or name)
            raise EnvironmentProblem(f"cannot read {path}: {error.strerror or error}") from error


FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What an expression in a template can fail with."""


def _broken(place: Location, message: str) -> BrokenTemplate:
    hint = TEMPLATE_ERROR.fix
    return BrokenTemplate(TEMPLATE_ERROR.at(place, message, hint=hint))


def _failed(
    traceback: TracebackType | None, environment: SandboxedEnvironment, name: str
) -> Location:
    """Return the innermost line of a template in a traceback."""
    names = environment.list_templates()
    place = Location(name)
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if any(Path(code.co_filename).as_posix().endswith(other) for other in names):
            place = Location(_shown(code.co_filename), traceback.tb_lineno)
        traceback = traceback.tb_next
    return place


def _shown(path: Any) -> str:
    """Shorten the path of a template below the working folder."""
    full = Path(str(path))
    return str(full.relative_to(Path.cwd())) if full.is_relative_to(Path.cwd()) else str(full)
