"""Many right answers in few hand-ins, and a notebook of pairs: an answer and a test that it passes in a live kernel."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.hostile.bench.exercises import source_of
from tests.hostile.bench.notebook import cell
from tests.hostile.bench.tricks import Trick, read_yaml

from techsell_grading.grader import Limits, Verdict, grade_one, pack

__all__ = ["Pair", "graded", "pairs", "together", "united"]


def together(answers: Iterable[Trick]) -> list[list[Trick]]:
    """Groups of answers that can be handed in as one: none replaces what another one says or does."""
    groups: list[list[Trick]] = []
    for answer in answers:
        home = next((group for group in groups if all(_fit(answer, other) for other in group)), None)
        if home is None:
            groups.append([answer])
        else:
            home.append(answer)
    return groups


def _fit(one: Trick, other: Trick) -> bool:
    alone = any(each.lie or each.edit or each.save or each.files or each.links for each in (one, other))
    return not (alone or one.answers.keys() & other.answers.keys() or (one.last and other.last))


def united(group: Sequence[Trick]) -> Trick:
    """The group as one hand-in."""
    if len(group) == 1:
        return group[0]
    answers: dict[str, str] = {}
    for one in group:
        answers |= one.answers
    return Trick(
        of="together",
        id="+".join(one.id for one in group),
        says="",
        first="\n".join(one.first for one in group if one.first),
        body="\n".join(one.body.strip() for one in group if one.body),
        last="\n".join(one.last for one in group if one.last),
        answers=answers,
        seconds=max(one.seconds for one in group),
        honest=True,
    )


@dataclass(frozen=True)
class Pair:
    """An answer, and a test that it passes."""

    name: str
    answer: str
    test: str


@cache
def pairs(path: Path) -> tuple[Pair, ...]:
    """The pairs of a file."""
    return tuple(_read(read_yaml(path)))


def _read(content: Mapping[str, list[Mapping[str, str | Mapping[str, str]]]]) -> Iterator[Pair]:
    for entry in content["pairs"]:
        answers = entry["answers"]
        assert isinstance(answers, Mapping)
        for name, answer in answers.items():
            yield Pair(name, answer, str(entry["test"]))


def graded(chosen: Sequence[Pair], *, in_kernel: bool = False) -> Verdict:
    """One notebook with all of these as tasks, handed in as its author wrote it."""
    cells = [cell("code", "import numpy as np\nimport pandas as pd", "setup", locked=True)]
    for pair in chosen:
        cells.append(cell("code", pair.answer, f"{pair.name}_answer", solution=True))
        cells.append(cell("code", pair.test, pair.name, grade=True, locked=True, points=1))
    metadata: dict[str, object] = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    if in_kernel:
        metadata["techsell"] = {"judge": "in_kernel"}
    book = json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()
    hand_in = pack({"pairs.ipynb": book, "hand_in.json": b'{"learner": "L-FAIR22", "module": "pairs"}'})
    return grade_one(hand_in, source_of("pairs", {"pairs.ipynb": book}), Limits(cell_seconds=20, sandbox="require"))
