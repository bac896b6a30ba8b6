"""Every arrow is paid for."""


def pain_chain(edges, cost, root):
    reached = set()
    waiting = [root]
    while waiting:
        effect = waiting.pop()
        followers = edges.loc[edges["cause"] == effect, "effect"]
        if effect not in reached:
            reached.add(effect)
            waiting.extend(followers)
    total = cost.get(root, 0.0) + sum(
        cost.get(e, 0.0) for c, e in edges[["cause", "effect"]].itertuples(index=False) if c in reached
    )
    return float(total)
