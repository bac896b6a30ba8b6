"""Our estimate is a number, too."""

qualify = {
    "A": {"stage": 2, "gaps": ["champion"], "bid": "no-bid"},
    "B": {"stage": 3, "gaps": ["decision_process"], "bid": "bid"},
    "C": {"stage": 2, "gaps": ["economic_buyer"], "bid": "no-bid"},
    "D": {"stage": 1, "gaps": ["metrics", "economic_buyer", "champion"], "bid": "no-bid"},
}
