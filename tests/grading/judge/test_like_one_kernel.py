"""Does a test end as it would in one kernel, or is it refused? Each case is run both ways.

The cases lie in `cases/*.txt`: `=== name: how`, the learner's cell, `---`, the test. `same`: error and outputs are.
`same error`: the class of the error is. `refused`: whatever the answer. `refused by answer`: because of the answer.
`same or refused`: same, where the learner's side knows how; today's may not yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import LIMIT, Bench

_CASE = re.compile(
    r"^=== ([^\n]*): (same|same error|same or refused|refused|refused by answer)\n(.*?)^---\n(.*?)(?=^=== |\Z)",
    re.M | re.S,
)
CASES = {
    f"{path.stem}: {found[0]}": found[1:]
    for path in sorted((Path(__file__).parent / "cases").glob("*.txt"))
    for found in _CASE.findall(path.read_text(encoding="utf-8"))
}


def shown(run: dict[str, Any]) -> list[tuple[str, str]]:
    """The outputs but for errors, as (kind, text)."""
    kinds = {"display_data", "execute_result"}
    return [
        (out.get("name") or out["output_type"], out.get("text") or out["data"].get("text/plain", ""))
        for out in run["outputs"]
        if out["output_type"] == "stream" or out["output_type"] in kinds
    ]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_test_ends_as_in_one_kernel_or_is_refused(case: str, new_bench: Callable[[], Bench]) -> None:
    how, answer, test = CASES[case]
    bench = new_bench()
    bench.learn(answer)
    if how.startswith("refused"):
        bench.refuses(test, "answer" if how.endswith("answer") else "test")
        return
    judged = bench.test(test)
    if how == "same or refused" and judged["unsupported"]:
        return
    kernel = new_bench()
    kernel.learn(answer)
    live = kernel.learner.ask(op="run", code=test, limit=LIMIT)
    assert judged["unsupported"] == "", judged
    if how == "same error":
        assert judged["error"][0] == live["error"][0]
    else:
        assert (judged["error"], shown(judged)) == (live["error"], shown(live))


def test_there_are_cases_of_each_kind() -> None:
    kinds = [how for how, _, _ in CASES.values()]
    assert len(CASES) > 200
    assert {how: kinds.count(how) > 0 for how in kinds} == dict.fromkeys(kinds, True)
    assert kinds.count("same") > kinds.count("refused")
