"""Share of rows instead of seconds."""
# ruff: noqa - written as learners write, on what the notebook defines above


def talk_metrics(turns):
    seller = turns[turns["speaker"] == "seller"]
    seller_share = len(seller) / len(turns)
    longest_monologue_s = seconds(merged(seller, PAUSE)).max()
    spin_counts = seller["tag"].value_counts().reindex(SPIN, fill_value=0).to_dict()
    return {
        "seller_share": float(seller_share),
        "longest_monologue_s": float(longest_monologue_s),
        "spin_counts": spin_counts,
    }
