"""The cost of a node is its own and that of each node below it."""


def pain_chain(edges, cost, root):
    followers = edges.loc[edges["cause"] == root, "effect"]
    return float(cost.get(root, 0.0) + sum(pain_chain(edges, cost, effect) for effect in followers))
