"""What it would cost, before anybody knows what it is."""

next_move = {
    1: ("c", "implication"),
    2: ("c", "implication"),
    3: ("a", "reflect"),
    4: ("d", "payoff"),
    5: ("c", "commit"),
}
