"""The sheet filled from a loop."""

next_move = {}
for point, answer in enumerate(["b problem", "c implication", "a reflect", "d payoff", "c commit"], start=1):
    next_move[point] = tuple(answer.split())
