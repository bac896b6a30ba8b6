"""What its absence is worth, filed as what it leads to."""

next_move = {
    1: ("b", "problem"),
    2: ("c", "implication"),
    3: ("a", "reflect"),
    4: ("d", "implication"),
    5: ("c", "commit"),
}
