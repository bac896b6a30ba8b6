"""Rooting for us is championing us."""

qualify = {
    "A": {"stage": 4, "gaps": [], "bid": "bid"},
    "B": {"stage": 3, "gaps": ["decision_process"], "bid": "bid"},
    "C": {"stage": 1, "gaps": ["metrics", "economic_buyer"], "bid": "no-bid"},
    "D": {"stage": 1, "gaps": ["metrics", "economic_buyer", "champion"], "bid": "no-bid"},
}
