"""The cache folder: generated content, artifacts, and the check of the one against the other.

What is large (making tables, comparing results) runs in processes of its own; see measure.py.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import measure
from measure import RunFailedError

HERE = Path(__file__).resolve().parent
CACHE = HERE / ".cache"
LOG = CACHE / "log"


def tables(count: int) -> Path:
    """The generated tables of a size, `once/` and `twice/`."""
    return generated("tables", count)


def generated(form: str, count: int) -> Path:
    """Generated content, made once for each state of the generator."""
    scripts = [HERE / "content.py", *([] if form in {"tables", "fsh"} else [HERE / "forms.py"])]
    recipe = hashlib.sha256(b"".join(each.read_bytes() for each in scripts)).hexdigest()[:12]
    folder = CACHE / "content" / recipe / f"{form}-{count}"
    if not folder.is_dir():
        say(f"  generating {count:,} concepts ({form})")
        folder.parent.mkdir(parents=True, exist_ok=True)
        script = [sys.executable, str(scripts[-1]), form, str(count), str(folder)]
        subprocess.run(script, check=True)
    return folder


def verify(source: Path, concepts: int, *artifacts: Path, each: str = "") -> None:
    """Compare artifacts with the table, in a process of its own (see verify.py).

    ``each`` says what every concept has: ``designation=2 property=5``.
    """
    script = [sys.executable, str(HERE / "verify.py"), str(source), *map(str, artifacts)]
    script += each.split()
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunFailedError(done.stderr.strip())
    if int(done.stdout) != concepts:
        message = f"{source.name} has {done.stdout.strip()} concepts, not {concepts}"
        raise RunFailedError(message)


def artifact(output: Path, suffix: str) -> Path:
    """The one artifact of its kind in an output folder."""
    found = list(output.glob(f"CodeSystem-*.{suffix}"))
    if len(found) != 1:
        message = f"{len(found)} files CodeSystem-*.{suffix} were written, not one"
        raise RunFailedError(message)
    return found[0]


def artifacts(output: Path) -> tuple[Path, Path]:
    """The JSON and the page."""
    return artifact(output, "json"), artifact(output, "md")


def output_of(name: str) -> Path:
    """Where a case's artifacts go."""
    return CACHE / "output" / name


def work_folder() -> Path:
    """An empty folder to run in, so that no project's settings are found."""
    folder = CACHE / "work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def megabytes(path: Path) -> int:
    """A file's size in millions of bytes."""
    return round(path.stat().st_size / measure.MB)


def say(text: str) -> None:
    """Progress, on standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
