"""Ctrl-C, and the signal that ends a process in good order."""

from __future__ import annotations

import random
import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from .workplace import AS_MODULE, OLD, finish

if TYPE_CHECKING:
    from .conftest import Large
    from .workplace import Result, Workplace

ENDS = {signal.SIGINT: {130}, signal.SIGTERM: {143, -signal.SIGTERM}}
"""The exit codes by which a shell knows that a signal ended the process: 128 and its number."""

AT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # though the tests run in the background
done = []
def hook(event, given):
    if not done and event == {event!r} and str(given[{index}]).endswith({ending!r}):
        done.append(event)
        os.kill(os.getpid(), {number:d})
sys.addaudithook(hook)
"""
"""Sends a signal when Python is about to do something: import a module, open a file, rename."""

WHEN = {
    "imports": ("import", 0, "fhir_codesystem.cli"),
    "imports click": ("import", 0, "click"),
    "imports more": ("import", 0, "fhir_codesystem.pipeline"),
    "imports most": ("import", 0, "polars"),
    "imports orjson": ("import", 0, "orjson.orjson"),
    "reads": ("open", 0, "table.txt"),
    "makes a template": ("open", 0, "narrative.xhtml.jinja"),
    "opens the first": ("open", 0, ".part"),
    "renames the first": ("os.rename", 1, "CodeSystem-table.json"),
    "renames the second": ("os.rename", 1, "CodeSystem-table.md"),
}


EARLY = {"imports", "imports click"}
"""Nothing has begun: there is nothing that must be said."""


def said(result: Result) -> bool:
    """Whether one line says what happened; a blank one may set it off from the ^C before it."""
    return re.fullmatch(r"\n?codesystem: [a-z][a-z ]+\n", result.err) is not None


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
@pytest.mark.parametrize("when", WHEN)
def test_a_signal_ends_a_build_in_one_line(
    workplace: Workplace, number: signal.Signals, when: str
) -> None:
    event, index, ending = WHEN[when]
    hook = AT.format(event=event, index=index, ending=ending, number=number)
    result = workplace.build(prepared=hook + AS_MODULE)
    assert result.code in ENDS[number], result
    assert "Traceback" not in result.err
    assert said(result) or (not result.err and when in EARLY), result
    found = workplace.content()
    assert found.keys() == OLD.keys()
    if "rename" not in when:
        assert found == OLD


UP = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
def hook(event, given):
    if event == "import" and given[0] == "fhir_codesystem.pipeline":
        open("up", "w").close()
sys.addaudithook(hook)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
@pytest.mark.parametrize("seed", range(4))
def test_a_signal_at_any_moment_leaves_nothing_half_written(
    workplace: Workplace, large: Large, number: signal.Signals, seed: int
) -> None:
    for name, content in large.artifacts[0].items():
        workplace.write(f"output/{name}", content)
    workplace.write("table.txt", large.tables[1])
    with workplace.start("build", "--quiet", "table.txt", prepared=UP + AS_MODULE) as process:
        while process.poll() is None and not (workplace.folder / "up").exists():
            time.sleep(0.001)
        time.sleep(random.Random(seed).uniform(0, 0.6))
        process.send_signal(number)
        result = finish(process)
    assert result.code in ENDS[number] | {0}, result
    assert said(result) if result.code else not result.err, result
    found = workplace.content()
    assert found.keys() == OLD.keys()
    assert large.is_whole(found)
    if result.code == 0:
        assert found == large.artifacts[1]
