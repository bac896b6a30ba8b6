"""Only where the chain ends."""


def pain_chain(edges, cost, root):
    reached = set()
    waiting = [root]
    while waiting:
        effect = waiting.pop()
        followers = edges.loc[edges["cause"] == effect, "effect"]
        if effect not in reached:
            reached.add(effect)
            waiting.extend(followers)
    total = sum(cost.get(effect, 0.0) for effect in reached if effect not in set(edges["cause"]))
    return float(total)
