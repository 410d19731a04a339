"""A build is killed at a random moment: output/ holds the old artifact or the new one."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from .workplace import OLD, finish

if TYPE_CHECKING:
    import subprocess

    from .conftest import Large
    from .workplace import Workplace

KILLS = 7
"""How often a build is killed in a test, over what the last one left."""


def wait_for_the_first_byte(workplace: Workplace, process: subprocess.Popen[bytes]) -> None:
    """Wait until something unfinished is there, or the build has ended."""
    before = workplace.names()
    while process.poll() is None and workplace.names() == before:
        time.sleep(0.001)


@pytest.mark.slow
@pytest.mark.parametrize(("moment", "seed"), [("any", 1), ("any", 2), ("any", 3), ("writing", 1)])
def test_a_killed_build_leaves_old_or_new(
    workplace: Workplace, large: Large, moment: str, seed: int
) -> None:
    dice = random.Random(f"{moment} {seed}")
    for name, content in large.artifacts[0].items():
        workplace.write(f"output/{name}", content)
    for kill in range(KILLS):
        workplace.write("table.txt", large.tables[(kill + 1) % 2])
        with workplace.start("build", "--quiet", "table.txt") as process:
            if moment == "writing":
                wait_for_the_first_byte(workplace, process)
                time.sleep(dice.uniform(0, large.seconds / 5))
            else:
                time.sleep(dice.uniform(0, large.seconds))
            process.kill()
            result = finish(process)
        assert result.code in {0, -signal.SIGKILL}
        assert not result.err
        found = workplace.content()
        assert large.is_whole({name: found[name] for name in OLD})
        assert all(name.endswith(".part") for name in found.keys() - OLD.keys())
    workplace.write("table.txt", large.tables[1])
    assert workplace.build().code == 0
    assert workplace.content() == large.artifacts[1]
