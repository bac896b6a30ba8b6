"""Lists instead of tuples, capitals, blanks."""

next_move = {
    1: ["B", " problem"],
    2: ["c", "Implication"],
    3: ["A", "reflect"],
    4: ["d", "payoff "],
    5: ["C", "COMMIT"],
}
