"""The benchmark runs, both graders give the same scores, and what it prints has every number."""

from __future__ import annotations

import json

import pytest
from tests.load.answers import hand_in
from tests.load.exercise import POINTS, notebook
from tests.load.grading import compare, main
from tests.load.where import STEPS, WRAPPED


def test_hand_ins_differ_and_are_the_same_each_time():
    class_of = [hand_in(notebook(), number) for number in range(20)]
    assert len(set(class_of)) == 20
    assert class_of == [hand_in(notebook(), number) for number in range(20)]


def test_what_is_put_on_the_clock_is_there():
    assert all(callable(getattr(place, what)) for place, what, _ in WRAPPED)


@pytest.mark.slow
def test_both_graders_give_the_same_scores(tmp_path):
    facts = compare(tmp_path, submissions=2, sample=2, workers=1)
    assert (facts["compared"], facts["differences"]) == (28, [])
    right, other = facts["scores"].values()
    assert right == POINTS == 35.0
    assert 0 < other < POINTS
    assert facts["nbgrader"]["median"] > 0
    assert facts["ours"]["memory"] > 0


@pytest.mark.slow
def test_the_whole_benchmark_runs(tmp_path, capsys):
    facts = tmp_path / "facts.json"
    sizes = ["--submissions", "6", "--sample", "2", "--workers", "1"]
    assert main([*sizes, "--json", str(facts), "--keep", str(tmp_path / "courses")]) == 0, capsys.readouterr().out
    known = json.loads(facts.read_text(encoding="utf-8"))
    assert all(known["where"][name] > 0 for name in STEPS)
    assert known["nbgrader"]["median"] > known["ours"]["warm_per_submission"] > 0
    said = capsys.readouterr().out
    assert "all the same" in said
    assert all(what in said for what in STEPS.values())
