"""What follows, without the fault."""


def pain_chain(edges, cost, root):
    reached = set()
    waiting = [root]
    while waiting:
        effect = waiting.pop()
        followers = edges.loc[edges["cause"] == effect, "effect"]
        if effect not in reached:
            reached.add(effect)
            waiting.extend(followers)
    total = sum(cost.get(effect, 0.0) for effect in reached if effect != root)
    return float(total)
