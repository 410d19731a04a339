"""Resources changed at random and checked: ``python -m tests.instance.fuzz --count 100000``.

The same seed makes the same inputs. What must hold of each is `flaw`; those of which it does not
are kept in a folder that is named at the end (exit code 1).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from .flaws import flaw
from .mutations import mutated
from .resources import examples, rich


def main() -> int:
    """Run, and say how many inputs there were and what was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.instance.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance, known = random.Random(given.seed), [*rich() * 10, *examples()]
    flaws: Counter[str] = Counter()
    folder: Path | None = None
    started = time.perf_counter()
    for number in range(given.count):
        name, data, version = made = mutated(chance, known)
        why = flaw(made)
        if why is not None:
            folder = folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
            (folder / f"{version.value}-{number}{Path(name).suffix}").write_bytes(data)
            (folder / f"{version.value}-{number}.txt").write_text(why, "utf-8")
            flaws[why.strip().rpartition("\n")[2][:150]] += 1
    seconds = time.perf_counter() - started
    said = [f"{given.count:,} inputs, seed {given.seed}: {flaws.total():,} flaws ({seconds:.0f} s)"]
    said += [f"{count:6} {why}" for why, count in flaws.most_common()]
    said += [f"the inputs are in {folder}"] if folder is not None else []
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main())
