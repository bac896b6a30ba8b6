"""Three questions for somebody who has just told of her worst night."""

next_move = {
    1: ("b", "problem"),
    2: ("c", "implication"),
    3: ("b", "implication"),
    4: ("d", "payoff"),
    5: ("c", "commit"),
}
