"""We have work to do, so it went well."""

next_move = {
    1: ("b", "problem"),
    2: ("c", "implication"),
    3: ("a", "reflect"),
    4: ("d", "payoff"),
    5: ("a", "commit"),
}
