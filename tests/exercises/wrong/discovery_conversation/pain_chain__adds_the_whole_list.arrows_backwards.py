"""Causes of the effects as well."""


def pain_chain(edges, cost, root):
    reached, waiting = set(), [root]
    while waiting:
        effect = waiting.pop()
        followers = edges.loc[edges["cause"] == effect, "effect"]
        causes = edges.loc[edges["effect"] == effect, "cause"]
        if effect not in reached:
            reached.add(effect)
            waiting.extend([*followers, *causes])
    return float(sum(cost.get(effect, 0.0) for effect in reached))
