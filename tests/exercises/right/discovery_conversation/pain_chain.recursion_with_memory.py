"""Recursion that remembers where it was."""


def pain_chain(edges, cost, root, seen=None):
    seen = set() if seen is None else seen
    if root in seen:
        return 0.0
    seen.add(root)
    return cost.get(root, 0.0) + sum(
        pain_chain(edges, cost, effect, seen) for effect in edges[edges.cause == root].effect
    )
