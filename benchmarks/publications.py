"""`codesystem publish` to a real HAPI FHIR server, beside writing the same bytes and no more."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import content
import peers
from measure import Contestant, RunFailedError, Summary
from report import Line
from workspace import HERE, artifact, megabytes, output_of, say, tables, work_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench import Bench

SMALL, LARGE = 5_000, 100_000
URL = "http://example.org/fhir/CodeSystem/classification"
"""That of the generated tables (content.py)."""
BARE = (
    "import sys, urllib3\n"
    "url, file = sys.argv[1:]\n"
    "body = open(file, 'rb').read()\n"
    "ask = urllib3.PoolManager(timeout=900).request\n"
    "told = {'Content-Type': 'application/fhir+json', 'Prefer': 'return=minimal'}\n"
    "made = ask('POST', url + '/CodeSystem', body=body, headers=told)\n"
    "place = made.headers['Location'].partition('/_history')[0]\n"
    "sys.exit(ask('GET', place).status != 200)\n"
)
"""What publishing cannot do without: the resource is written, and read back."""


SERVING = (
    "import sys, tempfile, pathlib\n"
    "from publishing import hapi\n"
    "with tempfile.TemporaryDirectory() as shared:\n"
    "    with hapi.running('R4', pathlib.Path(shared), '4g') as url:\n"
    "        print(url, flush=True)\n"
    "        sys.stdin.read()\n"
)
"""Starts the server of the tests, says where it is, and ends with its input."""


def publish(bench: Bench) -> None:
    """5,000 concepts as a resource and 100,000 as an upload, with all that is asked afterwards."""
    say(f"publish: {SMALL:,} and {LARGE:,} concepts to a HAPI FHIR server")
    lacks = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if lacks:
        say(f"publishing is not measured: HAPI needs {' and '.join(lacks)}")
        return
    with _server() as url:
        for concepts, method in ((SMALL, "put"), (LARGE, "upload")):
            _race(bench, url, concepts, method)


@contextmanager
def _server() -> Iterator[str]:
    """Run the server from a process of its own, so that the harness stays small."""
    environment = peers.clean_environment() | {"PYTHONPATH": str(HERE.parent / "tests")}
    with subprocess.Popen(
        [sys.executable, "-c", SERVING],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise RunFailedError("the HAPI server does not start")
        yield url
        process.stdin.close()


def _race(bench: Bench, url: str, concepts: int, method: str) -> None:
    built = _built(bench, concepts)
    sent = work_folder() / f"published-{concepts}.json"
    ours = Contestant(
        name=f"codesystem publish --method {method}",
        argv=[
            *(*bench.command, "publish", str(sent), "--server", url, "--method", method),
            *("--timeout", "900", "--deadline", "600"),
        ],
        cwd=work_folder(),
        environment=peers.clean_environment(),
        prepare=lambda: _another(built, sent),
    )
    bare = Contestant(
        name="POST and GET alone (urllib3)",
        argv=[sys.executable, "-c", BARE, url, str(sent)],
        weighed=False,
        cwd=work_folder(),
        environment=peers.clean_environment(),
        prepare=lambda: _another(built, sent),
    )
    case = f"{concepts:,} concepts to HAPI, {megabytes(built)} MB"
    published, _ = bench.race(case, ours, bare)
    bench.lines[-2] = Line(case, published, _share(published))


def _share(summary: Summary) -> str:
    """Say what of the time was ours: the processor's, not the waiting for the server."""
    ours = statistics.median(sample.cpu_seconds for sample in summary.samples)
    return f"{ours:.2f} s of it are ours ({ours / summary.seconds:.0%})"


def _built(bench: Bench, concepts: int) -> Path:
    source = tables(concepts) / "once" / f"{content.NAME}.txt"
    output = output_of(f"publish-{concepts}")
    command = [*bench.command, "build", "--quiet", str(source), "--output", str(output)]
    subprocess.run(command, check=True, cwd=work_folder())
    return artifact(output, "json")


def _another(built: Path, sent: Path) -> None:
    """Write the resource as one that the server does not have yet."""
    text = built.read_text("utf-8")
    sent.write_text(text.replace(URL, f"{URL}/{uuid4()}"), "utf-8")
