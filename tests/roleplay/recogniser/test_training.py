"""Is the recogniser's text clean, does training give the same model again, and does the card say what was measured?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from techsell.roleplay.labels import LABELS
from techsell.roleplay.recogniser import linear

pytest.importorskip("sklearn", reason="scikit-learn trains the recogniser: pip install -e '.[test]'")

# Unseen scenarios, stored evaluation: no change may fall below these.
FLOORS = {"question_kappa": 0.87, "reflection_kappa": 0.74, "macro_f1": 0.74, "four_kinds_kappa": 0.78, "exact": 0.70}
MOST_SILENT_ERROR = 0.10


@pytest.fixture(scope="module")
def room(repository: Path) -> Iterator[SimpleNamespace]:
    """The scripts of recogniser/, which is no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "recogniser"))
        import card
        import corpus
        import evaluate
        import fitting
        import metrics
        import train

        yield SimpleNamespace(
            card=card, corpus=corpus, evaluate=evaluate, fitting=fitting, metrics=metrics, train=train
        )


@pytest.fixture(scope="module")
def report(room: SimpleNamespace) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(room.evaluate.REPORT.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def reads(room: SimpleNamespace) -> list[Any]:
    """The stored readings of unseen lines."""
    lines = {line.id: line for line in room.train.training_text()}
    found = []
    for row in room.corpus.rows(room.evaluate.READINGS):
        line = lines[row["id"]]
        gold = tuple(row.get("settled", row["labels"]))
        assert set(gold) == set(line.labels), f"{row['id']}: settled anew; run recogniser/evaluate.py"
        found.append(room.metrics.Read(line.id, line.group, line.text, gold, tuple(row["labels"]), row["confidence"]))
    return found


def test_every_line_is_labelled_twice_and_differences_are_settled_with_a_reason(room: SimpleNamespace) -> None:
    corpus = room.corpus
    ids = [row["id"] for path in sorted(corpus.UTTERANCES.glob("*.jsonl")) for row in corpus.rows(path)]
    assert len(ids) == len(set(ids)) >= 1500
    one, two = corpus.labels_of("a"), corpus.labels_of("b")
    settled = {row["id"]: row for row in corpus.rows(corpus.HERE / "labels" / "settled.jsonl")}
    assert set(ids) == set(one) == set(two) == set(settled)
    for key in ids:
        if set(one[key]) != set(two[key]):
            assert settled[key].get("why"), key


def test_general_lines_are_whole_and_never_stand_among_the_labelled_ones(room: SimpleNamespace) -> None:
    corpus = room.corpus
    general, calls = corpus.general(), corpus.calls()
    assert len(general) >= 1200
    assert len({line.id for line in general}) == len(general)
    for line in general:
        assert " ".join(text for _, text in line.parts) == line.text, line.id
    shared = {corpus.fold(line.text) for line in general} & {corpus.fold(line.text) for line in calls}
    assert shared == set()
    assert {name for line in general for name in line.labels} == set(LABELS)


def test_what_is_left_out_is_left_out(room: SimpleNamespace) -> None:
    """Neither a line of the group nor its words are among the training text."""
    corpus, train = room.corpus, room.train
    lines = train.training_text()
    for group in sorted({line.group for line in lines}):
        left_out = [line for line in lines if line.group == group]
        rest = train.without(lines, left_out)
        assert rest
        assert group not in {line.group for line in rest}
        assert not {corpus.fold(line.text) for line in rest} & {corpus.fold(line.text) for line in left_out}


def test_the_model_was_trained_with_these_rules(room: SimpleNamespace) -> None:
    data = json.loads(linear.model_bytes())
    assert data["rules"] == room.train.rules_sha256(), "the rules changed: run recogniser/train.py"
    assert data["lines"] == len(room.train.training_text())
    assert linear.shipped().table == room.fitting.table(data["temperature"])


def test_training_again_gives_the_same_model(room: SimpleNamespace) -> None:
    """Every weight within a hundredth, every line read the same."""
    lines = room.train.training_text()
    again = room.fitting.fit(lines, json.loads(linear.model_bytes())["temperature"])
    most, differently = room.train.differences(again, linear.shipped(), lines)
    assert most <= 1
    assert differently == []


def test_the_report_follows_from_the_stored_readings(
    room: SimpleNamespace, report: dict[str, Any], reads: list[Any]
) -> None:
    metrics = room.metrics
    calls = [read for read in reads if not read.group.startswith("general/")]
    assert len(calls) == report["lines"]["calls"]
    pairs = metrics.pairs_of(calls)
    assert report["confusion"] == metrics.confusion(calls)
    assert report["risk_coverage"] == room.evaluate.risk_coverage(calls)
    head = {name: found["value"] for name, found in report["headline"].items()}
    assert head["macro_f1"] == round(metrics.macro_f1(pairs), 3)
    assert head["question_kappa"] == round(metrics.question_kappa(pairs), 3)
    assert head["reflection_kappa"] == round(metrics.label_kappa("reflect")(pairs), 3)
    assert head["silent_error"] == round(metrics.silent_error(report["gate"])(calls), 3)
    for name, found in report["scenarios"].items():
        assert found == room.evaluate.plain([read for read in calls if read.group == name])
    for found in (*report["headline"].values(), *report["agreement"]["kappa"].values()):
        assert found["low"] <= found["value"] <= found["high"]


def test_unseen_scenarios_stay_above_the_floor(report: dict[str, Any]) -> None:
    for name, floor in FLOORS.items():
        assert report["headline"][name]["value"] >= floor, name
    assert report["headline"]["silent_error"]["value"] < MOST_SILENT_ERROR


def test_the_card_says_what_the_report_says(room: SimpleNamespace, report: dict[str, Any]) -> None:
    assert room.card.PLACE.read_text(encoding="utf-8") == room.card.card(report)


def test_kappa_and_f1_are_what_books_say(room: SimpleNamespace) -> None:
    metrics = room.metrics
    yes, no = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15, [True] * 25 + [False] * 25
    assert metrics.kappa(yes, no) == pytest.approx(0.4)
    assert metrics.kappa([True, False], [True, False]) == 1.0
    pairs = [(("pitch",), ("pitch",)), (("pitch",), ("other",)), (("reflect", "pitch"), ("reflect", "pitch"))]
    precision, recall, f1, count = metrics.scores(pairs, "pitch")
    assert (precision, recall, count) == (1.0, pytest.approx(2 / 3), 3)
    assert f1 == pytest.approx(0.8)


@pytest.mark.slow
def test_the_whole_evaluation_again(room: SimpleNamespace, report: dict[str, Any]) -> None:
    """Leaving every scenario out again, with the calibration: the stored figures, within a hundredth."""
    temperature = room.train.calibrate(room.train.training_text())
    assert temperature == report["temperature"]
    again, _ = room.evaluate.report(temperature)
    for name, found in report["headline"].items():
        assert again["headline"][name]["value"] == pytest.approx(found["value"], abs=0.01), name
