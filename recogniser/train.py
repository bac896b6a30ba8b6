"""Train the recogniser's linear model and write it into the package.

    python recogniser/train.py            all of the own text -> course/techsell/roleplay/recogniser/model.json
    python recogniser/train.py --check    train again and compare with the shipped file; nothing is written

The temperature is calibrated out of fold: every scenario is read by a model that has not seen it. The same text gives
the same integers, up to one hundredth where the linear algebra of another machine rounds otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Sequence

import corpus
import fitting
from rich.progress import track

from techsell.roleplay.labels import LABELS
from techsell.roleplay.recogniser import linear
from techsell.roleplay.recogniser.labeller import label_with, labels_of, whole

PLACE = corpus.HERE.parent / "course" / "techsell" / "roleplay" / "recogniser" / "model.json"
FORMAT = 1
FOLDS = 4


def training_text() -> list[corpus.Line]:
    """All lines that the shipped model is trained on."""
    return corpus.calls() + corpus.general()


def without(lines: Sequence[corpus.Line], left_out: Sequence[corpus.Line]) -> list[corpus.Line]:
    """The lines of other groups, and among them none whose words stand in a line left out."""
    groups = {line.group for line in left_out}
    words = {corpus.fold(line.text) for line in left_out}
    return [line for line in lines if line.group not in groups and corpus.fold(line.text) not in words]


def calibrate(lines: Sequence[corpus.Line]) -> int:
    """The temperature in hundredths at which the probabilities of unseen scenarios are most honest."""
    scenarios = sorted({line.group for line in lines if not line.parts})
    unseen: list[tuple[corpus.Line, fitting.Model]] = []
    for fold in track(range(FOLDS), description="Calibrating", transient=True):
        left_out = [line for line in lines if line.group in scenarios[fold::FOLDS]]
        model = fitting.fit(without(lines, left_out))
        unseen += [(line, model) for line in left_out]
    return min(range(60, 161, 5), key=lambda temperature: _surprise(unseen, temperature))


def _surprise(unseen: Sequence[tuple[corpus.Line, fitting.Model]], temperature: int) -> float:
    table = fitting.table(temperature)
    total = 0.0
    for line, model in unseen:
        shares = whole(label_with(linear.Model(model.bias, model.weights, table), line.text, line.ctx))
        total -= math.log(max(1, sum(shares[LABELS.index(name)] for name in line.labels)) / 1000)
    return total


def rules_sha256() -> str:
    """The rules that the model was trained with: a change of them asks for training."""
    data = b"".join((PLACE.parent / name).read_bytes() for name in ("rules.json", "text.json"))
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def as_json(model: fitting.Model, temperature: int, lines: int) -> str:
    """The file that is shipped, one feature a line."""
    head = {"format": FORMAT, "labels": list(LABELS), "temperature": temperature, "lines": lines}
    head |= {"rules": rules_sha256()}
    rows = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(row, separators=(',', ':'))}" for name, row in model.weights.items()
    )
    body = json.dumps(head | {"bias": model.bias, "table": model.table}, separators=(",", ":"))
    return f'{body[:-1]},"weights":{{\n{rows}\n}}}}\n'


def differences(again: fitting.Model, shipped: linear.Model, lines: Sequence[corpus.Line]) -> tuple[int, list[str]]:
    """The largest difference of a weight, and the lines that the two models read differently."""
    names = again.weights.keys() | shipped.weights.keys()
    none = (0,) * len(LABELS)
    pairs = [(again.bias, shipped.bias)]
    pairs += [(again.weights.get(name, none), shipped.weights.get(name, none)) for name in names]
    most = max(abs(one - two) for here, there in pairs for one, two in zip(here, there, strict=True))
    read = [
        line.id
        for line in lines
        if labels_of(label_with(again, line.text, line.ctx)) != labels_of(label_with(shipped, line.text, line.ctx))
    ]
    return most, read


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the shipped model, write nothing")
    check = parser.parse_args().check
    lines = training_text()
    temperature = calibrate(lines)
    model = fitting.fit(lines, temperature)
    if check:
        most, read = differences(model, linear.shipped(), lines)
        print(f"largest difference of a weight: {most} hundredths; lines read differently: {len(read)} of {len(lines)}")  # noqa: T201
        return 0 if most <= 1 and not read else 1
    PLACE.write_text(as_json(model, temperature, len(lines)), encoding="utf-8")
    print(f"{PLACE.name}: {len(model.weights)} features, {len(lines)} lines, temperature {temperature / 100:.2f}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
