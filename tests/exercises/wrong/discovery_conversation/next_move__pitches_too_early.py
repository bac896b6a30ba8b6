"""A product for a noise."""

next_move = {
    1: ("a", "pitch"),
    2: ("c", "implication"),
    3: ("a", "reflect"),
    4: ("d", "payoff"),
    5: ("c", "commit"),
}
