"""The sum of the price list."""


def pain_chain(edges, cost, root):
    reached = set()
    waiting = [root]
    while waiting:
        effect = waiting.pop()
        followers = edges.loc[edges["cause"] == effect, "effect"]
        if effect not in reached:
            reached.add(effect)
            waiting.extend(followers)
    total = cost.sum()
    return float(total)
