"""Powers of the adjacency matrix."""
# ruff: noqa - written as learners write, on what the notebook defines above

import numpy as np


def pain_chain(edges, cost, root):
    names = sorted({root, *edges["cause"], *edges["effect"]})
    arrows = pd.crosstab(edges["cause"], edges["effect"]).reindex(index=names, columns=names, fill_value=0).to_numpy()
    reach = np.linalg.matrix_power(np.eye(len(names), dtype=np.int64) + (arrows > 0), len(names)) > 0
    hit = [name for name, yes in zip(names, reach[names.index(root)]) if yes]
    return cost.reindex(hit).fillna(0.0).sum()
