"""Stage = four times the share of good rows, and bids to match."""

qualify = {
    "A": {"stage": 3, "gaps": ["champion"], "bid": "bid"},
    "B": {"stage": 3, "gaps": ["decision_process"], "bid": "bid"},
    "C": {"stage": 3, "gaps": ["metrics", "economic_buyer"], "bid": "bid"},
    "D": {"stage": 2, "gaps": ["metrics", "economic_buyer", "champion"], "bid": "no-bid"},
}
