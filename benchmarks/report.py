"""The results as Markdown, and their place in benchmarks/README.md."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from measure import Summary

START, END = "<!-- results -->", "<!-- /results -->"
PACKAGES = ("fhir-codesystem", "fhir.resources", "pydantic", "jinja2", "polars", "orjson")


class Verdict(Enum):
    """How a target fared."""

    MET = "PASS"
    MISSED = "MISS"
    UNKNOWN = "NOT MEASURED"


@dataclass(frozen=True, slots=True)
class Target:
    """One promise and what was found."""

    verdict: Verdict
    text: str

    @classmethod
    def at_most(cls, what: str, value: float, limit: float, unit: str) -> Target:
        """A value that must not exceed a limit."""
        verdict = Verdict.MET if value <= limit else Verdict.MISSED
        return cls(verdict, f"{what}: {_number(value)} {unit}, at most {_number(limit)}")

    @classmethod
    def unknown(cls, what: str, why: str) -> Target:
        """A target whose measurement could not be made; never counted as passed."""
        return cls(Verdict.UNKNOWN, f"{what}: {why}")

    def __str__(self) -> str:
        """One line for the terminal."""
        return f"{self.verdict.value}  {self.text}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table of results."""

    case: str
    summary: Summary
    note: str = ""


def _peak(summary: Summary) -> str:
    return f"{summary.peak_mb:.0f}" if summary.peak_mb else "–"


def table(lines: Iterable[Line]) -> str:
    """Median time with its range and peak memory, one row a contestant."""
    rows = [
        "| case | process | runs | median s | min..max s | peak MB | |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for line in lines:
        summary = line.summary
        rows.append(
            f"| {line.case} | {summary.name} | {len(summary.samples)} | {summary.seconds:.3f} "
            f"| {summary.fastest:.3f}..{summary.slowest:.3f} | {_peak(summary)} "
            f"| {line.note} |"
        )
    return "\n".join(rows)


def document(lines: Sequence[Line], targets: Sequence[Target], extra: Mapping[str, str]) -> str:
    """All that goes between the markers of the README."""
    verdicts = "\n".join(f"- **{target.verdict.value}** {target.text}" for target in targets)
    facts = "\n".join(f"- {name}: {value}" for name, value in ({**machine(), **extra}).items())
    return f"{table(lines)}\n\n{verdicts}\n\n{facts}\n"


def machine() -> dict[str, str]:
    """What the figures depend on; no host name and no path."""
    packages = (f"{name} {version}" for name in PACKAGES if (version := _version(name)))
    return {
        "Date": _date(),
        "Machine": f"{_cpu()}, {os.cpu_count()} cores, {_memory()}, {platform.system()}",
        "Python": f"{platform.python_version()} ({', '.join(packages)})",
        "Node": _node(),
    }


def write(readme: Path, text: str) -> None:
    """Replace what stands between the two markers."""
    old = readme.read_text(encoding="utf-8")
    pattern = re.compile(f"{START}.*?{END}", re.DOTALL)
    new, replaced = pattern.subn(lambda _: f"{START}\n{text}{END}", old)
    if replaced != 1:
        message = f"{readme.name} must hold {START} and {END} once"
        raise ValueError(message)
    readme.write_text(new, encoding="utf-8")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _date() -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.now(UTC)
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else now
    return moment.date().isoformat()


def _cpu() -> str:
    return _proc("cpuinfo", "model name") or platform.machine()


def _memory() -> str:
    kibibytes = (_proc("meminfo", "MemTotal") or "").split()
    return f"{int(kibibytes[0]) / 2**20:.0f} GiB" if kibibytes else "memory unknown"


def _proc(name: str, key: str) -> str | None:
    path = Path("/proc") / name
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            found, _, value = line.partition(":")
            if found.strip() == key:
                return value.strip()
    return None


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        return "none"
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip().removeprefix("v")
