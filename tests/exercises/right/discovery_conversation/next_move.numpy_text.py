"""Words that came out of an array."""
# ruff: noqa - written as learners write, on what the notebook defines above

import numpy as np

lines = np.array(["b", "c", "a", "d", "c"])
kinds = ["problem", "implication", "reflect", "payoff", "commit"]
next_move = {np.int64(point): (line, kind) for point, line, kind in zip(range(1, 6), lines, kinds)}
