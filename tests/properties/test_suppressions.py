"""Each finding is told, or suppressed by the entry that names its place; what is left is unused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import fhir_codesystem
from fhir_codesystem.rules.reading import INVISIBLE_CHARACTER

from .profiles import examples

HIDDEN = "\N{ZERO WIDTH SPACE}"


@given(st.lists(st.booleans(), min_size=1, max_size=20), st.sets(st.integers(0, 24)))
@examples(100)
def test_each_finding_is_told_or_suppressed(odd: list[bool], codes: set[int]) -> None:
    rows = (f"c{i} | D{HIDDEN * each}s | x\n" for i, each in enumerate(odd))
    table = ("Code | Display | Definition\n" + "".join(rows)).encode()
    entries = [{"rule": "CS111", "code": f"c{each}", "reason": "x"} for each in sorted(codes)]
    metadata = {"url": "http://example.org/x", "status": "draft", "content": "complete"}
    built = fhir_codesystem.build(table, metadata=metadata | {"build": {"suppress": entries}})
    wanted = {i for i, each in enumerate(odd) if each}
    taken = [each.finding.location.line for each in built.suppressed]
    told = [each for each in built.diagnostics if each.rule is INVISIBLE_CHARACTER]
    unused = [each for each in built.diagnostics if each.rule.number == "CS316"]
    assert taken == [each + 2 for each in sorted(wanted & codes)]
    assert [each.location.line for each in told] == [i + 2 for i in sorted(wanted - codes)]
    assert sum(1 + each.more for each in told) == len(wanted - codes)
    assert sum(1 + each.more for each in unused) == len(codes - wanted)
