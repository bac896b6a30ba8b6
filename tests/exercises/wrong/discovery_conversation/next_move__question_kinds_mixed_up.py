"""Any question about trouble is a problem question."""

next_move = {
    1: ("b", "problem"),
    2: ("c", "problem"),
    3: ("a", "reflect"),
    4: ("d", "payoff"),
    5: ("c", "commit"),
}
