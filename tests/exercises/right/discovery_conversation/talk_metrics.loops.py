"""Plain loops, no pandas."""
# ruff: noqa - written as learners write, on what the notebook defines above


def talk_metrics(turns):
    def joined(rows, pause):
        stretches = []
        for t0, t1 in sorted(rows):
            if stretches and t0 <= stretches[-1][1] + pause:
                stretches[-1][1] = max(stretches[-1][1], t1)
            else:
                stretches.append([t0, t1])
        return [t1 - t0 for t0, t1 in stretches]

    everybody, mine, counts = [], [], dict.fromkeys(SPIN, 0)
    for _, row in turns.iterrows():
        everybody.append((row["t0"], row["t1"]))
        if row["speaker"] == "seller":
            mine.append((row["t0"], row["t1"]))
            if row["tag"] in counts:
                counts[row["tag"]] += 1
    return {
        "seller_share": sum(joined(mine, 0.0)) / sum(joined(everybody, 0.0)),
        "longest_monologue_s": max(joined(mine, PAUSE)),
        "spin_counts": counts,
    }
