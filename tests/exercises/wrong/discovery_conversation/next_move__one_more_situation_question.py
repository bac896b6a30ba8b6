"""Another fact from the sheet she sent."""

next_move = {
    1: ("b", "problem"),
    2: ("a", "situation"),
    3: ("a", "reflect"),
    4: ("d", "payoff"),
    5: ("c", "commit"),
}
