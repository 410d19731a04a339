"""Shows where our verdict differs from the official one: ``python -m tests.official --help``."""

from __future__ import annotations

import argparse
import fnmatch
import time
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from . import corpus, mutations, official, page

if TYPE_CHECKING:
    from .case import Case
    from .differential import Difference


def main() -> None:
    """Run, and print differences grouped by key, the most frequent first."""
    parser = argparse.ArgumentParser(prog="python -m tests.official", description=__doc__)
    parser.add_argument("--version", choices=mutations.VERSIONS, action="append")
    parser.add_argument(
        "--only", metavar="PATTERN", help="names of cases: small/*, *.xml, */html.json"
    )
    parser.add_argument("--key", metavar="PATTERN", help="message keys: CODESYSTEM_*")
    parser.add_argument("--limit", type=int, default=5, help="examples shown of each")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="N cases of a version, chosen fixedly"
    )
    parser.add_argument("--show", action="store_true", help="print all that each says of the cases")
    parser.add_argument("--kept", action="store_true", help="only cases whose answer is kept")
    parser.add_argument("--docs", action="store_true", help="write docs/official-validator.md")
    given = parser.parse_args()
    if given.docs:
        page.write()
        return
    for version in given.version or mutations.VERSIONS:
        if given.sample:
            cases = mutations.sample(version, given.sample)
        else:
            cases = list(chain(mutations.cases(version), corpus.cases(version)))
        if given.only:
            cases = [case for case in cases if fnmatch.fnmatch(case.name, given.only)]
        if given.kept:
            known = official.Official(version)
            cases = [case for case in cases if known.knows(case)]
        if given.show:
            _show(version, cases)
        else:
            _compare(version, cases, given.key or "*", given.limit)


def _compare(version: str, cases: list[Case], key: str, limit: int) -> None:
    from .differential import compare, unexplained

    started = time.perf_counter()
    left, met = unexplained(compare(version, cases))
    left = [each for each in left if fnmatch.fnmatch(each.said.key, key)]
    groups: dict[tuple[str, str, str], list[Difference]] = defaultdict(list)
    for each in left:
        groups[each.side, each.said.severity, each.said.key].append(each)
    for (side, severity, name), found in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"{len(found):6} {side:8} {severity:11} {name}")
        for each in found[:limit]:
            print(f"       {each.case}  @ {each.said.place}  {each.ours and f'({each.ours})'}")
    differ = len({each.case for each in left})
    seconds = time.perf_counter() - started
    print(
        f"{version}: {len(cases):,} cases, {differ:,} differ in {len(left):,} issues;"
        f" {met.total():,} more are meant ({seconds:.0f} s)\n"
    )


def _show(version: str, cases: list[Case]) -> None:
    """Print all that is said of cases: by both, by the official validator (-), by us (+)."""
    from .differential import ours, theirs

    for case, answer in official.Official(version).judge(cases):
        print(f"{version} {case.name} {answer.failure or ''}")
        we, they = ours(case, version), theirs(answer)
        messages = {(each.place, each.message) for each in answer.issues}
        for said in sorted(we | they, key=lambda said: said.place):
            mark = " " if said in we & they else "-" if said in they else "+"
            print(f"  {mark} {said.severity:11} {said.key} @ {said.place}")
        for place, message in sorted(messages):
            print(f"      {place}: {message}")


if __name__ == "__main__":
    main()
