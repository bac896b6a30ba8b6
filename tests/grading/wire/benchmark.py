"""How long values take to be written and read, beside pickle (which the grader must never use on a learner's data).

    python tests/grading/wire/benchmark.py

Medians of 200 rounds, in milliseconds of processor time. On one busy core of a small server, Python 3.11, pandas 3.1:
a frame of 1,000 rows and four columns (whole, part, text, moment) takes 0.2 ms to write and 0.3 ms to read (40 kB;
pickle: 0.07 and 0.09 ms), the question or the answer of a typical call 0.02 ms each.
"""

from __future__ import annotations

import pickle
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "grading"))
from techsell_grading.grader.wire import decode, encode


def examples() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "whole": np.arange(1000),
            "part": rng.random(1000),
            "text": [f"customer {number}" for number in range(1000)],
            "when": pd.date_range("2024", periods=1000, freq="h"),
        }
    )
    wide = frame.assign(kind=pd.Categorical(frame["whole"] % 7), free=frame["text"].astype(object))
    return {
        "frame of 1,000 x 4": frame,
        "frame of 1,000 x 6, objects": wide.set_index(["kind", "whole"]),
        "series of 1,000 floats": frame["part"],
        "array of 100 x 100": rng.random((100, 100)),
        "list of 1,000 floats": frame["part"].tolist(),
        "list of 1,000 pairs": list(zip(frame["text"], frame["part"], strict=True)),
        "dict of 1,000 texts": dict(zip(frame["text"], frame["text"], strict=True)),
        "a question": {"op": "call", "id": 3, "args": [12, 3.5, "pump"], "kwargs": {"rate": 0.1}, "random": None},
        "an answer": {"kind": "value", "value": 42.0, "args": [12], "kwargs": {}, "stdout": "", "error": None},
    }


def median(call: Callable[[], object], rounds: int = 200) -> float:
    took = []
    for _ in range(rounds):
        start = time.process_time()
        call()
        took.append(time.process_time() - start)
    return statistics.median(took) * 1000


def main() -> None:
    sys.stdout.write(f"{'':30}{'bytes':>9}{'encode':>9}{'decode':>9}{'dumps':>9}{'loads':>9}\n")
    for name, value in examples().items():
        data, pickled = encode(value), pickle.dumps(value)
        took = (
            median(lambda value=value: encode(value)),
            median(lambda data=data: decode(data)),
            median(lambda value=value: pickle.dumps(value)),
            median(lambda pickled=pickled: pickle.loads(pickled)),  # noqa: S301 - our own, to compare
        )
        sys.stdout.write(f"{name:30}{len(data):9,}" + "".join(f"{number:9.3f}" for number in took) + "\n")


if __name__ == "__main__":
    main()
