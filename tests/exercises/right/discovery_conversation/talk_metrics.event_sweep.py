"""Comings and goings in order of time, with a count of open mouths."""
# ruff: noqa - written as learners write, on what the notebook defines above

import numpy as np


def spoken(table):
    moments = np.concatenate([table["t0"], table["t1"]])
    steps = np.repeat([1, -1], len(table))
    order = np.lexsort((-steps, moments))
    mouths = steps[order].cumsum()
    return float((np.diff(moments[order]) * (mouths[:-1] > 0)).sum())


def talk_metrics(turns):
    mine = turns.loc[turns.speaker.eq("seller")].sort_values("t0")
    new = mine.t0.sub(mine.t1.cummax().shift(fill_value=-np.inf)).gt(PAUSE).cumsum()
    longest = mine.groupby(new).t1.max() - mine.groupby(new).t0.min()
    counts = mine.tag.value_counts()
    return dict(
        seller_share=spoken(mine) / spoken(turns),
        longest_monologue_s=np.float64(longest.max()),
        spin_counts={kind: np.int64(counts.get(kind, 0)) for kind in SPIN},
    )
