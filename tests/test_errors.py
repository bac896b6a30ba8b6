"""Is the error tree drawn as it stands, and do errors survive the way between processes?"""

from __future__ import annotations

import pickle
import re

import pytest

from techsell import errors
from techsell.errors import Problem, ScenarioInvalid, StoreLocked, TechsellError

CLASSES = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, TechsellError)
}


def test_the_public_names_are_the_names_there_are() -> None:
    assert set(errors.__all__) == set(CLASSES) | {"Problem"}


def test_the_drawing_is_the_tree() -> None:
    drawing = errors.__doc__ or ""
    drawn = {}
    stack: list[str] = []
    for line in drawing.splitlines():
        found = re.match(r"([│ ├└─]*)([A-Z][A-Za-z]+)(\s|$)", line)
        if not found or (not found[1] and found[2] != "TechsellError"):
            continue
        depth = len(found[1]) // 4
        stack[depth:] = [found[2]]
        drawn[found[2]] = stack[depth - 1] if depth else None
    assert set(drawn) == set(CLASSES)
    for name, parent in drawn.items():
        if parent is not None:
            assert CLASSES[name].__base__ is CLASSES[parent], name


def test_a_message_names_thing_place_and_cure() -> None:
    error = StoreLocked("The progress database is busy", place="progress.db", cure="Close the other window")
    assert str(error) == "The progress database is busy (progress.db). Close the other window."
    assert (error.problem, error.place, error.cure) == (
        "The progress database is busy",
        "progress.db",
        "Close the other window",
    )


@pytest.mark.parametrize("kind", [kind for name, kind in CLASSES.items() if name != "ScenarioInvalid"])
def test_errors_cross_processes(kind: type[TechsellError]) -> None:
    error = kind("A thing", place="here", cure="Mend it")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert type(again) is kind
    assert str(again) == str(error)


def test_a_broken_scenario_carries_all_problems_across_processes() -> None:
    problems = [Problem("a.yaml", 3, "TS201", "unknown key 'pesona'.", "Did you mean 'persona'?")]
    again = pickle.loads(pickle.dumps(ScenarioInvalid("a.yaml", problems)))  # noqa: S301
    assert again.problems == tuple(problems)
    assert "a.yaml:3: TS201 unknown key 'pesona'. Did you mean 'persona'?" in str(again)
