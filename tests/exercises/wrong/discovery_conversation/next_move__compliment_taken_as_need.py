"""Praise is an order, nearly."""

next_move = {
    1: ("b", "problem"),
    2: ("c", "implication"),
    3: ("a", "reflect"),
    4: ("a", "commit"),
    5: ("c", "commit"),
}
