"""How long does a typed line take to be read? Milliseconds of the processor, every labelled line once.

    python recogniser/speed.py                 the table
    python recogniser/speed.py quillon         only some scenarios

Each line is read in its own scenario, fresh (nothing remembered of it), after `prepare`, with half of the facts heard
and the line before it as context. `first` is what `prepare` takes: the index of the scenario, made once in a process.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence

import corpus
from rich.console import Console
from rich.table import Table

from techsell.roleplay import list_scenarios, load_scenario
from techsell.roleplay.recogniser import Situation, prepare, recognise

MOST = 20.0
"""milliseconds that a line may take"""


def times(name: str) -> tuple[float, list[tuple[float, str]]]:
    """Milliseconds to prepare a scenario, and for each of its labelled lines."""
    scenario = load_scenario(name)
    start = time.process_time()
    prepare(scenario)
    first = (time.process_time() - start) * 1000
    return first, list(_lines(name))


def _lines(name: str) -> Iterator[tuple[float, str]]:
    scenario = load_scenario(name)
    present = tuple(persona.id for persona in scenario.personas)
    heard = tuple(fact.id for fact in scenario.facts[: len(scenario.facts) // 2])
    for number, line in enumerate(line for line in corpus.calls() if line.group == name):
        variant = number % len(scenario.variants)
        where = Situation(present=present, speaker=present[0], heard=heard, variant=variant, said=line.ctx)
        start = time.process_time()
        recognise(line.text, scenario, where)
        yield (time.process_time() - start) * 1000, line.text


def share(found: Sequence[float], percent: int) -> float:
    """The value below which `percent` of the values lie."""
    ordered = sorted(found)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main(words: Sequence[str] | None = None) -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="*", help="ids; all when left out")
    names = parser.parse_args(words).scenario or list_scenarios()
    drawn = Table(title="Milliseconds of the processor a line")
    drawn.add_column("scenario")
    for column in ("lines", "p50", "p95", "max", f"over {MOST:.0f}", "first"):
        drawn.add_column(column, justify="right")
    every: list[float] = []
    slowest: tuple[float, str] = (0.0, "")
    for name in names:
        first, found = times(name)
        values = [value for value, _ in found]
        every += values
        slowest = max(slowest, *found)
        drawn.add_row(name, *_row(values), f"{first:.0f}")
    drawn.add_section()
    drawn.add_row("all", *_row(every), "")
    console = Console()
    console.print(drawn)
    console.print(f"slowest: {slowest[0]:.1f} ms, {slowest[1][:100]!r}", highlight=False)


def _row(values: Sequence[float]) -> list[str]:
    over = sum(value > MOST for value in values)
    return [
        str(len(values)),
        *(f"{share(values, percent):.1f}" for percent in (50, 95)),
        f"{max(values):.1f}",
        str(over),
    ]


if __name__ == "__main__":
    main()
