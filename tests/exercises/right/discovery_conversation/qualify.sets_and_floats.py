"""Sets, tuples, a stage as 2.0, capitals."""

qualify = {
    "A": {"stage": 2.0, "gaps": {"champion"}, "bid": "No-bid"},
    "B": {"stage": 3, "gaps": ("decision_process",), "bid": "BID"},
    "C": {"bid": "no-bid", "gaps": ["economic_buyer", "metrics", "metrics"], "stage": 1},
    "D": {"stage": 1, "gaps": ["champion", "metrics", "economic_buyer"], "bid": " no-bid"},
}
