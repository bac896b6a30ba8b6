"""How good is the recogniser on scenarios it has not seen? Writes report.json and MODEL_CARD.md.

    python recogniser/evaluate.py           leave one scenario out, leave one kind of talk out, human agreement
    python recogniser/evaluate.py --card    only write the card again from the stored report

Each of the scenarios is read by a model trained on all others and on the general text; no line whose words stand in the
scenario left out is among its training text.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

import card
import corpus
import fitting
import metrics
import train
from metrics import Read
from rich.progress import track

from techsell.roleplay.labels import LABELS
from techsell.roleplay.recogniser import linear
from techsell.roleplay.recogniser.labeller import ACCEPT, confidence, label_with, labels_of

REPORT = corpus.HERE / "report.json"
READINGS = corpus.HERE / "readings.jsonl"
GATES = range(300, 1000, 50)


def read_unseen(lines: Sequence[corpus.Line], group: str, temperature: int) -> list[Read]:
    """The lines of one group, read by a model that knows nothing of the group."""
    left_out = [line for line in lines if line.group == group]
    model = fitting.fit(train.without(lines, left_out), temperature)
    found = []
    for line in left_out:
        clauses = label_with(model, line.text, line.ctx)
        found.append(Read(line.id, line.group, line.text, line.labels, labels_of(clauses), confidence(clauses)))
    return found


def _with_interval(reads: Sequence[Read], measure: Callable[[Sequence[Read]], float]) -> dict[str, float]:
    low, high = metrics.interval(reads, measure)
    return {"value": round(measure(reads), 3), "low": round(low, 3), "high": round(high, 3)}


def _on_pairs(measure: metrics.Measure) -> Callable[[Sequence[Read]], float]:
    return lambda reads: measure(metrics.pairs_of(reads))


def _f1(name: str) -> Callable[[Sequence[Read]], float]:
    return lambda reads: metrics.scores(metrics.pairs_of(reads), name)[2]


def headline(reads: Sequence[Read]) -> dict[str, dict[str, float]]:
    """The measures with aims, each with its interval."""
    return {
        "question_kappa": _with_interval(reads, _on_pairs(metrics.question_kappa)),
        "reflection_kappa": _with_interval(reads, _on_pairs(metrics.label_kappa("reflect"))),
        "macro_f1": _with_interval(reads, _on_pairs(metrics.macro_f1)),
        "four_kinds_kappa": _with_interval(reads, _on_pairs(metrics.kind_kappa)),
        "exact": _with_interval(reads, _on_pairs(metrics.exact)),
        "silent_error": _with_interval(reads, metrics.silent_error(ACCEPT)),
        "false_credit": _with_interval(reads, metrics.silent_error(ACCEPT, metrics.false_credit)),
        "coverage": _with_interval(reads, metrics.coverage(ACCEPT)),
    }


def by_label(reads: Sequence[Read]) -> dict[str, dict[str, Any]]:
    """Precision, recall, F1 with interval and number of lines of each move."""
    found = {}
    for name in LABELS:
        precision, recall, _, count = metrics.scores(metrics.pairs_of(reads), name)
        found[name] = {"precision": round(precision, 3), "recall": round(recall, 3), "lines": count}
        found[name] |= {"f1": _with_interval(reads, _f1(name))}
    return found


def risk_coverage(reads: Sequence[Read]) -> list[dict[str, float]]:
    """At each gate: what is accepted, what of all lines is accepted and wrong, and what of the accepted is wrong."""
    rows = []
    for gate in sorted({*GATES, ACCEPT}):
        taken, silent = metrics.coverage(gate)(reads), metrics.silent_error(gate)(reads)
        credit = metrics.silent_error(gate, metrics.false_credit)(reads)
        row = {"gate": gate, "coverage": taken, "silent_error": silent, "false_credit": credit}
        rows.append(row | {"risk": silent / taken if taken else 0.0})
    return [{name: value if name == "gate" else round(value, 3) for name, value in row.items()} for row in rows]


def agreement(groups: dict[str, str]) -> dict[str, Any]:
    """What labeller b says against labeller a, on every line that both labelled."""
    one, two = corpus.labels_of("a"), corpus.labels_of("b")
    reads = [
        Read(key, groups[key], "", one[key], two[key], 1000) for key in sorted(one.keys() & two.keys() & groups.keys())
    ]
    return {
        "lines": len(reads),
        "question_kappa": _with_interval(reads, _on_pairs(metrics.question_kappa)),
        "reflection_kappa": _with_interval(reads, _on_pairs(metrics.label_kappa("reflect"))),
        "macro_f1": _with_interval(reads, _on_pairs(metrics.macro_f1)),
        "exact": _with_interval(reads, _on_pairs(metrics.exact)),
        "four_kinds_kappa": _with_interval(reads, _on_pairs(metrics.kind_kappa)),
        "kappa": {name: _with_interval(reads, _on_pairs(metrics.label_kappa(name))) for name in LABELS},
    }


def plain(reads: Sequence[Read]) -> dict[str, float]:
    """The measures without intervals, for one scenario or one kind of talk."""
    pairs = metrics.pairs_of(reads)
    return {
        "lines": len(reads),
        "question_kappa": round(metrics.question_kappa(pairs), 3),
        "reflection_kappa": round(metrics.label_kappa("reflect")(pairs), 3),
        "four_kinds_kappa": round(metrics.kind_kappa(pairs), 3),
        "macro_f1": round(metrics.macro_f1(pairs), 3),
        "exact": round(metrics.exact(pairs), 3),
        "silent_error": round(metrics.silent_error(ACCEPT)(reads), 3),
        "coverage": round(metrics.coverage(ACCEPT)(reads), 3),
    }


def report(temperature: int) -> tuple[dict[str, Any], list[Read]]:
    """The whole evaluation as data, and every unseen reading behind it."""
    calls, general = corpus.calls(), corpus.general()
    lines = calls + general
    scenarios = sorted({line.group for line in calls})
    kinds = sorted({line.group for line in general})
    unseen = {
        group: read_unseen(lines, group, temperature) for group in track([*scenarios, *kinds], description="Reading")
    }
    reads = [read for group in scenarios for read in unseen[group]]
    found = {
        "gate": ACCEPT,
        "lines": {
            "calls": len(calls),
            "general": len(general),
            "two_or_more": sum(len(line.labels) > 1 for line in calls),
        },
        "features": len(linear.shipped().weights),
        "temperature": temperature,
        "headline": headline(reads),
        "labels": by_label(reads),
        "confusion": metrics.confusion(reads),
        "risk_coverage": risk_coverage(reads),
        "scenarios": {group: plain(unseen[group]) for group in scenarios},
        "other_talk": {group.removeprefix("general/"): plain(unseen[group]) for group in kinds},
        "agreement": agreement({line.id: line.group for line in calls}),
    }
    return found, [read for group in unseen.values() for read in group]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--card", action="store_true", help="write the card again from the stored report")
    if not parser.parse_args().card:
        temperature = json.loads(linear.model_bytes())["temperature"]
        found, reads = report(temperature)
        REPORT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        rows = [
            {"id": read.id, "labels": read.named, "confidence": read.confidence}
            | ({"settled": read.gold} if metrics.wrong(read) else {})
            for read in reads
        ]
        READINGS.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    text = card.card(json.loads(REPORT.read_text(encoding="utf-8")))
    card.PLACE.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
