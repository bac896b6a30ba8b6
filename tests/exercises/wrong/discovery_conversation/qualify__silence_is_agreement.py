"""Nobody objected."""

qualify = {
    "A": {"stage": 2, "gaps": ["champion"], "bid": "no-bid"},
    "B": {"stage": 4, "gaps": [], "bid": "bid"},
    "C": {"stage": 1, "gaps": ["metrics", "economic_buyer"], "bid": "no-bid"},
    "D": {"stage": 1, "gaps": ["metrics", "economic_buyer", "champion"], "bid": "no-bid"},
}
