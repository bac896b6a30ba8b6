"""Every way to an effect is paid for."""


def pain_chain(edges, cost, root):
    reached = []
    waiting = [root]
    while waiting:
        effect = waiting.pop()
        followers = edges.loc[edges["cause"] == effect, "effect"]
        reached.append(effect)
        waiting.extend(followers)
    total = sum(cost.get(effect, 0.0) for effect in reached)
    return float(total)
