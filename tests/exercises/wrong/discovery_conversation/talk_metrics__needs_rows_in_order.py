"""Pauses from one row to the next, as the rows come."""
# ruff: noqa - written as learners write, on what the notebook defines above


def talk_metrics(turns):
    seller = turns[turns["speaker"] == "seller"]
    seller_share = seconds(merged(seller)).sum() / seconds(merged(turns)).sum()
    longest_monologue_s = seconds(
        seller.groupby((seller["t0"] - seller["t1"].shift() > PAUSE).cumsum()).agg(t0=("t0", "min"), t1=("t1", "max"))
    ).max()
    spin_counts = seller["tag"].value_counts().reindex(SPIN, fill_value=0).to_dict()
    return {
        "seller_share": float(seller_share),
        "longest_monologue_s": float(longest_monologue_s),
        "spin_counts": spin_counts,
    }
