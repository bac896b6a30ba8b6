"""One layer after the other, with sets; an integer comes back where it can."""


def pain_chain(edges, cost, root):
    reached = layer = {root}
    while layer:
        layer = set(edges.loc[edges["cause"].isin(layer), "effect"]) - reached
        reached = reached | layer
    total = cost[cost.index.isin(reached)].sum()
    return int(total) if total == int(total) else total
