"""Does a notebook that was damaged anyhow end with a score and a reason, and leave nothing behind?"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import nbformat
import pytest
from tests.grading.fuzz.mutator import mutant, name_of
from tests.hostile.bench.exercises import plant, source_of
from tests.hostile.bench.machine import VARIABLE, Machine
from tests.hostile.bench.notebook import grade_id

from techsell_grading.grader import Limits, Verdict, grade_one, pack

IN_THE_DEFAULT_RUN, IN_ALL, AT_A_TIME = 150, 2000, 50
KEPT = ("setup", "energy_answer", "energy", "energy__forgets_the_hours", "limits_answer", "limits", "plan")
WANTED = {"energy": 2.0, "energy__forgets_the_hours": 3.0, "limits": 4.0, "plan": 5.0}
LIMITS = Limits(cell_seconds=5.0, total_seconds=20.0, sandbox="require")


@cache
def exercise() -> tuple[dict[str, Any], bytes]:
    """A right hand-in of three of the small exercise's tasks, and their source."""
    whole = plant()
    book = whole.notebook(right=True)
    book["cells"] = [cell for cell in book["cells"] if grade_id(cell) in KEPT]
    author = {**whole.author, "cells": [cell for cell in whole.author["cells"] if grade_id(cell) in KEPT]}
    return book, source_of("plant", {"plant.ipynb": json.dumps(author).encode()}, own=True)


def graded(data: bytes) -> Verdict:
    about = json.dumps({"schema": 1, "module": "plant", "learner": "L-FUZZ22"}).encode()
    return grade_one(pack({"plant.ipynb": data, "hand_in.json": about}), exercise()[1], LIMITS)


def faults(verdict: Verdict) -> Iterator[str]:
    """What is wrong with a verdict, whatever was handed in."""
    if verdict.trouble:
        yield f"no score: {verdict.trouble}"
        return
    if (verdict.learner, verdict.module) != ("L-FUZZ22", "plant"):
        yield "it is nobody's"
    if {check.cell: check.max for check in verdict.checks} != WANTED:
        yield f"other checks than the exercise has: {[check.cell for check in verdict.checks]}"
    for check in verdict.checks:
        if check.points is None and check.kind != "work_sample":
            yield f"{check.cell} has no points"
        elif check.points is not None and not 0 <= check.points <= check.max:
            yield f"{check.cell} has {check.points} of {check.max}"
        elif check.points != check.max and not check.message:
            yield f"{check.cell} has no reason"
    if any(note.startswith("The grader stumbled") for note in verdict.notes):
        yield f"the grader stumbled: {verdict.notes}"
    if Verdict.from_json(verdict.to_json()) != verdict:
        yield "it does not survive JSON"
    for _, text in verdict.autograded:
        try:
            nbformat.validate(nbformat.reads(text, as_version=4))
        except Exception as error:
            yield f"the autograded notebook is none: {error}"


@pytest.fixture(scope="module")
def machine(need_program) -> Iterator[Machine]:
    need_program("bwrap", hint="'apt-get install bubblewrap'")
    made = Machine()
    os.environ[VARIABLE] = made.token
    before, tempfile.tempdir = tempfile.tempdir, str(made.temporary)
    try:
        verdict = graded(json.dumps(exercise()[0]).encode())
        assert list(faults(verdict)) == []
        assert verdict.score == 9.0
        made.look()
        yield made
    finally:
        tempfile.tempdir = before
        os.environ.pop(VARIABLE, None)
        made.close()


def tried(seeds: range) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for seed in seeds:
        try:
            wrong = list(faults(graded(mutant(exercise()[0], seed))))
        except Exception as error:  # `grade_one` never raises; say which one made it
            wrong = [f"raised {type(error).__name__}: {error}"]
        if wrong:
            found[name_of(seed)] = wrong
    return found


def chunks(first: int, last: int, **marks: Any) -> list[Any]:
    return [pytest.param(range(at, at + AT_A_TIME), id=f"from-{at}", **marks) for at in range(first, last, AT_A_TIME)]


@pytest.mark.parametrize(
    "seeds", [*chunks(0, IN_THE_DEFAULT_RUN), *chunks(IN_THE_DEFAULT_RUN, IN_ALL, marks=pytest.mark.slow)]
)
def test_every_mutant_ends_with_a_score_and_a_reason_and_leaves_nothing(seeds, machine):
    assert tried(seeds) == {}
    assert machine.touched() == [], "no process, no temporary folder, no file is left"


def test_mutants_are_the_same_for_ever_and_of_all_kinds():
    book = exercise()[0]
    first = [mutant(book, seed) for seed in range(200)]
    assert first == [mutant(book, seed) for seed in range(200)]
    readable = 0
    for data in first:
        try:
            readable += isinstance(json.loads(data), dict)
        except ValueError:
            continue
    assert 60 < readable < 160, "some can still be read, some cannot"
    assert len(set(first)) > 190


def test_a_verdict_without_a_reason_would_be_noticed():
    good = graded(json.dumps(exercise()[0]).encode())
    from dataclasses import replace

    silent = replace(good, checks=(replace(good.checks[0], points=0.0, passed=False, message=""), *good.checks[1:]))
    assert list(faults(silent)) == ["energy has no reason"]
    assert list(faults(replace(good, checks=good.checks[1:]))) != []
    assert list(faults(replace(good, trouble="x"))) == ["no score: x"]
