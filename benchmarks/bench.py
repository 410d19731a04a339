"""The benchmarks: whole processes against peers and against the limit (see README.md).

    python benchmarks/bench.py [--quick] [--runs N] [--only CASE] [--command COMMAND] [--write]

Exit 0: no target missed (a target that could not be measured is said, and is not passed).
1: a target missed or a wrong result. 2: wrong usage.
"""

from __future__ import annotations

import argparse
import filecmp
import shlex
import shutil
import statistics
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import checks
import content
import measure
import peers
import publications
import report
from measure import Contestant, RunFailedError, Summary
from report import Line, Target, Verdict
from workspace import (
    CACHE,
    HERE,
    LOG,
    artifact,
    artifacts,
    generated,
    megabytes,
    output_of,
    say,
    tables,
    verify,
    work_folder,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_INPUT = HERE.parent / "input" / "dicom-elements.txt"
FIRST_INPUT_CONCEPTS = 14

IMPORT_FACTOR = 1.8
SUSHI_TIME = 0.25
SUSHI_MEMORY = 0.5
MILLION_MB = 1500.0
GROWTH = 1.5
MEDIUM, MILLION = 100_000, 1_000_000
SIZES = (10_000, MEDIUM, MILLION)
FORMS = {"csv": "CSV", "xlsx": "a workbook", "html": "a page"}
RICH, RICH_TOLD, RICH_MEMBERS = 20_000, "2 languages, 5 properties", "designation=2 property=5"
RUNS, QUICK_RUNS = 5, 2


@dataclass(slots=True)
class Bench:
    """How to measure, and what has been found so far."""

    command: list[str]
    runs: int
    quick: bool
    lines: list[Line] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    def ours(
        self, name: str, source: Path, concepts: int, like: Path | None = None, each: str = ""
    ) -> Contestant:
        """`codesystem build` of one source into an output folder of its own.

        The result is checked against the table ``like`` (the source), and what ``each`` says.
        """
        output = output_of(name)
        return Contestant(
            name="codesystem build",
            argv=[*self.command, "build", str(source), "--output", str(output)],
            cwd=work_folder(),
            environment=peers.clean_environment(),
            prepare=lambda: shutil.rmtree(output, ignore_errors=True),
            check=lambda: verify(like or source, concepts, *artifacts(output), each=each),
        )

    def race(self, case: str, *contestants: Contestant) -> list[Summary]:
        """Measure contestants in turn and keep their lines of the table."""
        summaries = measure.alternate(contestants, self.runs, LOG)
        self.lines += [Line(case, summary) for summary in summaries]
        return summaries


def fourteen(bench: Bench) -> None:
    """The first input against importing what every such program has to import."""
    say("fourteen: the first input and the import line")
    ours, line = bench.race(
        "14 rows",
        bench.ours("fourteen", FIRST_INPUT, FIRST_INPUT_CONCEPTS),
        peers.import_line(work_folder()),
    )
    ratio = ours.seconds / line.seconds
    bench.targets.append(
        Target.at_most("14 rows", ratio, IMPORT_FACTOR, "times the import line's time")
    )


def hundred_thousand(bench: Bench) -> None:
    """The same 100,000 concepts as a table and as FSH."""
    say("hundred-thousand: 100,000 nested concepts and SUSHI")
    source = tables(MEDIUM) / "once" / f"{content.NAME}.txt"
    contestant = bench.ours("hundred-thousand", source, MEDIUM)
    what = f"{MEDIUM:,} concepts against SUSHI"
    project = partial(generated, "fsh", MEDIUM)
    check = partial(verify, source, MEDIUM)
    raced = against_sushi(bench, f"{MEDIUM:,} concepts", contestant, project, check)
    if raced is None:
        bench.targets.append(Target.unknown(what, "SUSHI could not be run here"))
        return
    ours, theirs = raced
    bench.targets += [
        Target.at_most(what, ours.seconds / theirs.seconds, SUSHI_TIME, "of its time"),
        Target.at_most(what, ours.peak_mb / theirs.peak_mb, SUSHI_MEMORY, "of its memory"),
    ]


def million(bench: Bench) -> None:
    """A million concepts, whole process, against orjson's two calls on the result."""
    what = f"{MILLION:,} concepts against orjson's loads + dumps of the result"
    if bench.quick:
        bench.targets.append(Target.unknown(what, "left out by --quick"))
        return
    say("million: 1,000,000 nested concepts and orjson")
    source = tables(MILLION) / "once" / f"{content.NAME}.txt"
    contestant = bench.ours("million", source, MILLION)
    result = output_of("million") / f"CodeSystem-{content.NAME}.json"
    try:
        python = peers.orjson_python(CACHE)
    except peers.UnavailableError as problem:
        say(f"orjson is not measured: {problem}")
        bench.race(f"{MILLION:,} concepts", contestant)
        bench.targets.append(Target.unknown(what, "orjson could not be installed here"))
        return
    ours, limit = bench.race(
        f"{MILLION:,} concepts", contestant, peers.orjson_limit(python, result)
    )
    calls = [float(sample.stdout.split()[0]) for sample in limit.samples]
    bench.versions["orjson"] = limit.samples[0].stdout.split()[1]
    seconds = statistics.median(calls)
    note = f"loads + dumps alone: {seconds:.3f} s ({min(calls):.3f}..{max(calls):.3f})"
    bench.lines[-1] = Line(bench.lines[-1].case, limit, note)
    sizes = f"{megabytes(source)} MB of table, {megabytes(result)} MB of JSON"
    bench.lines[-2] = Line(bench.lines[-2].case, ours, sizes)
    bench.targets += [
        Target.at_most(what, ours.seconds, seconds, "s"),
        Target.at_most(f"{MILLION:,} concepts, highest peak", ours.highest_mb, MILLION_MB, "MB"),
    ]


def linear(bench: Bench) -> None:
    """Three sizes, each once and with every row twice: same bytes, and the cost of a row."""
    medians: dict[str, list[float]] = {"once": [], "twice": []}
    for size in SIZES[:-1] if bench.quick else SIZES:
        say(f"linear: {size:,} concepts, every row once and twice")
        folder = tables(size)
        once, twice = measure.alternate(
            [
                bench.ours(f"linear-{form}", folder / form / f"{content.NAME}.txt", size)
                for form in medians
            ],
            bench.runs,
            LOG,
        )
        same_json("linear-once", "linear-twice")
        bench.lines += [
            rows_line(f"{size:,} rows", once, size),
            rows_line(f"the same, every row twice, {size:,} concepts", twice, 2 * size - 1),
        ]
        medians["once"].append(once.seconds)
        medians["twice"].append(twice.seconds)
    for form, seconds in medians.items():
        what = f"every row {form}: a further row from 100,000 to 1,000,000 against one before"
        if len(seconds) < len(SIZES):
            bench.targets.append(Target.unknown(what, "left out by --quick"))
        else:
            bench.targets.append(Target.at_most(what, growth(seconds), GROWTH, "of its time"))


def same_json(one: str, other: str) -> None:
    """Two cases must have written the same bytes."""
    first, second = (artifact(output_of(name), "json") for name in (one, other))
    if not filecmp.cmp(first, second, shallow=False):
        message = f"the JSON of {one} and {other} differs"
        raise RunFailedError(message)


def rows_line(case: str, summary: Summary, rows: int) -> Line:
    """A line that says what one row of the table costs."""
    return Line(case, summary, f"{summary.seconds / rows * 1e6:.2f} µs a row")


def growth(seconds: list[float]) -> float:
    """The cost of a further concept from 100,000 to 1,000,000, in that from 10,000 to 100,000."""
    small, medium, large = seconds
    before = (medium - small) / (SIZES[1] - SIZES[0])
    after = (large - medium) / (SIZES[2] - SIZES[1])
    return after / before if before > 0 else float("inf")


def forms(bench: Bench) -> None:
    """The same 100,000 concepts as CSV, as a workbook and as a page."""
    source = tables(MEDIUM) / "once" / f"{content.NAME}.txt"
    folder = generated("forms", MEDIUM)
    for form, name in FORMS.items():
        say(f"forms: 100,000 rows as {name}")
        table = folder / form / f"{content.NAME}.{form}"
        contestant = bench.ours(f"forms-{form}", table, MEDIUM, like=source)
        bench.race(f"{MEDIUM:,} rows as {name}, {megabytes(table)} MB", contestant)


def rich(bench: Bench) -> None:
    """20,000 concepts with two languages and five properties, against SUSHI."""
    say(f"rich: {RICH:,} concepts with two languages and five properties, and SUSHI")
    folder = generated("rich", RICH)
    like = folder / "once" / f"{content.NAME}.txt"
    contestant = bench.ours(
        "rich", folder / f"{content.NAME}.csv", RICH, like=like, each=RICH_MEMBERS
    )
    case = f"{RICH:,} concepts, {RICH_TOLD}"
    project = partial(generated, "rich-fsh", RICH)
    against_sushi(bench, case, contestant, project, partial(verify, like, RICH, each=RICH_MEMBERS))


def against_sushi(
    bench: Bench,
    case: str,
    contestant: Contestant,
    make: Callable[[], Path],
    check: Callable[[Path], None],
) -> tuple[Summary, Summary] | None:
    """Measure ours beside SUSHI, if it can be had; ``make`` its project, ``check`` its result."""
    try:
        sushi = peers.install_sushi(CACHE)
        project = make()
        result = project / "fsh-generated" / "resources" / f"CodeSystem-{content.NAME}.json"
        peer = sushi.contestant(project, lambda: check(result))
        ours, theirs = bench.race(case, contestant, peer)
    except (peers.UnavailableError, RunFailedError) as problem:
        say(f"SUSHI is not measured: {problem}")
        bench.race(case, contestant)
        return None
    bench.versions["SUSHI"] = f"{sushi.version} ({peers.FHIR_PACKAGE} {peers.FHIR_VERSION})"
    return ours, theirs


CASES: dict[str, Callable[[Bench], None]] = {
    "fourteen": fourteen,
    "hundred-thousand": hundred_thousand,
    "million": million,
    "linear": linear,
    "forms": forms,
    "rich": rich,
    "check": checks.check,
    "publish": publications.publish,
}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench.py", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two runs, nothing of a million")
    parser.add_argument("--runs", type=int, metavar="N", help=f"rounds (default {RUNS})")
    parser.add_argument("--only", action="append", choices=CASES, metavar="CASE", help="this case")
    parser.add_argument("--command", metavar="COMMAND", help="how to start codesystem")
    parser.add_argument("--write", action="store_true", help="put the results in README.md")
    options = parser.parse_args()
    if options.runs is not None and options.runs < 1:
        parser.error("--runs: at least 1")
    if options.write and (options.quick or options.only):
        parser.error("--write takes a whole run: no --quick, no --only")
    return options


def main() -> int:
    """Run the cases, print the table and the targets, and write them if asked to."""
    options = arguments()
    beside = Path(sys.executable).with_name("codesystem")
    command = shlex.split(options.command) if options.command else [str(beside)]
    if shutil.which(command[0]) is None:
        say(f"{command[0]} does not exist: install the package, or name it with --command")
        return 2
    runs = options.runs or (QUICK_RUNS if options.quick else RUNS)
    bench = Bench(command, runs, options.quick)
    for name in options.only or CASES:
        try:
            CASES[name](bench)
        except RunFailedError as problem:
            say(f"{name}: {problem}")
            bench.targets.append(Target(Verdict.MISSED, f"{name}: a run failed"))
    sys.stdout.write(f"{report.table(bench.lines)}\n\n")
    sys.stdout.writelines(f"{target}\n" for target in bench.targets)
    if options.write:
        report.write(
            HERE / "README.md", report.document(bench.lines, bench.targets, bench.versions)
        )
    return 1 if any(target.verdict is Verdict.MISSED for target in bench.targets) else 0


if __name__ == "__main__":
    raise SystemExit(main())
