"""Many calls by all bots, on one processor or several; what comes out depends on the number of calls only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from time import process_time
from typing import TYPE_CHECKING

from techsell.errors import UsageError

from .play import BOTS, Stage
from .tally import Tally, tally

if TYPE_CHECKING:
    from techsell.roleplay.model import Scenario

__all__ = ["CHUNK", "Results", "share", "simulate"]

CHUNK = 125
"""calls in one piece of work"""
PARTS = {"explorer": 4}
"""the explorer plays four times as many as each of the others"""

Results = dict[str, dict[str, Tally]]
"""scenario -> bot -> tally"""


@dataclass(frozen=True)
class _Task:
    scenario: str
    bot: str
    start: int
    stop: int


def share(bot: str, runs: int) -> int:
    """How many of a scenario's `runs` calls a bot plays, at least one."""
    return max(1, runs * PARTS.get(bot, 1) // sum(PARTS.get(name, 1) for name in BOTS))


def simulate(
    scenarios: Mapping[str, Scenario],
    *,
    runs: int,
    workers: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> Results:
    """Play every scenario with every bot.

    Args:
        scenarios: by id.
        runs: calls for each scenario, shared among the bots.
        workers: processes; 1 plays in this one.
        progress: told how many calls have been played since it was last told.

    Returns:
        A tally for each scenario and bot. Apart from `seconds` the same for any number of workers.

    Raises:
        UsageError: `runs` or `workers` below 1.
    """
    if runs < 1 or workers < 1:
        raise UsageError("There must be at least one call and one process", cure="Use --runs 1000 --workers 2")
    tasks = [
        _Task(name, bot, start, min(start + CHUNK, share(bot, runs)))
        for name in scenarios
        for bot in BOTS
        for start in range(0, share(bot, runs), CHUNK)
    ]
    results: Results = {name: {bot: Tally() for bot in BOTS} for name in scenarios}
    for task, found in _here(scenarios, tasks) if workers == 1 else _pool(scenarios, tasks, workers):
        results[task.scenario][task.bot].add(found)
        progress(task.stop - task.start)
    return results


def _here(scenarios: Mapping[str, Scenario], tasks: list[_Task]) -> Iterator[tuple[_Task, Tally]]:
    stages = {name: Stage(scenario) for name, scenario in scenarios.items()}
    for task in tasks:
        yield task, _timed(stages[task.scenario], task)


def _timed(stage: Stage, task: _Task) -> Tally:
    began = process_time()
    found = tally(stage, task.bot, task.start, task.stop)
    found.seconds = process_time() - began
    return found


def _pool(scenarios: Mapping[str, Scenario], tasks: list[_Task], workers: int) -> Iterator[tuple[_Task, Tally]]:
    """Fresh processes on every system, each with its own copy of the scenarios."""
    from techsell.roleplay.load import canonical

    raw = {name: canonical(scenario) for name, scenario in scenarios.items()}
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(raw,))
    with pool:
        futures = {pool.submit(_work, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_RAW: dict[str, bytes] = {}
_STAGES: dict[str, Stage] = {}


def _prepare(raw: dict[str, bytes]) -> None:
    _RAW.update(raw)


def _work(task: _Task) -> Tally:
    from techsell.roleplay.load import scenario_from_canonical

    if task.scenario not in _STAGES:
        _STAGES[task.scenario] = Stage(scenario_from_canonical(_RAW[task.scenario]))
    return _timed(_STAGES[task.scenario], task)
